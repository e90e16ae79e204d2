#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""lwIP with the options of public projects, on this library: a matrix with counts.

    stacks.py FOLDER [TREE] [--some]          ROWS=<regular expression> chooses rows; server.py has variables of its own

FOLDER may exist from an earlier run. TREE is a folder with lwIP's sources; without it, Debian's source package
is fetched. --some leaves out rows that are like others. The rows:

  configs    configs/<name> has the lwipopts.h of a project: all of lwIP's src/ compiles with it, without a
             warning that lwIP alone does not have, links, and carries TCP and UDP (loop.c), on 64 and 32 bits;
             nothing fails, nothing stays in use
  examples   examples/vendors: each program runs to its end
  server     server.py: lwIP's HTTP server on a TAP device, and its sockets

What was found goes to build/stacks/*.json, from which evidence.py makes a page.
"""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
sys.dont_write_bytecode = True
import lwip  # noqa: E402

CONFIGS = f"{HERE}/configs"
EXAMPLES = f"{lwip.ROOT}/examples/vendors"
WRAP = [f"-Wl,--wrap={name}" for name in ("malloc", "calloc", "free")]
# Of these kinds there are others: enough for a look at all of it.
SOME = ("st_http_raw", "pico_background", "arduino_pico", "ti_pdk", "esp_idf", "matter_silabs", "u_boot", "unikraft")
# The protocols, without the applications.
CORE = ("src/core/**/*.c", "src/api/*.c", "src/netif/ethernet.c", "src/netif/ppp/**/*.c")


# --- one configuration ----------------------------------------------------------------------------------------

class Config:
    """configs/<name>: lwipopts.h; sdk.c with what the project's SDK leaves to it; arch/ if it keeps a port."""

    def __init__(self, name, tree, parent=CONFIGS):
        self.name, self.tree, self.folder = name, tree, f"{parent}/{name}"
        with open(f"{self.folder}/lwipopts.h", encoding="utf-8") as file:
            self.text = file.read()
        self.own_port = os.path.isdir(f"{self.folder}/arch")

    def port(self):
        return ["ports/lwip"] if self.own_port else list(lwip.POSIX)

    def files(self):
        own = [f"{self.folder}/sdk.c"] if os.path.exists(f"{self.folder}/sdk.c") else []
        return [*own, f"{HERE}/loop.c"]

    def includes(self, alone):
        """lwIP alone takes the port's headers too, from behind its own."""
        ours = [f"{lwip.ROOT}/include", *(f"{lwip.ROOT}/{port}" for port in self.port()), f"{lwip.ROOT}/src"]
        theirs = [f"{self.tree}/src/include"]
        order = [*theirs, *ours] if alone else [*ours, *theirs]
        return [f"-I{path}" for path in (self.folder, CONFIGS, *order)]

    def value(self, option):
        """An option, as the compiler sees it."""
        text = f'#include "lwip/opt.h"\nvalue {option}\n'
        flags = ["-E", "-P", "-x", "c", "-", *self.includes(alone=True)]
        said = subprocess.run(["gcc", *flags], input=text, capture_output=True, text=True, check=True).stdout
        return said.splitlines()[-1].removeprefix("value ").strip("() ")

    def said_alone(self, files):
        """What the compiler says of files with lwIP's own memory code; not each of them need compile."""
        jobs = [(file, "/dev/null", [*lwip.WARNINGS, "-fsyntax-only", *self.includes(alone=True)]) for file in files]
        with lwip.concurrent.futures.ThreadPoolExecutor(lwip.CORES) as pool:
            return list(pool.map(lwip.compile_one, jobs))


def fail(row, error):
    lwip.failures.append(row)
    print(f"FAILED: {row}: {str(error)[:2000]}", file=sys.stderr, flush=True)


def compile_stack(config, folder, flags, files):
    """Objects and their warnings. A file that lwIP alone cannot compile either is none of the configuration's."""
    os.makedirs(folder, exist_ok=True)
    jobs = [(file, f"{folder}/{file.strip('/').replace('/', '_')}.o", flags) for file in files]
    with lwip.concurrent.futures.ThreadPoolExecutor(lwip.CORES) as pool:
        results = list(pool.map(lwip.compile_one, jobs))
    failed = {file: text for file, status, text in results if status}
    both = [file for file, status, _ in config.said_alone(list(failed)) if status]
    for file in failed:
        if file not in both:
            raise RuntimeError(f"{file}: {failed[file][:1500]}")
    said = {file: text for file, status, text in results if text and not status}
    objects = [output for file, output, _ in jobs if file not in failed]
    return objects, said


def new_warnings(config, said):
    """Those that lwIP alone does not have: only files that have any are compiled again."""
    alone = "".join(text for _, _, text in config.said_alone(list(said)))
    return sorted(lwip.warnings_of("".join(said.values())) - lwip.warnings_of(alone))


def compile_library(folder, flags, port):
    """Its sources as one, which is quicker; pools last, since lwIP's sockets may come as macros with them."""
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/library.c", "w", encoding="utf-8") as file:
        file.writelines(f'#include "{path}"\n' for path in sorted(lwip.ours([]), key=lambda path: "/memp/" in path))
    ports = [path for path in lwip.ours(port) if "/ports/" in path]
    return lwip.archive(f"{folder}/objects", flags, [os.path.abspath(f"{folder}/library.c"), *ports])[0]


def heap_address(text):
    """A heap at a number, which the program must place there."""
    found = re.search(r"#define LWIP_RAM_HEAP_POINTER\s+\(?(0x[0-9a-fA-F]+)\)?", text)
    return [f"-DLOOP_HEAP_ADDRESS={found.group(1)}UL"] if found else []


def build(config, folder, extra, patterns, warnings, wrap=True):
    """A program, its number of files, and new warnings."""
    flags = ["-O0", *extra, *config.includes(alone=False)]
    stack = [file for file in lwip.sources(config.tree, *patterns) if not lwip.REPLACED.search(file)]
    objects, said = compile_stack(config, folder, [*(lwip.WARNINGS if warnings else ["-w"]), *flags], stack)
    library = compile_library(f"{folder}-library", ["-w", *flags], config.port())
    own = lwip.compile_all(f"{folder}-own", ["-w", *flags, *heap_address(config.text)], config.files())[0]
    host = lwip.compile_all(f"{folder}-host", ["-w", *flags, "-Dmain=apps_main"],
                            [f"{lwip.ROOT}/tests/interop/lwip_apps/host.c"])[0] if "src/**/*.c" in patterns else []
    program = f"{folder}/loop"
    linked = subprocess.run(["gcc", *(flag for flag in extra if flag.startswith(("-m", "-f"))), *own, *objects, *host,
                             library, *(WRAP if wrap else []), "-lpthread", "-lm", "-o", program], capture_output=True, text=True,
                            check=False)
    if linked.returncode:
        missing = sorted(set(re.findall(r"undefined reference to `(\w+)'", linked.stderr)))
        raise RuntimeError(f"does not link: {missing or linked.stderr[-900:]}")
    return program, len(objects), new_warnings(config, said) if warnings else []


def run_program(program):
    done = subprocess.run([program], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(f"{program}: {(done.stdout + done.stderr)[-900:]}")
    return done.stdout.strip().splitlines()[-1]


def run_config(name, tree):
    """The row of a configuration."""
    config = Config(name, tree)
    row = {"name": name, "no_sys": config.value("NO_SYS"), "files": 0, "warnings": 0, "64 bits": "", "32 bits": ""}
    try:
        program, row["files"], new = build(config, f"config-{name}", [], ("src/**/*.c",), True)
        row["warnings"] = len(new)
        if new:
            raise RuntimeError(f"new warnings: {new[:9]}")
        row["64 bits"] = run_program(program)
        row["32 bits"] = run_program(build(config, f"config-{name}-32", lwip.M32, CORE, False)[0])
    except (RuntimeError, subprocess.SubprocessError) as error:
        fail(f"config: {name}", error)
        row["32 bits"] = "FAILED"
    lwip.report(f"config: {name}", f"NO_SYS {row['no_sys']}, {row['files']} files, {row['warnings']} new warnings; "
                                   f"{row['64 bits']}; 32 bits: {row['32 bits']}")
    return row


# --- example programs -----------------------------------------------------------------------------------------

# Threads of the second stand for interrupts.
SANITIZERS = {"pico_async_context": ["-fsanitize=thread"]}


class Example(Config):
    """examples/vendors/<name>: main.c, lwipopts.h, perhaps arch/ and README.md."""

    def __init__(self, name, tree):
        super().__init__(name, tree, EXAMPLES)

    def files(self):
        return [f"{self.folder}/main.c"]


def run_example(name, tree):
    example = Example(name, tree)
    extra = ["-O1", "-g", *SANITIZERS.get(name, lwip.SANITIZED)]
    strict = ["-std=gnu11", "-Wall", "-Wextra", "-Werror"]
    said = ""
    try:
        for source in example.files():
            lwip.run([*lwip.CC, *strict, "-fsyntax-only", *example.includes(alone=False), source])
        said = run_program(build(example, f"example-{name}", extra, CORE, False, wrap=False)[0])
    except (RuntimeError, subprocess.SubprocessError) as error:
        fail(f"example: {name}", error)
        said = "FAILED"
    lwip.report(f"example: {name}", said)
    return [name, said]


def run_examples(tree):
    names = [name for name in sorted(os.listdir(EXAMPLES)) if lwip.wanted(f"example: {name}")]
    rows = [run_example(name, tree) for name in names]
    lwip.write_versions("examples", "Example programs of vendors' patterns", lwip.version_of(tree), dict(rows),
                        ["Under sanitizers; each has a page in examples/vendors."])
    return [row[1] for row in rows]


# --- all of it ------------------------------------------------------------------------------------------------

CONFIGS_NOTE = (
    "`make test-stacks LWIP=<tree>`: all of lwIP's src/ is compiled, linked and run with each project's options, without "
    "a warning that lwIP alone does not have, an allocation that fails, a leak or a fault; the packets are those that "
    "its driver received on 64 and on 32 bits. tests/stacks/configs names where the options come from.")


def cell(row):
    """What the page says of a configuration: NO_SYS, files of src/, packets on 64 and on 32 bits."""
    return "FAILED" if row["32 bits"] == "FAILED" else "; ".join((
        f"NO_SYS {row['no_sys']}", f"{row['files']} files", row["64 bits"].split(";")[0], row["32 bits"].split(";")[0]))


def run_configs(tree, some):
    names = sorted(name for name in os.listdir(CONFIGS) if os.path.exists(f"{CONFIGS}/{name}/lwipopts.h"))
    names = [name for name in names if lwip.wanted(f"config: {name}") and (not some or name in SOME)]
    rows = [run_config(name, tree) for name in names]
    if not some:
        lwip.write_versions("configs", "Options of public projects", lwip.version_of(tree),
                            {row["name"]: cell(row) for row in rows}, [CONFIGS_NOTE])
    return [row["32 bits"] for row in rows]


def run_server(tree):
    """Of its own: it writes server.json, and prints its table. tree is the user's, or none."""
    program = f"{lwip.BUILD}/release/tools/cistern/cistern"
    done = subprocess.run([f"{HERE}/server.py", lwip.RESULTS, program, *tree], cwd=lwip.ROOT, check=False)
    if done.returncode:
        fail("server", "see above")
    return ["FAILED" if done.returncode else "passed"]


def main(arguments):
    some = "--some" in arguments
    folder, *tree = [argument for argument in arguments if not argument.startswith("--")]
    tree = [os.path.abspath(path) for path in tree]
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    named = tree[:1]
    tree = tree[0] if tree else os.path.abspath(lwip.fetch("lwip"))
    results = {"configs": run_configs(tree, some), "examples": run_examples(tree)}
    if lwip.wanted("server"):
        results["server"] = run_server(named)
    print(f"on lwIP {lwip.version_of(tree)}:")
    for kind, rows in results.items():
        print(f"  {kind:<10} {sum(row != 'FAILED' for row in rows)} of {len(rows)} pass")
    return 1 if lwip.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
