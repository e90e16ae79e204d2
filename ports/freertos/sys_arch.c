/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_arch.c (freertos) - the OS layer on FreeRTOS' own tasks, queues, semaphores and mutexes.
 *
 *   slot      | object, calls, waiters | posters 0 | holder | kernel's handle | its memory |
 *              ports/oslayer: object_table.inc, object_calls.inc
 *
 * Invariants, outside the section:
 *   (I1) holder is the task that has locked the mutex, or NULL; only that task changes it
 *   (I2) posters is the number of tasks that wait for a place in the mailbox
 *   (I3) a slot in which no object lives has no holder and no posters
 *
 * The kernel wakes by priority, and tasks of one priority in the order in which they came. The
 * number of ticks of a timeout is rounded up, with one more for the tick that has begun.
 *
 * Options, for lwipopts.h:
 * | option                                 | default            | effect                          |
 * |----------------------------------------|--------------------|---------------------------------|
 * | CISTERN_FREERTOS_IN_ISR()              | kernel's           | true in an interrupt; default 0 |
 * |                                        |                    | on other than Cortex-M          |
 * | CISTERN_FREERTOS_YIELD_FROM_ISR(woken) | portYIELD_FROM_ISR | ends an interrupt that has      |
 * |                                        |                    | woken a thread                  |
 */
#include "lwip/opt.h"

#include <string.h>

#include "FreeRTOS.h"
#include "queue.h"
#include "semphr.h"
#include "task.h"

#include "arch/cistern_port.h"
#include "cistern/fault.h"
#include "lwip/sys.h"

/* --- time ------------------------------------------------------------------------------------- */

/* Ticks since the scheduler started, in 64 bits: extended at each call, of which there must be one
 * in each wrap of the kernel's own count. */
static uint64_t sys_ticks(void)
{
    static TickType_t last;
    static uint64_t wraps;
    const cistern_critical_t state = cistern_critical_enter();
    const TickType_t now = xTaskGetTickCountFromISR();
    wraps += (now < last) ? 1U : 0U;
    last = now;
    const uint64_t ticks = (wraps << (sizeof(TickType_t) * 8U - 1U) << 1) + now;
    cistern_critical_leave(state);
    return ticks;
}

u32_t sys_now(void)
{
    return (u32_t)(sys_ticks() * 1000U / configTICK_RATE_HZ);
}

u32_t sys_jiffies(void)
{
    return (u32_t)sys_ticks();
}

sys_prot_t sys_arch_protect(void)
{
    return cistern_critical_enter();
}

void sys_arch_unprotect(sys_prot_t pval)
{
    cistern_critical_leave(pval);
}

#if !NO_SYS

/* Ticks that last `ms` milliseconds at least; the longest wait that the kernel knows if those are
 * more. */
static TickType_t sys_ticks_of(u32_t ms)
{
    const uint64_t ticks = ((uint64_t)ms * configTICK_RATE_HZ + 999U) / 1000U + 1U;
    return (ticks < portMAX_DELAY) ? (TickType_t)ticks : (TickType_t)(portMAX_DELAY - 1U);
}

/* The same for a timeout, of which 0 is for ever. */
static TickType_t sys_patience(u32_t timeout)
{
    return (timeout == 0) ? portMAX_DELAY : sys_ticks_of(timeout);
}

void sys_msleep(u32_t ms)
{
    if (ms != 0) {
        vTaskDelay(sys_ticks_of(ms));
    }
}

/* --- the interrupt that a call may be in ------------------------------------------------------ */

#    ifndef CISTERN_FREERTOS_IN_ISR
#        if defined __ARM_ARCH_PROFILE && __ARM_ARCH_PROFILE == 'M'
#            define CISTERN_FREERTOS_IN_ISR() (xPortIsInsideInterrupt() != pdFALSE)
#        else
#            define CISTERN_FREERTOS_IN_ISR() 0
#        endif
#    endif

/* Ends an interrupt that has woken a thread. An interrupt whose own end switches threads anyway can have
 * nothing here. */
#    ifndef CISTERN_FREERTOS_YIELD_FROM_ISR
#        define CISTERN_FREERTOS_YIELD_FROM_ISR(woken) portYIELD_FROM_ISR(woken)
#    endif

/* --- slots ------------------------------------------------------------------------------------ */

#    include "../oslayer/object_calls.inc"

typedef struct sys_slot {
    object_called_t called;
    u16_t posters;
    TaskHandle_t holder;
    QueueHandle_t queue; /* what semaphores and mutexes are, too */
#    if configSUPPORT_STATIC_ALLOCATION
    StaticQueue_t memory;
    void *messages; /* of a mailbox, from the kernel's heap */
#    endif
} sys_slot_t;

static sys_slot_t sys_sem_slots[CISTERN_FREERTOS_SEMAPHORES];
static sys_object_list_t sys_sem_list;

const sys_object_table_t sys_object_semaphores = {
    SYS_OBJECT_SLOTS("semaphore", sys_sem_slots, sys_sem_list, sem)};

static sys_slot_t sys_mbox_slots[CISTERN_FREERTOS_MAILBOXES];
static sys_object_list_t sys_mbox_list;

const sys_object_table_t sys_object_mailboxes = {
    SYS_OBJECT_SLOTS("mailbox", sys_mbox_slots, sys_mbox_list, mbox)};

static sys_slot_t *sys_begin(const sys_object_table_t *table, const sys_name_t *name, u16_t waiters)
{
    return (sys_slot_t *)object_begin(table, name, waiters);
}

#    if configSUPPORT_STATIC_ALLOCATION && configSUPPORT_DYNAMIC_ALLOCATION
static void sys_free_messages(sys_slot_t *slot)
{
    vPortFree(slot->messages);
    slot->messages = NULL;
}
#    else
static void sys_free_messages(const sys_slot_t *slot)
{
    (void)slot;
}
#    endif

static void object_delete(const sys_object_table_t *table, object_called_t *called)
{
    (void)table;
    sys_slot_t *const slot = (sys_slot_t *)called;
    if (slot->queue != NULL) {
        vQueueDelete(slot->queue);
        slot->queue = NULL;
        sys_free_messages(slot);
    }
}

/* What a wait returns that began at `start`. */
static u32_t sys_waited(BaseType_t served, u32_t start)
{
    return (served == pdTRUE) ? sys_now() - start : SYS_ARCH_TIMEOUT;
}

/* --- the kernel's objects, static where that is configured ------------------------------------ */

/* Keeps what the kernel made, NULL if nothing, in a slot; true if it made something. */
static bool sys_hold(object_called_t *called, QueueHandle_t queue)
{
    sys_slot_t *const slot = (sys_slot_t *)called;
    CISTERN_ASSERT(slot->posters == 0 && slot->holder == NULL); /* (I3) */
    slot->queue = queue;
    return queue != NULL;
}

#    if configSUPPORT_STATIC_ALLOCATION

static bool sys_make_sem(object_called_t *called, int units)
{
    return sys_hold(called, xSemaphoreCreateCountingStatic((UBaseType_t)-1, (UBaseType_t)units,
                                                           &((sys_slot_t *)called)->memory));
}

static bool sys_make_mutex(object_called_t *called, int unused)
{
    (void)unused;
    return sys_hold(called, xSemaphoreCreateMutexStatic(&((sys_slot_t *)called)->memory));
}

#        if configSUPPORT_DYNAMIC_ALLOCATION
static void *sys_messages(sys_slot_t *slot, size_t size)
{
    slot->messages = pvPortMalloc(size * sizeof(void *));
    return slot->messages;
}
#        else
static void *sys_message_memory[CISTERN_FREERTOS_MAILBOXES][CISTERN_FREERTOS_MBOX_SIZE];

static void *sys_messages(sys_slot_t *slot, size_t size)
{
    return (size <= CISTERN_FREERTOS_MBOX_SIZE) ? sys_message_memory[slot - sys_mbox_slots] : NULL;
}
#        endif

static bool sys_make_mbox(object_called_t *called, int size)
{
    sys_slot_t *const slot = (sys_slot_t *)called;
    void *const messages = sys_messages(slot, (size_t)size);
    return messages != NULL &&
           sys_hold(called,
                    xQueueCreateStatic((UBaseType_t)size, sizeof(void *), messages, &slot->memory));
}

#    else

static bool sys_make_sem(object_called_t *called, int units)
{
    return sys_hold(called, xSemaphoreCreateCounting((UBaseType_t)-1, (UBaseType_t)units));
}

static bool sys_make_mutex(object_called_t *called, int unused)
{
    (void)unused;
    return sys_hold(called, xSemaphoreCreateMutex());
}

static bool sys_make_mbox(object_called_t *called, int size)
{
    return sys_hold(called, xQueueCreate((UBaseType_t)size, sizeof(void *)));
}

#    endif

/* --- semaphores ------------------------------------------------------------------------------- */

err_t sys_sem_new(sys_sem_t *sem, u8_t count)
{
    sys_name_t *const name = (sem != NULL) ? &sem->name : NULL;
    return object_new(&sys_object_semaphores, name, sys_make_sem, count);
}

void sys_sem_free(sys_sem_t *sem)
{
    object_free(&sys_object_semaphores, sys_sem_name(sem), NULL);
}

void sys_sem_signal(sys_sem_t *sem)
{
    sys_slot_t *const slot = sys_begin(&sys_object_semaphores, sys_sem_name(sem), 0);
    if (slot == NULL) {
        return;
    }
    if (CISTERN_FREERTOS_IN_ISR()) {
        BaseType_t woken = pdFALSE;
        (void)xSemaphoreGiveFromISR(slot->queue, &woken);
        object_end(&sys_object_semaphores, &slot->called, 0);
        CISTERN_FREERTOS_YIELD_FROM_ISR(woken);
    } else {
        (void)xSemaphoreGive(slot->queue);
        object_end(&sys_object_semaphores, &slot->called, 0);
    }
}

u32_t sys_arch_sem_wait(sys_sem_t *sem, u32_t timeout)
{
    sys_slot_t *const slot = sys_begin(&sys_object_semaphores, sys_sem_name(sem), 1);
    if (slot == NULL) {
        return SYS_ARCH_TIMEOUT;
    }
    const u32_t start = sys_now();
    const BaseType_t served = xSemaphoreTake(slot->queue, sys_patience(timeout));
    object_end(&sys_object_semaphores, &slot->called, 1);
    return sys_waited(served, start);
}

/* --- mutexes ---------------------------------------------------------------------------------- */

#    if !LWIP_COMPAT_MUTEX

static sys_slot_t sys_mutex_slots[CISTERN_FREERTOS_MUTEXES];
static sys_object_list_t sys_mutex_list;

const sys_object_table_t sys_object_mutexes = {
    SYS_OBJECT_SLOTS("mutex", sys_mutex_slots, sys_mutex_list, mutex)};

err_t sys_mutex_new(sys_mutex_t *mutex)
{
    sys_name_t *const name = (mutex != NULL) ? &mutex->name : NULL;
    return object_new(&sys_object_mutexes, name, sys_make_mutex, 0);
}

static const char *sys_mutex_in_use(const object_called_t *called)
{
    return (((const sys_slot_t *)called)->holder != NULL) ? "refused free: it is locked" : NULL;
}

void sys_mutex_free(sys_mutex_t *mutex)
{
    object_free(&sys_object_mutexes, sys_mutex_name(mutex), sys_mutex_in_use);
}

void sys_mutex_lock(sys_mutex_t *mutex)
{
    sys_slot_t *const slot = sys_begin(&sys_object_mutexes, sys_mutex_name(mutex), 1);
    if (slot == NULL) {
        return;
    }
    if (slot->holder == xTaskGetCurrentTaskHandle()) { /* (I1) */
        object_end(&sys_object_mutexes, &slot->called, 1);
        sys_object_refuse(&sys_object_mutexes, sys_mutex_name(mutex),
                          "a lock by the thread that holds it");
        return;
    }
    (void)xSemaphoreTake(slot->queue, portMAX_DELAY);
    slot->holder = xTaskGetCurrentTaskHandle();
    object_end(&sys_object_mutexes, &slot->called, 1);
}

void sys_mutex_unlock(sys_mutex_t *mutex)
{
    sys_slot_t *const slot = sys_begin(&sys_object_mutexes, sys_mutex_name(mutex), 0);
    if (slot == NULL) {
        return;
    }
    const bool holds = slot->holder == xTaskGetCurrentTaskHandle();
    if (holds) {
        slot->holder = NULL;
        (void)xSemaphoreGive(slot->queue);
    }
    object_end(&sys_object_mutexes, &slot->called, 0);
    if (!holds) {
        sys_object_refuse(&sys_object_mutexes, sys_mutex_name(mutex),
                          "an unlock by a thread that does not hold it");
    }
}

#    endif

/* --- mailboxes -------------------------------------------------------------------------------- */

err_t sys_mbox_new(sys_mbox_t *mbox, int size)
{
    sys_name_t *const name = (mbox != NULL) ? &mbox->name : NULL;
    return object_new(&sys_object_mailboxes, name, sys_make_mbox,
                      (size > 0) ? size : CISTERN_FREERTOS_MBOX_SIZE);
}

static const char *sys_mbox_in_use(const object_called_t *called)
{
    const sys_slot_t *const slot = (const sys_slot_t *)called;
    return (uxQueueMessagesWaitingFromISR(slot->queue) != 0) ? "refused free: messages are in it"
                                                             : NULL;
}

void sys_mbox_free(sys_mbox_t *mbox)
{
    object_free(&sys_object_mailboxes, sys_mbox_name(mbox), sys_mbox_in_use);
}

/* Ends a call that posts without waiting. */
static err_t sys_posted(sys_slot_t *slot, bool posted)
{
    if (!posted) {
        object_count_error(&sys_object_mailboxes);
    }
    object_end(&sys_object_mailboxes, &slot->called, 0);
    return posted ? ERR_OK : ERR_MEM;
}

/* Whether a message went in at once: not past those who wait to post. */
static bool sys_post_now(sys_slot_t *slot, void *msg)
{
    return slot->posters == 0 && xQueueSend(slot->queue, &msg, 0) == pdTRUE;
}

/* Becomes one of those who wait to post (I2), and ends as such. */
static void sys_count_poster(sys_slot_t *slot, int more)
{
    const cistern_critical_t state = cistern_critical_enter();
    slot->posters = (u16_t)(slot->posters + more);
    slot->called.waiters = (u16_t)(slot->called.waiters + more);
    cistern_critical_leave(state);
}

void sys_mbox_post(sys_mbox_t *mbox, void *msg)
{
    sys_slot_t *const slot = sys_begin(&sys_object_mailboxes, sys_mbox_name(mbox), 0);
    if (slot == NULL) {
        return;
    }
    if (!sys_post_now(slot, msg)) {
        sys_count_poster(slot, 1);
        (void)xQueueSend(slot->queue, &msg, portMAX_DELAY);
        sys_count_poster(slot, -1);
    }
    object_end(&sys_object_mailboxes, &slot->called, 0);
}

err_t sys_mbox_trypost_fromisr(sys_mbox_t *mbox, void *msg)
{
    BaseType_t woken = pdFALSE;
    sys_slot_t *const slot = sys_begin(&sys_object_mailboxes, sys_mbox_name(mbox), 0);
    if (slot == NULL) {
        return ERR_ARG;
    }
    const bool posted =
        slot->posters == 0 && xQueueSendFromISR(slot->queue, &msg, &woken) == pdTRUE;
    const err_t result = sys_posted(slot, posted);
    CISTERN_FREERTOS_YIELD_FROM_ISR(woken);
    return result;
}

err_t sys_mbox_trypost(sys_mbox_t *mbox, void *msg)
{
    if (CISTERN_FREERTOS_IN_ISR()) {
        return sys_mbox_trypost_fromisr(mbox, msg);
    }
    sys_slot_t *const slot = sys_begin(&sys_object_mailboxes, sys_mbox_name(mbox), 0);
    return (slot != NULL) ? sys_posted(slot, sys_post_now(slot, msg)) : ERR_ARG;
}

/* Takes a message into *msg, NULL if none comes within `ticks`; msg may be NULL. */
static u32_t sys_fetch(sys_mbox_t *mbox, void **msg, TickType_t ticks)
{
    const u16_t waiters = (ticks != 0) ? 1U : 0U;
    void *message = NULL;
    u32_t waited = SYS_ARCH_TIMEOUT;
    sys_slot_t *const slot = sys_begin(&sys_object_mailboxes, sys_mbox_name(mbox), waiters);
    if (slot != NULL) {
        const u32_t start = sys_now();
        waited = sys_waited(xQueueReceive(slot->queue, &message, ticks), start);
        object_end(&sys_object_mailboxes, &slot->called, waiters);
    }
    if (msg != NULL) {
        *msg = message;
    }
    return waited;
}

u32_t sys_arch_mbox_fetch(sys_mbox_t *mbox, void **msg, u32_t timeout)
{
    return sys_fetch(mbox, msg, sys_patience(timeout));
}

u32_t sys_arch_mbox_tryfetch(sys_mbox_t *mbox, void **msg)
{
    return (sys_fetch(mbox, msg, 0) == SYS_ARCH_TIMEOUT) ? SYS_MBOX_EMPTY : 0;
}

/* --- threads ---------------------------------------------------------------------------------- */

#    define THREAD_STARTS CISTERN_FREERTOS_THREADS
#    include "../oslayer/thread_starts.inc"

static void sys_run(void *argument)
{
    thread_run(argument);
    vTaskDelete(NULL);
}

static size_t sys_stack_words(int stacksize)
{
    if (stacksize <= 0) {
        return CISTERN_FREERTOS_STACK_BYTES / sizeof(StackType_t);
    }
    return ((size_t)stacksize + sizeof(StackType_t) - 1U) / sizeof(StackType_t);
}

static UBaseType_t sys_priority(int prio)
{
    const UBaseType_t most = configMAX_PRIORITIES - 1U;
    return (prio < 0) ? 0 : ((UBaseType_t)prio > most) ? most : (UBaseType_t)prio;
}

#    if configSUPPORT_DYNAMIC_ALLOCATION

static TaskHandle_t sys_create(const char *name, size_t words, thread_start_t *start,
                               UBaseType_t priority)
{
    TaskHandle_t task = NULL;
    const BaseType_t made =
        xTaskCreate(sys_run, name, (configSTACK_DEPTH_TYPE)words, start, priority, &task);
    return (made == pdPASS) ? task : NULL;
}

#    else

static TaskHandle_t sys_create(const char *name, size_t words, thread_start_t *start,
                               UBaseType_t priority)
{
    StaticTask_t *task = NULL;
    StackType_t *const stack = cistern_freertos_stack(name, words, &task);
    return (stack == NULL) ? NULL
                           : xTaskCreateStatic(sys_run, name, (configSTACK_DEPTH_TYPE)words, start,
                                               priority, stack, task);
}

#    endif

/* The kernel's idle task gives back the memory of tasks that have ended: it gets its turn, once. */
static sys_thread_t thread_create(const char *name, thread_start_t *start, int stacksize, int prio)
{
    const size_t words = sys_stack_words(stacksize);
    TaskHandle_t task = sys_create(name, words, start, sys_priority(prio));
    if (task == NULL && xTaskGetSchedulerState() == taskSCHEDULER_RUNNING) {
        vTaskDelay(2);
        task = sys_create(name, words, start, sys_priority(prio));
    }
    return task;
}

#    ifdef CISTERN_FREERTOS_TLS_INDEX

typedef struct sys_own_sem {
    sys_sem_t sem; /* first, so that its address is that of the slot */
    bool taken;
} sys_own_sem_t;

static sys_own_sem_t sys_own_sems[CISTERN_FREERTOS_THREADS + 1];

static void sys_give_back_own(sys_own_sem_t *own)
{
    const cistern_critical_t state = cistern_critical_enter();
    own->taken = false;
    cistern_critical_leave(state);
}

static sys_own_sem_t *sys_take_own(void)
{
    sys_own_sem_t *const end = sys_own_sems + CISTERN_FREERTOS_THREADS + 1;
    sys_own_sem_t *own = sys_own_sems;
    const cistern_critical_t state = cistern_critical_enter();
    while (own < end && own->taken) {
        ++own;
    }
    if (own < end) {
        own->taken = true;
    }
    cistern_critical_leave(state);
    return (own < end) ? own : NULL;
}

/* Makes the calling thread's semaphore; NULL if none is left. */
static sys_sem_t *sys_make_own(void)
{
    sys_own_sem_t *const own = sys_take_own();
    if (own == NULL) {
        return NULL;
    }
    if (sys_sem_new(&own->sem, 0) != ERR_OK) {
        sys_give_back_own(own);
        return NULL;
    }
    vTaskSetThreadLocalStoragePointer(NULL, CISTERN_FREERTOS_TLS_INDEX, &own->sem);
    return &own->sem;
}

void sys_arch_netconn_sem_alloc(void)
{
    (void)sys_arch_netconn_sem_get();
}

sys_sem_t *sys_arch_netconn_sem_get(void)
{
    sys_sem_t *const sem = pvTaskGetThreadLocalStoragePointer(NULL, CISTERN_FREERTOS_TLS_INDEX);
    return (sem != NULL) ? sem : sys_make_own();
}

void sys_arch_netconn_sem_free(void)
{
    sys_sem_t *const sem = pvTaskGetThreadLocalStoragePointer(NULL, CISTERN_FREERTOS_TLS_INDEX);
    if (sem != NULL) {
        vTaskSetThreadLocalStoragePointer(NULL, CISTERN_FREERTOS_TLS_INDEX, NULL);
        sys_sem_free(sem);
        sys_give_back_own((sys_own_sem_t *)(void *)sem);
    }
}

#    endif

#endif

/* --- start and faults ------------------------------------------------------------------------- */

/* Objects are the kernel's and need nothing; sys_now begins to count with the scheduler. */
void sys_init(void) {}

#ifdef __GNUC__
__attribute__((weak))
#endif
/* A fault that the application has no handler for: a line, and an assertion of the kernel's, which a
 * release build leaves out. Define a function of this name to do otherwise. */
void cistern_port_fault(const cistern_fault_t *fault)
{
    LWIP_PLATFORM_DIAG(("cistern: %s: %s\n", cistern_fault_text(fault->kind),
                        (fault->name != NULL) ? fault->name : ""));
    configASSERT(fault == NULL);
}
