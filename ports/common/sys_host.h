/* SPDX-License-Identifier: BSD-3-Clause */
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
 * | host_wake_t           | what threads sleep on, with a lock                                   |
 * | host_owned_t          | a lock that is held for long: knows its holder, and lends it the     |
 * |                       | priority of who waits where the system can                           |
 * | host_once_t           | whether something was done; HOST_ONCE_INITIALIZER: not yet           |
 * | host_watch_t          | a function that each watched thread calls when it ends               |
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
 * | host_owned_init                        | makes one; false if the system has none left       |
 * | host_owned_try                         | takes it if it is free; true if it did             |
 * | host_owned_lock                        | takes it, waiting for its turn                      |
 * | host_owned_unlock                      | gives it back; the holder                           |
 * | host_owned_renew                       | makes it anew in a forked child                     |
 * | host_watch_forks                       | has functions called before a fork, and after it in |
 * |                                        | the parent and in the child                         |
 * | host_relax                             | is an instruction for loops that wait              |
 * | host_yield                             | gives the processor to another thread               |
 */
#ifndef CISTERN_COMMON_SYS_HOST_H
#define CISTERN_COMMON_SYS_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch/sys_host_types.h"

/* A deadline that never comes. */
#define HOST_FOREVER UINT64_MAX

/* Nanoseconds since some start, on a clock that never steps. Any thread. */
uint64_t host_nanoseconds(void);

/* Sleeps until host_nanoseconds() has reached `end`. */
void host_sleep_until(uint64_t end);

/* Writes bytes on the process's standard error, without a lock. Any thread, and signal handlers. */
void host_write_error(const char *bytes, size_t length);

/* What one thread sleeps on until another one wakes it; a park uses up the unpark that ended it. A
 * port that defines HOST_PARKER has a host_parker_t and these functions of its own; the others have
 * those of threads.c. */
#ifndef HOST_PARKER
typedef struct host_parker {
    host_lock_t lock;
    host_wake_t wake;
    bool unparked;
} host_parker_t;

/* Sleeps on `wake` until it is woken or `deadline` has come; may return sooner. Returns true if
 * the deadline has come. Called and left with `lock` held, which is free meanwhile. Where threads
 * can be cancelled, one that is cancelled here calls cancelled(argument), with the lock held, and
 * does not return. */
bool host_wait(host_wake_t *wake, host_lock_t *lock, uint64_t deadline,
               void (*cancelled)(void *argument), void *argument);
#endif

void host_parker_init(host_parker_t *parker);
void host_parker_end(host_parker_t *parker);

/* Sleeps until it is unparked: true; or until `deadline`: false. Where threads can be cancelled,
 * one that is cancelled here calls cancelled(argument) and does not return. */
bool host_park(host_parker_t *parker, uint64_t deadline, void (*cancelled)(void *argument),
               void *argument);

/* The same without a deadline; a thread is not cancelled here. */
void host_park_uncancelled(host_parker_t *parker);

/* Wakes who sleeps on it, now or later. That thread may end the parker before this returns. */
void host_unpark(host_parker_t *parker);

/* Calls `function` if no call with the same `once` did, and returns when it has returned. */
void host_once(host_once_t *once, void (*function)(void));

/* Makes a watch that calls `ended` at the end of threads. Once for each watch. */
void host_watch_create(host_watch_t *watch, void (*ended)(void));

/* Adds the calling thread to the watch: it calls `ended` as its last act. */
void host_watch_thread(host_watch_t *watch);

/* Makes every thread of the process that runs see the memory as it is: a full barrier on each
 * processor. Only where the system has one, which host_fence_available says. */
void host_fence_heavy(void);
bool host_fence_available(void);

/* True if threads run at the same time: the program may use several processors. */
bool host_is_parallel(void);

/* How often to try for what another thread holds for a moment, before sleeping: not at all where
 * that thread cannot run meanwhile. */
static inline int host_spins(void)
{
    return host_is_parallel() ? 100 : 0;
}

/* True if some thread of the process has a priority, which who waits for a host_owned_t may have
 * to lend to its holder. The calling thread's own counts from its first call on. */
bool host_lends_priority(void);

#endif
