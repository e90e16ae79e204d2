/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_object.h (common) - where semaphores, mutexes and mailboxes live, and how a name finds one.
 *
 * Each kind of object has a table of slots. A slot is one object or, so that two kinds of users do
 * not wait for each other, several: its sides, each with a lock, all alike in size. A slot's memory
 * is never used for anything else, and its locks are never destroyed, so that looking up a name
 * that was freed is safe, and is noticed.
 */
#ifndef CISTERN_COMMON_SYS_OBJECT_H
#define CISTERN_COMMON_SYS_OBJECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "lwip/stats.h"
#include "lwip/sys.h"
#include "quick_lock.h"
#include "sys_host.h"

/* The start of each side of each slot. */
typedef struct object {
    quick_lock_t lock; /* guards the side, but for `next_free` */
    u32_t generation;  /* of the current or next use; never 0 */
    bool live;
    struct object *next_free; /* of side 0; guarded by the critical section */
} object_t;

typedef struct object_table {
    const char *kind; /* for faults */
    void *slots;
    size_t count;
    size_t sides; /* of each slot */
    size_t side_size;
    bool (*prepare)(object_t *object);  /* each side before its first use; false iff it cannot be */
    void (*forked)(object_t *object);   /* in a forked child, for each prepared side */
    u32_t (*waiting)(object_t *object); /* threads that wait at a side, which is locked */
#if SYS_STATS
    struct stats_syselem *stats;
#endif
    object_t *free;         /* slots used before, last freed first */
    atomic_size_t prepared; /* slots 0 .. prepared - 1 have been used and have a lock */
} object_table_t;

#if SYS_STATS
#    define OBJECT_STATS(field) .stats = &lwip_stats.sys.field
#else
#    define OBJECT_STATS(field) .free = NULL
#endif

/* The three tables. */
extern object_table_t object_semaphores;
extern object_table_t object_mutexes;
extern object_table_t object_mailboxes;

/* Takes a slot and writes its name. Returns its side 0, with every side locked, to be filled and
 * unlocked by object_unlock_sides; or NULL, counted as an error, iff no slot is free. *name then
 * names nothing. */
object_t *object_new(object_table_t *table, sys_host_name_t *name);

/* A side of the live object of a name, locked; or NULL, after a fault, iff there is none. */
object_t *object_lock(object_table_t *table, const sys_host_name_t *name, size_t side);

/* Frees the lock. */
void object_unlock(object_t *side);

/* Side 0 of the live object of a name, every side locked, for a call that frees it; or NULL, after
 * a fault, iff there is none: a name that was freed before is a double free. */
object_t *object_lock_to_end(object_table_t *table, const sys_host_name_t *name);

/* Frees the locks of all sides. */
void object_unlock_sides(object_table_t *table, object_t *object);

/* Ends an object all of whose sides are locked: frees the locks and the slot. */
void object_end(object_table_t *table, object_t *object);

/* Reports that a call on `name` is refused for the reason given. Without locks. */
void object_refuse(const object_table_t *table, const sys_host_name_t *name, const char *reason);

/* Counts a failed call in lwip_stats.sys. Without locks. */
void object_count_error(const object_table_t *table);

/* True iff the name is that of a live object. */
bool object_is_live(object_table_t *table, const sys_host_name_t *name);

#endif
