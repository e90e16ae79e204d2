"""One benchmark program built twice, with this library and with lwIP's own sources, and measured.

The program is bench/NAME/main.c: it runs its cases by bench.h. Both sides share the lock of the host's
port and the options of bench/pbuf/lwipopts.h.
"""
import glob
import os
import re
import subprocess
import tempfile

from report import CC, FOLDER, Report, fetch_lwip, interleave, run

ROUNDS = 7
REPLACED = ("mem", "memp", "pbuf", "def", "inet_chksum", "stats")


def build(what, whose, protection):
    program = f"{FOLDER}/{what}-{whose}-{protection}"
    common = [CC, "-std=gnu11", "-O2", "-w", "-Ibench/pbuf", f"-DSYS_LIGHTWEIGHT_PROT={protection}",
              f"bench/{what}/main.c"]
    host = ["ports/common/critical.c", "ports/common/platform.c", "ports/common/threads.c",
            "ports/posix/sys_host.c"]
    if whose == "ours":
        flags = ["-DBENCH_OURS", "-Iinclude", "-Iinclude/standalone", "-Iports/posix",
                 "-Iports/common", "-Isrc", *glob.glob("src/*/*.c"), "ports/posix/chksum.c", *host]
    else:
        tree = fetch_lwip()
        flags = [f"-I{tree}/include", "-Iports/posix", "-Iports/common", "-Iinclude",
                 *[f"{tree}/core/{name}.c" for name in REPLACED],
                 *glob.glob("src/fault/*.c"), *glob.glob("src/pool/*.c"), *host]
    run([*common, *flags, "-lpthread", "-o", program])
    return program


def build_all(what):
    """{("ours" or "lwip", prefix of its cases): program}; those with a lock have a prefix."""
    return {(whose, prefix): build(what, whose, protection) for whose in ("ours", "lwip")
            for prefix, protection in (("", 0), ("threads: ", 1))}


def by_subject(results):
    """{"ours", "lwip": {case: value}} of {(subject, prefix): {case: value}}."""
    merged = {}
    for (whose, prefix), cases in results.items():
        merged.setdefault(whose, {}).update({prefix + case: cases[case] for case in cases})
    return merged


def measure_all(what):
    return by_subject(interleave({key: [program] for key, program in build_all(what).items()}, ROUNDS))


def count(program):
    """{case: instructions of one call}, by callgrind, less what the first case takes: "nothing".

    Callgrind collects inside bench_counted only, and writes a file whenever that ends.
    """
    with tempfile.TemporaryDirectory() as folder:
        output = run(["valgrind", "-q", "--tool=callgrind", "--collect-atstart=no",
                      "--toggle-collect=bench_counted", "--dump-after=bench_counted",
                      "--callgrind-out-file=" + os.path.join(folder, "out"), program],
                     env=dict(os.environ, BENCH_COUNT="1"), stderr=subprocess.DEVNULL)
        counts = {}
        for i, line in enumerate(output.splitlines(), 1):
            with open(f"{folder}/out.{i}", encoding="ascii", errors="replace") as file:
                total = int(re.search(r"^summary: (\d+)", file.read(), re.M).group(1))
            counts[line.split("\t")[0]] = total
    return {case: total - counts["nothing"] for case, total in counts.items() if case != "nothing"}


def add_rows(rows, targets, results):
    """A row per target, then what else was measured."""
    for case, whose, peer, share in targets:
        if case in results["ours"]:
            value = results[whose][peer]
            rows.add(case, results["ours"][case], "ns", {"lwip" if whose == "lwip" else peer: value},
                     round(value * share, 3))
    promised = {target[0] for target in targets}
    for case, value in results["ours"].items():
        if case not in promised:
            lwip = results["lwip"].get(case)
            rows.add(case, value, "ns", {} if lwip is None else {"lwip": lwip})


def report(what, targets):
    os.makedirs(FOLDER, exist_ok=True)
    rows = Report(what)
    add_rows(rows, targets, measure_all(what))
    return rows.finish()
