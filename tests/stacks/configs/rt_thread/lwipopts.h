/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of RT-Thread/rt-thread at 13a6c5201d71,
 * components/net/lwip/port/lwipopts.h with the defaults of its Kconfig. Guards around elements; memory
 * is freed from other contexts; LWIP_RAND names a function. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <sys/errno.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#define LWIP_ERRNO_INCLUDE "sys/errno.h"

#define iovec                iovec /* that of the host's headers, which the board's have not */
#define LWIP_TIMEVAL_PRIVATE 0
#define LWIP_NO_STDDEF_H     0
#define LWIP_NO_STDINT_H     0
#define LWIP_NO_INTTYPES_H   0
#define LWIP_NO_LIMITS_H     0
#define LWIP_NO_CTYPE_H      0
#define LWIP_SOCKET_SELECT   1
#define LWIP_SOCKET_POLL     1
#define LWIP_RAND            rand

#define LWIP_IPV4              1
#define LWIP_IPV6              0
#define NO_SYS                 0
#define SYS_LIGHTWEIGHT_PROT   1
#define LWIP_SOCKET            1
#define LWIP_NETCONN           1
#define LWIP_IGMP              1
#define LWIP_ICMP              1
#define LWIP_SNMP              0
#define LWIP_DNS               1
#define LWIP_HAVE_LOOPIF       0
#define LWIP_PLATFORM_BYTESWAP 0
#define LWIP_DBG_TYPES_ON                                                                          \
    (LWIP_DBG_ON | LWIP_DBG_TRACE | LWIP_DBG_STATE | LWIP_DBG_FRESH | LWIP_DBG_HALT)

void *rt_memcpy(void *dst, const void *src, unsigned long count);
#define MEMCPY(dst, src, len)  rt_memcpy(dst, src, len)
#define SMEMCPY(dst, src, len) MEMCPY(dst, src, len)

#define MEM_ALIGNMENT                          4
#define MEM_SIZE                               16384
#define MEMP_OVERFLOW_CHECK                    1
#define LWIP_ALLOW_MEM_FREE_FROM_OTHER_CONTEXT 1
#define MEMP_MEM_MALLOC                        0
#define MEMP_NUM_PBUF                          32
#define MEMP_NUM_NETCONN                       8
#define MEMP_NUM_RAW_PCB                       4
#define MEMP_NUM_UDP_PCB                       4
#define MEMP_NUM_TCP_PCB                       4
#define MEMP_NUM_TCP_SEG                       40
#define PBUF_POOL_SIZE                         16
#define PBUF_POOL_BUFSIZE                      1700
#define PBUF_LINK_HLEN                         16
#define IP_NAT                                 0

#define LWIP_TCP                  1
#define TCP_TTL                   255
#define TCP_QUEUE_OOSEQ           1
#define TCP_MSS                   1460
#define TCP_SND_BUF               8196
#define TCP_SND_QUEUELEN          (4 * TCP_SND_BUF / TCP_MSS)
#define TCP_SNDLOWAT              (TCP_SND_BUF / 2)
#define TCP_SNDQUEUELOWAT         TCP_SND_QUEUELEN / 2
#define TCP_WND                   8196
#define TCP_MAXRTX                12
#define TCP_SYNMAXRTX             4
#define TCPIP_MBOX_SIZE           8
#define TCPIP_THREAD_PRIO         10
#define TCPIP_THREAD_STACKSIZE    1024
#define TCPIP_THREAD_NAME         "tcpip"
#define DEFAULT_TCP_RECVMBOX_SIZE 10

#define LWIP_ARP                    1
#define ARP_TABLE_SIZE              10
#define ARP_QUEUEING                1
#define IP_FORWARD                  0
#define IP_REASSEMBLY               0
#define IP_FRAG                     0
#define ICMP_TTL                    255
#define LWIP_DHCP                   1
#define DHCP_DOES_ARP_CHECK         (LWIP_DHCP)
#define LWIP_AUTOIP                 0
#define LWIP_DHCP_AUTOIP_COOP       (LWIP_DHCP && LWIP_AUTOIP)
#define LWIP_UDP                    1
#define LWIP_UDPLITE                0
#define UDP_TTL                     255
#define DEFAULT_UDP_RECVMBOX_SIZE   1
#define LWIP_RAW                    0
#define DEFAULT_RAW_RECVMBOX_SIZE   1
#define DEFAULT_ACCEPTMBOX_SIZE     10
#define LWIP_STATS                  0
#define PPP_SUPPORT                 0
#define LWIP_POSIX_SOCKETS_IO_NAMES 0
#define LWIP_TCP_KEEPALIVE          1
#define LWIP_NETIF_HOSTNAME         1

#endif
