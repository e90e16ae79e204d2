/* SPDX-License-Identifier: BSD-3-Clause */
/* lwippools.h - no include guard on purpose. */
LWIP_MEMPOOL(RECORDS, 4, 100, "RECORDS")
LWIP_PBUF_MEMPOOL(FRAMES, 2, 64, "FRAMES")
LWIP_MEMPOOL(WIDE, 2, 70000, "WIDE")
