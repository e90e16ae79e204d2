#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""make bench-mbox

Builds two programs twice, with this library's posix port and with the unix port that comes with lwIP
(Debian's source package, fetched into build/), and runs them in turn: on one, two and four processors, as
far as there are, alone and beside ten loops that only compute. What a run takes depends on what else the
machine does, so each row is the median of the ratios of two runs that followed each other. The results are
in build/bench/mbox.json.
"""
import glob
import os
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from report import CC, Report, fetch_lwip, run

ROUNDS = 9
STREAM = "post and fetch, two threads"
BACK = "there and back, two threads"
BARE = "there and back, bare condition variable"
CASES = {STREAM: "ns/message", BACK: "ns/round", "stream over sockets": "ns/KiB",
         "there and back over sockets": "ns/round"}
REPLACED = {f"core/{name}.c" for name in ("mem", "memp", "pbuf", "def", "inet_chksum", "stats", "sys")}
ALLOWED = sorted(os.sched_getaffinity(0))
NUMBERS = {1: "one processor", 2: "two processors", 4: "four processors"}
LOOPS = 10
# Arguments of the two programs: a run beside the loops gets a small share of the time.
ALONE = {"mbox": ["500000", "20000", "1"], "sockets": ["50", "5000"]}
BESIDE = {"mbox": ["200000", "3000", "1"], "sockets": ["8", "1500"]}


def build(whose, flags):
    program = f"build/bench/mbox-{whose}"
    run([CC, "-std=gnu11", "-O2", "-w", "-Ibench/mbox", "bench/mbox/main.c", *flags, "-lpthread", "-o",
         program])
    return [program]


def build_ours():
    return build("ours", ["-Iinclude", "-Iinclude/standalone", "-Iports/posix", "-Iports/common", "-Isrc",
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


class Loops:
    """Programs that only compute, while it is open."""
    def __init__(self, number, processors):
        self.command = [*processors, "sh", "-c", "while :; do :; done"]
        self.number = number

    def __enter__(self):
        self.programs = [subprocess.Popen(self.command) for _ in range(self.number)]

    def __exit__(self, *_):
        for program in self.programs:
            program.kill()
            program.wait()


def values_of(command):
    lines = (line.split("\t") for line in run(command).splitlines())
    return {case: float(value) for case, value in lines}


def measure(programs, processors, arguments):
    """{case: [(ours, lwIP's)]}; who begins changes with each round."""
    pairs = {}
    for turn in range(ROUNDS):
        order = ("ours", "lwip") if turn % 2 == 0 else ("lwip", "ours")
        for name, commands in programs.items():
            seen = {whose: values_of([*processors, *commands[whose], *arguments[name]]) for whose in order}
            for case, ours in seen["ours"].items():
                pairs.setdefault(case, []).append((ours, seen["lwip"][case]))
    return pairs


def ratio(pairs):
    return statistics.median(ours / lwip for ours, lwip in pairs)


def add_rows(report, pairs, where):
    """Each case must not be slower than with lwIP's port. Beside loops a scheduler that is fair gives time in
    proportion to what was used before: processor time says what the noise of a run's length hides."""
    for case, unit in CASES.items():
        ours, lwip = (round(statistics.median(values), 1) for values in zip(*pairs[case]))
        report.add(case + where, round(ratio(pairs[case]), 2), "of lwIP's", {f"ours, {unit}": ours, "lwip": lwip},
                   1.0)
        if "loops" in where:
            report.add(f"{case}, processor time{where}", round(ratio(pairs[case + ", processor"]), 2),
                       "of lwIP's", {}, 1.05)


def main():
    programs = {"mbox": {"ours": build_ours(), "lwip": build_lwip()},
                "sockets": {"ours": sockets_of_ours(), "lwip": sockets_of_lwip()}}
    report = Report("mbox")
    for number in (count for count in NUMBERS if count <= len(ALLOWED)):
        processors = ["taskset", "-c", ",".join(map(str, ALLOWED[:number]))]
        alone = measure(programs, processors, ALONE)
        add_rows(report, alone, f", {NUMBERS[number]}")
        with Loops(LOOPS, processors):
            add_rows(report, measure(programs, processors, BESIDE), f", {NUMBERS[number]}, {LOOPS} busy loops")
    if len(ALLOWED) > 1:
        report.add("stream of messages, a third of lwIP's", round(ratio(alone[STREAM]), 2), "of lwIP's", {}, 0.33)
        beside_bare = ratio([(ours, bare) for (ours, _), (bare, _) in zip(alone[BACK], alone[BARE])])
        report.add("there and back, against a condition variable", round(beside_bare, 2), "of its time", {}, 1.0)
    return report.finish()


if __name__ == "__main__":
    os.makedirs("build/bench", exist_ok=True)
    sys.exit(main())
