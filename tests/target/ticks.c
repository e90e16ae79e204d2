/* SPDX-License-Identifier: BSD-3-Clause */
/* ticks.c - starts the tick before main, for tests that know nothing of boards. */
#include "target/board.h"

__attribute__((constructor)) static void start_ticks(void)
{
    board_start_ticks();
}
