#!/usr/bin/env python3
"""make bench-pool: builds the programs, measures, prints a table and writes build/bench/pool.json.

Ours: plain pools at check levels 0 and 1 without a lock, and pools with a cache per thread at level 1.
Peers: lwIP's memp.c from Debian's source package, without protection and with a recursive mutex; DPDK's
mempool with its cache; glibc, mimalloc, jemalloc. Programs run in turn, several rounds of all; each
figure is the median over the rounds. What cannot be had is left out and said so.
"""
import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from report import CC, Report, build_each, fetch_lwip, interleave, run  # noqa: E402

BUILD = "build/bench/pool"
ROUNDS = int(os.environ.get("ROUNDS", "5"))
OURS = (sorted(glob.glob("src/pool/*.c")) + ["src/fault/fault.c", "ports/common/critical.c",
        "ports/common/platform.c", "ports/common/threads.c", "ports/posix/sys_host.c"])
INCLUDE = ["-Iinclude", "-Iinclude/standalone", "-Iports/posix", "-Iports/common",
           "-Isrc"]


def build(name, subject, flags, sources=(), libraries=()):
    program = os.path.join(BUILD, name)
    run([CC, "-std=gnu11", "-O2", f'-DSUBJECT="{subject}"', *flags, "bench/pool/main.c", *sources,
         "-pthread", *libraries, "-o", program])
    return program


def ours(name, *flags):
    return build(name, "subject_cistern.h", [*flags, *INCLUDE], OURS)


def lwip(name, protect):
    tree = fetch_lwip()
    flags = ["-w", f"-DSYS_LIGHTWEIGHT_PROT={protect}", "-Ibench/pool/lwip", "-I" + tree + "/include"]
    return build(name, "subject_lwip.h", flags, [tree + "/core/memp.c"])


def dpdk():
    flags = run(["pkg-config", "--cflags", "libdpdk"]).split()
    libraries = run(["pkg-config", "--libs", "libdpdk"]).split()
    return build("dpdk", "subject_dpdk.h", ["-w", *flags], libraries=libraries)


def allocator(name, *libraries):
    return build(name, "subject_malloc.h", ["-fno-builtin"], libraries=libraries)


MAKERS = {
    "level 0": lambda: ours("level0", "-DCISTERN_CHECK=0", "-DCISTERN_CRITICAL=0",
                            "-DCISTERN_POOL_EXTRAS=0"),
    "level 1": lambda: ours("level1", "-DCISTERN_CRITICAL=0"),
    "cached": lambda: ours("cached", "-DSUBJECT_STRATEGY=CISTERN_POOL_CACHED"),
    "cached level 0": lambda: ours("cached0", "-DSUBJECT_STRATEGY=CISTERN_POOL_CACHED",
                                   "-DCISTERN_CHECK=0"),
    "lock-free": lambda: ours("lockfree", "-DSUBJECT_STRATEGY=CISTERN_POOL_LOCK_FREE"),
    "mutex": lambda: ours("mutex", "-DSUBJECT_STRATEGY=CISTERN_POOL_MUTEX"),
    "lwip": lambda: lwip("lwip", 0),
    "lwip protected": lambda: lwip("lwip_protected", 1),
    "dpdk": dpdk,
    "glibc": lambda: allocator("glibc"),
    "mimalloc": lambda: allocator("mimalloc", "-lmimalloc"),
    "jemalloc": lambda: allocator("jemalloc", "-ljemalloc"),
}
ONE_THREAD = {"level 0", "level 1", "lwip"}


def measure_all(programs):
    """{subject: {case: median of nanoseconds}}, the subjects measured in turn."""
    return interleave({name: [program, "single" if name in ONE_THREAD else "threads"]
                       for name, program in programs.items()}, ROUNDS)


# case shown, subject of ours, case measured, peer the target refers to, factor
TARGETS = [
    ("get+put, level 0, one thread", "level 0", "pair", "lwip", 1.0),
    ("get+put, level 1, one thread", "level 1", "pair", "lwip", 1.4),
    ("get+put, threads allowed (cached)", "cached", "pair", "dpdk", 1.0),
    ("get+put, threads allowed (cached), level 0", "cached level 0", "pair", "dpdk", 1.0),
    ("get+put, threads allowed, against lwIP's mutex", "cached", "pair", "lwip protected", 0.06),
    ("get+put, lock-free", "lock-free", "pair", None, None),
    ("get+put, mutex of its own", "mutex", "pair", "lwip protected", 1.0),
    ("bulk of 32, per block", "cached", "bulk of 32", "dpdk", 1.2),
    ("two threads, own pairs", "cached", "two threads, own pairs", "dpdk", 1 / 1.2),
    ("two threads, own pairs, level 0", "cached level 0", "two threads, own pairs", "dpdk", 1 / 1.2),
    ("one gets, another puts, through a ring", "cached", "one gets, another puts", "dpdk", 1 / 0.9),
    ("one gets, another puts, against lwIP's mutex", "cached", "one gets, another puts",
     "lwip protected", 1 / 40),
] + [(case, "cached", case, "dpdk", 1.0)
     for case in ("burst of 32, first in first out", "burst of 32, random",
                  "burst of 1024, first in first out", "burst of 1024, random")]
PER_BLOCK = {"bulk of 32": 32}
OUR_NAMES = {"level 0", "level 1", "cached", "cached level 0", "lock-free", "mutex"}


def add_rows(report, figures):
    for shown, subject, case, peer, factor in TARGETS:
        divisor = PER_BLOCK.get(case, 1)
        value = lambda name: round(figures[name][case] / divisor, 3)  # noqa: E731
        if subject not in figures or case not in figures[subject]:
            continue
        peers = {name: value(name) for name in figures
                 if name not in OUR_NAMES and case in figures[name]}
        target = round(peers[peer] * factor, 3) if peer in peers else None
        report.add(shown, value(subject), "ns", peers, target)


def main():
    os.makedirs(BUILD, exist_ok=True)
    report = Report("pool")
    add_rows(report, measure_all(build_each("pool", MAKERS)))
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
