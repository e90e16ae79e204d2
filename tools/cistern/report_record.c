/* SPDX-License-Identifier: BSD-3-Clause */
/* report_record.c - what a page shows of an accounting, as it goes on.
 *
 *   change --> curve of its resource, curve of all          thinned when it is full
 *          --> its hold --> owner --> share, by connection  kept aside when the level falls from
 *                       --> cause                           a peak that was higher than all before */
#include "report_record.h"

#include <stdlib.h>

#include "array.h"

enum { THINNED = 6 }; /* points of which the highest, the lowest and the last are kept */

static const resource_t share_resource[RECORD_SHARES] = {RESOURCE_PBUF_POOL, RESOURCE_TCP_SEG,
                                                         RESOURCE_HEAP};

resource_t record_share_resource(int share)
{
    return share_resource[share];
}

/* The share that a resource counts for; RECORD_SHARES: none. */
static int share_of(resource_t resource)
{
    int share = 0;
    while (share < RECORD_SHARES && share_resource[share] != resource) {
        ++share;
    }
    return share;
}

static bool noted(record_t *record, bool ok)
{
    record->short_of_memory = record->short_of_memory || !ok;
    return ok;
}

/* --- curves
 * --------------------------------------------------------------------------------------- */

/* Keeps of each THINNED points the highest, the lowest and the last, in their order. */
static void thin(record_curve_t *curve)
{
    record_point_t *const point = curve->point;
    size_t kept = 0;
    for (size_t i = 0; i < curve->points; i += THINNED) {
        const size_t end = i + THINNED < curve->points ? i + THINNED : curve->points;
        size_t high = i;
        size_t low = i;
        for (size_t k = i; k < end; ++k) {
            high = point[k].most > point[high].most ? k : high;
            low = point[k].least < point[low].least ? k : low;
        }
        for (size_t k = i; k < end; ++k) {
            if (k == high || k == low || k + 1 == end) {
                point[kept++] = point[k];
            }
        }
    }
    curve->points = kept;
}

/* The last point stands for its whole moment once a later one comes: its highest, then its last. */
static void add_point(record_t *record, record_curve_t *curve, const record_point_t *point)
{
    ++curve->changes;
    const size_t count = curve->points;
    const record_point_t *const last = count == 0 ? NULL : &curve->point[count - 1];
    const bool replaces = count >= 2 && last->time == point->time && last[-1].time == point->time &&
                          last->most <= last[-1].most;
    if (replaces) {
        curve->point[count - 1] = *point;
        return;
    }
    if (count == RECORD_POINTS) {
        thin(curve);
    }
    if (noted(record, ARRAY_GROW(curve, point))) {
        curve->point[curve->points++] = *point;
    }
}

/* A point of a resource, and one of the bytes of all, which change by so many. */
static void add_points(record_t *record, record_curve_t *curve, const record_point_t *point,
                       int64_t least, int64_t most)
{
    record->least += least;
    record->most += most;
    const record_point_t all = {
        .time = point->time, .packet = point->packet, .least = record->least, .most = record->most};
    add_point(record, curve, point);
    add_point(record, &record->curve[RESOURCE_COUNT], &all);
}

void record_other(record_t *record, record_curve_t *curve, const record_point_t *point,
                  int64_t bytes)
{
    add_points(record, curve, point, bytes, bytes);
}

/* --- holders
 * -------------------------------------------------------------------------------------- */

/* Entries up to `index`, of zeros. False if memory is short. */
static record_share_t *share_at(record_t *record, uint32_t index)
{
    while (record->shares <= index) {
        if (!noted(record, ARRAY_GROW(record, share))) {
            return NULL;
        }
        record->share[record->shares++] = (record_share_t){.first = 0};
    }
    return &record->share[index];
}

static record_hold_t *hold_at(record_t *record, uint32_t index)
{
    while (record->holds <= index) {
        if (!noted(record, ARRAY_GROW(record, hold))) {
            return NULL;
        }
        record->hold[record->holds++] = (record_hold_t){.most = 0};
    }
    return &record->hold[index];
}

/* Keeps aside who holds a resource now. */
static void keep_peak(record_t *record, resource_t resource)
{
    const int share = share_of(resource);
    for (int i = 0; i < CAUSE_COUNT; ++i) {
        record->cause_peak[resource][i] = record->cause_now[resource][i];
    }
    for (size_t i = 0; share < RECORD_SHARES && i < record->shares; ++i) {
        record->share[i].peak[share] = record->share[i].now[share];
    }
    record->at_peak[resource] = false;
}

/* Adds to what the hold's owner and its cause have. */
static void change_share(record_t *record, const ledger_t *ledger, resource_t resource,
                         const record_hold_t *hold, int64_t amount)
{
    const int which = share_of(resource);
    record->cause_now[resource][hold->cause] += amount;
    record_share_t *const share = amount != 0 ? share_at(record, hold->owner) : NULL;
    if (share == NULL) {
        return;
    }
    if (share->first_packet == 0) {
        share->first = ledger->time;
        share->first_packet = ledger->packet;
    }
    share->last = ledger->time;
    share->last_packet = ledger->packet;
    if (which < RECORD_SHARES) {
        share->now[which] += amount;
        share->most[which] =
            share->now[which] > share->most[which] ? share->now[which] : share->most[which];
    }
}

static void change_hold(record_t *record, const ledger_t *ledger, const ledger_change_t *change)
{
    record_hold_t *const hold = hold_at(record, change->slot);
    if (hold == NULL) {
        return;
    }
    const bool taken = hold->most == 0;
    change_share(record, ledger, change->resource, hold, -hold->most);
    hold->most += change->most;
    hold->owner = taken || change->passed ? ledger->connection : hold->owner;
    hold->cause = change->cause;
    change_share(record, ledger, change->resource, hold, hold->most);
}

void record_change(void *context, const ledger_t *ledger, const ledger_change_t *change)
{
    record_t *const record = context;
    const resource_t resource = change->resource;
    const int64_t most = ledger->level[resource].most;
    const int64_t bytes = (int64_t)ledger->target->size[resource];
    const record_point_t point = {.time = ledger->time,
                                  .packet = ledger->packet,
                                  .least = ledger->level[resource].least,
                                  .most = most};
    if (record->at_peak[resource] && most <= record->highest[resource]) {
        keep_peak(record, resource);
    }
    change_hold(record, ledger, change);
    add_points(record, &record->curve[resource], &point, change->least * bytes,
               change->most * bytes);
    if (most > record->highest[resource]) {
        record->highest[resource] = most;
        record->at_peak[resource] = true;
    }
}

void record_free(record_t *record)
{
    for (int i = 0; i < RECORD_CURVES; ++i) {
        free(record->curve[i].point);
    }
    free(record->share);
    free(record->hold);
    *record = (record_t){.least = 0};
}
