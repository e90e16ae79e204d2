#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Each kind of package is whole, and builds where its users build it: packages.py ROOT

Every description parses, names the version of include/cistern/version.h and only paths that exist. What
a build system compiles is compiled from an empty folder, with a stand-in of what surrounds it there.
Debian's own Python runs this, for its kconfiglib and yaml.
"""
import ast
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
import zipfile

import kconfiglib
import yaml

ROOT = pathlib.Path(sys.argv[1]).resolve()
HERE = ROOT / "tests/packages"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]
CORTEX_M = ["arm-none-eabi-gcc", "-mcpu=cortex-m0plus", "-mthumb", "--specs=picolibc.specs"]
PUBLISHER = dict(re.findall(r"^(\w+) *= (.*)$", (ROOT / "packaging/publisher.mk").read_text(), re.M))
VERSION = ".".join(re.findall(r"^#define CISTERN_VERSION_(?:MAJOR|MINOR|PATCH) +(\d+)$",
                              (ROOT / "include/cistern/version.h").read_text(), re.M))


def expect(condition, text):
    if not condition:
        sys.exit(f"packages.py: {text}")


def run(*command, **options):
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    expect(result.returncode == 0, f"{shlex.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def expect_version(name, version):
    expect(version == VERSION, f"{name} has version {version}, the library {VERSION}")


def expect_publisher(name, text, *values):
    for value in values:
        expect(value in text, f"{name} does not have \"{value}\", as packaging/publisher.mk says")


def expect_paths(name, paths):
    for path in paths:
        expect((ROOT / path).exists() or list(ROOT.glob(path)), f"{name} names {path}, which does not exist")


def autoconf(kconfig, values, path):
    """What Kconfig writes for these values of its symbols."""
    tree = kconfiglib.Kconfig(str(kconfig))
    expect(not tree.warnings, f"{kconfig}: {tree.warnings}")
    for name, value in values.items():
        expect(tree.syms[name].set_value(str(value)), f"{kconfig}: {name} does not take {value}")
        expect(tree.syms[name].str_value == str(value), f"{kconfig}: {name} is not {value}")
    tree.write_autoconf(str(path))
    return tree


def other_value(symbol):
    """A value that is not the default, and the text that its option is then defined as."""
    if symbol.type == kconfiglib.BOOL:
        return ("n", "0") if symbol.str_value == "y" else ("y", "1")
    least = max(int(low.str_value) for low, _, _ in symbol.ranges)
    most = min(int(high.str_value) for _, high, _ in symbol.ranges)
    value = str(max(least, 1)) if symbol.str_value == str(most) else str(int(symbol.str_value) + 1)
    return value, value


def every_option_of_kconfig_reaches_the_library(work, kconfig, header, flags):
    tree = autoconf(kconfig, {}, work / "default.h")
    options = [s for s in tree.unique_defined_syms if s.name not in ("CISTERN", "CISTERN_USE_OPTIONS_HEADER")
               and s.type in (kconfiglib.BOOL, kconfiglib.INT) and not s.choice]
    on = {"CISTERN": "y"} if "CISTERN" in tree.syms else {}
    autoconf(kconfig, on | {"CISTERN_HEAP_FIT_FIRST": "y"}, work / "first.h")
    defined = run("gcc", "-dM", "-E", "-imacros", work / "first.h", *flags, header)
    expect("#define CISTERN_HEAP_FIT first\n" in defined, f"{kconfig}: CISTERN_HEAP_FIT does not reach {header}")
    for symbol in options:
        tree = autoconf(kconfig, on, work / "default.h")
        value, text = other_value(tree.syms[symbol.name])
        autoconf(kconfig, on | {symbol.name: value}, work / "other.h")
        before = run("gcc", "-dM", "-E", "-imacros", work / "default.h", *flags, header)
        after = run("gcc", "-dM", "-E", "-imacros", work / "other.h", *flags, header)
        names = [symbol.name, symbol.name.removeprefix("CISTERN_")]
        found = [name for name in names for expansion in (text, f"CONFIG_{symbol.name}")
                 if f"#define {name} {expansion}\n" in after and f"#define {name} " not in before]
        expect(found, f"{kconfig}: {symbol.name}={value} does not reach {header}")


def zephyr(work):
    module = yaml.safe_load((ROOT / "zephyr/module.yml").read_text())
    expect(module["name"] == "cistern", "zephyr/module.yml has another name")
    expect_paths("zephyr/module.yml", [module["build"]["cmake"] + "/CMakeLists.txt", module["build"]["kconfig"]])
    kconfig = ROOT / module["build"]["kconfig"]
    every_option_of_kconfig_reaches_the_library(work, kconfig, ROOT / "zephyr/lwipopts.h", [])
    project = work / "zephyr"
    project.mkdir()
    autoconf(kconfig, {"CISTERN": "y", "CISTERN_PBUF_POOL_SIZE": 7}, project / "autoconf.h")
    # With headers of the module's, and with those of a tree in their place, which knows other values.
    tree = project / "lwip"
    shutil.copytree(ROOT / "include/standalone", tree)
    opt = tree / "lwip/opt.h"
    opt.write_text("#define MEMP_NUM_PBUF 5\n" + opt.read_text())
    for name, pbufs, more in (("build", 16, []), ("with-lwip", 5, [f"-DCISTERN_LWIP={tree}"])):
        run("cmake", "-S", HERE / "zephyr", "-B", project / name, "-G", "Ninja", f"-DMODULE={ROOT}",
            f"-DAUTOCONF={project}/autoconf.h", "-DEXPECTED_PBUF_POOL_SIZE=7", f"-DEXPECTED_PBUFS={pbufs}", *more)
        run("cmake", "--build", project / name)
        run(project / name / "main")


def esp_idf(work):
    manifest = yaml.safe_load((ROOT / "idf_component.yml").read_text())
    expect_version("idf_component.yml", manifest["version"])
    expect_paths("idf_component.yml", [path.split("*")[0] for path in manifest["files"]["exclude"]])
    sdkconfig = work / "esp-idf/sdkconfig"
    sdkconfig.mkdir(parents=True)
    (work / "sdkconfig.h").touch()
    every_option_of_kconfig_reaches_the_library(work, ROOT / "Kconfig", ROOT / "ports/esp-idf/cistern_options.h",
                                                [f"-I{work}"])
    autoconf(ROOT / "Kconfig", {"CISTERN_CHECK": 2}, sdkconfig / "sdkconfig.h")
    run("cmake", "-D", "ESP_PLATFORM=1", "-D", f"COMPONENT={ROOT}", "-P", HERE / "esp-idf/early.cmake", cwd=work)
    build = work / "esp-idf/build"
    run("cmake", "-S", HERE / "esp-idf", "-B", build, "-G", "Ninja", f"-DCOMPONENT={ROOT}",
        f"-DSDKCONFIG={sdkconfig}", "-DEXPECTED_CHECK=2")
    run("cmake", "--build", build)
    run(build / "main")


def arduino(work):
    run(sys.executable, ROOT / "tools/arduino.py", work / "arduino", PUBLISHER["URL"], PUBLISHER["MAINTAINER"])
    library = work / "arduino/cistern"
    properties = dict(line.split("=", 1) for line in (library / "library.properties").read_text().splitlines())
    expect_version("library.properties", properties["version"])
    expect_publisher("library.properties", properties["maintainer"], PUBLISHER["MAINTAINER"])
    expect_publisher("library.properties", properties["url"], PUBLISHER["URL"])
    expect((library / "src" / properties["includes"]).exists(), "library.properties includes no header")
    names = zipfile.ZipFile(work / f"arduino/cistern-{VERSION}.zip").namelist()
    expect("cistern/library.properties" in names, "the library is not in its .zip")
    flags = ["-Os", "-Wall", "-Wextra", "-Werror", "-DARDUINO=10800", f"-I{HERE}/arduino", f"-I{library}/src", "-c"]
    for compiler in [["avr-gcc", "-mmcu=atmega2560"], CORTEX_M]:
        for source in sorted((library / "src").glob("*.c")):
            run(*compiler, "-std=gnu11", *flags, source, "-o", work / "object.o")
        run(compiler[0].replace("gcc", "g++"), *compiler[1:], "-std=gnu++11", *flags, "-x", "c++",
            library / "examples/pool/pool.ino", "-o", work / "object.o")


def platformio(work):
    library = json.loads((ROOT / "library.json").read_text())
    expect_version("library.json", library["version"])
    expect_publisher("library.json", [author["name"] for author in library["authors"]], PUBLISHER["MAINTAINER"])
    build = library["build"]
    filters = [re.fullmatch(r"\+<(.*)>", word)[1] for word in build["srcFilter"] if word.startswith("+")]
    expect_paths("library.json", [*filters, *library["export"]["include"], build["srcDir"], build["includeDir"]])
    exported = [ROOT / path for path in library["export"]["include"]]
    for header in library["headers"]:
        expect((ROOT / build["includeDir"] / header).exists(), f"library.json: there is no {header}")
    for source in (path for pattern in filters for path in sorted(ROOT.glob(pattern))):
        expect(any(folder in source.parents for folder in exported), f"library.json does not export {source}")
        run(*CORTEX_M, "-std=gnu11", "-Os", "-Wall", "-Werror", f"-I{HERE}/arduino", *build["flags"], "-c", source,
            "-o", work / "object.o", cwd=ROOT)


def cmsis(work):
    run(sys.executable, ROOT / "tools/cmsis_pack.py", work / "cmsis", PUBLISHER["URL"])
    expect_publisher("cistern.pdsc", (work / "cmsis/cistern.cistern.pdsc").read_text(),
                     f"<url>{PUBLISHER['URL']}</url>")
    package = xml.etree.ElementTree.parse(work / "cmsis/cistern.cistern.pdsc").getroot()
    versions = [release.get("version") for release in package.iter("release")]
    for version in versions + [component.get("Cversion") for component in package.iter("component")]:
        expect_version("cistern.pdsc", version)
    pack = zipfile.ZipFile(work / f"cmsis/cistern.cistern.{VERSION}.pack")
    pack.extractall(work / "pack")
    files = list(package.iter("file"))
    for file in files:
        expect((work / "pack" / file.get("name")).exists(), f"the pack lacks {file.get('name')}")
    sources = {file.get("name") for file in files if file.get("category") == "source"}
    expect({str(path.relative_to(ROOT)) for path in ROOT.glob("src/*/*.c")} <= sources, "the pack lacks sources")
    folders = ["packaging/cmsis"] + [file.get("name") for file in files if file.get("category") == "include"]
    for source in sorted(sources):
        run(*CORTEX_M, "-std=c11", "-Os", "-Wall", "-Werror", *(f"-I{folder}" for folder in folders), "-c", source,
            "-o", work / "object.o", cwd=work / "pack")


def find_package(work, prefix):
    """A project that finds what a recipe has installed, with options of its own."""
    project = work / "project"
    project.mkdir()
    (project / "lwipopts.h").write_text("#define PBUF_POOL_SIZE 5\n")
    (project / "CMakeLists.txt").write_text(f"""
cmake_minimum_required(VERSION 3.22)
project(user LANGUAGES C)
set(CISTERN_CONFIG ${{CMAKE_CURRENT_SOURCE_DIR}})
find_package(cistern CONFIG REQUIRED)
add_executable(user {ROOT}/examples/lwip_pool.c)
target_link_libraries(user PRIVATE cistern::lwip)
""")
    run("cmake", "-S", project, "-B", project / "build", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", project / "build")
    expect("at most 3 of 5 in use" in run(project / "build/user"), f"{prefix}: the project's options have no effect")


def conan(work):
    """The recipe's steps on a stand-in of Conan's classes, which runs CMake."""
    ast.parse((ROOT / "packaging/conan/conanfile.py").read_text())
    run(sys.executable, HERE / "conan/create.py", ROOT / "packaging/conan/conanfile.py", work / "conan", VERSION)
    (work / "conan_project").mkdir()
    find_package(work / "conan_project", work / "conan/package")


def vcpkg(work):
    manifest = json.loads((ROOT / "packaging/vcpkg/cistern/vcpkg.json").read_text())
    expect_version("vcpkg.json", manifest["version-semver"])
    run("cmake", f"-DPORTFILE={ROOT}/packaging/vcpkg/cistern/portfile.cmake", f"-DWORK={work}/vcpkg", "-P",
        HERE / "vcpkg/install.cmake")
    (work / "vcpkg_project").mkdir()
    find_package(work / "vcpkg_project", work / "vcpkg/package")


def debian(_work):
    entry = (ROOT / "debian/changelog").read_text().splitlines()[0]
    maintainer = f"{PUBLISHER['MAINTAINER']} <{PUBLISHER['EMAIL']}>"
    expect_publisher("debian/control", (ROOT / "debian/control").read_text(), f"Maintainer: {maintainer}\n")
    expect_publisher("debian/changelog", (ROOT / "debian/changelog").read_text(), f" -- {maintainer}  ")
    for name in ("LICENSE", "debian/copyright"):
        expect_publisher(name, (ROOT / name).read_text(), PUBLISHER["MAINTAINER"])
    expect_version("debian/changelog", re.match(r"cistern \((.*)\) ", entry)[1])
    for listing in sorted((ROOT / "debian").glob("*.docs")) + sorted((ROOT / "debian").glob("*.examples")):
        expect_paths(listing.name, listing.read_text().split())


def c_blocks(page):
    """The files that stand on a page, by the name in each one's first line."""
    blocks = re.findall(r"^```c\n/\* (\S+) \*/\n(.*?)^```", (ROOT / page).read_text(), re.M | re.S)
    return dict(blocks)


def engines_alone(work):
    files = c_blocks("docs/porting.md") | {"frames.c": c_blocks("README.md")["frames.c"]}
    for name in ("arch/cistern_port.h", "fault.c", "frames.c"):
        (work / name).parent.mkdir(exist_ok=True)
        (work / name).write_text(files[name])
    sources = [path for module in ("fault", "pool", "heap") for path in sorted((ROOT / "src" / module).glob("*.c"))]
    run(*CORTEX_M, "-std=c11", "-Os", *WARNINGS, f"-I{work}", f"-I{ROOT}/include", f"-I{ROOT}/src", work / "frames.c",
        work / "fault.c", *sources, "-nostartfiles", "-Wl,-e,main", "-o", work / "frames")


def main():
    for kind in (debian, zephyr, esp_idf, arduino, platformio, cmsis, conan, vcpkg, engines_alone):
        with tempfile.TemporaryDirectory(prefix="a package ") as work:
            kind(pathlib.Path(work))
        print(f"packages: {kind.__name__}")


main()
