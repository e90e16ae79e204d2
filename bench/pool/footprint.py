# SPDX-License-Identifier: BSD-3-Clause
"""What a pool takes of a Cortex-M0+: bytes of code that a program links, by gcc -Os, and RAM.

A static pool is ready when it is linked, so that its init is no code. "get and put" are the functions
of pool.c, where both are: lwIP's two, without checks, are their peer. "all that is linked" has the ends of
both at misuse and damage too. A pool made at run time has an init: Mynewt's init, get and put, without
checks, are its peer.
"""
import glob
import os

from report import run

FLAGS = ["-std=c11", "-mcpu=cortex-m0plus", "-mthumb", "-Os", "-ffunction-sections", "-fdata-sections",
         "--specs=picolibc.specs", "-Iinclude", "-Iinclude/standalone", "-Iports/bare",
         "-Iports/bare/cortex-m", "-Isrc"]
LINK = ["-nostartfiles", "-Wl,--gc-sections,-e,footprint"]
LEVEL_0 = ["-DCISTERN_CHECK=0", "-DCISTERN_CRITICAL=0", "-DCISTERN_POOL_EXTRAS=0"]
LEVEL_1 = ["-DCISTERN_POOL_EXTRAS=0"]


def symbols_of(path):
    """{symbol: (kind, bytes)}, by nm's words for the kinds."""
    lines = [line.split() for line in run(["arm-none-eabi-nm", "-S", path]).splitlines()]
    return {fields[3]: (fields[2], int(fields[1], 16)) for fields in lines if len(fields) == 4}


def link(folder, options):
    """The symbols of a program: the tool's map of what it links from where."""
    program = os.path.join(folder, "footprint")
    run(["arm-none-eabi-gcc", *FLAGS, *LINK, *options, "bench/pool/footprint.c",
         *sorted(glob.glob("src/pool/*.c")), "-o", program])
    return symbols_of(program)


def compile_alone(folder, options, source):
    path = os.path.join(folder, "alone.o")
    run(["arm-none-eabi-gcc", *FLAGS, *options, "-c", source, "-o", path])
    return symbols_of(path)


def functions(folder, options):
    """The functions of pool.c."""
    return code(compile_alone(folder, options, "src/pool/pool.c"))


def code(symbols):
    return sum(size for name, (kind, size) in symbols.items()
               if kind in "tT" and name not in ("footprint", "cistern_fault_raise"))


def divisions(symbols):
    return sum("div" in name for name in symbols)


def add_rows(report, folder):
    level_0, level_1 = link(folder, LEVEL_0), link(folder, LEVEL_1)
    made = link(folder, [*LEVEL_1, "-DRUN_TIME"])
    flash = "flash, Cortex-M0+ -Os: "
    report.add(flash + "get and put of a static pool, level 0", functions(folder, LEVEL_0), "bytes",
               {"lwip": 74}, 74)
    report.add(flash + "get and put of a static pool, level 1", functions(folder, LEVEL_1), "bytes",
               {"lwip": 74}, 240)
    report.add(flash + "all that is linked for it, level 0", code(level_0), "bytes", {}, None)
    report.add(flash + "all that is linked for it, level 1", code(level_1), "bytes", {}, None)
    report.add(flash + "a pool made at run time, level 1", code(made), "bytes", {"mynewt": 246}, None)
    bare = link(folder, [*LEVEL_1, "-DRUN_TIME", "-DCISTERN_DIAGNOSIS=0"])
    report.add(flash + "the same without diagnosis", code(bare), "bytes", {"mynewt": 246}, None)
    report.add(flash + "division routines, levels 0 and 1",
               divisions(level_0) + divisions(level_1) + divisions(made), "routines", {}, 0)
    ram = "RAM of a pool, 32 bits, level 1"
    report.add(ram, level_1["items_pool"][1], "bytes", {"mynewt": 28}, 40)
    with_extras = compile_alone(folder, [], "bench/pool/footprint.c")["items_pool"][1]
    report.add(ram + ", with extras", with_extras, "bytes", {"mynewt": 28}, 40)
    report.add("RAM of a block beside its content, 32 bits, level 1",
               level_1["items_memory"][1] / 4 - 32, "bytes", {"mynewt": 0}, 1)
