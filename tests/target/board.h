/* SPDX-License-Identifier: BSD-3-Clause */
/* board.h - what the target tests need of an emulated board beyond the port. */
#ifndef CISTERN_TESTS_TARGET_BOARD_H
#define CISTERN_TESTS_TARGET_BOARD_H

#include <stdint.h>

/* --- port and thread tests: board.c ----------------------------------------------------------- */

/* Starts the processor's timer as the port's tick. */
void board_start_ticks(void);

/* Calls function(argument) in handler mode, at once, by a software exception; returns when it has
 * returned and the switch that it may have asked for is over. Thread, interrupts enabled. */
void board_call_in_interrupt(void (*function)(void *argument), void *argument);

/* --- the sweep: shot.c ------------------------------------------------------------------------ */

/* Calls handler(address), once, in the timer interrupt `ticks` ticks from now; address is that of
 * the instruction that would have run next. */
void board_shoot(uint32_t ticks, void (*handler)(uintptr_t address));

/* Calls the shot off, unless it has fallen. */
void board_hold(void);

/* Ticks of the timer that one instruction takes at most half of, with QEMU's -icount shift=10. */
uint32_t board_shot_step(void);

#endif
