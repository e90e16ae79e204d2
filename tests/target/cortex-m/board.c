/* SPDX-License-Identifier: BSD-3-Clause */
/* board.c (Cortex-M) - handler mode by SVC; SysTick as the tick. */
#include "target/board.h"

#include "arch/cistern_cpu.h"
#include "cistern_bare.h"

#if CISTERN_BARE_BASEPRI

#    define SCB_SHPR2 (*(volatile uint32_t *)0xE000ED1CU)
#    define SCB_SHPR3 (*(volatile uint32_t *)0xE000ED20U)

/* Before main: both handlers call the library, so that BASEPRI has to mask them. */
__attribute__((constructor)) static void make_handlers_less_urgent(void)
{
    SCB_SHPR2 = (CISTERN_BARE_BASEPRI + 0x40U) << 24; /* SVC */
    SCB_SHPR3 = (CISTERN_BARE_BASEPRI + 0x20U) << 24; /* SysTick */
}

#endif

static void (*call)(void *argument);
static void *call_argument;

void arm_svc_isr(void);

void arm_svc_isr(void)
{
    call(call_argument);
}

void board_call_in_interrupt(void (*function)(void *argument), void *argument)
{
    call = function;
    call_argument = argument;
    __asm__ volatile("svc 0" : : : "memory");
}

void board_start_ticks(void)
{
    cistern_bare_tick_start(CISTERN_BOARD_TIMER_HZ);
}
