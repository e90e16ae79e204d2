/* SPDX-License-Identifier: BSD-3-Clause */
/* lwippools.h - pools in place of the heap; read several times, so without a guard. */
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL(64, 256)
LWIP_MALLOC_MEMPOOL(64, 512)
LWIP_MALLOC_MEMPOOL(64, 1560)
LWIP_MALLOC_MEMPOOL_END
