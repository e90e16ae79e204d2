/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_depot.h - where a cached pool keeps its free blocks: a cache per thread and a depot for all.
 *
 *   work   | depot: mutex, n, ... | cache 0 | cache 1 | ... | stack of n free blocks |
 *   cache  | end | floor | watch | item 1 .. item 508 |     last in, first out
 *                                       ^ floor     ^ end
 *
 * Vocabulary: a cache belongs to the thread of that number, its owner; to flush moves blocks from a
 * cache to the depot, to refill the other way; to drain takes what all caches hold into the depot,
 * after they were closed.
 *
 * Invariants:
 *   (I14) every free block stands once: in the depot's stack, or in one cache from `floor` to `end`
 *   (I15) `end` is written by the owner alone, `floor` with the mutex held. So an item is taken by
 *         one of owner and drain, and neither waits for the other:
 *
 *           owner: lower end    light fence   read floor    one of them sees the
 *           drain: raise floor  heavy fence   read end      other's write
 *
 *   (I16) a closed cache's floor is above every end: no block comes out of it, and who puts one in
 *         sees that it is closed and settles with the depot. `closed` is set when a get is answered
 *         "empty", so that nothing is in any cache then but blocks of puts under way
 *   (I17) while `closed` lasts beyond the mutex (see pool_depot.c) every get and put takes the mutex
 *   (I18) a free block's key is that of a link of NULL, and in its first word. Where a get finds
 *         no key, the block was damaged, or two threads put it at the same moment and it is
 *         in use: it is quarantined, not handed out
 *
 * An owner's get and put have no locked instruction and one fence that costs nothing.
 */
#ifndef CISTERN_SRC_POOL_DEPOT_H
#define CISTERN_SRC_POOL_DEPOT_H

#include <stdatomic.h>
#include <string.h>

#include "pool_guard.h"
#include "pool_threads.h"

/* Items are counted from 1, so that the end of an empty cache can be lowered. */
#define POOL_CACHE_FIRST  ((size_t)1)
#define POOL_CACHE_LAST   ((size_t)CISTERN_POOL_CACHE_ENTRIES)
#define POOL_CACHE_CLOSED (SIZE_MAX / 2U + 1U) /* a bit of floor and watch */

typedef struct pool_cache {
    _Alignas(64) atomic_size_t end;
    atomic_size_t floor;
    atomic_size_t watch; /* the lowest `end` at which a put found the cache since this was set */
    void *item[1U + CISTERN_POOL_CACHE_ENTRIES];
} pool_cache_t;

typedef struct pool_depot {
    cistern_port_mutex_t mutex;
    bool closed;
    size_t n; /* blocks on the stack */
    void **stack;
    size_t threads;
    pool_cache_t cache[];
} pool_depot_t;

_Static_assert(sizeof(pool_cache_t) == CISTERN_POOL_CACHE_BYTES, "cache has another size");
_Static_assert(sizeof(pool_depot_t) <= 512, "depot does not fit");

static inline pool_depot_t *pool_depot_of(const cistern_pool_t *pool)
{
    return pool->extras->work;
}

/* --- an owner and its cache: no call, no lock ------------------------------------------------ */

/* Finds the calling thread's cache; false if it has none, or calls for the first time. The address
 * is computed in integers: as an element of an array it would be so again for each item. */
static inline bool pool_cache_own(pool_depot_t *depot, pool_cache_t **cache)
{
    const uintptr_t slot = cistern_port_thread_slot_if_any();
    *cache = (pool_cache_t *)((uintptr_t)depot->cache + slot * sizeof(pool_cache_t));
    return slot < depot->threads;
}

static inline size_t pool_cache_end(const pool_cache_t *cache)
{
    return atomic_load_explicit(&cache->end, memory_order_relaxed);
}

/* Moves the end down by `n`, unless that is below the floor (I13). */
static inline bool pool_cache_lower(pool_cache_t *cache, size_t end, size_t n)
{
    CISTERN_ASSERT(n <= end && end <= POOL_CACHE_LAST + 1U); /* (I14) */
    atomic_store_explicit(&cache->end, end - n, memory_order_release);
    cistern_port_fence_light();
    if (end - n < atomic_load_explicit(&cache->floor, memory_order_acquire)) {
        atomic_store_explicit(&cache->end, end, memory_order_release);
        return false;
    }
    return true;
}

/* Takes the last item; false if there is none, or the cache is closed. */
static inline bool pool_cache_pop(pool_cache_t *cache, void **block)
{
    const size_t end = pool_cache_end(cache);
    if (!pool_cache_lower(cache, end, 1)) {
        return false;
    }
    *block = cache->item[end - 1U];
    return true;
}

/* Takes up to `wanted` of the last items and returns how many. */
static inline size_t pool_cache_pop_many(pool_cache_t *cache, void **blocks, size_t wanted)
{
    const size_t end = pool_cache_end(cache);
    const size_t floor = atomic_load_explicit(&cache->floor, memory_order_relaxed);
    const size_t held = (end > floor) ? end - floor : 0;
    const size_t n = (wanted < held) ? wanted : held;
    if (n == 0 || !pool_cache_lower(cache, end, n)) {
        return 0;
    }
    memcpy(blocks, &cache->item[end - n], n * sizeof *blocks);
    return n;
}

/* Whether `n` items can be put in after `end` others without a word to the depot: there is room,
 * the cache is open, and it is not lower than it ever was since the watch was set. */
static inline bool pool_cache_takes(const pool_cache_t *cache, size_t end, size_t n)
{
    return end + n <= POOL_CACHE_LAST + 1U &&
           end >= atomic_load_explicit(&cache->watch, memory_order_relaxed);
}

/* Ends a put; false if the cache was closed meanwhile, which the depot has to be told (I14). */
static inline bool pool_cache_raise(pool_cache_t *cache, size_t end, size_t n)
{
    CISTERN_ASSERT(end + n <= POOL_CACHE_LAST + 1U); /* (I14) */
    atomic_store_explicit(&cache->end, end + n, memory_order_release);
    cistern_port_fence_light();
    return end >= atomic_load_explicit(&cache->watch, memory_order_acquire);
}

/* --- the depot: threads only; each call takes the mutex -------------------------------------- */

/* Makes store and caches, empty. Without a heavy fence there are no caches: every thread shares the
 * store. The one call that takes no mutex. */
void pool_depot_prepare(cistern_pool_t *pool);

/* Makes every block free, in the depot, and serves who waits. Before use, or while stopped: caches
 * are empty then. */
void pool_depot_fill(cistern_pool_t *pool);

/* Takes a block wherever there is one, and refills the thread's cache. NULL, counted, if there is
 * none but those that the reserve keeps from who is not privileged; and after a fault, if the block
 * is damaged. Linear in the number of threads when the depot is empty. */
void *pool_depot_get(cistern_pool_t *pool, const cistern_pool_place_t *at, bool privileged);

/* Gives `n` blocks to the thread's cache, after a flush if it is full, or to the depot. */
void pool_depot_put(cistern_pool_t *pool, void *const *blocks, size_t n);

/* The same for one; returns CISTERN_OK, so that a put can end with it. */
cistern_error_t pool_depot_put_one(cistern_pool_t *pool, void *block);

/* Tells the depot of a put into a cache that was closed meanwhile. Returns CISTERN_OK. */
cistern_error_t pool_depot_settle(cistern_pool_t *pool);

/* Closes the caches, takes what they hold into the depot, brings the pool's numbers up to date and
 * leaves the mutex locked. */
void pool_depot_stop(cistern_pool_t *pool);
void pool_depot_go(cistern_pool_t *pool);

/* True if a block is in the depot. While the pool is stopped. Linear in the free blocks. */
bool pool_depot_has(const pool_depot_t *depot, const void *block);

/* True if an address is a block that is neither in a cache nor in the depot, so that it is in use
 * though its content may be the key of a free one. Stops the pool; linear in the free blocks. */
bool pool_depot_misses(cistern_pool_t *pool, const void *block);

/* The put of what does not look used: refuses it, unless it is in use all the same. */
cistern_error_t pool_depot_put_doubtful(cistern_pool_t *pool, void *block,
                                        const cistern_pool_place_t *at);

/* Takes what the calling thread's cache holds into the depot; the thread's number was `slot`. */
void pool_depot_thread_ended(cistern_pool_t *pool, uint32_t slot);

/* --- a block's key, which threads read and write at once (I18) ---------------------------------
 */

#if CISTERN_CHECK >= 1

/* In the first word, which narrow blocks have, too: a cached pool has no links. */
static inline uintptr_t *pool_cached_key_at(const void *block)
{
    return (uintptr_t *)(uintptr_t)block;
}

static inline bool pool_cached_is_free(const void *block)
{
    return cistern_port_word_load(pool_cached_key_at(block)) == cistern_pool_key(block, NULL);
}

static inline void pool_cached_set_free(const void *block)
{
    cistern_port_word_store(pool_cached_key_at(block), cistern_pool_key(block, NULL));
}

static inline void pool_cached_set_used(const void *block)
{
    cistern_port_word_store(pool_cached_key_at(block), 0);
}

/* Takes away the key that a block had on the free list. Before use. */
static inline void pool_cached_clear_key(const cistern_pool_t *pool, void *block)
{
    if (pool_has_keys(pool)) {
        ((cistern_keyed_block_t *)block)->key = 0;
        pool_write_poison(pool, block);
    }
}

/* False for a block in use whose content is its key by accident. */
static inline bool pool_cached_looks_used(const cistern_pool_t *pool, const void *block)
{
    return pool_index(pool, block) < pool->count && !pool_cached_is_free(block);
}

#else

static inline bool pool_cached_is_free(const void *block)
{
    (void)block;
    return true;
}

static inline void pool_cached_clear_key(const cistern_pool_t *pool, void *block)
{
    (void)pool;
    (void)block;
}

static inline void pool_cached_set_free(const void *block)
{
    (void)block;
}

static inline void pool_cached_set_used(const void *block)
{
    (void)block;
}

static inline bool pool_cached_looks_used(const cistern_pool_t *pool, const void *block)
{
    (void)pool;
    return block != NULL;
}

#endif

/* Makes a block in use look free. A damaged guard is reported, and repaired. */
static inline void pool_cached_claim(cistern_pool_t *pool, void *block,
                                     const cistern_pool_place_t *at)
{
    const cistern_pool_finding_t finding = {pool_check_guards(pool, block), block};
    CISTERN_ASSERT(CISTERN_CHECK == 0 || pool_index(pool, block) < pool->count);
    if (finding.kind != CISTERN_FAULT_NONE) {
        pool_write_guards(pool, block);
    }
    pool_write_poison(pool, block);
    cistern_pool_remember(pool, block, CISTERN_POOL_PUT, at);
    pool_cached_set_free(block);
    if (CISTERN_CHECK >= 2) {
        (void)cistern_pool_report(pool, &finding);
    }
}

/* Reports that a block which came out is damaged: repaired and put back, or quarantined if its key
 * is gone. Takes the mutex. */
void pool_depot_reject(cistern_pool_t *pool, void *block, cistern_fault_kind_t kind);

/* Makes a block that came out the caller's; false if it is damaged. */
static inline bool pool_cached_accept(cistern_pool_t *pool, void *block,
                                      const cistern_pool_place_t *at)
{
    const cistern_fault_kind_t kind =
        pool_cached_is_free(block) ? pool_check_poison(pool, block) : CISTERN_FAULT_LINK;
    if (kind != CISTERN_FAULT_NONE) {
        pool_depot_reject(pool, block, kind);
        return false;
    }
    pool_cached_set_used(block);
    cistern_pool_remember(pool, block, CISTERN_POOL_GET, at);
    return true;
}

/* Puts `n` blocks into the owner's cache; false if that does not take them. */
static inline bool pool_cache_put(cistern_pool_t *pool, pool_cache_t *cache, void *const *blocks,
                                  size_t n)
{
    const size_t end = pool_cache_end(cache);
    if (!pool_cache_takes(cache, end, n)) {
        return false;
    }
    memcpy(&cache->item[end], blocks, n * sizeof *blocks);
    if (!pool_cache_raise(cache, end, n)) {
        (void)pool_depot_settle(pool);
    }
    return true;
}

#endif
