/* SPDX-License-Identifier: BSD-3-Clause */
/* lwippools.h - no include guard on purpose. */
LWIP_MEMPOOL(FITS, 65535, 8, "FITS")
LWIP_MEMPOOL(ONE_MORE, 65536, 8, "ONE_MORE")
LWIP_MEMPOOL(TWO_MORE, 65537, 8, "TWO_MORE")
