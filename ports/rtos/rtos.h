/* SPDX-License-Identifier: BSD-3-Clause */
/* rtos.h - the lower floor: what ports/rtos/sys_arch.c, the OS layer, asks of a system that has
 * counting semaphores and threads. A port is arch/cc.h, arch/cistern_port.h and arch/sys_arch.h, as
 * ports/template has them, arch/rtos_sem.h with the type rtos_sem_t, and one file with what
 * follows; examples/port/port.c is one.
 *
 *   lwIP          sys_sem, sys_mbox, sys_thread_new        lwip/sys.h
 *   upper floor   tables, names, statistics, faults, rings  ports/rtos/sys_arch.c
 *   lower floor   rtos_sem, rtos_thread_start               this header
 *   system        semaphores, threads                       yours
 *
 * The port also defines, for the library itself, cistern_port_fault (cistern/port.h), sys_now and
 * sys_msleep (lwip/sys.h).
 *
 * Options, for lwipopts.h:
 * | option                  | default | range    | effect                                             |
 * |-------------------------|---------|----------|----------------------------------------------------|
 * | CISTERN_RTOS_SEMAPHORES | 16      | 1..65535 | semaphores, mutexes included, that can live at once |
 * | CISTERN_RTOS_MAILBOXES  | 8       | 1..65535 | mailboxes                                          |
 * | CISTERN_RTOS_MBOX_SIZE  | 16      | 1..65535 | messages that the largest mailbox holds, and one   |
 * |                         |         |          | made with a size <= 0                              |
 * | CISTERN_RTOS_THREADS    | 8       | 1..65535 | threads of sys_thread_new that can live at once    |
 */
#ifndef CISTERN_RTOS_H
#define CISTERN_RTOS_H

#include <stdbool.h>

#include "lwip/sys.h"

#include "arch/rtos_sem.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A time that does not end. */
#define RTOS_FOREVER UINT32_MAX

/* Makes a semaphore of `units` units that counts to at least 2^16; false if the system has none
 * left. Thread. */
bool rtos_sem_create(rtos_sem_t *sem, u32_t units);

/* Ends one at which no thread waits. Thread. */
void rtos_sem_delete(rtos_sem_t *sem);

/* Takes a unit, and waits for it up to `ms` milliseconds, RTOS_FOREVER for ever, on a clock that no
 * call sets; false if there was none in time. Threads are served in the order in which they came,
 * or by priority; a call that does not wait (ms 0) must not take a unit before a thread that waits.
 * Thread; with ms 0 also where the port allows sys_mbox_trypost_fromisr. */
bool rtos_sem_take(rtos_sem_t *sem, u32_t ms);

/* Adds a unit. Any context from which the port allows sys_sem_signal. */
void rtos_sem_give(rtos_sem_t *sem);

/* Starts a thread of that name, stack size in bytes (0: the port's default) and priority, which
 * calls function(argument), and ends when that returns; false if the system has none left. Thread.
 */
bool rtos_thread_start(const char *name, void (*function)(void *argument), void *argument,
                       int stack, int priority);

#ifdef __cplusplus
}
#endif

#endif
