/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_port.h (zephyr) - the critical section that guards the engines: irq_lock, which
 * nests, and which on several processors keeps the others out as well. */
#ifndef CISTERN_ARCH_PORT_H
#define CISTERN_ARCH_PORT_H

#include <zephyr/kernel.h>

typedef unsigned int cistern_critical_t; /* the interrupts' state before */

/* Enters the section; nests. Thread and interrupt. */
static inline cistern_critical_t cistern_critical_enter(void)
{
    return irq_lock();
}

/* Restores the state before the matching enter. Only the context that entered may call it. */
static inline void cistern_critical_leave(cistern_critical_t state)
{
    irq_unlock(state);
}

#endif
