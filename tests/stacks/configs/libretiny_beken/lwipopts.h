/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of libretiny-eu/libretiny at 6514b26078a6,
 * cores/common/base/config and cores/beken-72xx/base/config, over lwIP's, and LWIP_DNS of the
 * vendor's header below. Names of addresses are macros of lwIP 2.0's. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define LWIP_TIMEVAL_PRIVATE           0
#define LWIP_NETIF_HOSTNAME            1
#define LWIP_SO_RCVBUF                 1
#define LWIP_MDNS_RESPONDER            1
#define MDNS_MAX_SERVICES              10
#define LWIP_NUM_NETIF_CLIENT_DATA     2
#define LWIP_NETIF_EXT_STATUS_CALLBACK 1
#define MEMP_NUM_UDP_PCB               7
#define TCPIP_THREAD_STACKSIZE         1024
#define ip_addr                        ip4_addr
#define ip_addr_t                      ip4_addr_t
#include <stdio.h>
#include <sys/time.h>
#define LWIP_DEBUG         1
#define LWIP_DBG_MIN_LEVEL 0
#define LWIP_DBG_TYPES_ON  0xF8
#define LWIP_PLATFORM_DIAG(x)                                                                      \
    do {                                                                                           \
        printf x;                                                                                  \
    } while (0)
#define LWIP_PLATFORM_ASSERT(x)                                                                    \
    do {                                                                                           \
        printf("%s, %s:%d\n", x, __FILE__, __LINE__);                                              \
        while (1) {                                                                                \
        };                                                                                         \
    } while (0)
#define LWIP_DNS        1
#define SNTP_SERVER_DNS 1
#define SNTP_SET_SYSTEM_TIME_US(sec, us)                                                           \
    do {                                                                                           \
        struct timeval tv = {.tv_sec = sec, .tv_usec = us};                                        \
        settimeofday(&tv, NULL);                                                                   \
    } while (0);
#define LWIP_COMPAT_MUTEX_ALLOWED 1
#define LWIP_IGMP                 1
#define LWIP_SO_RCVTIMEO          1
#define TCPIP_MBOX_SIZE           16
#define DEFAULT_UDP_RECVMBOX_SIZE 16
#define DEFAULT_TCP_RECVMBOX_SIZE 16
#define DEFAULT_ACCEPTMBOX_SIZE   16
#define MEM_ALIGNMENT             4
#define MEM_SIZE                  16384
#define TCP_MSS                   1460

#endif
