#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A program that was compiled with another value of an option than the library does not link, and the
# linker names the option: agree.sh ROOT COMPILER [FLAG ...]
# It is so for every option that decides a struct's layout or what an inline function does. What was
# compiled with the same options links, and pays nothing for the comparison.
# shellcheck disable=SC2086 # flags without a space
set -eu
cd "$1"
compiler=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
include="-Iinclude -Iinclude/standalone -Iports/posix -Iports/common -Isrc"
failed=0

# One object of the whole library for each set of options: library NAME FLAG ...
printf '#include "%s"\n' src/*/*.c ports/posix/*.c ports/common/*.c >"$work/library.c"
library() {
    name=$1
    shift
    "$compiler" -std=gnu11 -D_GNU_SOURCE -O1 -w $include -I. "$@" -c "$work/library.c" -o "$work/$name.o"
}
cat >"$work/program.c" <<'END'
#include "cistern/heap.h"
#include "cistern/pool_plain.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "os/os_mempool.h"
int main(void)
{
    return 0;
}
END

# links LIBRARY FLAG ...
links() {
    name=$1
    shift
    "$compiler" -std=gnu11 -O1 $include "$@" "$work/program.c" "$work/$name.o" -pthread -o "$work/program" \
        >"$work/log" 2>&1
}
agrees() {
    links "$@" || {
        cat "$work/log" >&2
        echo "agree.sh: $*: does not link" >&2
        failed=1
    }
}
differs() { # OPTION LIBRARY FLAG ...
    option=$1
    shift
    if links "$@"; then
        echo "agree.sh: $*: links, although $option differs" >&2
        failed=1
    fi
    grep -q "cistern_was_built_with_$option" "$work/log" || {
        cat "$work/log" >&2
        echo "agree.sh: $*: the linker does not name $option" >&2
        failed=1
    }
}

# Each file has the same options, whether it reads the engines' header first, or lwIP's opt.h, which
# gives its own defaults to what lwipopts.h leaves out.
mkdir -p "$work/tree/lwip"
cat >"$work/tree/lwip/opt.h" <<'END'
#ifndef LWIP_HDR_OPT_H
#define LWIP_HDR_OPT_H
#include "lwipopts.h"
#include "lwip/debug.h"
#ifndef MEM_SIZE
#define MEM_SIZE 1600
#endif
#ifndef MEM_ALIGNMENT
#define MEM_ALIGNMENT 1
#endif
#define SYS_LIGHTWEIGHT_PROT 1
#define LWIP_STATS 0
#ifndef LWIP_PERF
#define LWIP_PERF 0
#endif
#endif
END
heap_bytes() {
    for first in "$@"; do
        echo "#include \"$first\""
    done >"$work/order.c"
    echo '#include "cistern/heap.h"
int value CISTERN_HEAP_BYTES CISTERN_HEAP_INDEX_BITS CISTERN_CHECK CISTERN_CRITICAL;' >>"$work/order.c"
    "$compiler" -std=gnu11 -I"$work/tree" $include -E -P "$work/order.c" | grep "^int value"
}
for options in "" "#define MEM_SIZE 2000" "#define MEM_ALIGNMENT 4" '#include "lwip/debug.h"
#define MEM_SIZE 3000
#define MEM_ALIGNMENT 8' '#include "lwip/arch.h"
#define MEM_SIZE 3000' '#define LWIP_PERF 0
#define MEM_SIZE 3000' '#define LWIP_PERF 0'; do
    printf '#ifndef OPTIONS\n#define OPTIONS\n%s\n#endif\n' "$options" >"$work/tree/lwipopts.h"
    for first in lwip/opt.h lwip/debug.h lwip/arch.h; do
        [ "$(heap_bytes)" = "$(heap_bytes $first)" ] || {
            echo "agree.sh: lwipopts.h with $options: $(heap_bytes), behind $first $(heap_bytes $first)" >&2
            failed=1
        }
    done
done

# Texts are compared by gcc alone.
with_texts() {
    [ "$(echo __clang__ | "$compiler" -E -P -)" != __clang__ ] || "$@"
}

library plain "$@"
agrees plain "$@"
agrees plain "$@" -DMEM_ALIGNMENT=0x1 -DCISTERN_HEAP_HISTORY=3 -DCISTERN_POOL_HISTORY=3
agrees plain "$@" -DLWIP_PBUF_REF_T=uint8_t '-DCISTERN_HEAP_BYTES=(64*1024)' '-DCISTERN_HEAP_CACHE_LINE=(8-8)'
differs CISTERN_CHECK plain "$@" -DCISTERN_CHECK=0
differs CISTERN_POOL_EXTRAS plain "$@" -DCISTERN_POOL_EXTRAS=0
differs CISTERN_POOL_KEY plain "$@" '-DCISTERN_POOL_KEY=(uintptr_t)0x1235U'
differs CISTERN_CRITICAL plain "$@" -DSYS_LIGHTWEIGHT_PROT=0
differs CISTERN_HEAP_FIT plain "$@" -DMEM_FIT=first
differs CISTERN_HEAP_BYTES plain "$@" -DCISTERN_HEAP_BYTES=16384
differs CISTERN_HEAP_BYTES plain "$@" '-DMEM_SIZE=(16*1024)'
differs CISTERN_HEAP_INDEX_BITS plain "$@" -DCISTERN_HEAP_INDEX_BITS=32
differs CISTERN_HEAP_GUARDED plain "$@" -DMEM_OVERFLOW_CHECK=1
differs CISTERN_HEAP_CACHE_LINE plain "$@" -DCISTERN_HEAP_CACHE_LINE=32
differs MEM_ALIGNMENT plain "$@" -DMEM_ALIGNMENT=8
differs MEM_SIZE plain "$@" -DMEM_SIZE=70000
differs MEM_CUSTOM_ALLOCATOR plain "$@" -DMEM_LIBC_MALLOC=1
differs MEMP_MEM_MALLOC plain "$@" -DMEMP_MEM_MALLOC=1
differs MEM_STATS plain "$@" -DMEM_STATS=0
differs MEMP_STATS plain "$@" -DMEMP_STATS=0
differs SYS_STATS plain "$@" -DSYS_STATS=0
differs LWIP_STATS_DISPLAY plain "$@" -DLWIP_STATS_DISPLAY=1
differs LWIP_STATS_DISPLAY plain "$@" -DLWIP_DEBUG
differs LWIP_IPV4 plain "$@" -DLWIP_IPV4=0 -DLWIP_IPV6=1
differs LWIP_IPV6 plain "$@" -DLWIP_IPV6=1
differs LWIP_SUPPORT_CUSTOM_PBUF plain "$@" -DLWIP_SUPPORT_CUSTOM_PBUF=0
differs LWIP_PBUF_REF_T plain "$@" -DLWIP_PBUF_REF_T=u16_t
differs LWIP_PBUF_REF_T plain "$@" '-DLWIP_PBUF_REF_T=unsigned int'
differs LWIP_PBUF_CUSTOM_DATA plain "$@" '-DLWIP_PBUF_CUSTOM_DATA=u32_t stamp; u8_t a, b;'
differs CISTERN_PBUF_LEN_32 plain "$@" -DCISTERN_PBUF_LEN_32=1
differs CISTERN_MEMP_LOCK_FREE plain "$@" -DCISTERN_MEMP_LOCK_FREE=1
differs OS_ALIGNMENT plain "$@" -DOS_ALIGNMENT=16
agrees plain "$@" -DCISTERN_COMPARE_OPTIONS=0 -DMEM_SIZE=70000 -DLWIP_PBUF_REF_T=u16_t

# What only exists at a higher level, and what an lwipopts.h may say.
custom='-DLWIP_PBUF_CUSTOM_DATA=u32_t stamp; u8_t a, b;'
library full "$@" -DCISTERN_CHECK=3 -DOS_MEMPOOL_GUARD=1 "$custom" '-DLWIP_PBUF_REF_T=unsigned int' '-DMEM_SIZE=(16*1024)'
full="full -DCISTERN_CHECK=3 -DOS_MEMPOOL_GUARD=1 -DMEM_SIZE=(16*1024)"
agrees $full "$@" "$custom" '-DLWIP_PBUF_REF_T=unsigned int'
agrees $full "$@" "$custom" '-DLWIP_PBUF_REF_T=unsigned int' -DMEM_SIZE=16384
with_texts differs LWIP_PBUF_REF_T $full "$@" "$custom" '-DLWIP_PBUF_REF_T=unsigned short'
differs OS_MEMPOOL_GUARD $full "$@" -UOS_MEMPOOL_GUARD
differs CISTERN_POOL_HISTORY $full "$@" -DCISTERN_POOL_HISTORY=3
differs CISTERN_HEAP_HISTORY $full "$@" -DCISTERN_HEAP_HISTORY=3
differs CISTERN_HEAP_QUARANTINE $full "$@" -DCISTERN_HEAP_QUARANTINE=9
with_texts differs LWIP_PBUF_CUSTOM_DATA $full "$@" '-DLWIP_PBUF_CUSTOM_DATA=u32_t stamp; u8_t a;'

# The library as few files compares the same.
python3 tools/amalgam.py "$work/amalgam"
"$compiler" -std=gnu11 -w -Iports/posix -Iports/common -I"$work/amalgam" -I"$work/amalgam/include" "$@" \
    -c "$work/amalgam/cistern.c" -o "$work/few.o"
printf '#include "cistern.h"\nint main(void) { return 0; }\n' >"$work/few.c"
few() {
    "$compiler" -std=gnu11 -w -Iports/posix -Iports/common -I"$work/amalgam" "$@" "$work/few.c" "$work/few.o" \
        "$work/plain.o" -Wl,--allow-multiple-definition -pthread -o "$work/program" >"$work/log" 2>&1
}
few "$@" || {
    cat "$work/log" >&2
    echo "agree.sh: the library as few files does not link" >&2
    failed=1
}
if few "$@" -DMEM_OVERFLOW_CHECK=1 || ! grep -q cistern_was_built_with_CISTERN_HEAP_GUARDED_1 "$work/log"; then
    echo "agree.sh: the library as few files does not compare CISTERN_HEAP_GUARDED" >&2
    failed=1
fi

# Sections in memory: as large with the comparison as without.
memory() {
    "$compiler" -std=gnu11 -O1 $include "$@" -fno-lto -c "$work/program.c" -o "$work/program.o"
    size "$work/program.o" | awk 'NR == 2 { print $1, $2, $3 }'
}
[ "$(memory "$@")" = "$(memory "$@" -DCISTERN_COMPARE_OPTIONS=0)" ] || {
    echo "agree.sh: the comparison takes memory of a program" >&2
    failed=1
}
exit $failed
