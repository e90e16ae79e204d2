/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_arch.h (template) - what names a semaphore, mutex, mailbox and thread.
 *
 * Read with NO_SYS 0 only. Each is the type of the user's variable, whose address every call takes.
 * The functions are those of ports/rtos, over five of the port's (rtos.h); lwip/sys.h has the
 * contract of each. */
#ifndef LWIP_ARCH_SYS_ARCH_H
#define LWIP_ARCH_SYS_ARCH_H

#include "lwip/arch.h"

/* sys_sem_t and sys_mbox_t, numbers of slots in the tables of ports/rtos, and SYS_SEM_NULL, SYS_MBOX_NULL:
 * the variable of a freed object does not name the next object, as the handle of an operating system,
 * an address, could. A variable of zeros names nothing. With LWIP_COMPAT_MUTEX a mutex is a semaphore. */
#include "rtos_names.h"

/* Not 0 where a thread was started. */
typedef u32_t sys_thread_t;

#endif
