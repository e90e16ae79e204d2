/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_names.h (common) - the wide names of semaphores, mutexes and mailboxes on hosts with threads.
 *
 * Options, for lwipopts.h:
 *
 * | option                  | default | effect                                                 |
 * |-------------------------|---------|--------------------------------------------------------|
 * | CISTERN_HOST_SEMAPHORES | 1024    | semaphores that can live at once; about 200 bytes each |
 * | CISTERN_HOST_MUTEXES    | 256     | mutexes that can live at once                          |
 * | CISTERN_HOST_MAILBOXES  | 1024    | mailboxes that can live at once, without their rings   |
 * | CISTERN_HOST_MBOX_SIZE  | 128     | messages of a mailbox made with a size <= 0            |
 */
#ifndef CISTERN_ARCH_SYS_NAMES_H
#define CISTERN_ARCH_SYS_NAMES_H

#define SYS_NAME_PART uint32_t /* a server may use a slot again 2^16 times in a minute */
#include "../../oslayer/sys_name.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Makes a binary semaphore: it holds one unit at most, signals beyond that are lost. Fails as
 * sys_sem_new does; every other call takes it like a counting one. An extension of these ports. */
int8_t sys_sem_new_binary(sys_sem_t *sem, uint8_t count);

/* The number of threads that wait for a semaphore, mutex or mailbox now, for tests and diagnosis. A
 * thread that is counted is served after all threads that were counted before it. Linear in the
 * objects that were ever made. Thread. An extension of these ports. */
uint32_t sys_host_waiting(void);

#ifdef __cplusplus
}
#endif

#include "arch/thread_sem.h" /* its calls take a sys_sem_t */

#endif
