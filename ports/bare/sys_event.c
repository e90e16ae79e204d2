/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_event.c (bare) - what arch/cistern_events.h declares. An event that is set has no waiter. */
#include "arch/cistern_events.h"

#include "sys_kernel.h"

#if !NO_SYS

#    include "arch/cistern_port.h"

void cistern_port_event_init(cistern_port_event_t *event)
{
    bare_list_start(&event->waiters);
    event->is_set = false;
}

void cistern_port_event_set(cistern_port_event_t *event)
{
    const cistern_critical_t level = cistern_critical_enter();
    event->is_set = true;
    if (event->waiters.first != NULL) {
        bare_thread_wake(event->waiters.first);
    }
    cistern_critical_leave(level);
}

void bare_event_wait(cistern_port_event_t *event, uint32_t milliseconds)
{
    const bool may_wait = bare_thread_may_wait();
    const cistern_critical_t level = cistern_critical_enter();
    const bool wait = may_wait && !event->is_set;
    if (wait) {
        bare_thread_block(&event->waiters, (milliseconds != UINT32_MAX) ? milliseconds : 0);
    }
    cistern_critical_leave(level);
    if (wait) {
        (void)bare_thread_wait();
    }
}

#endif
