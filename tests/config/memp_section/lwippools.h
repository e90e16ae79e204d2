/* SPDX-License-Identifier: BSD-3-Clause */
/* lwippools.h - no include guard on purpose. */
LWIP_MEMPOOL(RECORDS, 3, 40, "RECORDS")
LWIP_MEMPOOL(OTHERS, 3, 40, "OTHERS")
