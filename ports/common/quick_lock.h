/* SPDX-License-Identifier: BSD-3-Clause */
/* quick_lock.h (common) - a lock that costs one atomic instruction when no thread waits for it.
 *
 * For what is held for a moment. A thread that finds it taken spins for a moment, then sleeps. Does not
 * nest. A thread is not cancelled while it waits.
 */
#ifndef CISTERN_COMMON_QUICK_LOCK_H
#define CISTERN_COMMON_QUICK_LOCK_H

#include <stdatomic.h>
#include <stdbool.h>

#include "sys_host.h"

typedef struct quick_lock {
    atomic_bool taken;
    bool starving; /* a waiter was woken in vain */
    bool handoff;  /* to one of the waiters */
    atomic_uint waiting;
    host_lock_t queue; /* guards the two above, and changes of `waiting` */
    host_wake_t wake;
} quick_lock_t;

/* True if the system has a heavy fence; settled by the first quick_lock_init. */
extern bool quick_lock_has_fence;

/* Makes a lock. It is never ended. */
void quick_lock_init(quick_lock_t *lock);

/* What a fork needs: before it, by the thread that forks and holds the lock; after it, in the
 * parent; in the child, where who waited does not exist. The lock is still held afterwards. */
void quick_lock_before_fork(quick_lock_t *lock);
void quick_lock_after_fork(quick_lock_t *lock);
void quick_lock_in_child(quick_lock_t *lock);

/* The rare halves of the functions below. */
void quick_lock_wait(quick_lock_t *lock);
void quick_unlock_to_waiter(quick_lock_t *lock);
void quick_lock_wake(quick_lock_t *lock);

static inline bool quick_lock_try(quick_lock_t *lock)
{
    bool expected = false;
    return atomic_compare_exchange_strong(&lock->taken, &expected, true);
}

static inline void quick_lock(quick_lock_t *lock)
{
    if (!quick_lock_try(lock)) {
        quick_lock_wait(lock);
    }
}

/* Frees it; true if a thread may wait for it (I1 in quick_lock.c). */
static inline bool quick_lock_free(quick_lock_t *lock)
{
    if (!quick_lock_has_fence) {
        atomic_store(&lock->taken, false);
        return atomic_load(&lock->waiting) != 0;
    }
    atomic_store_explicit(&lock->taken, false, memory_order_release);
    atomic_signal_fence(memory_order_seq_cst);
    return atomic_load_explicit(&lock->waiting, memory_order_relaxed) != 0;
}

static inline void quick_unlock(quick_lock_t *lock)
{
    if (atomic_load_explicit(&lock->waiting, memory_order_relaxed) != 0) {
        quick_unlock_to_waiter(lock);
    } else if (quick_lock_free(lock)) {
        quick_lock_wake(lock);
    }
}

#endif
