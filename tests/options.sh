#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The whole library with one set of options: options.sh ROOT COMPILER [FLAG ...]
# Every source compiles with all warnings as errors; the examples that suit any options link, run and
# end well.
set -eu
cd "$1"
compiler=$2
shift 2

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
compile() {
    "$compiler" -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror "$@" \
        -Iinclude -Iinclude/standalone -Iports/posix -Iports/common -Isrc
}

for source in src/*/*.c ports/posix/*.c ports/common/*.c; do
    compile -O2 "$@" -c "$source" -o "$work/$(echo "$source" | tr / _).o"
done
for example in mynewt_pool engine_pool pbuf_ref pbuf_rom; do
    compile -O2 "$@" "examples/$example.c" "$work"/*.o -pthread -o "$work/$example"
    "$work/$example"
done
