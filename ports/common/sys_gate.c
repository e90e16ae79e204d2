/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_gate.c (common) - waiting, once for all objects.
 *
 * Vocabulary: the stock is what there is; a unit of it is granted to one waiter or free; a waiter
 * lives on the stack of the thread that waits; it spins for a moment before it sleeps.
 *
 *   gate   first --> [waiter] <--> [waiter] <--> [waiter] <-- last     on three threads' stacks
 *                     longest                     newest
 *
 * Invariants, whenever the lock is free:
 *   I1  granted <= stock, and granted <= inside: each grant belongs to a thread on its way out.
 *   I2  A waiter is in the queue if and only if nothing was granted to it; `waiting` counts these.
 *   I3  Who grants to a waiter that is not asleep does not touch it afterwards: it may be gone.
 *   I4  With a queue, the stock beyond what is granted is empty, or its producer, which saw or will
 *       see `waiting` above 0, is on its way to gate_admit: a waiter first counts itself, then
 *       reads the stock; a producer first adds to the stock, then reads the count; all four steps
 *       are sequentially consistent, so that one of the two sees the other.
 *   I5  One that is asleep when it is granted a unit goes after gate_wake unparked it: until then
 *       it is on the way there, linked by `next`, outside the lock.
 */
#include "lwip/sys.h"

#if !NO_SYS

#    include <stddef.h>

#    include "lwip/def.h"
#    include "sys_clock.h"
#    include "sys_gate.h"

/* How often a waiter spins before it sleeps, where threads run at the same time: first with the
 * lock held, so that it costs no other thread anything, then in the queue, giving its processor away each
 * time in case that is the one which the other side needs. Where both sides share a processor the
 * first kind never helps, and is soon hardly tried. */
#    define GATE_SPINS  64
#    define GATE_YIELDS 10

/* A yield that took longer let others compute, not the other side answer: the processor is wanted,
 * and a thread that sleeps is woken sooner than one that yields has its turn again. No thread
 * yields for BUSY times as long afterwards, so that yields in vain cost a small part of the time.
 */
#    define GATE_LONG_YIELD_NS 50000U
#    define GATE_BUSY          256U

struct gate_waiter {
    gate_waiter_t *next;
    gate_waiter_t *previous;
    atomic_bool granted; /* written with the lock held, read without */
    bool asleep;         /* sleeps, or will at once; guarded by the lock */
    host_parker_t parker;
    gate_t *gate;
    quick_lock_t *lock;
};

/* Until when no thread yields; every thread's. In units of 2^20 ns, since not every processor has
 * atomics of 64 bits; what seems farther away than BUSY_MOST is long past. */
#    define GATE_BUSY_MOST 60000U

static _Atomic u32_t gate_busy_until;

/* --- the queue -------------------------------------------------------------------------------- */

static void gate_append(gate_t *gate, gate_waiter_t *waiter)
{
    waiter->next = NULL;
    waiter->previous = gate->last;
    if (gate->last != NULL) {
        gate->last->next = waiter;
    } else {
        gate->first = waiter;
    }
    gate->last = waiter;
    ++gate->inside;
    (void)atomic_fetch_add(&gate->waiting, 1U);
}

static void gate_unlink(gate_t *gate, const gate_waiter_t *waiter)
{
    if (waiter->previous != NULL) {
        waiter->previous->next = waiter->next;
    } else {
        gate->first = waiter->next;
    }
    if (waiter->next != NULL) {
        waiter->next->previous = waiter->previous;
    } else {
        gate->last = waiter->previous;
    }
    (void)atomic_fetch_sub(&gate->waiting, 1U);
}

/* Grants the first in the queue a unit. */
static gate_waiter_t *gate_grant(gate_t *gate)
{
    gate_waiter_t *const waiter = gate->first;
    const bool asleep = waiter->asleep;
    gate_unlink(gate, waiter);
    ++gate->granted;
    waiter->next = NULL;
    atomic_store_explicit(&waiter->granted, true, memory_order_release);
    return asleep ? waiter : NULL; /* I3 */
}

static bool gate_is_granted(const gate_waiter_t *waiter)
{
    return atomic_load_explicit(&waiter->granted, memory_order_acquire);
}

static bool gate_has_free_unit(gate_t *gate)
{
    return gate->stock(gate) > gate->granted;
}

gate_waiter_t *gate_admit(gate_t *gate)
{
    gate_waiter_t *granted = NULL;
    gate_waiter_t **end = &granted;
    while (gate->first != NULL && gate_has_free_unit(gate)) {
        *end = gate_grant(gate);
        end = (*end != NULL) ? &(*end)->next : end;
    }
    return granted;
}

void gate_wake(gate_waiter_t *granted)
{
    while (granted != NULL) {
        gate_waiter_t *const next = granted->next;
        host_unpark(&granted->parker);
        granted = next;
    }
}

u32_t gate_waiting(gate_t *gate)
{
    return atomic_load(&gate->waiting);
}

bool gate_is_waited_at(gate_t *gate)
{
    return gate_waiting(gate) != 0;
}

/* --- waiting --------------------------------------------------------------------------------- */

/* Ends the sleep of a waiter. One that was granted a unit goes when it is woken, and not before.
 * (I5)
 */
static void gate_end_sleep(gate_waiter_t *waiter, bool unparked)
{
    if (gate_is_granted(waiter) && !unparked) {
        quick_unlock(waiter->lock);
        host_park_uncancelled(&waiter->parker);
        quick_lock(waiter->lock);
    }
    waiter->asleep = false;
    host_parker_end(&waiter->parker);
}

/* Takes the waiter out of the gate: true if it leaves with a unit. */
static bool gate_leave(gate_waiter_t *waiter)
{
    gate_t *const gate = waiter->gate;
    --gate->inside;
    if (gate_is_granted(waiter)) {
        --gate->granted;
        return true;
    }
    gate_unlink(gate, waiter);
    return false;
}

/* Runs when the sleeping thread is cancelled. */
static void gate_cancelled(void *argument)
{
    gate_waiter_t *const waiter = argument;
    quick_lock(waiter->lock);
    gate_end_sleep(waiter, false);
    gate_waiter_t *const next = gate_leave(waiter) ? gate_admit(waiter->gate) : NULL;
    quick_unlock(waiter->lock);
    gate_wake(next);
}

/* Frees the lock for a sleep until granted or until the deadline, and takes it again. (I5) */
static void gate_sleep(gate_waiter_t *waiter, u64_t deadline)
{
    host_parker_init(&waiter->parker);
    waiter->asleep = true;
    quick_unlock(waiter->lock);
    const bool unparked = host_park(&waiter->parker, deadline, gate_cancelled, waiter);
    quick_lock(waiter->lock);
    gate_end_sleep(waiter, unparked);
}

/* One yield; false if it took long. */
static bool gate_yield_once(u64_t start)
{
    host_yield();
    const u64_t now = host_nanoseconds();
    const bool brief = now - start <= GATE_LONG_YIELD_NS;
    if (!brief) {
        const u64_t units = (GATE_BUSY * (now - start) >> 20) + 1U;
        atomic_store_explicit(&gate_busy_until,
                              (u32_t)((now >> 20) + LWIP_MIN(units, GATE_BUSY_MOST)),
                              memory_order_relaxed);
    }
    return brief;
}

static bool gate_is_busy(u64_t now)
{
    const u32_t until = atomic_load_explicit(&gate_busy_until, memory_order_relaxed);
    return until - (u32_t)(now >> 20) - 1U < GATE_BUSY_MOST;
}

/* Yields until there is a grant, a few times, without the lock. */
static void gate_yield(const gate_waiter_t *waiter)
{
    bool brief = !gate_is_busy(host_nanoseconds()) && host_is_parallel();
    quick_unlock(waiter->lock);
    for (int i = 0; i < GATE_YIELDS && brief && !gate_is_granted(waiter); ++i) {
        brief = gate_yield_once(host_nanoseconds());
    }
    quick_lock(waiter->lock);
}

static u32_t gate_queue_and_wait(gate_t *gate, quick_lock_t *lock, u32_t timeout, u64_t start)
{
    const u64_t deadline = (timeout != 0) ? clock_after_ms(start, timeout) : HOST_FOREVER;
    gate_waiter_t waiter = {.gate = gate, .lock = lock};
    gate_append(gate, &waiter);
    gate_wake(gate_admit(gate)); /* I4: reads the stock after it counted itself */
    if (!gate_is_granted(&waiter)) {
        gate_yield(&waiter);
    }
    if (!gate_is_granted(&waiter)) {
        gate_sleep(&waiter, deadline);
    }
    return gate_leave(&waiter) ? clock_ms_since(start) : SYS_ARCH_TIMEOUT;
}

/* Spins for a free unit, with the lock held: no other thread can come before it. */
static bool gate_spin(gate_t *gate)
{
    bool found = false;
    for (int i = host_is_parallel() ? gate->spins : 0; i > 0 && !found; --i) {
        host_relax();
        found = gate_has_free_unit(gate);
    }
    gate->spins = found ? 2 * gate->spins : gate->spins / 2;
    gate->spins = LWIP_MIN(LWIP_MAX(gate->spins, 1), GATE_SPINS);
    return found;
}

void gate_init(gate_t *gate, gate_stock_t *stock, void *owner, bool remote)
{
    gate->stock = stock;
    gate->owner = owner;
    gate->remote = remote;
    gate->spins = GATE_SPINS;
    gate_forget_waiters(gate);
}

bool gate_try(gate_t *gate)
{
    gate_wake(gate_admit(gate));
    return gate->first == NULL && gate_has_free_unit(gate);
}

u32_t gate_wait(gate_t *gate, quick_lock_t *lock, u32_t timeout)
{
    if (gate_try(gate)) {
        return 0;
    }
    const u64_t start = host_nanoseconds();
    if (gate->remote && gate->first == NULL && gate_spin(gate)) {
        return 0;
    }
    return gate_queue_and_wait(gate, lock, timeout, start);
}

void gate_forget_waiters(gate_t *gate)
{
    gate->first = NULL;
    gate->last = NULL;
    gate->granted = 0;
    gate->inside = 0;
    atomic_store(&gate->waiting, 0U);
}

#endif
