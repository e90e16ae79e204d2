#!/usr/bin/env python3
"""Sizes, stack depths, instructions and masked stretches of the library on each board.

usage: firmware.py BUILD BASELINE REPORT BOARD... [--accept]

Reads BUILD/BOARD, where the target `firmware` was built, runs it once per board under the trace
plugin, prints a table per board and writes REPORT: an array of {"case", "ours", "unit", "peers",
"target", "met"}. A case's target is its number in BASELINE; a case that is larger, or that must be 0
and is not, fails the run with both numbers, and so does a bound that is no longer found. --accept
writes BASELINE anew instead.

"masked" is the longest stretch that the run showed; "masked at most" is a bound on every path through
a function's code (masked.py). The run must show no more than the bound.
"""
import json
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True

import masked  # noqa: E402 - after what keeps its bytecode out of the sources

HERE = os.path.dirname(os.path.abspath(__file__))
SECTIONS = ("text", "rodata", "data", "bss")

# Who may be behind a call through a pointer: the strategies of the pool engine. Handlers and hooks
# that the user installs are the user's to add.
INDIRECT = {"pool": re.compile(r"pool_(locked|lockfree)\.c")}

# Cases that have a target of their own.
ZERO = re.compile(r"masked: lock-free pool (get|put)$|masked at most: pool_lockfree\.c:")

# Functions without a public name of which the longest masked stretch is asked: what a lock-free pool's
# get and put call, and RISC-V's trap handler, which has the switch between threads in it.
HIDDEN = ("pool_lockfree.c:get", "pool_lockfree.c:get_many", "pool_lockfree.c:put", "trap_entry")


def tool(board, name):
    return masked.PREFIX.get(board, "arm-none-eabi-") + name


def run(command, **options):
    done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"firmware: {' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def objects(build):
    """(module, path) of each object of the library; a module is a folder of src/, or the port."""
    root = os.path.join(build, "tests/target/CMakeFiles/firmware_cistern.dir")
    for folder, _, files in os.walk(root):
        for file in sorted(files):
            path = os.path.join(folder, file)
            match = re.search(r"/(?:src/(\w+)|ports/bare)/", path)
            if file.endswith(".obj") and match:
                yield match.group(1) or "port", path


# --- sizes ----------------------------------------------------------------------------------------


def section_kind(name):
    for kind in SECTIONS:
        if name == "." + kind or name.startswith("." + kind + "."):
            return kind
    return {".srodata": "rodata", ".sdata": "data", ".sbss": "bss"}.get(
        re.sub(r"^(\.\w+).*", r"\1", name))


def sizes(board, build):
    """{module: {section: bytes}}"""
    table = {}
    for module, path in objects(build):
        row = table.setdefault(module, dict.fromkeys(SECTIONS, 0))
        for line in run([tool(board, "size"), "-A", path]).splitlines():
            fields = line.split()
            kind = section_kind(fields[0]) if len(fields) == 3 else None
            if kind:
                row[kind] += int(fields[1])
    return table


# --- stacks ---------------------------------------------------------------------------------------


def call_graph(build):
    """{function: (bytes, callees, file)}; functions of one file only have a name with a colon."""
    graph = {}
    for _, path in objects(build):
        source = os.path.basename(path)[:-len(".obj")]
        with open(path[:-len(".obj")] + ".ci", encoding="utf-8") as file:
            text = file.read()
        for title, label in re.findall(r'node: \{ title: "([^"]*)" label: "([^"]*)"', text):
            size = re.search(r"(\d+) bytes \((\w+)", label)
            if size:
                if size.group(2) == "dynamic":
                    sys.exit(f"firmware: {title} uses a stack of no known size")
                graph[title] = (int(size.group(1)), [], source)
        for caller, callee in re.findall(r'edge: \{ sourcename: "([^"]*)" targetname: "([^"]*)"', text):
            graph[caller][1].append(callee)
    return graph


def callees(graph, function):
    _, named, source = graph[function]
    for callee in named:
        if callee == "__indirect_call":
            for prefix, files in INDIRECT.items():
                # What a strategy calls through a pointer is the user's.
                if source.startswith(prefix) and not files.fullmatch(source):
                    yield from (f for f in graph if files.fullmatch(graph[f][2]) and f != function)
        elif callee in graph:
            yield callee


def deepest(graph, function, path=()):
    if function in path:
        # A strategy's function calls none of its siblings through the table it is in.
        return 0
    below = (deepest(graph, callee, path + (function,)) for callee in callees(graph, function))
    return graph[function][0] + max(below, default=0)


def stacks(build):
    """{public function: worst bytes of stack}"""
    graph = call_graph(build)
    return {f: deepest(graph, f) for f in sorted(graph) if ":" not in f}


# --- instructions ---------------------------------------------------------------------------------


def address(board, program, name):
    for line in run([tool(board, "nm"), program]).splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[2] == name:
            return "0x" + fields[0]
    return None


def stretches(board, build):
    """{name: (instructions, masked)}, the worst of each, without what the marks cost."""
    program = os.path.join(build, "tests/target/firmware")
    trace = program + ".trace"
    plugin = f"{build}/trace.so,out={trace}"
    for argument, name in (("begin", "trace_begin"), ("end", "trace_end"), ("trap", "trap_entry")):
        where = address(board, program, name)
        plugin += f",{argument}={where}" if where else ""
    names = run([os.path.join(HERE, "run.sh"), board, program],
                env={**os.environ, "CISTERN_TARGET_PLUGIN": plugin}).splitlines()
    with open(trace, encoding="utf-8") as file:
        counts = [tuple(map(int, line.split()[1:])) for line in file if line.startswith("stretch")]
    if len(names) != len(counts) or not names:
        sys.exit(f"firmware: {len(names)} names for {len(counts)} stretches on {board}")
    marks = counts[0][0]
    worst = {}
    for name, (executed, masked) in zip(names[1:], counts[1:]):
        before = worst.get(name, (0, 0))
        worst[name] = (max(before[0], executed - marks), max(before[1], masked))
    return worst


# --- bounds ---------------------------------------------------------------------------------------


def bounds(board, build, functions, worst):
    """{function: longest masked stretch on any path}, and {function: why there is no bound}"""
    program = os.path.join(build, "tests/target/firmware_whole")
    found, none = masked.bounds(board, program, [*functions, *HIDDEN])
    for name, (_, seen) in worst.items():
        if seen > found.get(name, seen):
            sys.exit(f"firmware: {name} masked {seen} instructions on {board}, "
                     f"but its bound is {found[name]}: masked.py is wrong")
    return found, none


# --- report ---------------------------------------------------------------------------------------


def print_board(board, table, depths, worst, limits):
    found, none = limits
    print(f"\n{board}\n\n  {'module':<12}" + "".join(f"{kind:>8}" for kind in SECTIONS))
    for module, row in sorted(table.items()):
        print(f"  {module:<12}" + "".join(f"{row[kind]:>8}" for kind in SECTIONS))
    print(f"\n  {'operation':<36}{'instructions':>14}{'masked':>9}")
    for name, (executed, seen) in worst.items():
        print(f"  {name:<36}{executed:>14}{seen:>9}")
    print(f"\n  {'function':<36}{'stack bytes':>14}{'masked at most':>16}")
    for function in sorted({*depths, *found, *none}):
        limit = f"{found[function]:>16}" if function in found else f"  none: {none.get(function)}"
        print(f"  {function:<36}{depths.get(function, ''):>14}{limit}")


def cases(board, table, depths, worst, limits):
    """(case, number, unit)"""
    for module, row in table.items():
        yield f"{board} flash: {module}", row["text"] + row["rodata"] + row["data"], "bytes"
        yield f"{board} RAM: {module}", row["data"] + row["bss"], "bytes"
    for function, depth in depths.items():
        yield f"{board} stack: {function}", depth, "bytes"
    for name, (executed, seen) in worst.items():
        yield f"{board} instructions: {name}", executed, "instructions"
        yield f"{board} masked: {name}", seen, "instructions"
    for function, length in limits[0].items():
        yield f"{board} masked at most: {function}", length, "instructions"


def judge(numbers, baseline):
    report = []
    for case, ours, unit in numbers:
        target = 0 if ZERO.search(case) else baseline.get(case, ours)
        report.append({"case": case, "ours": ours, "unit": unit, "peers": {}, "target": target,
                       "met": ours <= target})
    return report


def main():
    arguments = [a for a in sys.argv[1:] if a != "--accept"]
    build, baseline_path, report_path, *boards = arguments
    numbers = []
    for board in boards:
        tree = os.path.join(build, board)
        depths = stacks(tree)
        worst = stretches(board, tree)
        measured = (sizes(board, tree), depths, worst, bounds(board, tree, depths, worst))
        print_board(board, *measured)
        numbers.extend(cases(board, *measured))
    if "--accept" in sys.argv:
        with open(baseline_path, "w", encoding="utf-8") as file:
            json.dump({case: ours for case, ours, _ in numbers}, file, indent=0, sort_keys=True)
            file.write("\n")
    with open(baseline_path, encoding="utf-8") as file:
        baseline = json.load(file)
    report = judge(numbers, baseline)
    os.makedirs(os.path.dirname(report_path), exist_ok=True)
    with open(report_path, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
        file.write("\n")
    worse = [row for row in report if not row["met"]]
    better = sum(row["ours"] < row["target"] for row in report)
    new = sum(row["case"] not in baseline for row in report)
    print(f"\n{len(report)} numbers: {len(worse)} worse, {better} better, {new} new")
    for row in worse:
        print(f"worse: {row['case']}: {row['ours']} {row['unit']}, was {row['target']}")
    gone = sorted(case for case in set(baseline).difference(row["case"] for row in report)
                  if " masked at most: " in case and case.split(" ")[0] in boards)
    for case in gone:
        print(f"worse: {case}: no bound, was {baseline[case]}")
    return 1 if worse or gone else 0


if __name__ == "__main__":
    status = []
    masked.in_a_deep_stack(lambda: status.append(main()))
    # No status: an exception ended it.
    sys.exit(status[0] if status else 1)
