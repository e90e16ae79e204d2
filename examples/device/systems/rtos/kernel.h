/* SPDX-License-Identifier: BSD-3-Clause */
/* kernel.h - a small preemptive kernel for a Cortex-M3, in the place of the one that a product has:
 * threads by priority and counting semaphores, which is all that ports/rtos asks for. */
#ifndef DEVICE_KERNEL_H
#define DEVICE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#define KERNEL_FOREVER UINT32_MAX

struct kernel_thread;

typedef struct kernel_sem {
    uint32_t units;
    struct kernel_thread
        *waiters; /* the most urgent first, equals in the order in which they came */
} kernel_sem_t;

/* Makes the caller, main, a thread of priority 0, and starts the tick of a millisecond. Once. */
void kernel_start(uint32_t clock_hz);

/* Starts a thread; a higher priority is more urgent. False if KERNEL_THREADS run, or the stack is
 * larger than KERNEL_STACK_BYTES. It must not return. Thread. */
bool kernel_start_thread(void (*function)(void *argument), void *argument, uint32_t stack_bytes,
                         uint32_t priority);

/* Takes a unit, waiting up to `ms`; false if there was none. Thread; with 0 ms also interrupt. */
bool kernel_take(kernel_sem_t *sem, uint32_t ms);

/* Gives a unit: to the first waiter, if there is one. Any context. */
void kernel_give(kernel_sem_t *sem);

/* Waits. Thread. */
void kernel_sleep(uint32_t ms);

/* Milliseconds since start; wraps. Any context. */
uint32_t kernel_now(void);

/* Masks interrupts and returns the mask before; restores it. Any context. */
uint32_t kernel_mask(void);
void kernel_restore(uint32_t mask);

#endif
