#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes docs/options.md from the tables of options in the headers, or verifies it: options.py [--check]

The check also looks for options of the library that no table has, and for defaults in a table that
are not those of the header.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/options.md"
SECTIONS = [  # heading, headers with a table of options
    ("The engines", ["include/cistern/config.h", "include/cistern/chksum.h"]),
    ("Packet buffers", ["include/lwip/pbuf.h", "include/cistern/pbuf_history.h"]),
    ("lwIP's options that the library reads", ["include/standalone/lwip/opt.h", "include/lwip/sys.h",
                                               "include/lwip/def.h", "include/lwip/inet_chksum.h"]),
    ("Mynewt's options that the library reads", ["include/os/os_mempool.h"]),
    ("Ports of hosts", ["ports/common/arch/sys_names.h", "ports/posix/arch/sys_arch.h"]),
    ("The bare port", ["ports/bare/arch/sys_arch.h", "ports/bare/cistern_bare.h",
                       "ports/bare/cortex-m/arch/cistern_cpu.h", "ports/bare/cortex-m/switch.c", "ports/bare/cortex-m/tick.c",
                       "ports/bare/riscv/trap.h"]),
    ("Systems with semaphores and threads", ["ports/rtos/rtos.h"]),
    ("The FreeRTOS port", ["ports/freertos/arch/sys_arch.h"]),
]
COLUMNS = ["option", "default", "range", "effect"]
INTERNAL = re.compile(r"_H$|_$|^CISTERN_(MEMP_LAID_OUT|STANDALONE|LWIP_LEVEL|FREERTOS_YIELD|BARE_EXC|BARE_\w+_HANDLER)")
OPENING = """# Options

Each is a macro: in `lwipopts.h`, in the header that `CISTERN_CONFIG_HEADER` names, or on the compiler's
command line. The library and all that uses it must be compiled with the same values; of those that decide
struct layouts the linker compares them. `below` in a column means the text behind the table in the
header that the row comes from. Contradictions and values out of range end the build with a message.

`make options` writes this page from the headers.
"""


def cells(line):
    return [cell.strip() for cell in line.strip(" *\n").strip("|").split("|")]


def table(path):
    """The rows of a header's first table of options, as dictionaries; continued rows are joined."""
    rows, names = [], None
    for line in path.read_text().splitlines():
        if not re.match(r" \* \|", line):
            if names:
                break
            continue
        row = cells(line)
        if names is None:
            if row[0] == "option":
                names = ["effect" if name.startswith(("effect", "what")) else name for name in row]
        elif set(row[0]) <= set("-"):
            if row[0] == "":
                for name, text in zip(names, row):
                    rows[-1][name] = f"{rows[-1][name]} {text}".strip()
        else:
            rows.append(dict(zip(names, row)))
    if not rows:
        sys.exit(f"options.py: {path.relative_to(ROOT)} has no table of options")
    return rows


def page():
    lines = [OPENING]
    for heading, headers in SECTIONS:
        lines += [f"## {heading}", ""]
        for header in headers:
            rows = table(ROOT / header)
            columns = [c for c in COLUMNS if any(c in row for row in rows)]
            lines += [f"From [`{header.removeprefix('include/')}`](../{header}):", "",
                      "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
            lines += ["| " + " | ".join(f"`{row[c]}`" if c == "option" else row.get(c, "")
                                        for c in columns) + " |" for row in rows]
            lines.append("")
    return "\n".join(lines)


def documented():
    text = " ".join(row["option"] for _, headers in SECTIONS for h in headers for row in table(ROOT / h))
    return set(re.findall(r"\w+", text))


def undocumented():
    """Options of the library: macros that a header or source defines unless the user did."""
    known = documented()
    for folder in ("include", "ports", "src"):
        for path in sorted((ROOT / folder).rglob("*.[ch]")):
            for name in re.findall(r"^#\s*ifndef (CISTERN_\w+)\n#\s*define \1\b", path.read_text(), re.M):
                if name not in known and not INTERNAL.search(name):
                    yield f"{path.relative_to(ROOT)}: the option {name} stands in no table"


def repeated():
    for _, headers in SECTIONS:
        for header in headers:
            names = [row["option"] for row in table(ROOT / header)]
            for name in sorted({n for n in names if names.count(n) > 1}):
                yield f"{header}: the table has {name} more than once"


def wrong_defaults():
    """Numbers in a table that are not those of the header that has the table."""
    for _, headers in SECTIONS:
        for header in headers:
            text = (ROOT / header).read_text()
            for row in table(ROOT / header):
                default = re.search(rf"^#\s*ifndef {re.escape(row['option'])}\b.*\n#\s*define \S+ (\d+)$",
                                    text, re.M)
                if default and row.get("default", "").isdigit() and row["default"] != default[1]:
                    yield f"{header}: the default of {row['option']} is {default[1]}, not {row['default']}"


def main():
    if "--check" not in sys.argv:
        PAGE.write_text(page())
        return
    problems = [*undocumented(), *repeated(), *wrong_defaults()]
    if PAGE.read_text() != page():
        problems.append("docs/options.md is not what the headers say: run make options")
    if problems:
        sys.exit("\n".join(problems))


main()
