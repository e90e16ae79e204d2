/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_port.h (freertos) - the critical section that guards the engines.
 *
 * | processor   | a section                                | from interrupts                        |
 * |-------------|------------------------------------------|----------------------------------------|
 * | Cortex-M    | raises the interrupt mask, restores it   | up to configMAX_SYSCALL_INTERRUPT_..   |
 * | every other | taskENTER_CRITICAL, taskEXIT_CRITICAL    | no: define the two macros below        |
 *
 * Both nest. Sections are short: see docs/architecture.md. A program whose kernel wants something
 * else (a spin lock of an SMP kernel, say) defines CISTERN_FREERTOS_ENTER() and
 * CISTERN_FREERTOS_LEAVE(state) in lwipopts.h, of which the first gives a UBaseType_t that the
 * second restores. */
#ifndef CISTERN_ARCH_PORT_H
#define CISTERN_ARCH_PORT_H

#include "FreeRTOS.h"
#include "task.h"

#ifndef CISTERN_FREERTOS_ENTER
#    if defined __ARM_ARCH_PROFILE && __ARM_ARCH_PROFILE == 'M'
#        define CISTERN_FREERTOS_ENTER()      portSET_INTERRUPT_MASK_FROM_ISR()
#        define CISTERN_FREERTOS_LEAVE(state) portCLEAR_INTERRUPT_MASK_FROM_ISR(state)
#    else
#        define CISTERN_FREERTOS_ENTER()      cistern_freertos_enter()
#        define CISTERN_FREERTOS_LEAVE(state) cistern_freertos_leave(state)

static inline UBaseType_t cistern_freertos_enter(void)
{
    taskENTER_CRITICAL();
    return 0;
}

static inline void cistern_freertos_leave(UBaseType_t state)
{
    (void)state;
    taskEXIT_CRITICAL();
}
#    endif
#endif

typedef UBaseType_t cistern_critical_t; /* the mask before */

/* Enters the section; nests. Task, and interrupt where the table says so. It waits for another core
 * only. */
static inline cistern_critical_t cistern_critical_enter(void)
{
    return CISTERN_FREERTOS_ENTER();
}

/* Restores the state before the matching enter. Only the context that entered may call it. */
static inline void cistern_critical_leave(cistern_critical_t state)
{
    CISTERN_FREERTOS_LEAVE(state);
}

#endif
