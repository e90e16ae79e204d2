/* SPDX-License-Identifier: BSD-3-Clause */
/* os.c - os.h on POSIX threads: one lock for all semaphores, and one condition for every change.
 *
 *   sem   units 0, first --> [waiter] --> [waiter]      on the stacks of the tasks that wait
 *
 * (I1) with the lock free, a task takes a unit only if it is the first of the semaphore, or none waits
 */
#define _GNU_SOURCE 1
#include "os.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

typedef struct os_waiter {
    struct os_waiter *next;
} os_waiter_t;

typedef struct os_start {
    void (*function)(void *argument);
    void *argument;
} os_start_t;

static pthread_mutex_t os_scheduler = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_mutex_t os_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t os_changed;
static pthread_once_t os_once = PTHREAD_ONCE_INIT;
static unsigned os_waiters;

static void os_start(void)
{
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&os_changed, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

/* --- time --------------------------------------------------------------------------------------- */

static uint64_t os_nanoseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static struct timespec os_time_in(uint32_t ms)
{
    const uint64_t end = os_nanoseconds() + (uint64_t)ms * 1000000U;
    return (struct timespec){.tv_sec = (time_t)(end / 1000000000U),
                             .tv_nsec = (long)(end % 1000000000U)};
}

uint32_t os_milliseconds(void)
{
    return (uint32_t)(os_nanoseconds() / 1000000U);
}

/* The end is absolute: a signal on the way makes the sleep neither shorter nor longer. */
void os_sleep(uint32_t ms)
{
    const struct timespec end = os_time_in(ms);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR) {
    }
}

/* --- semaphores --------------------------------------------------------------------------------- */

void os_sem_init(os_sem_t *sem, uint32_t units)
{
    (void)pthread_once(&os_once, os_start);
    *sem = (os_sem_t){.units = units};
}

static os_waiter_t **os_end_of(os_sem_t *sem, const os_waiter_t *stop)
{
    os_waiter_t **link = &sem->first;
    while (*link != stop) {
        link = &(*link)->next;
    }
    return link;
}

/* Waits for its turn, until `end`, NULL for ever. With the lock. */
static bool os_take_turn(os_sem_t *sem, const struct timespec *end)
{
    os_waiter_t me = {.next = NULL};
    int status = 0;
    *os_end_of(sem, NULL) = &me;
    ++os_waiters;
    while ((sem->units == 0 || sem->first != &me) && status == 0) {
        status = (end == NULL) ? pthread_cond_wait(&os_changed, &os_mutex)
                               : pthread_cond_timedwait(&os_changed, &os_mutex, end);
    }
    const bool mine = sem->units > 0 && sem->first == &me;
    --os_waiters;
    *os_end_of(sem, &me) = me.next;
    (void)pthread_cond_broadcast(&os_changed); /* for the one that is first now */
    return mine;
}

bool os_sem_wait(os_sem_t *sem, uint32_t ms)
{
    const struct timespec end = os_time_in(ms);
    (void)pthread_mutex_lock(&os_mutex);
    bool mine = sem->units > 0 && sem->first == NULL; /* (I1) */
    if (!mine && ms != 0) {
        mine = os_take_turn(sem, (ms != OS_FOREVER) ? &end : NULL);
    }
    sem->units -= mine ? 1U : 0U;
    (void)pthread_mutex_unlock(&os_mutex);
    return mine;
}

void os_sem_post(os_sem_t *sem)
{
    (void)pthread_mutex_lock(&os_mutex);
    ++sem->units;
    (void)pthread_cond_broadcast(&os_changed);
    (void)pthread_mutex_unlock(&os_mutex);
}

unsigned os_waiting(void)
{
    (void)pthread_mutex_lock(&os_mutex);
    const unsigned waiting = os_waiters;
    (void)pthread_mutex_unlock(&os_mutex);
    return waiting;
}

/* --- tasks -------------------------------------------------------------------------------------- */

static void *os_run(void *argument)
{
    const os_start_t start = *(os_start_t *)argument;
    free(argument);
    start.function(start.argument);
    return NULL;
}

bool os_task_create(void (*function)(void *argument), void *argument)
{
    pthread_t thread;
    os_start_t *const start = malloc(sizeof *start);
    if (start == NULL) {
        return false;
    }
    *start = (os_start_t){function, argument};
    if (pthread_create(&thread, NULL, os_run, start) != 0) {
        free(start);
        return false;
    }
    (void)pthread_detach(thread);
    return true;
}

void os_lock(void)
{
    (void)pthread_mutex_lock(&os_scheduler);
}

void os_unlock(void)
{
    (void)pthread_mutex_unlock(&os_scheduler);
}
