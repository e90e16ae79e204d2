#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The tables that the pages show are those that the program prints: pages.sh PROGRAM ROOT
# But for the rate, which depends on the machine.
set -eu
program=$1
cd "$2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The table without it.
steady() {
    sed '/^  leaks /s/[0-9]* packets\/s/-/'
}

for page in README.md docs/replay.md; do
    sed -n '/^samples\/.*pcap.*: /,/^  leaks /p' "$page" | steady >"$work/shown"
    capture=$(sed -n '1s/: .*//p' "$work/shown")
    "$program" replay "$capture" | steady >"$work/printed"
    diff "$work/shown" "$work/printed" || {
        echo "$page does not show what the program prints for $capture" >&2
        exit 1
    }
done

# What README.md shows of `cistern size` is what its command prints first.
sed -n '/^\$ cistern size /,/^```$/p' README.md | sed '$d' >"$work/block"
arguments=$(sed -n '1s/^\$ cistern //p' "$work/block")
sed 1d "$work/block" >"$work/shown"
# shellcheck disable=SC2086 # words of a command
"$program" $arguments | head -n "$(wc -l <"$work/shown")" >"$work/printed"
[ -s "$work/shown" ] && diff "$work/shown" "$work/printed" || {
    echo "README.md does not show what cistern $arguments prints" >&2
    exit 1
}

# So is the table of docs/savings.md.
tools/savings/savings.py "$program" tools/savings/configurations.json "$work/savings.md" samples/*.pcap
diff docs/savings.md "$work/savings.md" || {
    echo "docs/savings.md is old: make docs/savings.md" >&2
    exit 1
}
