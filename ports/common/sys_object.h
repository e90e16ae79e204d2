/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_object.h (common) - the tables of object_table.h on hosts, where each object has locks of its own.
 *
 * A slot is one object or, so that two kinds of users do not wait for each other, several: its sides,
 * each with a lock, all alike in size. A slot's locks are never destroyed, so that looking up a name
 * that was freed is safe, and is noticed.
 */
#ifndef CISTERN_COMMON_SYS_OBJECT_H
#define CISTERN_COMMON_SYS_OBJECT_H

#include <stdatomic.h>

typedef struct object_kind object_kind_t;

#define SYS_OBJECT_COUNT atomic_uint
#define SYS_OBJECT_PORT  object_kind_t

#include "../oslayer/object_table.h"
#include "quick_lock.h"
#include "sys_host.h"

/* The start of each side of each slot. */
typedef struct object {
    sys_object_t object; /* of side 0 and, as far as names go, a copy of it */
    quick_lock_t lock;   /* guards the side, but for `next_free`, which the section guards */
} object_t;

struct object_kind {
    size_t sides; /* of each slot */
    size_t side_size;
    bool (*prepare)(object_t *side);  /* before its first use; false if it cannot be */
    void (*forked)(object_t *side);   /* in a forked child, for each prepared side */
    u32_t (*waiting)(object_t *side); /* threads that wait at a side, which is locked */
};

/* Takes a slot and names the object in it. Returns its side 0, with every side locked, to be filled and
 * unlocked by object_unlock_sides; or NULL, counted as an error, if no slot is free. *name then names
 * nothing. */
object_t *object_new(const sys_object_table_t *table, sys_name_t *name);

/* A side of the live object of a name, locked; or NULL, after a fault, if there is none. */
object_t *object_lock(const sys_object_table_t *table, const sys_name_t *name, size_t side);

/* Frees the lock. */
void object_unlock(object_t *side);

/* Side 0 of the live object of a name, every side locked, for a call that frees it; or NULL, after
 * a fault, if there is none: a name that was freed before is a double free. */
object_t *object_lock_to_end(const sys_object_table_t *table, const sys_name_t *name);

/* Frees the locks of all sides. */
void object_unlock_sides(const sys_object_table_t *table, object_t *object);

/* Ends an object all of whose sides are locked: frees the locks and the slot. */
void object_end(const sys_object_table_t *table, object_t *object);

/* Counts a failed call in lwip_stats.sys. Without locks. */
void object_count_error(const sys_object_table_t *table);

#endif
