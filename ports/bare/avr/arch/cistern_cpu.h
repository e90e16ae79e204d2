/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_cpu.h (bare, AVR) - interrupts and sleep on 8-bit AVR, with 16-bit pointers.
 *
 * Without threads: NO_SYS must be 1. The flag I of the status register is the only state. */
#ifndef CISTERN_ARCH_CPU_H
#define CISTERN_ARCH_CPU_H

#include <avr/io.h>
#include <stdbool.h>
#include <stdint.h>

/* The status register as it was. */
typedef uint8_t cistern_cpu_mask_t;

/* Masks interrupts; returns the state before. */
static inline cistern_cpu_mask_t cistern_cpu_mask(void)
{
    cistern_cpu_mask_t before;
    __asm__ volatile("in %0, __SREG__\n\t"
                     "cli"
                     : "=r"(before)
                     :
                     : "memory");
    return before;
}

/* Restores the state that the matching mask returned. */
static inline void cistern_cpu_restore(cistern_cpu_mask_t before)
{
    __asm__ volatile("out __SREG__, %0" : : "r"(before) : "memory");
}

/* True if interrupts are masked. */
static inline bool cistern_cpu_is_masked(void)
{
    return (SREG & (1U << SREG_I)) == 0;
}

/* Sleeps until an interrupt, in the mode that the program has chosen in SMCR. Interrupts have to be
 * enabled. */
static inline void cistern_cpu_wait(void)
{
    __asm__ volatile("sleep" : : : "memory");
}

#endif
