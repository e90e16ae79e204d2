/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_object.c (common) - the tables of semaphores, mutexes and mailboxes on hosts.
 *
 *   slot     | side 0: object, lock, ... | side 1: object, lock, ... |
 *
 * Invariants:
 *   (I1) each side of a slot below `prepared` has an initialised lock, for ever
 *   (I2) an object starts and ends with the locks of all its sides held; each side has the name, so that
 *        a call needs the lock of one side only
 *   (I3) the holder of an object's lock does not enter the critical section and takes no other object's
 *        lock. A fork takes the critical section first and then every lock in order
 */
#include "lwip/sys.h"

#if !NO_SYS

#    include "sys_object.h"

#    include "../oslayer/object_table.inc"

static host_once_t object_once = HOST_ONCE_INITIALIZER;

#    if LWIP_COMPAT_MUTEX
static const sys_object_table_t *const object_tables[] = {&sys_object_semaphores,
                                                          &sys_object_mailboxes};
#    else
static const sys_object_table_t *const object_tables[] = {
    &sys_object_semaphores, &sys_object_mutexes, &sys_object_mailboxes};
#    endif
#    define OBJECT_TABLES (sizeof object_tables / sizeof object_tables[0])

static object_t *object_side(const sys_object_table_t *table, void *first, size_t side)
{
    return (object_t *)(void *)((unsigned char *)first + side * table->port->side_size);
}

void object_count_error(const sys_object_table_t *table)
{
    const cistern_critical_t level = cistern_critical_enter();
    sys_object_count_error(table);
    cistern_critical_leave(level);
}

/* --- fork ------------------------------------------------------------------------------------ */

/* The sides of all slots of a table follow each other. */
static size_t object_prepared_sides(const sys_object_table_t *table)
{
    return table->list->prepared * table->port->sides;
}

static void object_for_each_prepared(void (*visit)(const sys_object_table_t *table, object_t *side))
{
    for (size_t t = 0; t < OBJECT_TABLES; ++t) {
        const sys_object_table_t *const table = object_tables[t];
        const size_t sides = object_prepared_sides(table);
        for (size_t side = 0; side < sides; ++side) {
            visit(table, object_side(table, table->slots, side));
        }
    }
}

static void object_lock_one(const sys_object_table_t *table, object_t *side)
{
    (void)table;
    quick_lock(&side->lock);
    quick_lock_before_fork(&side->lock);
}

static void object_resume_one(const sys_object_table_t *table, object_t *side)
{
    (void)table;
    quick_lock_after_fork(&side->lock);
}

static void object_unlock_one(const sys_object_table_t *table, object_t *side)
{
    (void)table;
    quick_unlock(&side->lock);
}

static void object_adopt_one(const sys_object_table_t *table, object_t *side)
{
    quick_lock_in_child(&side->lock);
    table->port->forked(side);
}

static cistern_critical_t object_fork_level; /* of the thread that forks; guarded by the section */

static void object_before_fork(void)
{
    const cistern_critical_t level = cistern_critical_enter();
    object_fork_level = level;
    object_for_each_prepared(object_lock_one);
}

static void object_after_fork_in_parent(void)
{
    object_for_each_prepared(object_resume_one);
    object_for_each_prepared(object_unlock_one);
    cistern_critical_leave(object_fork_level);
}

/* Of the parent's threads, the child has only the one that forked. */
static void object_after_fork_in_child(void)
{
    object_for_each_prepared(object_adopt_one);
    object_for_each_prepared(object_unlock_one);
    cistern_critical_leave(object_fork_level);
}

/* --- start ----------------------------------------------------------------------------------- */

/* The first use of the critical section registers a handler of its own; both must not happen while
 * a fork runs the handlers, so it comes first. */
static void object_watch_forks(void)
{
    cistern_critical_leave(cistern_critical_enter());
    host_watch_forks(object_before_fork, object_after_fork_in_parent, object_after_fork_in_child);
}

void sys_init(void)
{
    host_once(&object_once, object_watch_forks);
}

/* --- slots ----------------------------------------------------------------------------------- */

bool sys_object_prepare(const sys_object_table_t *table, sys_object_t *object)
{
    bool prepared = true;
    for (size_t i = 0; i < table->port->sides; ++i) {
        object_t *const side = object_side(table, object, i);
        quick_lock_init(&side->lock);
        prepared = prepared && table->port->prepare(side);
    }
    return prepared;
}

static void object_lock_sides(const sys_object_table_t *table, object_t *object)
{
    for (size_t side = 0; side < table->port->sides; ++side) {
        quick_lock(&object_side(table, object, side)->lock);
    }
}

void object_unlock_sides(const sys_object_table_t *table, object_t *object)
{
    for (size_t side = 0; side < table->port->sides; ++side) {
        quick_unlock(&object_side(table, object, side)->lock);
    }
}

static object_t *object_take(const sys_object_table_t *table)
{
    const cistern_critical_t level = cistern_critical_enter();
    object_t *const object = (object_t *)sys_object_take(table);
    cistern_critical_leave(level);
    return object;
}

/* Gives the other sides the name that side 0 has, or lost. (I2) */
static void object_name_sides(const sys_object_table_t *table, object_t *object)
{
    for (size_t side = 1; side < table->port->sides; ++side) {
        object_side(table, object, side)->object = object->object;
    }
}

object_t *object_new(const sys_object_table_t *table, sys_name_t *name)
{
    sys_init();
    *name = (sys_name_t){0};
    object_t *const object = object_take(table);
    if (object == NULL) {
        return NULL;
    }
    object_lock_sides(table, object);
    sys_object_start(&object->object, name);
    object_name_sides(table, object);
    return object;
}

void object_end(const sys_object_table_t *table, object_t *object)
{
    sys_object_end(&object->object);
    object_name_sides(table, object);
    object_unlock_sides(table, object);
    const cistern_critical_t level = cistern_critical_enter();
    sys_object_give_back(table, &object->object);
    cistern_critical_leave(level);
}

/* --- looking up ------------------------------------------------------------------------------ */

static object_t *object_find_and_lock(const sys_object_table_t *table, const sys_name_t *name,
                                      size_t side)
{
    sys_object_t *const slot = sys_object_slot(table, name);
    if (slot == NULL) {
        return NULL;
    }
    object_t *const object = object_side(table, slot, side);
    quick_lock(&object->lock);
    if (!sys_object_is_named(&object->object, name)) {
        quick_unlock(&object->lock);
        return NULL;
    }
    return object;
}

object_t *object_lock(const sys_object_table_t *table, const sys_name_t *name, size_t side)
{
    object_t *const object = object_find_and_lock(table, name, side);
    if (object == NULL) {
        sys_object_refuse_name(table, name);
    }
    return object;
}

object_t *object_lock_to_end(const sys_object_table_t *table, const sys_name_t *name)
{
    object_t *const object = object_find_and_lock(table, name, 0);
    if (object == NULL) {
        sys_object_refuse_free(table, name);
        return NULL;
    }
    for (size_t side = 1; side < table->port->sides; ++side) {
        quick_lock(&object_side(table, object, side)->lock);
    }
    return object;
}

void object_unlock(object_t *side)
{
    quick_unlock(&side->lock);
}

static u32_t object_table_waiting(const sys_object_table_t *table)
{
    u32_t waiting = 0;
    const size_t sides = object_prepared_sides(table);
    for (size_t i = 0; i < sides; ++i) {
        object_t *const side = object_side(table, table->slots, i);
        quick_lock(&side->lock);
        waiting += side->object.live ? table->port->waiting(side) : 0U;
        quick_unlock(&side->lock);
    }
    return waiting;
}

u32_t sys_host_waiting(void)
{
    u32_t waiting = 0;
    for (size_t t = 0; t < OBJECT_TABLES; ++t) {
        waiting += object_table_waiting(object_tables[t]);
    }
    return waiting;
}

bool sys_object_is_live(const sys_object_table_t *table, const sys_name_t *name)
{
    object_t *const object = object_find_and_lock(table, name, 0);
    if (object != NULL) {
        object_unlock(object);
    }
    return object != NULL;
}

#endif
