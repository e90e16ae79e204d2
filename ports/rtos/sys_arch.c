/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_arch.c (rtos) - the OS layer for systems with semaphores and threads: see rtos.h.
 *
 *   semaphore   | object, calls, waiters | units |
 *   mailbox     | object, calls, waiters | units: messages | places | ring | msg 4 | msg 5 |   |   |
 *                 ports/oslayer: object_table.inc, object_calls.inc          ^ first  count 2, size 4
 *
 * Invariants, outside the section:
 *   (I1) units of a mailbox's semaphores: places <= size - count, units <= count; what is missing
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
#        error                                                                                     \
            "CISTERN_RTOS_SEMAPHORES, CISTERN_RTOS_MAILBOXES, CISTERN_RTOS_MBOX_SIZE and CISTERN_RTOS_THREADS must be 1 to 65535"
#    endif

/* --- objects ---------------------------------------------------------------------------------- */

#    include "../oslayer/object_calls.inc"

typedef struct semaphore {
    object_called_t called;
    bool made; /* the system's semaphores are there */
    rtos_sem_t units;
} semaphore_t;

typedef struct mailbox {
    semaphore_t messages;
    rtos_sem_t places;
    u16_t size;
    u16_t first;
    u16_t count;
    void *ring[CISTERN_RTOS_MBOX_SIZE];
} mailbox_t;

static semaphore_t sem_slots[CISTERN_RTOS_SEMAPHORES];
static sys_object_list_t sem_list;

const sys_object_table_t sys_object_semaphores = {
    SYS_OBJECT_SLOTS("semaphore", sem_slots, sem_list, sem)};

static mailbox_t mbox_slots[CISTERN_RTOS_MAILBOXES];
static sys_object_list_t mbox_list;

const sys_object_table_t sys_object_mailboxes = {
    SYS_OBJECT_SLOTS("mailbox", mbox_slots, mbox_list, mbox)};

static void object_delete(const sys_object_table_t *table, object_called_t *called)
{
    semaphore_t *const semaphore = (semaphore_t *)called;
    if (semaphore->made) {
        semaphore->made = false;
        rtos_sem_delete(&semaphore->units);
        if (table == &sys_object_mailboxes) {
            rtos_sem_delete(&((mailbox_t *)called)->places);
        }
    }
}

/* --- semaphores; lwip/sys.h makes mutexes of them ---------------------------------------------- */

static semaphore_t *sem_begin(const sys_sem_t *sem, u16_t waiters)
{
    return (semaphore_t *)object_begin(&sys_object_semaphores, sys_sem_name(sem), waiters);
}

static void sem_end(semaphore_t *semaphore, u16_t waiters)
{
    object_end(&sys_object_semaphores, &semaphore->called, waiters);
}

static bool sem_make(object_called_t *called, int units)
{
    semaphore_t *const semaphore = (semaphore_t *)called;
    semaphore->made = rtos_sem_create(&semaphore->units, (u32_t)units);
    return semaphore->made;
}

err_t sys_sem_new(sys_sem_t *sem, u8_t count)
{
    sys_name_t *const name = (sem != NULL) ? &sem->name : NULL;
    return object_new(&sys_object_semaphores, name, sem_make, count);
}

void sys_sem_free(sys_sem_t *sem)
{
    object_free(&sys_object_semaphores, sys_sem_name(sem), NULL);
}

void sys_sem_signal(sys_sem_t *sem)
{
    semaphore_t *const semaphore = sem_begin(sem, 0);
    if (semaphore != NULL) {
        rtos_sem_give(&semaphore->units);
        sem_end(semaphore, 0);
    }
}

u32_t sys_arch_sem_wait(sys_sem_t *sem, u32_t timeout)
{
    semaphore_t *const semaphore = sem_begin(sem, 1);
    if (semaphore == NULL) {
        return SYS_ARCH_TIMEOUT;
    }
    const u32_t start = sys_now();
    const bool served = rtos_sem_take(&semaphore->units, (timeout != 0) ? timeout : RTOS_FOREVER);
    sem_end(semaphore, 1);
    return served ? sys_now() - start : SYS_ARCH_TIMEOUT;
}

/* --- mailboxes ---------------------------------------------------------------------------------- */

static mailbox_t *mbox_begin(const sys_mbox_t *mbox, u16_t waiters)
{
    return (mailbox_t *)object_begin(&sys_object_mailboxes, sys_mbox_name(mbox), waiters);
}

static void mbox_end(mailbox_t *mailbox, u16_t waiters)
{
    object_end(&sys_object_mailboxes, &mailbox->messages.called, waiters);
}

static bool mbox_make(object_called_t *called, int size)
{
    mailbox_t *const mailbox = (mailbox_t *)called;
    mailbox->size = (u16_t)size;
    mailbox->first = 0;
    mailbox->count = 0;
    if (size > CISTERN_RTOS_MBOX_SIZE || !rtos_sem_create(&mailbox->places, (u32_t)size)) {
        return false;
    }
    mailbox->messages.made = rtos_sem_create(&mailbox->messages.units, 0);
    if (!mailbox->messages.made) {
        rtos_sem_delete(&mailbox->places);
    }
    return mailbox->messages.made;
}

err_t sys_mbox_new(sys_mbox_t *mbox, int size)
{
    sys_name_t *const name = (mbox != NULL) ? &mbox->name : NULL;
    return object_new(&sys_object_mailboxes, name, mbox_make,
                      (size > 0) ? size : CISTERN_RTOS_MBOX_SIZE);
}

static const char *mbox_in_use(const object_called_t *called)
{
    return (((const mailbox_t *)called)->count != 0) ? "refused free: messages are in it" : NULL;
}

void sys_mbox_free(sys_mbox_t *mbox)
{
    object_free(&sys_object_mailboxes, sys_mbox_name(mbox), mbox_in_use);
}

/* The place is the caller's. (I1) */
static void mbox_put(mailbox_t *mailbox, void *msg)
{
    const cistern_critical_t level = cistern_critical_enter();
    CISTERN_ASSERT(mailbox->count < mailbox->size);
    const u32_t end = (u32_t)mailbox->first + mailbox->count;
    mailbox->ring[(end < mailbox->size) ? end : end - mailbox->size] = msg;
    ++mailbox->count;
    cistern_critical_leave(level);
    rtos_sem_give(&mailbox->messages.units);
}

/* The message is the caller's. (I1) */
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

/* True if there was a place within `ms`. */
static bool mbox_post(mailbox_t *mailbox, void *msg, u32_t ms)
{
    const bool place = rtos_sem_take(&mailbox->places, ms);
    if (place) {
        mbox_put(mailbox, msg);
    }
    return place;
}

void sys_mbox_post(sys_mbox_t *mbox, void *msg)
{
    mailbox_t *const mailbox = mbox_begin(mbox, 1);
    if (mailbox != NULL) {
        (void)mbox_post(mailbox, msg, RTOS_FOREVER);
        mbox_end(mailbox, 1);
    }
}

err_t sys_mbox_trypost(sys_mbox_t *mbox, void *msg)
{
    mailbox_t *const mailbox = mbox_begin(mbox, 0);
    if (mailbox == NULL) {
        return ERR_ARG;
    }
    const bool posted = mbox_post(mailbox, msg, 0);
    if (!posted) {
        object_count_error(&sys_object_mailboxes);
    }
    mbox_end(mailbox, 0);
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
    mailbox_t *const mailbox = mbox_begin(mbox, waiters);
    const u32_t start = sys_now();
    if (mailbox != NULL) {
        served = rtos_sem_take(&mailbox->messages.units, ms);
        message = served ? mbox_get(mailbox) : NULL;
        mbox_end(mailbox, waiters);
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

#    define THREAD_STARTS CISTERN_RTOS_THREADS
#    include "../oslayer/thread_starts.inc"

static sys_thread_t thread_create(const char *name, thread_start_t *start, int stacksize, int prio)
{
    return rtos_thread_start(name, thread_run, start, stacksize, prio) ? 1U : 0U;
}

#endif
