/* SPDX-License-Identifier: BSD-3-Clause */
/* cpu_switch.h (bare) - between the thread kernel and the processor's part of a context switch.
 * With NO_SYS 1 there is nothing to switch to. */
#ifndef CISTERN_BARE_CPU_SWITCH_H
#define CISTERN_BARE_CPU_SWITCH_H

#include "lwip/opt.h"

#if NO_SYS

static inline void *bare_cpu_switch_next(void *stack)
{
    return stack;
}

#else

/* The kernel's side: saves where the running thread stopped and returns where the next one goes on.
 * The processor's part calls it from the interrupt that bare_cpu_switch_request asks for, on the
 * interrupt stack. Constant time. */
void *bare_cpu_switch_next(void *stack);

/* The processor's side.
 *
 * Asks for the switch interrupt. It is the least urgent one: it is taken when no other interrupt
 * runs and interrupts are enabled. Any context. */
void bare_cpu_switch_request(void);

/* Makes the caller, running on the processor's first stack, a thread that can be switched from, and
 * enables the switch interrupt. Handlers run on a stack of their own from here on. */
void bare_cpu_switch_start(void);

/* Writes what a thread is resumed from below `top`, so that it runs entry(argument), which never
 * returns; returns its address. `top` is aligned to 16 bytes. */
void *bare_cpu_switch_frame(void *top, void (*entry)(void *argument), void *argument);

#endif

#endif
