/* SPDX-License-Identifier: BSD-3-Clause */
/* board.h - the board: Arm's MPS2 with a Cortex-M3, application note 385, as QEMU has it. */
#ifndef DEVICE_BOARD_H
#define DEVICE_BOARD_H

#include <stdint.h>

#define BOARD_HZ          25000000U
#define BOARD_LAN9118     0x40200000U
#define BOARD_LAN9118_IRQ 13U

/* Starts the UART. Interrupts stay off. */
void board_start(void);

/* Lets the LAN9118 interrupt, at the level of all other interrupts. */
void board_enable_lan9118(void);

/* Writes text to the UART. Thread. */
void board_print(const char *text);

/* Masks interrupts; unmasks them. */
static inline void board_mask(void)
{
    __asm__ volatile("cpsid i" : : : "memory");
}

static inline void board_unmask(void)
{
    __asm__ volatile("cpsie i" : : : "memory");
}

/* Sleeps until an interrupt is pending, also one that is masked. */
static inline void board_sleep(void)
{
    __asm__ volatile("wfi" : : : "memory");
}

/* Prints the message and stops. Any context. */
_Noreturn void board_panic(const char *message, const char *file, int line);

/* The handler of the LAN9118's interrupt; lan9118.c has it. */
void LAN9118_Handler(void);

#endif
