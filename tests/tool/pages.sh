#!/bin/sh
# The tables that the pages show are those that the program prints: pages.sh PROGRAM ROOT
# But for the high-water marks and the rate, which depend on the threads' timing and on the machine.
set -eu
program=$1
cd "$2"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The table without these; each line of it in the columns of the page.
steady() {
    awk '/^  (pools|heap) / { memory = 1 }
         /^  leaks /        { sub(/[0-9]+ packets\/s/, "-") }
         memory && /^    /  { mark = $1 == "bytes" ? 51 : 62
                              $0 = substr($0, 1, mark - 1) "          -" substr($0, mark + 11) }
         { print }'
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
