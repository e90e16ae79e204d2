/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of nxp-mcuxpresso/mcux-sdk-examples at ebea46b37a1a,
 * evkmimxrt1060/lwip_examples/lwip_dhcp, bm, for an LPC: without threads, memory
 * is freed from interrupts. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#include <stdint.h>

#if USE_RTOS
#    define SYS_LIGHTWEIGHT_PROT 1
#    define NO_SYS               0
#    define LWIP_NETCONN         1
#    define LWIP_SOCKET          1
#    define LWIP_SO_RCVTIMEO     1
#else
#    define NO_SYS                                 1
#    define LWIP_NETCONN                           0
#    define LWIP_SOCKET                            0
#    define LWIP_ALLOW_MEM_FREE_FROM_OTHER_CONTEXT 1
#endif

void sys_check_core_locking(void);
#define LWIP_ASSERT_CORE_LOCKED() sys_check_core_locking()

#define MEM_ALIGNMENT           4
#define MEM_SIZE                (22 * 1024)
#define MEMP_NUM_PBUF           15
#define MEMP_NUM_UDP_PCB        6
#define MEMP_NUM_TCP_PCB        10
#define MEMP_NUM_TCP_PCB_LISTEN 6
#define MEMP_NUM_TCP_SEG        22
#define MEMP_NUM_SYS_TIMEOUT    10
#define PBUF_POOL_SIZE          5
#define LWIP_TCP                1
#define TCP_TTL                 255
#define TCP_QUEUE_OOSEQ         0
#define TCP_MSS                 (1500 - 40)
#define TCP_SND_BUF             (6 * TCP_MSS)
#define TCP_SND_QUEUELEN        (3 * TCP_SND_BUF) / TCP_MSS
#define TCP_WND                 (2 * TCP_MSS)
#define TCP_LISTEN_BACKLOG      1
#define LWIP_ICMP               1
#define LWIP_DHCP               1
#define LWIP_UDP                1
#define UDP_TTL                 255
#define LWIP_STATS              0

#define CHECKSUM_GEN_IP    1
#define CHECKSUM_GEN_UDP   1
#define CHECKSUM_GEN_TCP   1
#define CHECKSUM_CHECK_IP  1
#define CHECKSUM_CHECK_UDP 1
#define CHECKSUM_CHECK_TCP 1

#define DEFAULT_THREAD_STACKSIZE 3000
#define DEFAULT_THREAD_PRIO      3

#define LWIP_DEBUG
#define U8_F  "c"
#define S8_F  "c"
#define X8_F  "02x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "u"

#define TCPIP_MBOX_SIZE           32
#define TCPIP_THREAD_STACKSIZE    1024
#define TCPIP_THREAD_PRIO         8
#define DEFAULT_RAW_RECVMBOX_SIZE 12
#define DEFAULT_UDP_RECVMBOX_SIZE 12
#define DEFAULT_TCP_RECVMBOX_SIZE 12
#define DEFAULT_ACCEPTMBOX_SIZE   12

/* LWIP_PROVIDE_ERRNO is left out: a host has errno for each thread.
 * lwip/arch.h is read before the options are complete. */
#if !defined(LWIP_RAND)
#    include "lwip/arch.h"
u32_t lwip_rand(void);
#    define LWIP_RAND() lwip_rand()
#endif

#endif
