#!/usr/bin/env python3
"""make bench-pbuf: packet.py pbuf

Builds one program twice, with this library and with lwIP's own sources (Debian's source package,
fetched into build/), runs both in turn, and prints medians beside the targets. The results are in
build/bench/pbuf.json. chksum/measure.py is the same for the checksum, and uses parts of this.
"""
import glob
import json
import os
import statistics
import subprocess
import sys

ROUNDS = 7
CC = os.environ.get("CC", "gcc")
REPLACED = ("mem", "memp", "pbuf", "def", "inet_chksum", "stats")

# case, of whom, at most this share of it
TARGETS = {
    "pbuf": [
        ("pool 1514 alloc+free", "lwip", "pool 1514 alloc+free", 0.5),
        ("ram 512 alloc+free", "lwip", "ram 512 alloc+free", 0.7),
        ("ref alloc+free", "lwip", "ref alloc+free", 0.6),
        ("header add+remove", "lwip", "header add+remove", 0.6),
        ("copy out 1460", "ours", "memcpy 1460", 1.2),
        ("copy in 1460", "ours", "memcpy 1460", 1.2),
        ("threads: pool 1514 alloc+free", "lwip", "threads: pool 1514 alloc+free", 0.1),
    ],
}


def run(command):
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout


def lwip_tree():
    """lwIP's source tree, by apt from a sources list of our own."""
    here = os.path.abspath("build/bench/lwip")
    if not glob.glob(here + "/lwip-*/src"):
        os.makedirs(here + "/lists/partial", exist_ok=True)
        os.makedirs(here + "/archives/partial", exist_ok=True)
        with open(here + "/sources.list", "w", encoding="ascii") as file:
            file.write("deb-src http://deb.debian.org/debian bookworm main\n")
        options = []
        for name, value in (("Etc::sourcelist", "/sources.list"), ("State::lists", "/lists"),
                            ("Cache::archives", "/archives")):
            options += ["-o", f"Dir::{name}={here}{value}"]
        options += ["-o", "Dir::Etc::sourceparts=-", "-o", "APT::Sandbox::User=root"]
        run(["apt-get", *options, "-qq", "update"])
        subprocess.run(["apt-get", *options, "-qq", "source", "lwip"], check=True, cwd=here,
                       stdout=subprocess.DEVNULL)
    return glob.glob(here + "/lwip-*/src")[0]


def build(what, whose, protection):
    program = f"build/bench/{what}-{whose}-{protection}"
    common = [CC, "-std=gnu11", "-O2", "-w", "-Ibench/pbuf", f"-DSYS_LIGHTWEIGHT_PROT={protection}",
              f"bench/{what}/main.c"]
    host = ["ports/common/critical.c", "ports/common/platform.c", "ports/common/threads.c",
            "ports/posix/sys_host.c"]
    if whose == "ours":
        flags = ["-DBENCH_OURS", "-Iinclude", "-Iinclude/standalone", "-Iports/posix",
                 "-Iports/common", *glob.glob("src/*/*.c"), "ports/posix/chksum.c", *host]
    else:
        tree = lwip_tree()
        flags = [f"-I{tree}/include", "-Iports/posix", "-Iports/common", "-Iinclude",
                 *[f"{tree}/core/{name}.c" for name in REPLACED],
                 *glob.glob("src/fault/*.c"), *glob.glob("src/pool/*.c"), *host]
    run([*common, *flags, "-lpthread", "-o", program])
    return program


def measure(program, prefix, results):
    for line in run([program]).splitlines():
        case, value = line.split("\t")
        results.setdefault(prefix + case, []).append(float(value))


def measure_all(what):
    builds = [(whose, prefix, build(what, whose, protection)) for whose in ("ours", "lwip")
              for prefix, protection in (("", 0), ("threads: ", 1))]
    results = {"ours": {}, "lwip": {}}
    for _ in range(ROUNDS):
        for whose, prefix, program in builds:
            measure(program, prefix, results[whose])
    return {whose: {case: statistics.median(values) for case, values in cases.items()}
            for whose, cases in results.items()}


def judge(targets, results):
    rows = []
    for case, whose, peer, share in targets:
        if case in results["ours"]:
            limit = results[whose][peer] * share
            label = peer if whose == "ours" else "lwip: " + peer
            rows.append({"case": case, "ours": results["ours"][case], "unit": "ns",
                         "peers": {label: results[whose][peer]}, "target": round(limit, 3),
                         "met": results["ours"][case] <= limit})
    return rows


def report(what, targets):
    os.makedirs("build/bench", exist_ok=True)
    results = measure_all(what)
    rows = judge(targets, results)
    print(f"{'case':32} {'ours':>8} {'peer':>8} {'target':>8}        nanoseconds, median of {ROUNDS}")
    for row in rows:
        peer, value = next(iter(row["peers"].items()))
        print(f"{row['case']:32} {row['ours']:8.2f} {value:8.2f} {row['target']:8.2f}  "
              f"{'met' if row['met'] else 'NOT met':8} {peer}")
    for case, value in results["ours"].items():
        print(f"  all: {case:32} ours {value:8.2f}   lwip {results['lwip'].get(case, 0):8.2f}")
    with open(f"build/bench/{what}.json", "w", encoding="ascii") as file:
        json.dump(rows, file, indent=1)


if __name__ == "__main__":
    report(sys.argv[1], TARGETS[sys.argv[1]])
