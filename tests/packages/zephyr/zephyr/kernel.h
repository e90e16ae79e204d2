/* SPDX-License-Identifier: BSD-3-Clause */
/* zephyr/kernel.h - a stand-in for the few kernel calls of ports/zephyr: see main.c. */
#ifndef STAND_IN_KERNEL_H
#define STAND_IN_KERNEL_H

#include <stdint.h>

unsigned int irq_lock(void);
void irq_unlock(unsigned int key);
uint32_t k_uptime_get_32(void);
uint32_t k_cycle_get_32(void);
_Noreturn void k_panic(void);

#endif
