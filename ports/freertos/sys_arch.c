/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_arch.c (freertos) - the OS layer on FreeRTOS' own tasks, queues, semaphores and mutexes.
 *
 *   variable  { name 0x00030002 }             use 3 of slot 2
 *   table     | slot 0 | slot 1 | slot 2 ... |
 *   slot      name 0x00030002, calls 1, waiters 1, posters 0, holder, kernel's handle, its memory
 *
 * Vocabulary: an object lives from new to free; a call is in an object from its begin to its end; a
 * waiter is a call that may wait.
 *
 * Invariants, outside the section:
 *   (I1) a slot's name is 0, or the name of the object that lives in it; a name is given once, for
 *        2^16 uses of a slot
 *   (I2) calls is the number of calls that are in the object, waiters how many of them may wait. An
 *        object that has waiters does not end. One that has other calls does: who is woken by a
 *        signal may free the semaphore before the signal has returned. The kernel's object is then
 *        deleted when the slot is taken again, which it is only without calls
 *   (I3) holder is the task that has locked the mutex, or NULL; only that task changes it
 *   (I4) posters is the number of tasks that wait for a place in the mailbox
 *
 * The kernel wakes by priority, and tasks of one priority in the order in which they came. The
 * number of ticks of a timeout is rounded up, with one more for the tick that has begun.
 */
#include "lwip/opt.h"

#include <string.h>

#include "FreeRTOS.h"
#include "queue.h"
#include "semphr.h"
#include "task.h"

#include "arch/cistern_port.h"
#include "cistern/fault.h"
#include "lwip/stats.h"
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

typedef struct sys_slot {
    u32_t name;
    u16_t uses;
    u16_t calls;
    u16_t waiters;
    u16_t posters;
    TaskHandle_t holder;
    QueueHandle_t queue; /* what semaphores and mutexes are, too */
#    if configSUPPORT_STATIC_ALLOCATION
    StaticQueue_t memory;
    void *messages; /* of a mailbox, from the kernel's heap */
#    endif
} sys_slot_t;

typedef struct sys_table {
    const char *kind;
    sys_slot_t *slots;
    u16_t count;
#    if SYS_STATS
    struct stats_syselem *stats;
#    endif
} sys_table_t;

#    if SYS_STATS
#        define SYS_TABLE_STATS(name) .stats = &lwip_stats.sys.name
#    else
#        define SYS_TABLE_STATS(name) .kind = #        name
#    endif

static sys_slot_t sys_sem_slots[CISTERN_FREERTOS_SEMAPHORES];
static sys_slot_t sys_mbox_slots[CISTERN_FREERTOS_MAILBOXES];
static const sys_table_t sys_sems = {.kind = "semaphore",
                                     .slots = sys_sem_slots,
                                     .count = CISTERN_FREERTOS_SEMAPHORES,
                                     SYS_TABLE_STATS(sem)};
static const sys_table_t sys_mboxes = {.kind = "mailbox",
                                       .slots = sys_mbox_slots,
                                       .count = CISTERN_FREERTOS_MAILBOXES,
                                       SYS_TABLE_STATS(mbox)};

/* Inside the section. */
#    if SYS_STATS
static void sys_count_use(const sys_table_t *table, int more)
{
    struct stats_syselem *const stats = table->stats;
    stats->used = (STAT_COUNTER)(stats->used + (STAT_COUNTER)more);
    stats->max = (stats->used > stats->max) ? stats->used : stats->max;
}

static void sys_count_error(const sys_table_t *table)
{
    ++table->stats->err;
}
#    else
static void sys_count_use(const sys_table_t *table, int more)
{
    (void)table;
    (void)more;
}

static void sys_count_error(const sys_table_t *table)
{
    (void)table;
}
#    endif

static void sys_refuse(const sys_table_t *table, const void *variable, cistern_fault_kind_t kind,
                       const char *reason)
{
    const cistern_fault_t fault = {.kind = kind,
                                   .object = variable,
                                   .address = variable,
                                   .name = table->kind,
                                   .owner = reason};
    cistern_fault_raise(&fault);
}

/* The slot of a name that lives, or NULL. Inside the section. */
static sys_slot_t *sys_find(const sys_table_t *table, const u32_t *name)
{
    if (name == NULL || *name == 0 || (*name & 0xffffU) >= table->count) {
        return NULL;
    }
    sys_slot_t *const slot = &table->slots[*name & 0xffffU];
    return (slot->name == *name) ? slot : NULL;
}

/* Begins a call in the object of a name, with `waiters` 1 if it may wait (I2); NULL, and a fault,
 * iff the object does not live. */
static sys_slot_t *sys_begin(const sys_table_t *table, const u32_t *name, u16_t waiters)
{
    const cistern_critical_t state = cistern_critical_enter();
    sys_slot_t *const slot = sys_find(table, name);
    if (slot != NULL) {
        ++slot->calls;
        slot->waiters = (u16_t)(slot->waiters + waiters);
    }
    cistern_critical_leave(state);
    if (slot == NULL) {
        sys_refuse(table, name, CISTERN_FAULT_ARGUMENT, "the name of no live object");
    }
    return slot;
}

static void sys_end(sys_slot_t *slot, u16_t waiters)
{
    const cistern_critical_t state = cistern_critical_enter();
    CISTERN_ASSERT(slot->calls > 0 && slot->waiters >= waiters); /* (I2) */
    --slot->calls;
    slot->waiters = (u16_t)(slot->waiters - waiters);
    cistern_critical_leave(state);
}

static int sys_is_valid(const sys_table_t *table, const u32_t *name)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool valid = sys_find(table, name) != NULL;
    cistern_critical_leave(state);
    return valid;
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

/* Deletes the kernel's object of a slot, if there is one. */
static void sys_delete(sys_slot_t *slot)
{
    if (slot->queue != NULL) {
        vQueueDelete(slot->queue);
        slot->queue = NULL;
        sys_free_messages(slot);
    }
}

/* Takes a slot that no object lives in and no call is in, and counts it; NULL, counted, iff there
 * is none. It is named by sys_name once its object is made. */
static sys_slot_t *sys_take_slot(const sys_table_t *table)
{
    const sys_slot_t *const end = table->slots + table->count;
    const cistern_critical_t state = cistern_critical_enter();
    sys_slot_t *slot = table->slots;
    while (slot < end && (slot->name != 0 || slot->calls != 0)) {
        ++slot;
    }
    const bool found = slot < end;
    if (found) {
        slot->calls = 1; /* the call that makes it */
        sys_count_use(table, 1);
    } else {
        sys_count_error(table);
    }
    cistern_critical_leave(state);
    if (!found) {
        return NULL;
    }
    sys_delete(slot);
    slot->posters = 0;
    slot->holder = NULL;
    return slot;
}

/* Gives the object in a slot its name (I1), or the slot back where the kernel made none. */
static err_t sys_name(const sys_table_t *table, sys_slot_t *slot, u32_t *name)
{
    const cistern_critical_t state = cistern_critical_enter();
    slot->calls = 0;
    if (slot->queue == NULL) {
        sys_count_use(table, -1);
        sys_count_error(table);
        cistern_critical_leave(state);
        return ERR_MEM;
    }
    slot->uses = (u16_t)((slot->uses < 0xffffU) ? slot->uses + 1U : 1U);
    slot->name = ((u32_t)slot->uses << 16) | (u32_t)(slot - table->slots);
    *name = slot->name;
    cistern_critical_leave(state);
    return ERR_OK;
}

/* Why the object in a slot cannot end, or NULL. Inside the section. */
static const char *sys_why_not_ended(const sys_table_t *table, const sys_slot_t *slot)
{
    if (slot == NULL) {
        return "the name of no live object";
    }
    if (slot->waiters != 0) {
        return "an object that threads wait at";
    }
    if (slot->holder != NULL) {
        return "a mutex that is locked";
    }
    if (table == &sys_mboxes && uxQueueMessagesWaitingFromISR(slot->queue) != 0) {
        return "a mailbox with messages in it";
    }
    return NULL;
}

/* Ends an object: its name is void at once, its slot can be taken when the kernel's object is gone.
 */
static void sys_free(const sys_table_t *table, const u32_t *name)
{
    const cistern_critical_t state = cistern_critical_enter();
    sys_slot_t *const slot = sys_find(table, name);
    const char *const reason = sys_why_not_ended(table, slot);
    if (reason != NULL) {
        sys_count_error(table);
        cistern_critical_leave(state);
        sys_refuse(table, name, (slot != NULL) ? CISTERN_FAULT_ARGUMENT : CISTERN_FAULT_DOUBLE_FREE,
                   reason);
        return;
    }
    slot->name = 0;
    const bool is_last = slot->calls == 0;
    ++slot->calls;
    sys_count_use(table, -1);
    cistern_critical_leave(state);
    if (is_last) {
        sys_delete(slot);
    }
    sys_end(slot, 0);
}

/* What a wait returns that began at `start`. */
static u32_t sys_waited(BaseType_t served, u32_t start)
{
    return (served == pdTRUE) ? sys_now() - start : SYS_ARCH_TIMEOUT;
}

/* --- the kernel's objects, static where that is configured ------------------------------------ */

#    if configSUPPORT_STATIC_ALLOCATION

static void sys_make_sem(sys_slot_t *slot, UBaseType_t units)
{
    slot->queue = xSemaphoreCreateCountingStatic((UBaseType_t)-1, units, &slot->memory);
}

static void sys_make_mutex(sys_slot_t *slot)
{
    slot->queue = xSemaphoreCreateMutexStatic(&slot->memory);
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

static void sys_make_mbox(sys_slot_t *slot, size_t size)
{
    void *const messages = sys_messages(slot, size);
    slot->queue = (messages != NULL) ? xQueueCreateStatic((UBaseType_t)size, sizeof(void *),
                                                          messages, &slot->memory)
                                     : NULL;
}

#    else

static void sys_make_sem(sys_slot_t *slot, UBaseType_t units)
{
    slot->queue = xSemaphoreCreateCounting((UBaseType_t)-1, units);
}

static void sys_make_mutex(sys_slot_t *slot)
{
    slot->queue = xSemaphoreCreateMutex();
}

static void sys_make_mbox(sys_slot_t *slot, size_t size)
{
    slot->queue = xQueueCreate((UBaseType_t)size, sizeof(void *));
}

#    endif

/* --- semaphores ------------------------------------------------------------------------------- */

static const u32_t *sys_sem_name(const sys_sem_t *sem)
{
    return (sem != NULL) ? &sem->name : NULL;
}

err_t sys_sem_new(sys_sem_t *sem, u8_t count)
{
    if (sem == NULL) {
        return ERR_ARG;
    }
    sem->name = 0;
    sys_slot_t *const slot = sys_take_slot(&sys_sems);
    if (slot == NULL) {
        return ERR_MEM;
    }
    sys_make_sem(slot, count);
    return sys_name(&sys_sems, slot, &sem->name);
}

void sys_sem_free(sys_sem_t *sem)
{
    sys_free(&sys_sems, sys_sem_name(sem));
}

int sys_sem_valid(sys_sem_t *sem)
{
    return sys_is_valid(&sys_sems, sys_sem_name(sem));
}

void sys_sem_set_invalid(sys_sem_t *sem)
{
    if (sem != NULL) {
        sem->name = 0;
    }
}

void sys_sem_signal(sys_sem_t *sem)
{
    sys_slot_t *const slot = sys_begin(&sys_sems, sys_sem_name(sem), 0);
    if (slot == NULL) {
        return;
    }
    if (CISTERN_FREERTOS_IN_ISR()) {
        BaseType_t woken = pdFALSE;
        (void)xSemaphoreGiveFromISR(slot->queue, &woken);
        sys_end(slot, 0);
        CISTERN_FREERTOS_YIELD_FROM_ISR(woken);
    } else {
        (void)xSemaphoreGive(slot->queue);
        sys_end(slot, 0);
    }
}

u32_t sys_arch_sem_wait(sys_sem_t *sem, u32_t timeout)
{
    sys_slot_t *const slot = sys_begin(&sys_sems, sys_sem_name(sem), 1);
    if (slot == NULL) {
        return SYS_ARCH_TIMEOUT;
    }
    const u32_t start = sys_now();
    const BaseType_t served = xSemaphoreTake(slot->queue, sys_patience(timeout));
    sys_end(slot, 1);
    return sys_waited(served, start);
}

/* --- mutexes ---------------------------------------------------------------------------------- */

#    if !LWIP_COMPAT_MUTEX

static sys_slot_t sys_mutex_slots[CISTERN_FREERTOS_MUTEXES];
static const sys_table_t sys_mutexes = {.kind = "mutex",
                                        .slots = sys_mutex_slots,
                                        .count = CISTERN_FREERTOS_MUTEXES,
                                        SYS_TABLE_STATS(mutex)};

static const u32_t *sys_mutex_name(const sys_mutex_t *mutex)
{
    return (mutex != NULL) ? &mutex->name : NULL;
}

err_t sys_mutex_new(sys_mutex_t *mutex)
{
    if (mutex == NULL) {
        return ERR_ARG;
    }
    mutex->name = 0;
    sys_slot_t *const slot = sys_take_slot(&sys_mutexes);
    if (slot == NULL) {
        return ERR_MEM;
    }
    sys_make_mutex(slot);
    return sys_name(&sys_mutexes, slot, &mutex->name);
}

void sys_mutex_free(sys_mutex_t *mutex)
{
    sys_free(&sys_mutexes, sys_mutex_name(mutex));
}

int sys_mutex_valid(sys_mutex_t *mutex)
{
    return sys_is_valid(&sys_mutexes, sys_mutex_name(mutex));
}

void sys_mutex_set_invalid(sys_mutex_t *mutex)
{
    if (mutex != NULL) {
        mutex->name = 0;
    }
}

void sys_mutex_lock(sys_mutex_t *mutex)
{
    sys_slot_t *const slot = sys_begin(&sys_mutexes, sys_mutex_name(mutex), 1);
    if (slot == NULL) {
        return;
    }
    if (slot->holder == xTaskGetCurrentTaskHandle()) { /* (I3): nobody else writes our handle */
        sys_end(slot, 1);
        sys_refuse(&sys_mutexes, mutex, CISTERN_FAULT_ARGUMENT, "a lock by its holder");
        return;
    }
    (void)xSemaphoreTake(slot->queue, portMAX_DELAY);
    slot->holder = xTaskGetCurrentTaskHandle();
    sys_end(slot, 1);
}

void sys_mutex_unlock(sys_mutex_t *mutex)
{
    sys_slot_t *const slot = sys_begin(&sys_mutexes, sys_mutex_name(mutex), 0);
    if (slot == NULL) {
        return;
    }
    const bool holds = slot->holder == xTaskGetCurrentTaskHandle();
    if (holds) {
        slot->holder = NULL;
        (void)xSemaphoreGive(slot->queue);
    }
    sys_end(slot, 0);
    if (!holds) {
        sys_refuse(&sys_mutexes, mutex, CISTERN_FAULT_ARGUMENT,
                   "an unlock by a thread that does not hold it");
    }
}

#    endif

/* --- mailboxes -------------------------------------------------------------------------------- */

static const u32_t *sys_mbox_name(const sys_mbox_t *mbox)
{
    return (mbox != NULL) ? &mbox->name : NULL;
}

err_t sys_mbox_new(sys_mbox_t *mbox, int size)
{
    if (mbox == NULL) {
        return ERR_ARG;
    }
    mbox->name = 0;
    sys_slot_t *const slot = sys_take_slot(&sys_mboxes);
    if (slot == NULL) {
        return ERR_MEM;
    }
    sys_make_mbox(slot, (size > 0) ? (size_t)size : CISTERN_FREERTOS_MBOX_SIZE);
    return sys_name(&sys_mboxes, slot, &mbox->name);
}

void sys_mbox_free(sys_mbox_t *mbox)
{
    sys_free(&sys_mboxes, sys_mbox_name(mbox));
}

int sys_mbox_valid(sys_mbox_t *mbox)
{
    return sys_is_valid(&sys_mboxes, sys_mbox_name(mbox));
}

void sys_mbox_set_invalid(sys_mbox_t *mbox)
{
    if (mbox != NULL) {
        mbox->name = 0;
    }
}

/* Ends a call that posts without waiting. */
static err_t sys_posted(sys_slot_t *slot, bool posted)
{
    const cistern_critical_t state = cistern_critical_enter();
    --slot->calls;
    if (!posted) {
        sys_count_error(&sys_mboxes);
    }
    cistern_critical_leave(state);
    return posted ? ERR_OK : ERR_MEM;
}

/* Whether a message went in at once: not past those who wait to post. */
static bool sys_post_now(sys_slot_t *slot, void *msg)
{
    return slot->posters == 0 && xQueueSend(slot->queue, &msg, 0) == pdTRUE;
}

/* Becomes one of those who wait to post (I4), and ends as such. */
static void sys_count_poster(sys_slot_t *slot, int more)
{
    const cistern_critical_t state = cistern_critical_enter();
    slot->posters = (u16_t)(slot->posters + more);
    slot->waiters = (u16_t)(slot->waiters + more);
    cistern_critical_leave(state);
}

void sys_mbox_post(sys_mbox_t *mbox, void *msg)
{
    sys_slot_t *const slot = sys_begin(&sys_mboxes, sys_mbox_name(mbox), 0);
    if (slot == NULL) {
        return;
    }
    if (!sys_post_now(slot, msg)) {
        sys_count_poster(slot, 1);
        (void)xQueueSend(slot->queue, &msg, portMAX_DELAY);
        sys_count_poster(slot, -1);
    }
    sys_end(slot, 0);
}

err_t sys_mbox_trypost_fromisr(sys_mbox_t *mbox, void *msg)
{
    BaseType_t woken = pdFALSE;
    sys_slot_t *const slot = sys_begin(&sys_mboxes, sys_mbox_name(mbox), 0);
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
    sys_slot_t *const slot = sys_begin(&sys_mboxes, sys_mbox_name(mbox), 0);
    return (slot != NULL) ? sys_posted(slot, sys_post_now(slot, msg)) : ERR_ARG;
}

/* Takes a message into *msg, NULL if none comes within `ticks`; msg may be NULL. */
static u32_t sys_fetch(sys_mbox_t *mbox, void **msg, TickType_t ticks)
{
    const u16_t waiters = (ticks != 0) ? 1U : 0U;
    void *message = NULL;
    u32_t waited = SYS_ARCH_TIMEOUT;
    sys_slot_t *const slot = sys_begin(&sys_mboxes, sys_mbox_name(mbox), waiters);
    if (slot != NULL) {
        const u32_t start = sys_now();
        waited = sys_waited(xQueueReceive(slot->queue, &message, ticks), start);
        sys_end(slot, waiters);
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

typedef struct sys_start {
    lwip_thread_fn function; /* NULL: the slot is free */
    void *argument;
} sys_start_t;

static sys_start_t sys_starts[CISTERN_FREERTOS_THREADS];

static sys_start_t *sys_take_start(lwip_thread_fn function, void *argument)
{
    const cistern_critical_t state = cistern_critical_enter();
    sys_start_t *start = sys_starts;
    while (start < sys_starts + CISTERN_FREERTOS_THREADS && start->function != NULL) {
        ++start;
    }
    if (start == sys_starts + CISTERN_FREERTOS_THREADS) {
        start = NULL;
    } else {
        start->function = function;
        start->argument = argument;
    }
    cistern_critical_leave(state);
    return start;
}

static void sys_run(void *argument)
{
    sys_start_t *const start = argument;
    start->function(start->argument);
    start->function = NULL;
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

static TaskHandle_t sys_create(const char *name, size_t words, sys_start_t *start,
                               UBaseType_t priority)
{
    TaskHandle_t task = NULL;
    const BaseType_t made =
        xTaskCreate(sys_run, name, (configSTACK_DEPTH_TYPE)words, start, priority, &task);
    return (made == pdPASS) ? task : NULL;
}

#    else

static TaskHandle_t sys_create(const char *name, size_t words, sys_start_t *start,
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
static TaskHandle_t sys_create_patiently(const char *name, size_t words, sys_start_t *start,
                                         UBaseType_t priority)
{
    TaskHandle_t task = sys_create(name, words, start, priority);
    if (task == NULL && xTaskGetSchedulerState() == taskSCHEDULER_RUNNING) {
        vTaskDelay(2);
        task = sys_create(name, words, start, priority);
    }
    return task;
}

static sys_thread_t sys_no_thread(const char *name, const char *reason)
{
    const cistern_fault_t fault = {.kind = CISTERN_FAULT_ARGUMENT, .name = name, .owner = reason};
    cistern_fault_raise(&fault);
    return NULL;
}

sys_thread_t sys_thread_new(const char *name, lwip_thread_fn thread, void *arg, int stacksize,
                            int prio)
{
    const char *const known_name = (name != NULL) ? name : "";
    if (thread == NULL) {
        return sys_no_thread(known_name, "a thread without a function");
    }
    sys_start_t *const start = sys_take_start(thread, arg);
    if (start == NULL) {
        return sys_no_thread(known_name, "no thread is left: raise CISTERN_FREERTOS_THREADS");
    }
    const TaskHandle_t task =
        sys_create_patiently(known_name, sys_stack_words(stacksize), start, sys_priority(prio));
    if (task == NULL) {
        start->function = NULL;
        return sys_no_thread(known_name, "no memory is left for its stack");
    }
    return task;
}

#    ifdef CISTERN_FREERTOS_TLS_INDEX

static sys_sem_t sys_netconn_sems[CISTERN_FREERTOS_THREADS + 1];

void sys_arch_netconn_sem_alloc(void)
{
    (void)sys_arch_netconn_sem_get();
}

sys_sem_t *sys_arch_netconn_sem_get(void)
{
    sys_sem_t *sem = pvTaskGetThreadLocalStoragePointer(NULL, CISTERN_FREERTOS_TLS_INDEX);
    for (size_t i = 0; sem == NULL && i <= CISTERN_FREERTOS_THREADS; ++i) {
        const cistern_critical_t state = cistern_critical_enter();
        const bool mine = sys_netconn_sems[i].name == 0;
        sys_netconn_sems[i].name = mine ? UINT32_MAX : sys_netconn_sems[i].name;
        cistern_critical_leave(state);
        if (mine && sys_sem_new(&sys_netconn_sems[i], 0) == ERR_OK) {
            sem = &sys_netconn_sems[i];
            vTaskSetThreadLocalStoragePointer(NULL, CISTERN_FREERTOS_TLS_INDEX, sem);
        } else if (mine) {
            return NULL;
        }
    }
    return sem;
}

void sys_arch_netconn_sem_free(void)
{
    sys_sem_t *const sem = pvTaskGetThreadLocalStoragePointer(NULL, CISTERN_FREERTOS_TLS_INDEX);
    if (sem != NULL) {
        vTaskSetThreadLocalStoragePointer(NULL, CISTERN_FREERTOS_TLS_INDEX, NULL);
        sys_sem_free(sem);
        sys_sem_set_invalid(sem);
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
