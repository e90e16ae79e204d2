#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""make docs/performance.md: performance.py BUILD REASONS PAGE

Writes PAGE from what was measured last: BUILD/bench/*.json, beside each the machine it was measured on
in *.machine, and BUILD/firmware/report.json. The same files give the same page. Fails, after the page
is written, when a row misses its target and REASONS has no reason for it.
"""
import glob
import json
import os
import re
import sys

HEAD = """# Performance

Every figure here was measured; `make performance` measures all again, and writes this page. Less is
better, in every unit. A row with a target says whether it is met; why one is not, stands below its
table. Where a target is a share of a peer's figure, both were measured in the same run. Peers have the
unit of their row.
"""
FIRMWARE = """
## boards

`make firmware` counts in an emulator, the same on every machine, and prints the stack of each function
besides.
"""
# What a cell of each table of that section says, and the kinds of numbers in it.
FIRMWARE_TABLES = [
    ("The most instructions of one call, and of these the longest stretch with interrupts masked:",
     "operation", ("instructions", "masked")),
    ("The longest stretch with interrupts masked on any path through a function, where there is one:",
     "function", ("masked at most",)),
    ("Bytes of flash, and of RAM:", "module", ("flash", "RAM")),
]


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def number(value):
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"


def table(header, rows):
    yield "| " + " | ".join(header) + " |"
    yield "|---|" + "---:|" * (len(header) - 1)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def bench_table(rows):
    verdict = {True: "yes", False: "**no**", None: ""}
    cells = ([row["case"], f"{number(row['ours'])} {row['unit']}",
              "" if row["target"] is None else "≤ " + number(row["target"]), verdict[row["met"]],
              ", ".join(f"{name} {number(value)}" for name, value in row["peers"].items())]
             for row in rows)
    return table(["case", "ours", "target", "met", "peers"], cells)


def summary(measured):
    """How many targets each benchmark meets; nothing where nothing was measured."""
    counts = ([f"[{name}](#{name})", str(sum(row["met"] is True for row in rows)),
               str(sum(row["met"] is not None for row in rows))] for name, rows in measured)
    if measured:
        yield ""
        yield from table(["benchmark", "met", "of"], counts)


def missed_reasons(name, rows, reasons):
    """(case, reason or None) of each row that misses its target."""
    return [(row["case"], reasons.get(f"{name}: {row['case']}")) for row in rows if row["met"] is False]


def reason_lines(missed):
    if missed:
        yield ""
        yield "Not met, and why:"
        yield ""
        for case, reason in missed:
            yield f"- *{case}*: {reason or 'no reason written.'}"


def bench_section(name, rows, machine, missed):
    yield ""
    yield f"## {name}"
    yield ""
    yield f"`make bench-{name}`, {machine}."
    yield ""
    yield from bench_table(rows)
    yield from reason_lines(missed)


def firmware_cells(rows, kinds):
    """{name: {board: {kind: number}}}, without names whose numbers are all 0."""
    cells = {}
    for row in rows:
        board, kind, name = re.fullmatch(r"(\S+) ([^:]+): (.+)", row["case"]).groups()
        if kind in kinds:
            cells.setdefault(name, {}).setdefault(board, {})[kind] = row["ours"]
    return {name: boards for name, boards in cells.items()
            if any(any(of.values()) for of in boards.values())}


def firmware_cell(numbers, kinds):
    return ", ".join(number(numbers[kind]) for kind in kinds if kind in numbers)


def firmware_section(rows, missed):
    boards = list(dict.fromkeys(row["case"].split(" ")[0] for row in rows))
    yield from FIRMWARE.rstrip("\n").split("\n")
    for title, what, kinds in FIRMWARE_TABLES:
        cells = firmware_cells(rows, kinds)
        if cells:
            yield from ("", title, "")
            yield from table([what, *boards], (
                [name, *(firmware_cell(of.get(board, {}), kinds) for board in boards)]
                for name, of in cells.items()))
    yield from reason_lines(missed)


def page(build, reasons):
    """(lines, what misses its target without a reason)"""
    measured = [(os.path.splitext(os.path.basename(path))[0], read_json(path))
                for path in sorted(glob.glob(os.path.join(build, "bench/*.json")))]
    lines = [*HEAD.rstrip("\n").split("\n"), *summary(measured)]
    unexplained = []
    for name, rows in measured:
        with open(os.path.join(build, "bench", name + ".machine"), encoding="utf-8") as file:
            machine = file.read().strip()
        missed = missed_reasons(name, rows, reasons)
        unexplained += [f"{name}: {case}" for case, reason in missed if not reason]
        lines += bench_section(name, rows, machine, missed)
    firmware = os.path.join(build, "firmware/report.json")
    if os.path.exists(firmware):
        rows = read_json(firmware)
        missed = missed_reasons("firmware", rows, reasons)
        unexplained += [f"firmware: {case}" for case, reason in missed if not reason]
        lines += firmware_section(rows, missed)
    return lines, unexplained


def main():
    build, reasons, output = sys.argv[1:]
    lines, unexplained = page(build, read_json(reasons))
    with open(output, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    for case in unexplained:
        print(f"performance: no reason written for {case}", file=sys.stderr)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
