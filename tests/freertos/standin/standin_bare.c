/* SPDX-License-Identifier: BSD-3-Clause */
/* standin_bare.c - FreeRTOS' interface on the threads of ports/bare: see FreeRTOS.h.
 *
 * This file is that port, under other names than those of the port that is tested, and a runner of the
 * conformance suite for it. A semaphore or mutex of the kernel's is a semaphore there, a queue a mailbox.
 */
#define cistern_port_fault         bare_port_fault
#define sys_init                   bare_init
#define sys_msleep                 bare_msleep
#define sys_arch_protect           bare_protect
#define sys_arch_unprotect         bare_unprotect
#define sys_thread_new             bare_thread_new
#define sys_arch_netconn_sem_get   bare_netconn_sem_get
#define sys_arch_netconn_sem_alloc bare_netconn_sem_alloc
#define sys_arch_netconn_sem_free  bare_netconn_sem_free
#define sys_sem_new                bare_sem_new
#define sys_sem_signal             bare_sem_signal
#define sys_sem_free               bare_sem_free
#define sys_sem_valid              bare_sem_valid
#define sys_sem_set_invalid        bare_sem_set_invalid
#define sys_arch_sem_wait          bare_sem_wait
#define sys_mutex_new              bare_mutex_new
#define sys_mutex_lock             bare_mutex_lock
#define sys_mutex_unlock           bare_mutex_unlock
#define sys_mutex_free             bare_mutex_free
#define sys_mutex_valid            bare_mutex_valid
#define sys_mutex_set_invalid      bare_mutex_set_invalid
#define sys_mbox_new               bare_mbox_new
#define sys_mbox_post              bare_mbox_post
#define sys_mbox_trypost           bare_mbox_trypost
#define sys_mbox_trypost_fromisr   bare_mbox_trypost_fromisr
#define sys_mbox_free              bare_mbox_free
#define sys_mbox_valid             bare_mbox_valid
#define sys_mbox_set_invalid       bare_mbox_set_invalid
#define sys_arch_mbox_fetch        bare_mbox_fetch
#define sys_arch_mbox_tryfetch     bare_mbox_tryfetch
#define sys_object_semaphores      bare_semaphores
#define sys_object_mutexes         bare_mutexes
#define sys_object_mailboxes       bare_mailboxes
#define sys_object_slot            bare_object_slot
#define sys_object_find            bare_object_find
#define sys_object_take            bare_object_take
#define sys_object_start           bare_object_start
#define sys_object_end             bare_object_end
#define sys_object_give_back       bare_object_give_back
#define sys_object_count_error     bare_object_count_error
#define sys_object_refuse          bare_object_refuse
#define sys_object_refuse_name     bare_object_refuse_name
#define sys_object_refuse_free     bare_object_refuse_free
#define sys_object_is_live         bare_object_is_live

/* The port leaves these out. */
#define sys_now     bare_time_ticks
#define sys_jiffies bare_time_ticks

/* Its objects do not count in lwip_stats, where those of the port that is tested do. */
#define SYS_STATS 0

#include <stdlib.h>

#include "lwip/sys.h"

/* lwip/sys.h leaves these to whoever has macros of the names. */
void sys_msleep(u32_t ms);
int sys_sem_valid(sys_sem_t *sem);
void sys_sem_set_invalid(sys_sem_t *sem);
int sys_mutex_valid(sys_mutex_t *mutex);
void sys_mutex_set_invalid(sys_mutex_t *mutex);
int sys_mbox_valid(sys_mbox_t *mbox);
void sys_mbox_set_invalid(sys_mbox_t *mbox);

#include "platform.c"
#include "switch.c"
#include "sys_mailbox.c"
#include "sys_mutex.c"
#include "sys_object.c"
#include "sys_semaphore.c"
#include "sys_thread.c"
#include "sys_time.c"
#include "tick.c"

#include "FreeRTOS.h"
#include "queue.h"
#include "semphr.h"
#include "target/run_board.c"
#include "task.h"

UBaseType_t standin_mask(void)
{
    return cistern_critical_enter();
}

void standin_unmask(UBaseType_t mask)
{
    cistern_critical_leave(mask);
}

BaseType_t xPortIsInsideInterrupt(void)
{
    return cistern_cpu_in_interrupt() ? pdTRUE : pdFALSE;
}

TickType_t xTaskGetTickCountFromISR(void)
{
    return bare_time_ticks(); /* of a millisecond, as configTICK_RATE_HZ has it */
}

void vTaskDelay(TickType_t ticks)
{
    sys_msleep(ticks);
}

/* --- queues ----------------------------------------------------------------------------------- */

struct standin_queue {
    bool is_static;
    bool has_messages; /* else it is a semaphore */
    sys_sem_t sem;
    sys_mbox_t mbox;
};

_Static_assert(sizeof(struct standin_queue) <= sizeof(StaticQueue_t), "StaticQueue_t is too small");

QueueHandle_t standin_queue(UBaseType_t length, UBaseType_t items, void *storage,
                            StaticQueue_t *memory)
{
    standin_queue_t *const queue =
        (memory != NULL) ? (standin_queue_t *)(void *)memory : malloc(sizeof *queue);
    (void)storage; /* a mailbox has its own */
    *queue = (standin_queue_t){.is_static = memory != NULL, .has_messages = length > 0};
    const err_t made = queue->has_messages ? sys_mbox_new(&queue->mbox, (int)length)
                                           : sys_sem_new(&queue->sem, (u8_t)items);
    standin_assert(made == ERR_OK);
    return queue;
}

void vQueueDelete(QueueHandle_t queue)
{
    if (queue->has_messages) {
        sys_mbox_free(&queue->mbox);
    } else {
        sys_sem_free(&queue->sem);
    }
    if (!queue->is_static) {
        free(queue);
    }
}

UBaseType_t uxQueueMessagesWaitingFromISR(QueueHandle_t queue)
{
    const mailbox_t *const mailbox = mbox_find(&queue->mbox);
    return mailbox->count;
}

static BaseType_t post(QueueHandle_t queue, void *message, TickType_t ticks)
{
    if (ticks == 0) {
        return (sys_mbox_trypost(&queue->mbox, message) == ERR_OK) ? pdTRUE : pdFALSE;
    }
    sys_mbox_post(&queue->mbox, message);
    return pdTRUE;
}

BaseType_t xQueueSend(QueueHandle_t queue, const void *item, TickType_t ticks)
{
    if (queue->has_messages) {
        return post(queue, *(void *const *)item, ticks);
    }
    sys_sem_signal(&queue->sem);
    return pdTRUE;
}

BaseType_t xQueueReceive(QueueHandle_t queue, void *item, TickType_t ticks)
{
    const u32_t timeout = (ticks == portMAX_DELAY) ? 0 : ticks;
    u32_t waited;
    if (!queue->has_messages) {
        waited = sys_arch_sem_wait(&queue->sem, timeout);
    } else if (ticks == 0) {
        waited = sys_arch_mbox_tryfetch(&queue->mbox, item);
    } else {
        waited = sys_arch_mbox_fetch(&queue->mbox, item, timeout);
    }
    return (waited != SYS_ARCH_TIMEOUT) ? pdTRUE : pdFALSE;
}

/* --- tasks ------------------------------------------------------------------------------------ */

BaseType_t xTaskCreate(void (*function)(void *argument), const char *name,
                       configSTACK_DEPTH_TYPE words, void *argument, UBaseType_t priority,
                       TaskHandle_t *task)
{
    const int bytes = (int)(words * sizeof(StackType_t));
    *task = (TaskHandle_t)(void *)sys_thread_new(name, function, argument, bytes, (int)priority);
    return (*task != NULL) ? pdPASS : pdFALSE;
}

/* The calling task's function returns next, which ends a thread of the bare port. */
void vTaskDelete(TaskHandle_t task)
{
    standin_assert(task == NULL);
}

TaskHandle_t xTaskGetCurrentTaskHandle(void)
{
    return (TaskHandle_t)(void *)bare_thread_running();
}

BaseType_t xTaskGetSchedulerState(void)
{
    return taskSCHEDULER_RUNNING;
}
