/* SPDX-License-Identifier: BSD-3-Clause */
/* fit_lwip.c - a model of lwIP's own heap.
 *
 *   | header | payload | header | payload | ... | header of the end |      0 <= offsets <= bytes
 *
 * A request takes the first free block that is large enough, from the lowest on; the rest of it
 * becomes a block of its own when it holds a header and MIN_SIZE. A block that is freed joins its
 * free neighbours. Only offsets are kept, no memory.
 *
 * I1  blocks tile [0, bytes); no two free blocks are neighbours
 * I2  the free blocks are a list by offset: a walk passes no block in use */
#include "fit_lwip.h"

#include <stdlib.h>

#include "array.h"

#define NONE UINT32_MAX

typedef struct lwip_block {
    size_t offset;
    uint32_t next; /* by offset; NONE: the end */
    uint32_t prev;
    uint32_t next_free; /* of a free one: the next free one by offset */
} lwip_block_t;

typedef struct lwip_heap {
    lwip_block_t *block;
    size_t blocks;
    size_t block_room;
    uint32_t spare; /* chain of entries that are not in use */
    uint32_t free;  /* the lowest */
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

/* The link to the free blocks behind `before`; NONE: to all. */
static uint32_t *link_behind(lwip_heap_t *heap, uint32_t before)
{
    return before == NONE ? &heap->free : &heap->block[before].next_free;
}

/* The highest free block below an offset. */
static uint32_t free_below(lwip_heap_t *heap, size_t offset)
{
    uint32_t before = NONE;
    uint32_t at = heap->free;
    while (at != NONE && heap->block[at].offset < offset) {
        before = at;
        at = heap->block[at].next_free;
    }
    return before;
}

/* Cuts what a block has beyond `size` bytes of payload off, when it is large enough for a block: a
 * free one, which is in no list yet. */
static uint32_t split(lwip_heap_t *heap, uint32_t index, size_t size)
{
    const size_t start = heap->block[index].offset;
    if (end_of(heap, index) - start < size + 2 * heap->header + heap->min) {
        return NONE;
    }
    const uint32_t rest = new_block(heap);
    if (rest == NONE) {
        return NONE;
    }
    lwip_block_t *const block = &heap->block[index];
    heap->block[rest] =
        (lwip_block_t){.offset = start + heap->header + size, .next = block->next, .prev = index};
    if (block->next != NONE) {
        heap->block[block->next].prev = rest;
    }
    block->next = rest;
    return rest;
}

/* The index of a block for `size` bytes, or NONE. */
static uint32_t take(lwip_heap_t *heap, size_t size)
{
    uint32_t before = NONE;
    uint32_t index = heap->free;
    while (index != NONE && end_of(heap, index) - heap->block[index].offset < heap->header + size) {
        before = index;
        index = heap->block[index].next_free;
    }
    if (index == NONE) {
        return NONE;
    }
    const uint32_t behind = heap->block[index].next_free;
    const uint32_t rest = split(heap, index, size);
    if (rest != NONE) {
        heap->block[rest].next_free = behind;
    }
    *link_behind(heap, before) = rest != NONE ? rest : behind;
    return index;
}

/* Joins a block with the one behind it, whose entry is not in use afterwards. */
static void join_next(lwip_heap_t *heap, uint32_t index)
{
    const uint32_t next = heap->block[index].next;
    heap->block[index].next = heap->block[next].next;
    if (heap->block[next].next != NONE) {
        heap->block[heap->block[next].next].prev = index;
    }
    heap->block[next].next = heap->spare;
    heap->spare = next;
}

static void give(lwip_heap_t *heap, uint32_t index)
{
    const uint32_t before = free_below(heap, heap->block[index].offset);
    uint32_t behind = *link_behind(heap, before);
    if (behind != NONE && behind == heap->block[index].next) {
        behind = heap->block[behind].next_free;
        join_next(heap, index);
    }
    if (before != NONE && before == heap->block[index].prev) {
        join_next(heap, before);
        heap->block[before].next_free = behind;
    } else {
        heap->block[index].next_free = behind;
        *link_behind(heap, before) = index;
    }
}

/* Cuts a block in use down: what it no longer has joins a free block behind it, or becomes one. */
static void trim(lwip_heap_t *heap, uint32_t index, size_t size)
{
    if (index == NONE || end_of(heap, index) - heap->block[index].offset < heap->header + size) {
        return;
    }
    const size_t start = heap->block[index].offset;
    const uint32_t next = heap->block[index].next;
    const uint32_t before = free_below(heap, start);
    const size_t payload = size < heap->min ? heap->min : size;
    if (next != NONE && *link_behind(heap, before) == next) {
        heap->block[next].offset = start + heap->header + payload;
        return;
    }
    const uint32_t rest = split(heap, index, payload);
    if (rest != NONE) {
        uint32_t *const link = link_behind(heap, before);
        heap->block[rest].next_free = *link;
        *link = rest;
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
                        .free = NONE,
                        .bytes = target_align(target, bytes),
                        .header = header_for(target, bytes),
                        .min = target_align(target, min_size),
                        .target = target};
    replayed_t replayed = {.failures = 0};
    uint32_t *const held = malloc((trace->slots + 1) * sizeof *held);
    const uint32_t first = new_block(&heap);
    replayed.ok = held != NULL && first != NONE;
    if (replayed.ok) {
        heap.block[first] = (lwip_block_t){.next = NONE, .prev = NONE, .next_free = NONE};
        heap.free = first;
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
