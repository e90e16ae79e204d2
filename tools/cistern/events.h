/* SPDX-License-Identifier: BSD-3-Clause */
/* events.h - what was taken and given back, in order, as replays need it.
 *
 * Events are kept by resource: the latest in memory, those before them in a spool, so that memory
 * does not grow with them. */
#ifndef CISTERN_TOOL_EVENTS_H
#define CISTERN_TOOL_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool.h"

enum { EVENTS_CHUNK = 1024 }; /* an ARRAY_GROW ends there */

/* Two requests to the heap may also have been one, or others of the same sum: where a heap is run,
 * the first of them needs room for both, and the second none. */
typedef enum event_part { PART_NONE, PART_FIRST, PART_SECOND } event_part_t;

/* Something that was taken or given back. */
typedef struct event {
    uint32_t packet;
    uint32_t slot;   /* of the hold: the same for its take and its give */
    uint32_t amount; /* 0 gives back; for the heap the bytes requested, else elements */
    uint8_t cause;
    uint8_t part;   /* event_part_t */
    uint8_t trims;  /* 1: a block of the heap that is held has `amount` bytes from now on */
    uint8_t moment; /* 1: it is given back at once, at the same packet */
} event_t;

/* An event in the spool, where half of its bytes are enough. */
typedef struct packed_event {
    uint16_t packets; /* from that of the event before, - INT16_MIN */
    uint16_t slot;
    uint16_t amount;
    uint8_t cause;
    uint8_t kind;
} packed_event_t;

/* Events in the spool. */
typedef struct chunk {
    uint64_t offset;
    uint32_t events;
    uint32_t packet; /* of the first */
    bool packed;     /* all of them, or none */
} chunk_t;

/* All zeros is an empty one. */
typedef struct events {
    event_t *tail; /* the latest */
    size_t tails;
    size_t tail_room;
    chunk_t *chunk; /* those before */
    size_t chunks;
    size_t chunk_room;
    size_t count; /* one that gives back at once is two */
} events_t;

/* Makes room for one more in the tail. False if memory or the disk is short. */
bool events_make_room(events_t *events, spool_t *spool);

/* Adds an event. NULL if memory or the disk is short; else it can be changed until the next is
 * added. One that gives back what the latest took, at the same packet, only marks it. */
static inline event_t *events_add(events_t *events, spool_t *spool, event_t event)
{
    event_t *const last = events->tails == 0 ? NULL : &events->tail[events->tails - 1];
    if (event.amount == 0 && last != NULL && last->amount != 0 && last->slot == event.slot &&
        last->packet == event.packet && !last->trims && last->moment == 0) {
        last->moment = 1;
        ++events->count;
        return last;
    }
    if (events->tails == events->tail_room && !events_make_room(events, spool)) {
        return NULL;
    }
    ++events->count;
    event_t *const added = &events->tail[events->tails++];
    *added = event;
    return added;
}

/* What packed events stand for; `packet` is that of the first. */
void events_unpack(event_t *event, const packed_event_t *packed, size_t count, uint32_t packet);

/* The two latest are parts of one: the second directly follows the first. */
void events_join(events_t *events);

void events_free(events_t *events);

#endif
