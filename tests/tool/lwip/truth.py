#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What a real lwIP holds while it serves clients, and whether `cistern size` sizes it.

    truth.py make FOLDER [NAME...]           captures and statistics of the scenarios: NAME.pcap, NAME.st
    truth.py keep FOLDER [NAME...]           the same, packed as data of tests/tool/truth
    truth.py test FOLDER CISTERN [NAME...]   each is sized, and lwIP built again: with what is needed it
                                             serves the same clients without a failure, with one less of
                                             anything it fails

Device, peers and link run in virtual time in one process (world.h): each run gives the same bytes.
lwIP is Debian's source package, fetched once into FOLDER's parent; no line of it is changed.
"""
import glob
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "interop"))
sys.dont_write_bytecode = True
import lwip as interop  # noqa: E402  (the folder is known only now)

CORES = len(os.sched_getaffinity(0))

# --- scenarios ------------------------------------------------------------------------------------

PEER = """#define LWIP_RAW 1
#include "device_options.h"
#undef MEM_SIZE
#define MEM_SIZE 4000000
#undef PBUF_POOL_SIZE
#define PBUF_POOL_SIZE 2000
#undef MEMP_NUM_TCP_PCB
#define MEMP_NUM_TCP_PCB 300
#undef MEMP_NUM_TCP_SEG
#define MEMP_NUM_TCP_SEG 4000
"""
OPTIONS = os.path.join(HERE, "..", "truth", "lwipopts.h")
SOCKETS = {"NO_SYS": 0}
EIGHT = {"TCP_WND": "(8*TCP_MSS)", "TCP_SND_BUF": "(8*TCP_MSS)"}
FILES = "get=200,1500,3000,8000,20000,50000,1,1460,100000"


def defines(options):
    return "".join(f"#define {name} {value}\n" for name, value in options.items())


class Scenario:
    """A device's options beside those of all, what its clients do, and flags of the compiler."""

    def __init__(self, name, options, arguments, peer=None, flags=()):
        self.name, self.arguments, self.flags = name, arguments.split(), list(flags)
        self.pointer = 32 if "-m32" in self.flags else 64
        self.sockets = "NO_SYS" in options
        self.options = {"MEM_ALIGNMENT": self.pointer // 8, **options}
        self.peer = defines(EIGHT if peer is None else peer) + PEER

    def definitions(self):
        return " ".join(f"{name}={value}" for name, value in self.options.items())


SCENARIOS = [
    Scenario("files", {}, f"{FILES} clients=4"),
    Scenario("loss", {}, f"{FILES} clients=4 loss=3 seed=5"),
    Scenario("reorder", {}, "put=40000,60000 get=20000,30000 clients=2 reorder=8 late=4000 mbit=10 sink=3000 seed=7"),
    Scenario("slow", {"TCP_SND_BUF": "(8*TCP_MSS)"}, "get=40000,30000 clients=2 read=700 each=15000",
             peer={"TCP_WND": "(2*TCP_MSS)"}),
    Scenario("many", {"TCP_MSS": 536}, "get=" + ",".join(["6000", "900"] * 20) + " clients=24",
             peer={"TCP_MSS": 536, **EIGHT}),
    Scenario("upload", {}, "put=30000,50000,20000 mbit=20 sink=15000"),
    Scenario("fragments", {}, "ping=3000,5000,5000,8000,1400,4000 udp=2000,4000,6000,100,7000,3000 every=20000 "
             "burst=2 reorder=10 late=300"),
    Scenario("fragments-lost", {}, "ping=5000,5000,8000,4000,5000 udp=6000,7000,3000,100,100 every=1000000 loss=12 "
             "seed=3 rest=18000"),
    Scenario("udp", {}, "udp=" + ",".join(["64", "300", "1200", "1472"] * 16) + " every=5000 burst=6 service=150"),
    Scenario("busy", {}, f"{FILES} put=20000 udp=500,500,500,500 burst=2 clients=4 service=400 sink=5000"),
    Scenario("sockets", SOCKETS, f"{FILES} put=20000,15000 clients=4 sink=4000 service=100"),
    Scenario("sockets-udp", SOCKETS, "udp=" + ",".join(["64", "300", "1200"] * 12) +
             " every=20000 burst=5 service=100 echo=2000"),
    Scenario("sockets-accept", SOCKETS, "get=" + ",".join(["2000"] * 12) + " clients=6 accept=6000 service=50"),
    Scenario("files-32", {}, f"{FILES} clients=4", flags=interop.M32),
    Scenario("sockets-32", SOCKETS, f"{FILES} put=20000 udp=400,400,400 clients=3 sink=4000 service=100",
             flags=interop.M32),
]

# --- building -------------------------------------------------------------------------------------

STACK = ("src/core/*.c", "src/core/ipv4/*.c", "src/netif/ethernet.c")
API = ("src/api/*.c",)


def station(tree, folder, name, options, flags, files):
    """One lwIP with its application: an object whose only public name is its station."""
    texts = [open(path, "rb").read() for path in [OPTIONS, *glob.glob(f"{HERE}/**/*.[ch]", recursive=True)]]
    digest = hashlib.sha256(repr((options, flags, files, texts)).encode()).hexdigest()[:16]
    output = f"{folder}/{name}-{digest}.o"
    if os.path.exists(output):
        return output
    work = f"{folder}/{name}"  # the same each time: then a compiler cache knows what no option changed
    interop.options(work + ".h", options)
    shutil.copy(OPTIONS, f"{work}.h/device_options.h")
    flags = ["-g", "-O1", "-w", "-fno-pie", *flags, f"-I{work}.h", f"-I{HERE}", f"-I{tree}/src/include"]
    objects, _ = interop.compile_all(work, flags, files)
    emulation = ["-m", "elf_i386"] if "-m32" in flags else []
    interop.run(["ld", "-r", *emulation, *objects, "-o", f"{work}.whole.o"])
    interop.run(["objcopy", f"--keep-global-symbol={name}_station", f"{work}.whole.o", f"{work}.new.o"])
    shutil.rmtree(work)
    os.rename(f"{work}.new.o", output)
    os.remove(f"{work}.whole.o")
    return output


def build(tree, folder, scenario, more=""):
    """The program of a scenario, with options that follow its own."""
    stack = interop.sources(tree, *STACK)
    device = [f"{HERE}/device.c"]
    if scenario.sockets:
        device += [f"{HERE}/device_sockets.c", f"{HERE}/coroutines.c", *interop.sources(tree, *API)]
    else:
        device += [f"{HERE}/device_raw.c"]
    device_options = f'{defines(scenario.options)}#include "device_options.h"\n{more}'
    parts = [station(tree, folder, "device", device_options, scenario.flags, device + stack),
             station(tree, folder, "peer", scenario.peer, scenario.flags, [f"{HERE}/peer.c", *stack])]
    program = parts[0][:-2]
    interop.run(["gcc", "-g", "-O1", "-Wall", "-Wextra", "-no-pie", *scenario.flags, f"-I{HERE}", f"{HERE}/world.c", *parts,
                 "-o", program])
    return program


def run(program, scenario, output):
    """What a run said: names and numbers; None if it did not end as it must."""
    done = subprocess.run([program, output, *scenario.arguments], capture_output=True, text=True, timeout=300,
                          check=False)
    if done.returncode != 0:
        return None
    return {name: int(number) for name, number in re.findall(r"^(\S+) (\d+)$", done.stdout, re.M)}


def failed(said):
    return said["failures"] + said["refused"] + said["dropped"]


# --- make -----------------------------------------------------------------------------------------

def make_one(tree, folder, scenario):
    said = run(build(tree, folder, scenario), scenario, f"{folder}/{scenario.name}")
    if said is None:
        raise RuntimeError(f"{scenario.name}: the run failed")
    if failed(said) or said["streams.finished"] != said["streams"] or said["streams.wrong"]:
        raise RuntimeError(f"{scenario.name}: not all went well: {said}")
    with open(f"{folder}/{scenario.name}.st", encoding="utf-8") as file:
        statistics = file.read()
    with open(f"{folder}/{scenario.name}.st", "w", encoding="utf-8") as file:
        file.write(f"# pointer {scenario.pointer}\n# options {scenario.definitions()}\n{statistics}")
    return said


def make(tree, folder, scenarios):
    shutil.copy(OPTIONS, folder)
    for scenario in scenarios:
        said = make_one(tree, folder, scenario)
        peaks = ", ".join(f"{name[5:]} {value}" for name, value in said.items() if name.startswith("peak.") and value)
        print(f"{scenario.name:<16} {said['packets']} packets, {said['streams.finished']} of {said['streams']} "
              f"streams, {said['udp.answered']} of {said['udp']} datagrams, {said['ping.answered']} of "
              f"{said['ping']} pings, {said['failures']} failures; held at most: {peaks}", flush=True)
    return 0


def keep(tree, folder, scenarios):
    """Packed, and without the time of packing: a run that did not change changes no file."""
    make(tree, folder, scenarios)
    for scenario in scenarios:
        for suffix in ("pcap", "st"):
            with open(f"{folder}/{scenario.name}.{suffix}", "rb") as file:
                packed = gzip.compress(file.read(), 9, mtime=0)
            with open(f"{os.path.dirname(OPTIONS)}/{scenario.name}.{suffix}.gz", "wb") as file:
                file.write(packed)
    return 0


# --- test -----------------------------------------------------------------------------------------

TRANSFER = ("streams.finished", "streams.bytes", "streams.wrong", "udp.answered", "udp.bytes", "ping.answered",
            "ping.bytes")


def advise(cistern, folder, scenario):
    """What cistern asks for: options and their values, and for each the resource of its table."""
    compiler = " ".join(["cc", *(f"-D{name}={value}" for name, value in scenario.options.items())])
    command = [cistern, "size", "--device", "10.77.0.2", "--pointer", str(scenario.pointer), "--cc", compiler,
               "--opts", f"{folder}/lwipopts.h", f"{folder}/{scenario.name}.pcap"]
    text = interop.run([*command, "--format", "lwipopts"], capture_output=True, text=True).stdout
    table = json.loads(interop.run([*command, "--json"], capture_output=True, text=True).stdout)
    options = {name: int(value) for name, value in re.findall(r"^#define (\w+) +(\d+)", text, re.M)}
    options = {name: value for name, value in options.items() if value != 0}  # 0 of a mailbox: the port's own size
    return options, {row["option"]: row for row in table["pools"]}


def override(options):
    return "".join(f"#undef {name}\n#define {name} {value}\n" for name, value in options.items())


def attempt(tree, folder, scenario, options):
    """A run with these options; text where there is none."""
    try:
        program = build(tree, folder, scenario, override(options))
    except (RuntimeError, subprocess.CalledProcessError):
        return "lwIP refuses it"
    os.makedirs(f"{folder}/attempt", exist_ok=True)
    return run(program, scenario, f"{folder}/attempt/run") or "the device stopped"


def why_spared(row, held, value):
    """The reason why one less did not fail; empty: there is none."""
    if held < value:
        return f"held {held}: the capture shows {row['least']} to {row['most']}, and the upper end is covered"
    if row["option"] == "MEMP_NUM_TCP_PCB" and row["least"] < value:
        return "lwIP gave up a connection in TIME_WAIT, as it may"
    return ""


def test_less(again, options, row, held):
    """One less of something: how it failed, or why not; and whether that is as it must be."""
    option = row["option"]
    if options[option] == 1 and option.endswith("MBOX_SIZE"):
        return "0 is the port's own size", True
    less = again({**options, option: options[option] - row["step"]})
    if isinstance(less, str):
        return less, True
    if failed(less):
        return f"{failed(less)} failures", True
    reason = why_spared(row, held, options[option])
    return reason or "NO FAILURE", reason != ""


def test_one(tree, folder, cistern, scenario):
    wanted = make_one(tree, folder, scenario)
    options, rows = advise(cistern, folder, scenario)
    said = attempt(tree, folder, scenario, options)
    if isinstance(said, str):
        print(f"{scenario.name}: {said}")
        return False
    same = all(said[name] == wanted[name] for name in TRANSFER)
    ok = same and not failed(said)
    print(f"{scenario.name}: {failed(said)} failures, {'the same transfer' if same else 'ANOTHER TRANSFER'} with "
          + ", ".join(f"{name} {value}" for name, value in options.items() if name in rows), flush=True)
    if failed(said):
        print("   " + ", ".join(f"{name} {value}" for name, value in said.items() if name.startswith("fail") and value))
    for option, row in rows.items():
        if row["most"] > 0 and option in options:
            # Mailboxes are known by their sizes, which differ in the first run only.
            run_of = wanted if option.endswith("MBOX_SIZE") else said
            row["step"] = scenario.options["MEM_ALIGNMENT"] if option == "MEM_SIZE" else 1
            text, right = test_less(lambda less: attempt(tree, folder, scenario, less), options, row,
                                    run_of.get("peak." + row["name"].replace(" ", "_"), 0))
            print(f"  {option} less: {text}", flush=True)
            ok = ok and right
    return ok


def test(tree, folder, cistern, scenarios):
    shutil.copy(OPTIONS, folder)
    wrong = [scenario.name for scenario in scenarios if not test_one(tree, folder, cistern, scenario)]
    print(f"FAILED: {', '.join(wrong)}" if wrong else f"{len(scenarios)} scenarios: sized, and tight")
    return 1 if wrong else 0


def main(arguments):
    command, folder, *rest = arguments
    os.makedirs(folder, exist_ok=True)
    folder = os.path.abspath(folder)
    cistern = os.path.abspath(rest.pop(0)) if command == "test" else None
    os.chdir(os.path.dirname(folder))
    tree = os.path.abspath(interop.fetch("lwip"))
    scenarios = [scenario for scenario in SCENARIOS if not rest or scenario.name in rest]
    if command == "test":
        return test(tree, folder, cistern, scenarios)
    return (keep if command == "keep" else make)(tree, folder, scenarios)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
