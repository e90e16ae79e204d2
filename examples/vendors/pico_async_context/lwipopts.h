/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - as the Pico W examples have it for the background architecture. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS                    1
#define SYS_LIGHTWEIGHT_PROT      1
#define LWIP_SOCKET               0
#define LWIP_NETCONN              0
#define MEM_LIBC_MALLOC           0
#define MEM_ALIGNMENT             4
#define MEM_SIZE                  4000
#define MEMP_NUM_ARP_QUEUE        10
#define PBUF_POOL_SIZE            24
#define LWIP_NETIF_TX_SINGLE_PBUF 1
#define LWIP_CHKSUM_ALGORITHM     3
#define LWIP_STATS                1

#endif
