/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_arch.h (template) - what names a semaphore, mutex, mailbox and thread.
 *
 * Read with NO_SYS 0 only. Each type is what the user's variable holds and what every call gets the
 * address of. The functions are those of ports/rtos, over five of the port's (rtos.h); lwip/sys.h says
 * what each must do.
 */
#ifndef LWIP_ARCH_SYS_ARCH_H
#define LWIP_ARCH_SYS_ARCH_H

#include "lwip/arch.h"

/* Numbers of objects in tables of the port, of which each is given once: a variable that outlives
 * its object is then told from the next object, which the handle of an operating system, an address,
 * is not. 0 names nothing, so that a variable which was never set is invalid. */
typedef u32_t sys_sem_t;
typedef u32_t sys_mbox_t;

/* What names nothing, to initialise, to set and to compare. */
#define SYS_SEM_NULL  0U
#define SYS_MBOX_NULL 0U

/* Not 0 where a thread was started. */
typedef u32_t sys_thread_t;

/* With LWIP_COMPAT_MUTEX a mutex is a semaphore, and lwip/sys.h defines the rest. */
#if !LWIP_COMPAT_MUTEX
typedef u32_t sys_mutex_t;
#endif

#endif
