/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_arch.c (rtos) - the OS layer for systems with semaphores and threads: see rtos.h.
 *
 *   variable    0x00030002                       use 3 of slot 2
 *   semaphore   | object | units |
 *   mailbox     | object | units: messages | places | ring | msg 4 | msg 5 |   |   |
 *                                                            ^ first   count = 2, size = 4
 *
 * Vocabulary: an object lives from new to free; a call is in an object from its begin to its end; a
 * waiter is a call that may wait.
 *
 * Invariants, outside the section:
 *   (I1) a slot's name is 0, or that of the object which lives in it; a name is given once in 2^16
 *        uses of a slot
 *   (I2) calls is the number of calls in the object, waiters of those that may wait. An object that
 *        has waiters does not end. One that has other calls does: a thread that a signal woke may
 *        free the semaphore before the signal has returned. The system's semaphores are deleted when
 *        the slot is taken again, which it is only without calls
 *   (I3) units of a mailbox's semaphores: places <= size - count, units <= count; what is missing
 *        belongs to calls in it
 */
#include <stddef.h>

#include "arch/cistern_port.h"
#include "lwip/sys.h"

/* --- what needs no system ----------------------------------------------------------------------- */

void sys_init(void) {}

u32_t sys_jiffies(void)
{
    return sys_now();
}

sys_prot_t sys_arch_protect(void)
{
    return cistern_critical_enter();
}

void sys_arch_unprotect(sys_prot_t before)
{
    cistern_critical_leave(before);
}

#if !NO_SYS

#    include "cistern/fault.h"
#    include "lwip/stats.h"
#    include "rtos.h"

#    if !LWIP_COMPAT_MUTEX
#        error "ports/rtos makes mutexes of semaphores: define LWIP_COMPAT_MUTEX as 1 in lwipopts.h"
#    endif
#    ifndef CISTERN_RTOS_SEMAPHORES
#        define CISTERN_RTOS_SEMAPHORES 16
#    endif
#    ifndef CISTERN_RTOS_MAILBOXES
#        define CISTERN_RTOS_MAILBOXES 8
#    endif
#    ifndef CISTERN_RTOS_MBOX_SIZE
#        define CISTERN_RTOS_MBOX_SIZE 16
#    endif
#    ifndef CISTERN_RTOS_THREADS
#        define CISTERN_RTOS_THREADS 8
#    endif
#    if CISTERN_RTOS_SEMAPHORES < 1 || CISTERN_RTOS_SEMAPHORES > 65535 ||                          \
        CISTERN_RTOS_MAILBOXES < 1 || CISTERN_RTOS_MAILBOXES > 65535 ||                            \
        CISTERN_RTOS_MBOX_SIZE < 1 || CISTERN_RTOS_MBOX_SIZE > 65535 ||                            \
        CISTERN_RTOS_THREADS < 1 || CISTERN_RTOS_THREADS > 65535
#        error "each option of ports/rtos must be 1 to 65535: see rtos.h"
#    endif

/* --- objects ---------------------------------------------------------------------------------- */

typedef struct object {
    u32_t name;
    u16_t uses;
    u16_t calls;
    u16_t waiters;
    bool made; /* the system's semaphores are there */
    rtos_sem_t units;
} object_t;

typedef struct mailbox {
    object_t object;
    rtos_sem_t places;
    u16_t size;
    u16_t first;
    u16_t count;
    void *ring[CISTERN_RTOS_MBOX_SIZE];
} mailbox_t;

typedef struct object_table {
    const char *kind;
    void *slots;
    size_t slot_size;
    u32_t count;
#    if SYS_STATS
    struct stats_syselem *stats;
#    endif
} object_table_t;

#    if SYS_STATS
#        define OBJECT_STATS(field) .stats = &lwip_stats.sys.field,
#    else
#        define OBJECT_STATS(field)
#    endif

static object_t sem_slots[CISTERN_RTOS_SEMAPHORES];
static mailbox_t mbox_slots[CISTERN_RTOS_MAILBOXES];

static const object_table_t sem_table = {OBJECT_STATS(sem).kind = "semaphore", .slots = sem_slots,
                                         .slot_size = sizeof sem_slots[0],
                                         .count = CISTERN_RTOS_SEMAPHORES};
static const object_table_t mbox_table = {OBJECT_STATS(mbox).kind = "mailbox", .slots = mbox_slots,
                                          .slot_size = sizeof mbox_slots[0],
                                          .count = CISTERN_RTOS_MAILBOXES};

/* Inside the section. */
#    if SYS_STATS
static void object_count(const object_table_t *table, int used, int errors)
{
    struct stats_syselem *const stats = table->stats;
    stats->used = (STAT_COUNTER)(stats->used + (STAT_COUNTER)used);
    stats->max = (stats->used > stats->max) ? stats->used : stats->max;
    stats->err = (STAT_COUNTER)(stats->err + (STAT_COUNTER)errors);
}
#    else
static void object_count(const object_table_t *table, int used, int errors)
{
    (void)table;
    (void)used;
    (void)errors;
}
#    endif

static void object_count_error(const object_table_t *table)
{
    const cistern_critical_t level = cistern_critical_enter();
    object_count(table, 0, 1);
    cistern_critical_leave(level);
}

static object_t *object_at(const object_table_t *table, u32_t slot)
{
    return (object_t *)(void *)((unsigned char *)table->slots + slot * table->slot_size);
}

/* The object of a name that lives, or NULL. Inside the section. */
static object_t *object_find(const object_table_t *table, const u32_t *name)
{
    if (name == NULL || *name == 0 || (*name & 0xffffU) >= table->count) {
        return NULL;
    }
    object_t *const object = object_at(table, *name & 0xffffU);
    return (object->name == *name) ? object : NULL;
}

static void object_refuse(const object_table_t *table, const u32_t *name, cistern_fault_kind_t kind,
                          const char *reason)
{
    const cistern_fault_t fault = {
        .kind = kind, .object = name, .address = name, .name = table->kind, .owner = reason};
    cistern_fault_raise(&fault);
}

/* Begins a call, with `waiters` 1 if it may wait (I2); NULL, after a fault, iff no object lives. */
static object_t *object_begin(const object_table_t *table, const u32_t *name, u16_t waiters)
{
    const cistern_critical_t level = cistern_critical_enter();
    object_t *const object = object_find(table, name);
    if (object != NULL) {
        ++object->calls;
        object->waiters = (u16_t)(object->waiters + waiters);
    }
    cistern_critical_leave(level);
    if (object == NULL) {
        object_refuse(table, name, CISTERN_FAULT_ARGUMENT, "the name of no live object");
    }
    return object;
}

static void object_end(object_t *object, u16_t waiters)
{
    const cistern_critical_t level = cistern_critical_enter();
    CISTERN_ASSERT(object->calls > 0 && object->waiters >= waiters); /* (I2) */
    --object->calls;
    object->waiters = (u16_t)(object->waiters - waiters);
    cistern_critical_leave(level);
}

static int object_is_valid(const object_table_t *table, const u32_t *name)
{
    const cistern_critical_t level = cistern_critical_enter();
    const bool valid = object_find(table, name) != NULL;
    cistern_critical_leave(level);
    return valid;
}

/* Takes a slot without object and calls, with one call: the one that makes the object. NULL, counted
 * as an error, iff there is none. */
static object_t *object_take(const object_table_t *table)
{
    object_t *object = NULL;
    const cistern_critical_t level = cistern_critical_enter();
    for (u32_t slot = 0; slot < table->count && object == NULL; ++slot) {
        object_t *const candidate = object_at(table, slot);
        object = (candidate->name == 0 && candidate->calls == 0) ? candidate : NULL;
    }
    if (object != NULL) {
        object->calls = 1;
    }
    object_count(table, (object != NULL) ? 1 : 0, (object != NULL) ? 0 : 1);
    cistern_critical_leave(level);
    return object;
}

/* Names the object that was made in a slot; or gives the slot back, if none was. (I1) */
static err_t object_name(const object_table_t *table, object_t *object, bool made, u32_t *name)
{
    const cistern_critical_t level = cistern_critical_enter();
    const size_t offset = (size_t)((unsigned char *)object - (const unsigned char *)table->slots);
    object->calls = 0;
    object->made = made;
    object->uses = (u16_t)((object->uses < 0xffffU) ? object->uses + 1U : 1U);
    object->name = made ? ((u32_t)object->uses << 16) | (u32_t)(offset / table->slot_size) : 0;
    *name = object->name;
    object_count(table, made ? 0 : -1, made ? 0 : 1);
    cistern_critical_leave(level);
    return made ? ERR_OK : ERR_MEM;
}

/* Ends an object unless `reason` says why it must not. */
static void object_free(const object_table_t *table, const u32_t *name,
                        const char *(*in_use)(const object_t *object))
{
    const cistern_critical_t level = cistern_critical_enter();
    object_t *const object = object_find(table, name);
    const char *reason = "the name of no live object";
    if (object != NULL) {
        reason = (object->waiters != 0) ? "refused free: a thread waits for it" : in_use(object);
        object->name = (reason != NULL) ? object->name : 0;
    }
    object_count(table, (reason == NULL) ? -1 : 0, (reason == NULL) ? 0 : 1);
    cistern_critical_leave(level);
    if (reason != NULL) {
        object_refuse(table, name,
                      (object != NULL) ? CISTERN_FAULT_ARGUMENT : CISTERN_FAULT_DOUBLE_FREE,
                      reason);
    }
}

static void object_set_invalid(u32_t *name)
{
    if (name != NULL) {
        *name = 0;
    }
}

/* --- semaphores; lwip/sys.h makes mutexes of them ---------------------------------------------- */

static const char *sem_in_use(const object_t *object)
{
    (void)object;
    return NULL;
}

err_t sys_sem_new(sys_sem_t *sem, u8_t count)
{
    if (sem == NULL) {
        return ERR_ARG;
    }
    *sem = 0;
    object_t *const object = object_take(&sem_table);
    if (object == NULL) {
        return ERR_MEM;
    }
    if (object->made) {
        rtos_sem_delete(&object->units);
    }
    return object_name(&sem_table, object, rtos_sem_create(&object->units, count), sem);
}

void sys_sem_free(sys_sem_t *sem)
{
    object_free(&sem_table, sem, sem_in_use);
}

int sys_sem_valid(sys_sem_t *sem)
{
    return object_is_valid(&sem_table, sem);
}

void sys_sem_set_invalid(sys_sem_t *sem)
{
    object_set_invalid(sem);
}

void sys_sem_signal(sys_sem_t *sem)
{
    object_t *const object = object_begin(&sem_table, sem, 0);
    if (object != NULL) {
        rtos_sem_give(&object->units);
        object_end(object, 0);
    }
}

u32_t sys_arch_sem_wait(sys_sem_t *sem, u32_t timeout)
{
    object_t *const object = object_begin(&sem_table, sem, 1);
    if (object == NULL) {
        return SYS_ARCH_TIMEOUT;
    }
    const u32_t start = sys_now();
    const bool served = rtos_sem_take(&object->units, (timeout != 0) ? timeout : RTOS_FOREVER);
    object_end(object, 1);
    return served ? sys_now() - start : SYS_ARCH_TIMEOUT;
}

/* --- mailboxes ---------------------------------------------------------------------------------- */

static const char *mbox_in_use(const object_t *object)
{
    return (((const mailbox_t *)object)->count != 0) ? "refused free: messages are in it" : NULL;
}

static bool mbox_make(mailbox_t *mailbox, u16_t size)
{
    if (mailbox->object.made) {
        rtos_sem_delete(&mailbox->object.units);
        rtos_sem_delete(&mailbox->places);
    }
    mailbox->object.made = false;
    mailbox->size = size;
    mailbox->first = 0;
    mailbox->count = 0;
    if (!rtos_sem_create(&mailbox->places, size)) {
        return false;
    }
    if (!rtos_sem_create(&mailbox->object.units, 0)) {
        rtos_sem_delete(&mailbox->places);
        return false;
    }
    return true;
}

err_t sys_mbox_new(sys_mbox_t *mbox, int size)
{
    const int places = (size > 0) ? size : CISTERN_RTOS_MBOX_SIZE;
    if (mbox == NULL) {
        return ERR_ARG;
    }
    *mbox = 0;
    if (places > CISTERN_RTOS_MBOX_SIZE) {
        object_count_error(&mbox_table);
        return ERR_MEM;
    }
    object_t *const object = object_take(&mbox_table);
    if (object == NULL) {
        return ERR_MEM;
    }
    return object_name(&mbox_table, object, mbox_make((mailbox_t *)object, (u16_t)places), mbox);
}

void sys_mbox_free(sys_mbox_t *mbox)
{
    object_free(&mbox_table, mbox, mbox_in_use);
}

int sys_mbox_valid(sys_mbox_t *mbox)
{
    return object_is_valid(&mbox_table, mbox);
}

void sys_mbox_set_invalid(sys_mbox_t *mbox)
{
    object_set_invalid(mbox);
}

/* The place is the caller's. (I3) */
static void mbox_put(mailbox_t *mailbox, void *msg)
{
    const cistern_critical_t level = cistern_critical_enter();
    CISTERN_ASSERT(mailbox->count < mailbox->size);
    const u32_t end = (u32_t)mailbox->first + mailbox->count;
    mailbox->ring[(end < mailbox->size) ? end : end - mailbox->size] = msg;
    ++mailbox->count;
    cistern_critical_leave(level);
    rtos_sem_give(&mailbox->object.units);
}

/* The message is the caller's. (I3) */
static void *mbox_get(mailbox_t *mailbox)
{
    const cistern_critical_t level = cistern_critical_enter();
    CISTERN_ASSERT(mailbox->count > 0);
    void *const msg = mailbox->ring[mailbox->first];
    mailbox->first = (u16_t)((mailbox->first + 1U < mailbox->size) ? mailbox->first + 1U : 0U);
    --mailbox->count;
    cistern_critical_leave(level);
    rtos_sem_give(&mailbox->places);
    return msg;
}

/* True iff there was a place within `ms`. */
static bool mbox_post(object_t *object, void *msg, u32_t ms)
{
    mailbox_t *const mailbox = (mailbox_t *)object;
    const bool place = rtos_sem_take(&mailbox->places, ms);
    if (place) {
        mbox_put(mailbox, msg);
    }
    return place;
}

void sys_mbox_post(sys_mbox_t *mbox, void *msg)
{
    object_t *const object = object_begin(&mbox_table, mbox, 1);
    if (object != NULL) {
        (void)mbox_post(object, msg, RTOS_FOREVER);
        object_end(object, 1);
    }
}

err_t sys_mbox_trypost(sys_mbox_t *mbox, void *msg)
{
    object_t *const object = object_begin(&mbox_table, mbox, 0);
    if (object == NULL) {
        return ERR_ARG;
    }
    const bool posted = mbox_post(object, msg, 0);
    if (!posted) {
        object_count_error(&mbox_table);
    }
    object_end(object, 0);
    return posted ? ERR_OK : ERR_MEM;
}

err_t sys_mbox_trypost_fromisr(sys_mbox_t *mbox, void *msg)
{
    return sys_mbox_trypost(mbox, msg);
}

/* Takes a message into *msg, NULL if none comes within `ms`; msg may be NULL. */
static u32_t mbox_fetch(const sys_mbox_t *mbox, void **msg, u32_t ms)
{
    const u16_t waiters = (ms != 0) ? 1U : 0U;
    void *message = NULL;
    bool served = false;
    object_t *const object = object_begin(&mbox_table, mbox, waiters);
    const u32_t start = sys_now();
    if (object != NULL) {
        served = rtos_sem_take(&object->units, ms);
        message = served ? mbox_get((mailbox_t *)object) : NULL;
        object_end(object, waiters);
    }
    if (msg != NULL) {
        *msg = message;
    }
    return served ? sys_now() - start : SYS_ARCH_TIMEOUT;
}

u32_t sys_arch_mbox_fetch(sys_mbox_t *mbox, void **msg, u32_t timeout)
{
    return mbox_fetch(mbox, msg, (timeout != 0) ? timeout : RTOS_FOREVER);
}

u32_t sys_arch_mbox_tryfetch(sys_mbox_t *mbox, void **msg)
{
    return (mbox_fetch(mbox, msg, 0) == SYS_ARCH_TIMEOUT) ? SYS_MBOX_EMPTY : 0;
}

/* --- threads ----------------------------------------------------------------------------------- */

typedef struct thread_start {
    lwip_thread_fn function; /* NULL: the slot is free */
    void *argument;
} thread_start_t;

static thread_start_t thread_starts[CISTERN_RTOS_THREADS];

static thread_start_t *thread_take(lwip_thread_fn function, void *argument)
{
    thread_start_t *start = NULL;
    const cistern_critical_t level = cistern_critical_enter();
    for (size_t i = 0; i < CISTERN_RTOS_THREADS && start == NULL; ++i) {
        start = (thread_starts[i].function == NULL) ? &thread_starts[i] : NULL;
    }
    if (start != NULL) {
        *start = (thread_start_t){function, argument};
    }
    cistern_critical_leave(level);
    return start;
}

static void thread_give_back(thread_start_t *start)
{
    const cistern_critical_t level = cistern_critical_enter();
    start->function = NULL;
    cistern_critical_leave(level);
}

static void thread_run(void *argument)
{
    thread_start_t *const start = argument;
    start->function(start->argument);
    thread_give_back(start);
}

/* Why there is no thread; NULL iff one was started. */
static const char *thread_try(const char *name, thread_start_t *start, int stacksize, int prio)
{
    if (start == NULL) {
        return "no thread is left: raise CISTERN_RTOS_THREADS";
    }
    if (!rtos_thread_start(name, thread_run, start, stacksize, prio)) {
        thread_give_back(start);
        return "a thread that the system does not give";
    }
    return NULL;
}

sys_thread_t sys_thread_new(const char *name, lwip_thread_fn thread, void *arg, int stacksize,
                            int prio)
{
    const char *const known = (name != NULL) ? name : "thread";
    const char *const reason = (thread == NULL)
                                   ? "a thread without a function"
                                   : thread_try(known, thread_take(thread, arg), stacksize, prio);
    if (reason != NULL) {
        const cistern_fault_t fault = {
            .kind = CISTERN_FAULT_ARGUMENT, .name = known, .owner = reason};
        cistern_fault_raise(&fault);
    }
    return (reason == NULL) ? 1U : 0U;
}

#endif
