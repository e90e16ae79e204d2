/* SPDX-License-Identifier: BSD-3-Clause */
/* ledger.c - what the device holds at each moment.
 *
 *   slot    | hold | free | hold | ...      a hold's handle is generation << 32 | slot + 1
 *   timer   binary heap by time: what is to be given back, or in doubt, later
 *   turn    a queue of those that come in the order of their times
 *   events  | take | take | give | ...      of each resource: what a replay in real pools repeats */
#include "ledger.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"

typedef struct ledger_slot {
    int64_t least;
    int64_t most;
    uint32_t generation; /* 0 while the slot is free */
    uint32_t next_free;  /* slot + 1 */
    uint8_t resource;
    uint8_t cause;
} ledger_slot_t;

typedef struct ledger_timer {
    uint64_t time;
    hold_t hold;
    bool doubt; /* else give */
} ledger_timer_t;

const char *cause_text(cause_t cause)
{
    static const char *const texts[CAUSE_COUNT] = {
        [CAUSE_NONE] = "nothing",
        [CAUSE_RECEIVED] = "a frame received",
        [CAUSE_UNREAD] = "data not read by the application",
        [CAUSE_OUT_OF_ORDER] = "data out of order",
        [CAUSE_FRAGMENT] = "a fragment of a datagram",
        [CAUSE_UNACKED] = "data not acknowledged by the peer",
        [CAUSE_UNSENT] = "data queued to be sent",
        [CAUSE_CONTROL] = "a segment without data",
        [CAUSE_SENT] = "a datagram sent",
        [CAUSE_CONNECTION] = "a connection opened",
        [CAUSE_TIME_WAIT] = "a connection in TIME_WAIT",
        [CAUSE_SERVED_PORT] = "a port that is served",
        [CAUSE_LOCAL_PORT] = "a port of the device",
        [CAUSE_UNRESOLVED] = "a packet to a neighbour not resolved",
        [CAUSE_GROUP] = "a multicast group joined",
        [CAUSE_CLIENT] = "a DHCP client",
    };
    return texts[cause];
}

void ledger_init(ledger_t *ledger, const target_t *target)
{
    *ledger = (ledger_t){.target = target};
}

void ledger_free(ledger_t *ledger)
{
    free(ledger->slot);
    free(ledger->timer);
    free(ledger->turn);
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        events_free(&ledger->events[i]);
    }
    spool_free(&ledger->spool);
    *ledger = (ledger_t){.target = ledger->target};
}

/* --- levels -------------------------------------------------------------------------------------
 */

static void raise_peak(const ledger_t *ledger, peak_t *peak, int64_t amount, uint8_t cause)
{
    *peak = (peak_t){.amount = amount,
                     .packet = ledger->packet,
                     .time = ledger->time,
                     .cause = (cause_t)cause,
                     .connection = ledger->connection};
}

static void notify(const ledger_t *ledger, const ledger_slot_t *slot, ledger_change_t change)
{
    change.slot = (uint32_t)(slot - ledger->slot);
    change.resource = (resource_t)slot->resource;
    change.cause = (cause_t)slot->cause;
    ledger->watch(ledger->watcher, ledger, &change);
}

static void watch_change(ledger_t *ledger, const ledger_slot_t *slot, int64_t least, int64_t most)
{
    if (ledger->watch != NULL) {
        notify(ledger, slot, (ledger_change_t){.least = least, .most = most});
    }
}

/* More is held: `least` and `most` are not below 0. */
static void raise_level(ledger_t *ledger, const ledger_slot_t *slot, int64_t least, int64_t most)
{
    level_t *const level = &ledger->level[slot->resource];
    level->least += least;
    level->most += most;
    if (level->least > level->peak_least.amount) {
        raise_peak(ledger, &level->peak_least, level->least, slot->cause);
    }
    if (level->most > level->peak_most.amount) {
        raise_peak(ledger, &level->peak_most, level->most, slot->cause);
    }
    if (level->most > level->standing_most) {
        level->standing_most = level->most;
    }
    watch_change(ledger, slot, least, most);
}

/* Less is held, or the same. */
static void lower_level(ledger_t *ledger, const ledger_slot_t *slot, int64_t least, int64_t most)
{
    level_t *const level = &ledger->level[slot->resource];
    level->least -= least;
    level->most -= most;
    if (level->least < level->standing_least) {
        level->standing_least = level->least;
    }
    watch_change(ledger, slot, -least, -most);
}

void ledger_settle(ledger_t *ledger)
{
    for (int i = 0; i < RESOURCE_COUNT; ++i) {
        ledger->level[i].standing_least = ledger->level[i].least;
        ledger->level[i].standing_most = ledger->level[i].most;
    }
}

/* --- events -------------------------------------------------------------------------------------
 */

/* Room for one more; noted when memory is short. */
static bool noted(ledger_t *ledger, bool ok)
{
    ledger->short_of_memory = ledger->short_of_memory || !ok;
    return ok;
}

/* NULL for a hold of nothing, which needs no replay, and where memory is short. */
static event_t *record(ledger_t *ledger, const ledger_slot_t *slot, uint32_t amount)
{
    if (slot->most == 0) {
        return NULL;
    }
    event_t *const event = events_add(&ledger->events[slot->resource], &ledger->spool,
                                      (event_t){.packet = (uint32_t)ledger->packet,
                                                .slot = (uint32_t)(slot - ledger->slot),
                                                .amount = amount,
                                                .cause = slot->cause});
    (void)noted(ledger, event != NULL);
    return event;
}

/* --- holds --------------------------------------------------------------------------------------
 */

static ledger_slot_t *find(const ledger_t *ledger, hold_t hold)
{
    const uint32_t index = (uint32_t)hold - 1U;
    if (hold == 0 || index >= ledger->slots ||
        ledger->slot[index].generation != (uint32_t)(hold >> 32)) {
        return NULL;
    }
    return &ledger->slot[index];
}

bool ledger_holds(const ledger_t *ledger, hold_t hold)
{
    return find(ledger, hold) != NULL;
}

static ledger_slot_t *new_slot(ledger_t *ledger)
{
    if (ledger->free_slot != 0) {
        ledger_slot_t *const slot = &ledger->slot[ledger->free_slot - 1];
        ledger->free_slot = slot->next_free;
        return slot;
    }
    return noted(ledger, ARRAY_GROW(ledger, slot)) ? &ledger->slot[ledger->slots++] : NULL;
}

/* Bytes of lwIP's heap that a request takes. */
static int64_t heap_bytes(const ledger_t *ledger, int64_t request)
{
    return request == 0 ? 0 : request + (int64_t)ledger->target->heap_header;
}

hold_t ledger_take(ledger_t *ledger, resource_t resource, int64_t least, int64_t most,
                   cause_t cause)
{
    static uint32_t generation;
    ledger_slot_t *const slot = new_slot(ledger);
    if (slot == NULL) {
        return 0;
    }
    generation = generation == UINT32_MAX ? 1 : generation + 1;
    const bool heap = resource == RESOURCE_HEAP;
    *slot = (ledger_slot_t){.least = heap ? heap_bytes(ledger, least) : least,
                            .most = heap ? heap_bytes(ledger, most) : most,
                            .generation = generation,
                            .resource = (uint8_t)resource,
                            .cause = (uint8_t)cause};
    raise_level(ledger, slot, slot->least, slot->most);
    record(ledger, slot, (uint32_t)most);
    return (uint64_t)generation << 32 | (uint64_t)(slot - ledger->slot + 1);
}

void ledger_join(ledger_t *ledger)
{
    events_join(&ledger->events[RESOURCE_HEAP]);
}

void ledger_trim(ledger_t *ledger, hold_t hold, int64_t bytes)
{
    ledger_slot_t *const slot = find(ledger, hold);
    if (slot == NULL || slot->resource != RESOURCE_HEAP || bytes <= 0) {
        return;
    }
    const int64_t now = heap_bytes(ledger, bytes);
    const int64_t least = now < slot->least ? slot->least - now : 0;
    const int64_t most = slot->most - now;
    if (most > 0) {
        event_t *const event = record(ledger, slot, (uint32_t)bytes);
        if (event != NULL) {
            event->trims = 1;
        }
        slot->least -= least;
        slot->most = now;
        lower_level(ledger, slot, least, most);
    }
}

void ledger_give(ledger_t *ledger, hold_t hold)
{
    ledger_slot_t *const slot = find(ledger, hold);
    if (slot == NULL) {
        return;
    }
    record(ledger, slot, 0);
    lower_level(ledger, slot, slot->least, slot->most);
    slot->generation = 0;
    slot->next_free = ledger->free_slot;
    ledger->free_slot = (uint32_t)(slot - ledger->slot + 1);
}

void ledger_touch(ledger_t *ledger, resource_t resource, int64_t least, int64_t most, cause_t cause)
{
    ledger_give(ledger, ledger_take(ledger, resource, least, most, cause));
}

void ledger_ensure(ledger_t *ledger, hold_t hold, int64_t least, cause_t cause)
{
    ledger_slot_t *const slot = find(ledger, hold);
    if (slot != NULL) {
        const int64_t bytes = slot->resource == RESOURCE_HEAP ? heap_bytes(ledger, least) : least;
        const int64_t certain = bytes < slot->most ? bytes : slot->most;
        const int64_t more = certain - slot->least;
        slot->least = certain;
        slot->cause = (uint8_t)cause;
        if (more >= 0) {
            raise_level(ledger, slot, more, 0);
        } else {
            lower_level(ledger, slot, -more, 0);
        }
    }
}

void ledger_pass(ledger_t *ledger, hold_t hold, cause_t cause)
{
    ledger_slot_t *const slot = find(ledger, hold);
    if (slot != NULL) {
        slot->cause = (uint8_t)cause;
        if (ledger->watch != NULL) {
            notify(ledger, slot, (ledger_change_t){.passed = true});
        }
    }
}

void ledger_doubt(ledger_t *ledger, hold_t hold)
{
    ledger_slot_t *const slot = find(ledger, hold);
    if (slot != NULL && slot->least != 0) {
        lower_level(ledger, slot, slot->least, 0);
        slot->least = 0;
    }
}

void ledger_clear(ledger_t *ledger)
{
    for (size_t i = 0; i < ledger->slots; ++i) {
        const ledger_slot_t *const slot = &ledger->slot[i];
        if (slot->generation != 0) {
            ledger_give(ledger, (uint64_t)slot->generation << 32 | (i + 1U));
        }
    }
    ledger->timers = 0;
    ledger->turns = 0;
    ledger->first_turn = 0;
}

/* --- timers -------------------------------------------------------------------------------------
 */

/* Timers are moved into the gap that an added or removed one leaves, instead of being swapped. */
static void add_timer(ledger_t *ledger, hold_t hold, uint64_t time, bool doubt)
{
    if (!noted(ledger, ARRAY_GROW(ledger, timer))) {
        return;
    }
    ledger_timer_t *const timer = ledger->timer;
    size_t gap = ledger->timers++;
    while (gap > 0 && time < timer[(gap - 1) / 2].time) {
        timer[gap] = timer[(gap - 1) / 2];
        gap = (gap - 1) / 2;
    }
    timer[gap] = (ledger_timer_t){.time = time, .hold = hold, .doubt = doubt};
}

static ledger_timer_t pop_timer(ledger_t *ledger)
{
    ledger_timer_t *const timer = ledger->timer;
    const ledger_timer_t first = timer[0];
    const size_t count = --ledger->timers;
    const ledger_timer_t last = timer[count];
    size_t gap = 0;
    size_t child = 1;
    while (child < count) {
        child += child + 1 < count && timer[child + 1].time < timer[child].time ? 1 : 0;
        if (last.time <= timer[child].time) {
            break;
        }
        timer[gap] = timer[child];
        gap = child;
        child = 2 * gap + 1;
    }
    timer[gap] = last;
    return first;
}

void ledger_give_at(ledger_t *ledger, hold_t hold, uint64_t time)
{
    add_timer(ledger, hold, time, false);
}

void ledger_doubt_at(ledger_t *ledger, hold_t hold, uint64_t time)
{
    add_timer(ledger, hold, time, true);
}

void ledger_give_in_turn(ledger_t *ledger, hold_t hold, uint64_t time)
{
    if (ledger->first_turn > ledger->turns / 2 && ledger->turns == ledger->turn_room) {
        ledger->turns -= ledger->first_turn;
        memmove(ledger->turn, ledger->turn + ledger->first_turn,
                ledger->turns * sizeof *ledger->turn);
        ledger->first_turn = 0;
    }
    if (noted(ledger, ARRAY_GROW(ledger, turn))) {
        ledger->turn[ledger->turns++] = (ledger_timer_t){.time = time, .hold = hold};
    }
}

/* The next that is due by a time; false if none is. */
static bool next_due(ledger_t *ledger, uint64_t time, ledger_timer_t *next)
{
    const bool turns = ledger->first_turn < ledger->turns;
    const uint64_t turn = turns ? ledger->turn[ledger->first_turn].time : UINT64_MAX;
    const uint64_t timer = ledger->timers > 0 ? ledger->timer[0].time : UINT64_MAX;
    if (turns && turn <= time && turn <= timer) {
        *next = ledger->turn[ledger->first_turn++];
        return true;
    }
    if (ledger->timers == 0 || timer > time) {
        return false;
    }
    *next = pop_timer(ledger);
    return true;
}

void ledger_advance(ledger_t *ledger, uint64_t packet, uint64_t time)
{
    ledger_timer_t timer;
    while (next_due(ledger, time, &timer)) {
        ledger->time = timer.time > ledger->time ? timer.time : ledger->time;
        if (timer.doubt) {
            ledger_doubt(ledger, timer.hold);
        } else {
            ledger_give(ledger, timer.hold);
        }
    }
    ledger->packet = packet;
    ledger->time = time > ledger->time ? time : ledger->time;
}
