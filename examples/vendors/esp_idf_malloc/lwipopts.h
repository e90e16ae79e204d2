/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - memory as ESP-IDF has it: pools take from the heap, the heap from the system's. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#include <stddef.h>

#define NO_SYS               0
#define SYS_LIGHTWEIGHT_PROT 1
#define MEM_LIBC_MALLOC      1
#define MEMP_MEM_MALLOC      1
#define MEM_ALIGNMENT        4

/* The system's heap, by the names that ESP-IDF gives it where packets may lie in external RAM. */
void *caps_malloc(size_t size);
void *caps_calloc(size_t count, size_t size);
void caps_free(void *memory);
#define mem_clib_malloc caps_malloc
#define mem_clib_calloc caps_calloc
#define mem_clib_free   caps_free

#define LWIP_NETCONN              1
#define LWIP_SOCKET               1
#define LWIP_COMPAT_SOCKETS       0
#define LWIP_HAVE_LOOPIF          1
#define LWIP_NETIF_LOOPBACK       1
#define MEMP_NUM_NETCONN          10
#define MEMP_NUM_NETBUF           2 /* lwIP's default: a name, no limit, with MEMP_MEM_MALLOC */
#define TCPIP_MBOX_SIZE           32
#define DEFAULT_UDP_RECVMBOX_SIZE 16
#define DEFAULT_TCP_RECVMBOX_SIZE 6
#define DEFAULT_ACCEPTMBOX_SIZE   6
#define MEM_STATS                 1
#define MEMP_STATS                1

#endif
