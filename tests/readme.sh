#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# README.md's C blocks, each a file whose name its first line has, by README.md's own commands in a copy of
# the tree: readme.sh ROOT. Each must build as C and as C++ and end with status 0. Every page of docs/ stands in
# README.md.
set -eu
cd "$1"
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for page in docs/*.md; do
    grep -q "]($page)" README.md || { echo "README.md does not name $page" >&2; exit 1; }
done

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
