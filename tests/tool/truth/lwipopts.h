/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - the device's options in all runs: with and without threads; what a run has of its own
 * is defined before (the second line of its statistics). Counts are larger than any run needs. */
#ifndef NO_SYS
#    define NO_SYS 1
#endif
#ifndef MEM_ALIGNMENT
#    define MEM_ALIGNMENT 8
#endif
#ifndef TCP_MSS
#    define TCP_MSS 1460
#endif
#ifndef TCP_WND
#    define TCP_WND (4 * TCP_MSS)
#endif
#ifndef TCP_SND_BUF
#    define TCP_SND_BUF (4 * TCP_MSS)
#endif
#ifndef IP_REASS_MAX_PBUFS
#    define IP_REASS_MAX_PBUFS 60
#endif
#define TCP_SND_QUEUELEN        (4 * TCP_SND_BUF / TCP_MSS)
#define TCP_QUEUE_OOSEQ         1
#define TCP_MSL                 2000UL
#define PBUF_POOL_SIZE          400
#define PBUF_POOL_BUFSIZE       1528
#define MEM_SIZE                400000
#define MEMP_NUM_PBUF           64
#define MEMP_NUM_UDP_PCB        6
#define MEMP_NUM_TCP_PCB        60
#define MEMP_NUM_TCP_PCB_LISTEN 6
#define MEMP_NUM_TCP_SEG        400
#define MEMP_NUM_SYS_TIMEOUT    32
#define MEMP_NUM_REASSDATA      20
#define MEMP_NUM_FRAG_PBUF      60
#define LWIP_DHCP               0
#define ARP_QUEUEING            1
#define SYS_LIGHTWEIGHT_PROT    0
#define LWIP_STATS              1
#define MEM_STATS               1
#define MEMP_STATS              1
#define LWIP_STATS_DISPLAY      1
#if NO_SYS
#    define LWIP_SOCKET  0
#    define LWIP_NETCONN 0
#else
/* Each kind of mailbox has a size of its own, by which the statistics know it. */
#    define TCPIP_MBOX_SIZE           64
#    define DEFAULT_TCP_RECVMBOX_SIZE 61
#    define DEFAULT_UDP_RECVMBOX_SIZE 62
#    define DEFAULT_ACCEPTMBOX_SIZE   63
#    define MEMP_NUM_NETBUF           60
#    define MEMP_NUM_NETCONN          60
#    define MEMP_NUM_TCPIP_MSG_INPKT  64
#    define LWIP_COMPAT_SOCKETS       0
#    define LWIP_COMPAT_MUTEX         1
#    define LWIP_COMPAT_MUTEX_ALLOWED 1
#endif
