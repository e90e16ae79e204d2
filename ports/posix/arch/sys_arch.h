/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_arch.h (posix) - what names a semaphore, mutex, mailbox or thread on this port.
 *
 * Options, for lwipopts.h, beside those of arch/sys_names.h:
 *
 * | option                        | default              | effect                                |
 * |-------------------------------|----------------------|---------------------------------------|
 * | CISTERN_POSIX_NORMAL_PRIORITY | 1, the default of    | 0..: threads of a priority above it   |
 * |                               | lwIP's own threads   | are real-time where that is permitted |
 * | CISTERN_POSIX_THREAD_POLICY   | SCHED_RR             | of these                              |
 * | CISTERN_POSIX_MUTEX_PROTOCOL  | PTHREAD_PRIO_INHERIT | _NONE where inheritance is broken, as |
 * |                               |                      | in emulation of another byte order    |
 */
#ifndef LWIP_ARCH_SYS_ARCH_H
#define LWIP_ARCH_SYS_ARCH_H

#include <pthread.h>

#include "arch/sys_names.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A thread; 0 names none. Threads are detached: no call waits for their end. */
typedef pthread_t sys_thread_t;

/* Starts a thread as sys_thread_new does, but a joinable one: another thread must call pthread_join
 * for it once, which frees all that it had. An extension of this port. Thread. */
sys_thread_t sys_thread_new_joinable(const char *name, void (*thread)(void *arg), void *arg,
                                     int stacksize, int prio);

#ifdef __cplusplus
}
#endif

#endif
