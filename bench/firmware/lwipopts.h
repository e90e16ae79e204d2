/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - lwIP on a device of some 16 KB of RAM: no operating system, IPv4, the loop
 * interface, 11 pools, a heap of 6 KB, statistics as lwIP has them by default. Both subjects of the
 * measurement are compiled with it; fit, level and overflow check come from the command line. */
#ifndef BENCH_LWIPOPTS_H
#define BENCH_LWIPOPTS_H

#define NO_SYS               1
#define SYS_LIGHTWEIGHT_PROT 1
#define LWIP_NETCONN         0
#define LWIP_SOCKET          0

#define MEM_ALIGNMENT 4
#define MEM_SIZE      (6 * 1024)

#define LWIP_NETIF_LOOPBACK 1
#define LWIP_RAW            1
#define ARP_QUEUEING        1

#define TCP_MSS           536
#define TCP_SND_BUF       (2 * TCP_MSS)
#define TCP_WND           (2 * TCP_MSS)
#define PBUF_POOL_SIZE    8
#define PBUF_POOL_BUFSIZE 592

#endif
