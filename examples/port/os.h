/* SPDX-License-Identifier: BSD-3-Clause */
/* os.h - stands for your system: counting semaphores, tasks, a clock and a scheduler lock. It runs on a
 * host's threads, so that the example does. */
#ifndef OS_H
#define OS_H

#include <stdbool.h>
#include <stdint.h>

#define OS_FOREVER UINT32_MAX

typedef struct os_sem {
    uint32_t units;
    struct os_waiter *first; /* has waited longest */
} os_sem_t;

void os_sem_init(os_sem_t *sem, uint32_t units);

/* Takes a unit, in order of arrival; false if none came within `ms`. */
bool os_sem_wait(os_sem_t *sem, uint32_t ms);

void os_sem_post(os_sem_t *sem);

/* Tasks that wait at some semaphore now. */
unsigned os_waiting(void);

bool os_task_create(void (*function)(void *argument), void *argument);

uint32_t os_milliseconds(void);
void os_sleep(uint32_t ms);

/* Keeps other tasks out; nests. */
void os_lock(void);
void os_unlock(void);

#endif
