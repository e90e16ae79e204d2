# SPDX-License-Identifier: BSD-3-Clause
"""What the benchmarks share: building blocks of their measurements, and the form of their results.

A benchmark NAME makes a Report(NAME), adds its rows, and ends with the status of finish(). A row is
{"case", "ours", "unit", "peers": {name: value}, "target", "met"}: less is better, in every unit, and
"met" says whether ours <= target; both are null where nothing is promised. The rows become
build/bench/NAME.json, and where they were measured build/bench/NAME.machine.

A row that misses its target needs a reason, in bench/reasons.json under "NAME: case". Without it the
benchmark fails, once all is measured and written.
"""
import glob
import json
import os
import statistics
import subprocess
import sys
import time

FOLDER = "build/bench"
REASONS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "reasons.json")
CC = os.environ.get("CC", "gcc")
# Of the posix port, what the engines need: their critical section and what that stands on.
HOST = [*(f"ports/common/{name}.c" for name in ("critical", "quick_lock", "platform", "threads")),
        "ports/posix/sys_host.c"]
LONGEST = 900  # seconds that one program may take: a peer that hangs ends the benchmark, by name


# Peers read headers of ours and link none of our code, and parts of the library are linked alone: there
# is no library to agree with.
ALONE = ["-DCISTERN_COMPARE_OPTIONS=0"]


def run(command, **options):
    if command[0].endswith(("gcc", "clang")):
        command = [*command, *ALONE]
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE, timeout=LONGEST,
                          **options).stdout


def fetch_lwip():
    """lwIP's source tree, by apt from a sources list of our own."""
    here = os.path.abspath(FOLDER + "/lwip")
    if not glob.glob(here + "/lwip-*/src"):
        os.makedirs(here + "/lists/partial", exist_ok=True)
        os.makedirs(here + "/archives/partial", exist_ok=True)
        with open(here + "/sources.list", "w", encoding="ascii") as file:
            file.write("deb-src http://deb.debian.org/debian bookworm main\n")
        options = ["-o", "Dir::Etc::sourcelist=" + here + "/sources.list",
                   "-o", "Dir::Etc::sourceparts=-", "-o", "Dir::State::lists=" + here + "/lists",
                   "-o", "Dir::Cache::archives=" + here + "/archives", "-o", "APT::Sandbox::User=root"]
        run(["apt-get", *options, "update"], stderr=subprocess.STDOUT)
        run(["apt-get", *options, "source", "lwip"], cwd=here, stderr=subprocess.STDOUT)
    return glob.glob(here + "/lwip-*/src")[0]


def build_each(benchmark, makers):
    """{name: program} of what each maker builds; what cannot be had is left out and said so."""
    programs = {}
    for name, maker in makers.items():
        try:
            programs[name] = maker()
        except (subprocess.CalledProcessError, IndexError, OSError) as error:
            print(f"bench-{benchmark}: without {name}: {error}", file=sys.stderr)
    return programs


def interleave(commands, rounds):
    """{name: {case: median}} of programs that print "case<TAB>value", run in turn, `rounds` times each."""
    seen = {name: {} for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            for line in run(command).splitlines():
                case, value = line.split("\t")
                seen[name].setdefault(case, []).append(float(value))
    return {name: {case: statistics.median(values) for case, values in cases.items()}
            for name, cases in seen.items()}


def machine():
    """The date, processor, clock and compiler, as one line."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        fields = [line.split(":", 1) for line in file if ":" in line]
    model = [value.strip() for name, value in fields if name.strip() == "model name"]
    clocks = [float(value) for name, value in fields if name.strip() == "cpu MHz"]
    clock = f", {statistics.median(clocks):.0f} MHz" if clocks else ""
    compiler = run([CC, "--version"]).splitlines()[0]
    return f"{time.strftime('%F')}, {model[0] if model else 'unknown processor'}{clock}, {compiler}"


def each_once(pairs):
    """The dict of the pairs; a key that is there twice is an error, not the last one's silent win."""
    entries = dict(pairs)
    if len(entries) != len(pairs):
        keys = [key for key, _ in pairs]
        sys.exit(f"{REASONS}: more than one reason for "
                 + ", ".join(sorted({key for key in keys if keys.count(key) > 1})))
    return entries


def load_reasons():
    with open(REASONS, encoding="utf-8") as file:
        return json.load(file, object_pairs_hook=each_once)


class Report:
    def __init__(self, name):
        self.name = name
        self.rows = []
        self.reasons = load_reasons()
        self.machine = machine()
        print(f"# bench-{name}: {self.machine}", flush=True)

    def add(self, case, ours, unit, peers=None, target=None):
        met = None if target is None else ours <= target
        self.rows.append({"case": case, "ours": ours, "unit": unit, "peers": peers or {},
                          "target": target, "met": met})
        others = "  ".join(f"{name} {value:g}" for name, value in (peers or {}).items())
        goal = "" if target is None else f"<= {target:g} {'met' if met else 'NOT MET'}"
        print(f"{case:<46} {ours:>9} {unit:<13} {goal:<19} {others}", flush=True)
        if met is False:
            print(f"    reason: {self.reason(case) or 'no reason written'}", flush=True)

    def reason(self, case):
        return self.reasons.get(f"{self.name}: {case}")

    def finish(self):
        """Writes the files; the benchmark's exit status."""
        os.makedirs(FOLDER, exist_ok=True)
        with open(f"{FOLDER}/{self.name}.json", "w", encoding="utf-8") as file:
            json.dump(self.rows, file, indent=1)
        with open(f"{FOLDER}/{self.name}.machine", "w", encoding="utf-8") as file:
            file.write(self.machine + "\n")
        missed = [row["case"] for row in self.rows if row["met"] is False]
        unexplained = [case for case in missed if not self.reason(case)]
        print(f"bench-{self.name}: {len(missed)} of {sum(row['met'] is not None for row in self.rows)} "
              f"targets not met, {len(unexplained)} of them without a reason in bench/reasons.json")
        return 1 if unexplained else 0
