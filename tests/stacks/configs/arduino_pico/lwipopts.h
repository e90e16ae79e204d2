/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of earlephilhower/arduino-pico at 060ed56d089f, include/lwipopts.h.
 * Protection, assertions and the checksum are the core's own. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

/* Object-like: the macro's argument becomes a declarator in brackets. */
extern void noInterrupts(void);
extern void interrupts(void);
#define SYS_ARCH_DECL_PROTECT int
#define SYS_ARCH_PROTECT(lev)                                                                      \
    {                                                                                              \
        (void)lev;                                                                                 \
        noInterrupts();                                                                            \
    }
#define SYS_ARCH_UNPROTECT(lev)                                                                    \
    {                                                                                              \
        (void)lev;                                                                                 \
        interrupts();                                                                              \
    }

extern void lwip_assert_core_locked(void);
#define LWIP_ASSERT_CORE_LOCKED()                                                                  \
    {                                                                                              \
        lwip_assert_core_locked();                                                                 \
    }

extern void panic(const char *format, ...);
#define LWIP_PLATFORM_ASSERT(x) panic("lwip")
extern unsigned long __lwip_rand(void);
#define LWIP_RAND() __lwip_rand()

#define NO_SYS                     1
#define LWIP_SOCKET                0
#define MEM_LIBC_MALLOC            0
#define MEM_ALIGNMENT              4
#define MEM_SIZE                   16384
#define MEMP_NUM_TCP_SEG           (32)
#define MEMP_NUM_ARP_QUEUE         (10)
#define PBUF_POOL_SIZE             (24)
#define LWIP_ARP                   7
#define LWIP_ETHERNET              1
#define LWIP_ICMP                  1
#define LWIP_RAW                   1
#define TCP_WND                    (8 * TCP_MSS)
#define TCP_MSS                    1460
#define TCP_SND_BUF                (8 * TCP_MSS)
#define TCP_SND_QUEUELEN           ((4 * (TCP_SND_BUF) + (TCP_MSS - 1)) / (TCP_MSS))
#define TCP_LISTEN_BACKLOG         1
#define TCP_DEFAULT_LISTEN_BACKLOG 2

#define LWIP_NETIF_STATUS_CALLBACK    1
#define LWIP_NETIF_LINK_CALLBACK      1
#define LWIP_NETIF_HOSTNAME           1
#define LWIP_NUM_NETIF_CLIENT_DATA    5
#define LWIP_NETCONN                  0
#define LWIP_CHKSUM_ALGORITHM         0 /* lwip_standard_chksum is the project's */
#define LWIP_DHCP                     1
#define LWIP_IPV4                     1
#define LWIP_TCP                      1
#define LWIP_UDP                      1
#define LWIP_DNS                      1
#define LWIP_DNS_SUPPORT_MDNS_QUERIES 1
#define LWIP_TCP_KEEPALIVE            1
#define LWIP_NETIF_TX_SINGLE_PBUF     1
#define DHCP_DOES_ARP_CHECK           0
#define LWIP_DHCP_DOES_ACD_CHECK      0
#define LWIP_IGMP                     1
#define LWIP_MDNS_RESPONDER           1
#define MDNS_MAX_SERVICES             4
#define MEMP_NUM_UDP_PCB              7
#define MEMP_NUM_TCP_PCB              5

extern void __setSystemTime(unsigned long long sec, unsigned long us);
#define SNTP_SET_SYSTEM_TIME_US(sec, us) __setSystemTime(sec, us)
#define SNTP_MAX_SERVERS                 2
#define SNTP_SERVER_DNS                  1

#define LWIP_STATS         0
#define LWIP_STATS_DISPLAY 0
#define MEM_STATS          0
#define SYS_STATS          0
#define MEMP_STATS         0
#define LINK_STATS         0

#endif
