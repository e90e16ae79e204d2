/* SPDX-License-Identifier: BSD-3-Clause */
/* main.c - the library on a processor alone: an interrupt takes blocks of a pool and posts them to a
 * thread, which prints and gives them back.
 *
 *   timer interrupt --> get --> mailbox --> thread: print, put
 *
 * Everything of the board is in the first part: on another one, replace that and startup.c. */
#include <stdbool.h>
#include <stdint.h>

#include "cistern_bare.h"
#include "cistern/pool.h"
#include "lwip/sys.h"

/* --- the board: Arm's MPS2 with a Cortex-M3, as QEMU has it -------------------------------------- */

#define BOARD_HZ 25000000U

#define UART_DATA    (*(volatile uint32_t *)0x40004000U)
#define UART_CONTROL (*(volatile uint32_t *)0x40004008U)
#define UART_DIVISOR (*(volatile uint32_t *)0x40004010U)

#define TIMER_CONTROL (*(volatile uint32_t *)0x40000000U)
#define TIMER_RELOAD  (*(volatile uint32_t *)0x40000008U)
#define TIMER_CLEAR   (*(volatile uint32_t *)0x4000000CU)
#define NVIC_ENABLE   (*(volatile uint32_t *)0xE000E100U)

#define TIMER_ON  9U /* counts, and interrupts */
#define TIMER_IRQ 8U

void TIMER0_Handler(void);

static void board_start(void)
{
    UART_DIVISOR = 16;
    UART_CONTROL = 1;
    NVIC_ENABLE = 1U << TIMER_IRQ;
}

static void board_print(const char *text)
{
    while (*text != '\0') {
        UART_DATA = (unsigned char)*text++;
    }
}

static void board_print_number(unsigned number)
{
    char digits[12];
    char *first = &digits[sizeof digits - 1];
    *first = '\0';
    do {
        *--first = (char)('0' + number % 10U);
        number /= 10U;
    } while (number > 0);
    board_print(first);
}

/* Ends the emulator (semihosting's SYS_EXIT). A device has no end. */
static void board_end(void)
{
    register uint32_t operation __asm__("r0") = 0x18;
    register uint32_t reason __asm__("r1") = 0x20026;
    __asm__ volatile("bkpt 0xAB" : : "r"(operation), "r"(reason) : "memory");
}

/* --- what the library asks for ------------------------------------------------------------------- */

/* Without this hook the first fault stops the device. With it the call is refused, and all goes on. */
void cistern_bare_fault_hook(const cistern_fault_t *fault)
{
    board_print("fault: ");
    board_print(cistern_fault_text(fault->kind));
    board_print(" in ");
    board_print((fault->name != NULL) ? fault->name : "-");
    board_print("\n");
}

/* --- the program ---------------------------------------------------------------------------------- */

#define FRAMES 4U

typedef struct frame {
    unsigned number;
    unsigned char bytes[60];
} frame_t;

static union {
    frame_t frames[FRAMES];
    unsigned char bytes[CISTERN_POOL_BYTES(FRAMES, sizeof(frame_t), 0)];
} memory;
static cistern_pool_t pool;
static sys_mbox_t received;

/* Interrupt: a frame comes every 10 ms. One for which there is no block or no place is dropped. */
void TIMER0_Handler(void)
{
    static unsigned number;
    TIMER_CLEAR = 1;
    frame_t *const frame = cistern_pool_get(&pool);
    if (frame == NULL) {
        return;
    }
    frame->number = ++number;
    if (sys_mbox_trypost_fromisr(&received, frame) != ERR_OK) {
        (void)cistern_pool_put(&pool, frame);
    }
}

static void print_frames(void *argument)
{
    void *message = NULL;
    for (unsigned i = 0; i < 3; ++i) {
        (void)sys_arch_mbox_fetch(&received, &message, 0);
        board_print("frame ");
        board_print_number(((const frame_t *)message)->number);
        board_print("\n");
        (void)cistern_pool_put(&pool, message);
    }
    TIMER_CONTROL = 0;
    (void)cistern_pool_put(&pool, message); /* a second time: a fault */
    sys_sem_signal(argument);
}

int main(void)
{
    const cistern_pool_config_t config = {.name = "frames",
                                          .count = FRAMES,
                                          .size = sizeof(frame_t),
                                          .memory = &memory,
                                          .bytes = sizeof memory};
    sys_sem_t done;
    board_start();
    sys_init(); /* from here on main is a thread */
    cistern_bare_tick_start(BOARD_HZ);
    (void)cistern_pool_init(&pool, &config);
    (void)sys_mbox_new(&received, (int)FRAMES);
    (void)sys_sem_new(&done, 0);
    (void)sys_thread_new("print", print_frames, &done, 0, 1);
    TIMER_RELOAD = BOARD_HZ / 100U;
    TIMER_CONTROL = TIMER_ON;
    (void)sys_sem_wait(&done);
    board_print_number((unsigned)pool.free);
    board_print(" of 4 frames are free\n");
    board_end();
    return 0;
}
