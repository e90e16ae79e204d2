#!/usr/bin/env python3
"""make bench-pbuf

Builds one program twice, with this library and with lwIP's own sources (Debian's source package,
fetched into build/), runs both in turn, and prints medians beside the targets. The results are in
build/bench/pbuf.json. chksum/measure.py is the same for the checksum, and uses parts of this.
"""
import glob
import os
import sys

from report import CC, Report, fetch_lwip, interleave, run

ROUNDS = 7
REPLACED = ("mem", "memp", "pbuf", "def", "inet_chksum", "stats")

# case, of whom, at most this share of it
TARGETS = [
    ("pool 1514 alloc+free", "lwip", "pool 1514 alloc+free", 0.5),
    ("ram 512 alloc+free", "lwip", "ram 512 alloc+free", 0.7),
    ("ref alloc+free", "lwip", "ref alloc+free", 0.6),
    ("header add+remove", "lwip", "header add+remove", 0.6),
    ("copy out 1460", "ours", "memcpy 1460", 1.2),
    ("copy in 1460", "ours", "memcpy 1460", 1.2),
    ("threads: pool 1514 alloc+free", "lwip", "threads: pool 1514 alloc+free", 0.1),
]


def build(what, whose, protection):
    program = f"build/bench/{what}-{whose}-{protection}"
    common = [CC, "-std=gnu11", "-O2", "-w", "-Ibench/pbuf", f"-DSYS_LIGHTWEIGHT_PROT={protection}",
              f"bench/{what}/main.c"]
    host = ["ports/common/critical.c", "ports/common/platform.c", "ports/common/threads.c",
            "ports/posix/sys_host.c"]
    if whose == "ours":
        flags = ["-DBENCH_OURS", "-Iinclude", "-Iinclude/standalone", "-Iports/posix",
                 "-Iports/common", *glob.glob("src/*/*.c"), "ports/posix/chksum.c", *host]
    else:
        tree = fetch_lwip()
        flags = [f"-I{tree}/include", "-Iports/posix", "-Iports/common", "-Iinclude",
                 *[f"{tree}/core/{name}.c" for name in REPLACED],
                 *glob.glob("src/fault/*.c"), *glob.glob("src/pool/*.c"), *host]
    run([*common, *flags, "-lpthread", "-o", program])
    return program


def measure_all(what):
    """{"ours", "lwip": {case: median}}; the cases of a build with a lock start with "threads: "."""
    builds = [(whose, prefix, build(what, whose, protection)) for whose in ("ours", "lwip")
              for prefix, protection in (("", 0), ("threads: ", 1))]
    medians = interleave({(whose, prefix): [program] for whose, prefix, program in builds}, ROUNDS)
    results = {"ours": {}, "lwip": {}}
    for (whose, prefix), cases in medians.items():
        results[whose].update({prefix + case: value for case, value in cases.items()})
    return results


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
    os.makedirs("build/bench", exist_ok=True)
    rows = Report(what)
    add_rows(rows, targets, measure_all(what))
    return rows.finish()


if __name__ == "__main__":
    sys.exit(report("pbuf", TARGETS))
