# SPDX-License-Identifier: BSD-3-Clause
"""Mynewt's pools: bytes of os_mempool_init, os_memblock_get and os_memblock_put with all they call, and
instructions of a get and put. Peer: Mynewt's own os_mempool.c without checks.

MYNEWT=TREE in the environment names a tree of Mynewt's core, whose file is then measured in the same way.
Without it the figures below stand.
"""
import glob
import os
import re
import subprocess
import tempfile

import images
from report import CC, run

FOLDER = "bench/firmware/mynewt"
# kernel/os/src/os_mempool.c of Apache Mynewt's core, NDEBUG and every option off, by arm-none-eabi-gcc 12.2
# -Os and gcc 12.2 -O2.
THEIRS = {"bytes": {"M0+": 246, "M3": 248}, "pair": {"x86-64": 62, "M3": 55, "M0+": 60},
          "extended pair": {"M3": 61, "M0+": 69}}
# (level 1, level 0)
LIMITS = {"bytes": {"M0+": (700, 250), "M3": (700, 250)},
          "pair": {"x86-64": (62, 50), "M3": (75, 50), "M0+": (90, 55)},
          "extended pair": {"M3": (95, None), "M0+": (115, None)}}


class Ours:
    """This library at a level; on the host with the section of bench/firmware/port, as the peer."""

    def __init__(self, level):
        self.name = f"level {level}"
        self.flags = [f"-DCISTERN_CHECK={level}"]
        self.sources = sorted(glob.glob("src/pool/*.c")) + [*sorted(glob.glob("src/os/*.c"))]

    def for_board(self):
        bare = ["-Iports/bare", "-Iports/bare/cortex-m"]
        return [*self.flags, "-DNO_SYS=1", "-Iinclude", "-Iinclude/standalone", *bare, "-Isrc"]

    def for_host(self):
        return [*self.flags, "-DNO_SYS=1", "-Iinclude", "-Iinclude/standalone", "-Ibench/firmware/port",
                "-Iports/lwip", "-Isrc"]


class Theirs:
    """A tree of Mynewt's."""

    def __init__(self, tree):
        self.name = "mynewt"
        self.sources = [tree + "/kernel/os/src/os_mempool.c"]
        self.flags = ["-DNDEBUG", "-I" + FOLDER, f"-I{tree}/kernel/os/include"]

    def for_board(self):
        return self.flags

    def for_host(self):
        return self.flags


def cross(cpu, flags):
    return ["arm-none-eabi-gcc", "-std=gnu11", "-w", "-mcpu=" + images.CPUS[cpu], "-mthumb", "-Os",
            "-ffunction-sections", "-fdata-sections", "--specs=picolibc.specs", *flags]


def output(subject, what):
    return f"{images.BUILD}/mynewt-{what}-{subject.name}".replace(" ", "-")


def code(subject, cpu, flags=(), sources=()):
    """Bytes of code and constants that the three functions link, but for the program's own."""
    program = output(subject, "size-" + cpu)
    run([*cross(cpu, subject.for_board()), *flags, "-nostartfiles", "-Wl,--gc-sections,-e,footprint",
         FOLDER + "/size.c", *subject.sources, *sources, "-o", program])
    fields = [line.split() for line in run(["arm-none-eabi-nm", "-S", program]).splitlines()]
    return sum(int(field[1], 16) for field in fields
               if len(field) == 4 and field[2] in "tTrR" and field[3] != "footprint")


def board_pairs(subject, cpu, counter):
    program = output(subject, "pair-" + cpu)
    fault = ["src/fault/fault.c", "ports/bare/platform.c"] if subject.name != "mynewt" else []
    run([*cross(cpu, [*subject.for_board(), "-Itests"]), *images.LINK, FOLDER + "/pair.c",
         "tests/target/marks.c", *subject.sources, *fault, "-o", program])
    # The first stretch is "nothing", which is what stretches() takes off.
    pair, extended = images.stretches(program, counter)
    return {"pair": pair, "extended pair": extended}


# Mynewt keeps a pool's address in 32 bits, whatever a pointer has: programs lie below 4 GB.
def host_pairs(subject):
    program = output(subject, "pair-host")
    fault = ["src/fault/fault.c", "ports/lwip/cistern_port.c"] if subject.name != "mynewt" else []
    run([CC, "-std=gnu11", "-O2", "-w", *subject.for_host(), "-Ibench/firmware/port", FOLDER + "/pair.c",
         *subject.sources, *fault, "bench/firmware/port/port.c", "-no-pie", "-o", program])
    with tempfile.TemporaryDirectory() as folder:
        run(["valgrind", "-q", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=bench_counted",
             "--dump-after=bench_counted", "--callgrind-out-file=" + folder + "/out", program],
            env=dict(os.environ, BENCH_COUNT="1"), stderr=subprocess.DEVNULL)
        counts = []
        for number in (1, 2, 3):
            with open(f"{folder}/out.{number}", encoding="utf-8", errors="replace") as file:
                counts.append(int(re.search(r"^summary: (\d+)", file.read(), re.M).group(1)))
    return {"pair": counts[1] - counts[0], "extended pair": counts[2] - counts[0]}


def figures(subject, counter, *flags):
    """{what: {cpu: figure}}"""
    pairs = {cpu: board_pairs(subject, cpu, counter) for cpu in images.CPUS}
    pairs["x86-64"] = host_pairs(subject)
    table = {what: {cpu: of[what] for cpu, of in pairs.items()} for what in ("pair", "extended pair")}
    table["bytes"] = {cpu: code(subject, cpu, flags) for cpu in images.CPUS}
    return table


def add_smallest(report, theirs):
    """What is left at level 1 without what a device can do without."""
    for cpu in images.CPUS:
        flags = ["-DBENCH_NO_REPORTER", "-DCISTERN_DIAGNOSIS=0"]
        for name, added in (("without diagnosis", []),
                            ("without diagnosis and strategies", ["-DCISTERN_POOL_EXTRAS=0"])):
            report.add(f"os_mempool, init + get + put, {cpu}, level 1, {name}",
                       code(Ours(1), cpu, [*flags, *added]), "bytes", {"mynewt": theirs["bytes"][cpu]})


def add_rows(report, counter):
    tree = os.environ.get("MYNEWT")
    theirs = figures(Theirs(os.path.abspath(tree)), counter) if tree else THEIRS
    for level in (1, 0):
        subject = Ours(level)
        ours = figures(subject, counter, "-DBENCH_NO_REPORTER")
        for what, name, unit in (("bytes", "init + get + put", "bytes"), ("pair", "pair", "instructions"),
                                 ("extended pair", "extended pair", "instructions")):
            for cpu, value in ours[what].items():
                peers = {"mynewt": theirs[what][cpu]} if cpu in theirs[what] else {}
                limits = LIMITS[what].get(cpu, (None, None))
                report.add(f"os_mempool, {name}, {cpu}, level {level}", value, unit, peers,
                           limits[0 if level else 1])
        for cpu in images.CPUS:
            whole = code(subject, cpu, sources=["src/fault/fault.c", "ports/bare/platform.c"])
            report.add(f"os_mempool, init + get + put and the report of faults, {cpu}, level {level}", whole,
                       "bytes", {"mynewt": theirs["bytes"][cpu]})
    add_smallest(report, theirs)
