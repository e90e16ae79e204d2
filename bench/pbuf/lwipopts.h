/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - for both sides of the benchmarks of packet buffers and checksum: everything at its
 * default but sizes, alignment and protocols, of which there are none. SYS_LIGHTWEIGHT_PROT comes
 * from the command line. */
#ifndef BENCH_LWIPOPTS_H
#define BENCH_LWIPOPTS_H

#define NO_SYS            1
#define MEM_ALIGNMENT     8
#define MEM_SIZE          60000
#define PBUF_POOL_BUFSIZE 1600
#define LWIP_TCP          0
#define LWIP_UDP          0
#define LWIP_ICMP         0
#define LWIP_ARP          0
#define LWIP_NETCONN      0
#define LWIP_SOCKET       0
#define IP_REASSEMBLY     0
#define IP_FRAG           0
#define LWIP_IPV6         0

#endif
