#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Counts the functions and files that run for one call of the usual operations: travel.py ROOT BUILD

Built without optimisation for the posix port, so that each inline function is one that runs; followed
by valgrind. A reader who steps through a call passes so many, and a count above its limit is an error.
"""
import pathlib
import re
import subprocess
import sys


def limits(root):
    """Of each operation: functions and files that may run, and the goals of the two, as docs/testing.md says."""
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$",
                      (root / "docs/testing.md").read_text(), re.MULTILINE)
    if len(rows) < 8:
        sys.exit("travel.py: docs/testing.md has no table of what one call runs")
    return {operation: tuple(map(int, numbers)) for operation, *numbers in rows}


def build(root, folder):
    """The program on the whole library, which is one compilation."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = [*sorted(root.glob("src/*/*.c")), *sorted(root.glob("ports/posix/*.c")),
               *sorted(root.glob("ports/common/*.c")), root / "tests/travel/travel.c"]
    includes = ["include", "include/standalone", "ports/posix", "ports/common", "src"]
    objects = []
    for source in sources:
        objects.append(folder / f"{source.parent.name}_{source.stem}.o")
        subprocess.run(["gcc", "-std=c11", "-O0", "-g", "-pthread", *(f"-I{root / i}" for i in includes),
                        "-c", "-o", objects[-1], source], check=True)
    program = folder / "travel"
    subprocess.run(["gcc", "-pthread", "-o", program, *objects], check=True)
    return program


def follow(root, folder, program, operation):
    """The functions of the project that ran while the operation did, as (file, function)."""
    output = folder / f"{operation}.callgrind"
    subprocess.run(["valgrind", "-q", "--tool=callgrind", f"--toggle-collect={operation}",
                    "--compress-strings=no", f"--callgrind-out-file={output}", program],
                   check=True, stderr=subprocess.DEVNULL)
    ran, file, function = set(), None, None
    is_call = False
    for line in output.read_text().splitlines():
        name, _, value = line.partition("=")
        if name == "fl":
            file = value
        elif name == "fn":
            function = value
        elif name == "calls":
            is_call = True
        elif re.match(r"[+\-\d*]", line):
            if not is_call and file and str(root) in file:
                ran.add((str(pathlib.Path(file).relative_to(root)), function))
            is_call = False
    return ran


def main():
    root, folder = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    program = build(root, folder)
    failed = False
    for operation, (functions, files, goal, goal_files) in limits(root).items():
        ran = follow(root, folder, program, operation)
        passed = {file for file, _ in ran}
        too_many = len(ran) > functions or len(passed) > files
        failed |= too_many
        print(f"{operation:18} {len(ran):3} functions in {len(passed)} files; at most {functions} in "
              f"{files}, goal {goal} in {goal_files}")
        if too_many or "-v" in sys.argv:
            for file, function in sorted(ran):
                print(f"    {file}: {function}")
    sys.exit(failed)


main()
