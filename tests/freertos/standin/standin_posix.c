/* SPDX-License-Identifier: BSD-3-Clause */
/* standin_posix.c - FreeRTOS' interface on POSIX threads: see FreeRTOS.h.
 *
 * One lock, and one condition that is broadcast at each change. A queue has two lines of tickets,
 * for who takes items and for who takes places; a ticket is served when it is the lowest of its
 * line.
 */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "FreeRTOS.h"
#include "queue.h"
#include "semphr.h"
#include "task.h"

typedef struct waiter {
    struct waiter *next;
} waiter_t;

struct standin_queue {
    UBaseType_t length; /* 0: a semaphore, which has no end of places */
    UBaseType_t items;
    UBaseType_t first;
    void **storage;
    waiter_t *takers;
    waiter_t *givers;
    bool is_static;
    bool owns_storage;
};

_Static_assert(sizeof(struct standin_queue) <= sizeof(StaticQueue_t), "StaticQueue_t is too small");

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_mutex_t section = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

void standin_enter(void)
{
    (void)pthread_mutex_lock(&section);
}

void standin_leave(void)
{
    (void)pthread_mutex_unlock(&section);
}

/* --- time ---------------------------------------------------------------------------------------
 */

static struct timespec now_and(TickType_t ticks)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_REALTIME, &time);
    time.tv_sec += ticks / 1000U;
    time.tv_nsec += (long)(ticks % 1000U) * 1000000L;
    if (time.tv_nsec >= 1000000000L) {
        ++time.tv_sec;
        time.tv_nsec -= 1000000000L;
    }
    return time;
}

TickType_t xTaskGetTickCountFromISR(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (TickType_t)((uint64_t)time.tv_sec * 1000U + (uint64_t)time.tv_nsec / 1000000U);
}

void vTaskDelay(TickType_t ticks)
{
    const TickType_t start = xTaskGetTickCountFromISR();
    while (xTaskGetTickCountFromISR() - start < ticks) {
        (void)usleep(500);
    }
}

/* --- queues -------------------------------------------------------------------------------------
 */

QueueHandle_t standin_queue(UBaseType_t length, UBaseType_t items, void *storage,
                            StaticQueue_t *memory)
{
    standin_queue_t *const queue =
        (memory != NULL) ? (standin_queue_t *)(void *)memory : malloc(sizeof *queue);
    *queue = (standin_queue_t){.length = length,
                               .items = items,
                               .storage = storage,
                               .is_static = memory != NULL,
                               .owns_storage = storage == NULL};
    if (length > 0 && storage == NULL) {
        queue->storage = malloc(length * sizeof(void *));
    }
    return queue;
}

void vQueueDelete(QueueHandle_t queue)
{
    if (queue->owns_storage) {
        free(queue->storage);
    }
    if (!queue->is_static) {
        free(queue);
    }
}

UBaseType_t uxQueueMessagesWaitingFromISR(QueueHandle_t queue)
{
    (void)pthread_mutex_lock(&lock);
    const UBaseType_t items = queue->items;
    (void)pthread_mutex_unlock(&lock);
    return items;
}

static bool has_item(const standin_queue_t *queue)
{
    return queue->items > 0;
}

static bool has_place(const standin_queue_t *queue)
{
    return queue->length == 0 || queue->items < queue->length;
}

static unsigned waiting; /* threads on all lines */

unsigned standin_waiting(void)
{
    (void)pthread_mutex_lock(&lock);
    const unsigned now = waiting;
    (void)pthread_mutex_unlock(&lock);
    return now;
}

static waiter_t **end_of(waiter_t **line, const waiter_t *stop)
{
    while (*line != stop) {
        line = &(*line)->next;
    }
    return line;
}

/* Waits in a line until it is its turn and `ready`; false if that took too long. With the lock. */
static bool wait_in(waiter_t **line, bool (*ready)(const standin_queue_t *),
                    const standin_queue_t *queue, TickType_t ticks)
{
    const struct timespec deadline = now_and(ticks);
    waiter_t me = {NULL};
    ++waiting;
    int status = 0;
    *end_of(line, NULL) = &me;
    while ((*line != &me || !ready(queue)) && status == 0 && ticks != 0) {
        status = (ticks == portMAX_DELAY) ? pthread_cond_wait(&changed, &lock)
                                          : pthread_cond_timedwait(&changed, &lock, &deadline);
    }
    const bool served = *line == &me && ready(queue);
    --waiting;
    *end_of(line, &me) = me.next;
    (void)pthread_cond_broadcast(&changed);
    return served;
}

BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t ticks)
{
    (void)pthread_mutex_lock(&lock);
    const bool served = wait_in(&queue->givers, has_place, queue, ticks);
    if (served) {
        if (queue->length > 0) {
            memcpy(&queue->storage[(queue->first + queue->items) % queue->length], item,
                   sizeof(void *));
        }
        ++queue->items;
    }
    (void)pthread_mutex_unlock(&lock);
    return served ? pdTRUE : pdFALSE;
}

BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t ticks)
{
    (void)pthread_mutex_lock(&lock);
    const bool served = wait_in(&queue->takers, has_item, queue, ticks);
    if (served) {
        if (queue->length > 0) {
            memcpy(item, &queue->storage[queue->first], sizeof(void *));
            queue->first = (queue->first + 1U) % queue->length;
        }
        --queue->items;
    }
    (void)pthread_mutex_unlock(&lock);
    return served ? pdTRUE : pdFALSE;
}

/* --- tasks --------------------------------------------------------------------------------------
 */

typedef struct start {
    void (*function)(void *argument);
    void *argument;
} start_t;

static _Thread_local char current;
static _Thread_local void *local;

static void *run(void *argument)
{
    const start_t start = *(start_t *)argument;
    free(argument);
    start.function(start.argument);
    return NULL;
}

BaseType_t xTaskCreate(void (*function)(void *argument), const char *name,
                       configSTACK_DEPTH_TYPE words, void *argument, UBaseType_t priority,
                       TaskHandle_t *task)
{
    pthread_t thread;
    start_t *const start = malloc(sizeof *start);
    (void)name;
    (void)words;
    (void)priority;
    *start = (start_t){function, argument};
    if (pthread_create(&thread, NULL, run, start) != 0) {
        free(start);
        return pdFALSE;
    }
    (void)pthread_detach(thread);
    *task = (TaskHandle_t)(void *)start; /* a name that is not NULL */
    return pdPASS;
}

void vTaskDelete(TaskHandle_t task)
{
    standin_assert(task == NULL);
    pthread_exit(NULL);
}

TaskHandle_t xTaskGetCurrentTaskHandle(void)
{
    return (TaskHandle_t)(void *)&current;
}

BaseType_t xTaskGetSchedulerState(void)
{
    return taskSCHEDULER_RUNNING;
}

void *pvTaskGetThreadLocalStoragePointer(TaskHandle_t task, BaseType_t index)
{
    standin_assert(task == NULL && index == 0);
    return local;
}

void vTaskSetThreadLocalStoragePointer(TaskHandle_t task, BaseType_t index, void *value)
{
    standin_assert(task == NULL && index == 0);
    local = value;
}
