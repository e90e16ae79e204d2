/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_events.h (bare) - what a thread of the pool engine waits for: cistern_pool_get_wait.
 * Constant time. */
#ifndef CISTERN_ARCH_EVENTS_H
#define CISTERN_ARCH_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

struct bare_thread;

/* Threads in the order in which they came. */
typedef struct bare_thread_list {
    struct bare_thread *first;
    struct bare_thread *last;
} bare_thread_list_t;

/* An event that one thread waits for. */
typedef struct cistern_port_event {
    bare_thread_list_t waiters;
    bool is_set;
} cistern_port_event_t;

/* Thread. */
void cistern_port_event_init(cistern_port_event_t *event);

/* Sets it, and wakes the thread that waits. Any context. */
void cistern_port_event_set(cistern_port_event_t *event);

/* Waits until it is set, at most `milliseconds`, UINT32_MAX for ever. In an interrupt or a protected
 * section it returns at once. Thread. */
void bare_event_wait(cistern_port_event_t *event, uint32_t milliseconds);

/* The same: threads of this port are not cancelled. */
static inline void cistern_port_event_wait(cistern_port_event_t *event, uint32_t milliseconds,
                                           void (*cancelled)(void *argument), void *argument)
{
    (void)cancelled;
    (void)argument;
    bare_event_wait(event, milliseconds);
}

static inline void cistern_port_event_destroy(cistern_port_event_t *event)
{
    (void)event;
}

#endif
