/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_account.c - what a traced program held, event by event.
 *
 *   get a, put a     --> a hold, given back
 *   get a, get a     --> an interrupt took the block before its put was recorded: two holds, of which
 *                        the next put ends the older; where events are missing, the first one ended
 *   put a            --> taken before the trace began: counted, nothing else
 *   get, no block    --> one more than there were, for a moment
 *
 * Vocabulary: a hold is a block that the program has; its bucket is the chain of those whose pool and
 * block have the same hash.
 *
 * Invariants
 *   (I1) a block of a pool has at most two holds
 *   (I2) each hold is in one bucket and in the list of its pool */
#include "trace_account.h"

#include <stdlib.h>
#include <string.h>

#include "array.h"

enum { FIRST_BUCKETS = 1024 };

#define SIZE_PLAUSIBLE ((uint64_t)1 << 28)

typedef struct trace_hold {
    uint64_t block;
    hold_t hold; /* in the ledger */
    uint32_t pool;
    uint32_t bytes; /* a pool: 1; a heap: with its header */
    uint32_t next;  /* in the bucket, or of the free ones */
    uint32_t newer; /* in the pool's list */
    uint32_t older;
} trace_hold_t;

/* --- buckets ---------------------------------------------------------------------------------- */

static size_t bucket_of(const trace_account_t *account, uint32_t pool, uint64_t block)
{
    uint64_t hash = (block + pool) * UINT64_C(0x9e3779b97f4a7c15);
    hash ^= hash >> 29;
    return (size_t)(hash * UINT64_C(0xbf58476d1ce4e5b9) >> 32) & (account->buckets - 1);
}

static bool grow_buckets(trace_account_t *account)
{
    const size_t buckets = account->buckets == 0 ? FIRST_BUCKETS : 2 * account->buckets;
    uint32_t *const bucket = calloc(buckets, sizeof *bucket);
    if (bucket == NULL) {
        return false;
    }
    free(account->bucket);
    account->bucket = bucket;
    account->buckets = buckets;
    for (size_t p = 0; p < account->pools; ++p) {
        for (uint32_t i = account->pool[p].holds; i != 0; i = account->hold[i].older) {
            uint32_t *const head = &bucket[bucket_of(account, (uint32_t)p, account->hold[i].block)];
            account->hold[i].next = *head;
            *head = i;
        }
    }
    return true;
}

/* The newest hold of a block, or the oldest; 0 if there is none. */
static uint32_t find(const trace_account_t *account, uint32_t pool, uint64_t block, bool oldest)
{
    uint32_t found = 0;
    uint32_t i = account->bucket[bucket_of(account, pool, block)];
    for (; i != 0 && (found == 0 || oldest); i = account->hold[i].next) {
        if (account->hold[i].pool == pool && account->hold[i].block == block) {
            found = i;
        }
    }
    return found;
}

/* An entry that is not in use; 0 if memory is short. */
static uint32_t new_hold(trace_account_t *account)
{
    const uint32_t index = account->free_hold;
    if (index != 0) {
        account->free_hold = account->hold[index].next;
        return index;
    }
    if ((account->held >= account->buckets && !grow_buckets(account)) ||
        !ARRAY_GROW(account, hold)) {
        account->short_of_memory = true;
        return 0;
    }
    return (uint32_t)account->holds++;
}

/* --- levels ----------------------------------------------------------------------------------- */

static void record(trace_account_t *account, uint32_t hold, uint32_t amount, bool trims)
{
    trace_pool_t *const pool = &account->pool[account->hold[hold].pool];
    const event_t event = {.packet = (uint32_t)account->ledger->packet,
                           .slot = hold,
                           .amount = amount,
                           .trims = trims ? 1 : 0};
    if (events_add(&pool->events, &account->spool, event) == NULL) {
        account->short_of_memory = true;
    }
}

int64_t trace_block_bytes(const trace_pool_t *pool)
{
    return pool->heap ? 1 : pool->stride <= SIZE_PLAUSIBLE ? (int64_t)pool->stride : 0;
}

/* The ledger has the curves of lwIP's pools. */
static void add_to_curve(trace_account_t *account, trace_pool_t *pool, int64_t by)
{
    const ledger_t *const ledger = account->ledger;
    const record_point_t point = {
        .time = ledger->time, .packet = ledger->packet, .least = pool->held, .most = pool->held};
    if (account->record != NULL && pool->resource == RESOURCE_COUNT) {
        record_other(account->record, &pool->curve, &point, by * trace_block_bytes(pool));
    }
}

static void change(trace_account_t *account, trace_pool_t *pool, int64_t by, uint64_t owner)
{
    pool->held += by;
    add_to_curve(account, pool, by);
    if (pool->held > pool->peak.amount) {
        pool->peak = (peak_t){
            .amount = pool->held, .packet = account->ledger->packet, .time = account->time};
        pool->peak_owner = owner;
    }
}

static uint32_t header_of(const trace_account_t *account, const trace_pool_t *pool)
{
    return pool->heap ? (uint32_t)account->target->heap_header : 0;
}

/* --- holds ------------------------------------------------------------------------------------ */

static uint32_t take(trace_account_t *account, uint32_t index, const trace_event_t *event)
{
    trace_pool_t *const pool = &account->pool[index];
    const uint32_t amount = pool->heap ? (uint32_t)event->size : 1;
    const uint32_t made = new_hold(account);
    if (made == 0) {
        return 0;
    }
    uint32_t *const head = &account->bucket[bucket_of(account, index, event->block)];
    account->hold[made] = (trace_hold_t){.block = event->block,
                                         .pool = index,
                                         .bytes = amount + header_of(account, pool),
                                         .next = *head,
                                         .older = pool->holds};
    account->hold[pool->holds].newer = made;
    pool->holds = made;
    *head = made;
    ++account->held;
    change(account, pool, account->hold[made].bytes, event->owner);
    if (pool->resource == RESOURCE_COUNT) {
        record(account, made, amount, false);
    } else {
        account->hold[made].hold =
            ledger_take(account->ledger, pool->resource, amount, amount, CAUSE_NONE);
    }
    return made;
}

static void give(trace_account_t *account, uint32_t index)
{
    trace_hold_t *const hold = &account->hold[index];
    trace_pool_t *const pool = &account->pool[hold->pool];
    uint32_t *link = &account->bucket[bucket_of(account, hold->pool, hold->block)];
    while (*link != index) {
        link = &account->hold[*link].next;
    }
    *link = hold->next;
    account->hold[hold->older].newer = hold->newer;
    account->hold[hold->newer].older = hold->older;
    if (pool->holds == index) {
        pool->holds = hold->older;
    }
    change(account, pool, -(int64_t)hold->bytes, 0);
    if (pool->resource == RESOURCE_COUNT) {
        record(account, index, 0, false);
    } else {
        ledger_give(account->ledger, hold->hold);
    }
    hold->next = account->free_hold;
    account->free_hold = index;
    --account->held;
}

/* In place; what grows is given back and taken anew. */
static void trim(trace_account_t *account, uint32_t index, const trace_event_t *event)
{
    trace_hold_t *const hold = &account->hold[index];
    trace_pool_t *const pool = &account->pool[hold->pool];
    const uint32_t bytes = (uint32_t)event->size + header_of(account, pool);
    if (bytes >= hold->bytes || event->size == 0) {
        const uint32_t owner = hold->pool;
        if (bytes > hold->bytes) {
            give(account, index);
            (void)take(account, owner, event);
        }
        return;
    }
    change(account, pool, (int64_t)bytes - (int64_t)hold->bytes, event->owner);
    hold->bytes = bytes;
    if (pool->resource == RESOURCE_COUNT) {
        record(account, index, (uint32_t)event->size, true);
    } else {
        ledger_trim(account->ledger, hold->hold, (int64_t)event->size);
    }
}

static void give_all(trace_account_t *account, trace_pool_t *pool)
{
    while (pool->holds != 0) {
        give(account, pool->holds);
    }
}

/* --- events ----------------------------------------------------------------------------------- */

/* A block that is held is handed out: see the top of the file. */
static void take_again(trace_account_t *account, uint32_t index, uint64_t block)
{
    const uint32_t newest = find(account, index, block, false);
    const uint32_t oldest = newest != 0 ? find(account, index, block, true) : 0;
    if (newest == 0) {
        return;
    }
    ++account->repeated;
    if (account->gaps || oldest != newest) { /* (I1) */
        give(account, oldest);
    }
}

static void on_get(trace_account_t *account, uint32_t index, const trace_event_t *event)
{
    trace_pool_t *const pool = &account->pool[index];
    ++pool->gets;
    if (event->block == 0) {
        pool->first_failure = pool->failures++ == 0 ? account->ledger->packet : pool->first_failure;
        const uint32_t moment = take(account, index, event);
        if (moment != 0) {
            give(account, moment);
        }
        return;
    }
    take_again(account, index, event->block);
    (void)take(account, index, event);
}

static void on_put(trace_account_t *account, uint32_t index, const trace_event_t *event)
{
    const uint32_t oldest = find(account, index, event->block, true);
    ++account->pool[index].puts;
    if (oldest == 0) {
        ++account->unknown;
    } else {
        give(account, oldest);
    }
}

static void on_trim(trace_account_t *account, uint32_t index, const trace_event_t *event)
{
    const uint32_t newest = find(account, index, event->block, false);
    if (newest == 0) {
        ++account->unknown;
    } else {
        trim(account, newest, event);
    }
}

static void on_fault(trace_account_t *account)
{
    if (account->faults++ == 0) {
        account->first_fault = account->ledger->packet;
    }
}

/* Kinds that do not suit the object are of a trace that is damaged. */
static bool suits(const trace_pool_t *pool, const trace_event_t *event)
{
    switch (event->kind) {
    case TRACE_GET:
    case TRACE_PUT:
        return !pool->heap;
    case TRACE_ALLOC:
        return pool->heap && event->size != 0 && event->size <= SIZE_PLAUSIBLE;
    case TRACE_TRIM:
        return pool->heap && event->size <= SIZE_PLAUSIBLE;
    case TRACE_FREE:
        return pool->heap;
    default:
        return true;
    }
}

static void account_for(trace_account_t *account, uint32_t index, const trace_event_t *event)
{
    switch (event->kind) {
    case TRACE_GET:
    case TRACE_ALLOC:
        on_get(account, index, event);
        break;
    case TRACE_PUT:
    case TRACE_FREE:
        on_put(account, index, event);
        break;
    case TRACE_TRIM:
        on_trim(account, index, event);
        break;
    case TRACE_INIT:
        give_all(account, &account->pool[index]);
        break;
    case TRACE_FAULT:
    default:
        on_fault(account);
        break;
    }
}

/* --- pools ------------------------------------------------------------------------------------ */

/* lwIP's pool of that name, or its heap; of two objects that could be it the first is. */
static resource_t resource_of(const trace_account_t *account, const trace_object_t *object)
{
    int resource = object->heap ? RESOURCE_HEAP : 0;
    while (resource < RESOURCE_HEAP &&
           strcmp(resource_name((resource_t)resource), object->name) != 0) {
        ++resource;
    }
    bool taken = resource == RESOURCE_HEAP && !object->heap;
    for (size_t i = 0; i + 1 < account->pools; ++i) {
        taken = taken || account->pool[i].resource == (resource_t)resource;
    }
    return taken ? RESOURCE_COUNT : (resource_t)resource;
}

static bool is_same(const trace_pool_t *pool, const trace_object_t *object)
{
    return pool->heap == object->heap && strcmp(pool->name, object->name) == 0;
}

/* The pool of an object: one that a trace before had, or a new one. An object that is described
 * later, as in a dump of memory, is known before its first event. */
static size_t pool_for(trace_account_t *account, const trace_object_t *object, size_t first)
{
    size_t i = first;
    while (i < account->pools && !is_same(&account->pool[i], object)) {
        ++i;
    }
    if (i == TRACE_OBJECTS_MOST) {
        return i;
    }
    if (i == account->pools) {
        ++account->pools;
        account->pool[i] =
            (trace_pool_t){.heap = object->heap, .resource = resource_of(account, object)};
        memcpy(account->pool[i].name, object->name, sizeof object->name);
    }
    trace_pool_t *const pool = &account->pool[i];
    pool->described = object->described;
    pool->size = object->size;
    pool->stride = object->stride;
    pool->count = object->count;
    return i;
}

/* Two objects of one trace are two pools, even under one name. */
static bool is_taken(const trace_account_t *account, size_t pool, size_t objects)
{
    size_t i = 0;
    while (i < objects && account->of[i] != pool) {
        ++i;
    }
    return i < objects;
}

static void match(trace_account_t *account, const trace_file_t *trace, size_t object)
{
    size_t pool = pool_for(account, &trace->object[object], 0);
    while (pool < TRACE_OBJECTS_MOST && is_taken(account, pool, object)) {
        pool = pool_for(account, &trace->object[object], pool + 1);
    }
    account->of[object] = pool;
}

/* What a reading needs. */
typedef struct adding {
    trace_account_t *account;
    trace_file_t *trace;
    size_t matched; /* objects of the trace that have a pool */
} adding_t;

/* The heap that lwIP would use comes first: by its name, or as the only one. */
static void match_heap(adding_t *adding)
{
    const trace_file_t *const trace = adding->trace;
    for (size_t i = 0; i < trace->objects && adding->account->pools == 0; ++i) {
        if (trace->object[i].heap && (strcmp(trace->object[i].name, "HEAP") == 0 ||
                                      strcmp(trace->object[i].name, "malloc") == 0)) {
            (void)pool_for(adding->account, &trace->object[i], 0);
        }
    }
}

static void match_all(adding_t *adding)
{
    while (adding->matched < adding->trace->objects) {
        match(adding->account, adding->trace, adding->matched++);
    }
}

static bool handle(void *context, const trace_event_t *event)
{
    adding_t *const adding = context;
    trace_account_t *const account = adding->account;
    match_all(adding);
    account->time = event->time;
    ledger_advance(account->ledger, account->base + event->number, event->time);
    account->gaps = account->gaps || event->gap;
    const size_t index = account->of[event->object];
    if (index == TRACE_OBJECTS_MOST) {
        return true;
    }
    if (suits(&account->pool[index], event)) {
        account_for(account, (uint32_t)index, event);
    } else {
        ++account->strange;
    }
    return !account->short_of_memory && !account->ledger->short_of_memory;
}

void trace_account_init(trace_account_t *account, ledger_t *ledger, const target_t *target)
{
    *account = (trace_account_t){.ledger = ledger, .target = target};
}

bool trace_account_add(trace_account_t *account, trace_file_t *trace)
{
    adding_t adding = {.account = account, .trace = trace};
    if (account->holds == 0) {
        if (!ARRAY_GROW(account, hold) || !grow_buckets(account)) {
            return false;
        }
        account->hold[account->holds++] = (trace_hold_t){.pool = 0};
    }
    match_heap(&adding);
    match_all(&adding);
    const bool ok = trace_read(trace, handle, &adding);
    account->left += account->held;
    for (size_t i = 0; i < account->pools; ++i) {
        give_all(account, &account->pool[i]);
    }
    account->base += trace->events;
    account->gaps = false;
    return ok && !account->short_of_memory && !account->ledger->short_of_memory;
}

trace_t trace_account_events(const trace_account_t *account, size_t index)
{
    const trace_pool_t *const pool = &account->pool[index];
    return pool->resource == RESOURCE_COUNT
               ? trace_of_events(&pool->events, &account->spool, account->holds)
               : trace_of_ledger(account->ledger, (int)pool->resource);
}

void trace_account_free(trace_account_t *account)
{
    for (size_t i = 0; i < account->pools; ++i) {
        events_free(&account->pool[i].events);
        free(account->pool[i].curve.point);
    }
    spool_free(&account->spool);
    free(account->hold);
    free(account->bucket);
}
