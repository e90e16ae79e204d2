/* SPDX-License-Identifier: BSD-3-Clause */
/* quick_lock.c (common) - waiting for a quick lock.
 *
 * Vocabulary: the lock is one word, `taken`; a waiter is a thread in the queue, which sleeps there;
 * who unlocks and finds a waiter that was woken in vain hands the lock over instead of freeing it.
 *
 *   thread A   holds ---------------> +-------+
 *   thread B   spins                  | taken |
 *   thread C   waits ------+          +-------+
 *   thread D   waits ------+-> queue: waiting 2, starving, handoff
 *
 * Invariants:
 *   I1  A waiter counts itself, then tries the lock; an unlock frees the lock, then reads the
 *       count. Between its two steps the waiter has a heavy fence and who unlocks a light one,
 *       so that one of them sees the other; without a heavy fence all four steps are in one order.
 *   I2  `handoff` implies that the lock is taken and that a waiter is in the queue, who will have it:
 *       a thread waits twice in vain at most.
 */
#include "quick_lock.h"

bool quick_lock_has_fence;

static host_once_t quick_lock_once = HOST_ONCE_INITIALIZER;

static void quick_lock_prepare(void)
{
    quick_lock_has_fence = host_fence_available();
}

void quick_lock_init(quick_lock_t *lock)
{
    host_once(&quick_lock_once, quick_lock_prepare);
    host_lock_init(&lock->queue);
    host_wake_init(&lock->wake);
    lock->starving = false;
    lock->handoff = false;
    atomic_init(&lock->waiting, 0U);
    atomic_init(&lock->taken, false);
}

/* --- waiting ---------------------------------------------------------------------------------- */

static bool quick_lock_spin(quick_lock_t *lock)
{
    bool mine = false;
    for (int i = host_spins(); i > 0 && !mine; --i) {
        host_relax();
        mine = !atomic_load_explicit(&lock->taken, memory_order_relaxed) && quick_lock_try(lock);
    }
    return mine;
}

static void quick_lock_count_waiter(quick_lock_t *lock)
{
    (void)atomic_fetch_add(&lock->waiting, 1U);
    if (quick_lock_has_fence) {
        host_fence_heavy();
    }
}

void quick_lock_wait(quick_lock_t *lock)
{
    if (quick_lock_spin(lock)) {
        return;
    }
    bool woken = false; /* a thread that comes only now was not handoff the lock (I2) */
    host_lock(&lock->queue);
    quick_lock_count_waiter(lock);
    while (!(woken && lock->handoff) && !quick_lock_try(lock)) {
        host_doze(&lock->wake, &lock->queue);
        woken = true;
        lock->starving = true;
    }
    lock->handoff = false;
    lock->starving = false;
    (void)atomic_fetch_sub(&lock->waiting, 1U);
    host_unlock(&lock->queue);
}

/* Frees the lock, or hands it over: while it is taken no waiter goes. */
void quick_unlock_to_waiter(quick_lock_t *lock)
{
    host_lock(&lock->queue);
    lock->handoff = lock->starving;
    if (!lock->handoff) {
        atomic_store_explicit(&lock->taken, false, memory_order_release);
    }
    host_wake(&lock->wake);
    host_unlock(&lock->queue);
}

void quick_lock_wake(quick_lock_t *lock)
{
    host_lock(&lock->queue);
    host_wake(&lock->wake);
    host_unlock(&lock->queue);
}

/* --- fork ------------------------------------------------------------------------------------- */

void quick_lock_before_fork(quick_lock_t *lock)
{
    host_lock(&lock->queue);
}

void quick_lock_after_fork(quick_lock_t *lock)
{
    host_unlock(&lock->queue);
}

void quick_lock_in_child(quick_lock_t *lock)
{
    host_wake_init(&lock->wake);
    lock->starving = false;
    atomic_store(&lock->waiting, 0U);
    host_unlock(&lock->queue);
}
