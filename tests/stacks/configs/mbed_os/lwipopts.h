/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of ARMmbed/mbed-os at 1ae84848c947,
 * connectivity/lwipstack/include/lwipstack/lwipopts.h with the defaults of its mbed_lib.json. The heap
 * is an array of the project's; assertions and statistics are off. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#include <stdlib.h>
#include <sys/time.h>
#define LWIP_TIMEVAL_PRIVATE 0

#define NO_SYS                    0
#define LWIP_IPV4                 1
#define LWIP_IPV6                 0
#define LWIP_PROVIDE_ERRNO        0
#define SYS_LIGHTWEIGHT_PROT      1
#define LWIP_RAW                  0
#define MEMP_NUM_TCPIP_MSG_INPKT  8
#define LWIP_ALIGN_UP(pos, align) ((pos) % (align) ? (pos) + ((align) - (pos) % (align)) : (pos))
#define TCPIP_THREAD_STACKSIZE    LWIP_ALIGN_UP(1200, 8)
#define TCPIP_THREAD_PRIO         (1)
#define DEFAULT_THREAD_STACKSIZE  LWIP_ALIGN_UP(512, 8)
#define MEMP_NUM_SYS_TIMEOUT      16
#define sys_msleep(ms)            sys_msleep(ms)
#define MEM_ALIGNMENT             4
extern unsigned char lwip_ram_heap[];
#define LWIP_RAM_HEAP_POINTER lwip_ram_heap
#define MEMP_NUM_TCP_SEG      16
#define TCP_MSS               536
#define TCP_SND_BUF           (2 * TCP_MSS)
#define TCP_WND               (4 * TCP_MSS)
#define TCP_MAXRTX            6
#define TCP_SYNMAXRTX         6
#define PBUF_POOL_SIZE        5
#define PBUF_POOL_BUFSIZE                                                                          \
    LWIP_MEM_ALIGN_SIZE(TCP_MSS + 20 + 20 + PBUF_LINK_ENCAPSULATION_HLEN + PBUF_LINK_HLEN)
#define MEM_SIZE                1600
#define MEMP_NUM_TCP_PCB_LISTEN 4
#define MEMP_NUM_TCP_PCB        4
#define MEMP_NUM_UDP_PCB        4
#define MEMP_NUM_PBUF           8
#define MEMP_NUM_NETBUF         8
#define MEMP_NUM_NETCONN        4
#define LWIP_TCP                1
#define TCP_OVERSIZE            0
#define LWIP_TCP_KEEPALIVE      1
#define LWIP_DNS                1
#define LWIP_FULL_DNS           0
#define LWIP_SOCKET             0
#define SO_REUSE                1
#define LWIP_IGMP               LWIP_IPV4
unsigned int lwip_get_random(void);
#define LWIP_RAND()                        lwip_get_random()
#define LWIP_COMPAT_SOCKETS                0
#define LWIP_POSIX_SOCKETS_IO_NAMES        0
#define LWIP_BROADCAST_PING                1
#define LWIP_IPV6_FRAG                     LWIP_IPV6
#define LWIP_NOASSERT                      1
#define LWIP_STATS                         0
#define LWIP_PLATFORM_BYTESWAP             1
#define LWIP_RANDOMIZE_INITIAL_LOCAL_PORTS 1
#define LWIP_ARP                           1
#define LWIP_ETHERNET                      1
#define LWIP_DHCP                          LWIP_IPV4
#define LWIP_CHECKSUM_ON_COPY              0
#define LWIP_NETIF_HOSTNAME                1
#define LWIP_NETIF_STATUS_CALLBACK         1
#define LWIP_NETIF_LINK_CALLBACK           1
#define DNS_TABLE_SIZE                     2
#define DNS_MAX_NAME_LENGTH                128
#define TCPIP_MBOX_SIZE                    8
#define DEFAULT_TCP_RECVMBOX_SIZE          8
#define DEFAULT_UDP_RECVMBOX_SIZE          8
#define DEFAULT_ACCEPTMBOX_SIZE            8

#endif
