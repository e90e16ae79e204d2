/* SPDX-License-Identifier: BSD-3-Clause */
/* panic.c - the end of a firmware that cannot go on, on any board. */
#include <stddef.h>

#include "board.h"

_Noreturn void board_panic(const char *message, const char *file, int line)
{
    char digits[12] = "";
    char *first = &digits[sizeof digits - 1];
    board_mask();
    for (unsigned number = (unsigned)line; number > 0; number /= 10U) {
        *--first = (char)('0' + number % 10U);
    }
    board_print("panic: ");
    board_print(message);
    board_print(" (");
    board_print((file != NULL) ? file : "-");
    board_print(":");
    board_print(first);
    board_print(")\n");
    for (;;) {
        board_sleep();
    }
}
