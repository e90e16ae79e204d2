/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_mailbox.c (bare) - mailboxes: a ring of pointers in a slot.
 *
 *   ring       |       | msg 3 | msg 4 | msg 5 |       | (never used) |     size 5 of at most 6
 *                        ^ first   count = 3
 *   posters  --> thread with a message --> NULL       while the ring is full
 *   fetchers --> thread --> NULL                      while it is empty
 *
 * Invariants, outside the critical section:
 *   (I1) threads wait to post only while count == size, and to fetch only while count == 0
 *   (I2) a message goes straight to a thread that waits to fetch, and a place straight to one that
 *        waits to post: no thread that comes later gets in between
 */
#include "sys_object.h"

#if !NO_SYS

typedef struct mailbox {
    sys_object_t object;
    u16_t size;
    u16_t first;
    u16_t count;
    thread_list_t posters;
    thread_list_t fetchers;
    void *ring[CISTERN_BARE_MBOX_SIZE];
} mailbox_t;

static mailbox_t mbox_slots[CISTERN_BARE_MAILBOXES];
static sys_object_list_t mbox_list;

const sys_object_table_t sys_object_mailboxes = {
    SYS_OBJECT_SLOTS("mailbox", mbox_slots, mbox_list, mbox)};

static mailbox_t *mbox_find(const sys_mbox_t *mbox)
{
    return (mailbox_t *)sys_object_find(&sys_object_mailboxes, sys_mbox_name(mbox));
}

/* --- the ring, inside ------------------------------------------------------------------------- */

static void mbox_put(mailbox_t *mailbox, void *msg)
{
    const u32_t end = (u32_t)mailbox->first + mailbox->count;
    mailbox->ring[(end < mailbox->size) ? end : end - mailbox->size] = msg;
    ++mailbox->count;
}

static void *mbox_get(mailbox_t *mailbox)
{
    void *const msg = mailbox->ring[mailbox->first];
    mailbox->first = (u16_t)((mailbox->first + 1U < mailbox->size) ? mailbox->first + 1U : 0U);
    --mailbox->count;
    return msg;
}

/* Posts if there is a place. */
static bool mbox_try_post(mailbox_t *mailbox, void *msg)
{
    thread_t *const fetcher = mailbox->fetchers.first;
    if (fetcher != NULL) {
        fetcher->message = msg;
        bare_thread_wake(fetcher);
        return true;
    }
    if (mailbox->count == mailbox->size) {
        return false;
    }
    mbox_put(mailbox, msg);
    return true;
}

/* Fetches if there is a message, and lets the first who waits to post do so. */
static bool mbox_try_fetch(mailbox_t *mailbox, void **msg)
{
    if (mailbox->count == 0) {
        return false;
    }
    *msg = mbox_get(mailbox);
    thread_t *const poster = mailbox->posters.first;
    if (poster != NULL) {
        mbox_put(mailbox, poster->message);
        bare_thread_wake(poster);
    }
    return true;
}

/* --- life ------------------------------------------------------------------------------------- */

static void mbox_init(mailbox_t *mailbox, int size)
{
    mailbox->size = (u16_t)((size > 0) ? size : CISTERN_BARE_MBOX_SIZE);
    mailbox->first = 0;
    mailbox->count = 0;
    bare_list_start(&mailbox->posters);
    bare_list_start(&mailbox->fetchers);
}

err_t sys_mbox_new(sys_mbox_t *mbox, int size)
{
    if (mbox == NULL) {
        return ERR_ARG;
    }
    sys_mbox_set_invalid(mbox);
    mailbox_t *mailbox = NULL;
    const cistern_critical_t level = cistern_critical_enter();
    if (size > CISTERN_BARE_MBOX_SIZE) {
        sys_object_count_error(&sys_object_mailboxes);
    } else {
        mailbox = (mailbox_t *)bare_object_new(&sys_object_mailboxes, &mbox->name);
    }
    if (mailbox != NULL) {
        mbox_init(mailbox, size);
    }
    cistern_critical_leave(level);
    return (mailbox != NULL) ? ERR_OK : ERR_MEM;
}

/* (inside) Why a mailbox must not be freed now; NULL if it may be. */
static const char *mbox_in_use(const sys_object_t *object)
{
    const mailbox_t *const mailbox = (const mailbox_t *)object;
    if (mailbox->posters.first != NULL || mailbox->fetchers.first != NULL) {
        return "refused free: a thread waits for it";
    }
    return (mailbox->count != 0) ? "refused free: messages are in it" : NULL;
}

void sys_mbox_free(sys_mbox_t *mbox)
{
    bare_object_free(&sys_object_mailboxes, sys_mbox_name(mbox), mbox_in_use);
}

/* --- use -------------------------------------------------------------------------------------- */

/* Reports why a call was refused: the name, or else the place from where it would have to wait. */
static void mbox_refuse(const mailbox_t *mailbox, const sys_mbox_t *mbox)
{
    if (mailbox == NULL) {
        sys_object_refuse_name(&sys_object_mailboxes, sys_mbox_name(mbox));
    } else {
        bare_object_refuse_wait(&sys_object_mailboxes, sys_mbox_name(mbox));
    }
}

void sys_mbox_post(sys_mbox_t *mbox, void *msg)
{
    const bool may_wait = bare_thread_may_wait();
    const cistern_critical_t level = cistern_critical_enter();
    mailbox_t *const mailbox = mbox_find(mbox);
    const bool posted = mailbox != NULL && mbox_try_post(mailbox, msg);
    const bool wait = mailbox != NULL && !posted && may_wait;
    if (wait) {
        bare_thread_running()->message = msg;
        bare_thread_block(&mailbox->posters, 0);
    }
    cistern_critical_leave(level);
    if (wait) {
        (void)bare_thread_wait();
    } else if (!posted) {
        mbox_refuse(mailbox, mbox);
    }
}

err_t sys_mbox_trypost(sys_mbox_t *mbox, void *msg)
{
    const cistern_critical_t level = cistern_critical_enter();
    mailbox_t *const mailbox = mbox_find(mbox);
    const bool posted = mailbox != NULL && mbox_try_post(mailbox, msg);
    if (mailbox != NULL && !posted) {
        sys_object_count_error(&sys_object_mailboxes);
    }
    cistern_critical_leave(level);
    if (mailbox == NULL) {
        sys_object_refuse_name(&sys_object_mailboxes, sys_mbox_name(mbox));
        return ERR_ARG;
    }
    return posted ? ERR_OK : ERR_MEM;
}

/* Every call that does not wait may be made from an interrupt; the switch comes when it ends. */
err_t sys_mbox_trypost_fromisr(sys_mbox_t *mbox, void *msg)
{
    return sys_mbox_trypost(mbox, msg);
}

static void mbox_deliver(void **where, void *msg)
{
    if (where != NULL) {
        *where = msg;
    }
}

u32_t sys_arch_mbox_fetch(sys_mbox_t *mbox, void **msg, u32_t timeout)
{
    void *taken = NULL;
    u32_t waited = SYS_ARCH_TIMEOUT;
    const bool may_wait = bare_thread_may_wait();
    const cistern_critical_t level = cistern_critical_enter();
    mailbox_t *const mailbox = mbox_find(mbox);
    const bool fetched = mailbox != NULL && mbox_try_fetch(mailbox, &taken);
    const bool wait = mailbox != NULL && !fetched && may_wait;
    if (wait) {
        bare_thread_running()->message = NULL;
        bare_thread_block(&mailbox->fetchers, timeout);
    }
    cistern_critical_leave(level);
    if (fetched) {
        waited = 0;
    } else if (wait) {
        waited = bare_thread_wait();
        taken = bare_thread_running()->message;
    } else {
        mbox_refuse(mailbox, mbox);
    }
    mbox_deliver(msg, taken);
    return waited;
}

u32_t sys_arch_mbox_tryfetch(sys_mbox_t *mbox, void **msg)
{
    void *taken = NULL;
    const cistern_critical_t level = cistern_critical_enter();
    mailbox_t *const mailbox = mbox_find(mbox);
    const bool fetched = mailbox != NULL && mbox_try_fetch(mailbox, &taken);
    cistern_critical_leave(level);
    if (mailbox == NULL) {
        sys_object_refuse_name(&sys_object_mailboxes, sys_mbox_name(mbox));
    }
    mbox_deliver(msg, taken);
    return fetched ? 0 : SYS_MBOX_EMPTY;
}

#endif
