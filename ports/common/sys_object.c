/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_object.c (common) - the tables of semaphores, mutexes and mailboxes.
 *
 *   table         | slot 0 | slot 1 | slot 2 | slot 3 | ...        | slot n-1 |
 *                   live     free     live     free     never used
 *                  <---------- prepared ------------->
 *   free --> slot 3 --> slot 1 --> NULL
 *   name   { slot 2, generation 7 }  names slot 2 while it is live in its generation 7
 *
 * Invariants:
 *   I1  Each side of a slot below `prepared` has an initialised lock, for ever.
 *   I2  A slot's generation and liveness change only with its lock held; the generation grows by
 *       one when an object ends, so that no name of it is valid again.
 *   I3  The holder of an object's lock does not enter the critical section and takes no other
 *       object's lock. A fork takes the critical section first and then every lock in order.
 *
 * A slot must keep its lock and its generation while it is free, which a block of a pool cannot:
 * hence the free list of its own.
 */
#include "lwip/sys.h"

#if !NO_SYS

#    include <stddef.h>

#    include "arch/cistern_port.h"
#    include "cistern/fault.h"
#    include "sys_object.h"

static host_once_t object_once = HOST_ONCE_INITIALIZER;

#    if LWIP_COMPAT_MUTEX
static object_table_t *const object_tables[] = {&object_semaphores, &object_mailboxes};
#    else
static object_table_t *const object_tables[] = {&object_semaphores, &object_mutexes,
                                                &object_mailboxes};
#    endif
#    define OBJECT_TABLES (sizeof object_tables / sizeof object_tables[0])

static object_t *object_side_at(const object_table_t *table, size_t slot, size_t side)
{
    const size_t offset = (slot * table->sides + side) * table->side_size;
    return (object_t *)(void *)((unsigned char *)table->slots + offset);
}

static u32_t object_slot_of(const object_table_t *table, const object_t *object)
{
    const size_t offset = (size_t)((const unsigned char *)object - (unsigned char *)table->slots);
    return (u32_t)(offset / (table->sides * table->side_size));
}

/* --- statistics ------------------------------------------------------------------------------ */

#    if SYS_STATS

static void object_count_new(const object_table_t *table)
{
    struct stats_syselem *const stats = table->stats;
    ++stats->used;
    stats->max = (stats->max < stats->used) ? stats->used : stats->max;
}

static void object_count_end(const object_table_t *table)
{
    --table->stats->used;
}

static void object_count_one_error(const object_table_t *table)
{
    ++table->stats->err;
}

#    else

static void object_count_new(const object_table_t *table)
{
    (void)table;
}

static void object_count_end(const object_table_t *table)
{
    (void)table;
}

static void object_count_one_error(const object_table_t *table)
{
    (void)table;
}

#    endif

void object_count_error(const object_table_t *table)
{
    const cistern_critical_t level = cistern_critical_enter();
    object_count_one_error(table);
    cistern_critical_leave(level);
}

/* --- faults ---------------------------------------------------------------------------------- */

static void object_raise_fault(cistern_fault_kind_t kind, const object_table_t *table,
                               const sys_host_name_t *name, const char *reason)
{
    const cistern_fault_t fault = {
        .kind = kind, .object = name, .address = name, .name = table->kind, .owner = reason};
    cistern_fault_raise(&fault);
}

void object_refuse(const object_table_t *table, const sys_host_name_t *name, const char *reason)
{
    object_raise_fault(CISTERN_FAULT_ARGUMENT, table, name, reason);
}

/* --- fork ------------------------------------------------------------------------------------ */

static void object_for_each_prepared(void (*visit)(object_table_t *table, object_t *side))
{
    for (size_t t = 0; t < OBJECT_TABLES; ++t) {
        const size_t sides = object_tables[t]->prepared * object_tables[t]->sides;
        for (size_t side = 0; side < sides; ++side) {
            visit(object_tables[t], object_side_at(object_tables[t], 0, side));
        }
    }
}

static void object_lock_one(object_table_t *table, object_t *side)
{
    (void)table;
    quick_lock(&side->lock);
    quick_lock_before_fork(&side->lock);
}

static void object_go_on(object_table_t *table, object_t *side)
{
    (void)table;
    quick_lock_after_fork(&side->lock);
}

static void object_unlock_one(object_table_t *table, object_t *side)
{
    (void)table;
    quick_unlock(&side->lock);
}

static void object_adopt_one(object_table_t *table, object_t *side)
{
    quick_lock_in_child(&side->lock);
    table->forked(side);
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
    object_for_each_prepared(object_go_on);
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

static void object_push_free(object_table_t *table, object_t *object)
{
    object->next_free = table->free;
    table->free = object;
}

static object_t *object_pop_free(object_table_t *table)
{
    object_t *const object = table->free;
    if (object != NULL) {
        table->free = object->next_free;
    }
    return object;
}

static bool object_prepare_sides(object_table_t *table, size_t slot)
{
    bool prepared = true;
    for (size_t i = 0; i < table->sides; ++i) {
        object_t *const side = object_side_at(table, slot, i);
        quick_lock_init(&side->lock);
        side->generation = 1;
        prepared = prepared && table->prepare(side);
    }
    return prepared;
}

/* The first slot that was never used, made ready; NULL iff there is none, or the system lacks what
 * it takes. */
static object_t *object_prepare_slot(object_table_t *table)
{
    const size_t slot = table->prepared;
    if (slot == table->count || !object_prepare_sides(table, slot)) {
        return NULL;
    }
    table->prepared = slot + 1U;
    return object_side_at(table, slot, 0);
}

static object_t *object_take_slot(object_table_t *table)
{
    const cistern_critical_t level = cistern_critical_enter();
    object_t *object = object_pop_free(table);
    if (object == NULL) {
        object = object_prepare_slot(table);
    }
    if (object != NULL) {
        object_count_new(table);
    } else {
        object_count_one_error(table);
    }
    cistern_critical_leave(level);
    return object;
}

static object_t *object_nth_side(const object_table_t *table, object_t *object, size_t side)
{
    return (object_t *)(void *)((unsigned char *)object + side * table->side_size);
}

static void object_lock_sides(object_table_t *table, object_t *object)
{
    for (size_t side = 0; side < table->sides; ++side) {
        quick_lock(&object_nth_side(table, object, side)->lock);
    }
}

void object_unlock_sides(object_table_t *table, object_t *object)
{
    for (size_t side = 0; side < table->sides; ++side) {
        quick_unlock(&object_nth_side(table, object, side)->lock);
    }
}

object_t *object_new(object_table_t *table, sys_host_name_t *name)
{
    sys_init();
    *name = (sys_host_name_t){0};
    object_t *const object = object_take_slot(table);
    if (object == NULL) {
        return NULL;
    }
    object_lock_sides(table, object);
    for (size_t side = 0; side < table->sides; ++side) {
        object_nth_side(table, object, side)->live = true;
    }
    *name = (sys_host_name_t){object_slot_of(table, object), object->generation};
    return object;
}

void object_end(object_table_t *table, object_t *object)
{
    const u32_t next = (object->generation < UINT32_MAX) ? object->generation + 1U : 1U;
    for (size_t i = 0; i < table->sides; ++i) {
        object_t *const side = object_nth_side(table, object, i);
        side->live = false;
        side->generation = next;
    }
    object_unlock_sides(table, object);
    const cistern_critical_t level = cistern_critical_enter();
    object_count_end(table);
    object_push_free(table, object);
    cistern_critical_leave(level);
}

/* --- looking up ------------------------------------------------------------------------------ */

static bool object_slot_exists(const object_table_t *table, const sys_host_name_t *name)
{
    return name != NULL && name->generation != 0 && name->slot < table->prepared;
}

static object_t *object_find_and_lock(object_table_t *table, const sys_host_name_t *name,
                                      size_t side)
{
    if (!object_slot_exists(table, name)) {
        return NULL;
    }
    object_t *const object = object_side_at(table, name->slot, side);
    quick_lock(&object->lock);
    if (!object->live || object->generation != name->generation) {
        quick_unlock(&object->lock);
        return NULL;
    }
    return object;
}

object_t *object_lock(object_table_t *table, const sys_host_name_t *name, size_t side)
{
    object_t *const object = object_find_and_lock(table, name, side);
    if (object == NULL) {
        object_raise_fault(CISTERN_FAULT_ARGUMENT, table, name, "a name of no live object");
    }
    return object;
}

object_t *object_lock_to_end(object_table_t *table, const sys_host_name_t *name)
{
    object_t *const object = object_find_and_lock(table, name, 0);
    if (object == NULL) {
        object_raise_fault(object_slot_exists(table, name) ? CISTERN_FAULT_DOUBLE_FREE
                                                           : CISTERN_FAULT_FOREIGN_FREE,
                           table, name, "a name of no live object");
        return NULL;
    }
    for (size_t side = 1; side < table->sides; ++side) {
        quick_lock(&object_nth_side(table, object, side)->lock);
    }
    return object;
}

void object_unlock(object_t *side)
{
    quick_unlock(&side->lock);
}

static u32_t object_table_waiting(object_table_t *table)
{
    u32_t waiting = 0;
    const size_t sides = table->prepared * table->sides;
    for (size_t i = 0; i < sides; ++i) {
        object_t *const side = object_side_at(table, 0, i);
        quick_lock(&side->lock);
        waiting += side->live ? table->waiting(side) : 0U;
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

bool object_is_live(object_table_t *table, const sys_host_name_t *name)
{
    object_t *const object = object_find_and_lock(table, name, 0);
    if (object != NULL) {
        object_unlock(object);
    }
    return object != NULL;
}

#endif
