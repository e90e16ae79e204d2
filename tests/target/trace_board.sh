#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A board's trace, and what an event costs there: trace_board.sh BOARD PROGRAM PLUGIN NM [CISTERN]
# CISTERN is the host program; without one, one from a tree beside the board's is taken.
set -eu
board=$1
program=$2
plugin=$3
nm=$4
here=$(dirname "$0")
trace=$program.ctr
address() {
    "$nm" "$program" | awk -v name="$1" '$3 == name { print "0x" $1 }'
}
rm -f "$trace" "$program.stretches"
CISTERN_TARGET_PLUGIN="$plugin,begin=$(address trace_begin),end=$(address trace_end),out=$program.stretches" \
    "$here/run.sh" "$board" "$program" "$trace"

# The first stretch has a function that does nothing, of one instruction, in place of the hook.
awk '$1 == "stretch" { count[n++] = $2 }
     END { most = 0
           for (i = 1; i < n; ++i) { cost = count[i] - count[0] + 1; if (cost > most) most = cost }
           print "an event takes " most " instructions"
           exit !(n == 3 && most > 5 && most <= 20) }' "$program.stretches" || {
    echo "trace_board.sh: an event must take at most 20 instructions" >&2
    exit 1
}

# Header, version 1, pointers of 4 bytes.
head=$(od -An -tx1 -N8 "$trace" | tr -d ' \n')
[ "$head" = 4354521a21430104 ] || {
    echo "trace_board.sh: $trace does not begin as a trace does: $head" >&2
    exit 1
}
cistern=${5:-$(ls "${program%/*/tests/target/*}"/*/tools/cistern/cistern 2>/dev/null | head -n 1)}
if [ -n "$cistern" ]; then
    "$cistern" size "$trace" >"$program.size"
    grep -q "The trace is whole" "$program.size"
    grep -Eq "^  frames +8 +6 +6 " "$program.size"
    grep -Eq "^  heap .* 176 " "$program.size"
fi
