/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_mutex.c (bare) - mutexes with priority inheritance.
 *
 *   thread A  held --> mutex 1 --> mutex 4 --> NULL        next_held links them
 *   mutex 1   owner A, waiters --> B --> C                 B.wanted == C.wanted == mutex 1
 *
 * Invariants, outside the critical section:
 *   (I1) while a thread waits the mutex has an owner: unlock makes the most urgent waiter the
 *        owner, the first who came among equals
 *   (I2) a thread's priority is the highest of its own and of those who wait for a mutex that it
 *        holds; so it passes along a chain of threads that wait for each other
 *
 * Time: lock is bounded by the length of such a chain, unlock by the mutexes that the thread holds
 * and the threads that wait for them.
 */
#include "sys_object.h"

#if !NO_SYS && !LWIP_COMPAT_MUTEX

typedef struct mutex {
    sys_object_t object;
    thread_t *owner;
    thread_list_t waiters;
    struct mutex *next_held;
} mutex_t;

static mutex_t mutex_slots[CISTERN_BARE_MUTEXES];
static sys_object_list_t mutex_list;

const sys_object_table_t sys_object_mutexes = {
    SYS_OBJECT_SLOTS("mutex", mutex_slots, mutex_list, mutex)};

static mutex_t *mutex_find(const sys_mutex_t *mutex)
{
    return (mutex_t *)sys_object_find(&sys_object_mutexes, sys_mutex_name(mutex));
}

/* --- priorities ------------------------------------------------------------------------------- */

/* (I2) for a thread that begins to wait. Ends on a cycle too: priorities only rise. */
static void mutex_pass_priority_on(const thread_t *waiter)
{
    const mutex_t *mutex = waiter->wanted;
    while (mutex != NULL && mutex->owner->priority < waiter->priority) {
        bare_thread_set_priority(mutex->owner, waiter->priority);
        mutex = mutex->owner->wanted;
    }
}

static thread_t *mutex_most_urgent_waiter(const mutex_t *mutex)
{
    thread_t *best = mutex->waiters.first;
    for (thread_t *thread = best; thread != NULL; thread = thread->next) {
        best = (thread->priority > best->priority) ? thread : best;
    }
    return best;
}

/* (I2) for a thread that has given a mutex back. */
static void mutex_set_priority_from_held(thread_t *thread)
{
    u8_t priority = thread->own_priority;
    for (const mutex_t *mutex = thread->held; mutex != NULL; mutex = mutex->next_held) {
        const thread_t *const waiter = mutex_most_urgent_waiter(mutex);
        priority = (waiter != NULL && waiter->priority > priority) ? waiter->priority : priority;
    }
    bare_thread_set_priority(thread, priority);
}

/* --- ownership -------------------------------------------------------------------------------- */

static void mutex_take(mutex_t *mutex, thread_t *thread)
{
    mutex->owner = thread;
    mutex->next_held = thread->held;
    thread->held = mutex;
}

static void mutex_forget(const mutex_t *mutex, thread_t *thread)
{
    mutex_t **link = &thread->held;
    while (*link != mutex) {
        link = &(*link)->next_held;
    }
    *link = mutex->next_held;
}

/* (I1) */
static void mutex_give(mutex_t *mutex)
{
    thread_t *const before = mutex->owner;
    thread_t *const next = mutex_most_urgent_waiter(mutex);
    mutex_forget(mutex, before);
    mutex->owner = NULL;
    if (next != NULL) {
        next->wanted = NULL;
        mutex_take(mutex, next);
        bare_thread_wake(next);
    }
    mutex_set_priority_from_held(before);
}

void bare_mutexes_abandon(void)
{
    thread_t *const thread = bare_thread_running();
    while (thread->held != NULL) {
        const cistern_critical_t level = cistern_critical_enter();
        const sys_object_t *const object = &thread->held->object;
        const sys_name_t name = {object->slot, object->generation};
        mutex_give(thread->held);
        cistern_critical_leave(level);
        sys_object_refuse(&sys_object_mutexes, &name, "a thread that ended holding it");
    }
}

/* --- calls ------------------------------------------------------------------------------------ */

err_t sys_mutex_new(sys_mutex_t *mutex)
{
    if (mutex == NULL) {
        return ERR_ARG;
    }
    const cistern_critical_t level = cistern_critical_enter();
    mutex_t *const made = (mutex_t *)bare_object_new(&sys_object_mutexes, &mutex->name);
    if (made != NULL) {
        made->owner = NULL;
        bare_list_start(&made->waiters);
    }
    cistern_critical_leave(level);
    return (made != NULL) ? ERR_OK : ERR_MEM;
}

/* (inside) Why a lock is refused; NULL if it is not. */
static const char *mutex_refusal_to_lock(const mutex_t *mutex, bool may_wait)
{
    if (mutex == NULL) {
        return "a name of no live object";
    }
    if (mutex->owner != NULL && mutex->owner == bare_thread_running()) {
        return "a lock by the thread that holds it";
    }
    return may_wait ? NULL : "a lock in an interrupt or a protected section";
}

void sys_mutex_lock(sys_mutex_t *mutex)
{
    const bool may_wait = bare_thread_may_wait();
    const cistern_critical_t level = cistern_critical_enter();
    mutex_t *const found = mutex_find(mutex);
    const char *const reason = mutex_refusal_to_lock(found, may_wait);
    thread_t *const thread = bare_thread_running();
    const bool wait = reason == NULL && found->owner != NULL;
    if (wait) {
        thread->wanted = found;
        bare_thread_block(&found->waiters, 0);
        mutex_pass_priority_on(thread);
    } else if (reason == NULL) {
        mutex_take(found, thread);
    }
    cistern_critical_leave(level);
    if (wait) {
        (void)bare_thread_wait();
    } else if (reason != NULL) {
        sys_object_refuse(&sys_object_mutexes, sys_mutex_name(mutex), reason);
    }
}

void sys_mutex_unlock(sys_mutex_t *mutex)
{
    const cistern_critical_t level = cistern_critical_enter();
    mutex_t *const found = mutex_find(mutex);
    const bool mine = found != NULL && found->owner != NULL &&
                      found->owner == bare_thread_running() && !cistern_cpu_in_interrupt();
    if (mine) {
        mutex_give(found);
    }
    cistern_critical_leave(level);
    if (found == NULL) {
        sys_object_refuse_name(&sys_object_mutexes, sys_mutex_name(mutex));
    } else if (!mine) {
        sys_object_refuse(&sys_object_mutexes, sys_mutex_name(mutex),
                          "an unlock by a thread that does not hold it");
    }
}

bool bare_mutex_is_mine(const sys_mutex_t *mutex)
{
    const cistern_critical_t level = cistern_critical_enter();
    const mutex_t *const found = mutex_find(mutex);
    const bool mine = found != NULL && found->owner == bare_thread_running();
    cistern_critical_leave(level);
    return mine;
}

static const char *mutex_in_use(const sys_object_t *object)
{
    return (((const mutex_t *)object)->owner != NULL) ? "refused free: it is locked" : NULL;
}

void sys_mutex_free(sys_mutex_t *mutex)
{
    bare_object_free(&sys_object_mutexes, sys_mutex_name(mutex), mutex_in_use);
}

#elif !NO_SYS

/* Mutexes are semaphores: there is nothing to give back when a thread ends, as they have no owner. */
void bare_mutexes_abandon(void) {}

bool bare_mutex_is_mine(const sys_mutex_t *mutex)
{
    (void)mutex;
    return true;
}

#endif
