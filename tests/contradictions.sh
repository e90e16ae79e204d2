#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# An option out of its range, and options that contradict each other, end a build with an error that
# names the option to change: contradictions.sh ROOT
set -eu
cd "$1"

failed=0
refuses() { # OPTION FLAG ...
    option=$1
    shift
    said=$(echo '#include "cistern/config.h"' | gcc -std=c11 -Iinclude "$@" -fsyntax-only -x c - 2>&1) || true
    echo "$said" | grep -E "error: (#error|static assertion)" | grep -qw "$option" || {
        echo "$*: no #error that names $option" >&2
        failed=1
    }
}

refuses CISTERN_CHECK -DCISTERN_CHECK=4
refuses MEMP_OVERFLOW_CHECK -DMEMP_OVERFLOW_CHECK=1 -DCISTERN_CHECK=1
refuses OS_MEMPOOL_GUARD -DOS_MEMPOOL_GUARD=1 -DCISTERN_CHECK=0
refuses OS_MEMPOOL_POISON -DOS_MEMPOOL_POISON=1 -DCISTERN_CHECK=1
refuses CISTERN_CRITICAL -DCISTERN_CRITICAL=2
refuses CISTERN_POOL_EXTRAS -DCISTERN_POOL_EXTRAS=2
refuses CISTERN_POOL_EXTRAS -DCISTERN_MEMP_LOCK_FREE=1 -DCISTERN_POOL_EXTRAS=0
refuses CISTERN_MEMP_LOCK_FREE -DCISTERN_MEMP_LOCK_FREE=2
refuses CISTERN_POOL_HISTORY -DCISTERN_POOL_HISTORY=0
refuses CISTERN_HEAP_FIT -DCISTERN_HEAP_FIT=best
refuses CISTERN_HEAP_INDEX_BITS -DCISTERN_HEAP_INDEX_BITS=8
refuses CISTERN_HEAP_GUARDED -DCISTERN_HEAP_GUARDED=2
refuses CISTERN_HEAP_GUARDED -DCISTERN_HEAP_GUARDED=0 -DCISTERN_CHECK=3
refuses CISTERN_CHECK -DCISTERN_HEAP_GUARDED=1 -DCISTERN_CHECK=0
refuses CISTERN_HEAP_HISTORY -DCISTERN_HEAP_HISTORY=0
refuses LWIP_IPV4 -DLWIP_IPV4=0 -DLWIP_IPV6=0 -Iinclude/standalone -Iports/posix -include lwip/opt.h
refuses LWIP_COMPAT_MUTEX_ALLOWED -DLWIP_COMPAT_MUTEX=1 -Iinclude/standalone -Iports/posix -Iports/common \
    -include lwip/sys.h
refuses NO_SYS -D__AVR__ -Iinclude/standalone -Iports/bare -include arch/sys_arch.h

for size in 0 -5 10; do
    refuses MEM_SIZE -DMEM_SIZE=$size -Iinclude/standalone -Iports/posix -Iports/common -Isrc -include src/mem/mem.c
done

# What the macros of a cc.h of one's own declare.
bridge='-DNO_SYS=1 -Itests/port/protect -Iports/lwip -Iinclude/standalone -include lwip/opt.h -include arch/cistern_port.h'
refuses CISTERN_LWIP_LEVEL $bridge -Iinclude -DPROTECT_named
refuses CISTERN_LWIP_LEVEL_BYTES $bridge -Iinclude -DPROTECT_large
exit $failed
