/* SPDX-License-Identifier: BSD-3-Clause */
/* board.c - what comes before main, the UART and the interrupt controller. Yours comes with your chip.
 *
 * Sources: SiFive's PLIC (the controller), National's 16550 (the UART), as QEMU's virt machine has them. */
#include "board.h"

#include <string.h>

#include "trap.h"

/* Of the linker script. */
extern unsigned char board_data[], board_data_end[], board_data_load[];
extern unsigned char board_bss[], board_bss_end[];

int main(void);

/* --- start --------------------------------------------------------------------------------------- */

void Reset_Handler(void);
_Noreturn void board_begin(void);

/* The stack and gp, which the linker's short addresses are relative to. */
__attribute__((naked, used, section(".reset"))) void Reset_Handler(void)
{
    __asm__ volatile(".option push\n"
                     ".option norelax\n"
                     "la gp, __global_pointer$\n"
                     ".option pop\n"
                     "la sp, board_stack_top\n"
                     "j board_begin\n");
}

__attribute__((used)) _Noreturn void board_begin(void)
{
    memcpy(board_data, board_data_load, (size_t)(board_data_end - board_data));
    memset(board_bss, 0, (size_t)(board_bss_end - board_bss));
    (void)main();
    board_panic("main has returned", __FILE__, __LINE__);
}

void cistern_bare_exception(unsigned number, trap_frame_t *frame)
{
    (void)frame;
    board_panic("an exception without a handler", "cause", (int)number);
}

/* --- devices ------------------------------------------------------------------------------------- */

#define UART_DATA   (*(volatile uint8_t *)0x10000000U)
#define UART_STATE  (*(volatile uint8_t *)0x10000005U)
#define PLIC_LEVEL  ((volatile uint32_t *)0x0C000000U)
#define PLIC_ENABLE (*(volatile uint32_t *)0x0C002000U) /* of hart 0 in machine mode */
#define PLIC_LIMIT  (*(volatile uint32_t *)0x0C200000U)
#define PLIC_CLAIM  (*(volatile uint32_t *)0x0C200004U)

#define UART_HAS_PLACE         0x20U
#define MIE_EXTERNAL_INTERRUPT 0x800U
#define EXTERNAL_INTERRUPT     11U
#define CARD_LEVEL             1U

void board_start(void)
{
    PLIC_LIMIT = 0;
}

void board_enable_card(unsigned irq)
{
    PLIC_LEVEL[irq] = CARD_LEVEL;
    PLIC_ENABLE = 1U << irq;
    __asm__ volatile("csrs mie, %0" : : "r"(MIE_EXTERNAL_INTERRUPT));
}

/* The port's hook. The controller gives a number until it is claimed; 0 is none. */
void cistern_bare_interrupt(unsigned number)
{
    if (number != EXTERNAL_INTERRUPT) {
        return;
    }
    for (uint32_t irq; (irq = PLIC_CLAIM) != 0; PLIC_CLAIM = irq) {
        card_interrupt();
    }
}

void board_print(const char *text)
{
    for (; *text != '\0'; ++text) {
        while ((UART_STATE & UART_HAS_PLACE) == 0) {
        }
        UART_DATA = (uint8_t)*text;
    }
}
