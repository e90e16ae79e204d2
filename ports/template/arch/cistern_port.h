/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_port.h (template) - the critical section that guards the engines.
 *
 * It must keep out every other context that may call the library: if interrupt handlers allocate,
 * it masks interrupts; for threads alone a lock is enough. It must nest, and leave must restore the
 * state before enter: after an enter with interrupts masked, leave must not unmask them. Sections
 * are short: a constant number of instructions for a pool, see docs/architecture.md.
 *
 * With CISTERN_CRITICAL 0 (or SYS_LIGHTWEIGHT_PROT 0) this header is not read at all. */
#ifndef CISTERN_ARCH_PORT_H
#define CISTERN_ARCH_PORT_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What must be remembered to restore the previous state. */
typedef uint32_t cistern_critical_t;

/* Masks interrupts and returns the mask before; restores it. On a Cortex-M: mrs PRIMASK and cpsid
 * i; msr PRIMASK. */
uint32_t board_mask_interrupts(void);
void board_restore_interrupts(uint32_t mask);

static inline cistern_critical_t cistern_critical_enter(void)
{
    return board_mask_interrupts();
}

static inline void cistern_critical_leave(cistern_critical_t state)
{
    board_restore_interrupts(state);
}

#ifdef __cplusplus
}
#endif

#endif
