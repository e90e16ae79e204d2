#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""lwIP's HTTP server on a TAP device, and its sockets over threads: on this library and on lwIP's own memory code.

    server.py FOLDER CISTERN [TREE]         DURATION=<seconds> of each run of the sockets (default 8)
                                            ROUNDS=<number> of interleaved runs (default 5; sockets 3)
                                            WIDTHS=<bits of pointers> for the least memory (default "64 32")

CISTERN is the program, TREE a folder with lwIP's sources; without it, Debian's source package is fetched. Both
servers have the same options and the same frames' fate. The results are in FOLDER/server.json, those of TREE in
FOLDER/server-<version>.json.

  fetch    curl, wget -r and 64 connections of wrk take pages and 1 MB over a link that loses, doubles and
           delays frames; each byte is compared; at the end no memory is in use, and no request for any failed
  speed    wrk's 64 connections over a sound link, the two servers in turn
  replay   a run is recorded: each frame and the time at which lwIP took it. Both servers take the recording and
           must send the same frames, bit for bit. So the two are compared on exactly the same work: instructions
           by callgrind, and the least memory that serves the recording without a failure
  sockets  a stream and letters there and back over lwIP's loop interface, three threads
"""
import ctypes
import glob
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
sys.dont_write_bytecode = True
import lwip as interop  # noqa: E402  (the folder is known only now)

ROOT = interop.ROOT
SERVER = f"{HERE}/server"
BOTH = ("ours", "lwip")
HOST, DEVICE, TAP = "10.78.0.1", "10.78.0.2", "tap0"
URL = f"http://{DEVICE}"
BAD_LINK = ["--lost", "10", "--doubled", "10", "--late", "20"]  # of 1000 frames, in each direction
CONNECTIONS = 64
failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)
        print(f"FAILED: {what}", file=sys.stderr, flush=True)


# --- results --------------------------------------------------------------------------------------

COLUMNS = ["what", "ours", "lwIP's own", "ratio", "goal", "met"]
LEAST = "least RAM of pools and heap, {} bits"
LEAST_REASON = ("Both servers hold the same blocks at the same times. At the peak gaps take at most a few per cent of "
                "either heap, so that little but the blocks' headers differs; the pools have the same elements, and "
                "lwIP's statistics give their least counts as `cistern size` does. This library's state (the heap's "
                "lists, what a pool knows of its blocks) takes 0.5 to 1 KB more. Less memory comes from sizes that "
                "fit the traffic, and both have those here.")
# Why a ratio that is exact misses its goal, and the most that this explains; beyond that it is a failure.
REASONS = {LEAST.format(bits): (1.08, LEAST_REASON) for bits in (32, 64)}


class Table:
    """Rows of server.json. Exact numbers must meet their goal, or have a reason; times are only reported."""

    def __init__(self):
        self.rows, self.notes = [], []

    def add(self, what, ours, lwips, goal=None, exact=False):
        ratio = ours / lwips
        met = goal is None or (ratio >= goal[1] if goal[0] == ">=" else ratio <= goal[1])
        text = "" if goal is None else f"{goal[0]} {goal[1]}"
        self.rows.append([what, f"{ours:,.0f}", f"{lwips:,.0f}", f"{ratio:.3f}", text,
                          "" if goal is None else "yes" if met else "no"])
        print(f"{what:<66} {ours:>12,.0f} {lwips:>12,.0f} {ratio:6.3f} {text} {'' if met else 'NOT MET'}", flush=True)
        explained, reason = REASONS.get(what, (0.0, ""))
        if not met and ratio <= explained:
            self.notes.append(f"{what}: {reason}")
        elif not met and exact:
            expect(False, f"{what}: {ratio:.3f}, and no reason is written")

    def count(self, what, ours, lwips):
        self.rows.append([what, ours, lwips, "", "", ""])
        print(f"{what:<66} {ours:>12} {lwips:>12}", flush=True)

    def write(self, path, version):
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"title": f"A real server on the host, lwIP {version}", "columns": COLUMNS, "rows": self.rows,
                       "notes": self.notes}, file, indent=1)


# --- building -------------------------------------------------------------------------------------

STACK = ("src/core/*.c", "src/core/ipv4/*.c", "src/netif/ethernet.c", "src/apps/http/fs.c", "src/apps/http/httpd.c")
OURS = [f"-I{ROOT}/include", f"-I{ROOT}/ports/lwip", f"-I{ROOT}/src"]
SECTION = re.compile(r"^ (?:\.data|\.bss|COMMON)\S*\s+0x\w+\s+(0x\w+)\s+(\S+)$", re.M)


class Build:
    """A server: whose memory code, pointers of how many bits, options that differ from server_options.h, flags."""

    def __init__(self, tree, memory, bits=64, options=None, trace=False, more=()):
        self.tree, self.memory, self.bits, self.trace, self.more = tree, memory, bits, trace, list(more)
        kind = f"{'-trace' if trace else ''}{'-sized' if options else ''}{'-checked' if more else ''}"
        self.folder = f"server-{memory}-{bits}{kind}"
        self.program = f"{self.folder}/server"
        files = interop.sources(tree, *STACK) + [f"{SERVER}/server.c", f"{SERVER}/wire.c"]
        if memory == "ours":
            files = [file for file in files if not interop.REPLACED.search(file)] + interop.ours(["ports/lwip"])
            files += [f"{SERVER}/memory_trace.c"] if trace else []
        self.objects, _ = interop.compile_all(self.folder, self.flags(options or {}), files)
        self.link()

    def flags(self, options):
        text = "".join(f"#define {name} {value}\n" for name, value in options.items())
        first = interop.options(f"{self.folder}.h", f'{text}#include "server_options.h"\n')
        flags = ["-g", "-O2", "-w", "-fno-pie", "-ffunction-sections", "-fdata-sections", f"-I{first}", f"-I{SERVER}"]
        if self.memory == "ours":
            flags += ["-DSERVER_OURS", f"-DCISTERN_TRACE={int(self.trace)}", "-DCISTERN_TRACE_EVENTS=65536", *OURS]
        return [*flags, *self.mode(), *self.more, f"-I{self.tree}/src/include"]

    def mode(self):
        return interop.M32 if self.bits == 32 else []

    def link(self):
        interop.run(["gcc", *self.mode()[:1], *self.more, *self.objects, "-no-pie", "-Wl,--gc-sections",
                     f"-Wl,-Map={self.folder}/map", "-o", self.program])

    def compile_again(self, file, options):
        """The one file that the options concern."""
        again, _ = interop.compile_all(f"{self.folder}/again", self.flags(options), [file])
        names = {os.path.basename(path) for path in again}
        self.objects = again + [path for path in self.objects if os.path.basename(path) not in names]
        self.link()

    def ram(self):
        """Bytes of .data and .bss of the files that take each other's place: pools, heap and their state. lwip_stats
        is the same in both, and left out."""
        with open(f"{self.folder}/map", encoding="utf-8") as file:
            linked = file.read().split("Linker script and memory map")[1]
        ours = f"{ROOT}/src/".strip("/").replace("/", "_")
        theirs = re.compile(r"_core_(mem|memp|pbuf|def|inet_chksum|sys)\.c\.o$")
        return sum(int(size, 16) for size, path in SECTION.findall(linked)
                   if theirs.search(path) or (ours in path and not path.endswith("_stats.c.o")))


# --- the network ----------------------------------------------------------------------------------

def enter_network():
    """A network of this process's own, with the TAP device; as root, or as root of a new user namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    new_user, new_network = 0x10000000, 0x40000000
    uid, gid = os.getuid(), os.getgid()
    if libc.unshare(new_network if uid == 0 else new_network | new_user) != 0:
        sys.exit(f"server.py: no network namespace: {os.strerror(ctypes.get_errno())}; run it as root, or permit "
                 "user namespaces (sysctl kernel.unprivileged_userns_clone=1)")
    if uid != 0:
        for name, value in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(value)
    for command in (["link", "set", "lo", "up"], ["tuntap", "add", "dev", TAP, "mode", "tap"],
                    ["addr", "add", f"{HOST}/24", "dev", TAP], ["link", "set", TAP, "up"]):
        ip = shutil.which("ip", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        if ip is None or subprocess.run([ip, *command], check=False).returncode != 0:
            sys.exit(f"server.py: `ip {' '.join(command)}` failed: this needs iproute2 and /dev/net/tun")


class Running:
    """A server on the TAP device, while it is open; then `said` is what it reported."""

    def __init__(self, build, *options):
        self.name, self.command = build.memory, [build.program, "pages", "--tap", TAP, *options]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        for _ in range(60):
            ask = ["curl", "-s", "-m", "2", "-o", os.devnull, f"{URL}/index.html"]
            if subprocess.run(ask, check=False).returncode == 0:
                return self
            time.sleep(0.1)
        self.process.kill()
        raise RuntimeError(f"{' '.join(self.command)} does not answer")

    def __exit__(self, kind, *_):
        self.process.terminate()
        try:
            text = self.process.communicate(timeout=60)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            text = ""
        if kind is None:
            self.said = json.loads(text or "{}")
            check_end(f"{self.name}, on the TAP device", self.said)


def check_end(where, said):
    for what in ("failures", "leaked", "faults", "open", "dropped"):
        expect(said.get(what) == 0, f"{where}: {what}: {said.get(what, 'no report')}")


# --- pages and clients ----------------------------------------------------------------------------

def make_pages():
    """Linked pages of 200 bytes to 24 KB, each of which begins with a line of its own, and one file of 1 MB."""
    shutil.rmtree("pages", ignore_errors=True)
    os.makedirs("pages")
    names = ["index.html", *(f"page{i}.html" for i in range(12))]
    for i, name in enumerate(names):
        links = "".join(f'<a href="{other}">{other}</a>\n' for other in names[1:] if i == 0 or other > name)
        body = "".join(f"<p>{(i + 1) * j * 2654435761 % 2**32:08x}</p>\n" for j in range(i * i * 10))
        with open(f"pages/{name}", "w", encoding="ascii") as file:
            file.write(f"<!-- {name} -->\n{links}{body}" + ('<a href="big.bin">big</a>\n' if i == 0 else ""))
    value, data = 1, bytearray()
    while len(data) < 2**20:
        value = (value * 6364136223846793005 + 1442695040888963407) % 2**64
        data += value.to_bytes(8, "little")
    with open("pages/big.bin", "wb") as file:
        file.write(data)
    return names


def same(path, page):
    try:
        with open(path, "rb") as got, open(f"pages/{page}", "rb") as want:
            return got.read() == want.read()
    except OSError:
        return False


def compare(who, files):
    """Files that were fetched, each with its page; bytes that are right."""
    wrong = [path for path, page in files if not same(path, page)]
    expect(not wrong, f"{who}: {len(wrong)} of {len(files)} files differ: {wrong[:3]}")
    return sum(os.path.getsize(path) for path, _ in files if path not in wrong)


def curl(who, names, times):
    """Each page so many times, over 64 connections at once; curl begins anew what a lost connection ended."""
    shutil.rmtree("got", ignore_errors=True)
    os.makedirs("got")
    files = [(f"got/{i}-{name}", name) for i in range(times) for name in names]
    with open("got/list", "w", encoding="ascii") as file:
        file.writelines(f'url = "{URL}/{name}"\noutput = "{path}"\n' for path, name in files)
    done = subprocess.run(["curl", "-sS", "--fail", "--parallel", "--parallel-immediate", "--parallel-max",
                           str(CONNECTIONS), "-K", "got/list"], capture_output=True, text=True, timeout=300,
                          check=False)
    expect(done.returncode == 0, f"{who}: curl: {done.stderr[-300:]}")
    return compare(f"{who}: curl", files)


def wget(who, names):
    shutil.rmtree("got", ignore_errors=True)
    done = subprocess.run(["wget", "-q", "-r", "-e", "robots=off", "-nH", "-P", "got", f"{URL}/index.html"],
                          timeout=300, check=False)
    expect(done.returncode == 0, f"{who}: wget ended with {done.returncode}")
    return compare(f"{who}: wget", [(f"got/{name}", name) for name in names])


def wrk(who, names, seconds, reports=True):
    """Responses per second, all of which were compared."""
    text = subprocess.run(["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "60s", "-s",
                           f"{SERVER}/check.lua", URL, "--", "pages", *names], capture_output=True, text=True,
                          timeout=300, check=False).stdout
    result = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+)", text)
    right, wrong, duration, errors = map(int, result.groups()) if result else (0, 0, 1, 1)
    expect(right > 0 and wrong == 0 and errors == 0, f"{who}: wrk: {right} right, {wrong} wrong, {errors} errors")
    return right, right / duration * 1e6


# --- on the TAP device ----------------------------------------------------------------------------

def fetch(builds, names, table):
    """Over the bad link, the two servers in turn."""
    seen = []
    for memory in BOTH:
        with Running(builds[memory], *BAD_LINK, "--seed", "1") as server:
            fetched = curl(memory, [*names, "big.bin"], 3) + wget(memory, [*names, "big.bin"])
            right, _ = wrk(memory, names, 3)
        said = server.said
        seen.append((f"{fetched:,}", f"{right:,}", f"{said.get('lost')}, {said.get('doubled')}, {said.get('late')}"))
    for what, ours, lwips in zip(("bytes that curl and wget -r fetched over a bad link, all right",
                                  "responses to wrk's 64 connections over it, all right",
                                  "frames that were lost, doubled, late"), *seen):
        table.count(what, ours, lwips)


def speed(builds, names, rounds, table):
    rates = {memory: [] for memory in BOTH}
    times = {memory: [] for memory in BOTH}
    for turn in range(rounds):
        for memory in BOTH if turn % 2 == 0 else BOTH[::-1]:
            with Running(builds[memory]) as server:
                right, rate = wrk(memory, names, 2)
            rates[memory].append(rate)
            times[memory].append(server.said.get("processor", 0.0) / right * 1e6)
    table.add("requests/s, 64 connections, sound link", *(statistics.median(rates[memory]) for memory in BOTH),
              goal=(">=", 1.0))
    table.add("microseconds of the server's processor time, kernel included, per request",
              *(statistics.median(times[memory]) for memory in BOTH), goal=("<=", 1.0))
    ratios = sorted(ours / lwips for ours, lwips in zip(*rates.values()))
    table.notes.append(f"Times are of a machine that others share: medians of {rounds} runs in turn. Ratios of "
                       "requests/s of runs that followed each other: "
                       f"{', '.join(f'{ratio:.2f}' for ratio in ratios)}.")


def record(build, names, file, *options, times, seconds=0):
    with Running(build, "--record", file, *options) as server:
        curl("recording", names, times)
        if seconds:
            wrk("recording", names, seconds)
    return server.said


# --- recordings -----------------------------------------------------------------------------------

def replay(build, recording, *options):
    """What the server reported of a recording; empty if it ended before."""
    done = subprocess.run([build.program, "pages", "--replay", recording, *options], capture_output=True, text=True,
                          timeout=600, check=False)
    if done.returncode != 0:
        print(done.stderr[-2000:], file=sys.stderr)
    return json.loads(done.stdout or "{}")


def same_frames(build, recording, said):
    """The server sends what the recorded one sent, bit for bit, and its memory is as it was at the start."""
    again = replay(build, recording)
    where = f"{build.memory}, {build.bits} bits, {recording}"
    expect(again.get("digest") == said["digest"], f"{where}: it sends other frames than the server that was recorded")
    check_end(where, again)
    return again


def instructions(builds, recording, said, table):
    counts = []
    for memory in BOTH:
        done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}",
                               "--toggle-collect=serve", "--toggle-collect=frame_out", builds[memory].program,
                               "pages", "--replay", recording], capture_output=True, text=True, timeout=1200,
                              check=False)
        counts.append(int(re.search(r"Collected : (\d+)", done.stderr).group(1)) / said["requests"])
    table.add("instructions per request, all of lwIP with its memory", *counts, goal=("<=", 1.0), exact=True)


def advice(build, cistern, recording):
    """The sizes for which `cistern size` asks, of the trace of the recording."""
    trace = f"{recording}-{build.bits}.ctr"
    check_end(f"traced, {build.bits} bits", replay(build, recording, "--trace", trace))
    done = subprocess.run([cistern, "size", "--pointer", str(build.bits), "--heap", "cistern", "--format", "lwipopts",
                           trace], capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f"cistern size: {done.stderr[-300:]}")
    sizes = {name: int(value) for name, value in re.findall(r"^#define (\w+) +(\d+)", done.stdout, re.M)}
    return {name: value for name, value in sizes.items() if "SANITY" not in name}


def fails(build, recording):
    """Requests of memory that failed; a server that ends early is one."""
    said = replay(build, recording)
    return said["failures"] + said["dropped"] if said else 1


POOL_OF = {"PBUF_POOL_SIZE": "PBUF_POOL", "MEMP_NUM_PBUF": "PBUF_REF/ROM", "MEMP_NUM_TCP_SEG": "TCP_SEG",
           "MEMP_NUM_TCP_PCB": "TCP_PCB", "MEMP_NUM_TCP_PCB_LISTEN": "TCP_PCB_LISTEN", "MEMP_NUM_UDP_PCB": "UDP_PCB",
           "MEMP_NUM_REASSDATA": "REASSDATA", "MEMP_NUM_FRAG_PBUF": "FRAG_PBUF"}


def least_heap(build, file, options, low, high, recording):
    """The least MEM_SIZE between one that fails and one that suffices, by halving down to one step of the alignment;
    only `file` is compiled again. The program is then that of the result."""
    step = build.bits // 8

    def suffices(size):
        build.compile_again(file, {**options, "MEM_SIZE": size})
        return fails(build, recording) == 0

    while high - low > step:
        middle = (low + high) // 2 // step * step
        low, high = (low, middle) if suffices(middle) else (middle, high)
    expect(suffices(high), f"{build.memory}, {build.bits} bits: {high} bytes of heap do not suffice")
    return high


def least_of_lwip(tree, bits, recording):
    """lwIP's own server with pools as large as its statistics had them at most, and the least MEM_SIZE."""
    step = bits // 8
    said = replay(Build(tree, "lwip", bits), recording)
    counts = {option: max(1, said["pools"][pool]["max"]) for option, pool in POOL_OF.items()}
    build = Build(tree, "lwip", bits, counts)
    expect(fails(build, recording) == 0, f"lwIP's pools as large as its statistics say, {bits} bits: requests fail")
    held = said["heap_max"] // step * step
    size = least_heap(build, f"{tree}/src/core/mem.c", counts, held - step, 2 * held, recording)
    return build, {**counts, "MEM_SIZE": size}


def least_of_ours(tree, cistern, bits, recording):
    """Our server with the sizes for which `cistern size` asks; with a step less of its MEM_SIZE it fails."""
    sizes = advice(Build(tree, "ours", bits, trace=True), cistern, recording)
    less = {**sizes, "MEM_SIZE": sizes["MEM_SIZE"] - bits // 8}
    expect(fails(Build(tree, "ours", bits, less), recording) != 0,
           f"cistern size asks for more heap than is needed, {bits} bits")
    return Build(tree, "ours", bits, sizes), sizes


def memory_rows(tree, cistern, recording, said, bits, table):
    """The least memory of both that serves the recording."""
    ours, sizes = least_of_ours(tree, cistern, bits, recording)
    lwips, least = least_of_lwip(tree, bits, recording)
    held = [same_frames(build, recording, said).get("heap_max", 1) for build in (ours, lwips)]
    table.add(LEAST.format(bits), ours.ram(), lwips.ram(), goal=("<=", 0.9), exact=True)
    table.add(f"of which MEM_SIZE, {bits} bits", sizes["MEM_SIZE"], least["MEM_SIZE"])
    table.add(f"and of that in use at most, {bits} bits", *held)
    pools = {name: (sizes[name], least[name]) for name in POOL_OF if sizes[name] != least[name]}
    expect(not pools, f"cistern size and lwIP's statistics differ, {bits} bits: {pools}")


# --- sockets over threads -------------------------------------------------------------------------

LONG = 600  # seconds from which on one run of each is enough


def unix_port(tree):
    """A tree and contrib's port for Unix: of the tree, or of Debian's source package, which has it as a patch."""
    if os.path.isdir(f"{tree}/contrib/ports/unix/port"):
        return tree, f"{tree}/contrib/ports/unix/port"
    interop.fetch("lwip")
    if not os.path.isdir("lwip-patched"):
        interop.run(["dpkg-source", "-x", glob.glob("lwip_*.dsc")[0], "lwip-patched"], stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL)
    return os.path.abspath("lwip-patched"), os.path.abspath("lwip-patched/port")


def build_sockets(tree, port, memory):
    files = interop.sources(tree, "src/core/**/*.c", "src/api/*.c", "src/netif/ethernet.c")
    files += [f"{SERVER}/sockets/main.c"]
    flags = ["-g", "-O2", "-w", f"-I{SERVER}/sockets"]
    if memory == "ours":
        files = [file for file in files if not interop.REPLACED.search(file)] + interop.ours(interop.POSIX)
        flags += ["-DSERVER_OURS", *(f"-I{ROOT}/{part}" for part in ("include", *interop.POSIX, "src"))]
    else:
        files += [f"{port}/sys_arch.c"]
        flags += [f"-I{port}/include"]
    objects, _ = interop.compile_all(f"sockets-{memory}", [*flags, f"-I{tree}/src/include"], files)
    interop.run(["gcc", *objects, "-lpthread", "-o", f"sockets-{memory}/sockets"])
    return f"sockets-{memory}/sockets"


def run_sockets(program, memory, seconds):
    done = subprocess.run([program, str(seconds)], capture_output=True, text=True, timeout=seconds + 120, check=False)
    said = json.loads(done.stdout or "{}")
    for what in ("failures", "leaked", "faults"):
        expect(said.get(what) == 0, f"sockets, {memory}: {what}: {said.get(what)} {done.stderr[-300:]}")
    return said.get("kib", 1.0), said.get("rounds", 1.0)


def sockets(programs, seconds, rounds, table):
    seen = {memory: [] for memory in BOTH}
    for turn in range(rounds):
        for memory in BOTH if turn % 2 == 0 else BOTH[::-1]:
            seen[memory].append(run_sockets(programs[memory], memory, seconds))
    for i, (what, goal) in enumerate((("KiB/s of a stream over sockets, three threads", (">=", 1.2)),
                                      ("rounds/s of a letter there and back over sockets", None))):
        table.add(what, *(statistics.median(run[i] for run in seen[memory]) for memory in BOTH), goal=goal)
    table.notes.append(f"Sockets: {rounds} runs of {seconds} s each in turn, ours on ports/posix, lwIP's own memory "
                       "code on contrib's port for Unix. Each byte was compared.")


# --- all of it ------------------------------------------------------------------------------------

def main(arguments):
    folder, cistern, *tree = [os.path.abspath(argument) for argument in arguments]
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    rounds = int(os.environ.get("ROUNDS", "5"))
    named = bool(tree)
    tree = tree[0] if named else os.path.abspath(interop.fetch("lwip"))
    names = make_pages()
    table = Table()
    builds = {memory: Build(tree, memory) for memory in BOTH}
    port = unix_port(tree)
    programs = {memory: build_sockets(*port, memory) for memory in BOTH}
    enter_network()
    fetch(builds, names, table)
    speed(builds, names, rounds, table)
    bad = record(builds["ours"], names, "bad.wire", *BAD_LINK, times=10, seconds=3)
    sound = record(builds["ours"], names, "sound.wire", times=50)
    checked = Build(tree, "ours", options={"CISTERN_CHECK": 2}, more=interop.SANITIZED)
    for build in (*builds.values(), checked):
        same_frames(build, "bad.wire", bad)
        same_frames(build, "sound.wire", sound)
    table.notes.append("Of both recordings each server sent the same frames, bit for bit, this library's at check "
                       "level 2 under AddressSanitizer and UndefinedBehaviorSanitizer too.")
    instructions(builds, "sound.wire", sound, table)
    for bits in map(int, os.environ.get("WIDTHS", "64 32").split()):
        memory_rows(tree, cistern, "bad.wire", bad, bits, table)
    seconds = int(os.environ.get("DURATION", "8"))
    sockets(programs, seconds, int(os.environ.get("ROUNDS", "3" if seconds < LONG else "1")), table)
    version = interop.version_of(tree)
    table.write(f"server-{version}.json" if named else "server.json", version)
    print(f"{len(failures)} failures", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
