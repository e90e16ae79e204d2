/* tick.c (bare, Cortex-M) - SysTick as the source of ticks (ARMv7-M manual, B3.3). Without state.
 *
 * Options, for lwipopts.h: CISTERN_BARE_SYSTICK_HANDLER is what the vector table calls the handler,
 * by default the CMSIS name SysTick_Handler. */
#include "tick.h"

#ifndef CISTERN_BARE_SYSTICK_HANDLER
#    define CISTERN_BARE_SYSTICK_HANDLER SysTick_Handler
#endif

#define SYST_CSR (*(volatile uint32_t *)0xE000E010U)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014U)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018U)

#define SYST_MOST (1U << 24) /* cycles: it counts down to 0, with 24 bits */

#define SYST_CSR_ENABLE    1U
#define SYST_CSR_TICKINT   2U
#define SYST_CSR_CLKSOURCE 4U /* the processor's clock */

void CISTERN_BARE_SYSTICK_HANDLER(void);

/* Weak: a program that has a handler of its own calls cistern_bare_tick there. */
__attribute__((weak)) void CISTERN_BARE_SYSTICK_HANDLER(void)
{
    cistern_bare_tick();
}

void cistern_bare_tick_start(uint32_t clock_hz)
{
    const uint32_t cycles = tick_cycles(clock_hz, SYST_MOST);
    if (cycles == 0) {
        return;
    }
    SYST_RVR = cycles - 1U;
    SYST_CVR = 0;
    SYST_CSR = SYST_CSR_CLKSOURCE | SYST_CSR_TICKINT | SYST_CSR_ENABLE;
}
