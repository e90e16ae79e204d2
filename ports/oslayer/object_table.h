/* SPDX-License-Identifier: BSD-3-Clause */
/* object_table.h (oslayer) - the tables that semaphores, mutexes and mailboxes live in: what is the same
 * of them on every port.
 *
 *   lwip/sys.h     sys_sem_new, sys_mbox_post ...     the calls, by type
 *   this header    sys_object_*, sys_sem_valid ...    slots, names, statistics, faults
 *   the port       gates, lists of threads, handles   what a thread waits at
 *
 * A port defines the three tables and includes object_table.inc in one of its files. (These files have a
 * folder without an arch folder, where they would find the headers of another port.) Before this header it
 * may define:
 *
 * | macro            | default         | is                                                            |
 * |------------------|-----------------|---------------------------------------------------------------|
 * | SYS_OBJECT_COUNT | sys_name_part_t | a count that lookups read outside the section                 |
 * | SYS_OBJECT_PORT  | none            | a type of which each table names one, the port's own; such a  |
 * |                  |                 | port has sys_object_prepare and sys_object_is_live of its own |
 *
 * Functions marked (inside) are called inside the critical section, or with another lock under which
 * the object's name cannot change.
 */
#ifndef CISTERN_OSLAYER_OBJECT_TABLE_H
#define CISTERN_OSLAYER_OBJECT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "arch/cistern_port.h"
#include "lwip/stats.h"
#include "lwip/sys.h"

#ifndef SYS_OBJECT_COUNT
#    define SYS_OBJECT_COUNT sys_name_part_t
#endif

/* The start of each slot. */
typedef struct sys_object {
    sys_name_part_t slot;       /* its number */
    sys_name_part_t generation; /* of the current or next use; never 0 */
    sys_name_part_t
        next_free; /* 1 + the number of the next slot on the free list; 0: it is the last */
    bool live;
} sys_object_t;

/* What changes of a table. */
typedef struct sys_object_list {
    sys_name_part_t first_free; /* 1 + its number; 0: the list is empty */
    SYS_OBJECT_COUNT prepared;  /* slots 0 .. prepared - 1 have been used */
} sys_object_list_t;

typedef struct sys_object_table {
    const char *kind; /* for faults */
    void *slots;      /* of zeros */
    size_t slot_size;
    sys_object_list_t *list;
    sys_name_part_t count;
#if SYS_STATS
    struct stats_syselem *stats;
#endif
#ifdef SYS_OBJECT_PORT
    const SYS_OBJECT_PORT *port;
#endif
} sys_object_table_t;

#if SYS_STATS
#    define SYS_OBJECT_STATS(field) , .stats = &lwip_stats.sys.field
#else
#    define SYS_OBJECT_STATS(field)
#endif

/* The members of a table over an array of slots; `field` of lwip_stats.sys counts them. */
#define SYS_OBJECT_SLOTS(name, array, free_list, field)                                            \
    .kind = (name), .slots = (array), .slot_size = sizeof(array)[0], .list = &(free_list),         \
    .count = sizeof(array) / sizeof(array)[0] SYS_OBJECT_STATS(field)

/* The three tables. */
extern const sys_object_table_t sys_object_semaphores;
extern const sys_object_table_t sys_object_mutexes;
extern const sys_object_table_t sys_object_mailboxes;

/* The slot that a name is of, whatever lives in it; NULL if it is of none. Any context. */
sys_object_t *sys_object_slot(const sys_object_table_t *table, const sys_name_t *name);

/* True if the object that the name was given to lives in the slot. (inside) */
static inline bool sys_object_is_named(const sys_object_t *object, const sys_name_t *name)
{
    return object->live && object->generation == name->generation;
}

/* The live object of a name; NULL if there is none. (inside) */
sys_object_t *sys_object_find(const sys_object_table_t *table, const sys_name_t *name);

/* Takes a free slot and counts it; NULL, counted as an error, if there is none. (inside) */
sys_object_t *sys_object_take(const sys_object_table_t *table);

/* Makes the object in a slot live and gives it its name. (inside) */
void sys_object_start(sys_object_t *object, sys_name_t *name);

/* Ends it: no name of it is valid again. (inside) */
void sys_object_end(sys_object_t *object);

/* Gives back a slot that was taken and in which no object lives. (inside) */
void sys_object_give_back(const sys_object_table_t *table, sys_object_t *object);

/* Counts a failed call in lwip_stats.sys. (inside) */
void sys_object_count_error(const sys_object_table_t *table);

/* Reports that a call on a name is refused, and why. Outside. */
void sys_object_refuse(const sys_object_table_t *table, const sys_name_t *name, const char *reason);

/* Reports that a call on a name of no live object is refused. Outside. */
void sys_object_refuse_name(const sys_object_table_t *table, const sys_name_t *name);

/* The same of a call that frees: a name whose object ended is a double free. Outside. */
void sys_object_refuse_free(const sys_object_table_t *table, const sys_name_t *name);

/* True if the name is that of a live object. Outside. */
bool sys_object_is_live(const sys_object_table_t *table, const sys_name_t *name);

#ifdef SYS_OBJECT_PORT
/* Makes what the port has in a slot, before its first use; false if the system lacks what it takes.
 * (inside) */
bool sys_object_prepare(const sys_object_table_t *table, sys_object_t *object);
#else
static inline bool sys_object_prepare(const sys_object_table_t *table, sys_object_t *object)
{
    (void)table;
    (void)object;
    return true;
}
#endif

/* The name in a variable; NULL, like a name of nothing, finds no object and is refused. */
static inline const sys_name_t *sys_sem_name(const sys_sem_t *sem)
{
    return (sem != NULL) ? &sem->name : NULL;
}

static inline const sys_name_t *sys_mbox_name(const sys_mbox_t *mbox)
{
    return (mbox != NULL) ? &mbox->name : NULL;
}

#if !LWIP_COMPAT_MUTEX
static inline const sys_name_t *sys_mutex_name(const sys_mutex_t *mutex)
{
    return (mutex != NULL) ? &mutex->name : NULL;
}
#endif

#endif
