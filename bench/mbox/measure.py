#!/usr/bin/env python3
"""make bench-mbox

Builds two programs twice, with this library's posix port and with the unix port that comes with lwIP
(Debian's source package, fetched into build/), runs them in turn, on one processor and on all, and
prints medians beside the targets. The results are in build/bench/mbox.json.
"""
import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from report import CC, Report, fetch_lwip, interleave, run

ROUNDS = 7
STREAM = "post and fetch, two threads"
BACK = "there and back, two threads"
BARE = "there and back, bare condition variable"
SOCKETS = {"stream over sockets": "ns/KiB", "there and back over sockets": "ns/round"}
REPLACED = {f"core/{name}.c" for name in ("mem", "memp", "pbuf", "def", "inet_chksum", "stats", "sys")}
ONE = ["taskset", "-c", str(min(os.sched_getaffinity(0)))]


def build(whose, flags):
    program = f"build/bench/mbox-{whose}"
    run([CC, "-std=gnu11", "-O2", "-w", "-Ibench/mbox", "bench/mbox/main.c", *flags, "-lpthread", "-o",
         program])
    return [program]


def build_ours():
    return build("ours", ["-Iinclude", "-Iinclude/standalone", "-Iports/posix", "-Iports/common",
                          *glob.glob("src/*/*.c"), *glob.glob("ports/posix/*.c"),
                          *glob.glob("ports/common/*.c")])


def build_lwip():
    tree = fetch_lwip()
    port = f"{tree}/../port"
    return build("lwip", [f"-I{port}/include", f"-I{tree}/include", f"{port}/sys_arch.c",
                          f"{tree}/core/sys.c", f"{tree}/core/stats.c"])


def build_sockets(whose, flags):
    tree = fetch_lwip()
    stack = [file for folder in ("core", "core/ipv4", "core/ipv6", "api")
             for file in glob.glob(f"{tree}/{folder}/*.c")]
    if whose == "ours":
        stack = [file for file in stack if os.path.relpath(file, tree) not in REPLACED]
    program = f"build/bench/sockets-{whose}"
    run([CC, "-std=gnu11", "-O2", "-w", "-Ibench/mbox/sockets", *flags, f"-I{tree}/include",
         "bench/mbox/sockets/main.c", *stack, f"{tree}/netif/ethernet.c", "-lpthread", "-o", program])
    return [program]


def sockets_of_ours():
    return build_sockets("ours", ["-DBENCH_OURS", "-Iinclude", "-Iports/posix", "-Iports/common", "-Isrc",
                                  *glob.glob("src/*/*.c"), *glob.glob("ports/posix/*.c"),
                                  *glob.glob("ports/common/*.c")])


def sockets_of_lwip():
    port = f"{fetch_lwip()}/../port"
    return build_sockets("lwip", [f"-I{port}/include", f"{port}/sys_arch.c"])


def add_against_lwip(report, results, cases, where):
    """One row for each case, which must not be slower than with lwIP's port."""
    for case, unit in cases.items():
        theirs = round(results["lwip"][case], 1)
        report.add(case + where, round(results["ours"][case], 1), unit, {"lwip": theirs}, theirs)


def main():
    programs = {"ours": build_ours(), "lwip": build_lwip()}
    sockets = {"ours": sockets_of_ours(), "lwip": sockets_of_lwip()}
    results = interleave(programs, ROUNDS)
    ours, lwip = results["ours"], results["lwip"]
    report = Report("mbox")
    streams = {STREAM: "ns/message", BACK: "ns/round"}
    for commands, cases in ((programs, streams), (sockets, SOCKETS)):
        alone = {name: [*ONE, *command] for name, command in commands.items()}
        add_against_lwip(report, interleave(alone, ROUNDS), cases, ", one processor")
    add_against_lwip(report, interleave(sockets, ROUNDS), SOCKETS, "")
    report.add(STREAM, round(ours[STREAM], 1), "ns/message", {"lwip": round(lwip[STREAM], 1)},
               round(lwip[STREAM] / 3, 1))
    report.add(BACK, round(ours[BACK], 1), "ns/round",
               {"condition variable": round(ours[BARE], 1), "lwip": round(lwip[BACK], 1)},
               round(ours[BARE], 1))
    return report.finish()


if __name__ == "__main__":
    os.makedirs("build/bench", exist_ok=True)
    sys.exit(main())
