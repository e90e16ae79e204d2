/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - the firmware's options. Those that run.py sets on the command line:
 *
 * | option         | default | effect                                                                  |
 * |----------------|---------|-------------------------------------------------------------------------|
 * | DEVICE_THREADS | 0       | 0: main loop, NO_SYS 1; 1: lwIP's threads, NO_SYS 0                      |
 * | DEVICE_TRACE   | 0       | 1: the trace of the run goes to device.ctr, by semihosting               |
 * | DEVICE_SIZES   | none    | a header whose sizes replace those below: what `cistern size` has printed |
 * | DEVICE_FRAMES  | 12      | received frames that the firmware can hold                               | */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#ifdef DEVICE_SIZES
#    include DEVICE_SIZES
#endif

#ifndef DEVICE_THREADS
#    define DEVICE_THREADS 0
#endif
#ifndef DEVICE_TRACE
#    define DEVICE_TRACE 0
#endif
#ifndef DEVICE_FRAMES
#    define DEVICE_FRAMES 12
#endif

/* --- the stack ---------------------------------------------------------------------------------- */

#define NO_SYS               (!DEVICE_THREADS)
#define SYS_LIGHTWEIGHT_PROT 1
#define LWIP_SOCKET          0
#define LWIP_NETCONN         DEVICE_THREADS
#define LWIP_RAW             0
#define LWIP_UDP             0
#define IP_REASSEMBLY        0
#define IP_FRAG              0

#define MEM_ALIGNMENT            4
#define LWIP_SUPPORT_CUSTOM_PBUF 1
#define LWIP_STATS_LARGE         1
#define ETH_PAD_SIZE             0
#define LWIP_PLATFORM_DIAG(x)    ((void)0) /* statistics and messages go by HTTP */

/* Segments wait at the head of a chain for their acknowledgement, and this card holds no frame. */
#define LWIP_NETIF_TX_SINGLE_PBUF 0

#ifndef TCP_MSS
#    define TCP_MSS 1460
#endif
#ifndef TCP_WND
#    define TCP_WND (4 * TCP_MSS)
#endif
#ifndef TCP_SND_BUF
#    define TCP_SND_BUF (2 * TCP_MSS)
#endif
#ifndef TCP_SND_QUEUELEN
#    define TCP_SND_QUEUELEN 8
#endif
#define TCP_MSL 500UL /* ms: a closed connection is kept for twice as long */

/* --- sizes -------------------------------------------------------------------------------------- */

#ifndef MEM_SIZE
#    define MEM_SIZE 49152
#endif
#ifndef MEMP_NUM_TCP_PCB
#    define MEMP_NUM_TCP_PCB 32
#endif
#ifndef MEMP_NUM_TCP_PCB_LISTEN
#    define MEMP_NUM_TCP_PCB_LISTEN 3
#endif
#ifndef MEMP_NUM_TCP_SEG
#    define MEMP_NUM_TCP_SEG 64
#endif
#ifndef MEMP_NUM_PBUF
#    define MEMP_NUM_PBUF 24
#endif
#ifndef MEMP_NUM_NETCONN
#    define MEMP_NUM_NETCONN 4
#endif

/* The card's frames take the place of lwIP's pool for reception. */
#ifndef PBUF_POOL_SIZE
#    define PBUF_POOL_SIZE 1
#endif
#ifndef PBUF_POOL_BUFSIZE
#    define PBUF_POOL_BUFSIZE 64
#endif
#define LWIP_DISABLE_TCP_SANITY_CHECKS 1

/* --- the HTTP server ---------------------------------------------------------------------------- */

#define LWIP_HTTPD_CUSTOM_FILES      1
#define LWIP_HTTPD_DYNAMIC_FILE_READ 1
#define LWIP_HTTPD_FILE_EXTENSION    1 /* lwIP 2.2; before, a file always has one */
#define LWIP_HTTPD_MAX_REQ_LENGTH    1023
#define HTTPD_MAX_WRITE_LEN(pcb)     altcp_mss(pcb)

/* --- threads ------------------------------------------------------------------------------------ */

#define TCPIP_MBOX_SIZE             16
#define TCPIP_THREAD_STACKSIZE      3072
#define TCPIP_THREAD_PRIO           3
#define MEMP_NUM_SYS_TIMEOUT        (2 + DEVICE_THREADS) /* TCP, ARP, device.c */
#define DEFAULT_THREAD_STACKSIZE    1536
#define DEFAULT_ACCEPTMBOX_SIZE     4
#define DEFAULT_TCP_RECVMBOX_SIZE   8
#define CISTERN_BARE_THREADS        2
#define CISTERN_BARE_STACK_BYTES    3072
#define CISTERN_BARE_SYSTICK_WEAK   0
#define CISTERN_BARE_MAILBOXES      8
#define CISTERN_BARE_SEMAPHORES     8
#define CISTERN_RTOS_SEMAPHORES     12
#define CISTERN_RTOS_MAILBOXES      8
#define CISTERN_RTOS_THREADS        2
#define CISTERN_FREERTOS_SEMAPHORES 12
#define CISTERN_FREERTOS_MAILBOXES  8
#define CISTERN_FREERTOS_THREADS    2

/* --- the trace ---------------------------------------------------------------------------------- */

#define CISTERN_TRACE        DEVICE_TRACE
#define CISTERN_TRACE_EVENTS 8192

#endif
