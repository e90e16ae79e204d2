# SPDX-License-Identifier: BSD-3-Clause
"""Firmware images of bench/firmware/main.c: how one is built, and what it takes.

An image is lwIP's stack with a memory of "lwip" (its own files and headers), or "bare" or "ports/lwip"
(this library, with its own port without an operating system, or with lwIP's port of bench/firmware/port).
Every object is named MODULE.FOLDER_FILE.o, so that the linker's map says which module each byte belongs to.
"""
import concurrent.futures
import dataclasses
import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from report import CC, FOLDER, run  # noqa: E402

BUILD = FOLDER + "/firmware"
LWIP = FOLDER + "/lwip-source/src"
CPUS = {"M3": "cortex-m3", "M0+": "cortex-m0plus"}
REPLACED = ("mem", "memp", "pbuf", "def", "inet_chksum", "stats", "sys")
MODULES = ("pool", "heap", "pbuf", "mem", "memp", "chksum", "port", "other", "stack", "program")
MEMORY = MODULES[:MODULES.index("stack")]  # what takes the place of lwIP's own files
PROGRAM = ["bench/firmware/main.c", "tests/target/marks.c"]
# A Cortex-M0+ program runs on the M3 too: ARMv6-M is a part of ARMv7-M.
BOARD = "mps2-an385"
LINK = ["--oslib=semihost", "--crt0=hosted", "-Wl,--gc-sections",
        "-Wl,--defsym=__flash=0,--defsym=__flash_size=0x40000",
        "-Wl,--defsym=__ram=0x20000000,--defsym=__ram_size=0x10000,--defsym=__stack_size=0x1000"]


@dataclasses.dataclass(frozen=True)
class Image:
    cpu: str = "M3"
    memory: str = "lwip"
    level: int = 0
    fit: str = "good"
    asserts: bool = False
    lto: bool = False
    overflow: int = 0  # lwIP's MEMP_OVERFLOW_CHECK
    diagnosis: bool = True  # CISTERN_DIAGNOSIS

    def __str__(self):
        ours = f", level {self.level}, {self.fit} fit" if self.memory != "lwip" else ""
        overflow = f", overflow check {self.overflow}" if self.overflow else ""
        bare = "" if self.diagnosis else ", without diagnosis"
        return (f"{self.cpu}, {self.memory}{ours}{overflow}{bare}, "
                + ("assertions" if self.asserts else "NOASSERT") + (", LTO" if self.lto else ""))

    def folder(self):
        return BUILD + "/" + re.sub(r"[^\w+]+", "-", str(self))


def fetch():
    run(["cmake/source.sh", "lwip", os.path.abspath(os.path.dirname(LWIP))])


def module_of(path):
    """The module that a source belongs to."""
    ours = re.match(r"(?:src/(\w+)|(ports|bench/firmware/port))/", path)
    if ours:
        module = ours.group(1) or "port"
        return module if module in MODULES else "other"
    name = os.path.basename(path)[:-2]
    if path.startswith(LWIP + "/core/") and name in REPLACED:
        return {"inet_chksum": "chksum"}.get(name, name if name in MODULES else "other")
    return "stack" if path.startswith(LWIP) else "program"


def stack_sources():
    return [path for path in [*glob.glob(LWIP + "/core/*.c"), *glob.glob(LWIP + "/core/ipv4/*.c"),
                              LWIP + "/netif/ethernet.c"]
            if module_of(path) == "stack"]


def memory_sources(memory):
    if memory == "lwip":
        return [f"{LWIP}/core/{name}.c" for name in REPLACED] + ["bench/firmware/port/port.c"]
    if memory == "ports/lwip":
        return [*glob.glob("src/*/*.c"), *glob.glob("ports/lwip/*.c"), "bench/firmware/port/port.c"]
    return [*glob.glob("src/*/*.c"), *glob.glob("ports/bare/*.c"), *glob.glob("ports/bare/cortex-m/*.c")]


def includes(memory):
    own_port = ["ports/bare", "ports/bare/cortex-m"]
    order = {"lwip": ["bench/firmware/port"],
             "ports/lwip": ["include", "bench/firmware/port", "ports/lwip", "src"],
             "bare": ["include", *own_port, "src"]}[memory]
    return ["-I" + path for path in ["bench/firmware", *order, LWIP + "/include", "tests"]]


def options(image):
    flags = ["-DLWIP_NOASSERT"] if not image.asserts else []
    flags += [f"-DMEMP_OVERFLOW_CHECK={image.overflow}"] if image.overflow else []
    if image.memory != "lwip":
        flags += ["-DBENCH_OURS", "-DMEM_FIT=" + image.fit]
        # A program that asks for lwIP's overflow check says no level.
        flags += [] if image.overflow else [f"-DCISTERN_CHECK={image.level}"]
        flags += [] if image.diagnosis else ["-DCISTERN_DIAGNOSIS=0"]
    return flags


def compiler(image):
    # Assertions and messages hold the file's name: the same length for both subjects.
    return ["arm-none-eabi-gcc", "-std=gnu11", "-w", "-mcpu=" + CPUS[image.cpu], "-mthumb", "-Os",
            "-ffunction-sections", "-fdata-sections", "--specs=picolibc.specs",
            f"-fmacro-prefix-map={LWIP}/=src/"]


def archive(folder, compiler, sources, ar):
    """A library of the sources, each object called MODULE.FOLDER_FILE.o."""
    os.makedirs(folder, exist_ok=True)
    objects = {f"{folder}/{module_of(source)}.{'_'.join(source[:-2].split('/')[-2:])}.o": source
               for source in sources}
    if len(objects) != len(sources):
        raise ValueError(f"two sources of {folder} have one name")
    for path, source in objects.items():
        run([*compiler, "-c", source, "-o", path])
    library = folder + "/library.a"
    if os.path.exists(library):
        os.remove(library)
    run([ar, "rcs", library, *objects])
    return library


def build(image):
    """The image's program; its map is beside it."""
    folder = image.folder()
    compile_one = [*compiler(image), *options(image), *includes(image.memory)]
    lto = ["-flto"] if image.lto else []
    library = archive(folder, [*compile_one, *lto], [*stack_sources(), *memory_sources(image.memory)],
                      "arm-none-eabi-gcc-ar")
    # The marks are called, also where the whole program is optimized as one.
    objects = []
    for source, flags in zip(PROGRAM, (lto, [])):
        objects.append(f"{folder}/program.{os.path.basename(source)[:-2]}.o")
        run([*compile_one, *flags, "-c", source, "-o", objects[-1]])
    program = folder + "/image.elf"
    run([*compiler(image), *lto, *LINK, *objects, library, f"-Wl,-Map={folder}/image.map", "-o", program])
    return program


def plugin():
    """The instruction counter of tests/target."""
    path = os.path.abspath(BUILD + "/trace.so")
    run([CC, "-std=c11", "-O2", "-fPIC", "-shared", "tests/target/plugin/trace.c", "-o", path])
    return path


def address(program, name):
    for line in run(["arm-none-eabi-nm", program]).splitlines():
        if line.endswith(" " + name):
            return "0x" + line.split()[0]
    raise KeyError(name)


def stretches(program, counter):
    """Instructions of each stretch between the marks, less what the first, which is empty, takes."""
    trace = program + ".trace"
    arguments = (f"{counter},out={trace},begin={address(program, 'trace_begin')},"
                 f"end={address(program, 'trace_end')}")
    run(["tests/target/run.sh", BOARD, program], env={**os.environ, "CISTERN_TARGET_PLUGIN": arguments})
    with open(trace, encoding="utf-8") as file:
        counts = [int(line.split()[1]) for line in file if line.startswith("stretch")]
    return [count - counts[0] for count in counts[1:]]


def sizes(program):
    """(bytes of flash, of data and bss); the stack is the program's own affair."""
    lines = [line.split() for line in run(["arm-none-eabi-size", "-A", program]).splitlines()]
    sections = {fields[0]: int(fields[1]) for fields in lines if len(fields) == 3 and fields[1].isdigit()}
    return sections[".init"] + sections[".text"], sections[".data"] + sections[".bss"]


def modules(path):
    """{module: bytes of flash}, of a linker's map: code, constants and initial values."""
    table = dict.fromkeys(MODULES, 0)
    with open(path, encoding="utf-8") as file:
        text = file.read().split("Linker script and memory map", 1)[1]
    # A long name of a section stands on a line of its own.
    for match in re.finditer(r"^ \.(?:text|rodata|data)\S*\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+)$", text, re.M):
        owner = re.search(r"(?:\(|/)(\w+)\.[\w-]+\.o\)?$", match.group(2))
        module = owner.group(1) if owner else None
        table[module if module in MODULES else "program"] += int(match.group(1), 16)
    return table


@dataclasses.dataclass
class Figures:
    text: int
    ram: int
    instructions: int
    modules: dict


def measure(image, counter):
    program = build(image)
    instructions = stretches(program, counter)[0]
    # Of a program that was optimized as one, no byte can be said to be a module's.
    parts = {} if image.lto else modules(image.folder() + "/image.map")
    return Figures(*sizes(program), instructions, parts)


def measure_all(images):
    """{image: figures}, as many at a time as there are processors."""
    counter = plugin()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(images, pool.map(lambda image: measure(image, counter), images)))
