/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/priv/memp_std.h (standalone) - the list of pools, when lwIP itself is absent.
 *
 * Included again and again, each time with another definition of LWIP_MEMPOOL(name, num, size, desc)
 * before it; it has no include guard on purpose, and takes all its macros away again at its end.
 * lwippools.h (with MEMP_USE_CUSTOM_POOLS) may use LWIP_MEMPOOL, LWIP_PBUF_MEMPOOL and
 * LWIP_MALLOC_MEMPOOL_START / LWIP_MALLOC_MEMPOOL(num, size) / LWIP_MALLOC_MEMPOOL_END.
 */

#ifndef LWIP_MALLOC_MEMPOOL
#    define LWIP_MALLOC_MEMPOOL(num, size)                                                         \
        LWIP_MEMPOOL(POOL_##size, num,                                                             \
                     (size) + LWIP_MEM_ALIGN_SIZE(sizeof(struct memp_malloc_helper)),              \
                     "MALLOC_" #size)
#    define LWIP_MALLOC_MEMPOOL_START
#    define LWIP_MALLOC_MEMPOOL_END
#endif

#ifndef LWIP_PBUF_MEMPOOL
#    define LWIP_PBUF_MEMPOOL(name, num, payload, desc)                                            \
        LWIP_MEMPOOL(name, num,                                                                    \
                     LWIP_MEM_ALIGN_SIZE(sizeof(struct pbuf)) + LWIP_MEM_ALIGN_SIZE(payload),      \
                     desc)
#endif

#if MEMP_USE_CUSTOM_POOLS
#    include "lwippools.h"
#endif

LWIP_PBUF_MEMPOOL(PBUF, MEMP_NUM_PBUF, 0, "PBUF_REF/ROM")
LWIP_PBUF_MEMPOOL(PBUF_POOL, PBUF_POOL_SIZE, PBUF_POOL_BUFSIZE, "PBUF_POOL")

#undef LWIP_MEMPOOL
#undef LWIP_MALLOC_MEMPOOL
#undef LWIP_MALLOC_MEMPOOL_START
#undef LWIP_MALLOC_MEMPOOL_END
#undef LWIP_PBUF_MEMPOOL
