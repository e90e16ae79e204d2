/* sys_mutex.c (common) - mutexes: the system's lock with a holder, in a slot.
 *
 *   slot   | object: lock, generation | mutex | users | owner, held |
 *
 * Vocabulary: a user is a thread that holds the mutex or waits for it.
 *
 * Invariants, whenever the object's lock is free:
 *   I1  held implies that `owner` holds `mutex`, or has just left these books to unlock it.
 *   I2  users counts the holder and all who wait: with 0 the mutex may end.
 *
 * The end of a thread that holds the mutex is reported to the next one, which then holds it.
 *
 * Threads are told apart by a number that no other thread ever has: the system gives the number of
 * a thread that ended to the next one.
 */
#include "lwip/sys.h"

#if !NO_SYS && !LWIP_COMPAT_MUTEX

#    include "sys_object.h"

#    ifndef CISTERN_HOST_MUTEXES
#        define CISTERN_HOST_MUTEXES 256
#    endif

typedef struct mutex {
    object_t object;
    host_owned_t mutex;
    u32_t owner;
    u32_t users;
    bool held;
} mutex_t;

static bool prepare(object_t *object)
{
    return host_owned_init(&((mutex_t *)object)->mutex);
}

/* The calling thread's number; it keeps it in a forked child. */
static u32_t self(void)
{
    static atomic_uint last;
    static _Thread_local u32_t number;
    if (number == 0) {
        number = atomic_fetch_add(&last, 1U) + 1U;
    }
    return number;
}

static bool is_mine(const mutex_t *mutex)
{
    return mutex->held && mutex->owner == self();
}

/* A thread that held it and does not exist in the child holds it no longer. */
static void forked(object_t *object)
{
    mutex_t *const mutex = (mutex_t *)object;
    mutex->held = is_mine(mutex);
    mutex->users = mutex->held ? 1U : 0U;
    host_owned_renew(&mutex->mutex);
    if (mutex->held) {
        (void)host_owned_lock(&mutex->mutex);
    }
}

static mutex_t slots[CISTERN_HOST_MUTEXES];

object_table_t object_mutexes = {
    .kind = "mutex",
    .slots = slots,
    .count = CISTERN_HOST_MUTEXES,
    .sides = 1,
    .side_size = sizeof slots[0],
    .prepare = prepare,
    .forked = forked,
    OBJECT_STATS(mutex),
};

/* NULL, like a name of nothing, finds no object and is refused. */
static const sys_host_name_t *name_of(const sys_mutex_t *mutex)
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

/* Writes the calling thread into the books as the holder. */
static void record_owner(mutex_t *mutex, bool abandoned)
{
    quick_lock(&mutex->object.lock);
    mutex->users -= abandoned ? 1U : 0U;
    mutex->owner = self();
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
    const bool abandoned = host_owned_lock(&found->mutex);
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
        host_owned_unlock(&found->mutex);
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
