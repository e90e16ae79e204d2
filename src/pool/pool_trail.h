/* pool_trail.h - what check levels 2 and 3 add to a pool: guards, poison, and who had a block.
 *
 *   block   | link | poison while free ...... | guard: overflow | guard: underflow of the next |
 *           ^ 0    ^ sizeof(void *)           ^ size            ^ stride - CISTERN_POOL_GUARD / 2
 *   records behind the last block (level 3), states behind the records
 *
 * Each function is called while nobody else can touch the block. Below its level it does nothing.
 */
#ifndef CISTERN_SRC_POOL_TRAIL_H
#define CISTERN_SRC_POOL_TRAIL_H

#include <string.h>

#include "cistern/fault.h"
#include "cistern/pool.h"
#include "pool_check.h"

#define GUARD_BYTE  0xBA
#define POISON_BYTE 0xDE

#if CISTERN_CHECK >= 2

/* Bytes of a block before its guard: the size asked for, and at least a link. */
static inline size_t trail_room(const cistern_pool_t *pool)
{
    return (pool->size < sizeof(void *)) ? sizeof(void *) : pool->size;
}

static inline bool trail_all(const unsigned char *from, const unsigned char *to, int value)
{
    while (from < to && *from == value) {
        ++from;
    }
    return from == to;
}

/* Which guard around a block was written to. The first block of a pool has none before it. */
static inline cistern_fault_kind_t trail_guards(const cistern_pool_t *pool, const void *block)
{
    const unsigned char *const start = block;
    const size_t stride = stride_of(pool);
    if (!trail_all(start + trail_room(pool), start + stride - CISTERN_POOL_GUARD / 2U,
                   GUARD_BYTE)) {
        return CISTERN_FAULT_OVERFLOW;
    }
    if ((uintptr_t)start != pool->base &&
        !trail_all(start - CISTERN_POOL_GUARD / 2U, start, GUARD_BYTE)) {
        return CISTERN_FAULT_UNDERFLOW;
    }
    return CISTERN_FAULT_NONE;
}

/* What is wrong with a free block. */
static inline cistern_fault_kind_t trail_of_free(const cistern_pool_t *pool, const void *block)
{
    const unsigned char *const start = block;
    if (!trail_all(start + sizeof(void *), start + trail_room(pool), POISON_BYTE)) {
        return CISTERN_FAULT_POISON;
    }
    return trail_guards(pool, block);
}

static inline void trail_repair_guards(const cistern_pool_t *pool, void *block)
{
    unsigned char *const start = block;
    const size_t room = trail_room(pool);
    memset(start + room, GUARD_BYTE, stride_of(pool) - room);
    if ((uintptr_t)start != pool->base) {
        memset(start - CISTERN_POOL_GUARD / 2U, GUARD_BYTE, CISTERN_POOL_GUARD / 2U);
    }
}

/* Makes a block look as a free one does, but for its link. */
static inline void trail_set_free(const cistern_pool_t *pool, void *block)
{
    unsigned char *const start = block;
    memset(start + sizeof(void *), POISON_BYTE, trail_room(pool) - sizeof(void *));
}

#else

static inline cistern_fault_kind_t trail_guards(const cistern_pool_t *pool, const void *block)
{
    (void)pool;
    (void)block;
    return CISTERN_FAULT_NONE;
}

static inline cistern_fault_kind_t trail_of_free(const cistern_pool_t *pool, const void *block)
{
    return trail_guards(pool, block);
}

static inline void trail_repair_guards(const cistern_pool_t *pool, void *block)
{
    (void)pool;
    (void)block;
}

static inline void trail_set_free(const cistern_pool_t *pool, void *block)
{
    (void)pool;
    (void)block;
}

#endif

#if CISTERN_CHECK >= 3

static inline cistern_pool_record_t *trail_record(const cistern_pool_t *pool, const void *block)
{
    cistern_pool_record_t *const records =
        (cistern_pool_record_t *)(pool->base + pool->count * stride_of(pool));
    return &records[index_of(pool, block)];
}

static inline void trail_note(const cistern_pool_t *pool, const void *block,
                              cistern_pool_action_t action, const char *file, int line)
{
    cistern_pool_record_t *const record = trail_record(pool, block);
    record->event[record->next] =
        (cistern_pool_event_t){.file = file, .line = line, .action = action};
    record->next = (record->next + 1U) % CISTERN_POOL_HISTORY;
}

/* The event `back` steps before the last one. */
static inline cistern_pool_event_t trail_event(const cistern_pool_t *pool, const void *block,
                                               unsigned back)
{
    const cistern_pool_record_t *const record = trail_record(pool, block);
    return record
        ->event[(record->next + 2U * CISTERN_POOL_HISTORY - 1U - back) % CISTERN_POOL_HISTORY];
}

static inline void trail_forget(const cistern_pool_t *pool, const void *block)
{
    memset(trail_record(pool, block), 0, sizeof(cistern_pool_record_t));
}

#else

static inline void trail_note(const cistern_pool_t *pool, const void *block,
                              cistern_pool_action_t action, const char *file, int line)
{
    (void)pool;
    (void)block;
    (void)action;
    (void)file;
    (void)line;
}

static inline cistern_pool_event_t trail_event(const cistern_pool_t *pool, const void *block,
                                               unsigned back)
{
    (void)pool;
    (void)block;
    (void)back;
    return (cistern_pool_event_t){.action = CISTERN_POOL_NOTHING};
}

static inline void trail_forget(const cistern_pool_t *pool, const void *block)
{
    (void)pool;
    (void)block;
}

#endif

#endif
