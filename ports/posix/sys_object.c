/* sys_object.c (posix) - the tables of semaphores, mutexes and mailboxes.
 *
 *   table         | slot 0 | slot 1 | slot 2 | slot 3 | ...        | slot n-1 |
 *                   live     free     live     free     never used
 *                  <---------- prepared ------------->
 *   free --> slot 3 --> slot 1 --> NULL
 *   name   { slot 2, generation 7 }  names slot 2 while it is live in its generation 7
 *
 * Invariants:
 *   I1  A slot below `prepared` has an initialised lock, for ever.
 *   I2  A slot's generation and liveness change only with its lock held; the generation grows by
 * one when an object ends, so that no name of it is valid again. I3  Who holds an object's lock
 * does not enter the critical section and takes no other object's lock. A fork takes the critical
 * section first and then every object's lock in order.
 *
 * A slot must keep its lock and its generation while it is free, which a block of a pool cannot:
 * hence the free list of its own.
 */
#define _GNU_SOURCE 1
#include "lwip/sys.h"

#if !NO_SYS

#    include <stddef.h>

#    include "arch/cistern_port.h"
#    include "cistern/fault.h"
#    include "sys_object.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;

#    if LWIP_COMPAT_MUTEX
static object_table_t *const tables[] = {&object_semaphores, &object_mailboxes};
#    else
static object_table_t *const tables[] = {&object_semaphores, &object_mutexes, &object_mailboxes};
#    endif
#    define TABLES (sizeof tables / sizeof tables[0])

static object_t *slot_at(const object_table_t *table, size_t slot)
{
    return (object_t *)(void *)((unsigned char *)table->slots + slot * table->slot_size);
}

static u32_t slot_of(const object_table_t *table, const object_t *object)
{
    const size_t offset = (size_t)((const unsigned char *)object - (unsigned char *)table->slots);
    return (u32_t)(offset / table->slot_size);
}

/* --- statistics ------------------------------------------------------------------------------- */

#    if SYS_STATS

static void count_new(const object_table_t *table)
{
    struct stats_syselem *const stats = table->stats;
    ++stats->used;
    stats->max = (stats->max < stats->used) ? stats->used : stats->max;
}

static void count_end(const object_table_t *table)
{
    --table->stats->used;
}

static void count_error(const object_table_t *table)
{
    ++table->stats->err;
}

#    else

static void count_new(const object_table_t *table)
{
    (void)table;
}

static void count_end(const object_table_t *table)
{
    (void)table;
}

static void count_error(const object_table_t *table)
{
    (void)table;
}

#    endif

void object_count_error(const object_table_t *table)
{
    const cistern_critical_t level = cistern_critical_enter();
    count_error(table);
    cistern_critical_leave(level);
}

/* --- faults ----------------------------------------------------------------------------------- */

static void raise_fault(cistern_fault_kind_t kind, const object_table_t *table,
                        const sys_posix_name_t *name, const char *reason)
{
    const cistern_fault_t fault = {
        .kind = kind, .object = name, .address = name, .name = table->kind, .owner = reason};
    cistern_fault_raise(&fault);
}

void object_refuse(const object_table_t *table, const sys_posix_name_t *name, const char *reason)
{
    raise_fault(CISTERN_FAULT_ARGUMENT, table, name, reason);
}

/* --- fork ------------------------------------------------------------------------------------- */

static void for_each_prepared(void (*visit)(object_table_t *table, object_t *object))
{
    for (size_t t = 0; t < TABLES; ++t) {
        for (size_t slot = 0; slot < tables[t]->prepared; ++slot) {
            visit(tables[t], slot_at(tables[t], slot));
        }
    }
}

static void lock_one(object_table_t *table, object_t *object)
{
    (void)table;
    (void)pthread_mutex_lock(&object->lock);
}

static void unlock_one(object_table_t *table, object_t *object)
{
    (void)table;
    (void)pthread_mutex_unlock(&object->lock);
}

static void adopt_one(object_table_t *table, object_t *object)
{
    if (object->live) {
        table->forked(object);
    }
    (void)pthread_mutex_unlock(&object->lock);
}

static cistern_critical_t fork_level;

static void before_fork(void)
{
    const cistern_critical_t level = cistern_critical_enter();
    fork_level = level;
    for_each_prepared(lock_one);
}

static void after_fork_in_parent(void)
{
    for_each_prepared(unlock_one);
    cistern_critical_leave(fork_level);
}

/* Of the parent's threads, the child has only the one that forked. */
static void after_fork_in_child(void)
{
    for_each_prepared(adopt_one);
    cistern_critical_leave(fork_level);
}

/* --- start ------------------------------------------------------------------------------------ */

/* The first use of the critical section registers a handler of its own; both must not happen while
 * a fork runs the handlers, so it comes first. */
static void watch_forks(void)
{
    cistern_critical_leave(cistern_critical_enter());
    (void)pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

void sys_init(void)
{
    (void)pthread_once(&once, watch_forks);
}

/* --- slots ------------------------------------------------------------------------------------ */

static void create_lock(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attributes;
    (void)pthread_mutexattr_init(&attributes);
#    ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
    (void)pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ADAPTIVE_NP);
#    endif
    (void)pthread_mutex_init(lock, &attributes);
    (void)pthread_mutexattr_destroy(&attributes);
}

static void push_free(object_table_t *table, object_t *object)
{
    object->next_free = table->free;
    table->free = object;
}

static object_t *pop_free(object_table_t *table)
{
    object_t *const object = table->free;
    if (object != NULL) {
        table->free = object->next_free;
    }
    return object;
}

/* The first slot that was never used, made ready; NULL iff there is none. */
static object_t *prepare_slot(object_table_t *table)
{
    const size_t slot = table->prepared;
    if (slot == table->count) {
        return NULL;
    }
    object_t *const object = slot_at(table, slot);
    create_lock(&object->lock);
    object->generation = 1;
    table->prepare(object);
    table->prepared = slot + 1U;
    return object;
}

static object_t *take_slot(object_table_t *table)
{
    const cistern_critical_t level = cistern_critical_enter();
    object_t *object = pop_free(table);
    if (object == NULL) {
        object = prepare_slot(table);
    }
    if (object != NULL) {
        count_new(table);
    } else {
        count_error(table);
    }
    cistern_critical_leave(level);
    return object;
}

object_t *object_new(object_table_t *table, sys_posix_name_t *name)
{
    sys_init();
    *name = (sys_posix_name_t){0};
    object_t *const object = take_slot(table);
    if (object != NULL) {
        (void)pthread_mutex_lock(&object->lock);
        object->live = true;
        *name = (sys_posix_name_t){slot_of(table, object), object->generation};
    }
    return object;
}

void object_end(object_table_t *table, object_t *object)
{
    object->live = false;
    object->generation = (object->generation < UINT32_MAX) ? object->generation + 1U : 1U;
    (void)pthread_mutex_unlock(&object->lock);
    const cistern_critical_t level = cistern_critical_enter();
    count_end(table);
    push_free(table, object);
    cistern_critical_leave(level);
}

/* --- looking up ------------------------------------------------------------------------------- */

static bool slot_exists(const object_table_t *table, const sys_posix_name_t *name)
{
    return name != NULL && name->generation != 0 && name->slot < table->prepared;
}

static object_t *find_and_lock(object_table_t *table, const sys_posix_name_t *name)
{
    if (!slot_exists(table, name)) {
        return NULL;
    }
    object_t *const object = slot_at(table, name->slot);
    (void)pthread_mutex_lock(&object->lock);
    if (!object->live || object->generation != name->generation) {
        (void)pthread_mutex_unlock(&object->lock);
        return NULL;
    }
    return object;
}

object_t *object_lock(object_table_t *table, const sys_posix_name_t *name)
{
    object_t *const object = find_and_lock(table, name);
    if (object == NULL) {
        raise_fault(CISTERN_FAULT_ARGUMENT, table, name, "a name of no live object");
    }
    return object;
}

object_t *object_lock_to_end(object_table_t *table, const sys_posix_name_t *name)
{
    object_t *const object = find_and_lock(table, name);
    if (object == NULL) {
        const bool was_live = slot_exists(table, name);
        raise_fault(was_live ? CISTERN_FAULT_DOUBLE_FREE : CISTERN_FAULT_FOREIGN_FREE, table, name,
                    "a name of no live object");
    }
    return object;
}

void object_unlock(object_t *object)
{
    (void)pthread_mutex_unlock(&object->lock);
}

bool object_is_live(object_table_t *table, const sys_posix_name_t *name)
{
    object_t *const object = find_and_lock(table, name);
    if (object != NULL) {
        object_unlock(object);
    }
    return object != NULL;
}

#endif
