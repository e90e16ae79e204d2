/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_object.c (bare) - the tables of semaphores, mutexes and mailboxes, which are those of ports/common
 * inside the critical section. */
#include "sys_object.h"

#if !NO_SYS

#    include "../oslayer/object_table.inc"

sys_object_t *bare_object_new(const sys_object_table_t *table, sys_name_t *name)
{
    sys_object_t *const object = sys_object_take(table);
    if (object != NULL) {
        sys_object_start(object, name);
    } else {
        name->slot = 0;
        name->generation = 0;
    }
    return object;
}

void bare_object_free(const sys_object_table_t *table, const sys_name_t *name,
                      const char *(*in_use)(const sys_object_t *object))
{
    const cistern_critical_t level = cistern_critical_enter();
    sys_object_t *const object = sys_object_find(table, name);
    const char *const reason = (object != NULL) ? in_use(object) : NULL;
    const bool ended = object != NULL && reason == NULL;
    if (ended) {
        sys_object_end(object);
        sys_object_give_back(table, object);
    } else {
        sys_object_count_error(table);
    }
    cistern_critical_leave(level);
    if (object == NULL) {
        sys_object_refuse_free(table, name);
    } else if (!ended) {
        sys_object_refuse(table, name, reason);
    }
}

void bare_object_refuse_wait(const sys_object_table_t *table, const sys_name_t *name)
{
    sys_object_refuse(table, name, "a wait in an interrupt or a protected section");
}

#endif
