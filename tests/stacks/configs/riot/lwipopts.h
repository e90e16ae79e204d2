/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of RIOT-OS/RIOT at c8bd52ff13da, pkg/lwip/include/lwipopts.h, with IPv4, TCP and UDP.
 * Pools take from lwIP's heap; byte order is the system's; the thread's mark is a name. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#include <arpa/inet.h>
#include <stdbool.h>

#define LWIP_ARP             1
#define LWIP_AUTOIP          0
#define LWIP_DHCP            1
#define LWIP_ETHERNET        1
#define LWIP_NETIF_API       0
#define LWIP_IGMP            0
#define LWIP_IPV4            1
#define LWIP_IPV6            0
#define PPP_SUPPORT          0
#define LWIP_RAW             0
#define LWIP_6LOWPAN         0
#define LWIP_STATS           0
#define LWIP_TCP             1
#define LWIP_UDP             1
#define LWIP_UDPLITE         0
#define LWIP_NETCONN         1
#define LWIP_NETBUF_RECVINFO 1
#define LWIP_DEBUG           1
#define TCP_LISTEN_BACKLOG   1
#define LWIP_SOCKET          0

#define LWIP_DONT_PROVIDE_BYTEORDER_FUNCTIONS
#define MEMP_MEM_MALLOC        1
#define NETIF_MAX_HWADDR_LEN   8
#define TCPIP_THREAD_STACKSIZE 1536
#define MEM_ALIGNMENT          4
#define MEM_SIZE               (TCPIP_THREAD_STACKSIZE + 6144)

void sys_mark_tcpip_thread(void);
#define LWIP_MARK_TCPIP_THREAD sys_mark_tcpip_thread
bool sys_check_core_locked(void);
#define LWIP_ASSERT_CORE_LOCKED() LWIP_ASSERT("Core lock held", sys_check_core_locked())

#define TCPIP_MBOX_SIZE           8
#define DEFAULT_TCP_RECVMBOX_SIZE 8
#define DEFAULT_UDP_RECVMBOX_SIZE 8
#define DEFAULT_ACCEPTMBOX_SIZE   8

#endif
