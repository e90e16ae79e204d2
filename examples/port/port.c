/* SPDX-License-Identifier: BSD-3-Clause */
/* port.c - a whole port, for a system that has semaphores and tasks: behind ports/template's headers as
 * they are, and under the OS layer of ports/rtos. os.h stands for the system; whatever yours calls these
 * things goes in their place, one function after the other. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "arch/cistern_port.h"
#include "cistern/fault.h"
#include "lwip/sys.h"
#include "os.h"
#include "rtos.h"

/* --- what arch/cc.h calls ------------------------------------------------------------------------ */

void board_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
}

void board_panic(const char *message, const char *file, int line)
{
    board_printf("%s:%d: %s\n", file, line, message);
    (void)fflush(stdout);
    abort();
}

uint32_t board_random(void)
{
    return (uint32_t)rand(); /* a product uses the chip's generator */
}

/* --- the critical section, and faults ------------------------------------------------------------ */

/* No interrupts here, so a lock that nests; it knows itself how deep it is. */
uint32_t board_mask_interrupts(void)
{
    os_lock();
    return 0;
}

void board_restore_interrupts(uint32_t mask)
{
    (void)mask;
    os_unlock();
}

void cistern_port_fault(const cistern_fault_t *fault)
{
    board_printf(CISTERN_FAULT_FORMAT, CISTERN_FAULT_VALUES(fault));
}

/* --- time ---------------------------------------------------------------------------------------- */

u32_t sys_now(void)
{
    return os_milliseconds();
}

void sys_msleep(u32_t ms)
{
    if (ms != 0) {
        os_sleep(ms);
    }
}

/* --- semaphores ---------------------------------------------------------------------------------- */

bool rtos_sem_create(rtos_sem_t *sem, u32_t units)
{
    os_sem_init(sem, units);
    return true;
}

/* The system keeps nothing of a semaphore. */
void rtos_sem_delete(rtos_sem_t *sem)
{
    (void)sem;
}

bool rtos_sem_take(rtos_sem_t *sem, u32_t ms)
{
    return os_sem_wait(sem, (ms != RTOS_FOREVER) ? ms : OS_FOREVER);
}

void rtos_sem_give(rtos_sem_t *sem)
{
    os_sem_post(sem);
}

/* --- threads ------------------------------------------------------------------------------------- */

/* A system that knows names, stack sizes and priorities is given them here. */
bool rtos_thread_start(const char *name, void (*function)(void *argument), void *argument,
                       int stack, int priority)
{
    (void)name;
    (void)stack;
    (void)priority;
    return os_task_create(function, argument);
}

/* For the conformance suite, which starts a thread and goes on when it waits. */
unsigned board_waiting(void)
{
    return os_waiting();
}
