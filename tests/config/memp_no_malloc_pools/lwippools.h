/* SPDX-License-Identifier: BSD-3-Clause */
/* lwippools.h - no malloc pool: must be refused. No include guard on purpose. */
LWIP_MALLOC_MEMPOOL_START
LWIP_MALLOC_MEMPOOL_END
LWIP_MEMPOOL(OTHER, 1, 8, "OTHER")
