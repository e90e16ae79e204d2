/* SPDX-License-Identifier: BSD-3-Clause */
/* tick.c (bare, Cortex-M) - SysTick as the source of ticks (ARMv7-M manual, B3.3). Without state.
 *
 *   vector 15 --> SysTick_Handler of the program  --> cistern_bare_tick
 *             \-> tick_interrupt, if it has none  --> cistern_bare_tick
 *
 * Options, for lwipopts.h:
 * | option                       | default         | effect                                        |
 * |------------------------------|-----------------|-----------------------------------------------|
 * | CISTERN_BARE_SYSTICK_HANDLER | SysTick_Handler | what the vector table calls the handler       |
 * | CISTERN_BARE_SYSTICK_WEAK    | 1               | 1: a handler of the program's takes its       |
 * |                              |                 | place. 0: it takes the place of one that a    |
 * |                              |                 | startup file defines weakly                   |
 *
 * Of two weak definitions the linker takes the first, which may be the startup file's endless loop:
 * cistern_bare_tick_start sees that in the vector table and refuses. */
#include "tick.h"

#include <stdbool.h>

#ifndef CISTERN_BARE_SYSTICK_HANDLER
#    define CISTERN_BARE_SYSTICK_HANDLER SysTick_Handler
#endif
#ifndef CISTERN_BARE_SYSTICK_WEAK
#    define CISTERN_BARE_SYSTICK_WEAK 1
#endif

#define SYST_CSR (*(volatile uint32_t *)0xE000E010U)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014U)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018U)
#define SCB_VTOR (*(volatile uint32_t *)0xE000ED08U) /* 0 where the table cannot be moved */

#define TICK_LEAST 2U         /* cycles: with a reload value of 0 the timer stands still */
#define TICK_MOST  (1U << 24) /* cycles: it counts down to 0, with 24 bits */

#define TICK_VECTOR_NMI     2U
#define TICK_VECTOR_SYSTICK 15U

#define SYST_CSR_ENABLE    1U
#define SYST_CSR_TICKINT   2U
#define SYST_CSR_CLKSOURCE 4U /* the processor's clock */

#if CISTERN_BARE_SYSTICK_WEAK
#    define TICK_HANDLER __attribute__((weak, alias("tick_interrupt")))
#else
#    define TICK_HANDLER __attribute__((alias("tick_interrupt")))
#endif

__attribute__((used)) static void tick_interrupt(void)
{
    cistern_bare_tick();
}

void CISTERN_BARE_SYSTICK_HANDLER(void) TICK_HANDLER;

/* True if the vector table sends SysTick where it sends interrupts without a handler. */
static bool tick_is_lost(void)
{
    const volatile uint32_t *const vectors = (const volatile uint32_t *)(uintptr_t)SCB_VTOR;
    return vectors[TICK_VECTOR_SYSTICK] == vectors[TICK_VECTOR_NMI];
}

void cistern_bare_tick_start(uint32_t clock_hz)
{
    const uint32_t cycles = tick_cycles(clock_hz, TICK_LEAST, TICK_MOST);
    if (cycles == 0) {
        return;
    }
    if (tick_is_lost()) {
        tick_refuse("SysTick's vector is the startup file's: CISTERN_BARE_SYSTICK_WEAK 0");
        return;
    }
    SYST_RVR = cycles - 1U;
    SYST_CVR = 0;
    SYST_CSR = SYST_CSR_CLKSOURCE | SYST_CSR_TICKINT | SYST_CSR_ENABLE;
}
