/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of unikraft/lib-lwip at 0a602a32427f, include/lwipopts.h, with pools in place
 * of the heap, which may take a larger element. The window is 32 KB; iovec names itself. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#include <inttypes.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/uio.h>

#define MEM_LIBC_MALLOC               0
#define MEMP_MEM_MALLOC               0
#define MEM_USE_POOLS                 1
#define MEMP_USE_CUSTOM_POOLS         1
#define MEM_USE_POOLS_TRY_BIGGER_POOL 1
#define MEMP_SEPARATE_POOLS           1

#define NO_SYS                             0
#define LWIP_NETIF_LOOPBACK_MULTITHREADING 1
#define SYS_LIGHTWEIGHT_PROT               1
#define TCPIP_THREAD_NAME                  "lwip"
#define TCPIP_MBOX_SIZE                    256
#define DEFAULT_UDP_RECVMBOX_SIZE          ((2) * (TCPIP_MBOX_SIZE))
#define DEFAULT_TCP_RECVMBOX_SIZE          ((2) * (TCPIP_MBOX_SIZE))
#define DEFAULT_ACCEPTMBOX_SIZE            (TCPIP_MBOX_SIZE)

#define LWIP_SUPPORT_CUSTOM_PBUF       1
#define LWIP_NETIF_REMOVE_CALLBACK     1
#define LWIP_TIMEVAL_PRIVATE           0
#define LWIP_NETIF_STATUS_CALLBACK     1
#define LWIP_NETIF_EXT_STATUS_CALLBACK 0
#define LWIP_NETIF_LOOPBACK            1
#define LWIP_HAVE_LOOPIF               1
#define MEMP_NUM_ARP_QUEUE             256
#define ETHARP_SUPPORT_STATIC_ENTRIES  1
#define LWIP_IPV4                      1
#define LWIP_IPV6                      0
#define IP_REASS_MAX_PBUFS             10
#define LWIP_UDP                       1

#define LWIP_TCP                   1
#define TCP_MSS                    1460
#define TCP_CALCULATE_EFF_SEND_MSS 1
#define IP_FRAG                    0
#define LWIP_WND_SCALE             0
#define TCP_WND                    32766
#define TCP_SND_BUF                (TCP_WND + (2 * TCP_MSS))
#define MEMP_NUM_TCP_PCB           64
#define MEMP_NUM_TCP_PCB_LISTEN    64
#define TCP_SNDLOWAT               (4 * TCP_MSS)
#define TCP_SND_QUEUELEN           (2 * (TCP_SND_BUF) / (TCP_MSS))
#define TCP_QUEUE_OOSEQ            4
#define MEMP_NUM_TCP_SEG           ((MEMP_NUM_TCP_PCB) * ((TCP_SND_QUEUELEN) / 5))
#define MEMP_NUM_FRAG_PBUF         32

#define LWIP_SOCKET                   1
#define iovec                         iovec
#define LWIP_COMPAT_SOCKETS           0
#define SO_REUSE                      1
#define LWIP_DNS                      1
#define DNS_MAX_SERVERS               2
#define DNS_TABLE_SIZE                32
#define DNS_LOCAL_HOST_LIST           1
#define DNS_LOCAL_HOSTLIST_IS_DYNAMIC 1

#define UK_MAX(a, b)   ((a) > (b) ? (a) : (b))
#define PBUF_POOL_SIZE UK_MAX(((TCP_WND + TCP_MSS - 1) / TCP_MSS), 2 * IP_REASS_MAX_PBUFS)
#define PBUF_POOL_BUFSIZE                                                                          \
    ((TCP_WND / PBUF_POOL_SIZE) +                                                                  \
     (PBUF_LINK_ENCAPSULATION_HLEN + PBUF_LINK_HLEN + PBUF_IP_HLEN + PBUF_TRANSPORT_HLEN) + 1)
#define MEMP_NUM_PBUF            ((MEMP_NUM_TCP_PCB * (TCP_SND_QUEUELEN)) / 2)
#define MEMP_NUM_TCPIP_MSG_INPKT TCPIP_MBOX_SIZE

#define LWIP_ICMP                    1
#define LWIP_IGMP                    0
#define LWIP_SNMP                    0
#define LWIP_DHCP                    1
#define LWIP_NETCONN                 1
#define MEMP_NUM_NETCONN             64
#define LWIP_CHECKSUM_CTRL_PER_NETIF 1

#endif
