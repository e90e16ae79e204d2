/* sys_gate.c (posix) - waiting, once for all objects.
 *
 * Vocabulary: a unit is available, or granted to one waiter; a waiter lives on the stack of the
 * thread that waits; it spins for a moment, without the lock, before it sleeps.
 *
 *   gate   first --> [waiter] <--> [waiter] <--> [waiter] <-- last     on three threads' stacks
 *                     longest                     newest
 *
 * Invariants, whenever the object's lock is free:
 *   I1  Units are available only while the queue is empty: nobody overtakes a waiter.
 *   I2  A waiter is in the queue if and only if nothing was granted to it.
 *   I3  Who grants to a waiter that is not asleep does not touch it afterwards: it may be gone.
 *   I4  granted <= inside: each grant belongs to a thread that is still on its way out.
 */
#define _GNU_SOURCE 1
#include "lwip/sys.h"

#if !NO_SYS

#    include <errno.h>
#    include <stdatomic.h>
#    include <stddef.h>
#    include <unistd.h>

#    include "sys_clock.h"
#    include "sys_gate.h"

/* How often a waiter looks before it sleeps, on a machine with several processors: about as long as
 * going to sleep and being woken takes. */
#    define SPINS 300

struct gate_waiter {
    gate_waiter_t *next;
    gate_waiter_t *previous;
    atomic_bool granted; /* written with the lock held, read without */
    bool asleep;         /* sleeps on `wake`, or is about to; guarded by the lock */
    pthread_cond_t wake;
    gate_t *gate;
    pthread_mutex_t *lock;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_condattr_t monotonic;
static int spins;

static void prepare(void)
{
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    spins = (sysconf(_SC_NPROCESSORS_ONLN) > 1) ? SPINS : 0;
}

static inline void relax(void)
{
#    if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#    elif defined __aarch64__
    __asm__ volatile("yield");
#    endif
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
}

static void grant(gate_t *gate, gate_waiter_t *waiter)
{
    const bool asleep = waiter->asleep; /* I3: read before the waiter may go */
    unlink_waiter(gate, waiter);
    ++gate->granted;
    atomic_store_explicit(&waiter->granted, true, memory_order_release);
    if (asleep) {
        (void)pthread_cond_signal(&waiter->wake);
    }
}

static bool is_granted(const gate_waiter_t *waiter)
{
    return atomic_load_explicit(&waiter->granted, memory_order_acquire);
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* Looks for a grant for a moment, without the lock. */
static void spin(const gate_waiter_t *waiter)
{
    (void)pthread_mutex_unlock(waiter->lock);
    for (int i = 0; i < spins && !is_granted(waiter); ++i) {
        relax();
    }
    (void)pthread_mutex_lock(waiter->lock);
}

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

/* Runs when the sleeping thread is cancelled, with the lock held. */
static void cancelled(void *argument)
{
    gate_waiter_t *const waiter = argument;
    if (leave(waiter)) {
        gate_give(waiter->gate);
    }
    (void)pthread_cond_destroy(&waiter->wake);
    (void)pthread_mutex_unlock(waiter->lock);
}

/* Sleeps until granted or, with a deadline, until then. */
static void sleep_until(gate_waiter_t *waiter, const struct timespec *deadline)
{
    int error = 0;
    (void)pthread_cond_init(&waiter->wake, &monotonic);
    waiter->asleep = true;
    pthread_cleanup_push(cancelled, waiter);
    while (!is_granted(waiter) && error != ETIMEDOUT) {
        error = (deadline != NULL) ? pthread_cond_timedwait(&waiter->wake, waiter->lock, deadline)
                                   : pthread_cond_wait(&waiter->wake, waiter->lock);
    }
    pthread_cleanup_pop(0);
    (void)pthread_cond_destroy(&waiter->wake);
}

static u32_t queue_and_wait(gate_t *gate, pthread_mutex_t *lock, u32_t timeout)
{
    const u64_t start = clock_nanoseconds();
    const struct timespec deadline = clock_after_ms(start, timeout);
    gate_waiter_t waiter = {.gate = gate, .lock = lock};
    atomic_init(&waiter.granted, false);
    ++gate->inside;
    append(gate, &waiter);
    spin(&waiter);
    if (!is_granted(&waiter)) {
        sleep_until(&waiter, (timeout != 0) ? &deadline : NULL);
    }
    return leave(&waiter) ? clock_ms_since(start) : SYS_ARCH_TIMEOUT;
}

void gate_init(gate_t *gate, u32_t available)
{
    (void)pthread_once(&once, prepare);
    *gate = (gate_t){.available = available};
}

bool gate_try(gate_t *gate)
{
    const bool any = gate->available > 0;
    gate->available -= any ? 1U : 0U;
    return any;
}

u32_t gate_wait(gate_t *gate, pthread_mutex_t *lock, u32_t timeout)
{
    return gate_try(gate) ? 0 : queue_and_wait(gate, lock, timeout);
}

void gate_give(gate_t *gate)
{
    if (gate->first != NULL) {
        grant(gate, gate->first);
    } else if (gate->available < UINT32_MAX) {
        ++gate->available;
    }
}

void gate_forget_waiters(gate_t *gate)
{
    gate_init(gate, gate->available + gate->granted);
}

#endif
