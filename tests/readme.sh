#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# README.md's C blocks, each a file whose name its first line has, by README.md's own commands in a copy of
# the tree: readme.sh ROOT. Each must build as C and as C++ and end with status 0. Every page of docs/ stands in
# README.md, and its table of costs says what docs/performance.md does, within 150 bytes.
set -eu
cd "$1"
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for page in docs/*.md; do
    grep -q "]($page)" README.md || { echo "README.md does not name $page" >&2; exit 1; }
done

# The bytes of a row of docs/performance.md, ours and lwIP's.
ours() { sed -n "s/^| $1 | \([0-9]*\) bytes .*/\1/p" docs/performance.md; }
lwips() { sed -n "s/^| $1 | .* lwip \([0-9]*\).*/\1/p" docs/performance.md; }
# cost ROW COLUMN BYTES: README.md's number there is near.
cost() {
    number=$(awk -F'|' -v row="$1" -v column="$2" 'index($2, row) { gsub(/[ ,+]/, "", $column); print $column + 0 }' README.md)
    [ "$number" -ge $(($3 - 150)) ] && [ "$number" -le $(($3 + 150)) ] ||
        { echo "README.md: \"$1\" costs ${number:-nothing}, docs/performance.md has $3" >&2; exit 1; }
}
echo_costs() {
    cost "$1" 3 $(($(ours "text: M0+, bare, $2, NOASSERT") - $(lwips "text: M0+, bare, $2, NOASSERT")))
    cost "$1" 4 $(($(ours "RAM: M0+, bare, $2, NOASSERT") - $(lwips "RAM: M0+, bare, $2, NOASSERT")))
}
cost "a static pool" 3 "$(ours "flash, Cortex-M0+ -Os: all that is linked for it, level 1")"
cost "a static pool" 4 "$(ours "RAM of a pool, 32 bits, level 1, with extras")"
cost "the same at level 0" 3 "$(ours "flash, Cortex-M0+ -Os: all that is linked for it, level 0")"
cost "a heap, level 1" 3 "$(ours "good level 1: init + malloc + free, M0+ -Os")"
echo_costs "lwIP's TCP echo" "level 1, good fit"
echo_costs "level 0, first fit" "level 0, first fit"
echo_costs "with \`MEMP_OVERFLOW_CHECK 1" "level 0, good fit, overflow check 1"

cp -R Makefile include ports src "$work"
cd "$work"
make lib >/dev/null
awk '/^```c$/ { getline; file = $2; print file; next } /^```$/ { file = "" } file != "" { print >file }' \
    "$root/README.md" >files
[ -s files ]
while read -r file; do
    command=$(sed -n "s/.*\`\(cc $file [^\`]*\)\`.*/\1/p" "$root/README.md")
    [ -n "$command" ] || { echo "README.md has no command for $file" >&2; exit 1; }
    for compiler in "cc" "c++ -x c++ -std=c++11" "c++ -x c++ -std=c++20"; do
        # Only the program is C++: the archive behind it is what make lib built.
        sh -euc "$(echo "$command" | sed "s/^cc \([^ ]*\)/$compiler -Wall -Wextra \1 -x none/")"
        "./${file%.c}"
    done
done <files
