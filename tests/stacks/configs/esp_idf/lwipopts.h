/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of espressif/esp-idf at 102122904ade,
 * components/lwip/port/include/lwipopts.h with the defaults of its Kconfig. Pools take from the heap,
 * the heap from the C library; the port's header is included from here. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#include <stdlib.h>
#include <sys/uio.h>
#include <string.h>
#include <sys/fcntl.h>
#include <sys/ioctl.h>
#include <sys/poll.h>
#include <sys/select.h>
#include <sys/types.h>
#include <unistd.h>

#include "arch/sys_arch.h"

#define LWIP_TCPIP_CORE_LOCKING       0
#define LWIP_TCPIP_CORE_LOCKING_INPUT 0
void sys_thread_tcpip(void);
#define LWIP_MARK_TCPIP_THREAD() sys_thread_tcpip()
#define SYS_LIGHTWEIGHT_PROT     1
#define MEMCPY(dst, src, len)    memcpy(dst, src, len)
#define SMEMCPY(dst, src, len)   memcpy(dst, src, len)
unsigned int esp_random(void);
#define LWIP_RAND esp_random

#define NO_SYS                  0
#define MEM_LIBC_MALLOC         1
#define MEMP_MEM_MALLOC         1
#define MEM_ALIGNMENT           4
#define MEMP_NUM_NETCONN        10
#define MEMP_NUM_RAW_PCB        16
#define MEMP_NUM_TCP_PCB        16
#define MEMP_NUM_TCP_PCB_LISTEN 16
#define MEMP_NUM_UDP_PCB        16

#define ARP_QUEUEING                  1
#define ETHARP_SUPPORT_STATIC_ENTRIES 1
#define LWIP_IPV4                     1
#define IP_REASSEMBLY                 0
#define IP_FRAG                       1
#define IP_FORWARD                    0
#define IP_REASS_MAXAGE               3
#define IP_REASS_MAX_PBUFS            10
#define IP_DEFAULT_TTL                64
#define LWIP_ICMP                     1
#define LWIP_BROADCAST_PING           0
#define LWIP_MULTICAST_PING           0
#define LWIP_RAW                      1
#define LWIP_DHCP                     1
#define DHCP_DOES_ARP_CHECK           1
#define LWIP_DHCP_DOES_ACD_CHECK      1
#define LWIP_DHCP_GET_NTP_SRV         0
#define LWIP_DHCP_MAX_NTP_SERVERS     1
#define DHCP_OPTIONS_LEN              69
#define LWIP_IGMP                     1
#define LWIP_DNS                      1
#define DNS_MAX_HOST_IP               1
#define DNS_MAX_SERVERS               3
#define LWIP_UDP                      1
#define LWIP_NETBUF_RECVINFO          0

#define LWIP_TCP            1
#define TCP_WND             5760
#define TCP_MAXRTX          12
#define TCP_SYNMAXRTX       12
#define TCP_QUEUE_OOSEQ     1
#define TCP_OOSEQ_MAX_PBUFS 4
#define LWIP_TCP_SACK_OUT   0
#define TCP_MSS             1440
#define TCP_SND_BUF         5760
#define TCP_LISTEN_BACKLOG  1
#define TCP_OVERSIZE        TCP_MSS
#define LWIP_EVENT_API      0
#define LWIP_CALLBACK_API   1
#define TCP_TMR_INTERVAL    250
#define TCP_MSL             60000
#define LWIP_WND_SCALE      0
#define TCP_RCV_SCALE       0

#define LWIP_NETIF_HOSTNAME             1
#define LWIP_DHCP_DISCOVER_ADD_HOSTNAME 1
#define LWIP_NETIF_API                  1
#define LWIP_NETIF_STATUS_CALLBACK      0
#define LWIP_NETIF_LINK_CALLBACK        0
#define LWIP_NETIF_EXT_STATUS_CALLBACK  1
#define LWIP_NETIF_TX_SINGLE_PBUF       1
#define LWIP_NUM_NETIF_CLIENT_DATA      0
#define LWIP_HAVE_LOOPIF                1
#define LWIP_NETIF_LOOPBACK             1
#define LWIP_LOOPBACK_MAX_PBUFS         8

#define TCPIP_THREAD_NAME         "tcpip"
#define TCPIP_THREAD_STACKSIZE    3072
#define TCPIP_THREAD_PRIO         18
#define TCPIP_MBOX_SIZE           32
#define DEFAULT_UDP_RECVMBOX_SIZE 6
#define DEFAULT_TCP_RECVMBOX_SIZE 6
#define DEFAULT_ACCEPTMBOX_SIZE   6
#define DEFAULT_THREAD_STACKSIZE  TCPIP_THREAD_STACKSIZE
#define DEFAULT_THREAD_PRIO       TCPIP_THREAD_PRIO
#define DEFAULT_RAW_RECVMBOX_SIZE 6

#define LWIP_NETCONN                1
#define LWIP_NETCONN_SEM_PER_THREAD 1
#define LWIP_NETCONN_FULLDUPLEX     1
#define LWIP_SOCKET                 1
#define LWIP_COMPAT_SOCKETS         0
#define LWIP_POSIX_SOCKETS_IO_NAMES 0
#define LWIP_SOCKET_OFFSET          (FD_SETSIZE - MEMP_NUM_NETCONN)
#define LWIP_SO_SNDTIMEO            1
#define LWIP_SO_RCVTIMEO            1
#define LWIP_TCP_KEEPALIVE          1
#define LWIP_SO_LINGER              0
#define LWIP_SO_RCVBUF              0
#define SO_REUSE                    1
#define SO_REUSE_RXTOALL            1
#define iovec                       iovec /* that of the host's headers, which the board's have not */
#define LWIP_TIMEVAL_PRIVATE        0
#define LWIP_STATS                  0
#define PPP_SUPPORT                 0
#define CHECKSUM_CHECK_IP           0
#define CHECKSUM_CHECK_UDP          0
#define CHECKSUM_CHECK_ICMP         1

#define LWIP_IPV6                      1
#define LWIP_ND6                       1
#define LWIP_IPV6_NUM_ADDRESSES        3
#define LWIP_IPV6_FORWARD              0
#define LWIP_IPV6_FRAG                 1
#define LWIP_IPV6_REASS                0
#define LWIP_ND6_RDNSS_MAX_DNS_SERVERS 0
#define LWIP_IPV6_DHCP6                0
#define MEMP_NUM_ND6_QUEUE             3
#define LWIP_ND6_NUM_NEIGHBORS         5
#define LWIP_ND6_NUM_PREFIXES          5
#define LWIP_ND6_NUM_ROUTERS           3
#define LWIP_ND6_NUM_DESTINATIONS      10
#define LWIP_IPV6_DUP_DETECT_ATTEMPTS  1

#define SNTP_MAX_SERVERS         1
#define SNTP_SERVER_DNS          1
#define SNTP_STARTUP_DELAY       1
#define SNTP_STARTUP_DELAY_FUNC  (LWIP_RAND() % 5000)
#define LWIP_SUPPORT_CUSTOM_PBUF 1
#define mem_clib_malloc          malloc
#define mem_clib_calloc          calloc

#if __SIZEOF_POINTER__ > 4
#    define IPV6_FRAG_COPYHEADER 1 /* lwIP demands it on this host */
#endif

#endif
