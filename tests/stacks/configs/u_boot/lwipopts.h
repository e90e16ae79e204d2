/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of u-boot/u-boot at 2f94655f3ba4, lib/lwip/u-boot/lwipopts.h, with DHCP, DNS,
 * UDP and TCP. lwip/debug.h is included from here, behind an empty LWIP_ASSERT; pools take cleared
 * memory from the C library's heap. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define LWIP_DBG_MIN_LEVEL LWIP_DBG_LEVEL_ALL
#define LWIP_DBG_TYPES_ON  LWIP_DBG_OFF
#define ETHARP_DEBUG       LWIP_DBG_OFF
#define MEM_DEBUG          LWIP_DBG_OFF
#define MEMP_DEBUG         LWIP_DBG_OFF
#define PBUF_DEBUG         LWIP_DBG_OFF
#define LWIP_TESTMODE      0

#define LWIP_NOASSERT 1
#define LWIP_ASSERT(message, assertion)
#include "lwip/debug.h"

#define SYS_LIGHTWEIGHT_PROT 0
#define NO_SYS               1
#define LWIP_IPV4            1
#define LWIP_IPV6            0

#define MEM_ALIGNMENT            1
#define MEM_SIZE                 1600
#define MEMP_NUM_PBUF            4
#define MEMP_NUM_RAW_PCB         2
#define MEMP_NUM_UDP_PCB         4
#define MEMP_NUM_TCP_PCB         2
#define MEMP_NUM_TCP_PCB_LISTEN  2
#define MEMP_NUM_TCP_SEG         16
#define MEMP_NUM_REASSDATA       1
#define MEMP_NUM_ARP_QUEUE       2
#define MEMP_NUM_SYS_TIMEOUT     4
#define MEMP_NUM_NETBUF          2
#define MEMP_NUM_NETCONN         32
#define MEMP_NUM_TCPIP_MSG_API   8
#define MEMP_NUM_TCPIP_MSG_INPKT 8
#define PBUF_POOL_SIZE           8

#define LWIP_ARP                        1
#define ARP_TABLE_SIZE                  1
#define ARP_QUEUEING                    0
#define IP_FORWARD                      0
#define IP_OPTIONS_ALLOWED              1
#define IP_REASSEMBLY                   0
#define IP_FRAG                         0
#define IP_REASS_MAXAGE                 3
#define IP_REASS_MAX_PBUFS              4
#define IP_DEFAULT_TTL                  255
#define LWIP_ICMP                       0
#define LWIP_RAW                        0
#define LWIP_DHCP                       1
#define LWIP_DHCP_BOOTP_FILE            1
#define LWIP_DHCP_DOES_ACD_CHECK        0
#define LWIP_AUTOIP                     0
#define LWIP_SNMP                       0
#define LWIP_IGMP                       0
#define LWIP_DNS                        1
#define DNS_TABLE_SIZE                  1
#define LWIP_UDP                        1
#define LWIP_TCP                        1
#define LWIP_LISTEN_BACKLOG             0
#define PBUF_LINK_HLEN                  14
#define PBUF_POOL_BUFSIZE               LWIP_MEM_ALIGN_SIZE(TCP_MSS + 40 + PBUF_LINK_HLEN)
#define LWIP_HAVE_LOOPIF                0
#define LWIP_NETCONN                    0
#define LWIP_DISABLE_MEMP_SANITY_CHECKS 1
#define LWIP_SOCKET                     0
#define SO_REUSE                        0
#define LWIP_STATS                      0
#define PPP_SUPPORT                     0
#define LWIP_TCPIP_CORE_LOCKING         0
#define LWIP_NETIF_LOOPBACK             0
#define MEMP_MEM_MALLOC                 1
#define MEMP_MEM_INIT                   1
#define MEM_LIBC_MALLOC                 1

#endif
