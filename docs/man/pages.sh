#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The man pages: pages.sh PROGRAM FOLDER. The commands are those in PROGRAM --help, and the page of each
# is what PROGRAM COMMAND --help says.
set -eu
program=$1
folder=$2
here=$(dirname "$0")
version=$(sed -n 's/^#define CISTERN_VERSION_[A-Z]* *\([0-9][0-9]*\)$/\1/p' "$here/../../include/cistern/version.h" |
    paste -sd .)
commands=$("$program" --help | sed -n 's/^ *cistern \([a-z][a-z]*\) \[OPTION.*/\1/p' | sort -u)

mkdir -p "$folder"
for command in $commands; do
    "$program" "$command" --help >"$folder/help"
    summary=$(sed -n '2s/^.* - //p' "$folder/help") # behind NAME
    awk -v name="cistern-$command" -v summary="$summary" -v version="$version" -f "$here/page.awk" \
        "$folder/help" >"$folder/cistern-$command.1"
    printf '.TP\n.BR "cistern %s" " (see " cistern\\-%s (1))\n%s\n' "$command" "$command" "$summary"
done >"$folder/commands"
sed -e "s/@VERSION@/$version/" -e "/@COMMANDS@/r $folder/commands" -e '/@COMMANDS@/d' \
    "$here/cistern.1.in" >"$folder/cistern.1"
rm -f "$folder/help" "$folder/commands"
