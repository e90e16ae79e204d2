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
for macro in SYS_ARCH_DECL_PROTECT SYS_ARCH_PROTECT SYS_ARCH_UNPROTECT; do
    refuses "$macro" "-D$macro(lev)=" -DNO_SYS=1 -Iinclude/standalone -Iports/posix -Iports/common -include lwip/sys.h
done
refuses NO_SYS -D__AVR__ -Iinclude/standalone -Iports/bare -include arch/sys_arch.h

# Sizes and numbers that make no sense, in the source that they are for.
senseless() { # OPTION VALUES FILE FLAG ...
    option=$1
    values=$2
    file=$3
    shift 3
    for value in $values; do
        refuses "$option" "-D$option=$value" -Iinclude/standalone -Iports/posix -Iports/common -Isrc "$@" -include "$file"
    done
}
senseless MEM_SIZE "0 -5 10" src/mem/mem.c
senseless LWIP_RAM_HEAP_SIZE "10 100000" src/mem/mem.c
senseless MIN_SIZE "-1 2000" src/mem/mem.c
senseless CISTERN_HEAP_BYTES "100" src/mem/mem.c
senseless CISTERN_HEAP_QUARANTINE "0 256" src/mem/mem.c
senseless LWIP_PBUF_REF_T "s8_t" src/pbuf/pbuf.c
senseless CISTERN_PBUF_LEN_32 "2" src/pbuf/pbuf.c
senseless MEM_ALIGNMENT "0 3 -4" src/mem/mem.c
senseless PBUF_POOL_SIZE "-1 (2-5)" src/memp/memp.c
senseless MEMP_NUM_PBUF "-1" src/memp/memp.c
senseless PBUF_POOL_BUFSIZE "0 -1" src/pbuf/pbuf.c
senseless PBUF_LINK_HLEN "-1" src/pbuf/pbuf.c
senseless PBUF_LINK_ENCAPSULATION_HLEN "-1" src/pbuf/pbuf.c
senseless ETH_PAD_SIZE "-1" src/pbuf/pbuf.c
senseless TCP_MSS "0 -1" src/pbuf/pbuf.c
senseless MEM_SANITY_REGION_BEFORE "-1" src/mem/mem.c -DMEM_OVERFLOW_CHECK=1
senseless MEM_SANITY_REGION_AFTER "-1" src/mem/mem.c -DMEM_OVERFLOW_CHECK=1
for name in HEAP_BYTES HEAP_CACHE_LINE HEAP_QUARANTINE HEAP_SEARCH HEAP_GUARD_BEFORE HEAP_GUARD_AFTER TRACE_EVENTS \
    TRACE_OBJECTS TRACE_HZ PBUF_HISTORY POOL_HISTORY; do
    senseless CISTERN_$name -1 src/pbuf/pbuf_history.c
done
senseless CISTERN_HOST_SEMAPHORES "0 -1" ports/common/sys_semaphore.c
senseless CISTERN_HOST_MUTEXES "0 -1" ports/common/sys_mutex.c
senseless CISTERN_HOST_MAILBOXES "0 -1" ports/common/sys_mailbox.c
senseless CISTERN_HOST_MBOX_SIZE "0 -1" ports/common/sys_mailbox.c
senseless CISTERN_POSIX_NORMAL_PRIORITY -1 ports/posix/sys_thread.c
for name in THREADS STACK_BYTES GUARD_BYTES IDLE_STACK_BYTES PRIORITIES SEMAPHORES MUTEXES MAILBOXES MBOX_SIZE; do
    for value in 0 -1; do
        refuses CISTERN_BARE_$name -DCISTERN_BARE_$name=$value -Iinclude/standalone -Iports/bare -Iports/bare/cortex-m \
            -include arch/sys_arch.h
    done
done

# What the macros of a cc.h of one's own declare.
bridge='-DNO_SYS=1 -Itests/port/protect -Iports/lwip -Iinclude/standalone -include lwip/opt.h -include arch/cistern_port.h'
refuses CISTERN_LWIP_LEVEL $bridge -Iinclude -DPROTECT_named
refuses CISTERN_LWIP_LEVEL_BYTES $bridge -Iinclude -DPROTECT_large

# lwIP's headers before this library's.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/lwip"
echo '#define LWIP_HDR_DEF_H' >"$work/lwip/def.h"
refuses lwip/def.h -iquote "$work" -Iinclude/standalone -Iports/posix -Iports/common -include src/def/def.c
exit $failed
