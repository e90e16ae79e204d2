/* pool_store.c - what the threads of a cached pool share, behind its mutex. Vocabulary, picture and
 * invariants are in pool_store.h; what follows are two more:
 *
 *   (I16) `closed` lasts beyond the mutex iff the pool is scarce: threads wait for a block, or no
 *         more blocks are free than are kept back for the reserve and the notices. So a pool is not
 *         scarce, or every get and put of it is seen: reserve, notices and waiting are exact, and
 *         cost nothing before
 *   (I17) min_free is never more than the fewest blocks that were ever free: each cache's share of
 *         it is the least that the cache held since the shares were added up last
 */
#include "pool_core.h"
#include "pool_extras.h"
#include "pool_threads.h"

#if POOL_THREADS

#    include "pool_shared.h"
#    include "pool_store.h"

/* Blocks that a refill or a flush moves: half a cache, so that neither is followed by the other. */
#    define BATCH (CACHE_LAST / 2U)

static void lock(store_t *store)
{
    cistern_port_mutex_lock(&store->mutex);
}

static void unlock(store_t *store)
{
    cistern_port_mutex_unlock(&store->mutex);
}

/* The calling thread's cache, or NULL. A thread that calls for the first time gets its number. */
static cache_t *cache_of_thread(store_t *store)
{
    cache_t *cache;
    (void)cistern_port_thread_slot();
    return cache_own(store, &cache) ? cache : NULL;
}

/* --- a cache, with the mutex held ------------------------------------------------------------ */

static size_t end_of(const cache_t *cache)
{
    return atomic_load_explicit(&cache->end, memory_order_acquire);
}

static size_t floor_of(const cache_t *cache)
{
    return atomic_load_explicit(&cache->floor, memory_order_relaxed) & (CACHE_CLOSED - 1U);
}

static size_t above_floor(const cache_t *cache, size_t end)
{
    const size_t floor = floor_of(cache);
    return (end > floor) ? end - floor : 0;
}

/* The least that the cache held since its watch was set (I17). */
static size_t least_held(const cache_t *cache)
{
    const size_t end = end_of(cache); /* first: see watch_lower */
    const size_t watch = atomic_load_explicit(&cache->watch, memory_order_relaxed);
    const size_t low = watch & (CACHE_CLOSED - 1U);
    return above_floor(cache, (low < end) ? low : end);
}

/* Makes an open cache hold items 1 to n. Its owner. */
static void cache_reset(cache_t *cache, size_t n)
{
    atomic_store_explicit(&cache->floor, CACHE_FIRST, memory_order_relaxed);
    atomic_store_explicit(&cache->watch, CACHE_FIRST + n, memory_order_relaxed);
    atomic_store_explicit(&cache->end, CACHE_FIRST + n, memory_order_release);
}

/* --- between caches and store, with the mutex held ------------------------------------------- */

/* Puts blocks on the stack, which has room for all; but at level 0, for all but what is there
 * twice. */
static void stack_push(const cistern_pool_t *pool, store_t *store, void *const *blocks, size_t n)
{
    const size_t room = pool->count - store->n;
    const size_t moved = (n < room) ? n : room;
    memcpy(&store->stack[store->n], blocks, moved * sizeof *blocks);
    store->n += moved;
}

/* Moves the last `n` items of the owner's open cache to the store, and those left to its front. */
static void flush(const cistern_pool_t *pool, store_t *store, cache_t *cache, size_t n)
{
    const size_t floor = floor_of(cache);
    const size_t left = above_floor(cache, end_of(cache)) - n;
    stack_push(pool, store, &cache->item[floor + left], n);
    memmove(&cache->item[CACHE_FIRST], &cache->item[floor], left * sizeof(void *));
    cache_reset(cache, left);
}

/* Moves `n` blocks from the store to the owner's open cache, which is empty. */
static void refill(store_t *store, cache_t *cache, size_t n)
{
    store->n -= n;
    memcpy(&cache->item[CACHE_FIRST], &store->stack[store->n], n * sizeof(void *));
    cache_reset(cache, n);
}

static void note_low_water(cistern_pool_t *pool, const store_t *store)
{
    size_t least = store->n;
    for (size_t i = 0; i < store->threads; ++i) {
        least += least_held(&store->cache[i]);
    }
    pool->min_free = (least < pool->min_free) ? least : pool->min_free;
}

/* Takes what a closed cache holds. An owner that is about to find it closed may have lowered the
 * end by an item, which is left to it. */
static void empty(const cistern_pool_t *pool, store_t *store, cache_t *cache)
{
    const size_t floor = floor_of(cache);
    const size_t held = above_floor(cache, end_of(cache));
    stack_push(pool, store, &cache->item[floor], held);
    atomic_store_explicit(&cache->floor, CACHE_CLOSED + floor + held, memory_order_relaxed);
    atomic_store_explicit(&cache->watch, CACHE_CLOSED + floor + held, memory_order_relaxed);
}

static void close_all(store_t *store)
{
    for (size_t i = 0; i < store->threads; ++i) {
        cache_t *const cache = &store->cache[i];
        atomic_store_explicit(&cache->floor, CACHE_CLOSED + floor_of(cache), memory_order_relaxed);
        (void)atomic_fetch_or_explicit(&cache->watch, CACHE_CLOSED, memory_order_relaxed);
    }
    store->closed = true;
    if (store->threads > 0) {
        cistern_port_fence_heavy();
    }
}

static void open_all(store_t *store)
{
    for (size_t i = 0; i < store->threads; ++i) {
        cache_t *const cache = &store->cache[i];
        atomic_store_explicit(&cache->watch, floor_of(cache), memory_order_relaxed);
        atomic_store_explicit(&cache->floor, floor_of(cache), memory_order_release);
    }
    store->closed = false;
}

/* Closes all caches and takes what they hold: every free block is in the store. */
static void gather(cistern_pool_t *pool, store_t *store)
{
    if (!store->closed) {
        close_all(store);
    }
    note_low_water(pool, store);
    for (size_t i = 0; i < store->threads; ++i) {
        empty(pool, store, &store->cache[i]);
    }
    pool->free = store->n;
}

/* --- scarcity -------------------------------------------------------------------------------- */

/* Blocks that are not put into caches, so that the get of any of them is seen. */
static size_t kept_back(const cistern_pool_t *pool)
{
    const cistern_pool_extras_t *const extras = pool->extras;
    const size_t for_low = (extras->on_low != NULL) ? extras->low_water + 1U : 0;
    const size_t to_tell = (for_low > 0) ? for_low : (extras->on_available != NULL);
    return (extras->reserve > to_tell) ? extras->reserve : to_tell;
}

/* Opens the caches, if they are closed, unless the pool is scarce (I16). */
static void open_if_plenty(const cistern_pool_t *pool, store_t *store)
{
    const size_t kept = kept_back(pool);
    if (store->closed && pool->extras->waiters == NULL && (store->n > kept || kept == 0)) {
        open_all(store);
    }
}

static void serve_waiters(cistern_pool_t *pool, store_t *store)
{
    while (store->n > pool->extras->reserve && pool->extras->waiters != NULL) {
        pool->free = --store->n;
        pool_hand_over(pool, store->stack[store->n]);
    }
}

/* After a put, while the caches are closed: serves who waits. True iff the pool was empty and is
 * not any more. */
static bool settle(cistern_pool_t *pool, store_t *store, bool was_empty)
{
    if (!store->closed) {
        return false;
    }
    gather(pool, store);
    serve_waiters(pool, store);
    const bool is_available = was_empty && store->n > 0;
    open_if_plenty(pool, store);
    return is_available;
}

/* --- get ------------------------------------------------------------------------------------- */

/* Takes a block from the store, which has all that are free if there are few. */
static void *take_one(cistern_pool_t *pool, store_t *store, bool privileged)
{
    if (store->n <= (privileged ? 0 : pool->extras->reserve)) {
        count_failure(pool);
        return NULL;
    }
    pool->free = --store->n;
    return store->stack[store->n];
}

/* Gives an empty cache its batch. When blocks had to be taken from other threads, that is little,
 * or they would take it back. */
static void share(const cistern_pool_t *pool, store_t *store, cache_t *cache, bool gathered)
{
    const size_t kept = kept_back(pool);
    const size_t spare = (store->n > kept) ? store->n - kept : 0;
    const size_t part = gathered ? spare / (store->threads + 1U) : spare;
    if (!store->closed && cache != NULL && end_of(cache) == floor_of(cache)) {
        refill(store, cache, (part < BATCH) ? part : BATCH);
    }
}

void *store_get(cistern_pool_t *pool, const char *file, int line, bool privileged)
{
    store_t *const store = store_of(pool);
    cache_t *const cache = cache_of_thread(store);
    lock(store);
    const bool gathers = store->closed || store->n <= kept_back(pool);
    if (gathers) {
        gather(pool, store);
    } else {
        note_low_water(pool, store);
    }
    void *const block = take_one(pool, store, privileged);
    const size_t left = store->n; /* in all, if they are few enough to be told of */
    open_if_plenty(pool, store);
    share(pool, store, cache, gathers);
    unlock(store);
    if (block != NULL) {
        extras_announce_fall(pool, left + 1U, left);
    }
    return (block != NULL && accept(pool, block, file, line)) ? block : NULL;
}

/* --- put ------------------------------------------------------------------------------------- */

/* Lowers the watch of the owner's cache to `end`, unless it is lower; false if the cache is closed.
 * Before the end is raised, so that no thief sees the end without the low that was before (I17). */
static bool watch_lower(cache_t *cache, size_t end)
{
    size_t watch = atomic_load_explicit(&cache->watch, memory_order_relaxed);
    return watch < CACHE_CLOSED &&
           (end >= watch || atomic_compare_exchange_strong(&cache->watch, &watch, end));
}

/* Makes room in the owner's open cache and puts blocks there; false if that cannot be. */
static bool put_after_flush(const cistern_pool_t *pool, store_t *store, cache_t *cache,
                            void *const *blocks, size_t n)
{
    flush(pool, store, cache, above_floor(cache, end_of(cache)) > BATCH ? BATCH : 0);
    const size_t end = end_of(cache);
    const bool takes = cache_takes(cache, end, n);
    if (takes) {
        memcpy(&cache->item[end], blocks, n * sizeof *blocks);
        (void)cache_raise(cache, end, n);
    }
    return takes;
}

/* Gives blocks back with the mutex held, and serves who waits. True iff the pool was empty and is
 * not any more. */
static bool put_locked(cistern_pool_t *pool, store_t *store, cache_t *cache, void *const *blocks,
                       size_t n)
{
    const bool was_empty = store->n == 0;
    note_low_water(pool, store);
    if (cache == NULL || store->closed || !put_after_flush(pool, store, cache, blocks, n)) {
        stack_push(pool, store, blocks, n);
    }
    return settle(pool, store, was_empty);
}

void store_put(cistern_pool_t *pool, void *const *blocks, size_t n)
{
    store_t *const store = store_of(pool);
    cache_t *const cache = cache_of_thread(store);
    if (cache != NULL && watch_lower(cache, end_of(cache)) && cache_put(pool, cache, blocks, n)) {
        return;
    }
    lock(store);
    const bool is_available = put_locked(pool, store, cache, blocks, n);
    unlock(store);
    if (is_available) {
        extras_announce_available(pool, NULL);
    }
}

cistern_error_t store_put_one(cistern_pool_t *pool, void *block)
{
    store_put(pool, &block, 1);
    return CISTERN_OK;
}

cistern_error_t store_tell(cistern_pool_t *pool)
{
    store_t *const store = store_of(pool);
    lock(store);
    const bool is_available = settle(pool, store, store->n == 0);
    unlock(store);
    if (is_available) {
        extras_announce_available(pool, NULL);
    }
    return CISTERN_OK;
}

/* --- life and looking ------------------------------------------------------------------------ */

void store_prepare(cistern_pool_t *pool)
{
    store_t *const store = store_of(pool);
    const size_t threads = cistern_port_fence_available() ? pool->extras->threads : 0;
    memset(store, 0, sizeof *store + threads * sizeof(cache_t));
    cistern_port_mutex_init(&store->mutex);
    store->threads = threads;
    store->stack = (void **)(void *)&store->cache[threads];
    for (size_t i = 0; i < threads; ++i) {
        cache_reset(&store->cache[i], 0);
    }
}

void store_fill(cistern_pool_t *pool)
{
    store_t *const store = store_of(pool);
    for (size_t i = 0; i < pool->count; ++i) {
        store->stack[i] = block_at(pool, pool->count - 1U - i);
    }
    store->n = pool->count;
    serve_waiters(pool, store);
    note_low_water(pool, store);
}

void store_stop(cistern_pool_t *pool)
{
    store_t *const store = store_of(pool);
    lock(store);
    gather(pool, store);
}

void store_go(cistern_pool_t *pool)
{
    store_t *const store = store_of(pool);
    open_if_plenty(pool, store);
    unlock(store);
}

void store_thread_ended(cistern_pool_t *pool, uint32_t slot)
{
    store_t *const store = store_of(pool);
    if (slot < store->threads) {
        lock(store);
        if (!store->closed) {
            note_low_water(pool, store);
            flush(pool, store, &store->cache[slot],
                  above_floor(&store->cache[slot], end_of(&store->cache[slot])));
        }
        unlock(store);
    }
}

#endif
