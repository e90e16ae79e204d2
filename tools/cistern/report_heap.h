/* SPDX-License-Identifier: BSD-3-Clause */
/* report_heap.h - the blocks of a heap over time, as a page draws them: when, where, how large, why.
 *
 * It watches the replay of a heap through the one callback of fit.h. At most HEAP_BLOCKS are kept:
 * when there are more, the shortest-lived are left out, and counted. */
#ifndef CISTERN_TOOL_REPORT_HEAP_H
#define CISTERN_TOOL_REPORT_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fit.h"

enum { HEAP_BLOCKS = 1 << 16 };

typedef struct heap_block {
    uint64_t from; /* times; while it is in use `until` is not known yet */
    uint64_t until;
    uint64_t offset;
    uint32_t bytes;
    uint8_t cause;
} heap_block_t;

/* The time of a packet. */
typedef uint64_t heap_clock_t(const void *context, uint64_t packet);

typedef struct heap_map {
    heap_block_t *block; /* given back */
    size_t blocks;
    size_t block_room;
    heap_block_t *hold; /* by slot of the ledger; of 0 bytes: none */
    size_t holds;
    size_t hold_room;
    uint64_t shortest; /* no block that lived shorter is kept */
    uint64_t left_out;
    heap_clock_t *clock;
    const void *clock_context;
    bool short_of_memory; /* the map is void */
} heap_map_t;

/* A fit_watch_t; its context is the map. */
void heap_map_event(void *map, const event_t *event, size_t offset, size_t bytes);

void heap_map_free(heap_map_t *map);

#endif
