#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes from the tables of options in the headers, or verifies with --check:

    docs/options.md           the page of all options
    zephyr/Kconfig            those whose values are numbers, as Zephyr's symbols
    zephyr/lwipopts.h         the options, from the values of these symbols
    Kconfig                   those of the engines alone, as ESP-IDF's symbols
    ports/esp-idf/cistern_options.h

The check also looks for options that include/, src/ or ports/ read and that no table has, whoever's they are,
and for defaults in a table that are not those of the header.
"""
import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/options.md"
SECTIONS = [  # heading, headers with a table of options
    ("The engines", ["include/cistern/config.h", "include/cistern/chksum.h"]),
    ("Packet buffers", ["include/lwip/pbuf.h", "include/cistern/pbuf_history.h"]),
    ("lwIP's options that the library reads", ["include/standalone/lwip/opt.h", "include/lwip/sys.h",
                                               "include/lwip/def.h", "include/lwip/debug.h",
                                               "include/lwip/inet_chksum.h", "src/mem/mem.c", "src/mem/mem_custom.c",
                                               "src/memp/memp_calls.h", "src/memp/memp_types.h",
                                               "src/pbuf/pbuf_ooseq.c", "src/stats/stats.c"]),
    ("Mynewt's options that the library reads", ["include/os/os_mempool.h"]),
    ("Compiler and target, in lwipopts.h or the port's cc.h", ["include/lwip/arch.h"]),
    ("Ports of hosts", ["ports/common/arch/sys_names.h", "ports/common/sys_thread.c",
                        "ports/posix/arch/sys_arch.h"]),
    ("The bare port", ["ports/bare/arch/sys_arch.h", "ports/bare/cistern_bare.h",
                       "ports/bare/cortex-m/arch/cistern_cpu.h", "ports/bare/cortex-m/switch.c", "ports/bare/cortex-m/tick.c",
                       "ports/bare/riscv/trap.h"]),
    ("Systems with semaphores and threads", ["ports/rtos/rtos.h"]),
    ("The FreeRTOS port", ["ports/freertos/arch/sys_arch.h", "ports/freertos/sys_arch.c"]),
    ("A port written for lwIP", ["ports/lwip/arch/cistern_port.h"]),
]
# Kconfig's ports have no OS layer (NO_SYS 1), so that these have no effect.
OS_LAYER = {"NO_SYS", "LWIP_TCPIP_CORE_LOCKING", "LWIP_NETCONN_SEM_PER_THREAD", "SYS_STATS"}
LARGEST = 2147483647  # of Kconfig's numbers
RANGES = {  # of numbers whose table says it in words
    "CISTERN_CHKSUM_ALGORITHM": (1, 4), "LWIP_CHKSUM_ALGORITHM": (1, 3), "OS_ALIGNMENT": (4, 16),
    "CISTERN_HEAP_INDEX_BITS": (16, 64), "OS_MEMPOOL_POISON": (0, 1), "OS_MEMPOOL_GUARD": (0, 1)}
WORDS = {"CISTERN_HEAP_FIT": ["good", "first"]}  # the first is the default
COLUMNS = ["option", "default", "range", "effect"]
NO_OPTIONS = re.compile("|".join([  # macros that conditions ask for, and that are not the user's to define
    r"(?!LWIP_NO_)\w+_H", r"\w+_", r"H_\w+",  # guards of headers, and what is pasted together
    r"(U?INT(PTR)?\d*|S?SIZE)_MAX", r"ATOMIC_\w+", "NULL",  # C's
    r"PTHREAD_\w+", "NOMINMAX", "WIN32_LEAN_AND_MEAN", r"CONFIG_\w+",  # a system's
    r"(SLIST|STAILQ|LIST|TAILQ)_\w+", "ARRAY_SIZE", "CONTAINER_OF",  # sys/queue.h's, or a tree's
    r"CISTERN_(STANDALONE|READS_LWIPOPTS|\w+_IS_LWIPS|MEMP_LAID_OUT|HEAP_OF_32_BITS|TRACE_SECTION)",  # ours
    r"LWIP_(MALLOC|PBUF)_MEMPOOL", "SYS_NAME_PART", "SYS_OBJECT_COUNT",  # what who includes a list says
    r"CISTERN_(PORT_\w+|FREERTOS_ENTER|BARE_\w+_HANDLER)"]))  # what a port says
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*|\\\n", re.S)
OPENING = """# Options

Each is a macro: in `lwipopts.h`, in the header that `CISTERN_CONFIG_HEADER` names, or on the compiler's
command line. The library and all that uses it must be compiled with the same values. The linker compares those
that decide layouts or what inline functions and macros do, as far as it can: the list is in
[`cistern/agree.h`](../include/cistern/agree.h) and
[`lwip/priv/options_agree.h`](../include/lwip/priv/options_agree.h). `below` in a column means the text behind the
table, here or in the header that the row comes from. Contradictions and sizes out of range end the build with a
message; where the range of an option of lwIP's is 0, 1, another number counts as 1.

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
            if row[0] in ("option", "name"):
                names = ["option", *("effect" if name.startswith(("effect", "what", "meaning")) else name
                                     for name in row[1:])]
        elif row[0] == "" or rows and rows[-1]["option"].endswith(","):
            for name, text in zip(names, row):
                rows[-1][name] = f"{rows[-1][name]} {text}".strip()
        elif not set(row[0]) <= set("-"):
            rows.append(dict(zip(names, row)))
    if not rows:
        sys.exit(f"options.py: {path.relative_to(ROOT)} has no table of options")
    return rows


def explained(path):
    """What a header's opening says behind the table of single options: their names, each with its lines."""
    opening = re.search(r"^/\* .*?\*/$", path.read_text().partition("\n")[2], re.M | re.S)[0]
    options = {row["option"] for row in table(path)}
    return [(name, textwrap.dedent(re.sub(r"^ \*", "", text, flags=re.M)).rstrip())
            for name, text in re.findall(r"^ \* (\w+)\n((?: \*   .*\n)+)", opening, re.M) if name in options]


def quoted(text):
    """A header's name is no tag of HTML."""
    return re.sub(r"(<\w+\.h>)", r"`\1`", text)


def page():
    lines = [OPENING]
    for heading, headers in SECTIONS:
        lines += [f"## {heading}", ""]
        for header in headers:
            rows = table(ROOT / header)
            columns = [c for c in COLUMNS if any(c in row for row in rows)]
            lines += [f"From [`{header.removeprefix('include/')}`](../{header}):", "",
                      "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
            lines += ["| " + " | ".join(f"`{row[c]}`" if c == "option" else quoted(row.get(c, "")) for c in columns) +
                      " |" for row in rows]
            lines.append("")
            for name, text in explained(ROOT / header):
                lines += [f"`{name}`:", "", "```", text, "```", ""]
    return "\n".join(lines)


def names_of(option):
    """The names in a row: NAME, or NAME_BEFORE, _AFTER; none where a value is an argument or code."""
    first, *others = option.split(", ")
    if not re.fullmatch(r"[A-Z][A-Z0-9_]+", first):
        return []
    return [first] + [first[:first.rindex("_")] + other for other in others if other.startswith("_")]


def range_of(name, row):
    """The least and the largest value of a numeric option; None for one whose value is C code."""
    text, default = row.get("range", ""), row.get("default", "")
    if name in RANGES:
        return RANGES[name]
    if match := re.fullmatch(r"(\d+)\.\.(\d*)", text):
        return int(match[1]), int(match[2] or LARGEST)
    if re.fullmatch(r"\d(, \d)+", text):
        return int(text[0]), int(text[-1])
    if not default.isdigit():
        return None
    if re.match("[01]: ", row["effect"]):
        return 0, 1
    return min(1, int(default)), 32768 if text == "2^n" else LARGEST


def symbol(name):
    return name if name.startswith("CISTERN_") else f"CISTERN_{name}"


def kconfig_entry(name, row, limits):
    """One option: a bool, a choice of words, or a number; -1 leaves the default to the library."""
    text = ["    help", *textwrap.wrap(row["effect"], 90, initial_indent="      ", subsequent_indent="      ")]
    if name in WORDS:
        members = [line for word in WORDS[name] for line in
                   (f"config {symbol(name)}_{word.upper()}", f'    bool "{word}"', "")]
        return [f"choice {symbol(name)}", f'    prompt "{name}"',
                f"    default {symbol(name)}_{WORDS[name][0].upper()}", *text, "", *members, "endchoice", ""]
    default = row.get("default", "")
    if limits == (0, 1) and default.isdigit():
        return [f"config {symbol(name)}", f'    bool "{name}"', f"    default {'ny'[int(default)]}", *text, ""]
    least = limits[0] if default.isdigit() else -1
    if least < 0:
        text.append("      -1: the library's own default" +
                    (f" ({default})." if default not in ("", "below") else "."))
    return [f"config {symbol(name)}", f'    int "{name}"', f"    range {least} {limits[1]}",
            f"    default {default if least >= 0 else -1}", *text, ""]


def definition(name, row, limits):
    """The lines that define an option where its symbol has another value than the default."""
    config, default = f"CONFIG_{symbol(name)}", row.get("default", "")
    if name in WORDS:
        return [line for word in WORDS[name][1:] for line in
                (f"#ifdef {config}_{word.upper()}", f"#    define {name} {word}", "#endif")]
    if limits == (0, 1) and default.isdigit():
        test, value = ("#ifndef", 0) if default == "1" else ("#ifdef", 1)
        return [f"{test} {config}", f"#    define {name} {value}", "#endif"]
    return [f"#if {config} != {default if default.isdigit() else -1}", f"#    define {name} {config}", "#endif"]


class Kconfig:
    """A Kconfig and the header with the options from its symbols, of some sections of the page."""

    def __init__(self, kconfig, header, sections, opening, closing, guard, top):
        self.kconfig, self.header, self.sections = ROOT / kconfig, ROOT / header, sections
        self.opening, self.closing, self.guard, self.top = opening, closing, guard, top

    def options(self):
        """Name, row and range of each option that Kconfig can have; the first table's row of each."""
        seen = set(OS_LAYER)
        headers = [header for heading, headers in SECTIONS if heading in self.sections for header in headers]
        rows = [(header, row) for header in headers if header != "include/lwip/sys.h" for row in table(ROOT / header)]
        for header, row in rows:
            row = row | {"effect": row["effect"].replace("see below", f"see {header.removeprefix('include/')}")}
            for name in names_of(row["option"]):
                limits = range_of(name, row)
                if name not in seen and (limits or name in WORDS):
                    seen.add(name)
                    yield name, row, limits

    def kconfig_text(self):
        lines = ["# SPDX-License-Identifier: BSD-3-Clause",
                 "# Written by tools/options.py from the tables of options in the headers: make options.", "",
                 *self.opening,
                 "config CISTERN_USE_OPTIONS_HEADER", '    bool "Options whose values are C code, in a header"', "",
                 "config CISTERN_OPTIONS_HEADER", '    string "Name of that header"',
                 "    depends on CISTERN_USE_OPTIONS_HEADER", '    default "cistern_user_options.h"', "    help",
                 "      A header that library and application find, which defines macros and types",
                 "      (CISTERN_ASSERT, CISTERN_POOL_KEY, LWIP_PBUF_REF_T): docs/options.md lists them.", ""]
        for option in self.options():
            lines += kconfig_entry(*option)
        return "\n".join([*lines, self.closing, ""])

    def header_text(self):
        name = self.header
        lines = ["/* SPDX-License-Identifier: BSD-3-Clause */",
                 f"/* {name.name} ({name.parent.name}) - the options, from the values that Kconfig has for them. One",
                 " * with its default is left to the library, which derives some from others.",
                 " * Written by tools/options.py: make options. */",
                 f"#ifndef {self.guard}", f"#define {self.guard}", "", *self.top, "",
                 "#ifdef CONFIG_CISTERN_USE_OPTIONS_HEADER", "#    include CONFIG_CISTERN_OPTIONS_HEADER", "#endif", ""]
        for option in self.options():
            lines += definition(*option)
        return "\n".join([*lines, "", "#endif", ""])


KCONFIGS = [
    Kconfig("zephyr/Kconfig", "zephyr/lwipopts.h", [heading for heading, _ in SECTIONS[:4]],
            ["menuconfig CISTERN", '    bool "cistern: pools, a heap and packet buffers"', "    help",
             "      lwIP's mem, memp and pbuf and Mynewt's os_mempool, on one set of engines.", "", "if CISTERN", ""],
            "endif", "LWIP_LWIPOPTS_H",
            ["#ifndef CONFIG_CISTERN", '#    error "set CONFIG_CISTERN=y in prj.conf"', "#endif", "",
             "#define NO_SYS 1 /* threads are Zephyr's own */"]),
    Kconfig("Kconfig", "ports/esp-idf/cistern_options.h", ["The engines"], ['menu "cistern"', ""], "endmenu",
            "CISTERN_ESP_IDF_OPTIONS_H", ['#include "sdkconfig.h"']),
]


def documented():
    """The names in the tables, and a pattern for those that a row ends with * or ...; a name after the first
    may leave out what both begin with."""
    names, beginnings = set(), []
    for option in (row["option"] for _, headers in SECTIONS for header in headers for row in table(ROOT / header)):
        first, *others = re.findall(r"\w+", re.sub(r"\([^)]*\)", "", option)) or [""]
        ends = [place.end() for place in re.finditer("_", first)]
        names |= {first, *others} | {first[:end] + other.lstrip("_") for other in others for end in ends}
        beginnings += re.findall(r"(\w+)(?:\*|\.\.\.)", option)
    return names, re.compile("|".join(beginnings))


def conditions(text):
    """The names that the conditions of a file ask for; those that it defines, under a condition on them or not."""
    asked, defaults, fixed, open_ones = set(), set(), set(), []
    for word, rest in re.findall(r"^[ \t]*#[ \t]*(\w+)[ \t]*(.*)", COMMENT.sub(" ", text), re.M):
        names = set(re.findall(r"[A-Za-z_]\w*", rest))
        if word in ("if", "ifdef", "ifndef"):
            open_ones.append(names)
        elif word == "elif":
            open_ones[-1] = open_ones[-1] | names
        elif word == "endif":
            open_ones.pop()
        if word in ("if", "ifdef", "ifndef", "elif"):
            asked |= names
        elif word == "define":
            name = re.match(r"\w+", rest)[0]
            (defaults if any(name in names for names in open_ones) else fixed).add(name)
    return asked, defaults, fixed


def undocumented():
    """Options: macros that a condition asks for and that the library leaves to somebody else."""
    known, beginning = documented()
    asked, defaults, fixed = {}, set(), set()
    for path in sorted(path for folder in ("include", "ports", "src") for path in (ROOT / folder).rglob("*")
                       if path.suffix in (".c", ".h", ".inc")):
        names, here, always = conditions(path.read_text())
        defaults |= here
        fixed |= always
        for name in names:
            asked.setdefault(name, path.relative_to(ROOT))
    for name, path in sorted(asked.items()):
        is_macro = re.fullmatch("[A-Z][A-Z0-9_]+", name) and not NO_OPTIONS.fullmatch(name)
        if is_macro and name not in known | (fixed - defaults) and not beginning.match(name):
            yield f"{path}: the option {name} stands in no table"


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
    written = {PAGE: page()}
    for kconfig in KCONFIGS:
        written |= {kconfig.kconfig: kconfig.kconfig_text(), kconfig.header: kconfig.header_text()}
    if "--check" not in sys.argv:
        for path, text in written.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return
    problems = [*undocumented(), *repeated(), *wrong_defaults()]
    problems += [f"{path.relative_to(ROOT)} is not what the headers say: run make options"
                 for path, text in written.items() if not path.exists() or path.read_text() != text]
    if problems:
        sys.exit("\n".join(problems))


main()
