# SPDX-License-Identifier: BSD-3-Clause
"""The device's firmware: how an image is built of its sources, of lwIP's, and of a memory and a system."""
import concurrent.futures
import dataclasses
import glob
import os
import shutil
import subprocess

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
HERE = "examples/device"
OUTPUT = os.environ.get("BUILD", "build")
BUILD = f"{OUTPUT}/device"
LWIP = os.path.abspath(os.environ["LWIP"]) + "/src" if os.environ.get("LWIP") else f"{OUTPUT}/bench/lwip-source/src"
CORES = len(os.sched_getaffinity(0))
CACHE = ["ccache"] if shutil.which("ccache") else []
MEMORY = ("mem", "memp", "pbuf", "def", "inet_chksum", "stats", "sys")  # lwIP's files that the library replaces
FLAGS = ["--specs=picolibc.specs", "-DPICOLIBC_INTEGER_PRINTF_SCANF", "-std=gnu11", "-Os", "-g",
         "-ffunction-sections", "-fdata-sections"]
WARNINGS = ["-Wall", "-Wextra", "-Wshadow", "-Werror"]


def run(command, **options):
    """What a command printed; one that fails ends the run with what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:3])} ...: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


@dataclasses.dataclass(frozen=True)
class Board:
    """boards/<name>: the prefix of its tools, flags of its processor, its folder in ports/bare, and its QEMU."""
    tools: str
    flags: tuple
    port: str
    qemu: tuple

    def tool(self, name):
        return f"{self.tools}-{name}"


BOARDS = {
    "mps2": Board("arm-none-eabi", ("-mcpu=cortex-m3", "-mthumb"), "cortex-m",
                  ("qemu-system-arm", "-M", "mps2-an385", "-net", "nic,model=lan9118,netdev=net")),
    "virt": Board("riscv64-unknown-elf", ("-march=rv32imac", "-misa-spec=2.2", "-mabi=ilp32", "-mcmodel=medany"), "riscv",
                  ("qemu-system-riscv32", "-M", "virt", "-bios", "none", "-global", "virtio-mmio.force-legacy=false",
                   "-device", "virtio-net-device,netdev=net")),
}


@dataclasses.dataclass(frozen=True)
class System:
    """What is under the firmware: sources, folders of headers before lwIP's own, options. PORT is the board's."""
    sources: tuple
    includes: tuple
    options: tuple = ()


LIBRARY = ("src/*/*.c", f"{HERE}/frames_cistern.c")
SYSTEMS = {
    "bare": System((f"{HERE}/systems/bare/*.c", *LIBRARY, "ports/bare/*.c", "ports/bare/PORT/*.c"),
                   ("include", "ports/bare", "ports/bare/PORT", "src")),
    "rtos": System((f"{HERE}/systems/rtos/*.c", *LIBRARY, "ports/rtos/*.c"),
                   (f"{HERE}/systems/rtos", "include", "ports/template", "ports/rtos", "src"),
                   ("-DLWIP_COMPAT_MUTEX=1", "-DLWIP_COMPAT_MUTEX_ALLOWED")),
    "freertos": System((f"{HERE}/systems/freertos/*.c", *LIBRARY, "ports/freertos/*.c"),
                       (f"{HERE}/systems/freertos", "include", "ports/freertos", "ports/common", "src")),
    "lwip": System((f"{HERE}/systems/lwip/*.c", f"{HERE}/frames_lwip.c",
                    *(f"{LWIP}/core/{name}.c" for name in MEMORY)),
                   (f"{HERE}/systems/lwip",)),
}


@dataclasses.dataclass(frozen=True)
class Image:
    """`name` is its folder's; `options` are flags of the compiler; `kernel` is a folder of FreeRTOS'."""
    name: str
    system: str
    options: tuple = ()
    kernel: str = ""
    board: str = "mps2"

    def folder(self):
        return f"{BUILD}/{self.name}"

    def program(self):
        return f"{self.folder()}/firmware.elf"


def fetch():
    """lwIP's sources: the tree that the environment's LWIP names, or what Debian has."""
    if os.environ.get("LWIP") and not os.path.isdir(LWIP):
        raise SystemExit(f"LWIP={os.environ['LWIP']}: there is no folder src; name lwIP's tree")
    run(["cmake/source.sh", "lwip", os.path.abspath(os.path.dirname(LWIP))])


def found(patterns):
    return [path for pattern in patterns for path in sorted(glob.glob(pattern))]


def stack_sources():
    core = [path for path in found([f"{LWIP}/core/*.c", f"{LWIP}/core/ipv4/*.c"])
            if os.path.basename(path)[:-2] not in MEMORY]
    return [*core, *found([f"{LWIP}/api/*.c"]), f"{LWIP}/netif/ethernet.c", f"{LWIP}/apps/http/httpd.c",
            f"{LWIP}/apps/http/fs.c"]


def kernel_sources(kernel):
    return [f"{kernel}/{path}.c" for path in ("tasks", "queue", "list", "portable/MemMang/heap_4",
                                              "portable/GCC/ARM_CM3/port")] if kernel else []


def kernel_includes(kernel):
    return ["-isystem", f"{kernel}/include", "-isystem", f"{kernel}/portable/GCC/ARM_CM3"] if kernel else []


def compile_one(job):
    compiler, source, output, flags = job
    # Warnings of the repository's own sources are errors; those of others are theirs.
    own = not source.startswith((LWIP, "/"))
    run([*CACHE, compiler, *flags, *(WARNINGS if own else ["-w"]), "-c", source, "-o", output])


def build(image):
    """Compiles and links; the map is beside the program."""
    system, board = SYSTEMS[image.system], BOARDS[image.board]
    compiler = board.tool("gcc")
    folder = image.folder()
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    includes = [HERE, f"{HERE}/boards/{image.board}", *(path.replace("PORT", board.port) for path in system.includes)]
    flags = [*board.flags, *FLAGS, *system.options, *image.options, *(f"-I{path}" for path in includes),
             *kernel_includes(image.kernel), "-isystem", f"{LWIP}/include"]
    under = found(pattern.replace("PORT", board.port) for pattern in system.sources)
    sources = [*found([f"{HERE}/*.c", f"{HERE}/boards/{image.board}/*.c"]), *under, *stack_sources(),
               *kernel_sources(image.kernel)]
    sources = [path for path in sources if "/frames_" not in path or path in under]
    sources = list(dict.fromkeys(sources))
    objects = [f"{folder}/{source.strip('/').replace('/', '_')[:-2]}.o" for source in sources]
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        list(pool.map(compile_one, [(compiler, *pair, flags) for pair in zip(sources, objects)]))
    run([compiler, *board.flags, *FLAGS, *objects, "-nostartfiles", "-Wl,--gc-sections",
         f"-Wl,-Map={folder}/firmware.map", "-T", f"{HERE}/boards/{image.board}/board.ld", "-o", image.program()])
    return image.program()


def sizes(program):
    """(bytes of flash, bytes of RAM but for the stack of main)"""
    text, data, bss = run(["size", program]).splitlines()[1].split()[:3]
    return int(text) + int(data), int(data) + int(bss)
