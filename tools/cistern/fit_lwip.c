/* SPDX-License-Identifier: BSD-3-Clause */
/* fit_lwip.c - a model of lwIP's own heap.
 *
 *   | header | payload | header | payload | ... | header of the end |      0 <= offsets <= bytes
 *
 * A request takes the first free block that is large enough, from the lowest on; the rest of it
 * becomes a block of its own when it holds a header and MIN_SIZE. A block that is freed joins its
 * free neighbours. Only offsets are kept, no memory.
 *
 * I1  blocks tile [0, bytes); no two free blocks are neighbours */
#include "fit_lwip.h"

#include <stdlib.h>

#include "array.h"

#define NONE UINT32_MAX

typedef struct lwip_block {
    size_t offset;
    uint32_t next; /* by offset; NONE: the end */
    uint32_t prev;
    bool used;
} lwip_block_t;

typedef struct lwip_heap {
    lwip_block_t *block;
    size_t blocks;
    size_t block_room;
    uint32_t spare;  /* chain of entries that are not in use */
    uint32_t lowest; /* no free block is before it */
    size_t bytes;
    size_t header;
    size_t min;
    const target_t *target;
} lwip_heap_t;

static size_t end_of(const lwip_heap_t *heap, uint32_t index)
{
    const uint32_t next = heap->block[index].next;
    return next == NONE ? heap->bytes : heap->block[next].offset;
}

static uint32_t new_block(lwip_heap_t *heap)
{
    if (heap->spare != NONE) {
        const uint32_t index = heap->spare;
        heap->spare = heap->block[index].next;
        return index;
    }
    return ARRAY_GROW(heap, block) ? (uint32_t)heap->blocks++ : NONE;
}

/* Cuts what a block has beyond `size` bytes of payload off, when it is large enough for a block. */
static void split(lwip_heap_t *heap, uint32_t index, size_t size)
{
    const size_t start = heap->block[index].offset;
    if (end_of(heap, index) - start < size + 2 * heap->header + heap->min) {
        return;
    }
    const uint32_t rest = new_block(heap);
    if (rest == NONE) {
        return;
    }
    lwip_block_t *const block = &heap->block[index];
    heap->block[rest] =
        (lwip_block_t){.offset = start + heap->header + size, .next = block->next, .prev = index};
    if (block->next != NONE) {
        heap->block[block->next].prev = rest;
    }
    block->next = rest;
}

/* The index of a block for `size` bytes, or NONE. */
static uint32_t take(lwip_heap_t *heap, size_t size)
{
    uint32_t index = heap->lowest;
    while (index != NONE &&
           (heap->block[index].used ||
            end_of(heap, index) - heap->block[index].offset < heap->header + size)) {
        index = heap->block[index].next;
    }
    if (index == NONE) {
        return NONE;
    }
    split(heap, index, size);
    heap->block[index].used = true;
    while (heap->lowest != NONE && heap->block[heap->lowest].used) {
        heap->lowest = heap->block[heap->lowest].next;
    }
    return index;
}

/* Joins a free block with the one behind it. */
static void join_next(lwip_heap_t *heap, uint32_t index)
{
    const uint32_t next = heap->block[index].next;
    if (next == NONE || heap->block[next].used) {
        return;
    }
    heap->block[index].next = heap->block[next].next;
    if (heap->block[next].next != NONE) {
        heap->block[heap->block[next].next].prev = index;
    }
    heap->lowest = heap->lowest == next ? index : heap->lowest;
    heap->block[next].next = heap->spare;
    heap->spare = next;
}

static void give(lwip_heap_t *heap, uint32_t index)
{
    lwip_block_t *const block = &heap->block[index];
    block->used = false;
    if (heap->lowest == NONE || block->offset < heap->block[heap->lowest].offset) {
        heap->lowest = index;
    }
    join_next(heap, index);
    if (block->prev != NONE && !heap->block[block->prev].used) {
        join_next(heap, heap->block[index].prev);
    }
}

/* Cuts a block in use down: what it no longer has joins a free block behind it, or becomes one. */
static void trim(lwip_heap_t *heap, uint32_t index, size_t size)
{
    if (index == NONE || end_of(heap, index) - heap->block[index].offset < heap->header + size) {
        return;
    }
    const uint32_t next = heap->block[index].next;
    const size_t payload = size < heap->min ? heap->min : size;
    if (next != NONE && !heap->block[next].used) {
        heap->block[next].offset = heap->block[index].offset + heap->header + payload;
        return;
    }
    split(heap, index, payload);
    const uint32_t rest = heap->block[index].next;
    if (rest != next &&
        (heap->lowest == NONE || heap->block[rest].offset < heap->block[heap->lowest].offset)) {
        heap->lowest = rest;
    }
}

static void replay_event(lwip_heap_t *heap, const trace_t *trace, const event_t *event,
                         uint32_t *held, replayed_t *replayed)
{
    if (event->amount == 0) {
        if (held[event->slot] != NONE) {
            fit_watch(trace, event, heap->block[held[event->slot]].offset + heap->header, 0);
            give(heap, held[event->slot]);
            held[event->slot] = NONE;
        }
        return;
    }
    if (event->trims) {
        trim(heap, held[event->slot], target_align(heap->target, event->amount));
        return;
    }
    const size_t bytes = fit_request(event, heap->target);
    const size_t asked = target_align(heap->target, bytes);
    if (asked == 0) {
        return;
    }
    const size_t size = asked < heap->min ? heap->min : asked;
    const uint32_t index = take(heap, size);
    held[event->slot] = index;
    if (index == NONE) {
        replayed->packet = replayed->failures++ == 0 ? event->packet : replayed->packet;
        return;
    }
    const size_t end = heap->block[index].offset + heap->header + size;
    replayed->bytes = end > replayed->bytes ? end : replayed->bytes;
    fit_watch(trace, event, heap->block[index].offset + heap->header, bytes);
}

/* Offsets take four bytes each in a heap of more than 64000. */
static size_t header_for(const target_t *target, size_t bytes)
{
    const size_t offsets = bytes > 64000 ? 8 : 4;
    const size_t padded = target->pointer == 2 ? offsets + 1 : offsets + offsets / 2;
    return target_align(target, padded);
}

replayed_t fit_lwip(const trace_t *trace, const target_t *target, size_t bytes, size_t min_size)
{
    lwip_heap_t heap = {.spare = NONE,
                        .lowest = NONE,
                        .bytes = target_align(target, bytes),
                        .header = header_for(target, bytes),
                        .min = target_align(target, min_size),
                        .target = target};
    replayed_t replayed = {.failures = 0};
    uint32_t *const held = malloc((trace->slots + 1) * sizeof *held);
    const uint32_t first = new_block(&heap);
    replayed.ok = held != NULL && first != NONE;
    if (replayed.ok) {
        heap.block[first] = (lwip_block_t){.next = NONE, .prev = NONE};
        heap.lowest = first;
        for (size_t i = 0; i <= trace->slots; ++i) {
            held[i] = NONE;
        }
    }
    event_reader_t reader = reader_open(trace);
    const event_t *event = NULL;
    while (replayed.ok && replayed.failures == 0 && (event = reader_next(&reader)) != NULL) {
        replay_event(&heap, trace, event, held, &replayed);
    }
    replayed.ok = reader_close(&reader) && replayed.ok;
    free(held);
    free(heap.block);
    return replayed;
}
