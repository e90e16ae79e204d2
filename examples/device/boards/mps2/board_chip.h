/* SPDX-License-Identifier: BSD-3-Clause */
/* board_chip.h - the MPS2's clock, addresses and interrupts. */
#ifndef DEVICE_BOARD_CHIP_H
#define DEVICE_BOARD_CHIP_H

#include <stdint.h>

#define BOARD_HZ          25000000U
#define BOARD_LAN9118     0x40200000U
#define BOARD_LAN9118_IRQ 13U

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

#endif
