/* SPDX-License-Identifier: BSD-3-Clause */
/* shot.c (RISC-V) - one interrupt at a chosen instruction, by the machine timer. */
#include "target/board.h"

#include "arch/cistern_cpu.h"
#include "cistern_bare.h"
#include "trap.h"

#define MIE_TIMER_INTERRUPT 0x80U

/* An instruction takes 1024 ns with -icount shift=10. */
#define NS_PER_INSTRUCTION 1024U

static void (*shot)(uintptr_t address);

void cistern_bare_timer_interrupt(void)
{
    uintptr_t address;
    __asm__ volatile("csrr %0, mepc" : "=r"(address));
    board_hold();
    shot(address);
}

void board_shoot(uint32_t ticks, void (*handler)(uintptr_t address))
{
    shot = handler;
    const uint64_t when = (((uint64_t)CLINT_MTIME_HIGH << 32) | CLINT_MTIME_LOW) + ticks;
    CLINT_MTIMECMP_HIGH = UINT32_MAX;
    CLINT_MTIMECMP_LOW = (uint32_t)when;
    CLINT_MTIMECMP_HIGH = (uint32_t)(when >> 32);
    __asm__ volatile("csrs mie, %0" : : "r"(MIE_TIMER_INTERRUPT));
}

void board_hold(void)
{
    CLINT_MTIMECMP_HIGH = UINT32_MAX;
    __asm__ volatile("csrc mie, %0" : : "r"(MIE_TIMER_INTERRUPT));
}

uint32_t board_shot_step(void)
{
    return NS_PER_INSTRUCTION / (1000000000U / CISTERN_BOARD_TIMER_HZ) / 2U;
}
