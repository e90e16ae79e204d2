/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_object.c (bare) - the tables of semaphores, mutexes and mailboxes.
 *
 *   table    | slot 0 | slot 1 | ... | slot n-1 |
 *   tickets  | 0 | 1 | ... | n-1 |                  a pool's blocks: in use iff the slot is live
 *   name     { slot 2, generation 7 }               names slot 2 while it lives in generation 7
 *
 * Invariants, outside the critical section:
 *   (I1) slot i knows that it is slot i; a slot outlives its uses, since only its ticket belongs to
 *        the pool
 *   (I2) the generation grows by one when an object ends, so that no name of it is valid again
 */
#include "sys_object.h"

#if !NO_SYS

#    include "arch/cistern_port.h"
#    include "cistern/fault.h"

#    if LWIP_COMPAT_MUTEX
static object_table_t *const object_tables[] = {&bare_object_semaphores, &bare_object_mailboxes};
#    else
static object_table_t *const object_tables[] = {&bare_object_semaphores, &bare_object_mutexes,
                                                &bare_object_mailboxes};
#    endif

static object_t *object_slot_at(const object_table_t *table, size_t slot)
{
    return (object_t *)(void *)((unsigned char *)table->slots + slot * table->slot_size);
}

/* --- statistics ------------------------------------------------------------------------------- */

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

void bare_object_count_error(const object_table_t *table)
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

void bare_object_count_error(const object_table_t *table)
{
    (void)table;
}

#    endif

/* --- slots ------------------------------------------------------------------------------------ */

static void object_start_table(object_table_t *table)
{
    const cistern_pool_config_t config = {.name = table->kind,
                                          .count = table->count,
                                          .size = sizeof(void *),
                                          .memory = table->tickets};
    for (size_t i = 0; i < table->count; ++i) {
        object_slot_at(table, i)->slot = (u16_t)i;
        object_slot_at(table, i)->generation = 1;
    }
    (void)cistern_pool_init(&table->pool, &config);
}

void bare_objects_start(void)
{
    for (size_t i = 0; i < sizeof object_tables / sizeof object_tables[0]; ++i) {
        object_start_table(object_tables[i]);
    }
}

object_t *bare_object_new(object_table_t *table, sys_bare_name_t *name)
{
    const ticket_t *const ticket = cistern_pool_get(&table->pool);
    if (ticket == NULL) {
        name->slot = 0;
        name->generation = 0;
        bare_object_count_error(table);
        return NULL;
    }
    object_t *const object = object_slot_at(table, (size_t)(ticket - table->tickets));
    object->live = true;
    object_count_new(table);
    name->slot = object->slot;
    name->generation = object->generation;
    return object;
}

static bool object_slot_exists(const object_table_t *table, const sys_bare_name_t *name)
{
    return name != NULL && name->generation != 0 && name->slot < table->pool.count;
}

object_t *bare_object_find(const object_table_t *table, const sys_bare_name_t *name)
{
    if (!object_slot_exists(table, name)) {
        return NULL;
    }
    object_t *const object = object_slot_at(table, name->slot);
    return (object->live && object->generation == name->generation) ? object : NULL;
}

void bare_object_end(object_table_t *table, object_t *object)
{
    object->live = false;
    object->generation = (u16_t)((object->generation < UINT16_MAX) ? object->generation + 1U : 1U);
    object_count_end(table);
    (void)cistern_pool_put(&table->pool, &table->tickets[object->slot]);
}

bool bare_object_is_live(const object_table_t *table, const sys_bare_name_t *name)
{
    const cistern_critical_t level = cistern_critical_enter();
    const bool live = bare_object_find(table, name) != NULL;
    cistern_critical_leave(level);
    return live;
}

/* --- faults ----------------------------------------------------------------------------------- */

static void object_raise_fault(cistern_fault_kind_t kind, const object_table_t *table,
                               const sys_bare_name_t *name, const char *reason)
{
    const cistern_fault_t fault = {
        .kind = kind, .object = name, .address = name, .name = table->kind, .owner = reason};
    cistern_fault_raise(&fault);
}

void bare_object_refuse(const object_table_t *table, const sys_bare_name_t *name,
                        const char *reason)
{
    object_raise_fault(CISTERN_FAULT_ARGUMENT, table, name, reason);
}

void bare_object_refuse_name(const object_table_t *table, const sys_bare_name_t *name)
{
    object_raise_fault(CISTERN_FAULT_ARGUMENT, table, name, "a name of no live object");
}

void bare_object_refuse_free(const object_table_t *table, const sys_bare_name_t *name)
{
    object_raise_fault(object_slot_exists(table, name) ? CISTERN_FAULT_DOUBLE_FREE
                                                       : CISTERN_FAULT_FOREIGN_FREE,
                       table, name, "a name of no live object");
}

void bare_object_refuse_wait(const object_table_t *table, const sys_bare_name_t *name)
{
    object_raise_fault(CISTERN_FAULT_ARGUMENT, table, name,
                       "a wait in an interrupt or a protected section");
}

#endif
