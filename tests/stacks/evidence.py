#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""docs/evidence.md from what was measured last: evidence.py FOLDER PAGE

FOLDER/*.json have a table each: title, columns, rows and notes. A table that was not measured is not on the page.
"""
import json
import os
import sys

ORDER = ("lwip", "configs", "examples", "server", "device")
OPENING = """# Evidence

What ran on this library, and with which result: software of others, unmodified. `make docs/evidence.md` writes this
page from the tables that the commands below left in `build/stacks`; a table whose command was not run is missing, and
a cell of a row that was not run on that version is empty.

| command | what it runs |
|---|---|
| `make test-lwip LWIP=<tree>` | lwIP's unit suite, applications, echo and fuzz program |
| `make test-stacks LWIP=<tree>` | lwIP with the options of public projects, example programs, a server under load |
| `make test-device` | firmware with a network interface, in an emulator |
"""


def cell(value):
    return str(value).replace("|", "\\|").replace("\n", " ")


def table(page):
    columns = page["columns"]
    lines = [f"## {page['title']}", "", "| " + " | ".join(map(cell, columns)) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(map(cell, row)) + " |" for row in page["rows"]]
    lines += [line for note in page.get("notes", []) for line in ("", note)]
    return "\n".join(lines) + "\n"


def place(name):
    """Where a table stands: server-2.2.1 behind server."""
    kind = name.split("-")[0]
    return ORDER.index(kind) if kind in ORDER else len(ORDER), name


def main(folder, target):
    found = [name[:-5] for name in sorted(os.listdir(folder)) if name.endswith(".json")]
    names = sorted(found, key=place)
    pages = []
    for name in names:
        with open(f"{folder}/{name}.json", encoding="utf-8") as file:
            pages.append(table(json.load(file)))
    if not pages:
        sys.exit(f"{folder} has no table: run one of the commands that docs/evidence.md names")
    with open(target, "w", encoding="utf-8") as file:
        file.write("\n".join([OPENING, *pages]))


if __name__ == "__main__":
    main(*sys.argv[1:])
