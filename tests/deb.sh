#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The packages of `make deb`, unpacked into an empty folder whose path has a space, serve a program that
# uses pkg-config, one that uses CMake, and who runs the program: deb.sh ROOT FOLDER-OF-PACKAGES
set -eu
root=$1
work="$(mktemp -d)/a root"
trap 'rm -rf "$(dirname "$work")"' EXIT
mkdir -p "$work"
for package in "$2"/libcistern-dev_*.deb "$2"/cistern_*.deb; do
    dpkg-deb -x "$package" "$work"
done
cd "$work"

fail() {
    echo "deb.sh: $*" >&2
    exit 1
}

PKG_CONFIG_PATH=$(find "$work/usr/lib" -name pkgconfig)
export PKG_CONFIG_PATH
eval "cc -std=c11 '$root/examples/engine_pool.c' $(pkg-config --cflags --libs cistern) -o engine"
./engine | grep -qx "double free in heap" || fail "pkg-config: the program does not run"

mkdir project
echo '#define PBUF_POOL_SIZE 5' >project/lwipopts.h
cat >project/CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.22)
project(user LANGUAGES C)
set(CISTERN_CONFIG \${CMAKE_CURRENT_SOURCE_DIR})
find_package(cistern REQUIRED)
add_executable(user "$root/examples/lwip_pool.c")
target_link_libraries(user PRIVATE cistern::lwip)
END
{ cmake -S project -B project/build -G Ninja -DCMAKE_PREFIX_PATH="$work/usr" && cmake --build project/build; } >log 2>&1 ||
    { cat log >&2 && fail "find_package: the project does not build"; }
project/build/user | grep -q "at most 3 of 5 in use" || fail "find_package: the project's options have no effect"

PATH=$work/usr/bin:$PATH
cistern --version | grep -qx "cistern $(pkg-config --modversion cistern)" || fail "the program has another version"
gunzip usr/share/man/man1/*.gz
commands=$(bash -c '. usr/share/bash-completion/completions/cistern
    COMP_WORDS=(cistern "") COMP_CWORD=1 && _cistern && echo "${COMPREPLY[*]}"')
[ "${commands#replay size}" != "$commands" ] || fail "completion of the commands: $commands"
for command in ${commands%% -*}; do
    page=usr/share/man/man1/cistern-$command.1
    options=$(cistern $command --help | sed -n 's/^ *\(-[a-z], \)\{0,1\}\(--[a-z][a-z-]*\).*/\2/p')
    [ -n "$options" ] || fail "cistern $command --help lists no option"
    for option in $options; do
        sed 's/\\-/-/g' "$page" | grep -q -- "^\.B .*$option" || fail "$page lacks $option"
    done
    grep -q "cistern $command" usr/share/man/man1/cistern.1 || fail "cistern(1) lacks $command"
    # shellcheck disable=SC2016 # for bash
    completed=$(bash -c '. usr/share/bash-completion/completions/cistern
        COMP_WORDS=(cistern "$1" --) COMP_CWORD=2 && _cistern && echo "${COMPREPLY[*]}"' bash $command)
    [ "$completed" = "$(echo "$options" | paste -sd ' ')" ] || fail "completion of $command: $completed"
done
echo "deb: packages serve pkg-config, CMake and the shell"
