#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""lwIP, no line of it changed, built with this library's mem, memp, pbuf, def, inet_chksum, stats and sys.

    lwip.py FOLDER [TREE] [--full]          ROWS=<regular expression> chooses rows

FOLDER may exist from an earlier run. TREE is a folder with lwIP's sources; without it, Debian's source package
is fetched. The rows:

  suite   lwIP's own unit suite, in many configurations: no check fails that lwIP alone passes there
  apps    all of src/ and, if TREE has them, contrib's applications and examples, with lwIP's own warnings: each
          warning is one that lwIP alone has as well, and this library has none where a port of lwIP's is kept;
          then they link, with and without threads
  echo    TCP and UDP over lwIP's loop interface, with threads, on the posix port and, if TREE has it, on
          contrib's unix port with ports/lwip behind it
  fuzz    lwIP's fuzz program runs its inputs to their end
  defaults  every option has lwIP's default, or docs/from-lwip.md lists it
"""
import concurrent.futures
import glob
import json
import os
import re
import shutil
import subprocess
import sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
CORES = len(os.sched_getaffinity(0))
CC = ["ccache", "gcc"] if shutil.which("ccache") else ["gcc"]
REPLACED = re.compile(r"src/core/(mem|memp|pbuf|def|inet_chksum|stats|sys)\.c$")
# Without gcc-multilib, which excludes the cross compilers, 32-bit programs look for the kernel's headers where
# they are not.
M32 = ["-m32", "-idirafter", "/usr/include/" + subprocess.run(
    ["gcc", "-print-multiarch"], capture_output=True, text=True, check=True).stdout.strip()]
SANITIZED = ["-fsanitize=address,undefined", "-fno-sanitize=alignment"]
BUILD = os.path.join(ROOT, os.environ.get("BUILD", "build"))
RESULTS = f"{BUILD}/stacks"
failures = []
reported = {}  # rows, and what was found


def run(command, **options):
    return subprocess.run(command, check=True, **options)


# --- sources: fetched once, by the distribution's own means ---------------------------------------------------

def fetch(package):
    """Debian's source of a package, as ./package."""
    if os.path.isdir(package):
        return package
    for folder in ("apt/lists/partial", "apt/archives/partial"):
        os.makedirs(folder, exist_ok=True)
    with open("/etc/os-release", encoding="utf-8") as file:
        codename = re.search(r"VERSION_CODENAME=(\w+)", file.read()).group(1)
    with open("apt/sources.list", "w", encoding="utf-8") as file:
        file.write(f"deb-src http://deb.debian.org/debian {codename} main\n")
    here = os.getcwd()
    apt = ["apt-get", "-qq", "-o", f"Dir::Etc::sourcelist={here}/apt/sources.list",
           "-o", "Dir::Etc::sourceparts=-", "-o", f"Dir::State::lists={here}/apt/lists",
           "-o", f"Dir::Cache::archives={here}/apt/archives", "-o", "Dir::Cache::pkgcache=",
           "-o", "Dir::Cache::srcpkgcache=", "-o", "APT::Sandbox::User=root"]
    run([*apt, "update"])
    run([*apt, "source", "--download-only", package], stdout=subprocess.DEVNULL)
    os.makedirs(f"{package}.new", exist_ok=True)
    run(["tar", "xf", glob.glob(f"{package}_*.orig.tar.*[!c]")[0], "-C", f"{package}.new", "--strip-components=1"])
    os.rename(f"{package}.new", package)
    return package


def check_for_32_bits():
    """The suite's test library: no package of it can be installed beside the 64-bit one."""
    library = "check32/src/libcheck.a"
    if not os.path.exists(library):
        run(["cmake", "-Wno-dev", "-Wno-deprecated", "-S", fetch("check"), "-B", "check32",
             "-DCMAKE_C_FLAGS=" + " ".join([*M32, "-w"]), "-DBUILD_TESTING=OFF"], stdout=subprocess.DEVNULL)
        run(["cmake", "--build", "check32", "--target", "check"], stdout=subprocess.DEVNULL)
    return library


# --- building -------------------------------------------------------------------------------------------------

def sources(tree, *patterns):
    """Without what is included by others, and the programs that run when building."""
    found = [file for pattern in patterns for file in glob.glob(f"{tree}/{pattern}", recursive=True)]
    return sorted(file for file in found if not re.search(r"makefsdata|fsdata|/fs_example/|tcp_md5", file))


def ours(port):
    return [file for folder in ("src/*", *port) for file in sorted(glob.glob(f"{ROOT}/{folder}/*.c"))]


POSIX = ("ports/posix", "ports/common")
SYS = re.compile(r"common/sys_|posix/sys_thread")  # of the suite, which has a sys_arch without threads


def compile_one(job):
    source, output, flags = job
    done = subprocess.run([*CC, "-c", *flags, source, "-o", output], capture_output=True, text=True, check=False)
    return source, done.returncode, done.stderr


def compile_all(folder, flags, files):
    """Objects in ./folder, and what the compiler said."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    jobs = [(file, f"{folder}/{file.strip('/').replace('/', '_')}.o", flags) for file in files]
    with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
        results = list(pool.map(compile_one, jobs))
    said = "".join(text for _, _, text in results)
    if any(status for _, status, _ in results):
        raise RuntimeError(said)
    return [output for _, output, _ in jobs], said


def archive(folder, flags, files):
    objects, said = compile_all(folder, flags, files)
    run(["ar", "rcs", f"{folder}/lib.a", *objects])
    return f"{folder}/lib.a", said


def options(folder, text):
    """A folder whose lwipopts.h is `text`."""
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/lwipopts.h", "w", encoding="utf-8") as file:
        file.write(text)
    return folder


def wanted(row):
    """ROWS in the environment: a regular expression that chooses rows."""
    return re.search(os.environ.get("ROWS", ""), row) is not None


def report(row, result):
    reported[row] = result
    print(f"{row:<34} {result}", flush=True)


def version_of(tree):
    """lwIP's version, as its sources say it."""
    with open(f"{tree}/src/include/lwip/init.h", encoding="utf-8") as file:
        text = file.read()
    part = {name: value for name, value in re.findall(r"define LWIP_VERSION_(\w+)\s+(\w+)", text)}
    released = part["RC"] in ("LWIP_RC_RELEASE", "255")
    return f"{part['MAJOR']}.{part['MINOR']}.{part['REVISION']}{'' if released else ' development'}"


def write_result(name, page):
    """A table for docs/evidence.md: title, columns, rows, notes."""
    os.makedirs(RESULTS, exist_ok=True)
    with open(f"{RESULTS}/{name}.json", "w", encoding="utf-8") as file:
        json.dump(page, file, indent=1)


def write_versions(name, title, version, results, notes):
    """The same table with a column for each lwIP that was run: the others stay as they were, and so do the rows that
    ROWS left out. results: of each row."""
    path = f"{RESULTS}/{name}.json"
    versions = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            versions = json.load(file).get("versions", {})
    versions[version] = {**versions.get(version, {}), **results} if "ROWS" in os.environ else results
    names = sorted(versions)
    rows = dict.fromkeys(row for version in names for row in versions[version])
    write_result(name, {"title": title, "columns": ["row", *(f"lwIP {version}" for version in names)],
                        "rows": [[row, *(versions[version].get(row, "") for version in names)] for row in rows],
                        "notes": notes, "versions": versions})


# --- lwIP's unit suite ----------------------------------------------------------------------------------------

# A name, options that follow the suite's own, flags of the compiler; those of --full are more of the same kinds.
LEVELS = [(f"level {level}", f"#define CISTERN_CHECK {level}\n", []) for level in range(4)]
FITS = [(f"first fit, level {level}", f"#define CISTERN_CHECK {level}\n#define MEM_FIT first\n", [])
        for level in (1, 3, 0, 2)]
LIBC = "#define MEM_LIBC_MALLOC 1\n#define MEM_STATS 1\n"
POOLS = ("#define MEM_USE_POOLS 1\n#define MEMP_USE_CUSTOM_POOLS 1\n#define MEM_USE_POOLS_TRY_BIGGER_POOL 1\n"
         "#define MEM_STATS 1\n")
HEAP = "#define MEMP_MEM_MALLOC 1\n#define MEMP_STATS 1\n#undef MEM_SIZE\n#define MEM_SIZE 400000\n"
ALIGNED = [(f"alignment {bytes_}", f"#undef MEM_ALIGNMENT\n#define MEM_ALIGNMENT {bytes_}\n", [])
           for bytes_ in (4, 8, 16)]
SHORT = [*LEVELS, *FITS[:2],
         ("MEM_LIBC_MALLOC", LIBC, []),
         ("MEM_USE_POOLS", POOLS, []),
         ("MEMP_MEM_MALLOC", HEAP, []),
         ALIGNED[2],
         ("32 bits, level 1", "", M32), ("32 bits, level 3", "#define CISTERN_CHECK 3\n", M32),
         ("sanitizers, level 2", "#define CISTERN_CHECK 2\n", SANITIZED),
         ("LWIP_NOASSERT, checksum 1", "#define LWIP_NOASSERT\n#define LWIP_CHKSUM_ALGORITHM 1\n", [])]
FULL = [*SHORT, *FITS[2:], *ALIGNED[:2],
        *((f"{name}, level {level}", f"{text}#define CISTERN_CHECK {level}\n", [])
          for name, text in (("MEM_LIBC_MALLOC", LIBC), ("MEM_USE_POOLS", POOLS), ("MEMP_MEM_MALLOC", HEAP))
          for level in (0, 2, 3)),
        *((f"alignment 16, level {level}", f"{ALIGNED[2][1]}#define CISTERN_CHECK {level}\n", [])
          for level in (0, 2, 3)),
        *((f"32 bits, level {level}", f"#define CISTERN_CHECK {level}\n", M32) for level in (0, 2)),
        *((f"32 bits, {name}", text, M32)
          for name, text in (("MEM_LIBC_MALLOC", LIBC), ("MEM_USE_POOLS", POOLS), ("MEMP_MEM_MALLOC", HEAP))),
        ("32 bits, first fit", FITS[0][1], M32), ("32 bits, first fit, level 3", FITS[1][1], M32),
        ("lock-free pools", "#define CISTERN_MEMP_LOCK_FREE 1\n", []),
        ("LWIP_STATS_DISPLAY", "#define LWIP_STATS_DISPLAY 1\n", []),
        ("sanitizers, level 3", "#define CISTERN_CHECK 3\n", SANITIZED)]

# Level 0 detects nothing; these two free wrongly on purpose.
UNDETECTED = {"test_mem_invalid_free", "test_mem_double_free"}

MALLOC_POOLS = """LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(60, 256)
LWIP_MALLOC_MEMPOOL(60, 1024)
LWIP_MALLOC_MEMPOOL(40, 2048)
LWIP_MALLOC_MEMPOOL(20, 17000)
LWIP_MALLOC_MEMPOOL_END
"""
PLAIN_CC = """#include <stdlib.h>
#include <sys/time.h>
#define LWIP_TIMEVAL_PRIVATE 0
#define LWIP_ERRNO_STDINCLUDE 1
#define LWIP_RAND() ((u32_t)rand())
"""


def suite_files(tree):
    unit = sources(tree, "test/unit/**/*.c")
    apps = sources(tree, "src/apps/mdns/*.c", "src/apps/mqtt/*.c")
    stack = sources(tree, "src/core/**/*.c", "src/api/*.c", "src/netif/ethernet.c", "src/netif/ppp/**/*.c")
    return [*unit, *apps, *stack]


def suite_result(program):
    """How many checks passed, and the names of those that did not."""
    try:
        done = subprocess.run([program], capture_output=True, text=True, errors="replace", timeout=120, check=False)
    except subprocess.TimeoutExpired:
        return 0, {"time ran out"}
    text = done.stdout + done.stderr
    counts = re.search(r"Checks: (\d+), Failures: (\d+), Errors: (\d+)", text)
    if counts is None:
        return 0, {text[-500:]}
    failed = set(re.findall(r":[FE]:[^:]*:(\w+):", text))
    return int(counts.group(1)) - len(failed), failed


def needs_names(tree):
    """2.2.0's suite reads the pools' names without asking whether there are any: lwIP's own build has LWIP_DEBUG."""
    with open(f"{tree}/test/unit/lwip_unittests.c", encoding="utf-8") as file:
        text = file.read()
    return "->name" in text and "LWIP_STATS_DISPLAY" not in text


def build_suite(tree, folder, text, flags, alone):
    text = f"#define LWIP_DEBUG\n{text}" if needs_names(tree) else text
    first = options(f"{folder}-options", f'#include "{tree}/test/unit/lwipopts.h"\n{text}')
    with open(f"{first}/lwippools.h", "w", encoding="utf-8") as file:
        file.write(MALLOC_POOLS)
    flags = ["-g", "-O1", "-w", *flags, f"-I{first}", "-Iempty", f"-I{tree}/test/unit"]
    files = suite_files(tree)
    library = []
    if alone:
        flags += ["-Iplain", f"-I{tree}/src/include"]
    else:
        flags += [f"-I{ROOT}/{part}" for part in ("include", *POSIX, "src")] + [f"-I{tree}/src/include"]
        files = [file for file in files if not REPLACED.search(file)]
        library = [archive(f"{folder}-library", flags, [file for file in ours(POSIX) if not SYS.search(file)])[0]]
    objects, _ = compile_all(folder, flags, files)
    check = [check_for_32_bits()] if "-m32" in flags else subprocess.run(
        ["pkg-config", "--libs", "check"], capture_output=True, text=True, check=True).stdout.split()
    program = f"{folder}/suite"
    run(["gcc", *(flag for flag in flags if flag.startswith(("-m", "-f"))), *objects, *library, *check, "-lpthread",
         "-lrt", "-lm", "-o", program])
    return program


def run_suite(tree, name, text, flags):
    folder = "suite-" + re.sub(r"\W+", "-", name)
    try:
        passed, failed = suite_result(build_suite(tree, folder, text, flags, alone=False))
    except (RuntimeError, subprocess.CalledProcessError) as error:
        passed, failed = 0, {f"build: {error}"}
    if "CISTERN_CHECK 0" in text and failed == UNDETECTED:
        report(f"suite: {name}", f"{passed} pass, 2 that free wrongly are not detected at level 0")
    elif failed:
        known = suite_result(build_suite(tree, folder + "-alone", text, flags, alone=True))[1]
        failed, also = failed - known, failed & known
        if failed:
            failures.append(f"suite: {name}: {', '.join(sorted(failed))}")
        report(f"suite: {name}", f"{passed} pass, {len(failed)} fail, {len(also)} fail in lwIP alone too")
    else:
        report(f"suite: {name}", f"{passed} pass")


# --- applications ---------------------------------------------------------------------------------------------

# Those of lwIP's own build, and -Wundef with all.
WARNINGS = ("-Wall -Wextra -Wundef -pedantic -Wparentheses -Wsequence-point -Wswitch-default -Wshadow "
            "-Wpointer-arith -Wcast-qual -Wwrite-strings -Wold-style-definition -Wcast-align "
            "-Wmissing-prototypes -Wnested-externs -Wunreachable-code -Waggregate-return "
            "-Wlogical-not-parentheses -Wredundant-decls -Wc++-compat -Wlogical-op -Wtrampolines").split()


NEEDS_THREADS = re.compile(r"socket_examples|pppos_example")


def warnings_of(said):
    """Warnings without their columns; where a macro is defined does not matter, where it is used does."""
    return set(re.findall(r"([^/\s]+:\d+)(?::\d+)?: (warning: .*)", said))


def application_files(tree):
    files = sources(tree, "src/**/*.c")
    contrib = sources(tree, "contrib/apps/**/*.c", "contrib/addons/**/*.c", "contrib/examples/**/*.c")
    unfit = re.compile(r"contrib/(apps/LwipMibCompiler|addons/.*(dnssd|tcp_md5|netconn)|examples/example_app/test\.c)")
    return files + [file for file in contrib if not unfit.search(file)]


def run_apps(tree, no_sys, own_port):
    try:
        compare_apps(tree, no_sys, own_port)
    except RuntimeError as error:
        failures.append(f"apps: NO_SYS {no_sys}: {error}")


def compare_apps(tree, no_sys, own_port):
    """own_port: contrib's port is kept, and ports/lwip behind it."""
    name = f"apps: NO_SYS {no_sys}, {'contrib port, ports/lwip' if own_port else 'posix port'}"
    folder = "apps-" + re.sub(r"\W+", "-", name)
    contrib = [f"-I{tree}/contrib", f"-I{tree}/contrib/examples/example_app", "-Iconfiguration"]
    unix = f"{tree}/contrib/ports/unix/port"
    base = [f"-DNO_SYS={no_sys}", f"-I{ROOT}/tests/interop/lwip_apps", *contrib]
    base += [] if os.path.isdir(unix) else ["-DLWIP_SNMP_V3=0"]
    theirs = [f"-I{unix}/include"] if os.path.isdir(unix) else [f"-I{ROOT}/{part}" for part in (*POSIX, "include")]
    ported = [f"-I{unix}/include", f"-I{ROOT}/ports/lwip"] if own_port else [f"-I{ROOT}/{port}" for port in POSIX]
    flags = [*base, f"-I{ROOT}/include", *ported, f"-I{ROOT}/src", f"-I{tree}/src/include"]
    files = [file for file in application_files(tree) if not (no_sys and NEEDS_THREADS.search(file))]
    _, alone = compile_all(folder + "-alone", [*WARNINGS, *base, f"-I{tree}/src/include", *theirs], files)
    kept = [file for file in files if not REPLACED.search(file)]
    objects, said = compile_all(folder, [*WARNINGS, *flags], kept)
    new = sorted(warnings_of(said) - warnings_of(alone))
    if own_port:
        theirs, _ = compile_all(folder + "-port", ["-w", *flags], [f"{unix}/sys_arch.c"])
        library, also = archive(folder + "-library", [*WARNINGS, *flags], ours(["ports/lwip"]))
        new += sorted(warnings_of(also) - warnings_of(alone))
        objects += theirs
    else:
        library, _ = archive(folder + "-library", ["-w", *flags], ours(POSIX))
    host, _ = compile_all(folder + "-host", ["-w", *flags], [f"{ROOT}/tests/interop/lwip_apps/host.c"])
    linked = subprocess.run(["gcc", *host, *objects, library, "-lpthread", "-lm", "-o", f"{folder}/program"],
                            capture_output=True, text=True, check=False)
    started = not linked.returncode and "started" in subprocess.run(
        [f"{folder}/program"], capture_output=True, text=True, timeout=20, check=False).stdout
    missing = set(re.findall(r"undefined reference to `(\w+)'", linked.stderr))
    report(name, f"{len(kept)} files, {len(warnings_of(said))} warnings, {len(new)} that lwIP alone does not have, "
                 f"{'linked and started' if started else 'NOT STARTED'}")
    if new or not started:
        failures.append(f"{name}: {new[:9]} {sorted(missing)} {linked.stderr[-600:] if not missing else ''}")


# --- an echo over the loop interface --------------------------------------------------------------------------

def run_echo(tree, name, extra, own_port):
    folder = "echo-" + re.sub(r"\W+", "-", name)
    unix = f"{tree}/contrib/ports/unix/port"
    ported = [f"-I{unix}/include", f"-I{ROOT}/ports/lwip"] if own_port else [f"-I{ROOT}/{port}" for port in POSIX]
    flags = ["-g", "-O1", "-w", *extra, f"-I{ROOT}/tests/interop/lwip_sockets", f"-I{ROOT}/include", *ported,
             f"-I{ROOT}/src", f"-I{tree}/src/include"]
    stack = sources(tree, "src/core/**/*.c", "src/api/*.c", "src/netif/ethernet.c")
    port = [f"{unix}/sys_arch.c", *ours(["ports/lwip"])] if own_port else ours(POSIX)
    try:
        objects, _ = compile_all(folder, flags, [*(file for file in stack if not REPLACED.search(file)), *port,
                                                 f"{ROOT}/tests/interop/lwip_echo.c"])
        run(["gcc", *(flag for flag in extra if flag.startswith(("-m", "-f"))), *objects, "-lpthread", "-o",
             f"{folder}/echo"])
        said = run([f"{folder}/echo"], capture_output=True, text=True, timeout=100).stdout.strip()
    except (RuntimeError, subprocess.SubprocessError) as error:
        failures.append(f"echo: {name}: {error} {getattr(error, 'stdout', '')}")
        said = "FAILED"
    report(f"echo: {name}", said)


# --- lwIP's fuzz programs over their inputs -------------------------------------------------------------------

def run_fuzz(tree):
    """fuzz3 takes a packet per line of input and moves the time (sys_now_offset); its numbers are not random."""
    flags = ["-g", "-O1", "-w", *SANITIZED, f"-I{tree}/test/fuzz", f"-I{ROOT}/include",
             *(f"-I{ROOT}/{port}" for port in POSIX), f"-I{ROOT}/src", f"-I{tree}/src/include", f"-I{tree}/contrib"]
    files = sources(tree, "src/core/**/*.c", "src/api/*.c", "src/netif/[!s]*.c", "src/apps/**/*.c", "test/fuzz/fuzz3.c",
                    "test/fuzz/fuzz_common.c", "contrib/examples/snmp/snmp_private_mib/*.c")
    try:
        library, _ = archive("fuzz-library", flags, ours(POSIX))
        objects, _ = compile_all("fuzz", flags, [file for file in files if not REPLACED.search(file)])
        run(["gcc", *SANITIZED, *objects, library, "-lpthread", "-lm", "-o", "fuzz/fuzz"])
        inputs = glob.glob(f"{tree}/test/fuzz/inputs/*/*")
        for path in inputs:
            with open(path, "rb") as file:
                run(["fuzz/fuzz"], stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60)
        report("fuzz: lwIP's inputs, sanitizers", f"{len(inputs)} run to their end")
    except (RuntimeError, subprocess.SubprocessError) as error:
        failures.append(f"fuzz: {error} {(getattr(error, 'stderr', None) or b'')[-900:]}")


# --- defaults of options --------------------------------------------------------------------------------------

HEADERS = "opt arch def debug sys mem memp pbuf stats inet_chksum".split()
# The same by another text, or by what docs/from-lwip.md says of alignment.
ALIKE = re.compile(r"SYS_ARCH_(INC|DEC|GET|SET|LOCKED)|LWIP_MEM_ALIGN\w*|FOLD_U32T|LWIP_CHKSUM_COPY_ALGORITHM")


def defaults(no_sys, folders):
    """Each macro with its definition, where lwipopts.h and the port define nothing."""
    text = "".join(f'#include "lwip/{header}.h"\n' for header in HEADERS)
    done = run(["gcc", "-E", "-dM", f"-DNO_SYS={no_sys}", *(f"-I{folder}" for folder in folders), "-x", "c", "-"], input=text,
               capture_output=True, text=True)
    found = re.findall(r"#define (\w+)(?:\([^)]*\))? ?(.*)", done.stdout)
    return {name: re.sub(r"[\s()]|u32_t|\bU\b", "", value) for name, value in found}


def run_defaults(tree):
    """What a program may define, and lwIP does otherwise, has the same value here, or stands on the page."""
    options("bare/arch", "")
    options("bare", "")
    with open("bare/arch/cc.h", "w", encoding="utf-8") as file:
        file.write("typedef int sys_prot_t;\n")
    with open("bare/arch/sys_arch.h", "w", encoding="utf-8") as file:
        file.write("typedef void *sys_sem_t, *sys_mutex_t, *sys_mbox_t, *sys_thread_t;\n")
    may = set()
    for header in HEADERS:
        with open(f"{tree}/src/include/lwip/{header}.h", encoding="utf-8") as file:
            may |= set(re.findall(r"(?:#ifndef|!defined\(?)\s*(\w+)", file.read()))
    ours_first = ["bare", *(f"{ROOT}/{part}" for part in ("include", "ports/lwip", "src")), f"{tree}/src/include"]
    compared, other = set(), set()
    for no_sys in (0, 1):
        theirs = defaults(no_sys, ["bare", f"{tree}/src/include"])
        here = defaults(no_sys, ours_first)
        options_of = {name for name in may if name in theirs and not name.startswith("LWIP_HDR")}
        compared |= options_of
        other |= {name for name in options_of if here.get(name) != theirs[name] and not ALIKE.fullmatch(name)}
    with open(f"{ROOT}/docs/from-lwip.md", encoding="utf-8") as file:
        page = file.read()
    unlisted = [name for name in sorted(other) if f"`{name}" not in page]
    report("defaults", f"{len(compared)} options, {len(other)} have another default, {len(unlisted)} not on the page")
    if unlisted:
        failures.append(f"defaults: {unlisted}")


# --- all of it ------------------------------------------------------------------------------------------------

def main(arguments):
    full = "--full" in arguments
    folder, *tree = [argument for argument in arguments if not argument.startswith("--")]
    tree = [os.path.abspath(path) for path in tree]
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    tree = tree[0] if tree else os.path.abspath(fetch("lwip"))
    os.makedirs("empty", exist_ok=True)
    with open("empty/config.h", "w", encoding="utf-8"):
        pass  # what lwIP's own build would generate
    os.makedirs("plain/arch", exist_ok=True)
    with open("plain/arch/cc.h", "w", encoding="utf-8") as file:
        file.write(PLAIN_CC)
    os.makedirs("configuration", exist_ok=True)
    for example in glob.glob(f"{tree}/contrib/examples/example_app/lwipcfg.h.ci"):
        shutil.copy(example, "configuration/lwipcfg.h")
    has_contrib = os.path.isdir(f"{tree}/contrib/ports/unix/port")
    echoes = [("posix port", [], False), ("posix port, 32 bits", M32, False),
              ("posix port, sanitizers, level 2", [*SANITIZED, "-DCISTERN_CHECK=2"], False),
              ("contrib port, ports/lwip", [], True)]
    for name, extra, own_port in echoes:
        if wanted(f"echo: {name}") and (has_contrib or not own_port):
            run_echo(tree, name, extra, own_port)
    if wanted("fuzz") and os.path.exists(f"{tree}/test/fuzz/fuzz3.c"):
        run_fuzz(tree)
    if wanted("defaults"):
        run_defaults(tree)
    for no_sys in (0, 1):
        for own_port in (False, True) if has_contrib else (False,):
            if wanted(f"apps: NO_SYS {no_sys}"):
                run_apps(tree, no_sys, own_port)
    for name, text, flags in FULL if full else SHORT:
        if wanted(f"suite: {name}"):
            run_suite(tree, name, text, flags)
    write_versions("lwip", "lwIP's own tests and applications", version_of(tree), reported,
                   ["`make test-lwip LWIP=<tree>`; with `LWIP_ROWS=--full` the rows of all configurations."])
    for failure in failures:
        print(f"FAILED: {failure[:2000]}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
