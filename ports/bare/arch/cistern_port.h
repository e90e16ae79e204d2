/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_port.h (bare) - what the engines need of the port: see cistern/port.h.
 *
 * The critical section masks interrupts and restores the mask before, so that sections nest, in
 * threads, in interrupts and where the user has masked interrupts already. It is the same lock as
 * lwIP's SYS_ARCH_PROTECT. Both calls are a few instructions, inlined. */
#ifndef CISTERN_ARCH_PORT_H
#define CISTERN_ARCH_PORT_H

#include "arch/cistern_cpu.h"

#include "cistern/config.h"

#if !defined NO_SYS || !NO_SYS
/* arch/cistern_events.h has what a thread waits for until a pool has a block. */
#    define CISTERN_PORT_EVENTS 1
#endif

typedef cistern_cpu_mask_t cistern_critical_t;

/* Enters; nests; returns the state before. Never fails. Any context. */
static inline cistern_critical_t cistern_critical_enter(void)
{
    return cistern_cpu_mask();
}

/* Restores the state that the matching enter returned. Any context. */
static inline void cistern_critical_leave(cistern_critical_t state)
{
    cistern_cpu_restore(state);
}

/* The address that the function of this expression returns to: see cistern/trace.h. */
#ifndef CISTERN_TRACE_OWNER
#    define CISTERN_TRACE_OWNER __builtin_return_address(0)
#endif

#endif
