#!/usr/bin/env python3
"""make bench-mbox

Builds one program twice, with this library's posix port and with the unix port that comes with lwIP
(Debian's source package, fetched into build/), runs both in turn, and prints medians beside the
targets. The results are in build/bench/mbox.json.
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


def main():
    results = interleave({"ours": build_ours(), "lwip": build_lwip()}, ROUNDS)
    ours, lwip = results["ours"], results["lwip"]
    report = Report("mbox")
    report.add(STREAM, round(ours[STREAM], 1), "ns/message", {"lwip": round(lwip[STREAM], 1)},
               round(lwip[STREAM] / 3, 1))
    report.add(BACK, round(ours[BACK], 1), "ns/round",
               {"condition variable": round(ours[BARE], 1), "lwip": round(lwip[BACK], 1)},
               round(ours[BARE], 1))
    return report.finish()


if __name__ == "__main__":
    os.makedirs("build/bench", exist_ok=True)
    sys.exit(main())
