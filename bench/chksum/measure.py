#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""make bench-chksum: the Internet sum against lwIP's algorithm 2, DPDK's rte_raw_cksum and the limits.

One program has all of them and measures them in turn; a figure is the median over all rounds. Where
valgrind knows the instructions they are counted, too; the boards follow. The results are in
build/bench/chksum.json.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from report import CC, HOST, Report, interleave, run  # noqa: E402

import boards  # noqa: E402

RUNS = 5
WAYS = {"words": None, "sse2": 1 / 6, "avx2": 1 / 11, "avx512": 1 / 15, "neon": None, "vectors": None}
LENGTHS = (20, 64, 256, 1460)
INCLUDE = ["-Ibench/pbuf", "-DSYS_LIGHTWEIGHT_PROT=0", "-Iinclude", "-Iinclude/standalone",
           "-Iports/posix", "-Iports/common", "-Isrc"]
OURS = [*sorted(glob.glob("src/*/*.c")), *HOST]


def build():
    os.makedirs(boards.BUILD, exist_ok=True)
    # Its loop is so short that it takes twice as long where it happens to cross a line of code.
    lwip = boards.compile_lwip([CC], ["-O2", "-falign-loops=32"], f"{boards.BUILD}/lwip.o")
    native = f"{boards.BUILD}/native.o"
    dpdk = run(["pkg-config", "--cflags", "libdpdk"]).split()
    run([CC, "-std=gnu11", "-O3", "-w", *dpdk, "-march=native", "-c", "bench/chksum/native.c",
         "-o", native])
    program = f"{boards.BUILD}/chksum"
    run([CC, "-std=gnu11", "-O2", *INCLUDE, "bench/chksum/main.c", *OURS, lwip, native, "-pthread",
         "-o", program])
    return program


def count(program, case):
    """Instructions of one call of a case, with the call."""
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "out")
        run(["valgrind", "-q", "--tool=callgrind", "--callgrind-out-file=" + output,
             "--toggle-collect=counted_call", program, "count", case], stderr=subprocess.DEVNULL)
        with open(output, encoding="ascii", errors="replace") as file:
            return int(re.search(r"^summary: (\d+)", file.read(), re.M).group(1))


def add_times(rows, ns):
    ways = [way for way in WAYS if f"{way} 1460" in ns]
    share = WAYS[ways[-1]]

    def peers(length, *names):
        return {name: ns[f"{name} {length}"] for name in names}

    rows.add("checksum 1460", ns["checksum 1460"], "ns",
             peers("1460", "lwip", "dpdk", "read", "algorithm 1", "algorithm 2", "algorithm 3"),
             share and round(ns["lwip 1460"] * share, 3))
    for way in ways:
        rows.add(f"{way} 1460", ns[f"{way} 1460"], "ns", peers("1460", "lwip"),
                 WAYS[way] and round(ns["lwip 1460"] * WAYS[way], 3))
    others = ("lwip", "dpdk", *ways, "algorithm 1", "algorithm 2", "algorithm 3")
    for length in (20, 64, 256):
        best = peers(length, *others)
        rows.add(f"sum {length}", ns[f"sum {length}"], "ns", best,
                 round(min(best.values()) / 0.95, 3) if length == 64 else None)
    rows.add("checksum 1460 odd", ns["checksum 1460 odd"], "ns",
             {"even": ns["checksum 1460"], "lwip": ns["lwip 1460 odd"]},
             round(ns["checksum 1460"] / 0.95, 3))
    rows.add("copy 1460", ns["copy 1460"], "ns", peers("1460", "memcpy", "memcpy, sum", "lwip copy"),
             ns["memcpy, sum 1460"])
    for way in ways:
        rows.add(f"{way} copy 1460", ns[f"{way} copy 1460"], "ns", peers("1460", "memcpy"))


def add_counts(rows, program, ns):
    for way in ("sum", "words", "sse2", "avx2"):
        for length in LENGTHS:
            case = f"{way} {length}"
            if case in ns:
                rows.add(f"instructions, {case}", count(program, case), "instructions",
                         {"lwip": count(program, f"lwip {length}")})


def main():
    program = build()
    rows = Report("chksum")
    ns = interleave({"all": [program]}, RUNS)["all"]
    add_times(rows, ns)
    add_counts(rows, program, ns)
    boards.report(rows)
    return rows.finish()


if __name__ == "__main__":
    sys.exit(main())
