#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Mynewt's own suites, no line of them changed, on this library instead of the kernel's os_mempool.c.

    mynewt.py FOLDER PROJECT        NEWT=<program>  SUITES=<package>...  ROWS=<regular expression> chooses rows

PROJECT is a project of newt's, as `newt upgrade` leaves it: project.yml, repos/apache-mynewt-core and what
else the suites need. It stays as it is: a copy in FOLDER gets the library by the blocks of docs/from-mynewt.md,
as a reader of that page would. Each suite runs on the kernel's own file first, then at each check level and with
each option of the kernel's; a test that passes there and not here fails the run.
"""
import os
import re
import shutil
import subprocess
import sys

import yaml

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PAGE = f"{ROOT}/docs/from-mynewt.md"
NEWT = shutil.which(os.environ.get("NEWT") or "newt")
CORE = "repos/apache-mynewt-core"
TARGET = "targets/unittest"
SUITES = (os.environ.get("SUITES") or "@apache-mynewt-core/kernel/os/selftest "
          "@apache-mynewt-core/sys/log/modlog/selftest @apache-mynewt-core/fs/nffs/selftest "
          "@apache-mynewt-nimble/nimble/host/test").split()
# A row: its name; the row whose passing tests must pass here too, or None for the kernel's own file; settings.
ROWS = [
    ("own", None, {}),
    ("own, poison", None, {"OS_MEMPOOL_POISON": 1}),
    ("own, guard", None, {"OS_MEMPOOL_GUARD": 1}),
    ("level 0", "own", {"CISTERN_CHECK": 0}),
    ("level 1", "own", {"CISTERN_CHECK": 1}),
    ("level 2", "own", {"CISTERN_CHECK": 2}),
    ("level 3", "own", {"CISTERN_CHECK": 3}),
    ("poison", "own, poison", {"OS_MEMPOOL_POISON": 1}),
    ("guard", "own, guard", {"OS_MEMPOOL_GUARD": 1}),
]


def page_blocks():
    """The blocks of the page that name their file, and the line that leaves the choice of a level to syscfg."""
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    blocks = {}
    for body in re.findall(r"^```(?:c|yaml)\n(.*?)^```", page, re.S | re.M):
        name = re.match(r"(?:/\* (\S+) \*/|# (\S+))\n", body)
        blocks[name.group(1) or name.group(2)] = body
    blocks["level"] = re.search(r"`(#define CISTERN_CHECK .*?)`", page).group(1) + "\n"
    return blocks


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def as_list(value):
    return value if isinstance(value, list) else [value]


def read_yaml(path):
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as file:
        return yaml.safe_load(file) or {}


def merge(path, text):
    """Adds the settings of `text` to a file of newt's."""
    settings = read_yaml(path)
    for name, value in yaml.safe_load(text).items():
        settings[name] = as_list(settings[name]) + value if name in settings else value
    write(path, yaml.safe_dump(settings))


def copy_project(project, copy):
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(project, copy, ignore_dangling_symlinks=True,
                    ignore=lambda folder, names: {".git", "bin"} if folder == project else {".git"})
    if not os.path.isdir(f"{copy}/{TARGET}"):
        shutil.copytree(f"{copy}/{CORE}/targets/unittest", f"{copy}/{TARGET}")
    # A table that a linker script makes, and the simulator has none: empty. NimBLE's suite links sys/config.
    merge(f"{copy}/{TARGET}/pkg.yml", "pkg.lflags: ['-Wl,--defsym=static_conf_handlers=0', "
                                      "'-Wl,--defsym=__static_conf_handlers_end__=0']")


def add_library(copy):
    """What the page says, but for the level."""
    blocks = page_blocks()
    package = f"{copy}/libs/cistern"
    for folder in ("include", "src"):
        shutil.copytree(f"{ROOT}/{folder}", f"{package}/lib/{folder}")
    write(f"{package}/include/arch/cistern_port.h", blocks["mynewt/arch/cistern_port.h"])
    write(f"{package}/src/faults.c", blocks["faults.c"])
    for name in ("pkg.yml", "syscfg.yml"):
        write(f"{package}/{name}", blocks[f"libs/cistern/{name}"])
    merge(f"{copy}/{CORE}/kernel/os/pkg.yml", blocks[f"{CORE}/kernel/os/pkg.yml"])
    merge(f"{copy}/{TARGET}/pkg.yml", blocks["targets/NAME/pkg.yml"])


def configure(project, copy, settings, is_ours):
    target = read_yaml(f"{project}/{TARGET}/syscfg.yml")
    target["syscfg.vals"] = {**target.get("syscfg.vals", {}), **settings}
    write(f"{copy}/{TARGET}/syscfg.yml", yaml.safe_dump(target))
    if is_ours:
        blocks = page_blocks()
        level = blocks["level"] if "CISTERN_CHECK" in settings else ""
        write(f"{copy}/libs/cistern/include/cistern_config.h", blocks["cistern_config.h"] + level)


def run_suite(copy, suite, log):
    """The names of the tests that pass, and of those that do not."""
    path = suite.split("/", 1)[1]
    output = f"{copy}/bin/targets/unittest/{path.replace('/', '_')}"
    program = f"{output}/app/{suite}/{suite.replace('/', '_')}.elf"
    if os.path.exists(program):
        os.remove(program)
    with open(log, "w", encoding="utf-8") as file:
        tested = subprocess.run([os.path.abspath(NEWT), "test", suite], cwd=copy, stdout=file,
                                stderr=subprocess.STDOUT, check=False)
    if not os.path.exists(program):
        return set(), {"the suite does not build"}
    # newt prints nothing of a suite that passes.
    ran = subprocess.run(["timeout", "120", program], cwd=os.path.dirname(program), capture_output=True, text=True,
                         errors="replace", check=False)
    text = ran.stdout + ran.stderr
    with open(log, "a", encoding="utf-8") as file:
        file.write(text)
    failed = set(re.findall(r"\[FAIL\] (\S+)", text))
    passed = set(re.findall(r"\[pass\] (\S+)", text)) - failed
    if ran.returncode < 0 or (tested.returncode != 0 and not failed):
        failed.add(f"the suite's end, by status {ran.returncode}")
    return passed, failed


def main():
    work, project = (os.path.abspath(folder) for folder in sys.argv[1:3])
    if not os.path.exists(f"{project}/project.yml") or not os.path.isdir(f"{project}/{CORE}"):
        sys.exit(f"MYNEWT={project}: there is no project of newt's (project.yml, {CORE})")
    if os.path.exists(f"{project}/libs/cistern"):
        sys.exit(f"MYNEWT={project}: libs/cistern is in it; the kernel's own pools are needed, to compare with")
    if NEWT is None:
        sys.exit("there is no newt, which builds Mynewt's packages: NEWT=<path of the program>")
    copies = {False: f"{work}/own", True: f"{work}/cistern"}
    for is_ours, copy in copies.items():
        copy_project(project, copy)
        if is_ours:
            add_library(copy)
    results = {}
    failures = []
    for name, reference, settings in ROWS:
        if not re.search(os.environ.get("ROWS") or "", name):
            continue
        copy = copies[reference is not None]
        configure(project, copy, settings, reference is not None)
        for suite in SUITES:
            path = suite.split("/", 1)[1]
            passed, failed = run_suite(copy, suite, f"{work}/{path.replace('/', '_')}, {name}.log")
            results[name, suite] = passed
            print(f"{name:12} {path:28} {len(passed):4} pass{''.join(', not ' + test for test in sorted(failed))}",
                  flush=True)
            lost = results.get((reference, suite), set()) - passed
            if lost:
                failures.append(f"{name}, {suite}: {len(lost)} tests pass on the kernel's own pools only: "
                                + " ".join(sorted(lost)[:3]))
            if not passed:
                failures.append(f"{name}, {suite}: no test passes")
    for failure in failures:
        print(failure)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
