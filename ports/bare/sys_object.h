/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_object.h (bare) - where semaphores, mutexes and mailboxes live, and how a name finds one. */
#ifndef CISTERN_BARE_SYS_OBJECT_H
#define CISTERN_BARE_SYS_OBJECT_H

#include "sys_kernel.h"

#if !NO_SYS

#    include <stdbool.h>
#    include <stddef.h>

#    include "cistern/pool.h"
#    include "lwip/stats.h"

/* The start of each slot. */
typedef struct object {
    u16_t slot;       /* its number, for ever */
    u16_t generation; /* of the current or next use; never 0 */
    bool live;
} object_t;

typedef struct object_table {
    const char *kind; /* for faults, and the pool's name */
    void *slots;
    size_t slot_size;
    size_t count;
    ticket_t *tickets;
#    if SYS_STATS
    struct stats_syselem *stats;
#    endif
    cistern_pool_t pool;
} object_table_t;

#    if SYS_STATS
#        define OBJECT_STATS(field) .stats = &lwip_stats.sys.field,
#    else
#        define OBJECT_STATS(field)
#    endif

/* Memory for `count` slots of a type, and their tickets. */
#    define OBJECT_SLOTS(type, count)                                                              \
        struct {                                                                                   \
            type slot[count];                                                                      \
            TICKETS(count) tickets;                                                                \
        }

/* The three tables. */
extern object_table_t bare_object_semaphores;
extern object_table_t bare_object_mutexes;
extern object_table_t bare_object_mailboxes;

/* (inside) Takes a slot, makes it live and writes its name; NULL, counted as an error, iff no slot
 * is free; *name then names nothing. */
object_t *bare_object_new(object_table_t *table, sys_bare_name_t *name);

/* (inside) The live object of a name; NULL iff there is none. */
object_t *bare_object_find(const object_table_t *table, const sys_bare_name_t *name);

/* (inside) Ends a live object and frees its slot. */
void bare_object_end(object_table_t *table, object_t *object);

/* (inside) Counts a failed call in lwip_stats.sys. */
void bare_object_count_error(const object_table_t *table);

/* Reports that a call on `name` is refused for the reason given. */
void bare_object_refuse(const object_table_t *table, const sys_bare_name_t *name,
                        const char *reason);

/* Reports that a call on a name of no live object is refused. */
void bare_object_refuse_name(const object_table_t *table, const sys_bare_name_t *name);

/* The same for a call that frees: a name whose object ended is a double free. */
void bare_object_refuse_free(const object_table_t *table, const sys_bare_name_t *name);

/* Reports that a call may not wait here, an interrupt or a critical section. */
void bare_object_refuse_wait(const object_table_t *table, const sys_bare_name_t *name);

/* True iff the name is that of a live object. */
bool bare_object_is_live(const object_table_t *table, const sys_bare_name_t *name);

#endif

#endif
