/* SPDX-License-Identifier: BSD-3-Clause */
/* fit.c - replays of a ledger's events in real pools and heaps.
 *
 *   events: take a, take b, give a, take c ...  -->  cistern_pool_get / _put, cistern_heap_alloc /
 * _free held:   slot --> what was given for it           NULL: the request failed, its give is
 * ignored */
#include "fit.h"

#include <stdlib.h>
#include <string.h>

#include "cistern/critical.h"
#include "cistern/pool.h"

#include "array.h"
#include "fit_heap.h"
#include "fit_lwip.h"

enum { LARGEST_ARENA = 1 << 29, SMALL_ARENA = 64000, CLASSES_MAX = 64, EVENTS_MOST = 2000000 };

const char *heap_kind_name(heap_kind_t kind)
{
    return kind == HEAP_LWIP ? "lwIP's heap" : "cistern's heap";
}

/* --- traces ----------------------------------------------------------------------------------- */

trace_t trace_of_events(const events_t *events, const spool_t *spool, size_t slots)
{
    return (trace_t){.event = events->tail,
                     .events = events->tails,
                     .chunk = events->chunk,
                     .chunks = events->chunks,
                     .spool = spool,
                     .count = events->count,
                     .slots = slots};
}

trace_t trace_of_ledger(const ledger_t *ledger, int resource)
{
    return trace_of_events(&ledger->events[resource], &ledger->spool, ledger->slots);
}

event_reader_t reader_open(const trace_t *trace)
{
    event_reader_t reader = {.trace = trace};
    if (trace->chunks != 0) {
        reader.buffer = malloc(sizeof *reader.buffer);
        reader.failed = reader.buffer == NULL;
    }
    return reader;
}

/* The events of a chunk; NULL if they cannot be read. */
static const event_t *read_chunk(const spool_t *spool, const chunk_t *chunk,
                                 reader_buffer_t *buffer)
{
    if (!chunk->packed) {
        return spool_view(spool, chunk->offset, buffer->event,
                          chunk->events * sizeof *buffer->event);
    }
    const packed_event_t *const packed =
        spool_view(spool, chunk->offset, buffer->packed, chunk->events * sizeof *buffer->packed);
    if (packed == NULL) {
        return NULL;
    }
    events_unpack(buffer->event, packed, chunk->events, chunk->packet);
    return buffer->event;
}

bool reader_more(event_reader_t *reader)
{
    const trace_t *const trace = reader->trace;
    if (reader->failed || reader->next > trace->chunks) {
        return false;
    }
    const size_t next = reader->next++;
    if (next == trace->chunks) {
        if (trace->events == 0) {
            return false;
        }
        reader->at = trace->event;
        reader->end = trace->event + trace->events;
        return true;
    }
    const chunk_t *const chunk = &trace->chunk[next];
    reader->at = read_chunk(trace->spool, chunk, reader->buffer);
    reader->failed = reader->at == NULL;
    reader->end = reader->failed ? NULL : reader->at + chunk->events;
    return !reader->failed;
}

bool reader_close(event_reader_t *reader)
{
    free(reader->buffer);
    return !reader->failed;
}

/* --- pools ------------------------------------------------------------------------------------ */

/* Of two words, so that a free one has a key: without it each put would walk the free list. */
typedef struct fit_block {
    struct fit_block *next; /* of the same hold */
    uintptr_t key;          /* the pool's */
} fit_block_t;

static void put_chain(cistern_pool_t *pool, fit_block_t *block)
{
    while (block != NULL) {
        fit_block_t *const next = block->next;
        (void)cistern_pool_put(pool, block);
        block = next;
    }
}

/* As pbuf_alloc: all elements or none. */
static fit_block_t *get_chain(cistern_pool_t *pool, uint32_t amount)
{
    fit_block_t *chain = NULL;
    for (uint32_t i = 0; i < amount; ++i) {
        fit_block_t *const block = cistern_pool_get(pool);
        if (block == NULL) {
            put_chain(pool, chain);
            return NULL;
        }
        block->next = chain;
        chain = block;
    }
    return chain;
}

/* Replays have a pool each of their own: no lock is needed. */
typedef struct fit_pool_memory {
    cistern_pool_t pool;
    cistern_pool_extras_t extras;
    void *memory;
} fit_pool_memory_t;

static bool open_pool(fit_pool_memory_t *made, size_t count)
{
    const size_t size = sizeof(fit_block_t);
    made->memory = malloc(CISTERN_POOL_BYTES(count, size, 0) + 1);
    memset(&made->pool, 0, sizeof made->pool);
    made->extras = (cistern_pool_extras_t){.strategy = CISTERN_POOL_UNLOCKED};
    const cistern_pool_config_t config = {.name = "fit",
                                          .count = count,
                                          .size = size,
                                          .memory = made->memory,
                                          .extras = &made->extras};
    return made->memory != NULL && cistern_pool_init(&made->pool, &config) == CISTERN_OK;
}

static void close_pool(fit_pool_memory_t *made)
{
    (void)cistern_pool_unregister(&made->pool);
    free(made->memory);
}

replayed_t fit_pool(const trace_t *trace, size_t count)
{
    replayed_t replayed = {.failures = 0};
    fit_pool_memory_t made;
    fit_block_t **const held = calloc(trace->slots + 1, sizeof *held);
    const bool opened = open_pool(&made, count);
    event_reader_t reader = reader_open(trace);
    const event_t *event = NULL;
    replayed.ok = held != NULL && opened;
    while (fit_goes_on(&replayed) && (event = reader_next(&reader)) != NULL) {
        if (event->amount == 0) {
            put_chain(&made.pool, held[event->slot]);
            held[event->slot] = NULL;
        } else {
            held[event->slot] = get_chain(&made.pool, event->amount);
            if (held[event->slot] == NULL) {
                fit_note_failure(&replayed, event);
            }
        }
    }
    replayed.ok = reader_close(&reader) && replayed.ok;
    close_pool(&made);
    free(held);
    return replayed;
}

/* --- heaps ------------------------------------------------------------------------------------ */

/* A heap of up to 64 KiB has indices of 16 bits, as cistern/config.h chooses them from MEM_SIZE. */
static bool has_narrow_indices(const target_t *target, size_t bytes)
{
    return bytes + 3U * (size_t)target->alignment + 48U <= 0x10000U;
}

static replayed_t fit_cistern(const trace_t *trace, const target_t *target, size_t bytes,
                              size_t min_size)
{
    if (has_narrow_indices(target, bytes)) {
        return fit_heap_narrow(trace, target, bytes, min_size);
    }
    return target->pointer < 8 ? fit_heap_of_32_bits(trace, target, bytes, min_size)
                               : fit_heap_of_64_bits(trace, target, bytes, min_size);
}

replayed_t fit_heap(const trace_t *trace, const target_t *target, heap_kind_t kind, size_t bytes,
                    size_t min_size)
{
    if (kind == HEAP_LWIP) {
        return fit_lwip(trace, target, bytes, min_size);
    }
    return fit_cistern(trace, target, bytes, min_size);
}

/* What least sizes are searched with. */
typedef struct fit_search {
    const trace_t *trace;
    const target_t *target;
    heap_kind_t kind;
    size_t min_size;
} fit_search_t;

static bool serves(const fit_search_t *search, size_t bytes, replayed_t *replayed)
{
    *replayed = fit_heap(search->trace, search->target, search->kind, bytes, search->min_size);
    return replayed->failures == 0;
}

/* Between a size that does not serve and one that does: the first that does, where all can be
 * tried, else one of which a step less does not. */
static size_t search_between(const fit_search_t *search, size_t low, size_t high, replayed_t *below)
{
    const size_t step = search->target->alignment;
    const size_t steps = (high - low) / step;
    const trace_t *const trace = search->trace;
    const size_t events = trace->count != 0 ? trace->count : trace->events;
    replayed_t tried;
    if (steps <= EVENTS_MOST / (events + 1)) {
        for (size_t bytes = low + step; bytes < high && below->ok; bytes += step) {
            if (serves(search, bytes, &tried)) {
                return bytes;
            }
            *below = tried;
        }
        return high;
    }
    while (high - low > step && below->ok) {
        const size_t middle = low + (high - low) / step / 2 * step;
        if (serves(search, middle, &tried)) {
            high = middle;
        } else {
            low = middle;
            *below = tried;
        }
    }
    return high;
}

/* Where the last block ends in an arena that is never too small says about how much is needed: a
 * heap goes beyond it only when nothing before it fits. */
size_t fit_heap_least(const trace_t *trace, const target_t *target, heap_kind_t kind,
                      size_t min_size, replayed_t *below)
{
    const fit_search_t search = {
        .trace = trace, .target = target, .kind = kind, .min_size = min_size};
    const size_t step = target->alignment;
    size_t arena = SMALL_ARENA; /* offsets of 16 bits reach no further: headers are smaller */
    while (!serves(&search, arena, below) && below->ok && arena < LARGEST_ARENA) {
        arena *= 8;
    }
    if (!below->ok || below->failures != 0 || below->bytes == 0) {
        return 0;
    }
    const size_t end = target_align(target, below->bytes);
    const size_t used = target_align(target, below->used == 0 ? end : below->used);
    size_t low = used - step;
    while (low > step && serves(&search, low, below)) { /* headers that became smaller */
        low -= step;
    }
    if (low < used - step && below->failures != 0) { /* the step above it was tried, and serves */
        return low + step;
    }
    size_t high = end;
    for (size_t more = step; high < arena; more *= 2) {
        replayed_t tried;
        if (serves(&search, high, &tried)) {
            break;
        }
        high = end + more < arena ? end + more : arena;
    }
    return search_between(&search, low, high, below);
}

/* --- pool-based malloc ------------------------------------------------------------------------ */

typedef struct class_held {
    fit_block_t *block;
    uint8_t class;
} class_held_t;

static size_t class_of(const size_class_t *class, size_t classes, uint32_t size)
{
    size_t i = 0;
    while (i < classes && class[i].size < size) {
        ++i;
    }
    return i;
}

replayed_t fit_classes(const trace_t *trace, const size_class_t *class, size_t classes)
{
    static fit_pool_memory_t made[CLASSES_MAX];
    replayed_t replayed = {.ok = classes <= CLASSES_MAX};
    class_held_t *const held = calloc(trace->slots + 1, sizeof *held);
    replayed.ok = replayed.ok && held != NULL;
    for (size_t i = 0; replayed.ok && i < classes; ++i) {
        replayed.ok = open_pool(&made[i], class[i].count) && replayed.ok;
    }
    event_reader_t reader = reader_open(trace);
    const event_t *event = NULL;
    while (fit_goes_on(&replayed) && (event = reader_next(&reader)) != NULL) {
        class_held_t *const hold = &held[event->slot];
        if (event->trims) {
            continue; /* an element stays as it is */
        }
        if (event->amount == 0) {
            put_chain(&made[hold->class].pool, hold->block);
            hold->block = NULL;
            continue;
        }
        const size_t at = class_of(class, classes, event->amount);
        hold->class = (uint8_t)(at < classes ? at : 0);
        hold->block = at < classes ? get_chain(&made[at].pool, 1) : NULL;
        if (hold->block == NULL) {
            fit_note_failure(&replayed, event);
        }
    }
    replayed.ok = reader_close(&reader) && replayed.ok;
    for (size_t i = 0; i < classes && i < CLASSES_MAX && held != NULL; ++i) {
        close_pool(&made[i]);
    }
    free(held);
    return replayed;
}
