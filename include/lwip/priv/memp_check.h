/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/priv/memp_check.h - what must hold of the user's lwippools.h, one message for each mistake.
 *
 * It is read with the same five macros again and again; what they stand for changes:
 *
 *   pass 0   what lwippools.h includes itself is read, at file scope, and the compiler's counter moves
 *            with each pool
 *   pass 1   each pool is an enumerator, so that no two have one name, and all are counted
 *   pass 2   the malloc pools, STARTs and ENDs are counted
 *   pass 3   the pools before the first START and before the first END are counted: a START ends the
 *            value of one enumerator and begins another one
 *
 * Read once, by lwip/memp.h, before the list is used for the first time. memp.c checks the numbers
 * of elements and their sizes, which may need more headers.
 */
#ifndef LWIP_HDR_MEMP_CHECK_H
#define LWIP_HDR_MEMP_CHECK_H

#include "cistern/pool.h"
#include "lwip/opt.h"

/* A name of the line that it is used on. */
#define MEMP_OF_LINE_(name, line) name##line
#define MEMP_OF_LINE(name, line)  MEMP_OF_LINE_(name, line)

#if MEMP_USE_CUSTOM_POOLS

#    define LWIP_MEMPOOL(name, num, size, desc)         MEMP_CHECK_POOL(MEMP_LISTED_ONCE_##name)
#    define LWIP_PBUF_MEMPOOL(name, num, payload, desc) MEMP_CHECK_POOL(MEMP_LISTED_ONCE_##name)
#    define LWIP_MALLOC_MEMPOOL(num, size)              MEMP_CHECK_MALLOC_POOL(MEMP_LISTED_ONCE_POOL_##size)
#    define LWIP_MALLOC_MEMPOOL_START                   MEMP_CHECK_START
#    define LWIP_MALLOC_MEMPOOL_END                     MEMP_CHECK_END

/* --- pass 0 ----------------------------------------------------------------------------------- */

#    ifdef __COUNTER__
#        define MEMP_CHECK_POOL(listed) CISTERN_STATIC_ASSERT(__COUNTER__ >= 0, "");
#    else
#        define MEMP_CHECK_POOL(listed)
#    endif
#    define MEMP_CHECK_MALLOC_POOL(listed) MEMP_CHECK_POOL(listed)
#    define MEMP_CHECK_START
#    define MEMP_CHECK_END
#    ifdef __COUNTER__
enum { MEMP_COUNTER_BEFORE = __COUNTER__ };
#        include "lwippools.h"
enum { MEMP_READ_AT_FIRST = __COUNTER__ - MEMP_COUNTER_BEFORE - 1 };
#    else
#        include "lwippools.h"
enum { MEMP_READ_AT_FIRST = 1 };
#    endif

/* --- pass 1 ----------------------------------------------------------------------------------- */

#    undef MEMP_CHECK_POOL
#    define MEMP_CHECK_POOL(listed) listed,
enum {
#    include "lwippools.h"
    MEMP_COUNTED_POOLS
};
CISTERN_STATIC_ASSERT((int)MEMP_COUNTED_POOLS > 0 || (int)MEMP_READ_AT_FIRST == 0,
                      "lwippools.h lists no pool when it is read again: remove its include guard or"
                      " #pragma once, since it is read several times");

/* --- pass 2 ----------------------------------------------------------------------------------- */

#    undef MEMP_CHECK_POOL
#    undef MEMP_CHECK_MALLOC_POOL
#    define MEMP_CHECK_POOL(listed)
#    define MEMP_CHECK_MALLOC_POOL(listed) +1
enum {
    MEMP_COUNTED_MALLOC_POOLS = 0
#    include "lwippools.h"
};
#    undef MEMP_CHECK_MALLOC_POOL
#    undef MEMP_CHECK_START
#    define MEMP_CHECK_MALLOC_POOL(listed)
#    define MEMP_CHECK_START +1
enum {
    MEMP_COUNTED_STARTS = 0
#    include "lwippools.h"
};
#    undef MEMP_CHECK_START
#    undef MEMP_CHECK_END
#    define MEMP_CHECK_START
#    define MEMP_CHECK_END +1
enum {
    MEMP_COUNTED_ENDS = 0
#    include "lwippools.h"
};
#    if MEM_USE_POOLS
/* A list that is empty or guarded has had its message. */
CISTERN_STATIC_ASSERT(
    MEMP_COUNTED_MALLOC_POOLS > 0 || ((int)MEMP_COUNTED_POOLS == 0 && (int)MEMP_READ_AT_FIRST > 0),
    "MEM_USE_POOLS: lwippools.h lists no malloc pool; put at least one LWIP_MALLOC_MEMPOOL"
    " between LWIP_MALLOC_MEMPOOL_START and LWIP_MALLOC_MEMPOOL_END");
enum { MEMP_HAS_MALLOC_POOLS = MEMP_COUNTED_MALLOC_POOLS > 0 };
CISTERN_STATIC_ASSERT(!MEMP_HAS_MALLOC_POOLS || MEMP_COUNTED_STARTS > 0,
                      "MEM_USE_POOLS: put LWIP_MALLOC_MEMPOOL_START before the first"
                      " LWIP_MALLOC_MEMPOOL in lwippools.h");
CISTERN_STATIC_ASSERT(!MEMP_HAS_MALLOC_POOLS || MEMP_COUNTED_STARTS <= 1,
                      "MEM_USE_POOLS: keep only one LWIP_MALLOC_MEMPOOL_START in lwippools.h");
CISTERN_STATIC_ASSERT(!MEMP_HAS_MALLOC_POOLS || MEMP_COUNTED_ENDS > 0,
                      "MEM_USE_POOLS: put LWIP_MALLOC_MEMPOOL_END behind the last"
                      " LWIP_MALLOC_MEMPOOL in lwippools.h");
CISTERN_STATIC_ASSERT(!MEMP_HAS_MALLOC_POOLS || MEMP_COUNTED_ENDS <= 1,
                      "MEM_USE_POOLS: keep only one LWIP_MALLOC_MEMPOOL_END in lwippools.h");
#    else
CISTERN_STATIC_ASSERT(
    MEMP_COUNTED_MALLOC_POOLS == 0,
    "lwippools.h lists malloc pools, which nothing takes from: set MEM_USE_POOLS to"
    " 1, or put #if MEM_USE_POOLS around them");
#    endif

/* --- pass 3 ----------------------------------------------------------------------------------- */

#    if MEM_USE_POOLS

#        undef MEMP_CHECK_POOL
#        undef MEMP_CHECK_MALLOC_POOL
#        undef MEMP_CHECK_START
#        undef MEMP_CHECK_END
#        define MEMP_CHECK_POOL(listed)        +1
#        define MEMP_CHECK_MALLOC_POOL(listed) +1
#        define MEMP_CHECK_START               , MEMP_OF_LINE(MEMP_POOLS_FROM_START_, __LINE__) = 0
#        define MEMP_CHECK_END
enum {
    MEMP_POOLS_BEFORE_START = 0
#        include "lwippools.h"
};
#        undef MEMP_CHECK_START
#        undef MEMP_CHECK_END
#        define MEMP_CHECK_START
#        define MEMP_CHECK_END , MEMP_OF_LINE(MEMP_POOLS_FROM_END_, __LINE__) = 0
enum {
    MEMP_POOLS_BEFORE_END = 0
#        include "lwippools.h"
};
#        undef MEMP_CHECK_POOL
#        undef MEMP_CHECK_START
#        undef MEMP_CHECK_END
#        define MEMP_CHECK_POOL(listed)
#        define MEMP_CHECK_START , MEMP_OF_LINE(MEMP_MALLOC_POOLS_FROM_START_, __LINE__) = 0
#        define MEMP_CHECK_END
enum {
    MEMP_MALLOC_POOLS_BEFORE_START = 0
#        include "lwippools.h"
};
#        undef MEMP_CHECK_START
#        undef MEMP_CHECK_END
#        define MEMP_CHECK_START
#        define MEMP_CHECK_END , MEMP_OF_LINE(MEMP_MALLOC_POOLS_FROM_END_, __LINE__) = 0
enum {
    MEMP_MALLOC_POOLS_BEFORE_END = 0
#        include "lwippools.h"
};
/* One of each, and START first. */
enum {
    MEMP_IS_PAIR = MEMP_HAS_MALLOC_POOLS && MEMP_COUNTED_STARTS == 1 && MEMP_COUNTED_ENDS == 1,
    MEMP_IS_SWAPPED = MEMP_IS_PAIR && (int)MEMP_POOLS_BEFORE_END < (int)MEMP_POOLS_BEFORE_START,
    MEMP_IS_GROUP = MEMP_IS_PAIR && !MEMP_IS_SWAPPED,
    MEMP_IS_WHOLE_GROUP = (int)MEMP_MALLOC_POOLS_BEFORE_END - (int)MEMP_MALLOC_POOLS_BEFORE_START ==
                          (int)MEMP_COUNTED_MALLOC_POOLS,
    MEMP_IS_PURE_GROUP =
        (int)MEMP_POOLS_BEFORE_END - (int)MEMP_POOLS_BEFORE_START == (int)MEMP_COUNTED_MALLOC_POOLS
};
CISTERN_STATIC_ASSERT(!MEMP_IS_SWAPPED,
                      "MEM_USE_POOLS: swap LWIP_MALLOC_MEMPOOL_START and LWIP_MALLOC_MEMPOOL_END in"
                      " lwippools.h");
CISTERN_STATIC_ASSERT(!MEMP_IS_GROUP || MEMP_IS_WHOLE_GROUP,
                      "MEM_USE_POOLS: move every LWIP_MALLOC_MEMPOOL in lwippools.h between"
                      " LWIP_MALLOC_MEMPOOL_START and LWIP_MALLOC_MEMPOOL_END");
CISTERN_STATIC_ASSERT(
    !MEMP_IS_GROUP || !MEMP_IS_WHOLE_GROUP || MEMP_IS_PURE_GROUP,
    "MEM_USE_POOLS: the malloc pools in lwippools.h do not follow each other; move every"
    " other pool out from between LWIP_MALLOC_MEMPOOL_START and LWIP_MALLOC_MEMPOOL_END");

#    endif

#    undef MEMP_CHECK_POOL
#    undef MEMP_CHECK_MALLOC_POOL
#    undef MEMP_CHECK_START
#    undef MEMP_CHECK_END
#    undef LWIP_MEMPOOL
#    undef LWIP_PBUF_MEMPOOL
#    undef LWIP_MALLOC_MEMPOOL
#    undef LWIP_MALLOC_MEMPOOL_START
#    undef LWIP_MALLOC_MEMPOOL_END

#endif

#endif
