/* SPDX-License-Identifier: BSD-3-Clause */
/* report_record.h - what a page shows of an accounting, as it goes on: how much was held over time,
 * and by whom when it was most.
 *
 * Words: a *curve* is a resource's level over time, as *points*; a *share* is what one connection
 * held; an *owner* is the connection for which a hold was taken.
 *
 * It watches a ledger through its one callback and takes nothing else from it. Memory: at most
 * RECORD_POINTS a curve, whatever the capture's length, and what the connections and the holds at
 * one time need.
 *
 * I1  the points of a curve are in order of time; those of packets that wait come after later ones
 * I2  a curve has the highest and the lowest level of every stretch that it was thinned in */
#ifndef CISTERN_TOOL_REPORT_RECORD_H
#define CISTERN_TOOL_REPORT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger.h"

enum {
    RECORD_POINTS = 1 << 18,
    RECORD_CURVES = RESOURCE_COUNT + 1, /* one of each resource, then the bytes of all */
    RECORD_SHARES = 3                   /* resources that are told apart by connections */
};

typedef struct record_point {
    uint64_t time;
    uint64_t packet;
    int64_t least;
    int64_t most;
} record_point_t;

typedef struct record_curve {
    record_point_t *point;
    size_t points;
    size_t point_room;
    uint64_t changes; /* of the level; more than points where they were thinned */
} record_curve_t;

/* What a connection held: now, at its own most, and when all connections together held most. */
typedef struct record_share {
    int64_t now[RECORD_SHARES];
    int64_t most[RECORD_SHARES];
    int64_t peak[RECORD_SHARES];
    uint64_t first; /* from when on, and until when, it held anything */
    uint64_t last;
    uint64_t first_packet; /* 0: it never held anything */
    uint64_t last_packet;
} record_share_t;

typedef struct record_hold {
    int64_t most;
    uint32_t owner;
    cause_t cause;
} record_hold_t;

typedef struct record {
    record_curve_t curve[RECORD_CURVES];
    int64_t least; /* bytes of all */
    int64_t most;
    int64_t cause_now[RESOURCE_COUNT][CAUSE_COUNT];
    int64_t cause_peak[RESOURCE_COUNT][CAUSE_COUNT];
    int64_t highest[RESOURCE_COUNT];
    bool at_peak[RESOURCE_COUNT]; /* the level is the highest so far, not kept yet */
    record_share_t *share;        /* by connection; the first is what belongs to none */
    size_t shares;
    size_t share_room;
    record_hold_t *hold; /* by slot of the ledger */
    size_t holds;
    size_t hold_room;
    bool short_of_memory; /* the record is void */
} record_t;

/* The resource of a share. */
resource_t record_share_resource(int share);

/* A ledger_watch_t; its context is the record. */
void record_change(void *record, const ledger_t *ledger, const ledger_change_t *change);

/* The same of a pool that the ledger does not have: its curve, and what it changes of the bytes of
 * all. */
void record_other(record_t *record, record_curve_t *curve, const record_point_t *point,
                  int64_t bytes);

void record_free(record_t *record);

#endif
