/* SPDX-License-Identifier: BSD-3-Clause */
/* classes.h - the sizes of pool-based malloc that take the least memory, exactly.
 *
 * A class serves the requests above the next smaller class's size, up to its own. It needs as many
 * elements as such requests were held at once. */
#ifndef CISTERN_TOOL_CLASSES_H
#define CISTERN_TOOL_CLASSES_H

#include "fit.h"

enum { CLASSES_SIZES_MAX = 256, CLASSES_MOST = 16 };

/* How many requests of each range of sizes were held at once: peak[i * sizes + j] of those from
 * size[i] to size[j], i <= j. It serves for any number of traces: see classes_merge. */
typedef struct demand {
    size_t sizes;
    size_t size[CLASSES_SIZES_MAX]; /* distinct, ascending, multiples of the alignment */
    uint32_t *peak;
    bool rounded; /* there were more sizes: some are rounded up to one of these */
} demand_t;

/* The demand of a trace. With E takes and gives of D sizes it takes O(E + L D^2) time, L being the takes at
 * which a range comes near its peak: at most E, in practice a fraction of it; and O(D^2 + slots)
 * memory. False if the host is short of memory. */
bool classes_measure(demand_t *demand, const trace_t *trace, size_t alignment);

/* Adds another demand: what either needs. */
bool classes_merge(demand_t *demand, const demand_t *other);

/* The set of at most `most` classes with the least total of bytes: an element of a class takes its
 * size and `header`, aligned; a class takes `overhead` beside its elements. O(most D^2) time.
 * Returns the number of classes, in ascending order of size; 0 for no demand. */
size_t classes_choose(const demand_t *demand, size_t most, const target_t *target, size_t overhead,
                      size_class_t *class, size_t *bytes);

void classes_free(demand_t *demand);

#endif
