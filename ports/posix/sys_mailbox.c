/* sys_mailbox.c (posix) - mailboxes: a ring of pointers between two gates.
 *
 *   ring    |       | msg 3 | msg 4 | msg 5 |       |       |       |       |     size = 8
 *                     ^ head                  ^ head + count
 *   messages: a gate with a unit for each message     fetch takes one
 *   places:   a gate with a unit for each free place  post takes one
 *
 * Invariants, whenever the lock is free:
 *   I1  messages.available + messages.granted == count
 *   I2  places.available + places.granted == size - count
 *   I3  head < size
 * A thread that was granted a message or a place finds one: nobody else may take it.
 */
#define _GNU_SOURCE 1
#include "lwip/sys.h"

#if !NO_SYS

#    include <stdlib.h>

#    include "sys_gate.h"
#    include "sys_object.h"

#    ifndef CISTERN_POSIX_MAILBOXES
#        define CISTERN_POSIX_MAILBOXES 1024
#    endif
#    ifndef CISTERN_POSIX_MBOX_SIZE
#        define CISTERN_POSIX_MBOX_SIZE 128
#    endif

typedef struct mailbox {
    object_t object;
    gate_t messages;
    gate_t places;
    void **ring;
    size_t size;
    size_t head;
    size_t count;
} mailbox_t;

static void prepare(object_t *object)
{
    (void)object;
}

static void forked(object_t *object)
{
    mailbox_t *const mailbox = (mailbox_t *)object;
    gate_forget_waiters(&mailbox->messages);
    gate_forget_waiters(&mailbox->places);
}

static mailbox_t slots[CISTERN_POSIX_MAILBOXES];

object_table_t object_mailboxes = {.kind = "mailbox",
                                   .slots = slots,
                                   .slot_size = sizeof slots[0],
                                   .count = CISTERN_POSIX_MAILBOXES,
                                   .prepare = prepare,
                                   .forked = forked,
                                   OBJECT_STATS(mbox)};

/* --- the ring --------------------------------------------------------------------------------- */

static size_t wrapped(const mailbox_t *mailbox, size_t index)
{
    return (index < mailbox->size) ? index : index - mailbox->size;
}

/* Puts a message into a place that was taken. */
static void put(mailbox_t *mailbox, void *msg)
{
    mailbox->ring[wrapped(mailbox, mailbox->head + mailbox->count)] = msg;
    ++mailbox->count;
    gate_give(&mailbox->messages);
}

/* Gets the message that was taken. */
static void *get(mailbox_t *mailbox)
{
    void *const msg = mailbox->ring[mailbox->head];
    mailbox->head = wrapped(mailbox, mailbox->head + 1U);
    --mailbox->count;
    gate_give(&mailbox->places);
    return msg;
}

static void deliver(void **where, void *msg)
{
    if (where != NULL) {
        *where = msg;
    }
}

/* --- life ------------------------------------------------------------------------------------- */

err_t sys_mbox_new(sys_mbox_t *mbox, int size)
{
    if (mbox == NULL) {
        return ERR_ARG;
    }
    sys_mbox_set_invalid(mbox);
    const size_t places = (size > 0) ? (size_t)size : (size_t)CISTERN_POSIX_MBOX_SIZE;
    void **const ring = calloc(places, sizeof *ring);
    if (ring == NULL) {
        object_count_error(&object_mailboxes);
        return ERR_MEM;
    }
    mailbox_t *const mailbox = (mailbox_t *)object_new(&object_mailboxes, &mbox->name);
    if (mailbox == NULL) {
        free(ring);
        return ERR_MEM;
    }
    gate_init(&mailbox->messages, 0);
    gate_init(&mailbox->places, (u32_t)places);
    mailbox->ring = ring;
    mailbox->size = places;
    mailbox->head = 0;
    mailbox->count = 0;
    object_unlock(&mailbox->object);
    return ERR_OK;
}

/* Why a mailbox must not be freed now; NULL iff it may be. */
static const char *in_use(const mailbox_t *mailbox)
{
    if (mailbox->messages.inside + mailbox->places.inside != 0) {
        return "a free while a thread waits";
    }
    return (mailbox->count != 0) ? "a free with messages in it" : NULL;
}

void sys_mbox_free(sys_mbox_t *mbox)
{
    mailbox_t *const mailbox = (mailbox_t *)object_lock_to_end(&object_mailboxes, &mbox->name);
    if (mailbox == NULL) {
        object_count_error(&object_mailboxes);
        return;
    }
    const char *const reason = in_use(mailbox);
    if (reason == NULL) {
        void **const ring = mailbox->ring;
        object_end(&object_mailboxes, &mailbox->object);
        free(ring);
    } else {
        object_unlock(&mailbox->object);
        object_count_error(&object_mailboxes);
        object_refuse(&object_mailboxes, &mbox->name, reason);
    }
}

int sys_mbox_valid(sys_mbox_t *mbox)
{
    return object_is_live(&object_mailboxes, &mbox->name);
}

void sys_mbox_set_invalid(sys_mbox_t *mbox)
{
    *mbox = (sys_mbox_t){0};
}

/* --- use -------------------------------------------------------------------------------------- */

void sys_mbox_post(sys_mbox_t *mbox, void *msg)
{
    mailbox_t *const mailbox = (mailbox_t *)object_lock(&object_mailboxes, &mbox->name);
    if (mailbox != NULL) {
        (void)gate_wait(&mailbox->places, &mailbox->object.lock, 0);
        put(mailbox, msg);
        object_unlock(&mailbox->object);
    }
}

err_t sys_mbox_trypost(sys_mbox_t *mbox, void *msg)
{
    mailbox_t *const mailbox = (mailbox_t *)object_lock(&object_mailboxes, &mbox->name);
    if (mailbox == NULL) {
        return ERR_ARG;
    }
    const bool place = gate_try(&mailbox->places);
    if (place) {
        put(mailbox, msg);
    }
    object_unlock(&mailbox->object);
    if (!place) {
        object_count_error(&object_mailboxes);
    }
    return place ? ERR_OK : ERR_MEM;
}

/* Hosts have no interrupts: what stands for one is a thread. */
err_t sys_mbox_trypost_fromisr(sys_mbox_t *mbox, void *msg)
{
    return sys_mbox_trypost(mbox, msg);
}

u32_t sys_arch_mbox_fetch(sys_mbox_t *mbox, void **msg, u32_t timeout)
{
    deliver(msg, NULL);
    mailbox_t *const mailbox = (mailbox_t *)object_lock(&object_mailboxes, &mbox->name);
    if (mailbox == NULL) {
        return SYS_ARCH_TIMEOUT;
    }
    const u32_t waited = gate_wait(&mailbox->messages, &mailbox->object.lock, timeout);
    if (waited != SYS_ARCH_TIMEOUT) {
        deliver(msg, get(mailbox));
    }
    object_unlock(&mailbox->object);
    return waited;
}

u32_t sys_arch_mbox_tryfetch(sys_mbox_t *mbox, void **msg)
{
    deliver(msg, NULL);
    mailbox_t *const mailbox = (mailbox_t *)object_lock(&object_mailboxes, &mbox->name);
    if (mailbox == NULL) {
        return SYS_MBOX_EMPTY;
    }
    const bool any = gate_try(&mailbox->messages);
    if (any) {
        deliver(msg, get(mailbox));
    }
    object_unlock(&mailbox->object);
    return any ? 0 : SYS_MBOX_EMPTY;
}

#endif
