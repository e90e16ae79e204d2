/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_cpu.h (bare, RISC-V) - interrupts and sleep in machine mode, one hart.
 *
 * The only state that protection needs is the bit MIE of mstatus (privileged architecture 1.12,
 * section 3.1.6.1). */
#ifndef CISTERN_ARCH_CPU_H
#define CISTERN_ARCH_CPU_H

#include <stdbool.h>
#include <stdint.h>

#define CISTERN_CPU_MSTATUS_MIE 8U

/* mstatus as it was; only MIE is looked at. */
typedef uintptr_t cistern_cpu_mask_t;

/* How many handlers the hart is inside. A trap handler other than the port's own counts it up when
 * it starts and down when it ends. */
extern volatile unsigned cistern_bare_interrupt_depth;

/* Masks interrupts; returns the state before. */
static inline cistern_cpu_mask_t cistern_cpu_mask(void)
{
    cistern_cpu_mask_t before;
    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(before) : : "memory");
    return before;
}

/* Restores the state that the matching mask returned. */
static inline void cistern_cpu_restore(cistern_cpu_mask_t before)
{
    __asm__ volatile("csrs mstatus, %0" : : "r"(before & CISTERN_CPU_MSTATUS_MIE) : "memory");
}

/* True if interrupts are masked. */
static inline bool cistern_cpu_is_masked(void)
{
    cistern_cpu_mask_t status;
    __asm__ volatile("csrr %0, mstatus" : "=r"(status));
    return (status & CISTERN_CPU_MSTATUS_MIE) == 0;
}

/* True if the hart is inside an interrupt handler. */
static inline bool cistern_cpu_in_interrupt(void)
{
    return cistern_bare_interrupt_depth != 0;
}

/* Sleeps until an interrupt is pending, masked or not. */
static inline void cistern_cpu_wait(void)
{
    __asm__ volatile("wfi" : : : "memory");
}

#endif
