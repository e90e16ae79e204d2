#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""make bench-pbuf: packet buffers, of this library, lwIP and DPDK, in time, instructions and flash.

Times are medians over rounds in which all programs run in turn. Instructions are callgrind's, of one
call in a warm state; they tell what a noisy machine hides, and have no targets of their own. Flash is
that of the functions that a driver needs, with everything of src/pbuf that they call.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from report import CC, FOLDER, HOST, Report, fetch_lwip, interleave, run  # noqa: E402

ROUNDS = 7
REPLACED = ("mem", "memp", "pbuf", "def", "inet_chksum", "stats")
# case: {peer: at most this share of it}; a peer that is no name of a subject is another case of ours
TARGETS = {
    "pool 1514 alloc+free": {"lwip": 0.5, "dpdk": 0.65},
    "ram 512 alloc+free": {"lwip": 0.7},
    "ref alloc+free": {"lwip": 0.6},
    "header add+remove": {"lwip": 0.6},
    "copy out 1460": {"memcpy 1460": 1.2},
    "copy in 1460": {"memcpy 1460": 1.2},
    "threads: pool 1514 alloc+free": {"lwip": 0.1},
}
FLASH_TARGET = 700
DRIVER = ("pbuf_alloc", "pbuf_free", "pbuf_add_header", "pbuf_remove_header", "pbuf_copy_partial",
          "pbuf_take")


def build(whose, protection):
    program = f"{FOLDER}/pbuf-{whose}-{protection}"
    common = [CC, "-std=gnu11", "-O2", "-w", "-Ibench/pbuf", f"-DSYS_LIGHTWEIGHT_PROT={protection}",
              "bench/pbuf/main.c"]
    if whose == "ours":
        flags = ["-Iinclude", "-Iinclude/standalone", "-Iports/posix",
                 "-Iports/common", "-Isrc", *glob.glob("src/*/*.c"), *HOST]
    else:
        tree = fetch_lwip()
        flags = [f"-I{tree}/include", "-Iports/posix", "-Iports/common", "-Iinclude",
                 *[f"{tree}/core/{name}.c" for name in REPLACED],
                 *glob.glob("src/fault/*.c"), *glob.glob("src/pool/*.c"), *HOST]
    run([*common, *flags, "-lpthread", "-o", program])
    return program


def build_dpdk():
    program = FOLDER + "/pbuf-dpdk"
    flags = run(["pkg-config", "--cflags", "libdpdk"]).split()
    libraries = run(["pkg-config", "--libs", "libdpdk"]).split()
    run([CC, "-std=gnu11", "-O2", "-w", *flags, "bench/pbuf/dpdk.c", *libraries, "-o", program])
    return program


def build_all():
    """{(subject, prefix of its cases): program}; those with a lock have a prefix."""
    programs = {(whose, prefix): build(whose, protection) for whose in ("ours", "lwip")
                for prefix, protection in (("", 0), ("threads: ", 1))}
    try:
        programs["dpdk", ""] = build_dpdk()
    except (subprocess.CalledProcessError, OSError) as error:
        print(f"bench-pbuf: without DPDK: {error}", file=sys.stderr)
    return programs


def by_subject(results):
    """{subject: {case: value}} of {(subject, prefix): {case: value}}."""
    merged = {}
    for (whose, prefix), cases in results.items():
        merged.setdefault(whose, {}).update({prefix + case: cases[case] for case in cases})
    return merged


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


def peers_of(case, results):
    """What `case` is compared with: the same case of the others, and other cases of ours."""
    peers = {name: cases[case] for name, cases in results.items() if name != "ours" and case in cases}
    for name in TARGETS.get(case, {}):
        if name in results["ours"]:
            peers[name] = results["ours"][name]
    return peers


def add_times(report, results):
    for case, value in results["ours"].items():
        peers = peers_of(case, results)
        limits = [peers[name] * share for name, share in TARGETS.get(case, {}).items()
                  if name in peers]
        report.add(case, value, "ns", peers, round(min(limits), 3) if limits else None)


def add_counts(report, results):
    for case, value in results["ours"].items():
        report.add(case + ", instructions", value, "instructions", peers_of(case, results))


def flash(name, sources, includes):
    """Bytes of the functions that DRIVER needs of these sources, on Cortex-M0+."""
    cross = "arm-none-eabi-"
    objects = []
    for source in sources:
        objects.append(f"{FOLDER}/flash-{name}-{os.path.basename(source)}.o")
        run([cross + "gcc", "-mcpu=cortex-m0plus", "-mthumb", "-Os", "-std=gnu11", "-w",
             "-ffunction-sections", "--specs=picolibc.specs", "-Ibench/pbuf", "-Iports/bare",
             "-Iports/bare/cortex-m", "-DSYS_LIGHTWEIGHT_PROT=0",
             *includes, "-c", source, "-o", objects[-1]])
    whole = f"{FOLDER}/flash-{name}.o"
    roots = [option for function in DRIVER for option in ("-u", function)]
    run([cross + "ld", "-r", "--gc-sections", *roots, *objects, "-o", whole])
    fields = [line.split() for line in run([cross + "nm", "-S", whole]).splitlines()]
    return sum(int(field[1], 16) for field in fields if len(field) == 4 and field[2] in "tTrR")


def add_flash(report):
    ours = flash("ours", sorted(glob.glob("src/pbuf/*.c")),
                 ["-Iinclude", "-Iinclude/standalone", "-Isrc"])
    tree = fetch_lwip()
    lwip = flash("lwip", [tree + "/core/pbuf.c"], [f"-I{tree}/include", "-Iinclude"])
    report.add("flash of what a driver calls, M0+ -Os", ours, "bytes", {"lwip": lwip}, FLASH_TARGET)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    programs = build_all()
    report = Report("pbuf")
    times = interleave({key: [program] for key, program in programs.items()}, ROUNDS)
    add_times(report, by_subject(times))
    counts = {key: count(program) for key, program in programs.items()}
    add_counts(report, by_subject(counts))
    add_flash(report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
