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

/* Requests below are many, and looked up in a table. */
enum { SMALL_REQUEST = 4096 };

/* What is held looks often as it did before. */
enum { SEEN = 256 };

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
        bool known[SMALL_REQUEST] = {false};
        demand->sizes = 0;
        fits = true;
        while (fits && (event = reader_next_whole(&reader)) != NULL) {
            const uint32_t amount = event->amount;
            if (amount != 0 && !event->trims && !(amount < SMALL_REQUEST && known[amount])) {
                known[amount % SMALL_REQUEST] |= amount < SMALL_REQUEST;
                fits = add_size(demand, round_size(amount, step));
            }
        }
        demand->rounded = step != alignment;
        step *= 2;
        ok = reader_close(&reader);
    }
    return ok;
}

/* The measurement in progress. A take adds one to the ranges with its size, and the takes in between
 * at most one each: a size needs no look before as many takes as the least distance of its ranges to
 * their peaks. What is given back at once counts for its own size only. And what was held before
 * was looked at before. */
typedef struct measurement {
    demand_t *demand;
    int32_t held[CLASSES_SIZES_MAX];      /* requests of each size */
    int32_t below[CLASSES_SIZES_MAX + 1]; /* requests of all smaller sizes, at the latest look */
    uint64_t takes;                       /* that were not given back at once */
    uint64_t due[CLASSES_SIZES_MAX];      /* the take of a size at which its ranges need a look */
    uint64_t hash;                        /* of `held` */
    int32_t *seen; /* what was held at earlier looks, by its hash; all zeros: nothing */
    uint16_t small[SMALL_REQUEST]; /* place of a small request, + 1; 0: not looked up yet */
} measurement_t;

static uint16_t place_of_request(measurement_t *now, uint32_t bytes)
{
    if (bytes >= SMALL_REQUEST) {
        return (uint16_t)place_of(now->demand, bytes);
    }
    if (now->small[bytes] == 0) {
        now->small[bytes] = (uint16_t)(place_of(now->demand, bytes) + 1U);
    }
    return (uint16_t)(now->small[bytes] - 1U);
}

/* Raises peaks to the counts behind `base`; returns their least distance to the counts then. A loop
 * for vectors: no branch, and numbers with a sign, which every processor compares. */
static int32_t raise_peaks(int32_t *peak, const int32_t *below, size_t count, int32_t base)
{
    int32_t least = INT32_MAX;
    for (size_t j = 0; j < count; ++j) {
        const int32_t now = below[j] - base;
        const int32_t most = now > peak[j] ? now : peak[j];
        peak[j] = most;
        least = most - now < least ? most - now : least;
    }
    return least;
}

/* Raises the peaks of all ranges with size k; returns their least distance to the peaks. */
static uint32_t look_at_size(measurement_t *now, size_t k)
{
    const size_t sizes = now->demand->sizes;
    int32_t least = INT32_MAX;
    for (size_t i = 0; i < sizes; ++i) {
        now->below[i + 1] = now->below[i] + now->held[i];
    }
    for (size_t i = 0; i <= k; ++i) {
        int32_t *const row = (int32_t *)now->demand->peak + i * sizes;
        const int32_t distance = raise_peaks(row + k, now->below + k + 1, sizes - k, now->below[i]);
        least = distance < least ? distance : least;
    }
    return (uint32_t)least;
}

/* More, or less, of size k is held. */
static void change_held(measurement_t *now, size_t k, int32_t more)
{
    now->held[k] += more;
    now->hash += (uint64_t)(int64_t)more * (2 * k + 1) * 0x9e3779b97f4a7c15U;
}

/* Whether the same was held at an earlier look; else it will have been. */
static bool was_seen(const measurement_t *now)
{
    const size_t sizes = now->demand->sizes;
    int32_t *const seen = now->seen + (now->hash >> 56) % SEEN * sizes;
    if (memcmp(seen, now->held, sizes * sizeof *seen) == 0) {
        return true;
    }
    memcpy(seen, now->held, sizes * sizeof *seen);
    return false;
}

/* One more of size k is held. */
static void note_take(measurement_t *now, size_t k)
{
    const uint64_t take = now->takes + 1;
    if (take >= now->due[k] && !was_seen(now)) {
        now->due[k] = take + look_at_size(now, k) + 1;
    }
}

static bool measure(measurement_t *now, const trace_t *trace, uint16_t *place)
{
    event_reader_t reader = reader_open(trace);
    const event_t *event = NULL;
    while ((event = reader_next_whole(&reader)) != NULL) {
        if (event->trims) {
            continue;
        }
        if (event->amount == 0) {
            change_held(now, place[event->slot], -1);
            continue;
        }
        const uint16_t k = place_of_request(now, event->amount);
        change_held(now, k, 1);
        note_take(now, k);
        if (event->moment) {
            change_held(now, k, -1);
        } else {
            place[event->slot] = k;
            ++now->takes;
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
    int32_t *const seen = calloc(SEEN * demand->sizes + 1, sizeof *seen);
    bool ok = read && now != NULL && place != NULL && seen != NULL && demand->peak != NULL;
    if (ok) {
        now->seen = seen;
        now->demand = demand;
        ok = measure(now, trace, place);
    }
    free(now);
    free(seen);
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
