/* SPDX-License-Identifier: BSD-3-Clause */
/* lwippools.h - the pools that mem_malloc takes from; no include guard on purpose. */
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(4, 64)
LWIP_MALLOC_MEMPOOL(2, 256)
LWIP_MALLOC_MEMPOOL(1, 1512)
LWIP_MALLOC_MEMPOOL_END
