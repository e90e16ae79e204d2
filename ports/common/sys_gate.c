/* sys_gate.c (common) - waiting, once for all objects.
 *
 * Vocabulary: the stock is what there is; a unit of it is granted to one waiter or free; a waiter
 * lives on the stack of the thread that waits; it looks for a moment before it sleeps.
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
 * looks at the stock; a producer first adds to the stock, then looks at the count; all four steps
 *       are sequentially consistent, so that one of the two sees the other.
 */
#include "lwip/sys.h"

#if !NO_SYS

#    include <stddef.h>

#    include "lwip/def.h"
#    include "sys_clock.h"
#    include "sys_gate.h"

/* How often a waiter looks before it sleeps, on a machine with several processors: first with the
 * lock held, so that it costs nobody anything, then in the queue, giving its processor away each
 * time in case that is the one which the other side needs. Where both sides share a processor the
 * first kind never helps, and is soon hardly tried. */
#    define LOOKS  64
#    define YIELDS 10

/* A yield that took longer let others compute, not the other side answer: the processor is wanted,
 * and a thread that sleeps is woken sooner than one that yields has its turn again. */
#    define LONG_YIELD_NS 50000U

struct gate_waiter {
    gate_waiter_t *next;
    gate_waiter_t *previous;
    atomic_bool granted; /* written with the lock held, read without */
    bool asleep;         /* sleeps in its bed, or is about to; guarded by the lock */
    struct {
        host_lock_t lock;
        host_wake_t wake;
    } bed;
    gate_t *gate;
    quick_lock_t *lock;
};

static host_once_t once = HOST_ONCE_INITIALIZER;
static int most_looks;
static int yields;

static void prepare(void)
{
    const bool parallel = host_is_parallel();
    most_looks = parallel ? LOOKS : 0;
    yields = parallel ? YIELDS : 0;
}

/* --- the queue -------------------------------------------------------------------------------- */

static void append(gate_t *gate, gate_waiter_t *waiter)
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

static void unlink_waiter(gate_t *gate, const gate_waiter_t *waiter)
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

static void tell(gate_waiter_t *waiter)
{
    atomic_store_explicit(&waiter->granted, true, memory_order_release);
}

/* The one asleep does not go before the gate's lock is free. */
static void tell_in_bed(gate_waiter_t *waiter)
{
    host_lock(&waiter->bed.lock);
    tell(waiter);
    host_wake(&waiter->bed.wake);
    host_unlock(&waiter->bed.lock);
}

static void grant(gate_t *gate, gate_waiter_t *waiter)
{
    unlink_waiter(gate, waiter);
    ++gate->granted;
    if (waiter->asleep) {
        tell_in_bed(waiter);
    } else {
        tell(waiter);
    }
}

static bool is_granted(const gate_waiter_t *waiter)
{
    return atomic_load_explicit(&waiter->granted, memory_order_acquire);
}

static bool has_free_unit(gate_t *gate)
{
    return gate->stock(gate) > gate->granted;
}

void gate_admit(gate_t *gate)
{
    while (gate->first != NULL && has_free_unit(gate)) {
        grant(gate, gate->first);
    }
}

bool gate_is_waited_at(gate_t *gate)
{
    return atomic_load(&gate->waiting) != 0;
}

/* --- waiting --------------------------------------------------------------------------------- */

/* Takes the waiter out of the gate: true iff it leaves with a unit. */
static bool leave(gate_waiter_t *waiter)
{
    gate_t *const gate = waiter->gate;
    --gate->inside;
    if (is_granted(waiter)) {
        --gate->granted;
        return true;
    }
    unlink_waiter(gate, waiter);
    return false;
}

static void make_bed(gate_waiter_t *waiter)
{
    host_lock_init(&waiter->bed.lock);
    host_wake_init(&waiter->bed.wake);
}

static void end_bed(gate_waiter_t *waiter)
{
    host_wake_end(&waiter->bed.wake);
    host_lock_end(&waiter->bed.lock);
}

/* Runs when the sleeping thread is cancelled, with its bed's lock held. */
static void cancelled(void *argument)
{
    gate_waiter_t *const waiter = argument;
    host_unlock(&waiter->bed.lock);
    quick_lock(waiter->lock);
    if (leave(waiter)) {
        gate_admit(waiter->gate);
    }
    end_bed(waiter);
    quick_unlock(waiter->lock);
}

/* Sleeps until granted or until the deadline. */
static void sleep_until(gate_waiter_t *waiter, u64_t deadline)
{
    bool late = false;
    make_bed(waiter);
    waiter->asleep = true;
    quick_unlock(waiter->lock);
    host_lock(&waiter->bed.lock);
    while (!is_granted(waiter) && !late) {
        late = host_wait(&waiter->bed.wake, &waiter->bed.lock, deadline, cancelled, waiter);
    }
    host_unlock(&waiter->bed.lock);
    quick_lock(waiter->lock);
    end_bed(waiter);
}

/* Looks for a grant for a moment, without the lock. */
static void yield_until_granted(const gate_waiter_t *waiter)
{
    bool wanted = false;
    quick_unlock(waiter->lock);
    for (int i = 0; i < yields && !wanted && !is_granted(waiter); ++i) {
        const u64_t start = host_nanoseconds();
        host_yield();
        wanted = host_nanoseconds() - start > LONG_YIELD_NS;
    }
    quick_lock(waiter->lock);
}

static u32_t queue_and_wait(gate_t *gate, quick_lock_t *lock, u32_t timeout, u64_t start)
{
    const u64_t deadline = (timeout != 0) ? clock_after_ms(start, timeout) : HOST_FOREVER;
    gate_waiter_t waiter = {.gate = gate, .lock = lock};
    append(gate, &waiter);
    gate_admit(gate); /* I4: looks at the stock after it counted itself */
    if (!is_granted(&waiter)) {
        yield_until_granted(&waiter);
    }
    if (!is_granted(&waiter)) {
        sleep_until(&waiter, deadline);
    }
    return leave(&waiter) ? clock_ms_since(start) : SYS_ARCH_TIMEOUT;
}

/* Looks for a free unit for a moment, with the lock held: nobody can come before it. */
static bool look(gate_t *gate)
{
    bool found = false;
    for (int i = 0; i < gate->looks && !found; ++i) {
        host_relax();
        found = has_free_unit(gate);
    }
    gate->looks = found ? 2 * gate->looks : gate->looks / 2;
    gate->looks = LWIP_MIN(LWIP_MAX(gate->looks, 1), most_looks);
    return found;
}

void gate_init(gate_t *gate, gate_stock_t *stock, void *owner, bool remote)
{
    host_once(&once, prepare);
    gate->stock = stock;
    gate->owner = owner;
    gate->remote = remote;
    gate->looks = most_looks;
    gate_forget_waiters(gate);
}

bool gate_try(gate_t *gate)
{
    gate_admit(gate);
    return gate->first == NULL && has_free_unit(gate);
}

u32_t gate_wait(gate_t *gate, quick_lock_t *lock, u32_t timeout)
{
    if (gate_try(gate)) {
        return 0;
    }
    const u64_t start = host_nanoseconds();
    if (gate->remote && gate->first == NULL && look(gate)) {
        return 0;
    }
    return queue_and_wait(gate, lock, timeout, start);
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
