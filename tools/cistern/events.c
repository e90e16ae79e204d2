/* SPDX-License-Identifier: BSD-3-Clause */
/* events.c - what was taken and given back, in order.
 *
 *   chunk 0 | chunk 1 | ... | tail          chunks are in the spool, the tail is in memory
 *
 * I1  the parts of one request are in the same chunk, or both in the tail */
#include "events.h"

#include <stdlib.h>

#include "array.h"

enum { KIND_PART = 3, KIND_TRIMS = 4, KIND_MOMENT = 8 };

static uint8_t kind_of(const event_t *event)
{
    return (uint8_t)(event->part | (event->trims != 0 ? KIND_TRIMS : 0) |
                     (event->moment != 0 ? KIND_MOMENT : 0));
}

/* False if a number of some event needs all its bytes. */
static bool events_pack(packed_event_t *packed, const event_t *event, size_t count)
{
    uint32_t packet = event[0].packet;
    for (size_t i = 0; i < count; ++i) {
        const uint32_t packets = event[i].packet - packet - (uint32_t)INT16_MIN; /* modulo 2^32 */
        if ((packets | event[i].slot | event[i].amount) > UINT16_MAX) {
            return false;
        }
        packet = event[i].packet;
        packed[i] = (packed_event_t){.packets = (uint16_t)packets,
                                     .slot = (uint16_t)event[i].slot,
                                     .amount = (uint16_t)event[i].amount,
                                     .cause = event[i].cause,
                                     .kind = kind_of(&event[i])};
    }
    return true;
}

void events_unpack(event_t *event, const packed_event_t *packed, size_t count, uint32_t packet)
{
    for (size_t i = 0; i < count; ++i) {
        const uint8_t kind = packed[i].kind;
        packet += packed[i].packets + (uint32_t)INT16_MIN;
        event[i] = (event_t){.packet = packet,
                             .slot = packed[i].slot,
                             .amount = packed[i].amount,
                             .cause = packed[i].cause};
        if (kind != 0) {
            event[i].part = kind & (unsigned)KIND_PART;
            event[i].trims = (kind & KIND_TRIMS) != 0;
            event[i].moment = (kind & KIND_MOMENT) != 0;
        }
    }
}

/* Moves the tail to the spool, all but its last event: the next may be joined with it. */
static bool events_spill(events_t *events, spool_t *spool)
{
    packed_event_t packed[EVENTS_CHUNK];
    const event_t last = events->tail[events->tails - 1];
    const size_t kept = last.part == PART_SECOND ? 0 : 1;
    const size_t count = events->tails - kept;
    if (!ARRAY_GROW(events, chunk)) {
        return false;
    }
    const bool packs = events_pack(packed, events->tail, count);
    const size_t bytes = count * (packs ? sizeof *packed : sizeof *events->tail);
    const uint64_t offset = spool_take(spool, bytes);
    if (!spool_write(spool, offset, packs ? (const void *)packed : events->tail, bytes)) {
        return false;
    }
    events->chunk[events->chunks++] = (chunk_t){.offset = offset,
                                                .events = (uint32_t)count,
                                                .packet = events->tail[0].packet,
                                                .packed = packs};
    events->tail[0] = last;
    events->tails = kept;
    return true;
}

bool events_make_room(events_t *events, spool_t *spool)
{
    return events->tails == EVENTS_CHUNK ? events_spill(events, spool) : ARRAY_GROW(events, tail);
}

void events_join(events_t *events)
{
    if (events->tails >= 2) {
        events->tail[events->tails - 2].part = PART_FIRST;
        events->tail[events->tails - 1].part = PART_SECOND;
    }
}

void events_free(events_t *events)
{
    free(events->tail);
    free(events->chunk);
    *events = (events_t){.tail = NULL};
}
