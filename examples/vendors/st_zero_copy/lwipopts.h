/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - as ST's bare-metal examples have it, with aligned buffers: see README.md. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS                   1
#define SYS_LIGHTWEIGHT_PROT     1
#define MEM_ALIGNMENT            32 /* a line of the Cortex-M7's data cache */
#define MEM_SIZE                 (10 * 1024)
#define LWIP_SUPPORT_CUSTOM_PBUF 1

#define LWIP_NETCONN                  0
#define LWIP_SOCKET                   0
#define LWIP_STATS                    1
#define ETHARP_SUPPORT_STATIC_ENTRIES 1

/* The MAC computes and verifies checksums. */
#define CHECKSUM_GEN_IP    0
#define CHECKSUM_GEN_UDP   0
#define CHECKSUM_GEN_TCP   0
#define CHECKSUM_CHECK_IP  0
#define CHECKSUM_CHECK_UDP 0
#define CHECKSUM_CHECK_TCP 0

#endif
