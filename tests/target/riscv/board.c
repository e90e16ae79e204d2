/* SPDX-License-Identifier: BSD-3-Clause */
/* board.c (RISC-V) - handler mode by ECALL; the machine timer as the tick. */
#include "target/board.h"

#include "arch/cistern_cpu.h"
#include "cistern_bare.h"
#include "trap.h"

#define ENVIRONMENT_CALL 11U

static void (*call)(void *argument);
static void *call_argument;

void cistern_bare_exception(unsigned number, trap_frame_t *frame)
{
    if (number != ENVIRONMENT_CALL) {
        cistern_bare_assert_failed("no exception but an environment call", __FILE__, (int)number);
    }
    ++cistern_bare_interrupt_depth;
    call(call_argument);
    --cistern_bare_interrupt_depth;
    frame->mepc += 4;
}

void board_call_in_interrupt(void (*function)(void *argument), void *argument)
{
    call = function;
    call_argument = argument;
    __asm__ volatile("ecall" : : : "memory");
}

void board_start_ticks(void)
{
    cistern_bare_tick_start(CISTERN_BOARD_TIMER_HZ);
}
