#!/bin/sh
# Does what docs/porting.md tells who writes a port to do, word for word: its commands, with its runner.
#
#   walk.sh ROOT FOLDER      works in FOLDER; the conformance suite must pass there
set -eu

rm -rf "$2"
mkdir -p "$2"
cd "$2"
ln -s "$1/src" "$1/include" "$1/ports" "$1/examples" "$1/tests" .
page=$1/docs/porting.md
sed -n '/^```c$/,/^```$/p' "$page" | sed '/^```/d' >my_runner.c
sed -n '/^cp -r ports\/template/,/^```$/p' "$page" | sed '/^```/d' >commands
grep -q suite_tests my_runner.c
grep -q './suite' commands
sh -eu commands
