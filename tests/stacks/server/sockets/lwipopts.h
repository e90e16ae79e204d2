/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - options of the sockets' run, the same on both ports. */
#ifndef CISTERN_STACKS_SOCKETS_OPTIONS_H
#define CISTERN_STACKS_SOCKETS_OPTIONS_H

#ifdef SERVER_OURS
#    include "arch/core_lock.h"
#endif

#define NO_SYS                             0
#define SYS_LIGHTWEIGHT_PROT               1
#define LWIP_TCPIP_CORE_LOCKING            1
#define LWIP_SOCKET                        1
#define LWIP_COMPAT_SOCKETS                0
#define LWIP_HAVE_LOOPIF                   1
#define LWIP_NETIF_LOOPBACK_MULTITHREADING 1

#define LWIP_STATS_LARGE   1
#define MEM_STATS          1
#define MEMP_STATS         1
#define LWIP_STATS_DISPLAY 1 /* for the names of pools */

#define MEM_ALIGNMENT    8
#define MEM_SIZE         1000000
#define MEMP_NUM_TCP_SEG 256
#define PBUF_POOL_SIZE   256
#define TCP_MSS          1460
#define TCP_WND          (32 * TCP_MSS)
#define TCP_SND_BUF      (32 * TCP_MSS)

/* The loop interface posts a poll for each packet that finds its queue empty, and while it polls
 * an acknowledgement lets the next segment out: as many as a window holds stand in one poll. */
#define MEMP_NUM_TCPIP_MSG_API    128
#define MEMP_NUM_TCPIP_MSG_INPKT  256
#define TCPIP_MBOX_SIZE           128
#define DEFAULT_TCP_RECVMBOX_SIZE 128
#define DEFAULT_UDP_RECVMBOX_SIZE 128
#define DEFAULT_ACCEPTMBOX_SIZE   8

/* What Debian's lwIP expects of the header that takes the place of lwIP's own sockets. */
#define IP4ADDR_SOCKADDR_SET_LEN(address) (address)->sin_len = sizeof(struct sockaddr_in)
#define IPADDR_SOCKADDR_GET_LEN(address)  ((address)->sa.sa_len)

#endif
