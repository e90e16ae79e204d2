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
 * | CISTERN_CHECK           | 1       | 0..3  | check ladder, see below                           |
 * | CISTERN_ASSERT(x)       | off     | macro | internal assertions, for debug builds             |
 * | CISTERN_CRITICAL        | 1       | 0, 1  | 0: engines take no lock; 1: arch/cistern_port.h   |
 * | CISTERN_POOL_REGISTRY   | g_os_.. | name  | linker name of the list of all pools              |
 *
 * CISTERN_CHECK
 *   0  no checks: misuse is undefined, as in the originals
 *   1  constant-time detection of double, foreign, interior, misaligned and wrong-pool frees and of
 *      damaged links and headers; one byte per pool block, no byte per heap block
 *   2  adds guards around blocks and poison in free blocks: overflow and write after free
 *   3  adds who: file and line of the last get and put, and a short history of each block
 */
#ifndef CISTERN_CONFIG_H
#define CISTERN_CONFIG_H

#ifdef CISTERN_CONFIG_HEADER
#    include CISTERN_CONFIG_HEADER
#elif defined __has_include
#    if __has_include("lwipopts.h")
#        include "lwipopts.h"
#    endif
#endif

#ifndef CISTERN_CHECK
#    define CISTERN_CHECK 1
#endif
#if CISTERN_CHECK < 0 || CISTERN_CHECK > 3
#    error "CISTERN_CHECK must be 0, 1, 2 or 3: see cistern/config.h"
#endif

#ifndef CISTERN_ASSERT
#    define CISTERN_ASSERT(condition) ((void)0)
#endif

/* The critical section that protects engine state. With 1 the port's arch/cistern_port.h says how;
 * 0 is right only when a single context (no interrupt, one thread) ever calls the library. */
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

/* Linker name of the pool registry. The default is the symbol that Mynewt clients link to. */
#ifndef CISTERN_POOL_REGISTRY
#    define CISTERN_POOL_REGISTRY g_os_mempool_list
#endif

#endif
