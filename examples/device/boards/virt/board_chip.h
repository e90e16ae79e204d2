/* SPDX-License-Identifier: BSD-3-Clause */
/* board_chip.h - the virt machine's clock, addresses and interrupts. */
#ifndef DEVICE_BOARD_CHIP_H
#define DEVICE_BOARD_CHIP_H

#include <stdint.h>

#define BOARD_HZ           10000000U   /* of the machine timer */
#define BOARD_VIRTIO       0x10001000U /* the first of the places for a card of virtio's */
#define BOARD_VIRTIO_STEP  0x1000U
#define BOARD_VIRTIO_COUNT 8U
#define BOARD_VIRTIO_IRQ   1U /* of the first; the others follow */

/* Masks interrupts; unmasks them. */
static inline void board_mask(void)
{
    __asm__ volatile("csrci mstatus, 8" : : : "memory");
}

static inline void board_unmask(void)
{
    __asm__ volatile("csrsi mstatus, 8" : : : "memory");
}

/* Sleeps until an interrupt is pending, also one that is masked. */
static inline void board_sleep(void)
{
    __asm__ volatile("wfi" : : : "memory");
}

#endif
