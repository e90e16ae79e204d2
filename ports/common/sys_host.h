/* sys_host.h (common) - what the OS layer of ports/common needs of a system with threads.
 *
 * A port for one more system gives arch/sys_host_types.h with the types and macros of the first
 * table and the functions of the second as static inline functions, defines the functions declared
 * below, and writes sys_thread_new; semaphores, mutexes, mailboxes, sections and time are then
 * there.
 *
 * | type or macro         | is                                                                   |
 * |-----------------------|----------------------------------------------------------------------|
 * | host_lock_t           | a lock that is held for a moment; does not nest                      |
 * | HOST_LOCK_INITIALIZER | its initial value when it is static                                  |
 * | host_wake_t           | what one thread sleeps on, with a lock                               |
 * | host_owned_t          | a lock that is held for long: knows its holder, lends it the         |
 * |                       | priority of who waits where the system can, tells when it ended      |
 * | host_once_t           | whether something was done; HOST_ONCE_INITIALIZER: not yet           |
 * | host_watch_t          | whom to tell of the end of threads                                   |
 *
 * | inline function                        | it                                                  |
 * |----------------------------------------|-----------------------------------------------------|
 * | host_lock_init, host_lock_end          | make and end a lock                                 |
 * | host_lock, host_unlock                 | take it, and give it back                           |
 * | host_wake_init, host_wake_end          | make and end a host_wake_t                          |
 * | host_wake                              | wakes who sleeps on it; called with the lock held   |
 * | host_doze                              | sleeps on one until woken; may return sooner; with  |
 * |                                        | a lock held, which is free meanwhile; a thread is   |
 * |                                        | not cancelled here                                  |
 * | host_owned_init                        | makes one; false iff the system has none left       |
 * | host_owned_lock                        | takes it; true iff its holder ended without giving  |
 * |                                        | it back                                             |
 * | host_owned_unlock                      | gives it back; the holder                           |
 * | host_owned_renew                       | makes it anew in a forked child                     |
 * | host_watch_forks                       | has functions called before a fork, and after it in |
 * |                                        | the parent and in the child                         |
 * | host_relax                             | tells the processor that it runs in a waiting loop  |
 * | host_yield                             | gives the processor to another thread               |
 */
#ifndef CISTERN_COMMON_SYS_HOST_H
#define CISTERN_COMMON_SYS_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/sys_host_types.h"

/* A deadline that never comes. */
#define HOST_FOREVER UINT64_MAX

/* Nanoseconds since some start, on a clock that never steps. Any thread. */
uint64_t host_nanoseconds(void);

/* Sleeps until host_nanoseconds() has reached `end`. */
void host_sleep_until(uint64_t end);

/* Sleeps on `wake` until it is woken or `deadline` has come; may return sooner. Returns true iff
 * the deadline has come. Called and left with `lock` held, which is free meanwhile. Where threads
 * can be cancelled, one that is cancelled here calls cancelled(argument), with the lock held, and
 * does not return. */
bool host_wait(host_wake_t *wake, host_lock_t *lock, uint64_t deadline,
               void (*cancelled)(void *argument), void *argument);

/* Calls `function` iff no call with the same `once` did, and returns when it has returned. */
void host_once(host_once_t *once, void (*function)(void));

/* Makes a watch that calls `ended` at the end of threads. Once for each watch. */
void host_watch_create(host_watch_t *watch, void (*ended)(void));

/* Has the watch look at the calling thread, whose last act `ended` will be. */
void host_watch_thread(host_watch_t *watch);

/* Makes every thread of the process that runs see the memory as it is: a full barrier on each
 * processor. Only where the system has one, which host_fence_available says. */
void host_fence_heavy(void);
bool host_fence_available(void);

/* True iff threads run at the same time: the machine has several processors. */
bool host_is_parallel(void);

#endif
