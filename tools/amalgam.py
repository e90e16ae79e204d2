#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the library as few files: amalgam.py FOLDER

    cistern.h          cistern.c           the engines: pools, heap, faults
    cistern_lwip.h     cistern_lwip.c      lwIP's mem, memp, pbuf, sys ... on them
    cistern_mynewt.h   cistern_mynewt.c    Mynewt's os_mempool on them
    include/           one line for each public header, that includes the .h which has it now, for
                       ports and for code that is written for lwIP's or Mynewt's names

Each .c is one translation unit and needs its .h, cistern.h and a port's arch/ headers. Options are
given as ever: by lwipopts.h, by CISTERN_CONFIG_HEADER, or by definitions. The faces are those without
lwIP's or Mynewt's own tree; beside such a tree the folders are needed as they are.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = [ROOT / "include", ROOT / "include/standalone", ROOT / "src"]
INCLUDE = re.compile(r'\s*#\s*include\s+"([^"]+)"')
NO_TREE = re.compile(r'__has_include_next\("[^"]+"\)')  # nothing stands behind an amalgam
# What one level of checks leaves unused is no warning in a header, but in one file.
UNUSED = ["#ifdef __clang__", '#    pragma clang diagnostic ignored "-Wunused-function"', "#endif"]
PARTS = {  # name: (public headers, folders of src, what it stands on)
    "cistern": (["cistern"], ["fault", "pool", "heap", "chksum", "trace"], None),
    "cistern_lwip": (["cistern", "lwip", "standalone/lwip"],
                     ["mem", "memp", "pbuf", "def", "stats"], "cistern"),
    "cistern_mynewt": (["os", "standalone/os"], ["os"], "cistern"),
}


def find(name, beside):
    """The file that an include means, or None where a port or the user has it."""
    for folder in [beside, *FOLDERS]:
        path = (folder / name).resolve()
        if path.is_file():
            return path
    return None


def is_guarded(text):
    return re.search(r"^#ifndef (\w+)\n#define \1$", text, re.M) is not None


class Bundle:
    """One file that is being written: text in which includes are replaced by what they name."""

    def __init__(self, known):
        self.known = set(known)  # guarded headers that stand at the top level of this or an earlier file
        self.lines = []

    def add(self, path, depth=0, stack=()):
        text = path.read_text()
        guard = 1 if is_guarded(text) else 0
        if guard and (path in self.known or path in stack):
            return
        if guard and depth == 0:
            self.known.add(path)
        self.lines.append(f"/* --- {path.relative_to(ROOT)} */")
        level = depth - guard  # the guard itself is no condition
        for line in text.splitlines():
            directive = re.match(r"\s*#\s*(if|ifdef|ifndef|endif)\b", line)
            if directive:
                level += -1 if directive[1] == "endif" else 1
            match = INCLUDE.match(line)
            target = find(match[1], path.parent) if match else None
            if target:
                self.add(target, level, (*stack, path))
            elif "SPDX-License-Identifier" not in line:
                self.lines.append(NO_TREE.sub("0", line))

    def write(self, path, opening):
        path.write_text("\n".join([*opening, *self.lines, ""]))


# These stand where others include them: a port's header may come first, or the options.
IN_PLACE = {"priv", "pool_plain.h", "agree.h"}


def stands_on_lwip(header):
    return '#include "lwip/' in header.read_text()


def headers_of(name, folders):
    """Headers that stand for themselves. Of include/cistern, those on lwIP's are of lwIP's part."""
    for folder in folders:
        for path in sorted((ROOT / "include" / folder).glob("**/*.h")):
            misplaced = folder == "cistern" and stands_on_lwip(path) != (name == "cistern_lwip")
            in_place = path.parent.name in IN_PLACE or path.name in IN_PLACE
            if is_guarded(path.read_text()) and not misplaced and not in_place:
                yield path


def write_forwarder(out, header, name):
    """include/lwip/pbuf.h of the output says where lwip/pbuf.h is."""
    folder = next(f for f in reversed(FOLDERS[:2]) if f in header.parents)
    path = out / "include" / header.relative_to(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#include "{name}.h"\n')


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    spdx = "/* SPDX-License-Identifier: BSD-3-Clause */"
    known = {}
    for name, (headers, sources, base) in PARTS.items():
        below = known.get(base, set())
        bundle = Bundle(below)
        for header in headers_of(name, headers):
            bundle.add(header)
        guard = f"{name.upper()}_AMALGAM_H"
        bundle.lines += ["", "#endif"]
        bundle.write(out / f"{name}.h", [spdx, f"#ifndef {guard}", f"#define {guard}"] +
                     ([f'#include "{base}.h"'] if base else []))
        for header in headers_of(name, headers):
            write_forwarder(out, header, name)
        known[name] = bundle.known
        code = Bundle(bundle.known)
        for folder in sources:
            for source in sorted((ROOT / "src" / folder).glob("*.c")):
                code.add(source)
        code.write(out / f"{name}.c", [spdx, f'#include "{name}.h"', *UNUSED])


main()
