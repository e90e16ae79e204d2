/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - lwIP on a host, for transfer.c: one thread, IPv4, no checksums, so that the memory's
 * share of the instructions shows. Both subjects are compiled with it. */
#ifndef BENCH_LWIPOPTS_H
#define BENCH_LWIPOPTS_H

#define NO_SYS               1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN         0
#define LWIP_SOCKET          0
#define LWIP_ARP             0

#define MEM_ALIGNMENT 8
#define MEM_SIZE      60000

#define TCP_MSS          1460
#define TCP_SND_BUF      (8 * TCP_MSS)
#define TCP_WND          (8 * TCP_MSS)
#define MEMP_NUM_TCP_SEG 64
#define MEMP_NUM_TCP_PCB 16
#define PBUF_POOL_SIZE   64
#define TCP_SND_QUEUELEN 48

#define CHECKSUM_GEN_IP     0
#define CHECKSUM_GEN_UDP    0
#define CHECKSUM_GEN_TCP    0
#define CHECKSUM_GEN_ICMP   0
#define CHECKSUM_CHECK_IP   0
#define CHECKSUM_CHECK_UDP  0
#define CHECKSUM_CHECK_TCP  0
#define CHECKSUM_CHECK_ICMP 0

#endif
