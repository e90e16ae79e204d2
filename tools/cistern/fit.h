/* SPDX-License-Identifier: BSD-3-Clause */
/* fit.h - replays of a ledger's events in real pools and heaps: what suffices, and what just does
 * not. */
#ifndef CISTERN_TOOL_FIT_H
#define CISTERN_TOOL_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ledger.h"

/* Called for each event that a heap's replay served: where its block begins, or began, and what was
 * asked of it; 0 when it is given back. */
typedef void fit_watch_t(void *context, const event_t *event, size_t offset, size_t bytes);

/* The events of one resource: those in a spool, then those in memory. */
typedef struct trace {
    const event_t *event;
    size_t events; /* in memory */
    const chunk_t *chunk;
    size_t chunks;
    const spool_t *spool;
    size_t count;       /* of all as they are read; 0: those in memory */
    size_t slots;       /* above every slot of the events */
    fit_watch_t *watch; /* NULL: none */
    void *watcher;      /* its context */
} trace_t;

/* The events that were kept, as a trace. */
trace_t trace_of_events(const events_t *events, const spool_t *spool, size_t slots);
trace_t trace_of_ledger(const ledger_t *ledger, int resource);

/* A chunk that was read. */
typedef struct reader_buffer {
    event_t event[EVENTS_CHUNK];
    packed_event_t packed[EVENTS_CHUNK];
} reader_buffer_t;

/* Reads a trace once. */
typedef struct event_reader {
    const trace_t *trace;
    const event_t *at;
    const event_t *end;
    size_t next;             /* chunk; chunks: what is in memory; chunks + 1: none */
    reader_buffer_t *buffer; /* NULL: no chunks */
    event_t give;            /* what follows one that is given back at once */
    bool gives;
    bool failed; /* memory or the disk is short */
} event_reader_t;

event_reader_t reader_open(const trace_t *trace);
bool reader_more(event_reader_t *reader);

/* NULL at the end. What is given back at once is one event. The second part of a request follows
 * its first in memory. */
static inline const event_t *reader_next_whole(event_reader_t *reader)
{
    if (reader->at == reader->end && !reader_more(reader)) {
        return NULL;
    }
    return reader->at++;
}

/* The same, what is given back at once being two events: a take and a give. */
static inline const event_t *reader_next(event_reader_t *reader)
{
    if (reader->gives) {
        reader->gives = false;
        return &reader->give;
    }
    const event_t *const event = reader_next_whole(reader);
    if (event != NULL && event->moment != 0) {
        reader->gives = true;
        reader->give = (event_t){.packet = event->packet, .slot = event->slot};
    }
    return event;
}

/* False if not all could be read. */
bool reader_close(event_reader_t *reader);

/* How a replay ended. */
typedef struct replayed {
    uint64_t failures; /* 0, or 1: the replay ends with the first */
    uint64_t packet;   /* of the failure; 0: none */
    size_t bytes;      /* of a heap: from its start to the end of the last block, at most */
    size_t used;       /* of a heap: all blocks in use, at most; 0 where it is not known */
    bool ok;           /* false: the host was short of memory, all else is void */
} replayed_t;

/* Which heap. */
typedef enum heap_kind {
    HEAP_LWIP,    /* lwIP's own: first fit from the lowest free block, struct mem before each */
    HEAP_CISTERN, /* this library's, as it is built */
    HEAP_KINDS
} heap_kind_t;

const char *heap_kind_name(heap_kind_t kind);

/* One size of pool-based malloc. */
typedef struct size_class {
    size_t size; /* bytes that an element serves, a multiple of the alignment */
    size_t count;
} size_class_t;

static inline void fit_note_failure(replayed_t *replayed, const event_t *event)
{
    ++replayed->failures;
    if (replayed->packet == 0) {
        replayed->packet = event->packet;
    }
}

/* What fails first is all that a replay is for. */
static inline bool fit_goes_on(const replayed_t *replayed)
{
    return replayed->ok && replayed->failures == 0;
}

static inline void fit_watch(const trace_t *trace, const event_t *event, size_t offset,
                             size_t bytes)
{
    if (trace->watch != NULL) {
        trace->watch(trace->watcher, event, offset, bytes);
    }
}

/* Bytes that a heap must have in one piece for an event that takes; 0: they are in the one before. */
static inline size_t fit_request(const event_t *event, const target_t *target)
{
    const size_t rest = event->part == PART_FIRST ? target->heap_header + event[1].amount : 0;
    return event->part == PART_SECOND ? 0 : event->amount + rest;
}

/* In a pool of `count` elements. Linear in the events. */
replayed_t fit_pool(const trace_t *trace, size_t count);

/* In a heap of MEM_SIZE `bytes`, with the target's alignment and MIN_SIZE. */
replayed_t fit_heap(const trace_t *trace, const target_t *target, heap_kind_t kind, size_t bytes,
                    size_t min_size);

/* The least MEM_SIZE that serves all; `below` is what happens with a step less. 0 when there is
 * nothing to serve, or the host is short of memory (ok is false). For a trace so long that trying
 * every size would take too many events, it is the least of a range: a step less fails, but a size
 * far below may serve again, since a fit can have luck. */
size_t fit_heap_least(const trace_t *trace, const target_t *target, heap_kind_t kind,
                      size_t min_size, replayed_t *below);

/* In pool-based malloc: the first class that is large enough serves a request. */
replayed_t fit_classes(const trace_t *trace, const size_class_t *class, size_t classes);

#endif
