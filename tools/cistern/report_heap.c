/* SPDX-License-Identifier: BSD-3-Clause */
/* report_heap.c - the blocks of a heap over time. */
#include "report_heap.h"

#include <stdlib.h>

#include "array.h"

static uint64_t life(const heap_block_t *block)
{
    return block->until - block->from;
}

/* Leaves the shorter-lived out until there is room for as many as stay. */
static void thin(heap_map_t *map)
{
    while (map->blocks > HEAP_BLOCKS / 2) {
        size_t kept = 0;
        map->shortest = map->shortest == 0 ? 1 : 2 * map->shortest;
        for (size_t i = 0; i < map->blocks; ++i) {
            if (life(&map->block[i]) >= map->shortest) {
                map->block[kept++] = map->block[i];
            }
        }
        map->left_out += map->blocks - kept;
        map->blocks = kept;
    }
}

static void close_block(heap_map_t *map, heap_block_t *hold, uint64_t time)
{
    hold->until = time;
    if (map->blocks == HEAP_BLOCKS) {
        thin(map);
    }
    if (life(hold) < map->shortest) {
        ++map->left_out;
    } else if (ARRAY_GROW(map, block)) {
        map->block[map->blocks++] = *hold;
    } else {
        map->short_of_memory = true;
    }
    hold->bytes = 0;
}

static heap_block_t *hold_at(heap_map_t *map, uint32_t slot)
{
    while (map->holds <= slot) {
        if (!ARRAY_GROW(map, hold)) {
            map->short_of_memory = true;
            return NULL;
        }
        map->hold[map->holds++] = (heap_block_t){.bytes = 0};
    }
    return &map->hold[slot];
}

void heap_map_event(void *context, const event_t *event, size_t offset, size_t bytes)
{
    heap_map_t *const map = context;
    heap_block_t *const hold = hold_at(map, event->slot);
    const uint64_t time = map->clock(map->clock_context, event->packet);
    if (hold == NULL) {
        return;
    }
    if (bytes != 0) {
        *hold = (heap_block_t){
            .from = time, .offset = offset, .bytes = (uint32_t)bytes, .cause = event->cause};
    } else if (hold->bytes != 0) {
        close_block(map, hold, time);
    }
}

void heap_map_free(heap_map_t *map)
{
    free(map->block);
    free(map->hold);
    *map = (heap_map_t){.blocks = 0};
}
