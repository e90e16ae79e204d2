/* SPDX-License-Identifier: BSD-3-Clause */
/* server_options.h - lwIP's options of the HTTP server, behind the sizes that a build defines. What
 * it leaves out is larger than any load needs: a recording shows what is needed. */
#ifndef CISTERN_STACKS_SERVER_OPTIONS_H
#define CISTERN_STACKS_SERVER_OPTIONS_H

#define NO_SYS               1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN         0
#define LWIP_SOCKET          0

#define LWIP_STATS_LARGE   1 /* counters of 32 bits */
#define LWIP_STATS         1
#define MEM_STATS          1
#define MEMP_STATS         1
#define LWIP_STATS_DISPLAY 1 /* names of pools */

#define MEM_ALIGNMENT __SIZEOF_POINTER__

#define TCP_MSS          1460
#define TCP_WND          (4 * TCP_MSS)
#define TCP_SND_BUF      (4 * TCP_MSS)
#define TCP_SND_QUEUELEN 16
#define TCP_QUEUE_OOSEQ  1
#define TCP_MSL          1000UL

#define LWIP_HTTPD_CUSTOM_FILES         1
#define LWIP_HTTPD_DYNAMIC_HEADERS      1
#define LWIP_HTTPD_SUPPORT_11_KEEPALIVE 1

/* Counts of a recording may be less than what lwIP wants for full windows. */
#define LWIP_DISABLE_TCP_SANITY_CHECKS  1
#define LWIP_DISABLE_MEMP_SANITY_CHECKS 1

#ifndef MEM_SIZE
#    define MEM_SIZE 1000000
#endif
#ifndef PBUF_POOL_SIZE
#    define PBUF_POOL_SIZE 1000
#endif
#define PBUF_POOL_BUFSIZE 1528
#ifndef MEMP_NUM_PBUF
#    define MEMP_NUM_PBUF 2000
#endif
#ifndef MEMP_NUM_TCP_PCB
#    define MEMP_NUM_TCP_PCB 400
#endif
#ifndef MEMP_NUM_TCP_PCB_LISTEN
#    define MEMP_NUM_TCP_PCB_LISTEN 4
#endif
#ifndef MEMP_NUM_TCP_SEG
#    define MEMP_NUM_TCP_SEG 3000
#endif
#ifndef MEMP_NUM_ARP_QUEUE
#    define MEMP_NUM_ARP_QUEUE 30
#endif

#endif
