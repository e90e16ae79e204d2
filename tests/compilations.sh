#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Counts the compilations that whole trees are; more than MOST in all fail: compilations.sh BUILD MOST TREE...
set -eu
build=$1
most=$2
shift 2
total=0
for tree; do
    count=$(ninja -C "$build/$tree" -t commands all | grep -c -e ' -c ')
    total=$((total + count))
    echo "$tree: $count compilations"
done
echo "$total compilations, of at most $most"
[ "$total" -le "$most" ]
