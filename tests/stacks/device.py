#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The device's firmware (examples/device) measured: build/stacks/device.json, from which a page is made.

    device.py CISTERN       the program `cistern`

  memory   flash, RAM, and instructions of a request, beside the same firmware on lwIP's own memory code.
           Instructions are counted by a plugin of QEMU's: those of all functions but the main loop's and the
           tick's, which run by time. What requests take is the difference of a run with them and one without.
  sizes    a run writes its trace and QEMU its capture: `cistern size` of both must agree. Firmware that is
           built again with the options which each prints must serve the same load, and no request for
           memory may fail.
"""
import bisect
import json
import os
import re
import subprocess
import sys
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
sys.path.insert(0, f"{ROOT}/examples/device")
import firmware  # noqa: E402
import run as demo  # noqa: E402
from firmware import BUILD, Image  # noqa: E402
from run import Failure, require  # noqa: E402

RESULT = os.path.join(os.environ.get("BUILD", "build"), "stacks/device.json")
COLUMNS = ["what", "ours", "lwIP's own", "ratio", "goal", "met"]
REQUESTS = {"/": 20, "/data": 2}  # how many a run makes

# Functions that run by time and not by request: the loop, its tests, the tick, lwIP's look at its timers.
BY_TIME = {"device_loop", "SysTick_Handler", "tick_interrupt", "cistern_bare_tick", "bare_kernel_tick",
           "bare_time_ticks", "sys_now", "sys_check_timeouts", "card_fetch", "arrivals_take", "arrivals_any"}

PLAIN = ("-DLWIP_NOASSERT",)
PEER = Image("peer-lwip", "lwip", PLAIN)
OURS = {level: Image(f"peer-level-{level}", "bare", (*PLAIN, f"-DCISTERN_CHECK={level}")) for level in (1, 0)}

rows, notes = [], []


# --- results --------------------------------------------------------------------------------------------------

def add(what, ours, theirs, limit=None):
    """A number that must be at most `limit`; None is no goal."""
    met = "" if limit is None else "yes" if ours <= limit else "no"
    rows.append([what, f"{ours:,}", f"{theirs:,}", f"{ours / theirs:.3f}",
                 "" if limit is None else f"<= {limit:,}", met])
    print(f"{what:<58} {ours:>12,} {theirs:>12,} {ours / theirs:6.3f} {rows[-1][4]} {met}", flush=True)
    return met != "no"


def state(what, ours, theirs="", met=""):
    rows.append([what, ours, theirs, "", "", met])
    print(f"{what:<58} {ours:>12} {theirs:>12} {met}", flush=True)


def write_result():
    os.makedirs(os.path.dirname(RESULT), exist_ok=True)
    with open(RESULT, "w", encoding="utf-8") as file:
        json.dump({"title": "A real device in QEMU", "columns": COLUMNS, "rows": rows, "notes": notes}, file,
                  indent=1)


# --- flash ----------------------------------------------------------------------------------------------------

# Parts of the memory code, by the names of objects: ours, and what takes its place in lwIP's core.
PARTS = {"lock-free pool": r"src_pool_|frames_(cistern|lwip)",
         "heap and mem": r"src_heap_heap(?!_repair)|src_mem_|core_mem\.",
         "memp": r"src_memp_|core_memp\.", "pbuf": r"src_pbuf_|core_pbuf\.",
         "checksum": r"src_chksum_|core_inet_chksum\.", "faults and the mending of damage": r"src_fault_|heap_repair",
         "port": r"ports_|systems_"}


def flash_by_part(image):
    """{part: bytes}, of the linker's map: code, constants and initial values."""
    with open(f"{image.folder()}/firmware.map", encoding="utf-8") as file:
        text = file.read().split("Linker script and memory map", 1)[1]
    table = dict.fromkeys(PARTS, 0)
    # A long name of a section stands on a line of its own.
    for match in re.finditer(r"^ \.(?:text|rodata|data)\S*\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+)$", text, re.M):
        for part, pattern in PARTS.items():
            if re.search(pattern, os.path.basename(match.group(2))):
                table[part] += int(match.group(1), 16)
    return table


def add_parts(level):
    ours, theirs = flash_by_part(OURS[level]), flash_by_part(PEER)
    for part in PARTS:
        state(f"of the flash, {part}, level {level}", f"{ours[part]:,}", f"{theirs[part]:,}")


# --- instructions ---------------------------------------------------------------------------------------------

def plugin():
    path = os.path.abspath(f"{BUILD}/count.so")
    firmware.run(["gcc", "-std=c11", "-O2", "-fPIC", "-shared", "tests/target/plugin/count.c", "-o", path])
    return path


def functions(program):
    """Addresses of all functions, in order, and their names."""
    lines = [line.split() for line in firmware.run(["arm-none-eabi-nm", "-n", program]).splitlines()]
    table = sorted((int(fields[0], 16) & ~1, fields[2]) for fields in lines
                   if len(fields) == 3 and fields[1] in "tTwW")
    return [address for address, _ in table], [name for _, name in table]


def instructions(image, counter, path, requests):
    """Of a run that makes so many requests, without what runs by time."""
    counts = os.path.abspath(f"{image.folder()}/count.txt")
    with demo.Device(image, plugin=f"{counter},out={counts}") as device:
        for _ in range(requests):
            device.curl(path)
        time.sleep(1.5)  # the last connection's end
        require(device.retries == 0, "a request was made twice")
    addresses, names = functions(image.program())
    total = 0
    with open(counts, encoding="utf-8") as file:
        for line in file:
            address, executed = line.split()
            name = names[bisect.bisect_right(addresses, int(address, 16)) - 1]
            total += 0 if name in BY_TIME else int(executed)
    return total


def per_request(image, counter, path):
    """The least of two measurements: an acknowledgement more or less is the host's affair."""
    count = REQUESTS[path]
    return min(round((instructions(image, counter, path, count) - instructions(image, counter, path, 0)) / count)
               for _ in range(2))


def measure_memory():
    """Whether all goals are met: what the firmware does takes no more instructions than on lwIP's own code."""
    counter = plugin()
    for image in (PEER, *OURS.values()):
        firmware.build(image)
    their_flash, their_ram = firmware.sizes(PEER.program())
    theirs = {path: per_request(PEER, counter, path) for path in REQUESTS}
    met = True
    for level, image in OURS.items():
        flash, ram = firmware.sizes(image.program())
        add(f"bytes of flash, level {level}", flash, their_flash)
        add_parts(level)
        add(f"bytes of RAM with equal options, level {level}", ram, their_ram)
        for path, name in (("/", "lwIP's page"), ("/data", "1 MB")):
            met &= add(f"instructions to serve {name}, level {level}", per_request(image, counter, path),
                       theirs[path], theirs[path])
    return met


# --- sizes ----------------------------------------------------------------------------------------------------

# Room to see what is needed; with an array of so many slots no event is lost.
TRACED = Image("trace", "bare", ("-DDEVICE_TRACE=1", "-DDEVICE_FRAMES=32"))
PREPROCESS = f"arm-none-eabi-gcc -Iexamples/device -Iexamples/device/systems/lwip -I{firmware.LWIP}/include"
# A capture shows what lwIP's pool for reception would hold. Here the driver's frames take its place.
AS_POOL = " -DPBUF_POOL_BUFSIZE=1536 -DPBUF_POOL_SIZE=32"
# A run's load is the same as another's, its timing is the host's: what is needed is that of several runs, with
# a margin. Timing decides most how many frames wait at once: the firmware gets twice the interval's upper end.
RUNS = 2
MARGIN = "30"


def size(cistern, cc, *arguments):
    done = subprocess.run([cistern, "size", "--opts", "examples/device/lwipopts.h", "--cc", PREPROCESS + cc,
                           "--heap", "cistern", *arguments], capture_output=True, text=True, check=False)
    require(done.returncode == 0, f"cistern size {arguments[-1]}: status {done.returncode}: {done.stderr}")
    return done.stdout


def needs(cistern, cc, *arguments):
    """{pool: (least, most)}"""
    table = json.loads(size(cistern, cc, "--json", *arguments))
    needed = {pool["name"]: (pool["least"], pool["most"]) for pool in table["pools"]}
    for pool in (table["trace"] or {"pools": []})["pools"]:
        needed.setdefault(pool["name"], (pool["held"], pool["held"]))
    return needed


def compare(trace, capture):
    """Whether what the trace says was held lies in the interval that the capture gives, where it must."""
    agree = True
    for name, inside in (("TCP_SEG", "TCP_SEG"), ("TCP_PCB", "TCP_PCB"), ("TCP_PCB_LISTEN", "TCP_PCB_LISTEN"),
                         ("heap", "heap"), ("RX_FRAME", "PBUF_POOL")):
        held, (least, most) = trace[name][1], capture[inside]
        holds = least <= held <= most
        agree &= holds
        state(f"{name}: held, by the trace; by the capture", f"{held:,}", f"{least:,}..{most:,}",
              "yes" if holds else "no")
    return agree


def fragment(text, frames):
    """A header of what was printed. The driver's frames have lwIP's pool's number, and lwIP's pool is not used."""
    lines = [line for line in text.splitlines() if "PBUF_POOL_" not in line]
    return "\n".join([*lines, f"#define DEVICE_FRAMES {frames}", ""])


def serve_with(name, text):
    """Builds the firmware with these sizes, has it serve the load, and returns (RAM, failures)."""
    path = os.path.abspath(f"{BUILD}/{name}.h")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    image = Image(name, "bare", (f'-DDEVICE_SIZES="{path}"',))
    firmware.build(image)
    after, _, _, _ = demo.exercise(image)
    return firmware.sizes(image.program())[1], {**demo.lwip_failures(after), **(
        {"RX_FRAME": after["dropped"]} if after["dropped"] else {})}


def record(number):
    """A run of the load: its trace and its capture."""
    demo.exercise(TRACED, capture="wire.pcap")
    paths = []
    for name in ("device.ctr", "wire.pcap"):
        paths.append(f"{TRACED.folder()}/{number}-{name}")
        os.replace(f"{TRACED.folder()}/{name}", paths[-1])
    return paths


def measure_sizes(cistern):
    firmware.build(TRACED)
    traces, captures = zip(*(record(number) for number in range(RUNS)))
    captures = ("--device", "10.0.2.15", *captures)
    held, derived = needs(cistern, "", *traces), needs(cistern, AS_POOL, *captures)
    met = compare(held, derived)
    frames = 2 * max(held["RX_FRAME"][1], derived["PBUF_POOL"][1])
    print_options = ("--format", "lwipopts", "--margin", MARGIN)
    by_trace = fragment(size(cistern, "", *print_options, *traces), frames)
    by_capture = fragment(size(cistern, AS_POOL, *print_options, *captures), frames)
    shipped = firmware.sizes(firmware.build(Image("as-written", "bare", (f"-DDEVICE_FRAMES={frames}",))))[1]
    state("bytes of RAM, as written, with as many frames", f"{shipped:,}")
    for source, sizes in (("the trace", by_trace), ("the capture", by_capture)):
        ram, failures = serve_with("sized-by-" + source.split()[-1], sizes)
        met &= not failures
        state(f"bytes of RAM, sized by {source}; failures under the load", f"{ram:,}", str(failures or 0),
              "no" if failures else "yes")
    return met


# --- all of it ------------------------------------------------------------------------------------------------

def main(arguments):
    cistern = os.path.abspath(arguments[0])
    os.chdir(ROOT)
    firmware.fetch()
    os.makedirs(BUILD, exist_ok=True)
    notes.append("Instructions are exact counts of QEMU's; the device's time in the other runs is that of its "
                 "instructions. Nothing is timed.")
    notes.append("Of 1 MB, what this library saves is the checksum: 0.5 million instructions where lwIP's own takes "
                 "3.3 million.")
    notes.append("lwIP's own code masks interrupts for its pool of frames, and neither finds nor mends misuse: the "
                 "rows of flash show what that takes.")
    notes.append("What the capture calls PBUF_POOL are the driver's frames. PBUF_REF/ROM and SYS_TIMEOUT leave no "
                 "packet: only the trace has them.")
    try:
        met = measure_memory()
        met &= measure_sizes(cistern)
    except Failure as failure:
        print(f"device.py: {failure}", file=sys.stderr)
        return 1
    write_result()
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
