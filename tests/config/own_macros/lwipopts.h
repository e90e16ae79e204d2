/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h of a project that has its own macros for what a port's cc.h has as well. */
#ifndef OWN_MACROS_LWIPOPTS_H
#define OWN_MACROS_LWIPOPTS_H

#include <stdlib.h>

#define LWIP_RAND()                   1U
#define LWIP_PLATFORM_ASSERT(message) abort()
#define LWIP_PLATFORM_DIAG(list)      ((void)0)

#define LWIP_NETCONN_THREAD_SEM_GET()   NULL
#define LWIP_NETCONN_THREAD_SEM_ALLOC() ((void)0)
#define LWIP_NETCONN_THREAD_SEM_FREE()  ((void)0)

#endif
