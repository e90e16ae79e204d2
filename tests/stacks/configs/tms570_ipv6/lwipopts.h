/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of trnila/cannelloni_TMS570, src/lwipopts.h: a TMS570 that speaks UDP over
 * IPv6 alone. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define LWIP_IPV6               1
#define LWIP_IPV6_AUTOCONFIG    1
#define LWIP_MULTICAST_PING     1
#define LWIP_IPV6_MLD           1
#define LWIP_IPV6_REASS         0
#define LWIP_IPV6_FRAG          0
#define LWIP_IPV4               0
#define LWIP_NETCONN            0
#define LWIP_SOCKET             0
#define LWIP_STATS              0
#define LWIP_TCP                0
#define MEM_ALIGNMENT           4
#define MEM_SIZE                (256 * 1024)
#define NO_SYS                  1
#define PBUF_POOL_BUFSIZE       1400
#define PBUF_POOL_SIZE          16
#define SYS_LIGHTWEIGHT_PROT    1
#define LWIP_SKIP_PACKING_CHECK 1
#define LWIP_SINGLE_NETIF       1

#endif
