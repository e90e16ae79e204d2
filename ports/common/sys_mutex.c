/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_mutex.c (common) - mutexes: the system's lock with a holder, in a slot.
 *
 *   slot   | object: lock, generation | mutex | users | owner, held | queue: waiting, woken |
 *
 * Vocabulary: a user is a thread that holds the mutex or waits for it. A waiter sleeps in the queue
 * and tries again when it is woken, so that a thread which unlocks may lock again before that: a
 * handoff to a sleeping thread costs two switches each time, one of them of the thread that goes
 * on. A waiter that is starving, or that has a priority to lend, waits at the system's lock itself,
 * which lends priority and is handed over.
 *
 *   thread A   holds ---------------> +-------+
 *   thread B   starving ------------> | mutex |  the system's queue, by priority
 *   thread C   waits ------+          +-------+
 *   thread D   waits ------+-> queue: waiting 2, woken
 *
 * Invariants, whenever the object's lock is free:
 *   I1  held implies that `owner` holds `mutex`, or has just withdrawn as owner to unlock it.
 *   I2  users counts the holder and all who wait: with 0 the mutex may end.
 *   I3  A waiter counts itself, then tries; who unlocks frees the mutex, then reads the count by a
 *       write: one of the two writes comes first, so that one of the threads sees the other.
 *   I4  `woken` implies that a thread of the queue is on its way to try: no other one is woken.
 *
 * A thread that ends holding the mutex gives it back, with a fault.
 *
 * A thread is known by a number that no other thread ever has: the system gives the number of
 * a thread that ended to the next one.
 */
#include "lwip/sys.h"

#if !NO_SYS && !LWIP_COMPAT_MUTEX

#    include "sys_object.h"

#    ifndef CISTERN_HOST_MUTEXES
#        define CISTERN_HOST_MUTEXES 256
#    endif
#    if CISTERN_HOST_MUTEXES < 1
#        error "CISTERN_HOST_MUTEXES must be at least 1: see arch/sys_names.h"
#    endif

/* Who has waited this long is starving. */
#    define MUTEX_STARVING_NS 1000000U

typedef struct mutex_waiter {
    struct mutex_waiter *next;
    host_parker_t parker;
} mutex_waiter_t;

typedef struct mutex {
    object_t object;
    host_owned_t mutex;
    u32_t owner;
    u32_t users;
    bool held;
    host_lock_t queue; /* guards what follows, all of which but the list is read without it */
    mutex_waiter_t *first;
    mutex_waiter_t *last;
    atomic_uint waiting; /* on the list */
    atomic_bool woken;
} mutex_t;

static void mutex_empty_queue(mutex_t *mutex)
{
    host_lock_init(&mutex->queue);
    mutex->first = NULL;
    mutex->last = NULL;
    atomic_store(&mutex->waiting, 0U);
    atomic_store(&mutex->woken, false);
}

static bool mutex_prepare(object_t *object)
{
    mutex_t *const mutex = (mutex_t *)object;
    mutex_empty_queue(mutex);
    return host_owned_init(&mutex->mutex);
}

/* The calling thread's number; it keeps it in a forked child. */
static u32_t mutex_self(void)
{
    static atomic_uint last;
    static _Thread_local u32_t number;
    if (number == 0) {
        number = atomic_fetch_add(&last, 1U) + 1U;
    }
    return number;
}

static bool mutex_is_mine(const mutex_t *mutex)
{
    return mutex->held && mutex->owner == mutex_self();
}

/* A thread that held it and does not exist in the child holds it no longer. */
static void mutex_forked(object_t *object)
{
    mutex_t *const mutex = (mutex_t *)object;
    mutex->held = mutex_is_mine(mutex);
    mutex->users = mutex->held ? 1U : 0U;
    mutex_empty_queue(mutex);
    host_owned_renew(&mutex->mutex);
    if (mutex->held) {
        host_owned_lock(&mutex->mutex);
    }
}

static u32_t mutex_waiting(object_t *object)
{
    const mutex_t *const mutex = (const mutex_t *)object;
    return mutex->users - (mutex->held ? 1U : 0U);
}

static mutex_t mutex_slots[CISTERN_HOST_MUTEXES];
static sys_object_list_t mutex_list;

static const object_kind_t mutex_kind = {
    .sides = 1,
    .side_size = sizeof(mutex_t),
    .prepare = mutex_prepare,
    .forked = mutex_forked,
    .waiting = mutex_waiting,
};

const sys_object_table_t sys_object_mutexes = {
    SYS_OBJECT_SLOTS("mutex", mutex_slots, mutex_list, mutex),
    .port = &mutex_kind,
};

/* --- waiting ---------------------------------------------------------------------------------- */

/* Tries for a moment. */
static bool mutex_spin(mutex_t *mutex)
{
    bool mine = false;
    for (int i = host_spins(); i > 0 && !mine; --i) {
        host_relax();
        mine = host_owned_try(&mutex->mutex);
    }
    return mine;
}

/* (queue) */
static void mutex_append(mutex_t *mutex, mutex_waiter_t *waiter)
{
    waiter->next = NULL;
    if (mutex->last != NULL) {
        mutex->last->next = waiter;
    } else {
        mutex->first = waiter;
    }
    mutex->last = waiter;
    (void)atomic_fetch_add(&mutex->waiting, 1U);
}

/* (queue) */
static mutex_waiter_t *mutex_remove_first(mutex_t *mutex)
{
    mutex_waiter_t *const first = mutex->first;
    mutex->first = first->next;
    mutex->last = (first->next != NULL) ? mutex->last : NULL;
    (void)atomic_fetch_sub(&mutex->waiting, 1U);
    return first;
}

/* Goes into the queue, unless the mutex is free and no thread is in there: then it is the caller's.
 * (I3)
 */
static bool mutex_take_or_queue(mutex_t *mutex, mutex_waiter_t *waiter)
{
    host_lock(&mutex->queue);
    mutex_append(mutex, waiter);
    const bool mine = mutex->first == waiter && host_owned_try(&mutex->mutex);
    if (mine) {
        (void)mutex_remove_first(mutex);
    }
    host_unlock(&mutex->queue);
    return mine;
}

/* Waits in the queue; false if the thread is starving. (I4) */
static bool mutex_wait_in_queue(mutex_t *mutex)
{
    const uint64_t start = host_nanoseconds();
    mutex_waiter_t waiter;
    bool mine = false;
    host_parker_init(&waiter.parker);
    do {
        mine = mutex_take_or_queue(mutex, &waiter);
        if (!mine) {
            host_park_uncancelled(&waiter.parker);
            atomic_store(&mutex->woken, false);
            mine = host_owned_try(&mutex->mutex);
        }
    } while (!mine && host_nanoseconds() - start < MUTEX_STARVING_NS);
    host_parker_end(&waiter.parker);
    return mine;
}

static void mutex_acquire(mutex_t *mutex)
{
    if (host_owned_try(&mutex->mutex) || mutex_spin(mutex)) {
        return;
    }
    if (host_lends_priority() || !mutex_wait_in_queue(mutex)) {
        host_owned_lock(&mutex->mutex);
    }
}

/* Wakes the first in the queue, unless one was woken and has not tried yet. (I4) */
static void mutex_wake_one(mutex_t *mutex)
{
    mutex_waiter_t *first = NULL;
    host_lock(&mutex->queue);
    if (mutex->first != NULL && !mutex->woken) {
        atomic_store(&mutex->woken, true);
        first = mutex_remove_first(mutex);
    }
    host_unlock(&mutex->queue);
    if (first != NULL) {
        host_unpark(&first->parker);
    }
}

static void mutex_release(mutex_t *mutex)
{
    host_owned_unlock(&mutex->mutex);
    if (atomic_fetch_add(&mutex->waiting, 0U) != 0) { /* I3 */
        mutex_wake_one(mutex);
    }
}

/* --- the end of threads ----------------------------------------------------------------------- */

static host_once_t mutex_once = HOST_ONCE_INITIALIZER;
static host_watch_t mutex_watch;
static _Thread_local bool mutex_watched;

/* Records that the calling thread does not use it any more; false if it is not the holder. */
static bool mutex_disown(mutex_t *mutex)
{
    const bool mine = mutex_is_mine(mutex);
    mutex->users -= mine ? 1U : 0U;
    mutex->held = mutex->held && !mine;
    return mine;
}

/* Runs when a watched thread ends. Linear in the mutexes that were ever there. */
static void mutex_thread_ends(void)
{
    mutex_watched = false;
    for (u32_t slot = 0; slot < mutex_list.prepared; ++slot) {
        mutex_t *const mutex = &mutex_slots[slot];
        quick_lock(&mutex->object.lock);
        const sys_name_t name = {slot, mutex->object.object.generation};
        const bool mine = mutex_disown(mutex);
        quick_unlock(&mutex->object.lock);
        if (mine) {
            mutex_release(mutex);
            sys_object_refuse(&sys_object_mutexes, &name, "a thread that ended holding it");
        }
    }
}

static void mutex_create_watch(void)
{
    host_watch_create(&mutex_watch, mutex_thread_ends);
}

static void mutex_watch_thread(void)
{
    if (!mutex_watched) {
        host_once(&mutex_once, mutex_create_watch);
        host_watch_thread(&mutex_watch);
        mutex_watched = true;
    }
}

/* --- calls ------------------------------------------------------------------------------------ */

static mutex_t *mutex_lock_object(sys_mutex_t *mutex)
{
    return (mutex_t *)object_lock(&sys_object_mutexes, sys_mutex_name(mutex), 0);
}

err_t sys_mutex_new(sys_mutex_t *mutex)
{
    if (mutex == NULL) {
        return ERR_ARG;
    }
    mutex_t *const made = (mutex_t *)object_new(&sys_object_mutexes, &mutex->name);
    if (made == NULL) {
        return ERR_MEM;
    }
    made->users = 0;
    made->held = false;
    object_unlock_sides(&sys_object_mutexes, &made->object);
    return ERR_OK;
}

/* Records the calling thread as a user; false if it is the holder. */
static bool mutex_register(mutex_t *mutex)
{
    const bool again = mutex_is_mine(mutex);
    mutex->users += again ? 0U : 1U;
    return !again;
}

static void mutex_record_owner(mutex_t *mutex)
{
    quick_lock(&mutex->object.lock);
    mutex->owner = mutex_self();
    mutex->held = true;
    object_unlock(&mutex->object);
}

void sys_mutex_lock(sys_mutex_t *mutex)
{
    mutex_t *const found = mutex_lock_object(mutex);
    if (found == NULL) {
        return;
    }
    const bool registered = mutex_register(found);
    object_unlock(&found->object);
    if (registered) {
        mutex_watch_thread();
        mutex_acquire(found);
        mutex_record_owner(found);
    } else {
        sys_object_refuse(&sys_object_mutexes, sys_mutex_name(mutex),
                          "a lock by the thread that holds it");
    }
}

void sys_mutex_unlock(sys_mutex_t *mutex)
{
    mutex_t *const found = mutex_lock_object(mutex);
    if (found == NULL) {
        return;
    }
    const bool mine = mutex_disown(found);
    object_unlock(&found->object);
    if (mine) {
        mutex_release(found);
    } else {
        sys_object_refuse(&sys_object_mutexes, sys_mutex_name(mutex),
                          "an unlock by a thread that does not hold it");
    }
}

void sys_mutex_free(sys_mutex_t *mutex)
{
    mutex_t *const found =
        (mutex_t *)object_lock_to_end(&sys_object_mutexes, sys_mutex_name(mutex));
    if (found == NULL) {
        return;
    }
    if (found->users == 0) {
        object_end(&sys_object_mutexes, &found->object);
    } else {
        object_unlock_sides(&sys_object_mutexes, &found->object);
        sys_object_refuse(&sys_object_mutexes, sys_mutex_name(mutex), "refused free: it is locked");
    }
}

#endif
