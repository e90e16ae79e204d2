# SPDX-License-Identifier: BSD-3-Clause
"""The checksum on boards that QEMU emulates: instructions by the trace plugin of tests/target, and flash.

Ours and lwIP's own file are compiled alike, with -O2; for flash with -Os.
"""
import glob
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from report import CC, fetch_lwip, run  # noqa: E402

BUILD = "build/bench/chksum"
OURS = sorted(glob.glob("src/chksum/chksum*.c"))
RENAMED = [f"-D{name}=peer_{name}" for name in (
    "inet_chksum", "inet_chksum_pbuf", "inet_chksum_pseudo", "inet_chksum_pseudo_partial",
    "ip_chksum_pseudo", "ip_chksum_pseudo_partial", "lwip_chksum_copy", "lwip_standard_chksum")]


def cortex_m(cpu, ram):
    return ("arm-none-eabi-", "ports/bare/cortex-m",
            [f"-mcpu={cpu}", "-mthumb", "--specs=picolibc.specs"],
            ["-Wl,--defsym=__flash=0,--defsym=__flash_size=0x40000",
             f"-Wl,--defsym=__ram=0x20000000,--defsym=__ram_size={ram},--defsym=__stack_size=0x800"])


BOARDS = {
    "mps2-an385": cortex_m("cortex-m3", "0x10000"),
    "microbit": cortex_m("cortex-m0", "0x4000"),
    "virt-rv32": ("riscv64-unknown-elf-", "ports/bare/riscv",
                  ["-march=rv32imac", "-misa-spec=2.2", "-mabi=ilp32", "-mcmodel=medany",
                   "--specs=picolibc.specs"],
                  ["-Wl,--defsym=__flash=0x80000000,--defsym=__flash_size=0x200000",
                   "-Wl,--defsym=__ram=0x80200000,--defsym=__ram_size=0x200000,"
                   "--defsym=__stack_size=0x4000"]),
}
NAMES = {"mps2-an385": "Cortex-M3", "microbit": "Cortex-M0", "virt-rv32": "RV32"}


def compile_lwip(compiler, flags, output):
    """lwIP's own inet_chksum.c, its functions called peer_..."""
    run([*compiler, "-std=gnu11", "-w", *flags, *RENAMED, "-DLWIP_CHECKSUM_ON_COPY=1", "-Ibench/pbuf",
         "-DSYS_LIGHTWEIGHT_PROT=0", f"-I{fetch_lwip()}/include", "-Iports/posix", "-Iports/common",
         "-Iinclude", "-c", f"{fetch_lwip()}/core/inet_chksum.c", "-o", output])
    return output


def include(cpu_port):
    return ["-Iinclude", "-Iinclude/standalone", "-Iports/bare", "-I" + cpu_port, "-Isrc", "-Itests",
            "-Ibench/chksum"]


def build(board):
    prefix, cpu_port, flags, memory = BOARDS[board]
    flags = ["-O2", "-ffunction-sections", *flags]
    peer = compile_lwip([prefix + "gcc"], flags, f"{BUILD}/lwip-{board}.o")
    program = f"{BUILD}/{board}.elf"
    run([prefix + "gcc", "-std=c11", *flags, *include(cpu_port), "bench/chksum/board.c",
         "tests/target/marks.c", *OURS, peer, "--oslib=semihost", "--crt0=semihost",
         "-Wl,--gc-sections", *memory, "-o", program])
    return program


def symbol(board, program, name):
    for line in run([BOARDS[board][0] + "nm", program]).splitlines():
        if line.endswith(" " + name):
            return "0x" + line.split()[0]
    raise KeyError(name)


def instructions(board):
    """{case: instructions}, without what the marks cost."""
    program = build(board)
    plugin = f"{BUILD}/trace.so"
    run([CC, "-std=c11", "-O2", "-fPIC", "-shared", "tests/target/plugin/trace.c", "-o", plugin])
    trace = program + ".trace"
    arguments = (f"{os.path.abspath(plugin)},out={trace},begin={symbol(board, program, 'trace_begin')},"
                 f"end={symbol(board, program, 'trace_end')}")
    names = run(["tests/target/run.sh", board, program],
                env={**os.environ, "CISTERN_TARGET_PLUGIN": arguments}).splitlines()
    with open(trace, encoding="utf-8") as file:
        counts = [int(line.split()[1]) for line in file if line.startswith("stretch")]
    return {name: count - counts[0] for name, count in zip(names, counts)}


def flash(function, source, flags):
    """Bytes of one function on a Cortex-M0+ with -Os."""
    output = f"{BUILD}/{function}.o"
    compiler = ["arm-none-eabi-gcc", "-mcpu=cortex-m0plus", "-mthumb", "-Os", "--specs=picolibc.specs"]
    if source is None:
        compile_lwip(compiler, flags, output)
    else:
        run([*compiler, "-std=c11", *flags, *include("ports/bare/cortex-m"), "-c", source, "-o", output])
    for line in run(["arm-none-eabi-nm", "-S", output]).splitlines():
        fields = line.split()
        if fields[-1] == function:
            return int(fields[1], 16)
    raise KeyError(function)


def report(rows):
    os.makedirs(BUILD, exist_ok=True)
    for board, name in NAMES.items():
        counts = instructions(board)
        for length in ("20", "64", "1460", "1460 odd"):
            size = int(length.split()[0])
            peers = {whose: round(counts[f"{whose} {length}"] / size, 3)
                     for whose in ("lwip", "algorithm 3", "algorithm 2", "algorithm 1")}
            target = 0.4 if (board, length) == ("mps2-an385", "1460") else None
            rows.add(f"{name}: {length}", round(counts[f"algorithm 4 {length}"] / size, 3),
                     "instr/byte", peers, target)
    peers = {"lwip": flash("peer_lwip_standard_chksum", None, [])}
    for number, file in ((2, "halfwords"), (1, "bytes"), (3, "words")):
        rows.add(f"flash of algorithm {number}, M0+ -Os",
                 flash(f"cistern_chksum_{file}", f"src/chksum/chksum_{file}.c", []), "bytes",
                 peers if number == 2 else {}, 98 if number == 2 else None)
    rows.add("flash of algorithm 4, M0+ -Os",
             flash("cistern_chksum_aligned", "src/chksum/chksum_aligned.c", []), "bytes")
