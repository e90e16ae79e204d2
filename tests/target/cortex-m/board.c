/* board.c (Cortex-M) - handler mode by SVC; SysTick as the tick. */
#include "target/board.h"

#include "cistern_bare.h"

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
