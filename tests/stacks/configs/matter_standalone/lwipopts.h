/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of project-chip/connectedhomeip at 1a25bf20daf8,
 * src/lwip/standalone/lwipopts.h. Threads without protection; a buffer's size is an
 * expression, in which the 25 is a sizeof there, which no lwIP since 2.1 compiles; the host
 * has the functions of byte order. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#include <arpa/inet.h>
#include <stdlib.h>

#define NO_SYS             0
#define MEM_ALIGNMENT      (4)
#define MEM_SIZE           (16000)
#define MEM_LIBC_MALLOC    (0)
#define MEM_USE_POOLS      (0)
#define MEMP_NUM_NETBUF    (PBUF_POOL_SIZE)
#define MEMP_NUM_TCP_SEG   (TCP_SND_QUEUELEN + 1)
#define PBUF_POOL_SIZE     (10)
#define IP_REASS_MAX_PBUFS (PBUF_POOL_SIZE - 2)
#define MEMP_NUM_REASSDATA (IP_REASS_MAX_PBUFS - 1)
#define PAYLOAD_MTU        (1500)
#define TCP_MSS            (1152)
#define PBUF_POOL_BUFSIZE                                                                          \
    LWIP_MEM_ALIGN_SIZE(PAYLOAD_MTU + PBUF_LINK_ENCAPSULATION_HLEN + PBUF_LINK_HLEN) +             \
        LWIP_MEM_ALIGN_SIZE(25)
#define TCP_SND_BUF                           (6 * TCP_MSS)
#define ETH_PAD_SIZE                          (0)
#define LWIP_NETIF_TX_SINGLE_PBUF             (0)
#define LWIP_COMPAT_MUTEX                     (1)
#define LWIP_COMPAT_MUTEX_ALLOWED             (1)
#define SYS_LIGHTWEIGHT_PROT                  (0)
#define TCPIP_THREAD_STACKSIZE                (1300)
#define TCPIP_THREAD_PRIO                     (7)
#define TCP_LISTEN_BACKLOG                    (1)
#define LWIP_DHCP                             (1)
#define LWIP_AUTOIP                           1
#define LWIP_DHCP_AUTOIP_COOP                 1
#define ERRNO                                 (1)
#define MEMP_NUM_RAW_PCB                      (5)
#define MEMP_NUM_UDP_PCB                      (6)
#define MEMP_NUM_SYS_TIMEOUT                  (48)
#define DHCP_DOES_ARP_CHECK                   (0)
#define LWIP_HAVE_LOOPIF                      (1)
#define LWIP_NETIF_LOOPBACK                   (0)
#define MEMP_NUM_NETCONN                      (8)
#define LWIP_SO_RCVTIMEO                      (1)
#define LWIP_IGMP                             (1)
#define SO_REUSE                              (1)
#define LWIP_DNS                              (1)
#define LWIP_POSIX_SOCKETS_IO_NAMES           (0)
#define LWIP_STATS                            (1)
#define LWIP_IPV6                             1
#define LWIP_IPV6_DHCP6                       1
#define LWIP_IPV6_MLD                         1
#define MEMP_NUM_MLD6_GROUP                   ((1 + 1) + 4)
#define LWIP_IPV6_FORWARD                     1
#define IPV6_FRAG_COPYHEADER                  1
#define LWIP_DISABLE_TCP_SANITY_CHECKS        (1)
#define TCPIP_MBOX_SIZE                       6
#define DEFAULT_RAW_RECVMBOX_SIZE             6
#define DEFAULT_UDP_RECVMBOX_SIZE             6
#define DEFAULT_TCP_RECVMBOX_SIZE             6
#define LWIP_RAW                              1
#define LWIP_NETCONN                          0
#define LWIP_SOCKET                           0
#define LWIP_TCPIP_CORE_LOCKING               1
#define LWIP_TCP_KEEPALIVE                    1
#define LWIP_DONT_PROVIDE_BYTEORDER_FUNCTIONS 1

#endif
