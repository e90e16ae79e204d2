/* threads.c (common) - what arch/cistern_threads.h declares.
 *
 *   slots   | 1 | 1 | 0 | 1 | 0 | ...   bit i: a living thread has number i
 *
 * (I1) a bit is set iff a living thread's cistern_host_slot is that number; in a forked child lives
 *      the thread that forked
 */
#include "arch/cistern_threads.h"

#include <stddef.h>

/* --- events ---------------------------------------------------------------------------------- */

void cistern_port_event_init(cistern_port_event_t *event)
{
    host_lock_init(&event->lock);
    host_wake_init(&event->changed);
    event->is_set = false;
}

void cistern_port_event_set(cistern_port_event_t *event)
{
    host_lock(&event->lock);
    event->is_set = true;
    host_wake(&event->changed);
    host_unlock(&event->lock);
}

static uint64_t deadline_in(uint32_t milliseconds)
{
    return (milliseconds != UINT32_MAX) ? host_nanoseconds() + milliseconds * UINT64_C(1000000)
                                        : HOST_FOREVER;
}

typedef struct event_wait {
    cistern_port_event_t *event;
    void (*cancelled)(void *argument);
    void *argument;
} event_wait_t;

/* Runs with the event's lock held. */
static void wait_is_cancelled(void *argument)
{
    const event_wait_t *const wait = argument;
    host_unlock(&wait->event->lock);
    wait->cancelled(wait->argument);
}

void cistern_port_event_wait(cistern_port_event_t *event, uint32_t milliseconds,
                             void (*cancelled)(void *argument), void *argument)
{
    event_wait_t wait = {event, cancelled, argument};
    const uint64_t deadline = deadline_in(milliseconds);
    bool late = false;
    host_lock(&event->lock);
    while (!event->is_set && !late) {
        late = host_wait(&event->changed, &event->lock, deadline, wait_is_cancelled, &wait);
    }
    host_unlock(&event->lock);
}

void cistern_port_event_destroy(cistern_port_event_t *event)
{
    host_wake_end(&event->changed);
    host_lock_end(&event->lock);
}

/* --- threads by number ----------------------------------------------------------------------- */

_Thread_local uint32_t cistern_host_slot = CISTERN_PORT_NO_SLOT;

static host_lock_t slots_lock = HOST_LOCK_INITIALIZER;
static host_once_t slots_once = HOST_ONCE_INITIALIZER;
static host_watch_t slots_watch;
static uint64_t slots;
static _Atomic(cistern_port_thread_ended_t *) thread_ended;

static void give_slot_back(void)
{
    const uint32_t slot = cistern_host_slot;
    cistern_port_thread_ended_t *const ended = atomic_load(&thread_ended);
    if (ended != NULL) {
        ended(slot);
    }
    cistern_host_slot = CISTERN_PORT_NO_SLOT;
    host_lock(&slots_lock);
    slots &= ~((uint64_t)1 << slot);
    host_unlock(&slots_lock);
}

static void create_slots(void)
{
    host_watch_create(&slots_watch, give_slot_back);
}

uint32_t cistern_host_take_slot(void)
{
    uint32_t slot = 0;
    host_once(&slots_once, create_slots);
    host_lock(&slots_lock);
    while (slot < 64 && ((slots >> slot) & 1U) != 0) {
        ++slot;
    }
    if (slot < 64) {
        slots |= (uint64_t)1 << slot;
    }
    host_unlock(&slots_lock);
    if (slot == 64) {
        return CISTERN_PORT_NO_SLOT;
    }
    cistern_host_slot = slot;
    host_watch_thread(&slots_watch);
    return slot;
}

void cistern_port_on_thread_end(cistern_port_thread_ended_t *function)
{
    atomic_store(&thread_ended, function);
}

/* --- fork ------------------------------------------------------------------------------------- */

/* Guarded by the critical section. */
static cistern_port_before_fork_t *before_fork;
static cistern_port_after_fork_t *after_fork;

void cistern_port_on_fork(cistern_port_before_fork_t *before, cistern_port_after_fork_t *after)
{
    before_fork = before;
    after_fork = after;
}

void cistern_host_before_fork(void)
{
    if (before_fork != NULL) {
        before_fork();
    }
    host_lock(&slots_lock);
}

void cistern_host_after_fork(bool in_child)
{
    if (in_child) {
        const uint32_t mine = cistern_host_slot;
        slots = (mine != CISTERN_PORT_NO_SLOT) ? (uint64_t)1 << mine : 0;
    }
    host_unlock(&slots_lock);
    if (after_fork != NULL) {
        after_fork(in_child);
    }
}
