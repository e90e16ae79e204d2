/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_cpu.h (bare, Cortex-M) - interrupts and sleep on ARMv6-M, ARMv7-M and ARMv8-M.
 *
 * Options, for lwipopts.h:
 * | option                | default | range  | effect                                             |
 * |-----------------------|---------|--------|----------------------------------------------------|
 * | CISTERN_BARE_BASEPRI  | 0       | 0..255 | 0: PRIMASK masks every interrupt; else BASEPRI     |
 * |                       |         |        | masks those of this priority value and above it,   |
 * |                       |         |        | as the register counts; more urgent ones go on     |
 * |                       |         |        | and must not call the library. Not on ARMv6-M.     |
 */
#ifndef CISTERN_ARCH_CPU_H
#define CISTERN_ARCH_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "cistern/config.h"

#ifndef CISTERN_BARE_BASEPRI
#    define CISTERN_BARE_BASEPRI 0
#endif
#if CISTERN_BARE_BASEPRI < 0 || CISTERN_BARE_BASEPRI > 255
#    error "CISTERN_BARE_BASEPRI must be 0 to 255: see arch/cistern_cpu.h"
#endif
#if CISTERN_BARE_BASEPRI && (defined __ARM_ARCH_6M__ || defined __ARM_ARCH_8M_BASE__)
#    error "this core has no BASEPRI register: leave CISTERN_BARE_BASEPRI out"
#endif

/* PRIMASK or BASEPRI as it was. */
typedef uint32_t cistern_cpu_mask_t;

#if CISTERN_BARE_BASEPRI

/* Masks interrupts; returns the state before. */
static inline cistern_cpu_mask_t cistern_cpu_mask(void)
{
    cistern_cpu_mask_t before;
    __asm__ volatile("mrs %0, basepri\n\t"
                     "msr basepri_max, %1\n\t"
                     "isb"
                     : "=&r"(before)
                     : "r"((uint32_t)CISTERN_BARE_BASEPRI)
                     : "memory");
    return before;
}

/* Restores the state that the matching mask returned. */
static inline void cistern_cpu_restore(cistern_cpu_mask_t before)
{
    __asm__ volatile("msr basepri, %0" : : "r"(before) : "memory");
}

/* True if interrupts that may call the library are masked. */
static inline bool cistern_cpu_is_masked(void)
{
    uint32_t basepri;
    uint32_t primask;
    __asm__ volatile("mrs %0, basepri" : "=r"(basepri));
    __asm__ volatile("mrs %0, primask" : "=r"(primask));
    return basepri != 0 || (primask & 1U) != 0;
}

#else

/* Masks interrupts; returns the state before. */
static inline cistern_cpu_mask_t cistern_cpu_mask(void)
{
    cistern_cpu_mask_t before;
    __asm__ volatile("mrs %0, primask\n\t"
                     "cpsid i"
                     : "=r"(before)
                     :
                     : "memory");
    return before;
}

/* Restores the state that the matching mask returned. */
static inline void cistern_cpu_restore(cistern_cpu_mask_t before)
{
    __asm__ volatile("msr primask, %0" : : "r"(before) : "memory");
}

/* True if interrupts are masked. */
static inline bool cistern_cpu_is_masked(void)
{
    uint32_t primask;
    __asm__ volatile("mrs %0, primask" : "=r"(primask));
    return (primask & 1U) != 0;
}

#endif

#if !defined __ARM_ARCH_6M__

/* Load-linked and store-conditional, for pools that mask no interrupt (CISTERN_POOL_LOCK_FREE). The
 * processor clears the link on every exception (ARMv7-M manual, A3.4), so that a store fails if an
 * interrupt came since the load. One core. */
#    define CISTERN_PORT_LL 1

static inline uint32_t cistern_port_load_linked(volatile uint32_t *word)
{
    uint32_t value;
    __asm__ volatile("ldrex %0, [%1]" : "=r"(value) : "r"(word) : "memory");
    return value;
}

/* True if the value was stored. */
static inline bool cistern_port_store_conditional(volatile uint32_t *word, uint32_t value)
{
    uint32_t failed;
    __asm__ volatile("strex %0, %1, [%2]" : "=&r"(failed) : "r"(value), "r"(word) : "memory");
    return failed == 0;
}

static inline void cistern_port_clear_link(void)
{
    __asm__ volatile("clrex" : : : "memory");
}

#endif

/* True if the processor is inside an exception or interrupt handler. */
static inline bool cistern_cpu_in_interrupt(void)
{
    uint32_t exception;
    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
    return exception != 0;
}

/* Sleeps until an interrupt is pending, masked or not. */
static inline void cistern_cpu_wait(void)
{
    __asm__ volatile("dsb\n\twfi" : : : "memory");
}

#endif
