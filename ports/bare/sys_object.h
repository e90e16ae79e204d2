/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_object.h (bare) - the tables of ports/common, and what the calls of this port share. The critical
 * section guards an object and those who wait for it. */
#ifndef CISTERN_BARE_SYS_OBJECT_H
#define CISTERN_BARE_SYS_OBJECT_H

#include "sys_kernel.h"

#if !NO_SYS

#    include "../oslayer/object_table.h"

/* (inside) Takes a slot, makes the object in it live and gives it its name; NULL, counted as an error,
 * if no slot is free; *name then names nothing. */
sys_object_t *bare_object_new(const sys_object_table_t *table, sys_name_t *name);

/* Ends an object, unless it is in use: in_use(object) says why, or returns NULL (inside). A refusal is
 * a fault, counted as an error. Outside. */
void bare_object_free(const sys_object_table_t *table, const sys_name_t *name,
                      const char *(*in_use)(const sys_object_t *object));

/* Reports that a call may not wait here, an interrupt or a critical section. Outside. */
void bare_object_refuse_wait(const sys_object_table_t *table, const sys_name_t *name);

#endif

#endif
