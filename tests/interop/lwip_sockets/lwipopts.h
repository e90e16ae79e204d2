/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP as a host's user-space stack, for lwip_echo.c: threads, sockets, the loop interface, IPv4.
 */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS               0
#define SYS_LIGHTWEIGHT_PROT 1
#define LWIP_SOCKET          1
#define LWIP_COMPAT_SOCKETS  0
#define LWIP_HAVE_LOOPIF     1

/* The system's errno and time. */
#define LWIP_SO_RCVTIMEO 1

#define MEM_SIZE         65536
#define MEMP_NUM_TCP_SEG 64
#define TCP_MSS          1460
#define TCP_WND          (8 * TCP_MSS)
#define TCP_SND_BUF      (8 * TCP_MSS)
#define PBUF_POOL_SIZE   64

#define TCPIP_MBOX_SIZE                    32
#define DEFAULT_TCP_RECVMBOX_SIZE          32
#define DEFAULT_UDP_RECVMBOX_SIZE          32
#define DEFAULT_ACCEPTMBOX_SIZE            8
#define LWIP_NETIF_LOOPBACK_MULTITHREADING 1

#endif
