/* SPDX-License-Identifier: BSD-3-Clause */
/* startup.c - vectors and what comes before main, for a Cortex-M3. Yours comes with your chip; the
 * library needs two of its vectors, PendSV and SysTick, and defines the handlers itself. */
#include <stdint.h>
#include <string.h>

/* Of the linker script. */
extern unsigned char board_data[], board_data_end[], board_data_load[];
extern unsigned char board_bss[], board_bss_end[];
extern unsigned char board_stack_top[];

int main(void);

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
void TIMER0_Handler(void) BY_DEFAULT;

typedef union vector {
    const void *stack;
    void (*handler)(void);
} vector_t;

#define TIMER0_INTERRUPT 8

__attribute__((section(".vectors"),
               used)) static const vector_t vectors[16 + TIMER0_INTERRUPT + 1] = {
    [0] = {.stack = board_stack_top},      [1] = {.handler = Reset_Handler},
    [2] = {.handler = NMI_Handler},        [3] = {.handler = HardFault_Handler},
    [4] = {.handler = MemManage_Handler},  [5] = {.handler = BusFault_Handler},
    [6] = {.handler = UsageFault_Handler}, [11] = {.handler = SVC_Handler},
    [12] = {.handler = DebugMon_Handler},  [14] = {.handler = PendSV_Handler},
    [15] = {.handler = SysTick_Handler},   [16 + TIMER0_INTERRUPT] = {.handler = TIMER0_Handler},
};

void Reset_Handler(void)
{
    memcpy(board_data, board_data_load, (size_t)(board_data_end - board_data));
    memset(board_bss, 0, (size_t)(board_bss_end - board_bss));
    (void)main();
    Default_Handler();
}

void Default_Handler(void)
{
    for (;;) {
    }
}
