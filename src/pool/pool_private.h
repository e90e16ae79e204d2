/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_private.h - what the files of the pool engine share. Vocabulary and invariants are in
 * pool.c.
 *
 *   cistern_pool_get --+-- no extras --> the port's critical section, pool.c
 *                      +-- extras -----> the functions of the pool's strategy, a const table
 */
#ifndef CISTERN_SRC_POOL_PRIVATE_H
#define CISTERN_SRC_POOL_PRIVATE_H

#include "cistern/critical.h"
#include "cistern/pool_core.h"
#include "cistern/pool_plain.h"

/* --- geometry --------------------------------------------------------------------------------- */

#if CISTERN_CHECK >= 1
static inline size_t pool_guard_of(const cistern_pool_t *pool)
{
    return (CISTERN_CHECK >= 2) ? pool->guard : 0;
}
#else
static inline size_t pool_guard_of(const cistern_pool_t *pool)
{
    (void)pool;
    return 0;
}
#endif

static inline size_t pool_stride(const cistern_pool_t *pool)
{
    return CISTERN_POOL_ALIGN_UP(CISTERN_POOL_LEAST(pool->size) + pool_guard_of(pool),
                                 (size_t)1 << pool->stride_shift);
}

static inline void *pool_block_at(const cistern_pool_t *pool, size_t index)
{
    CISTERN_ASSERT(index < pool->count); /* (I4) */
    return (void *)(pool->base + index * pool_stride(pool));
}

/* An index is one multiplication from level 1 on; at level 0 a division, in walks and listings. */
#if CISTERN_CHECK >= 1

static inline size_t pool_index(const cistern_pool_t *pool, const void *address)
{
    const cistern_pool_shape_t shape = cistern_pool_shape(pool);
    return cistern_pool_index(&shape, address);
}

static inline bool pool_has_keys(const cistern_pool_t *pool)
{
    return (pool->slow & CISTERN_POOL_KEYLESS) == 0;
}

#else

static inline size_t pool_index(const cistern_pool_t *pool, const void *address)
{
    const size_t distance = (size_t)((uintptr_t)address - pool->base);
    const size_t stride = pool_stride(pool);
    return (stride != 0 && distance % stride == 0) ? distance / stride : pool->count;
}

static inline bool pool_has_keys(const cistern_pool_t *pool)
{
    (void)pool;
    return false;
}

#endif

/* Puts a block first on the list; of a keyless pool with a link and no key. */
static inline void pool_link_block(cistern_pool_t *pool, void *block)
{
    if (pool_has_keys(pool)) {
        cistern_pool_push(&pool->free_list, block);
    } else {
        ((cistern_block_t *)block)->next = pool->free_list;
        pool->free_list = (cistern_block_t *)block;
    }
}

/* True if a block that was ever linked or handed out starts at an address. */
static inline bool pool_has_touched(const cistern_pool_t *pool, const void *address)
{
    return pool_index(pool, address) < pool->touched;
}

/* Free blocks that are on the list; the others were never touched. */
static inline size_t pool_listed(const cistern_pool_t *pool)
{
    CISTERN_ASSERT(pool->touched <= pool->count); /* (I2) */
    CISTERN_ASSERT(pool->free >= pool->count - pool->touched);
    return pool->free - (pool->count - pool->touched);
}

static inline void pool_count_failure(cistern_pool_t *pool)
{
    const uint16_t next = (uint16_t)(pool->failures + 1U);
    if (next != 0) {
        pool->failures = next;
    }
}

/* True if a block is on the free list, or the list does not end where it must. Linear. */
bool pool_is_listed(const cistern_pool_t *pool, const void *block);

/* True if the free list is as (I1) and (I3) have it. Linear. */
bool pool_list_is_whole(const cistern_pool_t *pool);

/* CISTERN_FAULT_NONE if an address is a block in use, else what a put of it is. */
cistern_fault_kind_t pool_judge(const cistern_pool_t *pool, const void *address);

/* CISTERN_FAULT_ARGUMENT or what else an address is that is no block of the pool. */
cistern_fault_kind_t pool_judge_stranger(const cistern_pool_t *pool, const void *address);

/* cistern_pool_report without a critical section: no other pool is searched for an owner. */
cistern_error_t pool_report_alone(const cistern_pool_t *pool,
                                  const cistern_pool_finding_t *finding);

/* Puts a pool at the end of the registry, unless it stands there already; then its place and link
 * stay. Inside the critical section. */
void pool_register(cistern_pool_t *pool);
bool pool_is_registered(const cistern_pool_t *pool);

/* --- strategies ------------------------------------------------------------------------------- */

struct cistern_pool_extras;

/* One way of sharing a pool. Each function checks blocks, reports faults and keeps the history. */
struct cistern_pool_strategy {
    /* Whether `extras` is complete for `count` blocks. */
    bool (*fits)(const struct cistern_pool_extras *extras, size_t count);
    /* Makes what the strategy needs, once. */
    void (*prepare)(cistern_pool_t *pool);
    /* Before use, or while stopped: every block is free, as the pool's fields and free list say.
     * Serves who waits. */
    void (*fill)(cistern_pool_t *pool);
    void *(*get)(cistern_pool_t *pool, const cistern_pool_place_t *at);
    size_t (*get_bulk)(cistern_pool_t *pool, void **blocks, size_t wanted, bool privileged,
                       const cistern_pool_place_t *at);
    /* Where was_empty is not NULL, it is false, and becomes true if no block was free before; but
     * a cached pool does not know. */
    cistern_error_t (*put)(cistern_pool_t *pool, void *block, bool *was_empty,
                           const cistern_pool_place_t *at);
    /* Gives blocks back up to the first NULL, or the first that is refused, which is then reported.
     * Returns how many were accepted. */
    size_t (*put_run)(cistern_pool_t *pool, void *const *blocks, size_t count,
                      const cistern_pool_place_t *at);
    /* Brings `free`, `min_free` and `failures` up to date and leaves the pool locked. */
    cistern_critical_t (*stop)(cistern_pool_t *pool);
    void (*go)(cistern_pool_t *pool, cistern_critical_t state);
    /* While stopped: writes free, min_free and failures; NULL: the pool's fields have them. */
    void (*numbers)(const cistern_pool_t *pool, cistern_pool_stats_t *stats);
    /* Whether a block is in use: while the pool is stopped, and at any time. */
    bool (*uses)(const cistern_pool_t *pool, const void *block);
    bool (*uses_now)(const cistern_pool_t *pool, const void *block);
    /* While stopped: whether free blocks are where they must be. */
    bool (*is_whole)(const cistern_pool_t *pool);
    void (*reset_low_water)(cistern_pool_t *pool);
    bool has_keys;     /* whether free blocks hold a key in their second word */
    bool can_wait;     /* whether threads can wait for a block */
    bool has_own_lock; /* which a fork must hold */
};

/* The `fits` of a strategy that this port cannot have. */
static inline bool pool_never_fits(const struct cistern_pool_extras *extras, size_t count)
{
    (void)extras;
    (void)count;
    return false;
}

/* A thread that waits for a block, on its own stack. A program that never waits links nothing of it
 * but the calls of `accept`, which gives it a block and wakes it. */
typedef struct cistern_pool_waiter {
    struct cistern_pool_waiter *next;
    void (*accept)(struct cistern_pool_waiter *waiter, void *block);
} pool_waiter_t;

#if CISTERN_POOL_EXTRAS

static inline bool pool_is_plain(const cistern_pool_t *pool)
{
    return pool->extras == NULL;
}

static inline cistern_pool_strategy_t pool_strategy(const cistern_pool_t *pool)
{
    return pool->extras->strategy;
}

/* Blocks that only a privileged get takes. */
static inline size_t pool_reserve(const cistern_pool_t *pool)
{
    return pool->extras->reserve;
}

/* Takes the thread that has waited longest out of line; NULL if none waits, or what is free belongs
 * to the reserve. While the pool is stopped. */
static inline pool_waiter_t *pool_next_waiter(cistern_pool_t *pool)
{
    pool_waiter_t *const waiter = pool->extras->waiters;
    if (waiter == NULL || pool->free <= pool_reserve(pool)) {
        return NULL;
    }
    CISTERN_ASSERT(pool->free <= pool->count); /* (I2) */
    pool->extras->waiters = waiter->next;
    return waiter;
}

/* After a get: calls on_low if `before` free blocks became `now`. */
static inline void pool_announce_fall(cistern_pool_t *pool, size_t before, size_t now)
{
    const cistern_pool_extras_t *const extras = pool->extras;
    if (extras->on_low != NULL && before > extras->low_water && now <= extras->low_water) {
        extras->on_low(pool, extras->argument);
    }
}

/* After a put to an empty pool: calls on_available, and sets *was_empty if that is not NULL. */
static inline void pool_announce_available(cistern_pool_t *pool, bool *was_empty)
{
    const cistern_pool_extras_t *const extras = pool->extras;
    if (was_empty != NULL) {
        *was_empty = true;
    }
    if (extras->on_available != NULL) {
        extras->on_available(pool, extras->argument);
    }
}

/* The same where a pool may have no extras. */
static inline void pool_announce_cleared(cistern_pool_t *pool)
{
    if (!pool_is_plain(pool)) {
        pool_announce_available(pool, NULL);
    }
}

#else

static inline void pool_announce_cleared(cistern_pool_t *pool)
{
    (void)pool;
}

static inline bool pool_is_plain(const cistern_pool_t *pool)
{
    (void)pool;
    return true;
}

static inline cistern_pool_strategy_t pool_strategy(const cistern_pool_t *pool)
{
    (void)pool;
    return NULL;
}

#endif

/* Whether the pool's strategy, if it has one, keeps keys in free blocks. */
static inline bool pool_strategy_has_keys(const cistern_pool_t *pool)
{
    return pool_is_plain(pool) || pool_strategy(pool)->has_keys;
}

/* Locks a pool and brings its numbers up to date; its numbers are const for the user alone. */
static inline cistern_critical_t pool_stop(const cistern_pool_t *pool)
{
    return pool_is_plain(pool) ? cistern_critical_enter()
                               : (pool_strategy(pool)->stop)((cistern_pool_t *)(uintptr_t)pool);
}

static inline void pool_go(const cistern_pool_t *pool, cistern_critical_t state)
{
    if (pool_is_plain(pool)) {
        cistern_critical_leave(state);
    } else {
        (pool_strategy(pool)->go)((cistern_pool_t *)(uintptr_t)pool, state);
    }
}

#endif
