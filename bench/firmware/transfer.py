# SPDX-License-Identifier: BSD-3-Clause
"""One transfer through lwIP on the host, in instructions by callgrind: its own memory against ours."""
import glob
import re
import subprocess

import images
from report import CC, run

KINDS = {"TCP bulk": "bulk", "HTTP": "http", "UDP": "udp"}
PORT = "bench/firmware/port"
OURS = sorted(glob.glob("src/*/*.c"))
# memory: include folders before lwIP's own, and sources
MEMORIES = {
    "lwip": ([PORT], [f"{images.LWIP}/core/{name}.c" for name in images.REPLACED] + [PORT + "/port.c"]),
    "ports/lwip": (["include", PORT, "ports/lwip", "src"],
                   [*OURS, "ports/lwip/cistern_port.c", PORT + "/port.c"]),
    "ports/posix": (["include", "ports/posix", "ports/common", "src"],
                    [*OURS, *sorted(glob.glob("ports/posix/*.c") + glob.glob("ports/common/*.c"))]),
}


def build(memory, flags):
    """The program. What it defines itself, the clock, is not taken from the library."""
    program = f"{images.BUILD}/transfer-" + re.sub(r"\W+", "-", " ".join([memory, *flags]))
    folders, sources = MEMORIES[memory]
    ours = ["-DBENCH_OURS"] if memory != "lwip" else []
    compiler = [CC, "-std=gnu11", "-O2", "-w", "-DLWIP_NOASSERT", *ours, *flags, "-Ibench/firmware/host",
                *("-I" + folder for folder in folders), f"-I{images.LWIP}/include"]
    archive = images.archive(program + "-objects", compiler, [*images.stack_sources(), *sources], "ar")
    run([*compiler, "bench/firmware/host/transfer.c", archive, "-pthread", "-o", program])
    return program


def count(program, kind):
    """Instructions of the transfer, in millions."""
    output = f"{program}.{kind}.callgrind"
    run(["valgrind", "-q", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=transfer",
         "--callgrind-out-file=" + output, program, kind], stderr=subprocess.DEVNULL)
    with open(output, encoding="utf-8", errors="replace") as file:
        return round(int(re.search(r"^summary: (\d+)", file.read(), re.M).group(1)) / 1e6, 3)


def count_all(memory, *flags):
    program = build(memory, flags)
    return {kind: count(program, argument) for kind, argument in KINDS.items()}


def add_rows(report):
    """Level 1 is held against lwIP without checks, level 2 against lwIP with overflow check 1."""
    plain = count_all("lwip")
    checked = count_all("lwip", "-DMEMP_OVERFLOW_CHECK=1")
    # The bounds of level 2 are 35, 11 and 20 where lwIP's transfer takes 29.7, 9.83 and 16.0.
    share = {"TCP bulk": 35 / 29.7, "HTTP": 11 / 9.83, "UDP": 20 / 16.0}
    for memory in ("ports/lwip", "ports/posix"):
        for name, flags, theirs, limit in (
                ("level 0", ["-DCISTERN_CHECK=0"], plain, 0.95), ("level 1", ["-DCISTERN_CHECK=1"], plain, 1),
                ("level 2", ["-DCISTERN_CHECK=2"], checked, None),
                ("MEMP_OVERFLOW_CHECK 1", ["-DMEMP_OVERFLOW_CHECK=1"], checked, None)):
            ours = count_all(memory, *flags)
            for kind in KINDS:
                target = theirs[kind] * (limit or share[kind])
                report.add(f"host transfer, {kind}, {memory}, {name}", ours[kind], "M instructions",
                           {"lwip": theirs[kind]}, round(target, 3))
