#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Lists of pools as users write them: what is wrong with one ends the build with one message, which says
# what to change, in C and in C++; all others build without a warning: lwippools.sh ROOT FOLDER
set -eu
folder=$2
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
ln -s "$1" root # whose path has no space
failed=0
include="-I. -Iroot/include -Iroot/include/standalone -Iroot/ports/posix -Iroot/ports/common -Iroot/src"
printf '#include "lwip/memp.h"\nint pools(void);\nint pools(void)\n{\n    return MEMP_MAX;\n}\n' >pools.cpp

# Compiles memp.c and mem_pools.c, or a C++ source, with a list, which comes by standard input.
compile() { # C or C++, MEM_USE_POOLS
    printf '#define MEM_USE_POOLS %s\n#define MEMP_USE_CUSTOM_POOLS 1\n#define MEM_ALIGNMENT 8\n' "$2" >lwipopts.h
    if [ "$1" = C ]; then
        gcc -std=c11 -Wall -Wextra -Wpedantic -Wredundant-decls -fsyntax-only $include root/src/memp/memp.c \
            root/src/mem/mem_pools.c 2>&1 || true
    else
        g++ -Wall -Wextra -Wpedantic -fsyntax-only $include pools.cpp 2>&1 || true
    fi | sed -n 's/.*\(error\|warning\): /\1: /p' | sort -u
}

refuses() { # NAME MESSAGE LANGUAGES [MEM_USE_POOLS]
    cat >lwippools.h
    for language in $3; do
        said=$(compile "$language" "${4:-1}")
        if [ "$(echo "$said" | wc -l)" -ne 1 ] || ! echo "$said" | grep -q "error: .*$2"; then
            printf '%s, %s: not one message, "%s", but:\n%s\n' "$1" "$language" "$2" "$said" >&2
            failed=1
        fi
    done
}

takes() { # NAME [MEM_USE_POOLS]
    cat >lwippools.h
    for language in C C++; do
        said=$(compile "$language" "${2:-1}")
        [ -z "$said" ] || { printf '%s, %s:\n%s\n' "$1" "$language" "$said" >&2 && failed=1; }
    done
}

both="C C++"
refuses "a list with a guard" "remove its include guard" "$both" <<'END'
#ifndef LWIPPOOLS_H
#define LWIPPOOLS_H
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(20, 256)
LWIP_MALLOC_MEMPOOL_END
#endif
END
refuses "a guard without malloc pools" "remove its include guard" "$both" 0 <<'END'
#pragma once
LWIP_MEMPOOL(MINE, 4, 40, "MINE")
END
refuses "no START" "put LWIP_MALLOC_MEMPOOL_START before the first" "$both" <<'END'
LWIP_MALLOC_MEMPOOL(20, 256)
LWIP_MALLOC_MEMPOOL_END
END
refuses "no END" "put LWIP_MALLOC_MEMPOOL_END behind the last" "$both" <<'END'
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(20, 256)
END
refuses "END before START" "swap LWIP_MALLOC_MEMPOOL_START and" "$both" <<'END'
LWIP_MALLOC_MEMPOOL_END
LWIP_MALLOC_MEMPOOL(20, 256)
LWIP_MALLOC_MEMPOOL_START
END
refuses "two STARTs" "keep only one LWIP_MALLOC_MEMPOOL_START" "$both" <<'END'
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(20, 256)
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(20, 512)
LWIP_MALLOC_MEMPOOL_END
END
refuses "two ENDs" "keep only one LWIP_MALLOC_MEMPOOL_END" "$both" <<'END'
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(20, 256)
LWIP_MALLOC_MEMPOOL_END
LWIP_MALLOC_MEMPOOL_END
END
for place in before behind; do
    {
        [ $place = behind ] || echo 'LWIP_MALLOC_MEMPOOL(20, 256)'
        echo 'LWIP_MALLOC_MEMPOOL_START LWIP_MALLOC_MEMPOOL(20, 512) LWIP_MALLOC_MEMPOOL_END'
        [ $place = before ] || echo 'LWIP_MALLOC_MEMPOOL(20, 1024)'
    } >list
    refuses "a malloc pool $place the group" "move every LWIP_MALLOC_MEMPOOL in lwippools.h between" "$both" <list
done
for between in 'LWIP_MEMPOOL(MINE, 4, 40, "MINE")' 'LWIP_PBUF_MEMPOOL(MINE, 4, 40, "MINE")'; do
    refuses "$between among malloc pools" "do not follow each other; move every other pool out" "$both" <<END
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(20, 256)
$between
LWIP_MALLOC_MEMPOOL(20, 512)
LWIP_MALLOC_MEMPOOL_END
END
done
for group in '' 'LWIP_MEMPOOL(MINE, 4, 40, "MINE")' 'LWIP_MALLOC_MEMPOOL_START LWIP_MALLOC_MEMPOOL_END'; do
    echo "$group" >list
    refuses "no malloc pool: $group" "lists no malloc pool; put at least one" "$both" <list
done
refuses "malloc pools that are not asked for" "set MEM_USE_POOLS to 1, or put" "$both" 0 <<'END'
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(20, 256)
LWIP_MALLOC_MEMPOOL_END
END
group='LWIP_MALLOC_MEMPOOL_START LWIP_MALLOC_MEMPOOL(20, 512) LWIP_MALLOC_MEMPOOL_END'
for pool in 'LWIP_MEMPOOL(MINE, 0, 40, "MINE")' 'LWIP_PBUF_MEMPOOL(MINE, 0, 40, "MINE")'; do
    echo "$pool $group" >list
    refuses "$pool" "pool MINE has no elements" C <list
done
refuses "a malloc pool of 0" "pool 256 has no elements" C <<'END'
LWIP_MALLOC_MEMPOOL_START LWIP_MALLOC_MEMPOOL(0, 256) LWIP_MALLOC_MEMPOOL_END
END
for size in -5 '(size_t)-1 / 3' '(size_t)-1'; do
    echo "LWIP_MEMPOOL(MINE, 4, $size, \"MINE\")" >list
    refuses "elements of $size bytes" "pool MINE is larger than the memory that a pointer reaches" C 0 <list
done

takes "a list whose pools are all left out" 0 <<'END'
#if MEM_USE_POOLS
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(20, 256)
LWIP_MALLOC_MEMPOOL_END
#endif
END
takes "headers, comments, expressions, conditions, no order" <<'END'
/* A guard of what is included stays. */
#include <stdint.h>
#include "lwip/pbuf.h"
#ifndef MINE_H
#define MINE_H
struct mine {
    struct pbuf_custom p;
    uint32_t word;
};
enum { MINES = 3 };
#endif
LWIP_MEMPOOL(MINE, (unsigned)MINES + 1, sizeof(struct mine), "MI" "NE")
#if LWIP_IPV4
LWIP_PBUF_MEMPOOL(RX, (u8_t)MEMP_NUM_PBUF, 1536, NULL)
#endif
LWIP_MALLOC_MEMPOOL_START /* descending, unaligned, in hexadecimal */
LWIP_MALLOC_MEMPOOL(2 * MINES, 0x600) // a comment
LWIP_MALLOC_MEMPOOL(10, 513) LWIP_MALLOC_MEMPOOL(10,
    256U)
LWIP_MALLOC_MEMPOOL_END
LWIP_MEMPOOL(LAST, 1, 1, "LAST")
END
printf 'LWIP_MALLOC_MEMPOOL_START\r\nLWIP_MALLOC_MEMPOOL(20, 256)\r\nLWIP_MALLOC_MEMPOOL_END' >list
takes "lines of another system, the last one open" <list
exit $failed
