/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values that STM32CubeMX writes for an STM32H7 with FreeRTOS (lwIP 2.1.2),
 * as public projects have them. Sanity checks are off, LWIP_NOASSERT is defined, debug levels are on
 * without LWIP_DEBUG. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define WITH_RTOS 1
#undef LWIP_PROVIDE_ERRNO
#define CHECKSUM_BY_HARDWARE 1

#define ETH_RX_BUFFER_SIZE       1536
#define MEM_ALIGNMENT            4
#define MEM_SIZE                 16360
#define LWIP_RAM_HEAP_POINTER    0x30020000
#define LWIP_SUPPORT_CUSTOM_PBUF 1
#define PBUF_POOL_SIZE           24
#define PBUF_POOL_BUFSIZE        1524
#define LWIP_ETHERNET            1
#define IP_DEFAULT_TTL           99
#define LWIP_DNS_SECURE          7
#define TCP_TTL                  88
#define TCP_MSS                  1460
#define TCP_SND_BUF              5840
#define TCP_SND_QUEUELEN         16

#define LWIP_NETIF_STATUS_CALLBACK     1
#define LWIP_NETIF_EXT_STATUS_CALLBACK 1
#define LWIP_NETIF_LINK_CALLBACK       1

#define TCPIP_THREAD_STACKSIZE    2048
#define TCPIP_THREAD_PRIO         3
#define TCPIP_MBOX_SIZE           6
#define SLIPIF_THREAD_STACKSIZE   1024
#define SLIPIF_THREAD_PRIO        3
#define DEFAULT_THREAD_STACKSIZE  2048
#define DEFAULT_THREAD_PRIO       3
#define DEFAULT_UDP_RECVMBOX_SIZE 6
#define DEFAULT_TCP_RECVMBOX_SIZE 6
#define DEFAULT_ACCEPTMBOX_SIZE   6
#define RECV_BUFSIZE_DEFAULT      2000000000

#define LWIP_DISABLE_TCP_SANITY_CHECKS  1
#define LWIP_DISABLE_MEMP_SANITY_CHECKS 1
#define LWIP_STATS                      1
#define LWIP_STATS_DISPLAY              1
#define MIB2_STATS                      0

#define CHECKSUM_GEN_IP      0
#define CHECKSUM_GEN_UDP     0
#define CHECKSUM_GEN_TCP     0
#define CHECKSUM_CHECK_IP    0
#define CHECKSUM_CHECK_UDP   0
#define CHECKSUM_CHECK_TCP   0
#define CHECKSUM_GEN_ICMP6   0
#define CHECKSUM_CHECK_ICMP6 0

#define NETIF_DEBUG      LWIP_DBG_ON
#define API_MSG_DEBUG    LWIP_DBG_ON
#define SOCKETS_DEBUG    LWIP_DBG_ON
#define ICMP_DEBUG       LWIP_DBG_ON
#define IP_DEBUG         LWIP_DBG_ON
#define SYS_DEBUG        LWIP_DBG_ON
#define TCP_DEBUG        LWIP_DBG_ON
#define TCP_INPUT_DEBUG  LWIP_DBG_ON
#define TCP_OUTPUT_DEBUG LWIP_DBG_ON
#define UDP_DEBUG        LWIP_DBG_ON
#define TCPIP_DEBUG      LWIP_DBG_ON
#define DHCP_DEBUG       LWIP_DBG_ON
#define LWIP_NOASSERT    0

#endif
