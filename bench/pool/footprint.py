"""What a pool takes of a Cortex-M0+: bytes of code that a program links, by gcc -Os, and RAM.

A static pool is ready when it is linked, so that its init is no code. "get and put" are the functions
of pool.c, where both are; "all that is linked" has the ends of both at misuse and damage too.
"""
import glob
import os
import re

from report import run

FLAGS = ["-std=c11", "-mcpu=cortex-m0plus", "-mthumb", "-Os", "-ffunction-sections", "-fdata-sections",
         "--specs=picolibc.specs", "-nostartfiles", "-Wl,--gc-sections,-e,footprint",
         "-Iinclude", "-Iinclude/standalone", "-Iports/bare", "-Iports/bare/cortex-m", "-Isrc"]
LEVEL_0 = ["-DCISTERN_CHECK=0", "-DCISTERN_CRITICAL=0", "-DCISTERN_POOL_EXTRAS=0"]
LEVEL_1 = ["-DCISTERN_POOL_EXTRAS=0"]


def link(folder, options):
    """{symbol: bytes} of a program, by the tool's map of what it links from where."""
    program = os.path.join(folder, "footprint")
    run(["arm-none-eabi-gcc", *FLAGS, *options, "bench/pool/footprint.c",
         *sorted(glob.glob("src/pool/*.c")), "-o", program])
    symbols = {}
    for line in run(["arm-none-eabi-nm", "-S", program]).splitlines():
        fields = line.split()
        if len(fields) == 4:
            symbols[fields[3]] = (fields[2], int(fields[1], 16))
    return symbols


def functions(folder, options):
    """The functions of pool.c."""
    path = os.path.join(folder, "pool.o")
    flags = [flag for flag in FLAGS if not flag.startswith(("-Wl", "-nostart"))]
    run(["arm-none-eabi-gcc", *flags, *options, "-c", "src/pool/pool.c", "-o", path])
    lines = run(["arm-none-eabi-nm", "-S", path]).splitlines()
    return sum(int(line.split()[1], 16) for line in lines if re.search(r" [tT] [a-z]", line) and
               len(line.split()) == 4)


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
               {"mynewt": 246}, 240)
    report.add(flash + "all that is linked for it, level 0", code(level_0), "bytes", {}, None)
    report.add(flash + "all that is linked for it, level 1", code(level_1), "bytes", {}, None)
    report.add(flash + "a pool made at run time, level 1", code(made), "bytes", {}, None)
    report.add(flash + "division routines, levels 0 and 1",
               divisions(level_0) + divisions(level_1) + divisions(made), "routines", {}, 0)
    ram = "RAM of a pool, 32 bits, level 1"
    report.add(ram, level_1["items_pool"][1], "bytes", {"mynewt": 28}, 40)
    report.add(ram + ", with extras", link(folder, [])["items_pool"][1], "bytes", {"mynewt": 28}, 40)
    report.add("RAM of a block beside its content, 32 bits, level 1",
               level_1["items_memory"][1] / 4 - 32, "bytes", {"mynewt": 0}, 1)
