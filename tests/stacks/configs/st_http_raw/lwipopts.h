/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of STMicroelectronics/STM32CubeH7 at 3168f5a251d4,
 * Projects/STM32H743I-EVAL/Applications/LwIP/LwIP_HTTP_Server_Raw. No threads and no protection; the
 * heap has a fixed address. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define SYS_LIGHTWEIGHT_PROT     0
#define NO_SYS                   1
#define MEM_ALIGNMENT            4
#define MEM_SIZE                 (14 * 1024)
#define LWIP_RAM_HEAP_POINTER    (0x30004000)
#define MEMP_NUM_TCP_PCB         10
#define MEMP_NUM_TCP_SEG         TCP_SND_QUEUELEN
#define PBUF_POOL_BUFSIZE        1528
#define LWIP_SUPPORT_CUSTOM_PBUF 1
#define LWIP_NETIF_LINK_CALLBACK 1

#define LWIP_TCP    1
#define TCP_TTL     255
#define TCP_MSS     (1500 - 40)
#define TCP_SND_BUF (4 * TCP_MSS)
#define TCP_WND     (4 * TCP_MSS)
#define LWIP_ICMP   1
#define LWIP_DHCP   1
#define LWIP_UDP    1
#define UDP_TTL     255
#define LWIP_STATS  0

#define CHECKSUM_BY_HARDWARE
#define CHECKSUM_GEN_IP     0
#define CHECKSUM_GEN_UDP    0
#define CHECKSUM_GEN_TCP    0
#define CHECKSUM_CHECK_IP   0
#define CHECKSUM_CHECK_UDP  0
#define CHECKSUM_CHECK_TCP  0
#define CHECKSUM_CHECK_ICMP 0
#define CHECKSUM_GEN_ICMP   1

#define LWIP_NETCONN            0
#define LWIP_SOCKET             0
#define LWIP_HTTPD_CGI          1
#define LWIP_HTTPD_SSI          1
#define HTTPD_USE_CUSTOM_FSDATA 1
#define MEMP_DEBUG              LWIP_DBG_ON
#define MEM_DEBUG               LWIP_DBG_ON

#endif
