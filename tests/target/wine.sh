#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Runs a Windows program in Wine: wine.sh FOLDER PROGRAM [ARGUMENT ...]
# The exit status is the program's, or 124 when it took longer than CISTERN_TARGET_TIMEOUT seconds
# (100). Wine keeps its files in FOLDER, which the first run makes.
set -eu

folder=$1
shift
wine=/usr/lib/wine/wine64 # where Debian has it; the command `wine` is a package of its own
export WINEPREFIX="$folder" WINEDEBUG=-all DISPLAY=

# One run makes the files, the others wait for it.
mkdir -p "$folder"
(
    flock 9
    if [ ! -e "$WINEPREFIX/made" ]; then
        timeout 300 "$wine" wineboot --init >/dev/null 2>&1 </dev/null
        touch "$WINEPREFIX/made"
    fi
    # The server would end with its last program, perhaps just when the next one connects. One that
    # stays for ten idle minutes cannot; where it runs already, this call does nothing.
    "${wine%/*}/wineserver" -p600 >/dev/null 2>&1 </dev/null 9>&- || true
) 9>"$folder.lock"

# Through a file: what Wine leaves running must not hold the caller's pipe open.
output=$(mktemp)
trap 'rm -f "$output"' EXIT
status=0
timeout "${CISTERN_TARGET_TIMEOUT:-100}" "$wine" "$@" </dev/null >"$output" 2>&1 || status=$?
cat "$output"
exit "$status"
