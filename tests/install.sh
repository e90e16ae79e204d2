#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The library reaches a project of a user's by each way that README.md names, from an empty folder
# whose path has a space: install.sh ROOT BUILD, where BUILD is a build tree of the release preset.
set -eu
root=$1
build=$2
work="$(mktemp -d)/a project"
trap 'rm -rf "$(dirname "$work")"' EXIT
mkdir -p "$work/config"
cd "$work"
echo '#define PBUF_POOL_SIZE 5' >config/lwipopts.h
cmake --install "$build" --prefix "$work/prefix" >/dev/null

# expect TEXT COMMAND...: the command prints the line TEXT.
expect() {
    text=$1
    shift
    "$@" 2>/dev/null | grep -qxF "$text" || {
        echo "install.sh: $way: $* does not print: $text" >&2
        exit 1
    }
}

# A project that begins with the given lines, then uses each target, in C and in C++, in a shared
# library and in a program; it must not get anything of ours that it did not ask for.
cmake_project() {
    way=$1
    rm -rf project
    mkdir project
    cat >project/CMakeLists.txt
    cat >>project/CMakeLists.txt <<END
add_executable(user "$root/examples/lwip_pool.c")
target_link_libraries(user PRIVATE cistern::lwip)
add_executable(mynewt "$root/examples/mynewt_pool.c")
target_link_libraries(mynewt PRIVATE cistern::mynewt)
add_library(plugin SHARED "$root/examples/engine_pool.c")
target_link_libraries(plugin PRIVATE cistern::engine)
get_directory_property(options COMPILE_OPTIONS)
if(options OR CISTERN_WARNINGS OR CMAKE_C_STANDARD OR TARGET cistern_program OR TARGET pool_test)
  message(FATAL_ERROR "something of cistern's leaks into the project: \${options}")
endif()
END
    cmake -S project -B project/build -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" >log 2>&1 &&
        cmake --build project/build >>log 2>&1 || {
        cat log >&2
        echo "install.sh: $way: the project does not build" >&2
        exit 1
    }
    expect "PBUF_POOL: at most 3 of 5 in use" project/build/user
    project/build/mynewt >/dev/null
}

cmake_project find_package <<END
cmake_minimum_required(VERSION 3.22)
project(user LANGUAGES C CXX)
set(CISTERN_CONFIG "$work/config")
find_package(cistern 0.2 REQUIRED)
END

cmake_project add_subdirectory <<END
cmake_minimum_required(VERSION 3.22)
project(user LANGUAGES C)
set(CISTERN_CONFIG "$work/config")
add_subdirectory("$root" cistern)
END

cmake_project FetchContent <<END
cmake_minimum_required(VERSION 3.22)
project(user LANGUAGES C)
include(FetchContent)
set(CISTERN_CONFIG "$work/config")
FetchContent_Declare(cistern SOURCE_DIR "$root")
FetchContent_MakeAvailable(cistern)
END

cmake_project cistern_add_library <<END
cmake_minimum_required(VERSION 3.22)
project(user LANGUAGES C)
include("$root/cmake/cistern.cmake")
cistern_add_library(mine CONFIG "$work/config")
foreach(interface lwip mynewt engine)
  add_library(cistern::\${interface} ALIAS mine)
endforeach()
END

# A project without C: the compiler of C is the library's own business.
for take in "find_package(cistern 0.2 REQUIRED)" "add_subdirectory(\"$root\" cistern)"; do
    way="C++ alone, $take"
    rm -rf project
    mkdir project
    cat >project/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.22)
project(user LANGUAGES CXX)
$take
add_executable(user main.cpp)
target_link_libraries(user PRIVATE cistern::lwip)
END
    cat >project/main.cpp <<END
#include <cstdio>
#include "lwip/memp.h"
#include "lwip/pbuf.h"
int main()
{
    memp_init();
    pbuf *const packet = pbuf_alloc(PBUF_RAW, 10, PBUF_POOL);
    std::printf("%d freed\\n", pbuf_free(packet));
}
END
    cmake -S project -B project/build -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" >log 2>&1 &&
        cmake --build project/build >>log 2>&1 || {
        cat log >&2
        echo "install.sh: $way: the project does not build" >&2
        exit 1
    }
    expect "1 freed" project/build/user
done

way=pkg-config
PKG_CONFIG_PATH=$work/prefix/lib/pkgconfig
[ -d "$PKG_CONFIG_PATH" ] || PKG_CONFIG_PATH=$(find "$work/prefix" -name pkgconfig)
export PKG_CONFIG_PATH
eval "cc -std=c11 '$root/examples/engine_pool.c' $(pkg-config --cflags --libs cistern) -o engine"
./engine >/dev/null

# Everything goes into the folder that BUILD names, and nothing beside the sources.
way="make BUILD="
touch before
make -s -C "$root" lib BUILD="$(dirname "$work")/build" >/dev/null
cc -std=c11 "$root/examples/engine_pool.c" -I"$root/include" -I"$root/ports/posix" -I"$root/ports/common" \
    "$(dirname "$work")/build/libcistern.a" -o engine
./engine >/dev/null
written=$(find "$root" -newer before -type f ! -path "$root/build/*" ! -path "$root/.git/*")
[ -z "$written" ] || { echo "install.sh: $way: these were written: $written" >&2 && exit 1; }
if make -C "$root" lib BUILD="$work/build" >/dev/null 2>log || ! grep -q "without a space" log; then
    echo "install.sh: $way: a folder with a space is not refused" >&2
    exit 1
fi

way="the program"
expect "cistern $(pkg-config --modversion cistern)" prefix/bin/cistern --version

way=meson
mkdir -p meson/subprojects
ln -s "$root" meson/subprojects/cistern
cat >meson/meson.build <<END
project('user', 'c')
cistern = dependency('cistern', fallback : ['cistern', 'cistern_dep'],
  default_options : ['config=$work/config'])
executable('user', files('$root/examples/lwip_pool.c'), dependencies : cistern)
END
{ env -u PKG_CONFIG_PATH meson setup meson/build meson && meson compile -C meson/build; } >log 2>&1 || {
    cat log >&2
    exit 1
}
expect "PBUF_POOL: at most 3 of 5 in use" meson/build/user

# Other systems, as far as a compiler can be had here: musl links and runs; for macOS and the BSDs clang
# compiles all of the library and its port, with musl's headers in place of theirs.
way=musl
make -s -C "$root" lib BUILD="$(dirname "$work")/musl" CC=musl-gcc >/dev/null
musl-gcc -std=c11 -static "$root/examples/engine_pool.c" -I"$root/include" -I"$root/ports/posix" \
    -I"$root/ports/common" "$(dirname "$work")/musl/libcistern.a" -o engine
./engine >/dev/null
headers=$(echo '#include <stddef.h>' | musl-gcc -M -x c - | tr ' ' '\n' | sed -n 's|/stddef\.h$||p')
printf '#include "%s"\n' "$root"/src/*/*.c >library.c
printf '#include "%s"\n' "$root"/ports/posix/*.c "$root"/ports/common/*.c >port.c
for way in x86_64-apple-macos11 arm64-apple-macos11 x86_64-unknown-freebsd aarch64-unknown-openbsd \
    x86_64-unknown-netbsd; do
    clang -target $way -nostdinc -isystem "$(clang -print-resource-dir)/include" -isystem "$headers" -std=c11 \
        -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -I"$root/include" -I"$root/include/standalone" \
        -I"$root/ports/posix" -I"$root/ports/common" -I"$root/src" -fsyntax-only library.c port.c
done

# What was compiled with other options than the library does not link, and the option is named.
way="other options"
for option in CISTERN_CHECK=2 MEM_ALIGNMENT=2; do
    if eval "cc -std=c11 -D$option '$root/examples/lwip_pool.c' $(pkg-config --cflags --libs cistern) -o other" 2>log; then
        echo "install.sh: $way: -D$option links" >&2
        exit 1
    fi
    grep -q "cistern_was_built_with_$(echo $option | tr = _)" log || {
        cat log >&2
        echo "install.sh: $way: the linker does not name $option" >&2
        exit 1
    }
done
