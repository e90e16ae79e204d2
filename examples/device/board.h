/* SPDX-License-Identifier: BSD-3-Clause */
/* board.h - what the firmware asks of its board. The board's own header adds BOARD_HZ, the clock of the
 * port's tick, and board_mask, board_unmask and board_sleep.
 *
 *   boards/mps2   Arm's MPS2 with a Cortex-M3, application note 385, as QEMU has it
 *   boards/virt   QEMU's virt machine with an RV32 hart */
#ifndef DEVICE_BOARD_H
#define DEVICE_BOARD_H

#include "board_chip.h"

/* Starts the UART. Interrupts stay off. */
void board_start(void);

/* Lets the network card interrupt, at the level of all other interrupts. */
void board_enable_card(unsigned irq);

/* Writes text to the UART. Thread. */
void board_print(const char *text);

/* Prints the message and stops. Any context. */
_Noreturn void board_panic(const char *message, const char *file, int line);

/* The handler of the card's interrupt; its driver has it. */
void card_interrupt(void);

#endif
