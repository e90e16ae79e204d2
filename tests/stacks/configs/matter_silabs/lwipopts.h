/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of project-chip/connectedhomeip at 1211c4f9cc7c,
 * src/lwip/silabs/lwipopts-wf200.h. The heap is FreeRTOS's, by lwIP's names for the C library's. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#include <stddef.h>
#include <stdlib.h>

#define NO_SYS               0
#define MEM_ALIGNMENT        (4)
#define MEMP_NUM_TCP_SEG     (TCP_SND_QUEUELEN + 1)
#define LWIP_TIMEVAL_PRIVATE (0)
void *pvPortMalloc(size_t size);
void vPortFree(void *memory);
#define MEM_LIBC_MALLOC (1)
#define mem_clib_free   vPortFree
#define mem_clib_malloc pvPortMalloc

#define LWIP_COMPAT_MUTEX                  (0)
#define SYS_LIGHTWEIGHT_PROT               (1)
#define LWIP_AUTOIP                        (0)
#define LWIP_DHCP_AUTOIP_COOP              (0)
#define LWIP_SOCKET_SET_ERRNO              0
#define IP_REASS_MAX_PBUFS                 0
#define IP_REASSEMBLY                      1
#define IP_FRAG                            1
#define IP_OPTIONS_ALLOWED                 1
#define MEMP_NUM_REASSDATA                 0
#define LWIP_SO_RCVTIMEO                   0
#define SO_REUSE                           (1)
#define LWIP_RANDOMIZE_INITIAL_LOCAL_PORTS (1)
#define LWIP_STATS                         (0)
#define LWIP_TCPIP_CORE_LOCKING            1
#define TCP_QUEUE_OOSEQ                    0
#define ARP_QUEUEING                       (0)
#define TCPIP_THREAD_NAME                  "LWIP"
#define LWIP_SOCKET                        0
#define LWIP_DNS                           0
#define MEMP_NUM_UDP_PCB                   (5)
#define TCP_MSS                            (1152)
#define TCPIP_THREAD_PRIO                  (2)
#define LWIP_RAW                           1
#define MEMP_NUM_RAW_PCB                   (4)
#define LWIP_HAVE_LOOPIF                   (0)
#define LWIP_NETIF_LOOPBACK                (0)
#define MEMP_NUM_NETCONN                   (0)

#define LWIP_IPV4                           1
#define LWIP_IPV6                           1
#define LWIP_ARP                            (LWIP_IPV4)
#define LWIP_ICMP                           (LWIP_IPV4)
#define LWIP_IGMP                           (LWIP_IPV4)
#define LWIP_DHCP                           (LWIP_IPV4)
#define LWIP_ETHERNET                       (LWIP_IPV6)
#define LWIP_IPV6_MLD                       (LWIP_IPV6)
#define LWIP_ICMP6                          (LWIP_IPV6)
#define LWIP_IPV6_REASS                     (LWIP_IPV6)
#define LWIP_IPV6_FRAG                      (LWIP_IPV6)
#define LWIP_IPV6_DHCP6                     0
#define LWIP_IPV6_AUTOCONFIG                (LWIP_IPV6)
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS       1
#define LWIP_IPV6_ROUTER_SUPPORT            (LWIP_IPV6)
#define LWIP_IPV6_NUM_ADDRESSES             5
#define LWIP_ND6_LISTEN_RA                  (LWIP_IPV6_ND)
#define LWIP_ND6_NUM_NEIGHBORS              (10)
#define LWIP_ND6_NUM_DESTINATIONS           (10)
#define LWIP_ND6_NUM_PREFIXES               (5)
#define LWIP_ND6_NUM_ROUTERS                (3)
#define LWIP_ND6_MAX_MULTICAST_SOLICIT      (3)
#define LWIP_ND6_MAX_UNICAST_SOLICIT        (3)
#define LWIP_ND6_MAX_NEIGHBOR_ADVERTISEMENT (3)
#define LWIP_ND6_TCP_REACHABILITY_HINTS     (0)
#define LWIP_ND6_ALLOW_RA_UPDATES           (LWIP_IPV6_ND)
#define LWIP_IPV6_ND                        (LWIP_IPV6)
#define LWIP_ND6_QUEUEING                   (LWIP_IPV6)
#define LWIP_NUM_ND6_QUEUE                  3

#define MEMP_SEPARATE_POOLS         (1)
#define LWIP_PBUF_FROM_CUSTOM_POOLS (0)
#define MEMP_USE_CUSTOM_POOLS       (0)
#define PBUF_POOL_SIZE              (16)
#define PBUF_POOL_BUFSIZE           (1280)
#define TCP_SND_BUF                 (2 * TCP_MSS)
#define TCP_LISTEN_BACKLOG          (1)
#define ETH_PAD_SIZE                (0)
#define SUB_ETHERNET_HEADER_SPACE   (0)
#define PBUF_LINK_HLEN              (14)
#define TCPIP_THREAD_STACKSIZE      (2048)
#define NETIF_MAX_HWADDR_LEN        8U
#define LWIP_MULTICAST_PING         0
#define TCPIP_MBOX_SIZE             6
#define DEFAULT_RAW_RECVMBOX_SIZE   6
#define DEFAULT_UDP_RECVMBOX_SIZE   6
#define DEFAULT_TCP_RECVMBOX_SIZE   6

#if __SIZEOF_POINTER__ > 4
#    define IPV6_FRAG_COPYHEADER 1 /* lwIP demands it on this host */
#endif

#endif
