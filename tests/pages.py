#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Every command of every page runs, every link leads to a file and its heading, and C compiles: pages.py ROOT

A command stands in a block of language sh, or in a line as `make ...` or `cistern ...`. Those that take
seconds are run here, word by word, page after page, in a copy of the tree whose path has a space. The others
are what `make test-all` runs, or stand in ELSEWHERE with the reason. An entry that no page has is an error,
and so is a command that stands in a block of another language.

A block of C is paragraphs of declarations, then paragraphs of statements, of which either may be none; what its text
says of names that it does not declare stands in NAMES.
"""
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(sys.argv[1]).resolve()
PAGES = [path for pattern in ("*.md", "docs/*.md", "samples/*.md", "examples/**/*.md", "ports/**/*.md", "tests/**/*.md")
         for path in sorted(ROOT.glob(pattern))]

BY_HAND = "takes long and depends on the machine: run by hand for docs/performance.md"
BY_HAND_TREE = "fetches lwIP and builds its firmware a dozen times; run by hand for docs/evidence.md"
ELSEWHERE = {
    # command, or how it begins: why it is not run here
    "cc events.c": "tests/readme.sh",
    "cc frames.c": "tests/readme.sh",
    "cc sensor.c": "tests/readme.sh",
    "cc shared.c": "tests/readme.sh",
    "cp -r ports/template": "tests/port/walk.sh runs the whole block",
    "make deb": "make test-install runs it, then tests/deb.sh",
    "apt-get install ./build/deb/": "changes the system; tests/deb.sh unpacks the same packages",
    "make demo BUILD=": "tests/distributions.sh runs it, in each root",
    "make test-install DISTRIBUTIONS=": "installs four systems, for a quarter of an hour; run by hand at a release",
    "cmake --install": "in a sentence; the command is in the block of docs/install.md",
    "cpackget add": "needs the program of that name, which Debian has not; tests/packages.py reads the pack",
    "conan create": "needs the program of that name, which Debian has not; tests/packages.py has a stand-in",
    "vcpkg install": "needs the program of that name, which Debian has not; tests/packages.py has a stand-in",
    "idf.py menuconfig": "needs ESP-IDF, which Debian has not; tests/packages.py reads its Kconfig",
    "CORE=": "needs trees of lwIP 2.2, FreeRTOS; test-lwip, demo-firmware and test-freertos build the same of others",
    "make test-freertos": "needs a kernel's tree",
    "make test-mynewt": "needs a project of newt's; its page's code is in make test",
    "make demo-firmware FREERTOS=": "needs a kernel's tree; make test-all runs it without",
    "make test-device": BY_HAND_TREE,
    "cc=\"arm-none-eabi-gcc": "make test-device runs both commands",
    "make test-lwip LWIP=": "needs a tree of the user's",
    "make test-stacks LWIP=": "needs a tree of the user's",
    "make test-stacks ROWS=": "make test-all runs test-stacks, these rows among others",
    "make truth": "captures a server's traffic anew, which no test depends on; run by hand when lwIP changes",
    "make performance": BY_HAND,
    "make bench-": BY_HAND,
    "make firmware FIRMWARE_FLAGS=--accept": "accepts what make firmware refuses",
    "make docs/": "writes a page that a test compares",
    "samples/record.sh": "records anew, with a dozen servers that it installs; run by hand when a capture changes",
    "cistern size FILE": "in a sentence: a capture of the user's",
    "cistern size --hci FILE": "in a sentence: a capture of the user's",
    "cistern replay FILE": "in a sentence: a capture of the user's",
}
# Of these the whole block is elsewhere: its lines need one another.
WHOLE = ("cp -r ports/template", "CORE=", "cc=\"arm-none-eabi-gcc")
# What a line of a page begins with when it is a command. A name alone, as `cistern size`, is none.
PROGRAMS = r"make|cistern|cc|gcc|cmake|apt-get|cpackget|conan|vcpkg|idf\.py|west|git|cp|samples/record\.sh|\./\w+"
COMMAND = re.compile(rf"(?:\$ )?((?:{PROGRAMS}) [^`]*|samples/record\.sh|PATH=\S*)")
DIAGRAM = re.compile(r"  +\S+ {2,}|-->|\|")


NAMES = {
    "docs/custom-pools.md": """struct sample { int value; }; struct rx_buffer; extern struct rx_buffer *buffer;
        extern u16_t length; void give_back_to_ring(struct rx_buffer *);""",
    "docs/pbufs.md": "extern void *frame; extern u16_t length; extern struct pbuf *packet; void input(struct pbuf *);",
    "docs/checksum.md": """extern u16_t checksum, old_field, new_field; extern size_t offset;
        extern u32_t old_address, new_address;""",
    "docs/porting.md": "void board_panic(const char *, const char *, int); void board_printf(const char *, ...);",
}
HEADERS = ["assert.h", "stdio.h", "string.h", "lwip/mem.h", "lwip/memp.h", "lwip/pbuf.h", "lwip/inet_chksum.h",
           "cistern/heap.h", "cistern/pbuf.h", "cistern/fault.h"]


def expect(condition, text):
    if not condition:
        sys.exit(f"pages.py: {text}")


def closure(target):
    """The targets that make runs for one."""
    makefile = (ROOT / "Makefile").read_text()
    found, todo = set(), [target]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            for rule in re.findall(rf"^{re.escape(name)}:([^=#\n]*)(?:#.*)?$", makefile, re.M):
                todo += rule.split()
    return found


IN_TEST_ALL = closure("test-all")
used = set()


def elsewhere(command):
    keys = [key for key in ELSEWHERE if command.startswith(key)]
    used.update(keys)
    words = command.split()
    return keys or (words[0] == "make" and len(words) == 2 and words[1] in IN_TEST_ALL - {"release", "lib"})


def logical_lines(block):
    """Its commands, each with the lines that continue it, and without comments."""
    text = re.sub(r"[ \t]+# .*$", "", block, flags=re.M)
    text = re.sub(r"(\\|\|)\n\s*", lambda match: "" if match[1] == "\\" else "| ", text)
    return [line for line in text.splitlines() if line.strip()]


def commands_of(page):
    """The scripts of a page that run here, in the page's order."""
    text = page.read_text()
    fence = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
    name = page.relative_to(ROOT)
    scripts = []
    for language, block in fence.findall(text):
        if language == "sh":
            lines = logical_lines(block)
            if elsewhere(lines[0]) and lines[0].startswith(WHOLE):
                continue
            scripts.append("\n".join(line for line in lines if not elsewhere(line)))
        elif language == "":
            for line in block.splitlines():
                found = COMMAND.match(line)
                if found and not DIAGRAM.search(line):
                    expect(line.startswith("$ "), f"{name}: the block with \"{line}\" is not of language sh")
                    scripts.append(found[1])
    text = fence.sub("", text)
    for line in text.splitlines():
        expect(not re.match(rf"    ({PROGRAMS}) ", line), f"{name}: \"{line.strip()}\" is in no block of language sh")
    for span in re.findall(r"`([^`]+)`", text):
        span = " ".join(span.split())
        if not COMMAND.fullmatch(span) or elsewhere(span):
            continue
        if span.startswith("cistern ") and not span.endswith(("--help", "--version")):
            expect_option(name, span)
            continue
        scripts.append(span)
    return [script for script in scripts if script]


def expect_option(name, span):
    """A sentence names a command, or an option of one."""
    match = re.fullmatch(r"cistern (replay|size)((?: --[a-z-]+)*)", span)
    expect(match, f"{name}: `{span}` is neither a command's name nor one that can run")
    for option in match[2].split():
        options.append((name, match[1], option))


def without_blocks(page):
    return re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.M | re.S)


def anchors(page):
    """The names by which links know a page's headings."""
    headings = re.findall(r"^#+ (.*)$", without_blocks(page), re.M)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def expect_links(page):
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", without_blocks(page)):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        expect(target.exists(), f"{page.relative_to(ROOT)}: {link} is not there")
        expect(not anchor or anchor in anchors(target), f"{page.relative_to(ROOT)}: {link} has no such heading")


def compiles(text):
    folders = ["include", "include/standalone", "ports/posix", "ports/common", "src", "tests"]
    command = ["cc", "-std=gnu11", "-Werror=implicit-function-declaration", "-fsyntax-only", "-DCISTERN_TRACE=1",
               *(f"-I{ROOT / folder}" for folder in folders), "-x", "c", "-"]
    return subprocess.run(command, input=text, text=True, capture_output=True).returncode == 0


def expect_code(page):
    """Blocks that begin with a file's name are the tests' own: readme.sh, from_mynewt.sh, walk.sh, packages.py."""
    name = page.relative_to(ROOT).as_posix()
    prelude = "".join(f"#include <{header}>\n" for header in HEADERS) + NAMES.get(name, "") + "\n"
    for block in re.findall(r"^```c\n(.*?)^```$", page.read_text(), re.M | re.S):
        if re.match(r"/\* \S+\.[ch] \*/", block):
            continue
        parts = block.split("\n\n")
        forms = ("\n\n".join(parts[:i]) + "\nvoid a_function(void)\n{\n" + "\n\n".join(parts[i:]) + "\n}\n"
                 for i in range(len(parts), -1, -1))
        expect(any(compiles(prelude + form) for form in forms), f"{name}: does not compile:\n{block}")


options = []


def main():
    with tempfile.TemporaryDirectory(prefix="a page ") as work:
        tree = pathlib.Path(work) / "cistern"
        tree.mkdir()
        subprocess.run(f"tar -c --exclude=./build --exclude=./.git . | tar -x -C {shlex.quote(str(tree))}",
                       shell=True, cwd=ROOT, check=True)
        environment = {key: value for key, value in os.environ.items() if not re.match("MAKE|MFLAGS|BUILD$", key)}
        environment |= {"PATH": f"{environment['PATH']}:{tree}/build/release/tools/cistern",
                        "DESTDIR": f"{work}/destination"}
        subprocess.run(["make", "-s", "release"], cwd=tree, env=environment, check=True)
        count, done = 0, set()
        for page in PAGES:
            expect_links(page)
            expect_code(page)
            for script in commands_of(page):
                if script in done:
                    continue
                done.add(script)
                # TREE is the user's name for the repository, which an install starts from elsewhere.
                folder = tree
                if "TREE" in script:
                    folder = pathlib.Path(tempfile.mkdtemp(dir=work))
                    script = script.replace("TREE", shlex.quote(str(tree)))
                result = subprocess.run(["sh", "-euc", script], cwd=folder, env=environment, text=True, timeout=600,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                expect(result.returncode == 0, f"{page.relative_to(ROOT)}: status {result.returncode} of\n{script}\n"
                       f"{result.stdout[-3000:]}")
                count += len(script.splitlines())
        for name, command, option in options:
            text = subprocess.run(["cistern", command, "--help"], env=environment, capture_output=True, text=True).stdout
            expect(f"{option} " in text or f"{option}\n" in text, f"{name}: cistern {command} has no {option}")
    expect(used == set(ELSEWHERE), f"no page has {sorted(set(ELSEWHERE) - used)}")
    print(f"pages: {len(PAGES)} pages, {count} commands ran, {len(ELSEWHERE)} are of elsewhere")


main()
