/* board.h - what the target tests need of an emulated board beyond the port. */
#ifndef CISTERN_TESTS_TARGET_BOARD_H
#define CISTERN_TESTS_TARGET_BOARD_H

#include <stdint.h>

/* Starts the processor's timer as the port's tick. */
void board_start_ticks(void);

/* Calls function(argument) in handler mode, at once, by a software exception; returns when it has
 * returned and the switch that it may have asked for is over. Thread, interrupts enabled. */
void board_call_in_interrupt(void (*function)(void *argument), void *argument);

#endif
