#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""make bench-heap: builds the programs, measures, prints a table and writes build/bench/heap.json.

Ours: good fit and first fit at check levels 0 and 1, without a lock, as the peers are measured by one
thread. Peers: lwIP's mem.c from Debian's source package (fetched into build/), glibc, mimalloc,
jemalloc. A peer that cannot be had is left out, and that is said.
"""
import glob
import json
import os
import statistics
import sys

from count import count

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from report import CC, HOST, Report, build_each, fetch_lwip, run  # noqa: E402

BUILD = "build/bench/heap"
SEEDS = (1, 2, 3, 4, 5)
TIME_OPERATIONS = 300000
TIME_TURNS = 5
CALLS = 1500
INCLUDE = ["-Ibench/heap", "-Iinclude", "-Iinclude/standalone", "-Iports/posix",
           "-Iports/common", "-Isrc"]
HEAP = sorted(glob.glob("src/heap/*.c"))
OURS = [*HEAP, "src/fault/fault.c", *HOST]


def build(name, sources, flags):
    program = os.path.join(BUILD, name)
    run([CC, "-std=c11", "-O2", *flags[0], "bench/heap/main.c", *sources, *flags[1], "-o", program])
    return program


def build_ours(fit, level):
    options = ["-DCISTERN_CRITICAL=0", "-DCISTERN_HEAP_INDEX_BITS=32",
               "-DCISTERN_HEAP_FIT=" + fit, "-DCISTERN_CHECK=" + str(level)]
    return build(f"cistern_{fit}_{level}", ["bench/heap/subject_cistern.c", *OURS],
                 (options + INCLUDE, ["-pthread"]))


def build_peer(name, header):
    options = ["-Ibench/heap"]
    if header:
        prefix = "mi_" if name == "mimalloc" else ""
        options += ["-DSUBJECT_HEADER=" + header, f"-DSUBJECT_MALLOC={prefix}malloc",
                    f"-DSUBJECT_FREE={prefix}free"]
    return build(name, ["bench/heap/subject_libc.c"], (options, ["-l" + name] if header else []))


def build_lwip():
    tree = fetch_lwip()
    flags = ["-w", "-D_GNU_SOURCE", "-Ibench/heap", "-Ibench/heap/lwip", "-I" + tree + "/include"]
    return build("lwip", ["bench/heap/subject_lwip.c", tree + "/core/mem.c"], (flags, []))


def build_device(level):
    """The usual case of a device; its peer is lwIP's mem.c with the same options."""
    options = ["-DSYS_LIGHTWEIGHT_PROT=0", "-w", "-Ibench/pbuf"]
    name = f"device_{level}"
    program = os.path.join(BUILD, name)
    if level == "lwip":
        tree = fetch_lwip()
        flags = ["-DLWIP_NOASSERT", f"-I{tree}/include", "-Iports/posix", "-Iports/common", "-Iinclude",
                 *[f"{tree}/core/{file}.c" for file in ("mem", "stats")], "src/fault/fault.c", *HOST]
    else:
        flags = [f"-DCISTERN_CHECK={level}", *INCLUDE, *HEAP, "src/mem/mem.c", "src/stats/stats.c",
                 "src/fault/fault.c", *HOST]
    run([CC, "-std=gnu11", "-O2", *options, "bench/heap/device.c", *flags, "-pthread", "-o", program])
    return program


def build_peers():
    makers = {"lwip": build_lwip, "glibc": lambda: build_peer("glibc", None),
              "mimalloc": lambda: build_peer("mimalloc", "<mimalloc.h>"),
              "jemalloc": lambda: build_peer("jemalloc", "<jemalloc/jemalloc.h>")}
    return build_each("heap", makers)


def measure(program, mode, argument, rounds, seed=1):
    text = run([program, mode, str(argument), str(rounds), str(seed)])
    return next(iter(json.loads(text).values()))


def packing(program, live):
    ratios = [measure(program, "pack", live, live * 10 + 10000, seed) for seed in SEEDS]
    return round(sum(ratios) / len(ratios), 3)


def medians(programs, live):
    """{name: ns} of programs that take turns: {name: (program, operations)}."""
    seen = {name: [] for name in programs}
    for _ in range(TIME_TURNS):
        for name, (program, operations) in programs.items():
            seen[name].append(measure(program, "time", live, operations))
    return {name: round(statistics.median(values), 2) for name, values in seen.items()}


def report_instructions(report, ours, peers):
    for live in (256, 4096):
        others = {name: count(program, live, CALLS if name != "lwip" else 100)
                  for name, program in peers.items()}
        for level in (0, 1):
            result = count(ours["good", level], live, CALLS)
            limits = {"malloc": (84, 95), "free": (50, 75)}
            worst = (110, 140)
            for kind, mean in limits.items():
                report.add(f"good level {level}: {kind}, mean, {live} live", result[kind],
                           "instructions", {n: o[kind] for n, o in others.items()}, mean[level])
                report.add(f"good level {level}: {kind}, worst, {live} live",
                           result[kind + "_worst"], "instructions",
                           {n: o[kind + "_worst"] for n, o in others.items()}, worst[level])


def report_device(report):
    pairs = {}
    for subject in ("lwip", 0, 1):
        result = count(build_device(subject), 2, 0)
        pairs[subject] = round(result["malloc"] + result["free"], 1)
    for level, limit in {0: 110, 1: 170}.items():
        report.add(f"good level {level}: mem_malloc + mem_free, a device's usual case", pairs[level],
                   "instructions", {"lwip": pairs["lwip"]}, limit)


def report_growth(report, program):
    points = []
    for live in (10, 100, 1000, 10000, 100000, 1000000):
        result = count(program, live, 400)
        points.append((live, *(result[key] for key in ("malloc", "malloc_worst", "free", "free_worst"))))
        report.add(f"growth: malloc + free, mean, {live} live",
                   round(result["malloc"] + result["free"], 1), "instructions")
        report.add(f"growth: malloc + free, worst, {live} live",
                   result["malloc_worst"] + result["free_worst"], "instructions")
    draw_growth(points)


def draw_growth(points):
    """The points as build/bench/heap.svg and .png, and as the picture of docs/heap.md."""
    with open("build/bench/heap-growth.txt", "w", encoding="ascii") as file:
        file.writelines(" ".join(str(value) for value in point) + "\n" for point in points)
    for terminal, path in (("svg size 720,420", "build/bench/heap.svg"),
                           ("png size 720,420", "build/bench/heap.png"),
                           ("svg size 720,420", "docs/heap-growth.svg")):
        run(["gnuplot", "-e", f"set terminal {terminal}; set output '{path}'",
             "bench/heap/growth.gnuplot"])


def report_time(report, ours, peers):
    for live in (16, 256, 4096, 65536):
        programs = {name: (program, TIME_OPERATIONS) for name, program in peers.items()}
        programs |= {level: (ours["good", level], TIME_OPERATIONS) for level in (0, 1)}
        programs["first"] = (ours["first", 0], 20000 if live < 4096 else 1000)
        if "lwip" in peers:
            programs["lwip"] = (peers["lwip"], 20000 if live < 4096 else 1000)
        if live > 4096:
            programs.pop("lwip", None)
            programs.pop("first")
        times = medians(programs, live)
        others = {name: times[name] for name in peers if name in times}
        for level in (0, 1):
            report.add(f"good level {level}: time, {live} live", times[level], "ns", others)
        if "first" in times:
            report.add(f"first level 0: time, {live} live", times["first"], "ns", others)
        if live == 4096:
            for name, limit in {"glibc": 0.4, "lwip": 0.002, "mimalloc": 1.3}.items():
                if name in times:
                    report.add(f"good level 0: time / {name}'s, {live} live",
                               round(times[0] / times[name], 4), "ratio", None, limit)


def report_packing(report, ours, peers):
    targets = {16: 1.28, 256: 1.13, 4096: 1.06}
    for live, target in targets.items():
        others = {"lwip": packing(peers["lwip"], live)} if "lwip" in peers else {}
        report.add(f"good: arena / peak live, {live} live", packing(ours["good", 0], live), "ratio",
                   others, target)
        if live < 4096:
            report.add(f"first: arena / peak live, {live} live", packing(ours["first", 0], live),
                       "ratio", others)
    for path in sorted(glob.glob("samples/*.pcap")):
        case = f"arena / peak live, {os.path.basename(path)}, 64 live"
        others = {"lwip": measure(peers["lwip"], "replay", path, 20000)} if "lwip" in peers else {}
        report.add("good: " + case, measure(ours["good", 0], "replay", path, 20000), "ratio", others)


def report_size(report):
    """Bytes of code on Cortex-M0+ and of the control block."""
    limits = {("good", 0): 640, ("good", 1): 800, ("first", 0): 440, ("first", 1): None}
    for (fit, level), limit in limits.items():
        code, control = size_on_m0(fit, level)
        report.add(f"{fit} level {level}: init + malloc + free, M0+ -Os", code, "bytes", None, limit)
        report.add(f"{fit} level {level}: control block, 16-bit indices", control, "bytes", None, 256)


def size_on_m0(fit, level):
    flags = ["-mcpu=cortex-m0plus", "-mthumb", "-Os", "-std=c11", "-ffunction-sections",
             "--specs=picolibc.specs", "-nostartfiles", "-DCISTERN_CRITICAL=0",
             "-DCISTERN_HEAP_INDEX_BITS=16", f"-DCISTERN_HEAP_FIT={fit}",
             f"-DCISTERN_CHECK={level}", "-Iinclude", "-Iinclude/standalone", "-Iports/bare", "-Isrc"]
    program = os.path.join(BUILD, f"m0_{fit}_{level}.elf")
    run(["arm-none-eabi-gcc", *flags, "bench/heap/footprint.c", *HEAP,
         "-Wl,--gc-sections,-e,footprint", "-o", program])
    code = 0
    control = 0
    for line in run(["arm-none-eabi-nm", "-S", program]).splitlines():
        fields = line.split()
        if len(fields) == 4 and fields[2] in "tT" and fields[3] != "footprint" and \
                fields[3] != "cistern_fault_raise":
            code += int(fields[1], 16)
        if len(fields) == 4 and fields[3] == "footprint_heap":
            control = int(fields[1], 16)
    return code, control


def main():
    os.makedirs(BUILD, exist_ok=True)
    ours = {(fit, level): build_ours(fit, level) for fit in ("good", "first") for level in (0, 1)}
    peers = build_peers()
    report = Report("heap")
    report_size(report)
    report_instructions(report, ours, peers)
    report_device(report)
    report_growth(report, ours["good", 0])
    report_packing(report, ours, peers)
    report_time(report, ours, peers)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
