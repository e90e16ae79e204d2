#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The man pages: pages.sh PROGRAM FOLDER. Those of the commands are what PROGRAM COMMAND --help says.
set -eu
program=$1
folder=$2
here=$(dirname "$0")
version=$(sed -n 's/^#define CISTERN_VERSION_[A-Z]* *\([0-9][0-9]*\)$/\1/p' "$here/../../include/cistern/version.h" |
    paste -sd .)

page() { # COMMAND SUMMARY
    help=$("$program" "$1" --help)
    [ -z "$help" ] || echo "$help" |
        awk -v name="cistern-$1" -v summary="$2" -v version="$version" -f "$here/page.awk" >"$folder/cistern-$1.1"
}

mkdir -p "$folder"
sed "s/@VERSION@/$version/" "$here/cistern.1.in" >"$folder/cistern.1"
page replay "run network traffic through packet buffers, pools and a heap"
page size "the pool and heap sizes that a device needs, from its own traffic"
