/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_arch.h (template) - what names a semaphore, mutex, mailbox and thread.
 *
 * Read with NO_SYS 0 only. Each is the type of the user's variable, whose address every call takes.
 * The functions are those of ports/rtos, over five of the port's (rtos.h); lwip/sys.h has the
 * contract of each. */
#ifndef LWIP_ARCH_SYS_ARCH_H
#define LWIP_ARCH_SYS_ARCH_H

#include "lwip/arch.h"

/* Numbers of objects in tables of the port, each of which is used once: the variable of a freed
 * object then does not name the next object, as the handle of an operating system, an address,
 * could. 0 names nothing, so that a variable which was never set is invalid. */
typedef u32_t sys_sem_t;
typedef u32_t sys_mbox_t;

/* The names of no object, to initialise, to set and to compare. */
#define SYS_SEM_NULL  0U
#define SYS_MBOX_NULL 0U

/* Not 0 where a thread was started. */
typedef u32_t sys_thread_t;

/* With LWIP_COMPAT_MUTEX a mutex is a semaphore, and lwip/sys.h defines the rest. */
#if !LWIP_COMPAT_MUTEX
typedef u32_t sys_mutex_t;
#endif

#endif
