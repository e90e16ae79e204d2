/* pool_store.h - where a cached pool keeps its free blocks: a cache per thread and a store for all.
 *
 *   work   | store: mutex, n, ... | cache 0 | cache 1 | ... | stack of n free blocks |
 *   cache  | end | floor | watch | item 1 .. item 508 |     last in, first out
 *                                       ^ floor     ^ end
 *
 * Vocabulary: a cache belongs to the thread of that number, its owner; a thief is a thread that
 * takes from all caches, which it closes before; to flush moves blocks from a cache to the store,
 * to refill the other way.
 *
 * Invariants:
 *   (I12) every free block stands once: in the store's stack, or in one cache from `floor` to `end`
 *   (I13) `end` is written by the owner alone, `floor` with the mutex held. An owner lowers `end`
 * before it looks at `floor`, and a thief raises `floor` before it looks at `end`; the owner's
 * light fence and the thief's heavy one make sure that one of them sees the other. So an item is
 * taken by one of them, and a thief waits for nobody (I14) a closed cache's floor is above every
 * end: no block comes out of it, and who puts one in sees that it is closed and tells the store.
 * `closed` says so of all caches; it is set when a thread is told "empty", so nothing is in any
 * cache then but blocks of puts under way (I15) while `closed` lasts beyond the mutex (see
 * pool_store.c) every get and put takes the mutex
 *
 * The owner's way has no locked instruction and one fence that costs nothing.
 */
#ifndef CISTERN_SRC_POOL_STORE_H
#define CISTERN_SRC_POOL_STORE_H

#include <stdatomic.h>
#include <string.h>

#include "pool_core.h"
#include "pool_threads.h"

/* Items are counted from 1, so that the end of an empty cache can be lowered. */
#define CACHE_FIRST  ((size_t)1)
#define CACHE_LAST   ((size_t)CISTERN_POOL_CACHE_ENTRIES)
#define CACHE_CLOSED (SIZE_MAX / 2U + 1U) /* a bit of floor and watch */

typedef struct cache {
    _Alignas(64) atomic_size_t end;
    atomic_size_t floor;
    atomic_size_t watch; /* the lowest `end` at which a put found the cache since this was set */
    void *item[1U + CISTERN_POOL_CACHE_ENTRIES];
} cache_t;

typedef struct store {
    cistern_port_mutex_t mutex;
    bool closed;
    size_t n; /* blocks on the stack */
    void **stack;
    size_t threads;
    cache_t cache[];
} store_t;

_Static_assert(sizeof(cache_t) == CISTERN_POOL_CACHE_BYTES, "cache has another size");
_Static_assert(sizeof(store_t) <= 512, "store does not fit");

static inline store_t *store_of(const cistern_pool_t *pool)
{
    return pool->extras->work;
}

/* --- an owner and its cache: no call, no lock ------------------------------------------------ */

/* Finds the calling thread's cache; false if it has none, or calls for the first time. The address
 * is computed in integers: as an element of an array it would be so again for each item. */
static inline bool cache_own(store_t *store, cache_t **cache)
{
    const uintptr_t slot = cistern_port_thread_slot_if_any();
    *cache = (cache_t *)((uintptr_t)store->cache + slot * sizeof(cache_t));
    return slot < store->threads;
}

static inline size_t cache_end(const cache_t *cache)
{
    return atomic_load_explicit(&cache->end, memory_order_relaxed);
}

/* Moves the end down by `n`, unless that is below the floor (I13). */
static inline bool cache_lower(cache_t *cache, size_t end, size_t n)
{
    atomic_store_explicit(&cache->end, end - n, memory_order_release);
    cistern_port_fence_light();
    if (end - n < atomic_load_explicit(&cache->floor, memory_order_acquire)) {
        atomic_store_explicit(&cache->end, end, memory_order_release);
        return false;
    }
    return true;
}

/* Takes the last item; false if there is none, or the cache is closed. */
static inline bool cache_pop(cache_t *cache, void **block)
{
    const size_t end = cache_end(cache);
    if (!cache_lower(cache, end, 1)) {
        return false;
    }
    *block = cache->item[end - 1U];
    return true;
}

/* Takes up to `wanted` of the last items and returns how many. */
static inline size_t cache_pop_many(cache_t *cache, void **blocks, size_t wanted)
{
    const size_t end = cache_end(cache);
    const size_t floor = atomic_load_explicit(&cache->floor, memory_order_relaxed);
    const size_t held = (end > floor) ? end - floor : 0;
    const size_t n = (wanted < held) ? wanted : held;
    if (n == 0 || !cache_lower(cache, end, n)) {
        return 0;
    }
    memcpy(blocks, &cache->item[end - n], n * sizeof *blocks);
    return n;
}

/* Whether `n` items can be put in after `end` others without a word to the store: there is room,
 * the cache is open, and it is not lower than it ever was since the watch was set. */
static inline bool cache_takes(const cache_t *cache, size_t end, size_t n)
{
    return end + n <= CACHE_LAST + 1U &&
           end >= atomic_load_explicit(&cache->watch, memory_order_relaxed);
}

/* Ends a put; false if the cache was closed meanwhile, which the store has to be told (I14). */
static inline bool cache_raise(cache_t *cache, size_t end, size_t n)
{
    atomic_store_explicit(&cache->end, end + n, memory_order_release);
    cistern_port_fence_light();
    return end >= atomic_load_explicit(&cache->watch, memory_order_acquire);
}

/* --- the store: threads only; each call takes the mutex -------------------------------------- */

/* Makes store and caches, empty. Without a heavy fence there are no caches: every thread shares the
 * store. The one call that takes no mutex. */
void store_prepare(cistern_pool_t *pool);

/* Makes every block free, in the store, and serves who waits. Before use, or while stopped: caches
 * are empty then. */
void store_fill(cistern_pool_t *pool);

/* Takes a block wherever there is one, and refills the thread's cache. NULL, counted, iff there is
 * none but those that the reserve keeps from who is not privileged; and after a fault, if the block
 * is damaged. Linear in the number of threads when the store is empty. */
void *store_get(cistern_pool_t *pool, const char *file, int line, bool privileged);

/* Gives `n` blocks to the thread's cache, after a flush if it is full, or to the store. */
void store_put(cistern_pool_t *pool, void *const *blocks, size_t n);

/* The same for one; returns CISTERN_OK, so that a put can end with it. */
cistern_error_t store_put_one(cistern_pool_t *pool, void *block);

/* Tells the store of a put into a cache that was closed meanwhile. Returns CISTERN_OK. */
cistern_error_t store_tell(cistern_pool_t *pool);

/* Closes the caches, takes what they hold into the store, brings the pool's numbers up to date and
 * leaves the mutex locked. */
void store_stop(cistern_pool_t *pool);
void store_go(cistern_pool_t *pool);

/* Takes what the calling thread's cache holds into the store; the thread's number was `slot`. */
void store_thread_ended(cistern_pool_t *pool, uint32_t slot);

/* Puts `n` blocks into the owner's cache; false if that does not take them. */
static inline bool cache_put(cistern_pool_t *pool, cache_t *cache, void *const *blocks, size_t n)
{
    const size_t end = cache_end(cache);
    if (!cache_takes(cache, end, n)) {
        return false;
    }
    memcpy(&cache->item[end], blocks, n * sizeof *blocks);
    if (!cache_raise(cache, end, n)) {
        (void)store_tell(pool);
    }
    return true;
}

#endif
