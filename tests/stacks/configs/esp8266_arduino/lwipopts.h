/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of d-a-v/esp82xx-nonos-linklayer at 0197a13592d4,
 * glue-lwip/arduino/lwipopts.h: what it changes of lwIP's. Without threads, on the C library's heap. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS                  1
#define SYS_LIGHTWEIGHT_PROT    1
#define LWIP_TCPIP_CORE_LOCKING 0
#define LWIP_ASSERT_CORE_LOCKED()
#define LWIP_MARK_TCPIP_THREAD()
#define MEM_LIBC_MALLOC         1
#define MEMP_MEM_MALLOC         0
#define MEM_ALIGNMENT           4
#define MEM_SIZE                1600
#define MEMP_NUM_PBUF           10
#define MEMP_NUM_RAW_PCB        4
#define MEMP_NUM_UDP_PCB        4
#define MEMP_NUM_TCP_PCB        5
#define MEMP_NUM_TCP_PCB_LISTEN 2
#define MEMP_NUM_TCP_SEG        10
#define MEMP_NUM_REASSDATA      0
#define PBUF_POOL_SIZE          10
#define IP_REASSEMBLY           0
#define IP_FRAG                 0
#define TCP_MSS                 536
#define TCP_WND                 (4 * TCP_MSS)
#define TCP_SND_BUF             (2 * TCP_MSS)
#define LWIP_NETCONN            0
#define LWIP_SOCKET             0
#define LWIP_STATS              0

#endif
