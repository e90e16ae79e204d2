#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Sizes, stack depths, instructions and masked stretches of the library on each board.

usage: firmware.py BUILD BUDGET REPORT BOARD... [--accept]

Reads BUILD/BOARD, where the target `firmware` was built, runs it once per board under the trace
plugin, prints a table per board and writes REPORT: an array of {"case", "ours", "unit", "peers",
"target", "met"}. A target is the number of BUDGET that the case is held against:

  modules     flash and RAM of a module on a board, in bytes
  operations  instructions of the worst call on a board, and the masked ones of the worst on any
  functions   of a public function: the worst stack on any board, in bytes, and the longest stretch
              that any path through its code masks interrupts on any board, in instructions

A number above its budget, or without one, fails the run, and so does a bound that is no longer found.
--accept writes BUDGET anew instead: what was measured, rounded up to the next STEP, so that a change
of a few bytes needs no new one.

"masked" is the longest stretch that the run showed; "masked at most" is a bound on every path through
a function's code (masked.py). The run must show no more than the bound.
"""
import glob
import json
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True

import masked  # noqa: E402 - after what keeps its bytecode out of the sources

HERE = os.path.dirname(os.path.abspath(__file__))
SECTIONS = ("text", "rodata", "data", "bss")

# What a budget is rounded up to, by its kind.
STEP = {"flash": 64, "RAM": 16, "stack": 16, "instructions": 8, "masked": 8}

# What a call through a pointer may reach: the strategies of the pool engine. Handlers and hooks that
# the user installs are the user's to add.
INDIRECT = {"pool": re.compile(r"pool_(locked|lock_free)\.c")}

# The same by names: the function that calls, and those which it may reach.
INDIRECT_BY_NAME = {"bare_object_free": re.compile(r"(.*:)?\w+_in_use")}

# What must not mask interrupts at all.
ZERO = re.compile(r"lock-free pool (get|put)|pool_lock_free\.c:.*")

# Functions that no header declares of which the longest masked stretch has a bound: what a lock-free
# pool's get and put call, and the interrupt handlers; RISC-V's has the switch between threads in it.
HIDDEN = ("pool_lock_free.c:pool_lf_get", "pool_lock_free.c:pool_lf_get_bulk",
          "pool_lock_free.c:pool_lf_put", "arm_pendsv_isr", "arm_systick_isr", "trap_entry")


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
        if callee == "__indirect_call" and function in INDIRECT_BY_NAME:
            yield from filter(INDIRECT_BY_NAME[function].fullmatch, graph)
        elif callee == "__indirect_call":
            for prefix, files in INDIRECT.items():
                # What a strategy calls through a pointer is the user's.
                if source.startswith(prefix) and not files.fullmatch(source):
                    yield from (f for f in graph if files.fullmatch(graph[f][2]))
        elif callee in graph:
            yield callee


def deepest(graph, function, known, path=()):
    if function in path:
        # A strategy's function calls none of its siblings through the table it is in.
        return 0
    if function not in known:
        below = (deepest(graph, callee, known, path + (function,))
                 for callee in callees(graph, function))
        known[function] = graph[function][0] + max(below, default=0)
    return known[function]


def declared():
    """The names that the headers of users declare or define."""
    root = os.path.join(HERE, "../..")
    text = ""
    for path in [*glob.glob(root + "/include/**/*.h", recursive=True),
                 *glob.glob(root + "/ports/bare/**/cistern_bare.h", recursive=True),
                 *glob.glob(root + "/ports/bare/**/sys_arch.h", recursive=True)]:
        with open(path, encoding="utf-8") as file:
            text += file.read()
    return set(re.findall(r"\b(\w+)\)?\s*\(", text))


def stacks(build):
    """{public function: worst bytes of stack}"""
    graph = call_graph(build)
    public = declared().intersection(graph)
    known = {}
    return {f: deepest(graph, f, known) for f in sorted(public)}


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
    """(kind, name, number) of one board."""
    for module, row in sorted(table.items()):
        yield "flash", module, row["text"] + row["rodata"] + row["data"]
        yield "RAM", module, row["data"] + row["bss"]
    for function, depth in depths.items():
        yield "stack", function, depth
    for name, (executed, seen) in worst.items():
        yield "instructions", name, executed
        yield "masked", name, seen
    for function, length in limits[0].items():
        yield "masked at most", function, length


def place(board, kind, name):
    """Where a case's number stands in the budget."""
    if kind in ("flash", "RAM"):
        return "modules", f"{board} {name}", kind
    if kind in ("stack", "masked at most"):
        return "functions", name, kind.split(" ")[0]
    return "operations", name, kind if kind == "masked" else board


def rounded(number, kind):
    step = STEP.get(kind.split(" ")[0])
    return (number + step - 1) // step * step


def budget_of(numbers):
    """The budget that all cases meet."""
    budget = {"modules": {}, "operations": {}, "functions": {}}
    for board, kind, name, number in numbers:
        part, row, column = place(board, kind, name)
        cells = budget[part].setdefault(row, {})
        cells[column] = max(cells.get(column, 0), rounded(number, kind))
    return budget


def write_budget(path, budget):
    """A line for each module, operation and function."""
    parts = []
    for part, rows in budget.items():
        lines = [f"  {json.dumps(row)}: {json.dumps(cells)}" for row, cells in sorted(rows.items())]
        parts.append(f" {json.dumps(part)}: {{\n" + ",\n".join(lines) + "\n }")
    with open(path, "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(parts) + "\n}\n")


def judge(numbers, budget):
    report = []
    for board, kind, name, ours in numbers:
        part, row, column = place(board, kind, name)
        target = budget[part].get(row, {}).get(column)
        if kind.startswith("masked") and ZERO.fullmatch(name):
            target = 0
        unit = "bytes" if kind in ("flash", "RAM", "stack") else "instructions"
        report.append({"case": f"{board} {kind}: {name}", "ours": ours, "unit": unit, "peers": {},
                       "target": target, "met": target is not None and ours <= target})
    return report


def lost_bounds(budget, unbounded):
    """(board, function) whose budget has a masked stretch, but whose code has no bound any more."""
    for board, none in unbounded.items():
        for function in sorted(none):
            if "masked" in budget["functions"].get(function, {}):
                yield board, function


def main():
    arguments = [a for a in sys.argv[1:] if a != "--accept"]
    build, budget_path, report_path, *boards = arguments
    numbers = []
    unbounded = {}
    for board in boards:
        tree = os.path.join(build, board)
        depths = stacks(tree)
        worst = stretches(board, tree)
        limits = bounds(board, tree, depths, worst)
        measured = (sizes(board, tree), depths, worst, limits)
        print_board(board, *measured)
        numbers.extend((board, *case) for case in cases(board, *measured))
        unbounded[board] = limits[1]
    # A function has a bound if it has one on every board.
    numbers = [case for case in numbers if case[1] != "masked at most"
               or not any(case[2] in none for none in unbounded.values())]
    if "--accept" in sys.argv:
        write_budget(budget_path, budget_of(numbers))
    with open(budget_path, encoding="utf-8") as file:
        budget = json.load(file)
    report = judge(numbers, budget)
    os.makedirs(os.path.dirname(report_path), exist_ok=True)
    with open(report_path, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
        file.write("\n")
    worse = [row for row in report if not row["met"]]
    print(f"\n{len(report)} numbers: {len(worse)} above their budget, or without one")
    for row in worse:
        budgeted = "no budget" if row["target"] is None else f"at most {row['target']}"
        print(f"worse: {row['case']}: {row['ours']} {row['unit']}, {budgeted}")
    lost = list(lost_bounds(budget, unbounded))
    for board, function in lost:
        print(f"worse: {board} masked at most: {function}: no bound, "
              f"at most {budget['functions'][function]['masked']}")
    return 1 if worse or lost else 0


def run_main(status):
    """main() in a thread, where the message of an exit would be lost."""
    try:
        status.append(main())
    except SystemExit as reason:
        print(reason, file=sys.stderr)


if __name__ == "__main__":
    status = []
    masked.in_a_deep_stack(lambda: run_main(status))
    # No status: an exception ended it.
    sys.exit(status[0] if status else 1)
