/* SPDX-License-Identifier: BSD-3-Clause */
/* classes.c - the sizes of pool-based malloc that take the least memory.
 *
 *   count(i, j): requests of size i to j that are held now = below[j + 1] - below[i]; a take of
 *   size k adds one to every range with i <= k <= j; peak[i][j] is the most it was.
 *
 *   best[c][j]: least bytes of c classes that serve size 0 to j, the last class being size j
 *             = min over i of best[c - 1][i - 1] + peak[i][j] * element(j) */
#include "classes.h"

#include <stdlib.h>
#include <string.h>

/* --- demand
 * --------------------------------------------------------------------------------------- */

static size_t round_size(size_t bytes, size_t alignment)
{
    return (bytes + alignment - 1) / alignment * alignment;
}

static int compare_sizes(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a;
    const size_t y = *(const size_t *)b;
    return x < y ? -1 : x > y ? 1 : 0;
}

/* The place of the smallest size that is at least `bytes`; `sizes` if none is. */
static size_t place_of(const demand_t *demand, size_t bytes)
{
    size_t low = 0;
    size_t high = demand->sizes;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (demand->size[middle] < bytes) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Inserts a size; false if there is no room. */
static bool add_size(demand_t *demand, size_t size)
{
    const size_t place = place_of(demand, size);
    if (place < demand->sizes && demand->size[place] == size) {
        return true;
    }
    if (demand->sizes == CLASSES_SIZES_MAX) {
        return false;
    }
    demand->size[demand->sizes++] = size;
    qsort(demand->size, demand->sizes, sizeof demand->size[0], compare_sizes);
    return true;
}

/* All sizes of the trace, rounded up to coarser steps until they are few enough. False if it cannot
 * be read. */
static bool collect_sizes(demand_t *demand, const trace_t *trace, size_t alignment)
{
    size_t step = alignment;
    bool fits = false;
    bool ok = true;
    while (!fits && ok) {
        event_reader_t reader = reader_open(trace);
        const event_t *event = NULL;
        demand->sizes = 0;
        fits = true;
        while (fits && (event = reader_next(&reader)) != NULL) {
            if (event->amount != 0 && !event->trims) {
                fits = add_size(demand, round_size(event->amount, step));
            }
        }
        demand->rounded = step != alignment;
        step *= 2;
        ok = reader_close(&reader);
    }
    return ok;
}

/* The measurement in progress. A take adds at most one to any range, so a row needs no look before
 * as many takes as the least distance of its ranges to their peaks. */
typedef struct measurement {
    demand_t *demand;
    uint32_t held[CLASSES_SIZES_MAX];      /* requests of each size */
    uint32_t below[CLASSES_SIZES_MAX + 1]; /* requests of all smaller sizes */
    uint64_t due[CLASSES_SIZES_MAX];       /* takes at which row i must be updated */
    uint64_t takes;
    uint64_t next_due; /* the least of `due` */
} measurement_t;

/* Raises the peaks of the ranges from size i on; returns their least distance to the peaks. */
static uint32_t update_row(measurement_t *now, size_t i)
{
    const size_t sizes = now->demand->sizes;
    uint32_t *const peak = now->demand->peak + i * sizes;
    const uint32_t base = now->below[i];
    uint32_t least = UINT32_MAX;
    for (size_t j = i; j < sizes; ++j) {
        const uint32_t count = now->below[j + 1] - base;
        peak[j] = count > peak[j] ? count : peak[j];
        const uint32_t distance = peak[j] - count;
        least = distance < least ? distance : least;
    }
    return least;
}

/* Updates the rows that are due. */
static void update_rows(measurement_t *now)
{
    const size_t sizes = now->demand->sizes;
    for (size_t i = 0; i < sizes; ++i) {
        now->below[i + 1] = now->below[i] + now->held[i];
    }
    now->next_due = UINT64_MAX;
    for (size_t i = 0; i < sizes; ++i) {
        if (now->due[i] <= now->takes) {
            now->due[i] = now->takes + update_row(now, i) + 1;
        }
        now->next_due = now->due[i] < now->next_due ? now->due[i] : now->next_due;
    }
}

static bool measure(measurement_t *now, const trace_t *trace, uint16_t *place)
{
    event_reader_t reader = reader_open(trace);
    const event_t *event = NULL;
    while ((event = reader_next(&reader)) != NULL) {
        if (event->trims) {
            continue;
        }
        if (event->amount == 0) {
            --now->held[place[event->slot]];
            continue;
        }
        place[event->slot] = (uint16_t)place_of(now->demand, event->amount);
        ++now->held[place[event->slot]];
        if (++now->takes >= now->next_due) {
            update_rows(now);
        }
    }
    return reader_close(&reader);
}

bool classes_measure(demand_t *demand, const trace_t *trace, size_t alignment)
{
    *demand = (demand_t){.sizes = 0};
    const bool read = collect_sizes(demand, trace, alignment == 0 ? 1 : alignment);
    const size_t cells = demand->sizes * demand->sizes + 1;
    measurement_t *const now = calloc(1, sizeof *now);
    uint16_t *const place = calloc(trace->slots + 1, sizeof *place);
    demand->peak = calloc(cells, sizeof *demand->peak);
    bool ok = read && now != NULL && place != NULL && demand->peak != NULL;
    if (ok) {
        now->demand = demand;
        ok = measure(now, trace, place);
    }
    free(now);
    free(place);
    return ok;
}

/* The peak of the requests above `low` and up to `high` bytes, of any demand. */
static uint32_t peak_between(const demand_t *demand, size_t low, size_t high)
{
    const size_t first = place_of(demand, low + 1);
    const size_t last = place_of(demand, high + 1);
    return first < last ? demand->peak[first * demand->sizes + last - 1] : 0;
}

bool classes_merge(demand_t *demand, const demand_t *other)
{
    demand_t merged = {.rounded = demand->rounded || other->rounded};
    const demand_t *const both[] = {demand, other};
    bool fits = true;
    for (size_t b = 0; b < 2; ++b) {
        for (size_t i = 0; i < both[b]->sizes; ++i) {
            fits = add_size(&merged, both[b]->size[i]) && fits;
        }
    }
    if (!fits && merged.size[merged.sizes - 1] < other->size[other->sizes - 1]) {
        merged.size[merged.sizes - 1] = other->size[other->sizes - 1];
    }
    merged.rounded = merged.rounded || !fits;
    merged.peak = calloc(merged.sizes * merged.sizes + 1, sizeof *merged.peak);
    if (merged.peak == NULL) {
        return false;
    }
    for (size_t i = 0; i < merged.sizes; ++i) {
        const size_t low = i == 0 ? 0 : merged.size[i - 1];
        for (size_t j = i; j < merged.sizes; ++j) {
            const uint32_t a = peak_between(demand, low, merged.size[j]);
            const uint32_t b = peak_between(other, low, merged.size[j]);
            merged.peak[i * merged.sizes + j] = a > b ? a : b;
        }
    }
    free(demand->peak);
    *demand = merged;
    return true;
}

void classes_free(demand_t *demand)
{
    free(demand->peak);
    *demand = (demand_t){.sizes = 0};
}

/* --- choice
 * --------------------------------------------------------------------------------------- */

typedef struct choice {
    uint64_t bytes;
    size_t first; /* of the sizes that the last class serves */
} choice_t;

/* Fills row c from row c - 1; with no row before it, the class serves all sizes below. */
static void choose_row(const demand_t *demand, const choice_t *before, choice_t *row,
                       const size_t *element, size_t overhead)
{
    for (size_t j = 0; j < demand->sizes; ++j) {
        row[j].bytes = UINT64_MAX;
        for (size_t i = before == NULL ? 0 : 1; i <= (before == NULL ? 0 : j); ++i) {
            const uint64_t below = before == NULL ? 0 : before[i - 1].bytes;
            const uint64_t own =
                (uint64_t)demand->peak[i * demand->sizes + j] * element[j] + overhead;
            if (below != UINT64_MAX && below + own < row[j].bytes) {
                row[j] = (choice_t){.bytes = below + own, .first = i};
            }
        }
    }
}

size_t classes_choose(const demand_t *demand, size_t most, const target_t *target, size_t overhead,
                      size_class_t *class, size_t *bytes)
{
    const size_t sizes = demand->sizes;
    size_t element[CLASSES_SIZES_MAX];
    most = most > CLASSES_MOST ? CLASSES_MOST : most;
    choice_t *const row = calloc(most * sizes + 1, sizeof *row);
    *bytes = 0;
    if (sizes == 0 || most == 0 || row == NULL) {
        free(row);
        return 0;
    }
    for (size_t j = 0; j < sizes; ++j) {
        element[j] = target_align(target, demand->size[j] + target->pool_header);
    }
    size_t best = 0;
    for (size_t c = 0; c < most; ++c) {
        choose_row(demand, c == 0 ? NULL : row + (c - 1) * sizes, row + c * sizes, element,
                   overhead);
        if (row[c * sizes + sizes - 1].bytes < row[best * sizes + sizes - 1].bytes) {
            best = c;
        }
    }
    *bytes = (size_t)row[best * sizes + sizes - 1].bytes;
    size_t last = sizes - 1;
    for (size_t c = best + 1; c-- > 0;) {
        const size_t first = row[c * sizes + last].first;
        class[c] =
            (size_class_t){.size = demand->size[last], .count = demand->peak[first * sizes + last]};
        last = first == 0 ? 0 : first - 1;
    }
    free(row);
    return best + 1;
}
