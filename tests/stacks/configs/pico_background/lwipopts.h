/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of raspberrypi/pico-examples at 2507272357d8,
 * pico_w/wifi/lwipopts_examples_common.h, a debug build for
 * pico_cyw43_arch_lwip_threadsafe_background. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#ifndef NO_SYS
#    define NO_SYS 1
#endif
#ifndef LWIP_SOCKET
#    define LWIP_SOCKET 0
#endif
#ifndef MEM_LIBC_MALLOC
#    define MEM_LIBC_MALLOC 0
#endif
#define MEM_ALIGNMENT      4
#define MEM_SIZE           4000
#define MEMP_NUM_TCP_SEG   32
#define MEMP_NUM_ARP_QUEUE 10
#define PBUF_POOL_SIZE     24
#define LWIP_ARP           1
#define LWIP_ETHERNET      1
#define LWIP_ICMP          1
#define LWIP_RAW           1
#define TCP_WND            (8 * TCP_MSS)
#define TCP_MSS            1460
#define TCP_SND_BUF        (8 * TCP_MSS)
#define TCP_SND_QUEUELEN   ((4 * (TCP_SND_BUF) + (TCP_MSS - 1)) / (TCP_MSS))

#define LWIP_NETIF_STATUS_CALLBACK 1
#define LWIP_NETIF_LINK_CALLBACK   1
#define LWIP_NETIF_HOSTNAME        1
#define LWIP_NETCONN               0
#define MEM_STATS                  0
#define SYS_STATS                  0
#define MEMP_STATS                 0
#define LINK_STATS                 0
#define LWIP_CHKSUM_ALGORITHM      3
#define LWIP_DHCP                  1
#define LWIP_IPV4                  1
#define LWIP_TCP                   1
#define LWIP_UDP                   1
#define LWIP_DNS                   1
#define LWIP_TCP_KEEPALIVE         1
#define LWIP_NETIF_TX_SINGLE_PBUF  1
#define DHCP_DOES_ARP_CHECK        0
#define LWIP_DHCP_DOES_ACD_CHECK   0
#define LWIP_SINGLE_NETIF          1

#define LWIP_DEBUG         1
#define LWIP_STATS         1
#define LWIP_STATS_DISPLAY 1

#endif
