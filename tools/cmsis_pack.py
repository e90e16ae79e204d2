#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the CMSIS-Pack cistern.cistern.VERSION.pack: cmsis_pack.py FOLDER URL

Its description is packaging/cmsis/cistern.pdsc.in, in which each comment "sources: FOLDER..." becomes a
line for every .c of these folders. URL is where packs and descriptions are published.
"""
import pathlib
import re
import sys
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ["include", "src", "ports/bare", "ports/common/arch", "ports/oslayer"]
SUFFIXES = [".c", ".h", ".inc", ".S"]
FILES = ["LICENSE", "README.md", "CHANGELOG.md", "packaging/cmsis/lwipopts.h"]


def version():
    text = (ROOT / "include/cistern/version.h").read_text()
    return ".".join(re.findall(r"^#define CISTERN_VERSION_(?:MAJOR|MINOR|PATCH) +(\d+)$", text, re.M))


def sources(match):
    lines = [f'<file category="source" name="{path.relative_to(ROOT)}"/>'
             for folder in match[2].split() for path in sorted((ROOT / folder).glob("*.c"))]
    return "\n".join(match[1] + line for line in lines)


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    text = (ROOT / "packaging/cmsis/cistern.pdsc.in").read_text()
    text = re.sub(r"^( *)<!-- sources: (.*) -->$", sources, text, flags=re.M)
    text = text.replace("@VERSION@", version()).replace("@URL@", sys.argv[2])
    text = text.replace("@DATE@", time.strftime("%Y-%m-%d"))
    (out / "cistern.cistern.pdsc").write_text(text)
    names = FILES + re.findall(r'category="doc" name="([^"]+)"', text)
    names += [str(path.relative_to(ROOT)) for folder in FOLDERS
              for path in sorted((ROOT / folder).rglob("*.*")) if path.suffix in SUFFIXES]
    with zipfile.ZipFile(out / f"cistern.cistern.{version()}.pack", "w", zipfile.ZIP_DEFLATED) as pack:
        pack.write(out / "cistern.cistern.pdsc", "cistern.cistern.pdsc")
        for name in names:
            pack.write(ROOT / name, name)


main()
