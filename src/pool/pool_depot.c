/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_depot.c - what the threads of a cached pool share, behind its mutex. Vocabulary, picture and
 * invariants are in pool_depot.h; what follows are two more:
 *
 *   (I19) `closed` lasts beyond the mutex if the pool is scarce: threads wait for a block, or no
 *         more blocks are free than are kept back for the reserve and the notices. So a pool is not
 *         scarce, or every get and put of it is seen: reserve, notices and waiting are exact, and
 *         cost nothing before
 *   (I20) min_free is never more than the fewest blocks that were ever free: each cache's share of
 *         it is the least that the cache held since the shares were added up last
 */
#include "pool_guard.h"
#include "pool_threads.h"

#if POOL_THREADS

#    include "pool_depot.h"

/* Blocks that a refill or a flush moves: half a cache, so that neither is followed by the other. */
#    define POOL_BATCH (POOL_CACHE_LAST / 2U)

static void pool_depot_lock(pool_depot_t *depot)
{
    cistern_port_mutex_lock(&depot->mutex);
}

static void pool_depot_unlock(pool_depot_t *depot)
{
    cistern_port_mutex_unlock(&depot->mutex);
}

/* The calling thread's cache, or NULL. A thread that calls for the first time gets its number. */
static pool_cache_t *pool_cache_of_thread(pool_depot_t *depot)
{
    pool_cache_t *cache;
    (void)cistern_port_thread_slot();
    return pool_cache_own(depot, &cache) ? cache : NULL;
}

/* --- a cache, with the mutex held ------------------------------------------------------------ */

static size_t pool_cache_end_of(const pool_cache_t *cache)
{
    return atomic_load_explicit(&cache->end, memory_order_acquire);
}

static size_t pool_cache_floor(const pool_cache_t *cache)
{
    return atomic_load_explicit(&cache->floor, memory_order_relaxed) & (POOL_CACHE_CLOSED - 1U);
}

static size_t pool_cache_above_floor(const pool_cache_t *cache, size_t end)
{
    const size_t floor = pool_cache_floor(cache);
    return (end > floor) ? end - floor : 0;
}

/* The least that the cache held since its watch was set (I20). */
static size_t pool_cache_least(const pool_cache_t *cache)
{
    const size_t end = pool_cache_end_of(cache); /* first: see watch_lower */
    const size_t watch = atomic_load_explicit(&cache->watch, memory_order_relaxed);
    const size_t low = watch & (POOL_CACHE_CLOSED - 1U);
    return pool_cache_above_floor(cache, (low < end) ? low : end);
}

/* Makes an open cache hold items 1 to n. Its owner. */
static void pool_cache_reset(pool_cache_t *cache, size_t n)
{
    atomic_store_explicit(&cache->floor, POOL_CACHE_FIRST, memory_order_relaxed);
    atomic_store_explicit(&cache->watch, POOL_CACHE_FIRST + n, memory_order_relaxed);
    atomic_store_explicit(&cache->end, POOL_CACHE_FIRST + n, memory_order_release);
}

/* --- between caches and depot, with the mutex held ------------------------------------------- */

/* Puts blocks on the stack, which has room for all; but at level 0, for all but what is there
 * twice. */
static void pool_depot_push(const cistern_pool_t *pool, pool_depot_t *depot, void *const *blocks,
                            size_t n)
{
    const size_t room = pool->count - depot->n;
    const size_t moved = (n < room) ? n : room;
    memcpy(&depot->stack[depot->n], blocks, moved * sizeof *blocks);
    depot->n += moved;
    CISTERN_ASSERT(depot->n <= pool->count); /* (I14) */
}

/* Moves the last `n` items of the owner's open cache to the depot, and those left to its front. */
static void pool_cache_flush(const cistern_pool_t *pool, pool_depot_t *depot, pool_cache_t *cache,
                             size_t n)
{
    const size_t floor = pool_cache_floor(cache);
    const size_t left = pool_cache_above_floor(cache, pool_cache_end_of(cache)) - n;
    CISTERN_ASSERT(!depot->closed && left <= POOL_CACHE_LAST); /* (I15) */
    pool_depot_push(pool, depot, &cache->item[floor + left], n);
    memmove(&cache->item[POOL_CACHE_FIRST], &cache->item[floor], left * sizeof(void *));
    pool_cache_reset(cache, left);
}

/* Moves `n` blocks from the depot to the owner's open cache, which is empty. */
static void pool_cache_refill(pool_depot_t *depot, pool_cache_t *cache, size_t n)
{
    CISTERN_ASSERT(!depot->closed && n <= depot->n && n <= POOL_CACHE_LAST); /* (I14) */
    depot->n -= n;
    memcpy(&cache->item[POOL_CACHE_FIRST], &depot->stack[depot->n], n * sizeof(void *));
    pool_cache_reset(cache, n);
}

static void pool_depot_low_water(cistern_pool_t *pool, const pool_depot_t *depot)
{
    size_t least = depot->n;
    for (size_t i = 0; i < depot->threads; ++i) {
        least += pool_cache_least(&depot->cache[i]);
    }
    pool->min_free = (least < pool->min_free) ? least : pool->min_free;
}

/* Takes what a closed cache holds. An owner that is about to find it closed may have lowered the
 * end by an item, which is left to it. */
static void pool_cache_empty(const cistern_pool_t *pool, pool_depot_t *depot, pool_cache_t *cache)
{
    const size_t floor = pool_cache_floor(cache);
    const size_t held = pool_cache_above_floor(cache, pool_cache_end_of(cache));
    CISTERN_ASSERT(depot->closed && held <= POOL_CACHE_LAST); /* (I16) */
    pool_depot_push(pool, depot, &cache->item[floor], held);
    atomic_store_explicit(&cache->floor, POOL_CACHE_CLOSED + floor + held, memory_order_relaxed);
    atomic_store_explicit(&cache->watch, POOL_CACHE_CLOSED + floor + held, memory_order_relaxed);
}

static void pool_depot_close(pool_depot_t *depot)
{
    for (size_t i = 0; i < depot->threads; ++i) {
        pool_cache_t *const cache = &depot->cache[i];
        atomic_store_explicit(&cache->floor, POOL_CACHE_CLOSED + pool_cache_floor(cache),
                              memory_order_relaxed);
        (void)atomic_fetch_or_explicit(&cache->watch, POOL_CACHE_CLOSED, memory_order_relaxed);
    }
    depot->closed = true;
    if (depot->threads > 0) {
        cistern_port_fence_heavy();
    }
}

static void pool_depot_open(pool_depot_t *depot)
{
    CISTERN_ASSERT(depot->closed); /* (I16) */
    for (size_t i = 0; i < depot->threads; ++i) {
        pool_cache_t *const cache = &depot->cache[i];
        atomic_store_explicit(&cache->watch, pool_cache_floor(cache), memory_order_relaxed);
        atomic_store_explicit(&cache->floor, pool_cache_floor(cache), memory_order_release);
    }
    depot->closed = false;
}

/* Closes all caches and takes what they hold: every free block is in the depot. */
static void pool_depot_drain(cistern_pool_t *pool, pool_depot_t *depot)
{
    if (!depot->closed) {
        pool_depot_close(depot);
    }
    pool_depot_low_water(pool, depot);
    for (size_t i = 0; i < depot->threads; ++i) {
        pool_cache_empty(pool, depot, &depot->cache[i]);
    }
    pool->free = depot->n;
    CISTERN_ASSERT(depot->closed && pool->min_free <= pool->count); /* (I16), (I20) */
}

/* --- scarcity -------------------------------------------------------------------------------- */

/* Blocks that are not put into caches, so that the get of any of them is seen. */
static size_t pool_depot_kept(const cistern_pool_t *pool)
{
    const cistern_pool_extras_t *const extras = pool->extras;
    const size_t for_low = (extras->on_low != NULL) ? extras->low_water + 1U : 0;
    const size_t to_tell = (for_low > 0) ? for_low : (extras->on_available != NULL);
    return (extras->reserve > to_tell) ? extras->reserve : to_tell;
}

/* Opens the caches, if they are closed, unless the pool is scarce (I19). */
static void pool_depot_open_if_plenty(const cistern_pool_t *pool, pool_depot_t *depot)
{
    const size_t kept = pool_depot_kept(pool);
    if (depot->closed && pool->extras->waiters == NULL && (depot->n > kept || kept == 0)) {
        pool_depot_open(depot);
    }
}

static void pool_depot_serve(cistern_pool_t *pool, pool_depot_t *depot)
{
    pool_waiter_t *waiter;
    pool->free = depot->n;
    while ((waiter = pool_next_waiter(pool)) != NULL) {
        CISTERN_ASSERT(depot->n > pool_reserve(pool)); /* (I9) */
        void *const block = depot->stack[--depot->n];
        pool->free = depot->n;
        pool_cached_set_used(block);
        cistern_pool_remember(pool, block, CISTERN_POOL_GET, NULL);
        waiter->accept(waiter, block);
    }
}

/* After a put, while the caches are closed: serves who waits. True if the pool was empty and is
 * not any more. */
static bool pool_depot_settle_locked(cistern_pool_t *pool, pool_depot_t *depot, bool was_empty)
{
    if (!depot->closed) {
        return false;
    }
    pool_depot_drain(pool, depot);
    pool_depot_serve(pool, depot);
    const bool is_available = was_empty && depot->n > 0;
    CISTERN_ASSERT(pool->free == depot->n);
    pool_depot_open_if_plenty(pool, depot);
    return is_available;
}

/* --- get ------------------------------------------------------------------------------------- */

/* Takes a block from the depot, which has all that are free if there are few. */
static void *pool_depot_take(cistern_pool_t *pool, pool_depot_t *depot, bool privileged)
{
    if (depot->n <= (privileged ? 0 : pool->extras->reserve)) {
        pool_count_failure(pool);
        return NULL;
    }
    pool->free = --depot->n;
    CISTERN_ASSERT(pool_has_touched(pool, depot->stack[depot->n])); /* (I14) */
    return depot->stack[depot->n];
}

/* Gives an empty cache its batch. When blocks had to be taken from other threads, that is little,
 * or they would take it back. */
static void pool_cache_share(const cistern_pool_t *pool, pool_depot_t *depot, pool_cache_t *cache,
                             bool drained)
{
    const size_t kept = pool_depot_kept(pool);
    const size_t spare = (depot->n > kept) ? depot->n - kept : 0;
    const size_t part = drained ? spare / (depot->threads + 1U) : spare;
    if (!depot->closed && cache != NULL && pool_cache_end_of(cache) == pool_cache_floor(cache)) {
        pool_cache_refill(depot, cache, (part < POOL_BATCH) ? part : POOL_BATCH);
    }
}

void *pool_depot_get(cistern_pool_t *pool, const cistern_pool_place_t *at, bool privileged)
{
    pool_depot_t *const depot = pool_depot_of(pool);
    pool_cache_t *const cache = pool_cache_of_thread(depot);
    pool_depot_lock(depot);
    const bool drains = depot->closed || depot->n <= pool_depot_kept(pool);
    if (drains) {
        pool_depot_drain(pool, depot);
    } else {
        pool_depot_low_water(pool, depot);
    }
    void *const block = pool_depot_take(pool, depot, privileged);
    const size_t left = depot->n; /* in all, if they are few enough to be told of */
    pool_depot_open_if_plenty(pool, depot);
    pool_cache_share(pool, depot, cache, drains);
    pool_depot_unlock(depot);
    if (block != NULL) {
        pool_announce_fall(pool, left + 1U, left);
    }
    return (block != NULL && pool_cached_accept(pool, block, at)) ? block : NULL;
}

/* --- put ------------------------------------------------------------------------------------- */

/* Lowers the watch of the owner's cache to `end`, unless it is lower; false if the cache is closed.
 * Before the end is raised, so that no drain sees the end without the low that was before (I20). */
static bool pool_cache_watch_lower(pool_cache_t *cache, size_t end)
{
    size_t watch = atomic_load_explicit(&cache->watch, memory_order_relaxed);
    return watch < POOL_CACHE_CLOSED &&
           (end >= watch || atomic_compare_exchange_strong(&cache->watch, &watch, end));
}

/* Makes room in the owner's open cache and puts blocks there; false if that cannot be. */
static bool pool_cache_put_after_flush(const cistern_pool_t *pool, pool_depot_t *depot,
                                       pool_cache_t *cache, void *const *blocks, size_t n)
{
    pool_cache_flush(
        pool, depot, cache,
        pool_cache_above_floor(cache, pool_cache_end_of(cache)) > POOL_BATCH ? POOL_BATCH : 0);
    const size_t end = pool_cache_end_of(cache);
    const bool takes = pool_cache_takes(cache, end, n);
    if (takes) {
        memcpy(&cache->item[end], blocks, n * sizeof *blocks);
        (void)pool_cache_raise(cache, end, n);
    }
    return takes;
}

/* Gives blocks back with the mutex held, and serves who waits. True if the pool was empty and is
 * not any more. */
static bool pool_depot_put_locked(cistern_pool_t *pool, pool_depot_t *depot, pool_cache_t *cache,
                                  void *const *blocks, size_t n)
{
    const bool was_empty = depot->n == 0;
    pool_depot_low_water(pool, depot);
    if (cache == NULL || depot->closed ||
        !pool_cache_put_after_flush(pool, depot, cache, blocks, n)) {
        pool_depot_push(pool, depot, blocks, n);
    }
    return pool_depot_settle_locked(pool, depot, was_empty);
}

void pool_depot_put(cistern_pool_t *pool, void *const *blocks, size_t n)
{
    pool_depot_t *const depot = pool_depot_of(pool);
    pool_cache_t *const cache = pool_cache_of_thread(depot);
    if (cache != NULL && pool_cache_watch_lower(cache, pool_cache_end_of(cache)) &&
        pool_cache_put(pool, cache, blocks, n)) {
        return;
    }
    pool_depot_lock(depot);
    const bool is_available = pool_depot_put_locked(pool, depot, cache, blocks, n);
    pool_depot_unlock(depot);
    if (is_available) {
        pool_announce_available(pool, NULL);
    }
}

cistern_error_t pool_depot_put_one(cistern_pool_t *pool, void *block)
{
    pool_depot_put(pool, &block, 1);
    return CISTERN_OK;
}

cistern_error_t pool_depot_settle(cistern_pool_t *pool)
{
    pool_depot_t *const depot = pool_depot_of(pool);
    pool_depot_lock(depot);
    const bool is_available = pool_depot_settle_locked(pool, depot, depot->n == 0);
    pool_depot_unlock(depot);
    if (is_available) {
        pool_announce_available(pool, NULL);
    }
    return CISTERN_OK;
}

/* --- damage ----------------------------------------------------------------------------------- */

#    if CISTERN_CHECK >= 1
static void pool_depot_count_lost(cistern_pool_t *pool, void *block)
{
    pool->quarantined = (uint16_t)(pool->quarantined + (pool->quarantined < UINT16_MAX ? 1U : 0U));
    pool_write_guards(pool, block);
}

/* Quarantines a block that came out without its key, and at once all that are like it: one report
 * leaves the pool whole. Linear in the number of blocks. */
static void pool_depot_quarantine(cistern_pool_t *pool, pool_depot_t *depot, void *block)
{
    pool_depot_lock(depot);
    pool_depot_count_lost(pool, block);
    pool_depot_drain(pool, depot);
    size_t kept = 0;
    for (size_t i = 0; i < depot->n; ++i) {
        void *const listed = depot->stack[i];
        if (pool_cached_is_free(listed)) {
            pool_write_poison(pool, listed);
            pool_write_guards(pool, listed);
            depot->stack[kept++] = listed;
        } else {
            pool_depot_count_lost(pool, listed);
        }
    }
    CISTERN_ASSERT(kept <= depot->n && depot->closed);
    depot->n = kept;
    pool->free = kept;
    pool_depot_low_water(pool, depot);
    pool_depot_open_if_plenty(pool, depot);
    pool_depot_unlock(depot);
}
#    else
static void pool_depot_quarantine(cistern_pool_t *pool, pool_depot_t *depot, void *block)
{
    (void)pool;
    (void)depot;
    (void)block;
}
#    endif

void pool_depot_reject(cistern_pool_t *pool, void *block, cistern_fault_kind_t kind)
{
    const cistern_pool_finding_t finding = {kind, block};
    if (kind == CISTERN_FAULT_LINK) {
        pool_depot_quarantine(pool, pool_depot_of(pool), block);
    } else {
        pool_write_poison(pool, block);
        pool_write_guards(pool, block);
        (void)pool_depot_put_one(pool, block);
    }
    (void)cistern_pool_report(pool, &finding);
}

/* --- life and inspection ---------------------------------------------------------------------- */

void pool_depot_prepare(cistern_pool_t *pool)
{
    pool_depot_t *const depot = pool_depot_of(pool);
    const size_t threads = cistern_port_fence_available() ? pool->extras->threads : 0;
    memset(depot, 0, sizeof *depot + threads * sizeof(pool_cache_t));
    CISTERN_ASSERT((uintptr_t)depot % 64U == 0);
    cistern_port_mutex_init(&depot->mutex);
    depot->threads = threads;
    depot->stack = (void **)(void *)&depot->cache[threads];
    for (size_t i = 0; i < threads; ++i) {
        pool_cache_reset(&depot->cache[i], 0);
    }
}

void pool_depot_fill(cistern_pool_t *pool)
{
    pool_depot_t *const depot = pool_depot_of(pool);
    for (size_t i = 0; i < pool->count; ++i) {
        depot->stack[i] = pool_block_at(pool, pool->count - 1U - i);
        pool_cached_clear_key(pool, depot->stack[i]);
        pool_cached_set_free(depot->stack[i]);
    }
    depot->n = pool->count;
    CISTERN_ASSERT(pool->touched == pool->count);
    pool_depot_serve(pool, depot);
    pool_depot_low_water(pool, depot);
}

void pool_depot_stop(cistern_pool_t *pool)
{
    pool_depot_t *const depot = pool_depot_of(pool);
    pool_depot_lock(depot);
    pool_depot_drain(pool, depot);
    CISTERN_ASSERT(pool->free == depot->n);
}

void pool_depot_go(cistern_pool_t *pool)
{
    pool_depot_t *const depot = pool_depot_of(pool);
    pool_depot_open_if_plenty(pool, depot);
    pool_depot_unlock(depot);
}

bool pool_depot_has(const pool_depot_t *depot, const void *block)
{
    size_t i = 0;
    CISTERN_ASSERT(depot->closed); /* (I16) */
    while (i < depot->n && depot->stack[i] != block) {
        ++i;
    }
    return i < depot->n;
}

bool pool_depot_misses(cistern_pool_t *pool, const void *block)
{
    if (CISTERN_CHECK == 0 || pool_index(pool, block) >= pool->count) {
        return false;
    }
    pool_depot_stop(pool);
    const bool has = pool_depot_has(pool_depot_of(pool), block);
    pool_depot_go(pool);
    return !has;
}

cistern_error_t pool_depot_put_doubtful(cistern_pool_t *pool, void *block,
                                        const cistern_pool_place_t *at)
{
    if (!pool_depot_misses(pool, block)) {
        const cistern_pool_finding_t finding = {pool_judge_stranger(pool, block), block};
        return cistern_pool_report(pool, &finding);
    }
    pool_cached_claim(pool, block, at);
    return pool_depot_put_one(pool, block);
}

void pool_depot_thread_ended(cistern_pool_t *pool, uint32_t slot)
{
    pool_depot_t *const depot = pool_depot_of(pool);
    if (slot < depot->threads) {
        pool_depot_lock(depot);
        if (!depot->closed) {
            pool_depot_low_water(pool, depot);
            pool_cache_flush(pool, depot, &depot->cache[slot],
                             pool_cache_above_floor(&depot->cache[slot],
                                                    pool_cache_end_of(&depot->cache[slot])));
        }
        pool_depot_unlock(depot);
    }
}

#endif
