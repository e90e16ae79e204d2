/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_cached.c - pools with a cache per thread: the strategy, and its fast paths. The memory, its
 * vocabulary and invariants (I14) to (I18) and what an owner does with its cache are in
 * pool_depot.h, the slow paths in pool_depot.c.
 *
 *   get   own cache --> depot --> caches of other threads --> NULL
 *   put   own cache --> depot
 */
#include "pool_guard.h"
#include "pool_threads.h"

#if POOL_THREADS

#    include "pool_depot.h"

/* --- get -------------------------------------------------------------------------------------- */

static void *pool_cached_get(cistern_pool_t *pool, const cistern_pool_place_t *at)
{
    pool_cache_t *cache;
    void *block;
    if (!pool_cache_own(pool_depot_of(pool), &cache) || !pool_cache_pop(cache, &block)) {
        return pool_depot_get(pool, at, false);
    }
    return pool_cached_accept(pool, block, at) ? block : NULL;
}

/* Takes up to `wanted` blocks from the thread's own cache; fewer if one is damaged. */
static size_t pool_cached_get_own(cistern_pool_t *pool, void **blocks, size_t wanted,
                                  const cistern_pool_place_t *at)
{
    pool_cache_t *cache;
    size_t n = pool_cache_own(pool_depot_of(pool), &cache)
                   ? pool_cache_pop_many(cache, blocks, wanted)
                   : 0;
    for (size_t i = 0; CISTERN_CHECK >= 1 && i < n;) {
        if (pool_cached_accept(pool, blocks[i], at)) {
            ++i;
        } else {
            blocks[i] = blocks[--n];
        }
    }
    CISTERN_ASSERT(n <= wanted);
    return n;
}

static size_t pool_cached_get_bulk(cistern_pool_t *pool, void **blocks, size_t wanted,
                                   bool privileged, const cistern_pool_place_t *at)
{
    size_t got = pool_cached_get_own(pool, blocks, wanted, at);
    while (got < wanted && (blocks[got] = pool_depot_get(pool, at, privileged)) != NULL) {
        ++got;
        got += pool_cached_get_own(pool, &blocks[got], wanted - got, at);
    }
    CISTERN_ASSERT(got <= wanted);
    return got;
}

/* --- put -------------------------------------------------------------------------------------- */

/* Puts a claimed block into the thread's cache, or where there is space. */
static inline cistern_error_t pool_cached_put_claimed(cistern_pool_t *pool, void *block)
{
    pool_cache_t *cache;
    if (!pool_cache_own(pool_depot_of(pool), &cache)) {
        return pool_depot_put_one(pool, block);
    }
    const size_t end = pool_cache_end(cache);
    if (!pool_cache_takes(cache, end, 1)) {
        return pool_depot_put_one(pool, block);
    }
    CISTERN_ASSERT(end >= POOL_CACHE_FIRST && end <= POOL_CACHE_LAST); /* (I14) */
    cache->item[end] = block;
    return pool_cache_raise(cache, end, 1) ? CISTERN_OK : pool_depot_settle(pool);
}

/* The pool may have been empty: that is not known. */
static cistern_error_t pool_cached_put(cistern_pool_t *pool, void *block, bool *was_empty,
                                       const cistern_pool_place_t *at)
{
    (void)was_empty;
    if (!pool_cached_looks_used(pool, block)) {
        return pool_depot_put_doubtful(pool, block, at);
    }
    pool_cached_claim(pool, block, at);
    return pool_cached_put_claimed(pool, block);
}

/* Puts the first blocks, as many as look used, and returns how many. */
static inline size_t pool_cached_put_sure(cistern_pool_t *pool, void *const *blocks, size_t count,
                                          const cistern_pool_place_t *at)
{
    pool_cache_t *cache;
    size_t n = (CISTERN_CHECK == 0) ? count : 0;
    while (n < count && pool_cached_looks_used(pool, blocks[n])) {
        pool_cached_claim(pool, blocks[n], at);
        ++n;
    }
    if (!pool_cache_own(pool_depot_of(pool), &cache) || !pool_cache_put(pool, cache, blocks, n)) {
        pool_depot_put(pool, blocks, n);
    }
    return n;
}

/* What does not look used is judged when all before it are where a search finds them. */
static size_t pool_cached_put_run(cistern_pool_t *pool, void *const *blocks, size_t count,
                                  const cistern_pool_place_t *at)
{
    size_t n = pool_cached_put_sure(pool, blocks, count, at);
    while (n < count && pool_cached_put(pool, blocks[n], NULL, at) == CISTERN_OK) {
        ++n;
        n += pool_cached_put_sure(pool, &blocks[n], count - n, at);
    }
    CISTERN_ASSERT(n <= count);
    return n;
}

/* --- inspection ------------------------------------------------------------------------------- */

static cistern_critical_t pool_cached_stop(cistern_pool_t *pool)
{
    pool_depot_stop(pool);
    return (cistern_critical_t){0};
}

static void pool_cached_go(cistern_pool_t *pool, cistern_critical_t state)
{
    (void)state;
    pool_depot_go(pool);
}

/* (I14), (I18): what the depot holds is free, and as many blocks have their key. */
static bool pool_cached_is_whole(const cistern_pool_t *pool)
{
    const pool_depot_t *const depot = pool_depot_of(pool);
    bool whole = true;
    CISTERN_ASSERT(depot->n <= pool->count); /* (I14) */
    for (size_t i = 0; whole && i < depot->n; ++i) {
        void *const block = depot->stack[i];
        whole = pool_index(pool, block) < pool->count && pool_cached_is_free(block) &&
                pool_check_poison(pool, block) == CISTERN_FAULT_NONE;
    }
    return whole;
}

/* While the pool is stopped every free block is in the depot. */
static bool pool_cached_uses(const cistern_pool_t *pool, const void *block)
{
    return pool_index(pool, block) < pool->count &&
           !(pool_cached_is_free(block) && pool_depot_has(pool_depot_of(pool), block));
}

static bool pool_cached_uses_now(const cistern_pool_t *pool, const void *block)
{
    return pool_cached_looks_used(pool, block) || pool_depot_misses((cistern_pool_t *)pool, block);
}

static void pool_cached_reset(cistern_pool_t *pool)
{
    (void)pool;
}

/* --- life ------------------------------------------------------------------------------------- */

/* A thread ended: its caches' blocks go to the depots (thread's context). */
static void pool_cached_thread_ended(uint32_t slot)
{
    const cistern_critical_t state = cistern_critical_enter();
    for (cistern_pool_t *pool = cistern_pool_next(NULL); pool != NULL;
         pool = cistern_pool_next(pool)) {
        if (!pool_is_plain(pool) && pool_strategy(pool) == &cistern_pool_cached) {
            pool_depot_thread_ended(pool, slot);
        }
    }
    cistern_critical_leave(state);
}

static bool pool_cached_fits(const cistern_pool_extras_t *extras, size_t count)
{
    return extras->work != NULL &&
           extras->work_bytes >= CISTERN_POOL_CACHED_BYTES(count, extras->threads);
}

static void pool_cached_prepare(cistern_pool_t *pool)
{
    pool_depot_prepare(pool);
    cistern_port_on_thread_end(pool_cached_thread_ended);
    pool_watch_forks();
}

static void pool_cached_fill(cistern_pool_t *pool)
{
    pool_depot_fill(pool);
    pool->free_list = NULL;
}

const struct cistern_pool_strategy cistern_pool_cached = {
    .fits = pool_cached_fits,
    .prepare = pool_cached_prepare,
    .fill = pool_cached_fill,
    .get = pool_cached_get,
    .get_bulk = pool_cached_get_bulk,
    .put = pool_cached_put,
    .put_run = pool_cached_put_run,
    .stop = pool_cached_stop,
    .go = pool_cached_go,
    .uses = pool_cached_uses,
    .uses_now = pool_cached_uses_now,
    .is_whole = pool_cached_is_whole,
    .reset_low_water = pool_cached_reset,
    .can_wait = true,
    .has_own_lock = true,
};

#elif CISTERN_POOL_EXTRAS

/* A port without threads: init refuses cached pools. */
const struct cistern_pool_strategy cistern_pool_cached = {.fits = pool_never_fits};

#endif
