/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_port.h (arduino) - the critical section that guards the engines: noInterrupts() at
 * its start; at its end the mask before is restored, since interrupts() would end an outer section
 * too.
 *
 * | processor | register that is saved |
 * |-----------|------------------------|
 * | AVR       | SREG                   |
 * | Cortex-M  | PRIMASK                | */
#ifndef CISTERN_ARCH_PORT_H
#define CISTERN_ARCH_PORT_H

#include <Arduino.h>

#if defined __AVR__
typedef uint8_t cistern_critical_t;

static inline cistern_critical_t cistern_arduino_mask(void)
{
    return SREG;
}

static inline void cistern_arduino_restore(cistern_critical_t state)
{
    __asm__ volatile("" ::: "memory");
    SREG = state;
}
#elif defined __arm__ && defined __ARM_ARCH_PROFILE && __ARM_ARCH_PROFILE == 'M'
typedef uint32_t cistern_critical_t;

static inline cistern_critical_t cistern_arduino_mask(void)
{
    uint32_t mask;
    __asm__ volatile("mrs %0, PRIMASK" : "=r"(mask));
    return mask;
}

static inline void cistern_arduino_restore(cistern_critical_t state)
{
    __asm__ volatile("msr PRIMASK, %0" ::"r"(state) : "memory");
}
#else
#    error "cistern's Arduino port is for AVR and Cortex-M"
#endif

/* Masks interrupts; nests. Main program and interrupt. */
static inline cistern_critical_t cistern_critical_enter(void)
{
    const cistern_critical_t state = cistern_arduino_mask();
    noInterrupts();
    __asm__ volatile("" ::: "memory");
    return state;
}

/* Restores the state before the matching enter. */
static inline void cistern_critical_leave(cistern_critical_t state)
{
    cistern_arduino_restore(state);
}

#endif
