/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/priv/memp_check.h - what must hold of the user's lwippools.h, each with a message of its own.
 *
 *   pass 0   every macro empty    what lwippools.h includes itself is read, at file scope
 *   pass 1   each pool counts 1   its pools, malloc pools, STARTs and ENDs are counted
 *   pass 2   each entry a place   START is before END, and the malloc pools alone lie in between
 *   pass 3   each pool asserts    it has elements
 *
 * Read once, by lwip/memp.h, before the list is used for the first time.
 */
#ifndef LWIP_HDR_MEMP_CHECK_H
#define LWIP_HDR_MEMP_CHECK_H

#include "cistern/pool.h"
#include "lwip/opt.h"

#if MEMP_USE_CUSTOM_POOLS

/* --- pass 0 ----------------------------------------------------------------------------------- */

#    define LWIP_MEMPOOL(name, num, size, desc)
#    define LWIP_PBUF_MEMPOOL(name, num, payload, desc)
#    define LWIP_MALLOC_MEMPOOL(num, size)
#    define LWIP_MALLOC_MEMPOOL_START
#    define LWIP_MALLOC_MEMPOOL_END
#    include "lwippools.h"

/* --- pass 1 ----------------------------------------------------------------------------------- */

#    undef LWIP_MEMPOOL
#    undef LWIP_PBUF_MEMPOOL
#    undef LWIP_MALLOC_MEMPOOL
#    define LWIP_MEMPOOL(name, num, size, desc)         +1
#    define LWIP_PBUF_MEMPOOL(name, num, payload, desc) +1
#    define LWIP_MALLOC_MEMPOOL(num, size)              +1
enum {
    MEMP_COUNTED_POOLS = 0
#    include "lwippools.h"
};
CISTERN_STATIC_ASSERT(MEMP_COUNTED_POOLS > 0,
                      "lwippools.h lists no pool when it is read again: remove its include guard or"
                      " #pragma once, since it is read several times");

#    if MEM_USE_POOLS

#        undef LWIP_MEMPOOL
#        undef LWIP_PBUF_MEMPOOL
#        define LWIP_MEMPOOL(name, num, size, desc)
#        define LWIP_PBUF_MEMPOOL(name, num, payload, desc)
enum {
    MEMP_COUNTED_MALLOC_POOLS = 0
#        include "lwippools.h"
};
#        undef LWIP_MALLOC_MEMPOOL
#        undef LWIP_MALLOC_MEMPOOL_START
#        define LWIP_MALLOC_MEMPOOL(num, size)
#        define LWIP_MALLOC_MEMPOOL_START +1
enum {
    MEMP_COUNTED_STARTS = 0
#        include "lwippools.h"
};
#        undef LWIP_MALLOC_MEMPOOL_START
#        undef LWIP_MALLOC_MEMPOOL_END
#        define LWIP_MALLOC_MEMPOOL_START
#        define LWIP_MALLOC_MEMPOOL_END +1
enum {
    MEMP_COUNTED_ENDS = 0
#        include "lwippools.h"
};
CISTERN_STATIC_ASSERT(
    MEMP_COUNTED_MALLOC_POOLS > 0,
    "MEM_USE_POOLS: lwippools.h lists no malloc pool; put at least one LWIP_MALLOC_MEMPOOL"
    " between LWIP_MALLOC_MEMPOOL_START and LWIP_MALLOC_MEMPOOL_END");
CISTERN_STATIC_ASSERT(MEMP_COUNTED_STARTS > 0,
                      "MEM_USE_POOLS: put LWIP_MALLOC_MEMPOOL_START before the first"
                      " LWIP_MALLOC_MEMPOOL in lwippools.h");
CISTERN_STATIC_ASSERT(MEMP_COUNTED_STARTS <= 1,
                      "MEM_USE_POOLS: keep only one LWIP_MALLOC_MEMPOOL_START in lwippools.h");
CISTERN_STATIC_ASSERT(MEMP_COUNTED_ENDS > 0,
                      "MEM_USE_POOLS: put LWIP_MALLOC_MEMPOOL_END behind the last"
                      " LWIP_MALLOC_MEMPOOL in lwippools.h");
CISTERN_STATIC_ASSERT(MEMP_COUNTED_ENDS <= 1,
                      "MEM_USE_POOLS: keep only one LWIP_MALLOC_MEMPOOL_END in lwippools.h");

/* --- pass 2 ----------------------------------------------------------------------------------- */

#        undef LWIP_MEMPOOL
#        undef LWIP_PBUF_MEMPOOL
#        undef LWIP_MALLOC_MEMPOOL
#        undef LWIP_MALLOC_MEMPOOL_START
#        undef LWIP_MALLOC_MEMPOOL_END
#        define LWIP_MEMPOOL(name, num, size, desc)         MEMP_PLACE_##name,
#        define LWIP_PBUF_MEMPOOL(name, num, payload, desc) MEMP_PLACE_##name,
#        define LWIP_MALLOC_MEMPOOL(num, size)              MEMP_PLACE_OF_POOL_##size,
#        define LWIP_MALLOC_MEMPOOL_START                   MEMP_PLACE_OF_START,
#        define LWIP_MALLOC_MEMPOOL_END                     MEMP_PLACE_OF_END,
enum {
#        include "lwippools.h"
    MEMP_PLACES
};
CISTERN_STATIC_ASSERT(MEMP_PLACE_OF_START < MEMP_PLACE_OF_END,
                      "MEM_USE_POOLS: swap LWIP_MALLOC_MEMPOOL_START and LWIP_MALLOC_MEMPOOL_END in"
                      " lwippools.h");
#        undef LWIP_MEMPOOL
#        undef LWIP_PBUF_MEMPOOL
#        undef LWIP_MALLOC_MEMPOOL
#        undef LWIP_MALLOC_MEMPOOL_START
#        undef LWIP_MALLOC_MEMPOOL_END
#        define LWIP_MEMPOOL(name, num, size, desc)
#        define LWIP_PBUF_MEMPOOL(name, num, payload, desc)
#        define LWIP_MALLOC_MEMPOOL_START
#        define LWIP_MALLOC_MEMPOOL_END
#        define LWIP_MALLOC_MEMPOOL(num, size)                                                     \
            +(MEMP_PLACE_OF_POOL_##size > MEMP_PLACE_OF_START &&                                   \
              MEMP_PLACE_OF_POOL_##size < MEMP_PLACE_OF_END)
enum {
    MEMP_GROUPED_POOLS = 0
#        include "lwippools.h"
};
CISTERN_STATIC_ASSERT((int)MEMP_GROUPED_POOLS == (int)MEMP_COUNTED_MALLOC_POOLS,
                      "MEM_USE_POOLS: move every LWIP_MALLOC_MEMPOOL in lwippools.h between"
                      " LWIP_MALLOC_MEMPOOL_START and LWIP_MALLOC_MEMPOOL_END");
CISTERN_STATIC_ASSERT(
    (int)MEMP_PLACE_OF_END - (int)MEMP_PLACE_OF_START - 1 == (int)MEMP_GROUPED_POOLS,
    "MEM_USE_POOLS: the malloc pools in lwippools.h do not follow each other; move every"
    " other pool out from between LWIP_MALLOC_MEMPOOL_START and LWIP_MALLOC_MEMPOOL_END");

#    endif

/* --- pass 3 ----------------------------------------------------------------------------------- */

#    undef LWIP_MEMPOOL
#    undef LWIP_PBUF_MEMPOOL
#    undef LWIP_MALLOC_MEMPOOL
#    define MEMP_HAS_ELEMENTS(name, num)                                                           \
        CISTERN_STATIC_ASSERT((num) > 0, "lwippools.h: pool " name " has no elements; give it at"  \
                                         " least 1, or remove it");
/* clang-format off */
#    define LWIP_MEMPOOL(name, num, size, desc)         MEMP_HAS_ELEMENTS(#name, num)
#    define LWIP_PBUF_MEMPOOL(name, num, payload, desc) MEMP_HAS_ELEMENTS(#name, num)
#    define LWIP_MALLOC_MEMPOOL(num, size)              MEMP_HAS_ELEMENTS(#size, num)
/* clang-format on */
#    include "lwippools.h"

#    undef LWIP_MEMPOOL
#    undef LWIP_PBUF_MEMPOOL
#    undef LWIP_MALLOC_MEMPOOL
#    undef LWIP_MALLOC_MEMPOOL_START
#    undef LWIP_MALLOC_MEMPOOL_END

#endif

#endif
