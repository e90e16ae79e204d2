/* SPDX-License-Identifier: BSD-3-Clause */
/* ledger.h - what the device holds at each moment, at least and at most.
 *
 * Words: a *hold* is an amount of a resource that is taken at one packet and given back at a later
 * one. Its *least* is what the device certainly held, its *most* what it may have held: where the
 * capture cannot tell, they differ. The *level* of a resource is the sum over all holds. A level
 * *stands* between two packets; while a packet is processed it may be higher for a moment.
 *
 * I1  for every hold least <= most, hence for every level
 * I2  a handle whose hold was given back is stale, and every call ignores it */
#ifndef CISTERN_TOOL_LEDGER_H
#define CISTERN_TOOL_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "events.h"
#include "resource.h"

/* Why the device took something. */
typedef enum cause {
    CAUSE_NONE,
    CAUSE_RECEIVED,     /* a frame until it is processed */
    CAUSE_UNREAD,       /* data that the application did not read */
    CAUSE_OUT_OF_ORDER, /* data behind a gap */
    CAUSE_FRAGMENT,     /* of a datagram that is not whole */
    CAUSE_UNACKED,      /* sent, not acknowledged */
    CAUSE_UNSENT,       /* queued behind what is not acknowledged */
    CAUSE_CONTROL,      /* a segment without data, for its moment */
    CAUSE_SENT,         /* a datagram, for its moment */
    CAUSE_CONNECTION,
    CAUSE_TIME_WAIT,
    CAUSE_SERVED_PORT,
    CAUSE_LOCAL_PORT,
    CAUSE_UNRESOLVED, /* waits for a neighbour's hardware address */
    CAUSE_GROUP,
    CAUSE_CLIENT, /* state of a DHCP client */
    CAUSE_COUNT
} cause_t;

const char *cause_text(cause_t cause);

/* A hold: slot and generation; 0 is none. */
typedef uint64_t hold_t;

typedef struct peak {
    int64_t amount;
    uint64_t packet; /* at which it was reached */
    uint64_t time;
    cause_t cause;
    uint32_t connection; /* 0: of none */
} peak_t;

typedef struct level {
    int64_t least;
    int64_t most;
    int64_t standing_least; /* lowest and highest since the last packet was processed */
    int64_t standing_most;
    peak_t peak_least;
    peak_t peak_most;
} level_t;

struct ledger;
struct ledger_slot;
struct ledger_timer;

/* A change of a level: of which hold, and by how much. A hold that had nothing is taken, for
 * `ledger->connection`; one that then has nothing is given back. */
typedef struct ledger_change {
    uint32_t slot;
    resource_t resource;
    cause_t cause;
    int64_t least;
    int64_t most;
    bool passed; /* to `ledger->connection` */
} ledger_change_t;

/* Called after each change, with the new levels. */
typedef void ledger_watch_t(void *context, const struct ledger *ledger,
                            const ledger_change_t *change);

typedef struct ledger {
    const target_t *target;
    uint64_t packet;
    uint64_t time;
    uint32_t connection; /* for which holds are taken now */
    level_t level[RESOURCE_COUNT];
    struct ledger_slot *slot;
    size_t slots;
    size_t slot_room;
    uint32_t free_slot;
    struct ledger_timer *timer; /* a binary heap, the earliest first */
    size_t timers;
    size_t timer_room;
    struct ledger_timer *turn; /* a queue, the earliest at `first_turn` */
    size_t turns;
    size_t turn_room;
    size_t first_turn;
    events_t events[RESOURCE_COUNT];
    spool_t spool;         /* of the events */
    bool short_of_memory;  /* a call could not be recorded: the result is void */
    ledger_watch_t *watch; /* NULL: none */
    void *watcher;         /* its context */
} ledger_t;

void ledger_init(ledger_t *ledger, const target_t *target);
void ledger_free(ledger_t *ledger);

/* Moves on to a packet: what is due by then is given back first, in order of time. */
void ledger_advance(ledger_t *ledger, uint64_t packet, uint64_t time);

/* The packet is processed: from here on the levels stand. */
void ledger_settle(ledger_t *ledger);

/* Takes an amount; of the heap the bytes that are requested, to which its header is added. */
hold_t ledger_take(ledger_t *ledger, resource_t resource, int64_t least, int64_t most,
                   cause_t cause);

/* What was taken from the heap last is a part of what was taken before it. */
void ledger_join(ledger_t *ledger);

/* A hold of the heap has so many bytes from now on, in place; at most those that it had. */
void ledger_trim(ledger_t *ledger, hold_t hold, int64_t bytes);

/* Gives a hold back. */
void ledger_give(ledger_t *ledger, hold_t hold);

/* Takes and gives back at once. */
void ledger_touch(ledger_t *ledger, resource_t resource, int64_t least, int64_t most,
                  cause_t cause);

/* Sets what is certain of a hold: `least` (at most what was taken), or nothing from now on. */
void ledger_ensure(ledger_t *ledger, hold_t hold, int64_t least, cause_t cause);
void ledger_doubt(ledger_t *ledger, hold_t hold);

/* The same at a later time, unless it is given back before. */
void ledger_give_at(ledger_t *ledger, hold_t hold, uint64_t time);
void ledger_doubt_at(ledger_t *ledger, hold_t hold, uint64_t time);

/* The same as ledger_give_at, for times of which none is before that of an earlier call since the
 * capture began. */
void ledger_give_in_turn(ledger_t *ledger, hold_t hold, uint64_t time);

/* The hold is from now on that of the connection for which holds are taken, because of `cause`. */
void ledger_pass(ledger_t *ledger, hold_t hold, cause_t cause);

bool ledger_holds(const ledger_t *ledger, hold_t hold);

/* Gives everything back: the end of a capture. */
void ledger_clear(ledger_t *ledger);

#endif
