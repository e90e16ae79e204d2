#!/bin/sh
# The tables that the pages show are those that the program prints: pages.sh PROGRAM ROOT
# Compared as far as the pools; what follows depends on the threads' timing and on the machine.
set -eu
program=$1
cd "$2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for page in README.md docs/replay.md; do
    sed -n '/^samples\/.*pcap.*: /,/^  pools /p' "$page" >"$work/shown"
    capture=$(sed -n '1s/: .*//p' "$work/shown")
    "$program" replay "$capture" | sed '/^  pools /q' >"$work/printed"
    diff "$work/shown" "$work/printed" || {
        echo "$page does not show what the program prints for $capture" >&2
        exit 1
    }
done
