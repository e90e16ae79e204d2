#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""make bench-pool: builds the programs, measures, prints a table and writes build/bench/pool.json.

Ours: plain pools at check levels 0 and 1 without a lock, and at both levels pools with a cache per
thread. Peers: lwIP's memp.c from Debian's source package, without protection and with a recursive
mutex; DPDK's mempool with its cache and without; glibc, mimalloc, jemalloc. Programs run in turn,
several rounds of all; each time is the median over the rounds. Instructions are callgrind's. Sizes are
those of a program for Cortex-M0+. A peer that cannot be had is left out, and that is said.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
import footprint  # noqa: E402
from report import CC, HOST, Report, build_each, fetch_lwip, interleave, run  # noqa: E402

BUILD = "build/bench/pool"
ROUNDS = int(os.environ.get("ROUNDS", "5"))
OURS = [*sorted(glob.glob("src/pool/*.c")), "src/fault/fault.c", *HOST]
INCLUDE = ["-Iinclude", "-Iinclude/standalone", "-Iports/posix", "-Iports/common",
           "-Isrc"]

# --- programs -------------------------------------------------------------------------------------


def build(name, subject, flags, sources=(), libraries=()):
    program = os.path.join(BUILD, name)
    run([CC, "-std=gnu11", "-O2", f'-DSUBJECT="{subject}"', *flags, "bench/pool/main.c", *sources,
         "-pthread", *libraries, "-o", program])
    return program


def ours(name, *flags):
    return build(name, "subject_cistern.h", [*flags, *INCLUDE], OURS)


def shared(name, strategy, level):
    return ours(name, "-DSUBJECT_STRATEGY=CISTERN_POOL_" + strategy, f"-DCISTERN_CHECK={level}")


def lwip(name, protect):
    tree = fetch_lwip()
    flags = ["-w", f"-DSYS_LIGHTWEIGHT_PROT={protect}", "-Ibench/pool/lwip", "-I" + tree + "/include"]
    return build(name, "subject_lwip.h", flags, [tree + "/core/memp.c"])


def dpdk(name, cache):
    flags = run(["pkg-config", "--cflags", "libdpdk"]).split()
    libraries = run(["pkg-config", "--libs", "libdpdk"]).split()
    return build(name, "subject_dpdk.h", ["-w", f"-DSUBJECT_CACHE={cache}", *flags],
                 libraries=libraries)


def allocator(name, *libraries):
    return build(name, "subject_malloc.h", ["-fno-builtin"], libraries=libraries)


OURS_BY_NAME = {
    "level 0": lambda: ours("level0", "-DCISTERN_CHECK=0", "-DCISTERN_CRITICAL=0",
                            "-DCISTERN_POOL_EXTRAS=0"),
    "level 1": lambda: ours("level1", "-DCISTERN_CRITICAL=0"),
    "cached level 0": lambda: shared("cached0", "CACHED", 0),
    "cached level 1": lambda: shared("cached1", "CACHED", 1),
    "lock-free": lambda: shared("lockfree", "LOCK_FREE", 1),
    "mutex": lambda: shared("mutex", "MUTEX", 1),
}
MAKERS = {
    **OURS_BY_NAME,
    "lwip": lambda: lwip("lwip", 0),
    "lwip protected": lambda: lwip("lwip_protected", 1),
    "the ring alone": lambda: build("none", "subject_none.h", ["-w"]),
    "dpdk": lambda: dpdk("dpdk", 256),
    "dpdk without cache": lambda: dpdk("dpdk_uncached", 0),
    "glibc": lambda: allocator("glibc"),
    "mimalloc": lambda: allocator("mimalloc", "-lmimalloc"),
    "jemalloc": lambda: allocator("jemalloc", "-ljemalloc"),
}
OUR_NAMES = set(OURS_BY_NAME)
ONE_THREAD = {"level 0", "level 1", "lwip"}
NO_POOL = "the ring alone"
RING = "one gets, another puts"

# --- time and instructions ------------------------------------------------------------------------


def measure_all(programs):
    """{subject: {case: median of nanoseconds}}, the subjects measured in turn."""
    return interleave({name: [program, "single" if name in ONE_THREAD else "threads"]
                       for name, program in programs.items()}, ROUNDS)


def count(program):
    """{case: instructions per pair}: callgrind writes a file at the end of each call of `counted`."""
    with tempfile.TemporaryDirectory() as folder:
        lines = run(["valgrind", "-q", "--tool=callgrind", "--collect-atstart=no",
                     "--callgrind-out-file=" + os.path.join(folder, "out"),
                     "--toggle-collect=counted", "--dump-after=counted", program, "count"],
                    stderr=subprocess.DEVNULL).splitlines()
        counts = {}
        for number, line in enumerate(lines, 1):
            case, pairs = line.split("\t")
            with open(os.path.join(folder, f"out.{number}"), encoding="utf-8",
                      errors="replace") as file:
                total = int(re.search(r"^summary: (\d+)", file.read(), re.M).group(1))
            counts[case] = round(total / int(pairs), 1)
        return counts


def count_all(programs):
    return build_each("pool", {name: lambda program=program: count(program)
                               for name, program in programs.items()})


# case shown, subject of ours, case measured, peer the target refers to, factor
TARGETS = [
    ("get+put, level 0, one thread", "level 0", "pair", "lwip", 1.0),
    ("get+put, level 1, one thread", "level 1", "pair", "lwip", 1.4),
    ("get+put, lock-free", "lock-free", "pair", None, None),
    ("get+put, mutex of its own", "mutex", "pair", None, None),
]
# the same of pools with a cache per thread: factors of levels 0 and 1
CACHED_TARGETS = [
    ("get+put", "pair", "dpdk", (0.8, 1.0)),
    ("get+put, against lwIP's mutex", "pair", "lwip protected", (0.06, 0.06)),
    ("bulk of 32, per block", "bulk of 32", "dpdk", (0.9, 1.5)),
    ("two threads, own pairs", "two threads, own pairs", "dpdk", (1 / 1.2, 1 / 1.2)),
    (RING, RING, "dpdk", (0.9, 1.0)),
    (RING + ", against lwIP's mutex", RING, "lwip protected", (1 / 40, 1 / 40)),
] + [(case, case, "dpdk", (1.0, 1.0))
     for case in ("burst of 32, first in first out", "burst of 32, random",
                  "burst of 1024, first in first out", "burst of 1024, random")]
for level in (0, 1):
    TARGETS += [(f"{shown}, cached, level {level}", f"cached level {level}", case, peer, factors[level])
                for shown, case, peer, factors in CACHED_TARGETS]

# Instructions of the pair without a lock: level 0 as lwIP's without protection.
COUNT_TARGETS = {("level 0", "pair"): 31, ("level 1", "pair"): 50}


def report_times(report, figures):
    for shown, subject, case, peer, factor in TARGETS:
        if case in figures.get(subject, {}):
            peers = {name: round(figures[name][case], 3) for name in figures
                     if name not in OUR_NAMES and case in figures[name] and
                     (name != NO_POOL or case == RING)}
            target = round(peers[peer] * factor, 3) if peer in peers else None
            report.add(shown, round(figures[subject][case], 3), "ns", peers, target)


def report_counts(report, counts):
    for subject in sorted(OUR_NAMES & set(counts)):
        for case, value in counts[subject].items():
            peers = {name: counts[name][case] for name in counts if name not in OUR_NAMES | {NO_POOL}}
            report.add(f"{subject}: {case}", value, "instructions", peers, COUNT_TARGETS.get((subject, case)))


def core_clock():
    """The clock that the processor runs at, in MHz: additions that wait for each other are a cycle each."""
    program = os.path.join(BUILD, "clock")
    run([CC, "-O2", "bench/pool/clock.c", "-o", program])
    return float(run([program]))


# --- interrupts masked ----------------------------------------------------------------------------

FIRMWARE = "build/firmware/report.json"
MASKED = re.compile(r"masked: (lock-free )?pool (?:get|put)$")
MASKING = re.compile(r"\s(cpsid|cpsie|msr\s+(PRIMASK|BASEPRI|FAULTMASK)|bl?\s.*cistern_critical)", re.I)


def masked_on_boards():
    """Most instructions that a get or put masks on all emulated boards: of lock-free pools, of others."""
    most = {True: 0, False: 0}
    with open(FIRMWARE, encoding="utf-8") as file:
        for row in json.load(file):
            found = MASKED.search(row["case"])
            if found:
                lock_free = found.group(1) is not None
                most[lock_free] = max(row["ours"], most[lock_free])
    return most[True], most[False]


def masked_in_code():
    """Instructions that mask, or call what masks, in the lock-free pools' code for Cortex-M3, but for
    what stops a pool to look at it."""
    program = os.path.join(BUILD, "lockfree_m3.o")
    run(["arm-none-eabi-gcc", "-mcpu=cortex-m3", "-mthumb", "-Os", "-std=c11", "-Iports/bare",
         "-Iports/bare/cortex-m", "--specs=picolibc.specs", *INCLUDE[:2], "-Isrc", "-c",
         "src/pool/pool_lock_free.c", "-o", program])
    listing = run(["arm-none-eabi-objdump", "-dr", program])
    functions = re.split(r"^[0-9a-f]+ <(\w+)>:$", listing, flags=re.M)[1:]
    return sum(len(MASKING.findall(code)) for name, code in zip(functions[::2], functions[1::2])
               if name not in ("pool_lf_stop", "pool_lf_go"))


def report_masked(report):
    label = "instructions with interrupts masked, lock-free"
    if os.path.exists(FIRMWARE):
        lock_free, locked = masked_on_boards()
        report.add(label, lock_free, "instructions", {"with a section": locked}, 0)
    else:
        report.add(label + " (that mask, in its code)", masked_in_code(), "instructions", None, 0)


def main():
    os.makedirs(BUILD, exist_ok=True)
    programs = build_each("pool", MAKERS)
    report = Report("pool")
    report.add("core clock", round(core_clock()), "MHz")
    report_times(report, measure_all(programs))
    report_counts(report, count_all(programs))
    footprint.add_rows(report, BUILD)
    report_masked(report)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
