/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - values of open62541/open62541 at 43cb1361b3a2, arch/freertosLWIP/lwipopts.h: a
 * few options over lwIP's defaults. A mutex is a semaphore. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define LWIP_COMPAT_SOCKETS 0
#define LWIP_COMPAT_MUTEX   1
#define LWIP_COMPAT_MUTEX_ALLOWED
#define LWIP_DHCP            1
#define LWIP_SOCKET          1
#define LWIP_DNS             1
#define SO_REUSE             1
#define LWIP_TIMEVAL_PRIVATE 0

/* What its projects for STM32 have. */
#define MEM_ALIGNMENT             4
#define MEM_SIZE                  16384
#define TCPIP_MBOX_SIZE           6
#define DEFAULT_UDP_RECVMBOX_SIZE 6
#define DEFAULT_TCP_RECVMBOX_SIZE 6
#define DEFAULT_ACCEPTMBOX_SIZE   6

#endif
