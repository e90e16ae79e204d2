/* SPDX-License-Identifier: BSD-3-Clause */
/* rtos.c - the firmware on ports/rtos: behind ports/template's headers as they are, over the five
 * functions of rtos.h, each of which is a call of the kernel's. */
#include "rtos.h"

#include "board.h"
#include "cistern/fault.h"
#include "device.h"
#include "kernel.h"
#include "trace.h"

/* --- what ports/template's headers call ---------------------------------------------------------- */

uint32_t board_mask_interrupts(void)
{
    return kernel_mask();
}

void board_restore_interrupts(uint32_t mask)
{
    kernel_restore(mask);
}

uint32_t board_random(void)
{
    static uint32_t state = 0x2545F491U; /* a product uses the chip's generator */
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

void cistern_port_fault(const cistern_fault_t *fault)
{
    board_panic(cistern_fault_text(fault->kind), fault->name, 0);
}

u32_t sys_now(void)
{
    return kernel_now();
}

void sys_msleep(u32_t ms)
{
    kernel_sleep(ms);
}

/* --- rtos.h -------------------------------------------------------------------------------------- */

bool rtos_sem_create(rtos_sem_t *sem, u32_t units)
{
    *sem = (rtos_sem_t){.units = units};
    return true;
}

void rtos_sem_delete(rtos_sem_t *sem)
{
    (void)sem; /* the kernel keeps nothing of a semaphore */
}

bool rtos_sem_take(rtos_sem_t *sem, u32_t ms)
{
    return kernel_take(sem, (ms != RTOS_FOREVER) ? ms : KERNEL_FOREVER);
}

void rtos_sem_give(rtos_sem_t *sem)
{
    kernel_give(sem);
}

bool rtos_thread_start(const char *name, void (*function)(void *argument), void *argument,
                       int stack, int priority)
{
    (void)name;
    return kernel_start_thread(function, argument, (uint32_t)stack, (uint32_t)priority);
}

/* --- main ---------------------------------------------------------------------------------------- */

int main(void)
{
    board_start();
    kernel_start(BOARD_HZ);
    device_start();
    for (;;) {
        kernel_sleep(1);
        trace_drain();
    }
}
