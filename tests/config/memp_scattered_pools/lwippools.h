/* SPDX-License-Identifier: BSD-3-Clause */
/* lwippools.h - another pool among the malloc pools: must be refused. No include guard on purpose. */
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(2, 64)
LWIP_MEMPOOL(OTHER, 1, 8, "OTHER")
LWIP_MALLOC_MEMPOOL(2, 256)
LWIP_MALLOC_MEMPOOL_END
