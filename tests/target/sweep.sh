#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The interrupt sweep on one board: sweep.sh BOARD PROGRAM PLUGIN NM
# Runs PROGRAM twice: with an interrupt on each instruction in turn, and once traced without any.
# Fails unless no operation showed a violation, the planted pool did, and every instruction that the
# operations execute with interrupts enabled was hit. What it prints is also in PROGRAM.summary.
set -eu

board=$1
program=$2
plugin=$3
nm=$4
run=$(dirname "$0")/run.sh

address() {
    "$nm" "$program" | awk -v name="$1" '$3 == name { print "0x" $1 }'
}

status=0
CISTERN_TARGET_SHIFT=10 "$run" "$board" "$program" >"$program.hits" || status=$?
grep -v '^hit' "$program.hits" | tee "$program.summary"

trap=$(address trap_entry)
CISTERN_TARGET_PLUGIN="$plugin,begin=$(address trace_begin),end=$(address trace_end)${trap:+,trap=$trap},out=$program.trace" \
    "$run" "$board" "$program" trace >/dev/null

awk '
    FNR == NR { if ($1 == "hit") hit[$2] = 1; next }
    $1 == "pc" { ++executed; if (!($2 in hit)) { if (++missed <= 10) where = where " " $2 } }
    END {
        printf "%d of %d instructions hit\n", executed - missed, executed
        if (missed) print "not hit, among others:" where
        exit missed > 0 || executed == 0
    }' "$program.hits" "$program.trace" >"$program.count" || status=1
tee -a "$program.summary" <"$program.count"
exit "$status"
