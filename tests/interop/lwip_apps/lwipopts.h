/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - everything of lwIP that can be on at the same time, for lwip.py. NO_SYS by the
 * command. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define SYS_LIGHTWEIGHT_PROT 1
#define LWIP_SOCKET          (NO_SYS == 0)
#define LWIP_NETCONN         (NO_SYS == 0)
#define LWIP_NETIF_API       (NO_SYS == 0)

#define MEM_ALIGNMENT 4U
#define MEM_SIZE      65536

#define LWIP_IPV4                    1
#define LWIP_IPV6                    1
#define LWIP_IPV6_DHCP6              1
#define LWIP_RAW                     1
#define LWIP_UDP                     1
#define LWIP_UDPLITE                 1
#define LWIP_TCP                     1
#define LWIP_ALTCP                   1
#define LWIP_IGMP                    1
#define LWIP_DHCP                    1
#define LWIP_AUTOIP                  1
#define LWIP_ACD                     1
#define LWIP_DNS                     1
#define LWIP_WND_SCALE               1
#define TCP_RCV_SCALE                2
#define LWIP_TCP_SACK_OUT            1
#define LWIP_TCP_TIMESTAMPS          1
#define LWIP_TCP_PCB_NUM_EXT_ARGS    1
#define LWIP_SO_RCVTIMEO             1
#define LWIP_SO_SNDTIMEO             1
#define LWIP_SO_RCVBUF               1
#define LWIP_SO_LINGER               1
#define SO_REUSE                     1
#define LWIP_CHECKSUM_ON_COPY        1
#define LWIP_CHECKSUM_CTRL_PER_NETIF 1

#define LWIP_HAVE_LOOPIF               1
#define LWIP_NETIF_LOOPBACK            1
#define LWIP_NETIF_HOSTNAME            1
#define LWIP_NETIF_STATUS_CALLBACK     1
#define LWIP_NETIF_LINK_CALLBACK       1
#define LWIP_NETIF_EXT_STATUS_CALLBACK 1
#define LWIP_NETIF_REMOVE_CALLBACK     1
#define LWIP_NETIF_TX_SINGLE_PBUF      0
#define LWIP_NUM_NETIF_CLIENT_DATA     4
#define ETHARP_SUPPORT_VLAN            1
#define ETHARP_SUPPORT_STATIC_ENTRIES  1

#define LWIP_SNMP 1
#ifndef LWIP_SNMP_V3 /* 0 without contrib, which has the users */
#    define LWIP_SNMP_V3 1
#endif
#define LWIP_SNMP_V3_MBEDTLS       0
#define MIB2_STATS                 1
#define LWIP_MDNS_RESPONDER        1
#define LWIP_HTTPD_SSI             1
#define LWIP_HTTPD_CGI             1
#define LWIP_HTTPD_SUPPORT_POST    1
#define LWIP_HTTPD_DYNAMIC_HEADERS 1
#define LWIP_HTTPD_FILE_EXTENSION  1
#define SMTP_SUPPORT_AUTH_PLAIN    1
#define SNTP_SERVER_DNS            1

#define PPP_SUPPORT      1
#define PPP_IPV6_SUPPORT 1
#define PPPOE_SUPPORT    1
#define PPPOS_SUPPORT    1
#define PPPOL2TP_SUPPORT 1
#define PAP_SUPPORT      1
#define CHAP_SUPPORT     1
#define MSCHAP_SUPPORT   1
#define EAP_SUPPORT      1
#define CCP_SUPPORT      1
#define MPPE_SUPPORT     1
#define VJ_SUPPORT       1
#define MEMP_NUM_PPP_PCB 2

#define LWIP_6LOWPAN       1
#define LWIP_STATS_DISPLAY 1
#define LWIP_DEBUG
#define LWIP_NOASSERT_ON_ERROR

/* Of contrib's applications. */
#define LWIP_PING_APP 1

/* A project's own, in place of its port's. */
#ifdef __cplusplus
extern "C" {
#endif
extern unsigned int apps_random(void);
extern void apps_assert(const char *message);
#ifdef __cplusplus
}
#endif
#define LWIP_RAND()                   apps_random()
#define LWIP_PLATFORM_ASSERT(message) apps_assert(message)

#endif
