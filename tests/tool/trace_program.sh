#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# `cistern size` and `cistern replay` of traces, as a user runs them: trace_program.sh CISTERN EXAMPLE ROOT
set -eu
cistern=$1
example=$2
root=$3
traces=$root/tests/tool/traces
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
    echo "trace_program.sh: $1" >&2
    cat out err >&2
    exit 1
}
# expect STATUS TEXT COMMAND ...: TEXT is a regular expression that the output or a message must have
expect() {
    status=0
    wanted=$1
    text=$2
    shift 2
    "$@" >out 2>err || status=$?
    [ "$status" -eq "$wanted" ] || fail "$* ended with $status instead of $wanted"
    cat out err | grep -Eq "$text" || fail "$*: no $text"
}

expect 0 "all events are in the trace" "$example" own.ctr
expect 0 "The trace is whole" "$cistern" size own.ctr
expect 0 "^  readings +40 +8 +8 " "$cistern" size own.ctr
expect 0 "define PBUF_POOL_SIZE +[0-9]+ /. at most [0-9]+: event [0-9]+ of own.ctr" \
    "$cistern" size --format lwipopts own.ctr
expect 0 "^  readings .* 8 +0 +0$" "$cistern" replay own.ctr
expect 0 "\"failed_now\": 0" "$cistern" replay --json own.ctr
expect 0 "words .* 9 .*one less fails at event 9; 1 failed" "$cistern" size "$traces/powerpc.ctr"
expect 0 "pool words fails at event 9" "$cistern" size "$traces/powerpc.ctr"
expect 0 "words .* 1 +1  first at event 9" "$cistern" replay "$traces/s390x-memory.ctr"
expect 0 "310 events of 5 pools" "$cistern" size "$traces/i686.ctr" "$traces/i686-memory.ctr"
expect 0 "\"exact\": true" "$cistern" size --json "$traces/x86_64.ctr"
expect 2 "123 events were dropped by the program" "$cistern" size "$traces/full32.ctr"
expect 2 "another processor" "$cistern" size "$traces/i686.ctr" "$traces/s390x.ctr"
expect 1 "traces and captures cannot be sized together" \
    "$cistern" size "$traces/i686.ctr" "$root/samples/dns.cap"
head -c 900 "$traces/i686.ctr" >torn.ctr
expect 2 "it ends within a chunk" "$cistern" size torn.ctr
expect 2 "it ends within a chunk" "$cistern" replay torn.ctr
{ head -c 6 "$traces/i686.ctr"; printf '\002'; tail -c +8 "$traces/i686.ctr"; } >newer.ctr
expect 2 "reads version 1" "$cistern" size newer.ctr
expect 0 "one.ctr: |verdict|suffices" "$cistern" size --summary one.summary own.ctr
expect 0 "PBUF_POOL" "$cistern" size one.summary
