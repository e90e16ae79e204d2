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

/* True iff interrupts are masked. */
static inline bool cistern_cpu_is_masked(void)
{
    cistern_cpu_mask_t status;
    __asm__ volatile("csrr %0, mstatus" : "=r"(status));
    return (status & CISTERN_CPU_MSTATUS_MIE) == 0;
}

#ifdef __riscv_atomic

/* Load-linked and store-conditional, for pools that mask no interrupt (CISTERN_POOL_LOCK_FREE). The
 * port's trap handler breaks the link (unprivileged architecture, 8.2, asks that of it); a handler
 * of the user's own has to do so too, by an sc.w to any other word. One hart. */
#    define CISTERN_PORT_LL 1

static inline uint32_t cistern_port_load_linked(volatile uint32_t *word)
{
    uint32_t value;
    __asm__ volatile("lr.w %0, (%1)" : "=r"(value) : "r"(word) : "memory");
    return value;
}

/* True iff the value was stored. */
static inline bool cistern_port_store_conditional(volatile uint32_t *word, uint32_t value)
{
    uint32_t failed;
    __asm__ volatile("sc.w %0, %1, (%2)" : "=&r"(failed) : "r"(value), "r"(word) : "memory");
    return failed == 0;
}

/* A link that is left open is broken by the next trap or load. */
static inline void cistern_port_clear_link(void) {}

#endif

/* True iff the hart is inside an interrupt handler. */
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
