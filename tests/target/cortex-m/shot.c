/* SPDX-License-Identifier: BSD-3-Clause */
/* shot.c (Cortex-M) - one interrupt at a chosen instruction, by SysTick. */
#include "target/board.h"

#define SYST_CSR (*(volatile uint32_t *)0xE000E010U)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014U)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018U)
#define SCB_ICSR (*(volatile uint32_t *)0xE000ED04U)

#define SYST_ON            7U /* the processor's clock, interrupt, enable */
#define SCB_ICSR_PENDSTCLR 0x02000000U

/* An instruction takes 1024 ns with -icount shift=10. */
#define NS_PER_INSTRUCTION 1024U

static void (*shot)(uintptr_t address);

void arm_systick_isr(void);
void board_shot_falls(const uint32_t *frame);

/* The frame that the hardware pushed lies on the stack that the interrupted code uses: bit 2 of
 * EXC_RETURN says which. */
__attribute__((naked)) void arm_systick_isr(void)
{
    __asm__ volatile(".syntax unified\n"
                     "mrs r0, msp\n"
                     "mov r1, lr\n"
                     "movs r2, #4\n"
                     "tst r1, r2\n"
                     "beq 1f\n"
                     "mrs r0, psp\n"
                     "1: ldr r1, =board_shot_falls\n"
                     "bx r1\n");
}

/* The timer must not shoot again while the handler runs. */
__attribute__((used)) void board_shot_falls(const uint32_t *frame)
{
    SYST_CSR = 0;
    SCB_ICSR = SCB_ICSR_PENDSTCLR;
    shot(frame[6]);
}

void board_shoot(uint32_t ticks, void (*handler)(uintptr_t address))
{
    shot = handler;
    SYST_RVR = ticks;
    SYST_CVR = 0;
    SYST_CSR = SYST_ON;
}

void board_hold(void)
{
    SYST_CSR = 0;
    SCB_ICSR = SCB_ICSR_PENDSTCLR;
}

uint32_t board_shot_step(void)
{
    return NS_PER_INSTRUCTION / (1000000000U / CISTERN_BOARD_TIMER_HZ) / 2U;
}
