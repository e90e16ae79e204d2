/* SPDX-License-Identifier: BSD-3-Clause */
/* threads.c (common) - what arch/cistern_threads.h declares.
 *
 *   slots   | 1 | 1 | 0 | 1 | 0 | ...   bit i: a living thread has number i
 *
 * (I1) a bit is set exactly while a living thread's cistern_host_slot is that number; in a forked child lives
 *      the thread that forked
 */
#include "arch/cistern_threads.h"

#include <stddef.h>

/* --- parkers --------------------------------------------------------------------------------- */

#ifndef HOST_PARKER

void host_parker_init(host_parker_t *parker)
{
    host_lock_init(&parker->lock);
    host_wake_init(&parker->wake);
    parker->unparked = false;
}

void host_parker_end(host_parker_t *parker)
{
    host_wake_end(&parker->wake);
    host_lock_end(&parker->lock);
}

/* The thread that it wakes reads `unparked` with the lock, and so does not end the parker sooner.
 */
void host_unpark(host_parker_t *parker)
{
    host_lock(&parker->lock);
    parker->unparked = true;
    host_wake(&parker->wake);
    host_unlock(&parker->lock);
}

typedef struct park {
    host_parker_t *parker;
    void (*cancelled)(void *argument);
    void *argument;
} park_t;

/* Runs with the parker's lock held. */
static void park_is_cancelled(void *argument)
{
    const park_t *const park = argument;
    host_unlock(&park->parker->lock);
    park->cancelled(park->argument);
}

bool host_park(host_parker_t *parker, uint64_t deadline, void (*cancelled)(void *argument),
               void *argument)
{
    park_t park = {parker, cancelled, argument};
    bool late = false;
    host_lock(&parker->lock);
    while (!parker->unparked && !late) {
        late = host_wait(&parker->wake, &parker->lock, deadline, park_is_cancelled, &park);
    }
    const bool unparked = parker->unparked;
    parker->unparked = false;
    host_unlock(&parker->lock);
    return unparked;
}

void host_park_uncancelled(host_parker_t *parker)
{
    host_lock(&parker->lock);
    while (!parker->unparked) {
        host_doze(&parker->wake, &parker->lock);
    }
    parker->unparked = false;
    host_unlock(&parker->lock);
}

#endif

/* --- events ---------------------------------------------------------------------------------- */

void cistern_port_event_wait(cistern_port_event_t *event, uint32_t milliseconds,
                             void (*cancelled)(void *argument), void *argument)
{
    const uint64_t deadline = (milliseconds != UINT32_MAX)
                                  ? host_nanoseconds() + milliseconds * UINT64_C(1000000)
                                  : HOST_FOREVER;
    (void)host_park(event, deadline, cancelled, argument);
}

/* --- threads by number ----------------------------------------------------------------------- */

_Thread_local uint32_t cistern_host_slot = CISTERN_PORT_NO_SLOT;

static host_lock_t slot_lock = HOST_LOCK_INITIALIZER;
static host_once_t slot_once = HOST_ONCE_INITIALIZER;
static host_watch_t slot_watch;
static uint64_t slot_map;
static _Atomic(cistern_port_thread_ended_t *) slot_thread_ended;

static void slot_give_back(void)
{
    const uint32_t slot = cistern_host_slot;
    cistern_port_thread_ended_t *const ended = atomic_load(&slot_thread_ended);
    if (ended != NULL) {
        ended(slot);
    }
    cistern_host_slot = CISTERN_PORT_NO_SLOT;
    host_lock(&slot_lock);
    slot_map &= ~((uint64_t)1 << slot);
    host_unlock(&slot_lock);
}

static void slot_create_watch(void)
{
    host_watch_create(&slot_watch, slot_give_back);
}

uint32_t cistern_host_take_slot(void)
{
    uint32_t slot = 0;
    host_once(&slot_once, slot_create_watch);
    host_lock(&slot_lock);
    while (slot < 64 && ((slot_map >> slot) & 1U) != 0) {
        ++slot;
    }
    if (slot < 64) {
        slot_map |= (uint64_t)1 << slot;
    }
    host_unlock(&slot_lock);
    if (slot == 64) {
        return CISTERN_PORT_NO_SLOT;
    }
    cistern_host_slot = slot;
    host_watch_thread(&slot_watch);
    return slot;
}

void cistern_port_on_thread_end(cistern_port_thread_ended_t *function)
{
    atomic_store(&slot_thread_ended, function);
}

/* --- fork ------------------------------------------------------------------------------------- */

/* Guarded by the critical section. */
static cistern_port_before_fork_t *fork_before;
static cistern_port_after_fork_t *fork_after;

void cistern_port_on_fork(cistern_port_before_fork_t *before, cistern_port_after_fork_t *after)
{
    fork_before = before;
    fork_after = after;
}

void cistern_host_before_fork(void)
{
    if (fork_before != NULL) {
        fork_before();
    }
    host_lock(&slot_lock);
}

void cistern_host_after_fork(bool in_child)
{
    if (in_child) {
        const uint32_t mine = cistern_host_slot;
        slot_map = (mine != CISTERN_PORT_NO_SLOT) ? (uint64_t)1 << mine : 0;
    }
    host_unlock(&slot_lock);
    if (fork_after != NULL) {
        fork_after(in_child);
    }
}
