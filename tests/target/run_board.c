/* SPDX-License-Identifier: BSD-3-Clause */
/* run_board.c - the runner of the port conformance suite on a board. */
#include "port/run_cmocka.h"
#include "port/suite.h"
#include "target/board.h"

void suite_from_interrupt(void (*function)(void *argument), void *argument)
{
    board_call_in_interrupt(function, argument);
}

unsigned suite_waiting(void)
{
    return cistern_bare_waiting();
}

int main(void)
{
    sys_init();
    board_start_ticks();
    return run_under_cmocka();
}
