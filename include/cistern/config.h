/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/config.h - every option of the engines, with default, range, cost and effect.
 *
 * Where the values come from, first match wins:
 *   1. the header named by CISTERN_CONFIG_HEADER (e.g. -DCISTERN_CONFIG_HEADER='"my_config.h"')
 *   2. lwipopts.h, when it is on the include path: the place lwIP users know
 *   3. the defaults below
 * The library and its users must be compiled with the same values: they decide struct layouts.
 *
 * | option                  | default | range | effect and cost                                   |
 * |-------------------------|---------|-------|---------------------------------------------------|
 * | CISTERN_CONFIG_HEADER   | none    | name  | a header in quotes that has these options         |
 * | CISTERN_CHECK           | 1       | 0..3  | check ladder, see below                           |
 * | CISTERN_DIAGNOSIS       | 1       | 0, 1  | 0: misuse and damage are found, refused and       |
 * |                         |         |       | counted as ever, but neither named nor repaired   |
 * | CISTERN_ASSERT(x)       | off     | macro | internal assertions, for debug builds             |
 * | CISTERN_COMPARE_OPTIONS | 1       | 0, 1  | 1: the linker refuses objects that were compiled  |
 * |                         |         |       | with other options; see cistern/agree.h           |
 * | CISTERN_CRITICAL        | 1       | 0, 1  | 0: engines take no lock; 1: arch/cistern_port.h   |
 * | CISTERN_POOL_REGISTRY   | g_os_.. | name  | linker name of the list of all pools              |
 * | CISTERN_POOL_EXTRAS     | 1       | 0, 1  | strategies, waiting, notices, reserve: a pointer  |
 * |                         |         |       | per pool and a test per get and put               |
 * | CISTERN_MEMP_LOCK_FREE  | 0       | 0, 1  | lwIP's pools without a lock and without masking   |
 * |                         |         |       | an interrupt: 64 bytes and extras per pool, a     |
 * |                         |         |       | pointer per element; statistics that follow the   |
 * |                         |         |       | pool, at an atomic exchange per get and put;      |
 * |                         |         |       | memp_desc's tab is not kept up to date            |
 * | CISTERN_MEMP_LIMIT      | 0       | 0, 1  | 1: with MEMP_MEM_MALLOC each pool refuses more    |
 * |                         |         |       | than its number of elements; 0: only the heap     |
 * |                         |         |       | does, as in lwIP                                  |
 * | CISTERN_POOL_KEY        | below   | expr. | the secret in the key of a free block: odd; see   |
 * |                         |         |       | cistern/pool_core.h                               |
 * | CISTERN_POOL_POISON     | 64      | bytes | level 2: how much of a free block is poisoned;    |
 * |                         |         |       | all of it at level 3 and with OS_MEMPOOL_POISON   |
 * | CISTERN_POOL_HISTORY    | 16      | 1..255| level 3: events kept per pool block, 12 or 16     |
 * |                         |         |       | bytes each                                        |
 * | CISTERN_HEAP_FIT        | good    | below | how a heap chooses a free block                   |
 * | MEM_FIT                 | good    | below | the same by a name for lwipopts.h                 |
 * | CISTERN_HEAP_BYTES      | below   | 64..  | the largest arena of any heap in the program      |
 * | CISTERN_HEAP_INDEX_BITS | below   | below | width of the indices in a heap's block headers    |
 * | CISTERN_HEAP_SEARCH     | 8       | 1..   | good fit: blocks of its own list that a request   |
 * |                         |         |       | examines where no other list serves it            |
 * | CISTERN_HEAP_CACHE_LINE | 0       | 2^n   | not 0: a payload shares no line of so many bytes  |
 * |                         |         |       | with a header (DMA); each header takes one line   |
 * | CISTERN_HEAP_QUARANTINE | 4       | 1..255| level 2: frees for which a block whose guard was  |
 * |                         |         |       | broken is held back; an index each                |
 * | CISTERN_HEAP_GUARDED    | level 2 | 0, 1  | heap blocks have guards; MEM_OVERFLOW_CHECK sets; |
 * |                         |         |       | 1 at level 3                                      |
 * | CISTERN_HEAP_GUARD_BEFORE, _AFTER | 16 | 0.. | bytes of guard around a heap block's payload   |
 * | CISTERN_HEAP_HISTORY    | 16      | 1..   | level 3: frees that a heap remembers              |
 * | CISTERN_TRACE           | 0       | 0, 1  | events of all pools and heaps go into a ring that |
 * |                         |         |       | `cistern size` reads: see cistern/trace.h         |
 * | CISTERN_TRACE_EVENTS    | 512     | 2^n   | slots of the ring, 24 bytes each (64-bit: 40)     |
 * | CISTERN_TRACE_OBJECTS   | 32      | 1..   | pools and heaps that it describes, 44 bytes each  |
 * | CISTERN_TRACE_HZ        | 1000    | 1..   | ticks per second of the events' clock             |
 * | CISTERN_TRACE_TIME()    | a load  | macro | the clock, a uint32_t; by default what the latest |
 * |                         |         |       | cistern_trace_tick said                           |
 * | CISTERN_TRACE_OWNER     | port's  | expr. | the address that a call returns to, or NULL       |
 *
 * CISTERN_CHECK
 *   0  no checks: misuse is undefined, as in the originals
 *   1  detection of double, foreign, interior, misaligned and wrong-pool frees and of damaged links
 *      and headers, in constant time where there are none; no byte per pool block or heap block
 *   2  adds guards around blocks and poison in free blocks: overflow and write after free
 *   3  adds callers: file and line of the last get and put, and a short history of each block
 *
 * CISTERN_HEAP_FIT
 *   good   constant time: lists of free blocks by size under a bitmap; 186 bytes of lists for 64 KB
 *   first  the lowest free block that is large enough: no lists, but linear in the number of blocks
 *
 * CISTERN_HEAP_BYTES
 *   Index width and, for good fit, the number of lists follow from it; a larger arena is refused by
 *   init. The default is what MEM_SIZE of lwipopts.h needs; 4 GB where LWIP_RAM_HEAP_SIZE gives lwIP's
 *   heap a length of its own; 64 KB where there is neither. A program that makes larger heaps sets it.
 *
 * CISTERN_HEAP_INDEX_BITS
 *   16     arenas up to 64 KB: 4 bytes per block header
 *   32     arenas up to 4 GB: 8 bytes per block header
 *   64     arenas of any size, indices are size_t
 *   The default is the narrowest for CISTERN_HEAP_BYTES. Where only the width is set, CISTERN_HEAP_BYTES
 *   is the most that it can name.
 */
#ifndef CISTERN_CONFIG_H
#define CISTERN_CONFIG_H

#include <stdint.h>

#ifdef CISTERN_CONFIG_HEADER
#    include CISTERN_CONFIG_HEADER
#elif defined __has_include
#    if __has_include("lwipopts.h")
#        define CISTERN_READS_LWIPOPTS /* for lwip/arch.h, which it may include */
#        include "lwipopts.h"
#        undef CISTERN_READS_LWIPOPTS
#    endif
#endif

/* lwIP's and Mynewt's options for guards and poison ask for level 2. */
#ifndef CISTERN_CHECK
#    if defined MEMP_OVERFLOW_CHECK && MEMP_OVERFLOW_CHECK > 0
#        define CISTERN_CHECK 2
#    elif defined OS_MEMPOOL_POISON && OS_MEMPOOL_POISON > 0
#        define CISTERN_CHECK 2
#    elif defined OS_MEMPOOL_GUARD && OS_MEMPOOL_GUARD > 0
#        define CISTERN_CHECK 2
#    else
#        define CISTERN_CHECK 1
#    endif
#endif
#if CISTERN_CHECK < 0 || CISTERN_CHECK > 3
#    error "CISTERN_CHECK must be 0, 1, 2 or 3: see cistern/config.h"
#endif
#if CISTERN_CHECK < 2
#    if defined MEMP_OVERFLOW_CHECK && MEMP_OVERFLOW_CHECK > 0
#        error "MEMP_OVERFLOW_CHECK asks for guards: set CISTERN_CHECK to 2 or 3, or leave it out"
#    endif
#    if defined OS_MEMPOOL_GUARD && OS_MEMPOOL_GUARD > 0
#        error "OS_MEMPOOL_GUARD asks for guards: set CISTERN_CHECK to 2 or 3, or leave it out"
#    endif
#    if defined OS_MEMPOOL_POISON && OS_MEMPOOL_POISON > 0
#        error "OS_MEMPOOL_POISON asks for poison: set CISTERN_CHECK to 2 or 3, or leave it out"
#    endif
#endif

#ifndef CISTERN_DIAGNOSIS
#    define CISTERN_DIAGNOSIS 1
#endif
#if CISTERN_DIAGNOSIS != 0 && CISTERN_DIAGNOSIS != 1
#    error "CISTERN_DIAGNOSIS must be 0 or 1: see cistern/config.h"
#endif
#if !CISTERN_DIAGNOSIS && CISTERN_CHECK >= 3
#    error "Level 3 names the last user of a block: set CISTERN_DIAGNOSIS to 1"
#endif

#ifndef CISTERN_ASSERT
#    define CISTERN_ASSERT(condition) ((void)0)
#endif

/* The critical section of the engines. 1: that of the port's arch/cistern_port.h; 0: none, which is
 * right only if a single context (one thread, no interrupt) calls the library. The default is
 * SYS_LIGHTWEIGHT_PROT, unless the port's arch/cistern_config.h defines another one. */
#if !defined CISTERN_CRITICAL && defined __has_include
#    if __has_include("arch/cistern_config.h")
#        include "arch/cistern_config.h"
#    endif
#endif
#ifndef CISTERN_CRITICAL
#    if defined SYS_LIGHTWEIGHT_PROT
#        define CISTERN_CRITICAL SYS_LIGHTWEIGHT_PROT
#    else
#        define CISTERN_CRITICAL 1
#    endif
#endif
#if CISTERN_CRITICAL != 0 && CISTERN_CRITICAL != 1
#    error "CISTERN_CRITICAL must be 0 or 1: see cistern/config.h"
#endif

#ifndef CISTERN_POOL_POISON
#    if CISTERN_CHECK >= 3 || (defined OS_MEMPOOL_POISON && OS_MEMPOOL_POISON > 0)
#        define CISTERN_POOL_POISON SIZE_MAX
#    else
#        define CISTERN_POOL_POISON ((size_t)64)
#    endif
#endif

#ifndef CISTERN_POOL_HISTORY
#    define CISTERN_POOL_HISTORY 16
#endif
#if CISTERN_POOL_HISTORY < 1 || CISTERN_POOL_HISTORY > 255
#    error "CISTERN_POOL_HISTORY must be 1 to 255: see cistern/config.h"
#endif

#ifndef CISTERN_POOL_EXTRAS
#    define CISTERN_POOL_EXTRAS 1
#endif
#if CISTERN_POOL_EXTRAS != 0 && CISTERN_POOL_EXTRAS != 1
#    error "CISTERN_POOL_EXTRAS must be 0 or 1: see cistern/config.h"
#endif

/* What limits lwIP's pools with MEMP_MEM_MALLOC: 0 the heap alone, 1 their number of elements too. */
#ifndef CISTERN_MEMP_LIMIT
#    define CISTERN_MEMP_LIMIT 0
#endif
#if CISTERN_MEMP_LIMIT != 0 && CISTERN_MEMP_LIMIT != 1
#    error "CISTERN_MEMP_LIMIT must be 0 or 1: see cistern/config.h"
#endif

/* How lwIP's pools are shared: 0 by the critical section above, 1 by atomic operations. */
#ifndef CISTERN_MEMP_LOCK_FREE
#    define CISTERN_MEMP_LOCK_FREE 0
#endif
#if CISTERN_MEMP_LOCK_FREE != 0 && CISTERN_MEMP_LOCK_FREE != 1
#    error "CISTERN_MEMP_LOCK_FREE must be 0 or 1: see cistern/config.h"
#endif
#if CISTERN_MEMP_LOCK_FREE && !CISTERN_POOL_EXTRAS
#    error "CISTERN_MEMP_LOCK_FREE is a strategy of pools: set CISTERN_POOL_EXTRAS to 1"
#endif

/* Linker name of the pool registry. The default is the symbol that Mynewt clients link to. */
#ifndef CISTERN_POOL_REGISTRY
#    define CISTERN_POOL_REGISTRY g_os_mempool_list
#endif

/* How a heap chooses a free block: good or first. lwipopts.h may say it as MEM_FIT. */
#define CISTERN_HEAP_FIT_good  1
#define CISTERN_HEAP_FIT_first 2
#ifndef CISTERN_HEAP_FIT
#    ifdef MEM_FIT
#        define CISTERN_HEAP_FIT MEM_FIT
#    else
#        define CISTERN_HEAP_FIT good
#    endif
#endif
#define CISTERN_HEAP_FIT_NUMBER_(fit) CISTERN_HEAP_FIT_##fit
#define CISTERN_HEAP_FIT_NUMBER(fit)  CISTERN_HEAP_FIT_NUMBER_(fit)
#define CISTERN_HEAP_FIT_IS_GOOD      (CISTERN_HEAP_FIT_NUMBER(CISTERN_HEAP_FIT) == 1)
#define CISTERN_HEAP_FIT_IS_FIRST     (CISTERN_HEAP_FIT_NUMBER(CISTERN_HEAP_FIT) == 2)
#if !CISTERN_HEAP_FIT_IS_GOOD && !CISTERN_HEAP_FIT_IS_FIRST
#    error "CISTERN_HEAP_FIT (or MEM_FIT) must be good or first: see cistern/config.h"
#endif

/* Whether the user gave a value, or lwIP's opt.h its default: see the end of lwip/debug.h. */
#if defined MEM_SIZE && !(defined LWIP_PERF && defined CISTERN_MEM_SIZE_IS_LWIPS)
#    define CISTERN_HAS_MEM_SIZE 1
#else
#    define CISTERN_HAS_MEM_SIZE 0
#endif
#if defined MEM_ALIGNMENT && !(defined LWIP_PERF && defined CISTERN_MEM_ALIGNMENT_IS_LWIPS)
#    define CISTERN_HAS_MEM_ALIGNMENT 1
#else
#    define CISTERN_HAS_MEM_ALIGNMENT 0
#endif

#if defined CISTERN_HEAP_INDEX_BITS && CISTERN_HEAP_INDEX_BITS == 0
#    undef CISTERN_HEAP_INDEX_BITS
#endif
#ifndef CISTERN_HEAP_BYTES
#    if defined CISTERN_HEAP_INDEX_BITS && CISTERN_HEAP_INDEX_BITS == 64 && SIZE_MAX > 0xffffffff
#        define CISTERN_HEAP_BYTES 0xffffffffffff
#    elif defined CISTERN_HEAP_INDEX_BITS && CISTERN_HEAP_INDEX_BITS > 16
#        define CISTERN_HEAP_BYTES 0xffffffff
#    elif defined CISTERN_HEAP_INDEX_BITS || !CISTERN_HAS_MEM_SIZE
#        define CISTERN_HEAP_BYTES 0x10000
#    elif (defined MEM_USE_POOLS && MEM_USE_POOLS) ||                                              \
        (defined MEM_LIBC_MALLOC && MEM_LIBC_MALLOC) ||                                            \
        (defined MEM_CUSTOM_ALLOCATOR && MEM_CUSTOM_ALLOCATOR)
#        define CISTERN_HEAP_BYTES 0x10000
#    elif defined LWIP_RAM_HEAP_SIZE && SIZE_MAX > 0xffff
#        define CISTERN_HEAP_BYTES 0xffffffff
#    elif CISTERN_HAS_MEM_ALIGNMENT
#        define CISTERN_HEAP_BYTES ((MEM_SIZE) + 3 * (MEM_ALIGNMENT) + 48)
#    else
#        define CISTERN_HEAP_BYTES ((MEM_SIZE) + 64)
#    endif
#endif
#ifndef CISTERN_HEAP_INDEX_BITS
#    if CISTERN_HEAP_BYTES <= 0x10000
#        define CISTERN_HEAP_INDEX_BITS 16
#    elif CISTERN_HEAP_BYTES <= 0xffffffff
#        define CISTERN_HEAP_INDEX_BITS 32
#    else
#        define CISTERN_HEAP_INDEX_BITS 64
#    endif
#endif
#if CISTERN_HEAP_INDEX_BITS != 16 && CISTERN_HEAP_INDEX_BITS != 32 && CISTERN_HEAP_INDEX_BITS != 64
#    error "CISTERN_HEAP_INDEX_BITS must be 16, 32 or 64: see cistern/config.h"
#endif
#if CISTERN_HEAP_BYTES < 64
#    error "CISTERN_HEAP_BYTES (or MEM_SIZE) is too small for a heap: see cistern/config.h"
#endif
#if (CISTERN_HEAP_INDEX_BITS == 16 && CISTERN_HEAP_BYTES > 0x10000) ||                             \
    (CISTERN_HEAP_INDEX_BITS == 32 && CISTERN_HEAP_BYTES > 0xffffffff)
#    error "CISTERN_HEAP_INDEX_BITS is too narrow for CISTERN_HEAP_BYTES: leave it out"
#endif

#ifndef CISTERN_HEAP_SEARCH
#    define CISTERN_HEAP_SEARCH 8
#endif
#if CISTERN_HEAP_SEARCH < 1
#    error "CISTERN_HEAP_SEARCH must be at least 1: see cistern/config.h"
#endif

#ifndef CISTERN_HEAP_CACHE_LINE
#    define CISTERN_HEAP_CACHE_LINE 0
#endif
#if (CISTERN_HEAP_CACHE_LINE & (CISTERN_HEAP_CACHE_LINE - 1)) != 0 ||                              \
    (CISTERN_HEAP_CACHE_LINE != 0 && CISTERN_HEAP_CACHE_LINE < 16)
#    error "CISTERN_HEAP_CACHE_LINE must be 0, or a power of two from 16 on: see cistern/config.h"
#endif

#ifndef CISTERN_HEAP_QUARANTINE
#    define CISTERN_HEAP_QUARANTINE 4
#endif
#if CISTERN_HEAP_QUARANTINE < 1 || CISTERN_HEAP_QUARANTINE > 255
#    error "CISTERN_HEAP_QUARANTINE must be 1 to 255: see cistern/config.h"
#endif

/* Guards around heap blocks: from check level 2 on, or where lwipopts.h asks for lwIP's own overflow
 * check. Each block then also carries the size that was asked for. */
#ifndef CISTERN_HEAP_GUARDED
#    if CISTERN_CHECK >= 2
#        define CISTERN_HEAP_GUARDED 1
#    elif defined MEM_OVERFLOW_CHECK
#        define CISTERN_HEAP_GUARDED (MEM_OVERFLOW_CHECK != 0)
#    else
#        define CISTERN_HEAP_GUARDED 0
#    endif
#endif
#ifndef CISTERN_HEAP_GUARD_BEFORE
#    ifdef MEM_SANITY_REGION_BEFORE
#        define CISTERN_HEAP_GUARD_BEFORE MEM_SANITY_REGION_BEFORE
#    else
#        define CISTERN_HEAP_GUARD_BEFORE 16
#    endif
#endif
#ifndef CISTERN_HEAP_GUARD_AFTER
#    ifdef MEM_SANITY_REGION_AFTER
#        define CISTERN_HEAP_GUARD_AFTER MEM_SANITY_REGION_AFTER
#    else
#        define CISTERN_HEAP_GUARD_AFTER 16
#    endif
#endif
#if CISTERN_HEAP_GUARD_BEFORE < 0 || CISTERN_HEAP_GUARD_AFTER < 0
#    error                                                                                         \
        "CISTERN_HEAP_GUARD_BEFORE and CISTERN_HEAP_GUARD_AFTER (or MEM_SANITY_REGION_BEFORE and MEM_SANITY_REGION_AFTER) must be at least 0"
#endif
#if CISTERN_HEAP_GUARDED != 0 && CISTERN_HEAP_GUARDED != 1
#    error "CISTERN_HEAP_GUARDED must be 0 or 1: see cistern/config.h"
#endif
#if CISTERN_HEAP_GUARDED && CISTERN_CHECK < 1
#    error "Heap guards are verified from check level 1 on: set CISTERN_CHECK to 1 or more"
#endif
#if !CISTERN_HEAP_GUARDED && CISTERN_CHECK >= 3
#    error "Level 3 stores callers in the guards of heap blocks: set CISTERN_HEAP_GUARDED to 1"
#endif

#ifndef CISTERN_HEAP_HISTORY
#    define CISTERN_HEAP_HISTORY 16
#endif
#if CISTERN_HEAP_HISTORY < 1
#    error "CISTERN_HEAP_HISTORY must be at least 1: see cistern/config.h"
#endif

#ifndef CISTERN_TRACE
#    define CISTERN_TRACE 0
#endif
#if CISTERN_TRACE != 0 && CISTERN_TRACE != 1
#    error "CISTERN_TRACE must be 0 or 1: see cistern/config.h"
#endif
#ifndef CISTERN_TRACE_EVENTS
#    define CISTERN_TRACE_EVENTS 512
#endif
#if CISTERN_TRACE_EVENTS < 2 || (CISTERN_TRACE_EVENTS & (CISTERN_TRACE_EVENTS - 1)) != 0
#    error "CISTERN_TRACE_EVENTS must be a power of two from 2 on: see cistern/config.h"
#endif
#ifndef CISTERN_TRACE_OBJECTS
#    define CISTERN_TRACE_OBJECTS 32
#endif
#if CISTERN_TRACE_OBJECTS < 1
#    error "CISTERN_TRACE_OBJECTS must be at least 1: see cistern/config.h"
#endif
#ifndef CISTERN_TRACE_HZ
#    define CISTERN_TRACE_HZ 1000
#endif
#if CISTERN_TRACE_HZ < 1
#    error "CISTERN_TRACE_HZ must be at least 1: see cistern/config.h"
#endif

#include "cistern/agree.h"

#endif
