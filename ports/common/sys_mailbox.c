/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_mailbox.c (common) - mailboxes: a ring of pointers with two sides that do not share a lock.
 *
 *   ring    |       | msg 3 | msg 4 | msg 5 |       |       |       |       |     size = 8
 *                     ^ fetch side: index     ^ post side: index
 *   post  side   moved = messages posted so far     units of its gate: free places
 *   fetch side   moved = messages fetched so far    units of its gate: messages
 *
 * Each side has its lock, its index and its gate. A thread that posts takes the post side's lock,
 * writes the message, then counts it in `moved`; only if a thread waits to fetch does it take the
 * fetch side's lock as well, after its own is free, to let the first one go on. Fetching is the
 * mirror image. So a stream of messages between two threads takes no lock that is contended, and
 * touches the other side's numbers only when the ones last seen are used up.
 *
 * Invariants (all counts modulo 2^32):
 *   I1  0 <= posted - fetched <= size; only its own side writes each of the two.
 *   I2  index == moved modulo size, on each side.
 *   I3  A place is written by the post side before `posted` includes it, and read by the fetch side
 *       before `fetched` includes it: never by both at once.
 *   I4  No thread waits for a lock of this mailbox while it holds another one, but for those that
 *       make and end it, which take them in the order of the sides.
 */
#include "lwip/sys.h"

#if !NO_SYS

#    include <stdalign.h>
#    include <stdlib.h>

#    include "sys_gate.h"
#    include "sys_object.h"

#    ifndef CISTERN_HOST_MAILBOXES
#        define CISTERN_HOST_MAILBOXES 1024
#    endif
#    ifndef CISTERN_HOST_MBOX_SIZE
#        define CISTERN_HOST_MBOX_SIZE 128
#    endif
#    if CISTERN_HOST_MAILBOXES < 1
#        error "CISTERN_HOST_MAILBOXES must be at least 1: see arch/sys_names.h"
#    endif
#    if CISTERN_HOST_MBOX_SIZE < 1
#        error "CISTERN_HOST_MBOX_SIZE must be at least 1: see arch/sys_names.h"
#    endif

/* What two sides write often must not share a cache line. */
#    define MBOX_CACHE_LINE 64

typedef struct mbox_side {
    alignas(MBOX_CACHE_LINE) object_t object;
    void **ring;
    size_t index;
    u32_t size;
    u32_t credit;      /* units at the start: `size` places, or no message */
    u32_t seen;        /* the other side's `moved` when it was last read */
    atomic_uint moved; /* messages that went through this side */
    alignas(MBOX_CACHE_LINE) gate_t gate;
} mbox_side_t;

enum { MBOX_POST, MBOX_FETCH, MBOX_SIDES };

static bool mbox_prepare(object_t *object)
{
    (void)object;
    return true;
}

static u32_t mbox_waiting(object_t *object)
{
    return gate_waiting(&((mbox_side_t *)object)->gate);
}

static void mbox_forked(object_t *object)
{
    gate_forget_waiters(&((mbox_side_t *)object)->gate);
}

static mbox_side_t mbox_slots[CISTERN_HOST_MAILBOXES][MBOX_SIDES];
static sys_object_list_t mbox_list;

static const object_kind_t mbox_kind = {
    .sides = MBOX_SIDES,
    .side_size = sizeof(mbox_side_t),
    .prepare = mbox_prepare,
    .forked = mbox_forked,
    .waiting = mbox_waiting,
};

const sys_object_table_t sys_object_mailboxes = {
    SYS_OBJECT_SLOTS("mailbox", mbox_slots, mbox_list, mbox),
    .port = &mbox_kind,
};

/* --- the ring -------------------------------------------------------------------------------- */

static mbox_side_t *mbox_other(const mbox_side_t *side)
{
    mbox_side_t *const pair = mbox_slots[(size_t)(side - &mbox_slots[0][0]) / MBOX_SIDES];
    return (side == &pair[MBOX_POST]) ? &pair[MBOX_FETCH] : &pair[MBOX_POST];
}

static u32_t mbox_units(const mbox_side_t *side)
{
    return side->seen + side->credit - atomic_load_explicit(&side->moved, memory_order_relaxed);
}

/* The gate's stock. The other side can only have added to it since it was last read. */
static u32_t mbox_stock(gate_t *gate)
{
    mbox_side_t *const side = gate->owner;
    if (mbox_units(side) <= gate->granted) {
        side->seen = atomic_load(&mbox_other(side)->moved);
    }
    return mbox_units(side);
}

/* Goes on to the next place: a unit of this side becomes one of the other. */
static void mbox_advance(mbox_side_t *side)
{
    side->index = (side->index + 1U < side->size) ? side->index + 1U : 0;
    (void)atomic_fetch_add(&side->moved, 1U);
}

static void mbox_put(mbox_side_t *side, void *msg)
{
    side->ring[side->index] = msg;
    mbox_advance(side);
}

static void *mbox_get(mbox_side_t *side)
{
    void *const msg = side->ring[side->index];
    mbox_advance(side);
    return msg;
}

/* Frees the lock; then, if threads wait on the other side, admits those that can go on. */
static void mbox_unlock_and_admit(mbox_side_t *side)
{
    mbox_side_t *const opposite = mbox_other(side);
    object_unlock(&side->object);
    if (gate_is_waited_at(&opposite->gate)) {
        quick_lock(&opposite->object.lock);
        gate_waiter_t *const granted = gate_admit(&opposite->gate);
        quick_unlock(&opposite->object.lock);
        gate_wake(granted);
    }
}

static mbox_side_t *mbox_lock_side(const sys_mbox_t *mbox, size_t side)
{
    return (mbox_side_t *)object_lock(&sys_object_mailboxes, sys_mbox_name(mbox), side);
}

static void mbox_deliver(void **where, void *msg)
{
    if (where != NULL) {
        *where = msg;
    }
}

/* --- life ------------------------------------------------------------------------------------ */

static void mbox_init_side(mbox_side_t *side, void **ring, u32_t size, u32_t credit)
{
    gate_init(&side->gate, mbox_stock, side, true);
    side->ring = ring;
    side->index = 0;
    side->size = size;
    side->credit = credit;
    side->seen = 0;
    atomic_store(&side->moved, 0U);
}

err_t sys_mbox_new(sys_mbox_t *mbox, int size)
{
    if (mbox == NULL) {
        return ERR_ARG;
    }
    sys_mbox_set_invalid(mbox);
    const u32_t places = (u32_t)((size > 0) ? size : CISTERN_HOST_MBOX_SIZE);
    void **const ring = calloc(places, sizeof *ring);
    if (ring == NULL) {
        object_count_error(&sys_object_mailboxes);
        return ERR_MEM;
    }
    mbox_side_t *const sides = (mbox_side_t *)object_new(&sys_object_mailboxes, &mbox->name);
    if (sides == NULL) {
        free(ring);
        return ERR_MEM;
    }
    mbox_init_side(&sides[MBOX_POST], ring, places, places);
    mbox_init_side(&sides[MBOX_FETCH], ring, places, 0);
    object_unlock_sides(&sys_object_mailboxes, &sides->object);
    return ERR_OK;
}

/* Why a mailbox must not be freed now; NULL if it may be. */
static const char *mbox_in_use(const mbox_side_t *sides)
{
    if (sides[MBOX_POST].gate.inside + sides[MBOX_FETCH].gate.inside != 0) {
        return "refused free: a thread waits for it";
    }
    return (sides[MBOX_POST].moved != sides[MBOX_FETCH].moved) ? "refused free: messages are in it"
                                                               : NULL;
}

static void mbox_refuse_free(sys_mbox_t *mbox, mbox_side_t *sides, const char *reason)
{
    object_unlock_sides(&sys_object_mailboxes, &sides->object);
    object_count_error(&sys_object_mailboxes);
    sys_object_refuse(&sys_object_mailboxes, sys_mbox_name(mbox), reason);
}

void sys_mbox_free(sys_mbox_t *mbox)
{
    mbox_side_t *const sides =
        (mbox_side_t *)object_lock_to_end(&sys_object_mailboxes, sys_mbox_name(mbox));
    if (sides == NULL) {
        object_count_error(&sys_object_mailboxes);
        return;
    }
    const char *const reason = mbox_in_use(sides);
    if (reason != NULL) {
        mbox_refuse_free(mbox, sides, reason);
        return;
    }
    void **const ring = sides->ring;
    object_end(&sys_object_mailboxes, &sides->object);
    free(ring);
}

/* --- use ------------------------------------------------------------------------------------- */

void sys_mbox_post(sys_mbox_t *mbox, void *msg)
{
    mbox_side_t *const side = mbox_lock_side(mbox, MBOX_POST);
    if (side != NULL) {
        (void)gate_wait(&side->gate, &side->object.lock, 0);
        mbox_put(side, msg);
        mbox_unlock_and_admit(side);
    }
}

err_t sys_mbox_trypost(sys_mbox_t *mbox, void *msg)
{
    mbox_side_t *const side = mbox_lock_side(mbox, MBOX_POST);
    if (side == NULL) {
        return ERR_ARG;
    }
    const bool place = gate_try(&side->gate);
    if (!place) {
        object_unlock(&side->object);
        object_count_error(&sys_object_mailboxes);
        return ERR_MEM;
    }
    mbox_put(side, msg);
    mbox_unlock_and_admit(side);
    return ERR_OK;
}

/* Hosts have no interrupts: what stands for one is a thread. */
err_t sys_mbox_trypost_fromisr(sys_mbox_t *mbox, void *msg)
{
    return sys_mbox_trypost(mbox, msg);
}

u32_t sys_arch_mbox_fetch(sys_mbox_t *mbox, void **msg, u32_t timeout)
{
    mbox_side_t *const side = mbox_lock_side(mbox, MBOX_FETCH);
    mbox_deliver(msg, NULL);
    if (side == NULL) {
        return SYS_ARCH_TIMEOUT;
    }
    const u32_t waited = gate_wait(&side->gate, &side->object.lock, timeout);
    if (waited == SYS_ARCH_TIMEOUT) {
        object_unlock(&side->object);
        return waited;
    }
    mbox_deliver(msg, mbox_get(side));
    mbox_unlock_and_admit(side);
    return waited;
}

u32_t sys_arch_mbox_tryfetch(sys_mbox_t *mbox, void **msg)
{
    mbox_side_t *const side = mbox_lock_side(mbox, MBOX_FETCH);
    mbox_deliver(msg, NULL);
    if (side == NULL) {
        return SYS_MBOX_EMPTY;
    }
    if (!gate_try(&side->gate)) {
        object_unlock(&side->object);
        return SYS_MBOX_EMPTY;
    }
    mbox_deliver(msg, mbox_get(side));
    mbox_unlock_and_admit(side);
    return 0;
}

#endif
