/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/pbuf_history.h - which module holds each packet buffer, and where it was made and last
 * used.
 *
 * For tests and the search for leaks. From check level 3 on the calls that make, share or free
 * packet buffers record their caller's file and line; faults of packet buffers name the last one,
 * and the module that holds the fragment. Below level 3 nothing is recorded, there is nothing to
 * visit, and all of it compiles to nothing.
 *
 * This header differs by option:
 * | option               | default | effect                                                       |
 * |----------------------|---------|--------------------------------------------------------------|
 * | CISTERN_CHECK        | 1       | 3: macros of the same names record callers of lwip/pbuf.h    |
 * | CISTERN_PBUF_HISTORY | 64      | records, 1 to 65534, of some 11 words: live fragments, and   |
 * |                      |         | behind them those that were freed last                       |
 *
 * Contexts: as lwip/pbuf.h. Time, unless said otherwise: constant on average for each fragment,
 * since records are found by a hash of the address. */
#ifndef CISTERN_PBUF_HISTORY_H
#define CISTERN_PBUF_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "cistern/config.h"
#include "lwip/pbuf.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef CISTERN_PBUF_HISTORY
#    define CISTERN_PBUF_HISTORY 64
#endif
#if CISTERN_PBUF_HISTORY < 1 || CISTERN_PBUF_HISTORY > 65534
#    error "CISTERN_PBUF_HISTORY must be 1 to 65534: see cistern/pbuf_history.h"
#endif

/* A line of source; file is NULL where the caller gave none, as inside a library that was compiled
 * without the macros below. */
typedef struct cistern_pbuf_place {
    const char *file;
    int line;
} cistern_pbuf_place_t;

/* What is known of a fragment. */
typedef struct cistern_pbuf_record {
    const struct pbuf *pbuf;
    const char *holder;         /* the module that cistern_pbuf_hold named last, or NULL */
    cistern_pbuf_place_t taken; /* where it was made */
    cistern_pbuf_place_t used;  /* the last call that made, shared, freed or handed it over */
    unsigned long age;          /* fragments made since */
    bool live;                  /* false: it was freed */
} cistern_pbuf_record_t;

/* Called for a live fragment; returns true to go on. Called outside the critical section: it may
 * free the fragment, but must not read it where other contexts may free it. */
typedef bool cistern_pbuf_visit_t(const cistern_pbuf_record_t *record, void *argument);

#if CISTERN_CHECK >= 3

/* Records that from now on `module` holds the fragments of a chain, up to the first that has no
 * record: to be called where a packet is handed over. For a fragment with several holders the last
 * call counts. The string is stored, not copied; NULL is no module. NULL as p is ignored. Reference
 * counts are not changed. Linear in the number of fragments. */
void cistern_pbuf_hold_at(const struct pbuf *p, const char *module, const char *file, int line);
#    define cistern_pbuf_hold(p, module) cistern_pbuf_hold_at((p), (module), __FILE__, __LINE__)

/* Calls `visit` for each live fragment, oldest first, until it returns false. Returns how many it
 * visited. Time: the square of CISTERN_PBUF_HISTORY. */
size_t cistern_pbuf_live_each(cistern_pbuf_visit_t *visit, void *argument);

/* Copies the record of a fragment, also of one that was freed, as long as no newer one has taken
 * its record. False, and *record is unchanged, if there is none. */
bool cistern_pbuf_record_of(const struct pbuf *p, cistern_pbuf_record_t *record);

/* Number of fragments that have no record, since CISTERN_PBUF_HISTORY others were live when they
 * were made. It stays at SIZE_MAX. */
size_t cistern_pbuf_unrecorded(void);

#else

static inline void cistern_pbuf_hold(const struct pbuf *p, const char *module)
{
    (void)p;
    (void)module;
}

static inline size_t cistern_pbuf_live_each(cistern_pbuf_visit_t *visit, void *argument)
{
    (void)visit;
    (void)argument;
    return 0;
}

static inline bool cistern_pbuf_record_of(const struct pbuf *p, cistern_pbuf_record_t *record)
{
    (void)p;
    (void)record;
    return false;
}

static inline size_t cistern_pbuf_unrecorded(void)
{
    return 0;
}

#endif

#ifdef __cplusplus
}
#endif

#endif
