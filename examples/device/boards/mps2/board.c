/* SPDX-License-Identifier: BSD-3-Clause */
/* board.c - vectors, what comes before main, and the few devices that the firmware needs beside its
 * network card. Yours comes with your chip. */
#include "board.h"

#include <string.h>

/* Of the linker script. */
extern unsigned char board_data[], board_data_end[], board_data_load[];
extern unsigned char board_bss[], board_bss_end[];
extern unsigned char board_stack_top[];

int main(void);

/* --- vectors ------------------------------------------------------------------------------------ */

void Reset_Handler(void);
void Default_Handler(void);

#define BY_DEFAULT __attribute__((weak, alias("Default_Handler")))

void NMI_Handler(void) BY_DEFAULT;
void HardFault_Handler(void) BY_DEFAULT;
void MemManage_Handler(void) BY_DEFAULT;
void BusFault_Handler(void) BY_DEFAULT;
void UsageFault_Handler(void) BY_DEFAULT;
void SVC_Handler(void) BY_DEFAULT;
void DebugMon_Handler(void) BY_DEFAULT;
void PendSV_Handler(void) BY_DEFAULT;
void SysTick_Handler(void) BY_DEFAULT;

typedef union vector {
    const void *stack;
    void (*handler)(void);
} vector_t;

__attribute__((section(".vectors"),
               used)) static const vector_t vectors[16U + BOARD_LAN9118_IRQ + 1U] = {
    [0] = {.stack = board_stack_top},      [1] = {.handler = Reset_Handler},
    [2] = {.handler = NMI_Handler},        [3] = {.handler = HardFault_Handler},
    [4] = {.handler = MemManage_Handler},  [5] = {.handler = BusFault_Handler},
    [6] = {.handler = UsageFault_Handler}, [11] = {.handler = SVC_Handler},
    [12] = {.handler = DebugMon_Handler},  [14] = {.handler = PendSV_Handler},
    [15] = {.handler = SysTick_Handler},   [16U + BOARD_LAN9118_IRQ] = {.handler = card_interrupt},
};

void Reset_Handler(void)
{
    memcpy(board_data, board_data_load, (size_t)(board_data_end - board_data));
    memset(board_bss, 0, (size_t)(board_bss_end - board_bss));
    (void)main();
    board_panic("main has returned", __FILE__, __LINE__);
}

void Default_Handler(void)
{
    board_panic("an exception without a handler", __FILE__, __LINE__);
}

/* --- devices ------------------------------------------------------------------------------------ */

#define UART_DATA    (*(volatile uint32_t *)0x40004000U)
#define UART_STATE   (*(volatile uint32_t *)0x40004004U)
#define UART_CONTROL (*(volatile uint32_t *)0x40004008U)
#define UART_DIVISOR (*(volatile uint32_t *)0x40004010U)
#define NVIC_ENABLE  (*(volatile uint32_t *)0xE000E100U)
#define NVIC_LEVEL   ((volatile uint8_t *)0xE000E400U)

#define UART_TRANSMITS 1U
#define UART_IS_FULL   1U

/* Below the level from which on a kernel's calls are allowed, above that of its switch. */
#define CARD_LEVEL 0x80U

void board_start(void)
{
    UART_DIVISOR = 16;
    UART_CONTROL = UART_TRANSMITS;
}

void board_enable_card(unsigned irq)
{
    NVIC_LEVEL[irq] = CARD_LEVEL;
    NVIC_ENABLE = 1U << irq;
}

void board_print(const char *text)
{
    for (; *text != '\0'; ++text) {
        while ((UART_STATE & UART_IS_FULL) != 0) {
        }
        UART_DATA = (unsigned char)*text;
    }
}
