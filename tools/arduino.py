#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the engines as an Arduino library: arduino.py FOLDER URL MAINTAINER

FOLDER/cistern is the library, FOLDER/cistern-VERSION.zip the same for "Add .ZIP Library". Its sources are
the amalgam's; lwIP's and Mynewt's interfaces are left out, since cores with a network have their own.
"""
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging/arduino"
PORT = ROOT / "ports/arduino"


def version():
    text = (ROOT / "include/cistern/version.h").read_text()
    return ".".join(re.findall(r"^#define CISTERN_VERSION_(?:MAJOR|MINOR|PATCH) +(\d+)$", text, re.M))


def main():
    folder = pathlib.Path(sys.argv[1])
    values = {"VERSION": version(), "URL": sys.argv[2], "MAINTAINER": sys.argv[3]}
    library, amalgam = folder / "cistern", folder / "amalgam"
    shutil.rmtree(folder, ignore_errors=True)
    (library / "src").mkdir(parents=True)
    subprocess.run([sys.executable, ROOT / "tools/amalgam.py", amalgam], check=True)

    header = (amalgam / "cistern.h").read_text()
    guard = "#define CISTERN_AMALGAM_H\n"
    (library / "src/cistern.h").write_text(
        header.replace(guard, f'{guard}#define CISTERN_CONFIG_HEADER "cistern_options.h"\n', 1))
    shutil.copy(amalgam / "cistern.c", library / "src")
    shutil.rmtree(amalgam)
    shutil.copytree(PORT / "arch", library / "src/arch")
    (library / "src/cistern_port.c").write_text(
        (PORT / "platform.c").read_text().replace('"cistern/fault.h"', '"cistern.h"'))
    shutil.copy(PACKAGING / "cistern_options.h", library / "src")
    shutil.copytree(PACKAGING / "examples", library / "examples")
    shutil.copy(ROOT / "LICENSE", library)
    properties = (PACKAGING / "library.properties.in").read_text()
    (library / "library.properties").write_text(re.sub(r"@(\w+)@", lambda match: values[match[1]], properties))
    shutil.make_archive(str(folder / f"cistern-{version()}"), "zip", folder, "cistern")


main()
