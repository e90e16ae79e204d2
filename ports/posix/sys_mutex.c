/* sys_mutex.c (posix) - mutexes with priority inheritance: a system mutex in a slot.
 *
 *   slot   | object: lock, generation | mutex | users | owner, held |
 *
 * Vocabulary: a user is a thread that holds the mutex or waits for it.
 *
 * Invariants, whenever the object's lock is free:
 *   I1  held implies that `owner` holds `mutex`, or has just left these books to unlock it.
 *   I2  users counts the holder and all who wait: with 0 the mutex may end.
 *
 * The system mutex is robust: the end of a thread that holds it is reported to the next one, which
 * then holds it. Where the system has no priority inheritance, it is a plain mutex.
 */
#define _GNU_SOURCE 1
#include "lwip/sys.h"

#if !NO_SYS && !LWIP_COMPAT_MUTEX

#    include <errno.h>

#    include "sys_object.h"

#    ifndef CISTERN_POSIX_MUTEXES
#        define CISTERN_POSIX_MUTEXES 256
#    endif
#    ifndef CISTERN_POSIX_MUTEX_PROTOCOL
#        define CISTERN_POSIX_MUTEX_PROTOCOL PTHREAD_PRIO_INHERIT
#    endif

typedef struct mutex {
    object_t object;
    pthread_mutex_t mutex;
    pthread_t owner;
    u32_t users;
    bool held;
} mutex_t;

static void prepare(object_t *object)
{
    pthread_mutexattr_t attributes;
    (void)pthread_mutexattr_init(&attributes);
    (void)pthread_mutexattr_setprotocol(&attributes, CISTERN_POSIX_MUTEX_PROTOCOL);
    (void)pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    (void)pthread_mutex_init(&((mutex_t *)object)->mutex, &attributes);
    (void)pthread_mutexattr_destroy(&attributes);
}

static bool is_mine(const mutex_t *mutex)
{
    return mutex->held && pthread_equal(mutex->owner, pthread_self());
}

/* The system mutex knows its holder by a number that is another one in the child: it is made anew.
 * A thread that held it and does not exist here holds it no longer. */
static void forked(object_t *object)
{
    mutex_t *const mutex = (mutex_t *)object;
    mutex->held = is_mine(mutex);
    mutex->users = mutex->held ? 1U : 0U;
    prepare(object);
    if (mutex->held) {
        (void)pthread_mutex_lock(&mutex->mutex);
    }
}

static mutex_t slots[CISTERN_POSIX_MUTEXES];

object_table_t object_mutexes = {
    .kind = "mutex",
    .slots = slots,
    .count = CISTERN_POSIX_MUTEXES,
    .sides = 1,
    .side_size = sizeof slots[0],
    .prepare = prepare,
    .forked = forked,
    OBJECT_STATS(mutex),
};

/* NULL, like a name of nothing, finds no object and is refused. */
static const sys_posix_name_t *name_of(const sys_mutex_t *mutex)
{
    return (mutex != NULL) ? &mutex->name : NULL;
}

static mutex_t *lookup(sys_mutex_t *mutex)
{
    return (mutex_t *)object_lock(&object_mutexes, name_of(mutex), 0);
}

err_t sys_mutex_new(sys_mutex_t *mutex)
{
    if (mutex == NULL) {
        return ERR_ARG;
    }
    mutex_t *const made = (mutex_t *)object_new(&object_mutexes, &mutex->name);
    if (made == NULL) {
        return ERR_MEM;
    }
    made->users = 0;
    made->held = false;
    object_unlock_sides(&object_mutexes, &made->object);
    return ERR_OK;
}

/* Waits for the system mutex: true iff the thread that held it ended without giving it back. */
static bool acquire(pthread_mutex_t *mutex)
{
    const bool abandoned = pthread_mutex_lock(mutex) == EOWNERDEAD;
    if (abandoned) {
        (void)pthread_mutex_consistent(mutex);
    }
    return abandoned;
}

/* Writes the calling thread into the books as the holder. */
static void record_owner(mutex_t *mutex, bool abandoned)
{
    (void)pthread_mutex_lock(&mutex->object.lock);
    mutex->users -= abandoned ? 1U : 0U;
    mutex->owner = pthread_self();
    mutex->held = true;
    object_unlock(&mutex->object);
}

void sys_mutex_lock(sys_mutex_t *mutex)
{
    mutex_t *const found = lookup(mutex);
    if (found == NULL) {
        return;
    }
    const bool again = is_mine(found);
    found->users += again ? 0U : 1U;
    object_unlock(&found->object);
    if (again) {
        object_refuse(&object_mutexes, name_of(mutex), "a lock by the thread that holds it");
        return;
    }
    const bool abandoned = acquire(&found->mutex);
    record_owner(found, abandoned);
    if (abandoned) {
        object_refuse(&object_mutexes, name_of(mutex), "a thread that ended holding it");
    }
}

void sys_mutex_unlock(sys_mutex_t *mutex)
{
    mutex_t *const found = lookup(mutex);
    if (found == NULL) {
        return;
    }
    const bool mine = is_mine(found);
    found->users -= mine ? 1U : 0U;
    found->held = found->held && !mine;
    object_unlock(&found->object);
    if (mine) {
        (void)pthread_mutex_unlock(&found->mutex);
    } else {
        object_refuse(&object_mutexes, name_of(mutex),
                      "an unlock by a thread that does not hold it");
    }
}

void sys_mutex_free(sys_mutex_t *mutex)
{
    mutex_t *const found = (mutex_t *)object_lock_to_end(&object_mutexes, name_of(mutex));
    if (found == NULL) {
        return;
    }
    if (found->users == 0) {
        object_end(&object_mutexes, &found->object);
    } else {
        object_unlock_sides(&object_mutexes, &found->object);
        object_refuse(&object_mutexes, name_of(mutex), "a free while it is locked");
    }
}

int sys_mutex_valid(sys_mutex_t *mutex)
{
    return object_is_live(&object_mutexes, name_of(mutex));
}

void sys_mutex_set_invalid(sys_mutex_t *mutex)
{
    if (mutex != NULL) {
        *mutex = (sys_mutex_t){0};
    }
}

#endif
