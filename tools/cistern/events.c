/* SPDX-License-Identifier: BSD-3-Clause */
/* events.c - what was taken and given back, in order.
 *
 *   chunk 0 | chunk 1 | ... | tail          chunks are in the spool, the tail is in memory
 *
 * I1  the parts of one request are in the same chunk, or both in the tail */
#include "events.h"

#include <stdlib.h>

#include "array.h"

/* Moves the tail to the spool, all but its last event: the next may be joined with it. */
static bool events_spill(events_t *events, spool_t *spool)
{
    const event_t last = events->tail[events->tails - 1];
    const size_t kept = last.part == PART_SECOND ? 0 : 1;
    const size_t count = events->tails - kept;
    if (!ARRAY_GROW(events, chunk)) {
        return false;
    }
    const uint64_t offset = spool_take(spool, count * sizeof *events->tail);
    if (!spool_write(spool, offset, events->tail, count * sizeof *events->tail)) {
        return false;
    }
    events->chunk[events->chunks++] = (chunk_t){.offset = offset, .events = (uint32_t)count};
    events->tail[0] = last;
    events->tails = kept;
    return true;
}

/* The event that is given back by the next one, and nothing between. */
static event_t *taken_now(const events_t *events, const event_t *give)
{
    event_t *const last = events->tails == 0 ? NULL : &events->tail[events->tails - 1];
    const bool is = give->amount == 0 && last != NULL && last->amount != 0 && !last->trims &&
                    last->moment == 0 && last->slot == give->slot && last->packet == give->packet;
    return is ? last : NULL;
}

event_t *events_add(events_t *events, spool_t *spool, const event_t *event)
{
    event_t *const taken = taken_now(events, event);
    if (taken != NULL) {
        taken->moment = 1;
        ++events->count;
        return taken;
    }
    if (events->tails == EVENTS_CHUNK && !events_spill(events, spool)) {
        return NULL;
    }
    if (!ARRAY_GROW(events, tail)) {
        return NULL;
    }
    event_t *const added = &events->tail[events->tails++];
    *added = *event;
    ++events->count;
    return added;
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
