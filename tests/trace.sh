#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What a trace costs: trace.sh ROOT
# Off, the objects are byte for byte those of the source without its hooks; on, an event takes at most
# 20 instructions of the host, which valgrind counts.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root # a path without a space
ln -s "$1" "$root"
failed=0

# The source without hooks: each is a line of its own that names one.
mkdir "$work/src"
cp -r "$root/src/." "$work/src"
hooks=$(grep -rlE '^ *(CISTERN|MEMP)_TRACE_ON_' "$work/src" --include='*.[ch]')
# shellcheck disable=SC2086 # a list
sed -i -E '/^ *(CISTERN|MEMP)_TRACE_ON_[A-Z]+\(.*\);$/d' $hooks
if grep -rnE '^ *(CISTERN|MEMP)_TRACE_ON_' "$work/src"; then
    echo "trace.sh: these hooks are not on lines of their own" >&2
    failed=1
fi

# compare COMPILER FLAG ...: for each file that has a hook, or includes one that has
compare() {
    for file in pool/pool pool/pool_bulk pool/pool_init pool/pool_wait heap/heap heap/heap_calls \
        mem/mem mem/mem_pools mem/mem_custom memp/memp fault/fault os/os_mempool os/os_mempool_ext; do
        for source in "$root/src" "$work/src"; do
            "$@" -std=c11 -I"$root/include" -I"$root/include/standalone" -I"$source" -g0 -Wno-builtin-macro-redefined \
                -D__FILE__='"f"' -c "$source/$file.c" -o "$work/$(basename "$source" | cut -c1)$(
                [ "$source" = "$work/src" ] && echo stripped || echo kept).o"
        done
        cmp -s "$work/skept.o" "$work/sstripped.o" || {
            echo "trace.sh: $file.c differs under $1 $2 although CISTERN_TRACE is 0" >&2
            failed=1
        }
    done
}
posix="-I$root/ports/posix -I$root/ports/common"
bare="-I$root/ports/bare -I$root/ports/bare/cortex-m"
# shellcheck disable=SC2086 # words of a command
{
    compare gcc -O2 $posix
    compare gcc -O2 $posix -DMEM_LIBC_MALLOC=1 -DCISTERN_CHECK=3
    if command -v arm-none-eabi-gcc >/dev/null; then
        compare arm-none-eabi-gcc -Os -mcpu=cortex-m0plus -mthumb --specs=picolibc.specs $bare
    fi
}

# The hook, called so often that what the program does besides can be left out of account.
cat >"$work/calls.c" <<'END'
#include "cistern/trace.h"
int main(void)
{
    cistern_trace_start();
    for (int i = 0; i < 1000; ++i) {
        cistern_trace_event(&cistern_trace_malloc, &i, CISTERN_TRACE_GET, NULL);
    }
    return cistern_trace_lost() == 0 ? 0 : 1;
}
END
# shellcheck disable=SC2086 # words of a command
gcc -std=c11 -O2 -fPIC -DCISTERN_TRACE=1 -DCISTERN_TRACE_EVENTS=1024 -I"$root/include" \
    -I"$root/include/standalone" -I"$root/src" $posix -D_GNU_SOURCE "$work/calls.c" \
    "$root"/src/*/*.c "$root"/ports/posix/*.c "$root"/ports/common/*.c -lpthread -o "$work/calls"
valgrind --tool=callgrind --callgrind-out-file="$work/out" --toggle-collect=cistern_trace_event \
    "$work/calls" >"$work/log" 2>&1
instructions=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$work/log")
echo "an event takes $((instructions / 1000)) instructions of the host"
if [ "$instructions" -lt 5000 ] || [ "$instructions" -gt 20000 ]; then
    echo "trace.sh: $instructions instructions for 1000 events: at most 20000 are allowed" >&2
    failed=1
fi
exit $failed
