#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Follows docs/porting.md word for word: its commands, with its runner.
#
#   walk.sh ROOT FOLDER      works in FOLDER; the conformance suite must pass there
set -eu

rm -rf "$2"
mkdir -p "$2"
cd "$2"
ln -s "$1/src" "$1/include" "$1/ports" "$1/examples" "$1/tests" .
page=$1/docs/porting.md
sed '1,/^## The conformance suite/d' "$page" | sed -n '/^```c$/,/^```$/p' | sed '/^```/d' >my_runner.c
sed -n '/^cp -r ports\/template/,/^```$/p' "$page" | sed '/^```/d' >commands
grep -q suite_tests my_runner.c
grep -q './suite' commands
sh -eu commands

lines=$(wc -l <my_port/port.c)
[ "$lines" -le 150 ] && grep -q "in $lines lines" "$page" || {
    echo "walk.sh: examples/port/port.c has $lines lines, of at most 150, which the page does not say"
    exit 1
}

# A port that does not do what the suite asks for: it says where and what, and ends with a status.
sed 's/-DLWIP_COMPAT_MUTEX_ALLOWED/& -DSUITE_MBOX_DEFAULT=5/; s/ && .*//' commands >broken
rm -r my_port
sh -eu broken
if ./suite >failure; then
    echo "walk.sh: the suite passed on a port that must fail"
    exit 1
fi
grep -q '^mailbox_of_no_size_has_the_default_size' failure
tail -n 1 failure | grep -q 'suite_mailbox.c:[0-9]*: '
