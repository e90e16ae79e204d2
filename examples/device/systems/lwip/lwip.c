/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip.c - the firmware on lwIP's own memory code, as a main loop: the peer of the comparison. */
#include "board.h"
#include "device.h"
#include "lwip/sys.h"

#define SYST_CSR (*(volatile uint32_t *)0xE000E010U)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014U)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018U)

#define SYST_RUNS 7U /* the processor's clock, interrupts, counts */

static volatile u32_t milliseconds;

void SysTick_Handler(void);
void SysTick_Handler(void)
{
    milliseconds = milliseconds + 1U;
}

u32_t sys_now(void)
{
    return milliseconds;
}

sys_prot_t sys_arch_protect(void)
{
    sys_prot_t before = 0;
    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before) : : "memory");
    return before;
}

void sys_arch_unprotect(sys_prot_t before)
{
    __asm__ volatile("msr primask, %0" : : "r"(before) : "memory");
}

uint32_t board_random(void)
{
    static uint32_t state = 0x2545F491U;
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

int main(void)
{
    board_start();
    SYST_RVR = BOARD_HZ / 1000U - 1U;
    SYST_CVR = 0;
    SYST_CSR = SYST_RUNS;
    device_loop();
}
