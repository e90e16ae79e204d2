/* pool_cached.c - pools with a cache per thread.
 *
 *   work   | store: mutex, n, failures, ... | cache 0 | cache 1 | ... | stack of n free blocks |
 *   cache  | busy | closed | n | item 0 .. item 511 |     last in, first out
 *
 * Vocabulary: the store is the part that threads share, behind its mutex; a cache belongs to the
 * thread of that number, its owner; a thief is a thread that takes from other threads' caches; to
 * flush moves blocks from a cache to the store, to refill the other way.
 *
 * Invariants:
 *   (I12) every free block stands once, in the store's stack or in one cache
 *   (I13) a cache is touched by its owner while `busy` and not `closed`, or with the mutex held: by
 *         its owner, or by a thief that closed it and saw it not busy afterwards. The owner's light
 *         fence and the thief's heavy one make sure that one of them sees the other
 *   (I14) caches are closed only by the holder of the mutex, and open again when it lets go. So get
 *         answers "empty" at a moment at which all caches are closed and nothing is in any of them
 *   (I15) a state changes with the block outside the lock: a put that races with another put of the
 *         same block is seen when the block comes out for the second time
 *
 * The owner's way costs no locked instruction: one is about as dear as all the rest together.
 */
#include "pool_core.h"
#include "pool_extras.h"
#include "pool_threads.h"

#if POOL_THREADS

#    include <stdatomic.h>

#    include "registry.h"

/* Blocks that a refill or a flush moves: half a cache, so that neither is followed by the other. */
#    define BATCH (CISTERN_POOL_CACHE_ENTRIES / 2U)

typedef struct cache {
    _Alignas(64) atomic_bool busy;
    atomic_bool closed;
    atomic_size_t n;
    void *item[CISTERN_POOL_CACHE_ENTRIES];
} cache_t;

typedef struct store {
    cistern_port_mutex_t mutex;
    size_t count;    /* of the pool: what the stack has room for */
    size_t n;        /* blocks on the stack */
    size_t failures; /* gets that found every block in use */
    size_t min_free;
    void **stack;
    size_t threads;
    cache_t cache[];
} store_t;

_Static_assert(sizeof(cache_t) <= CISTERN_POOL_CACHE_BYTES, "cache does not fit");
_Static_assert(sizeof(store_t) <= 512, "store does not fit");

static inline store_t *store_of(const cistern_pool_t *pool)
{
    return pool->extras->work;
}

/* --- states, which threads read and write at once -------------------------------------------- */

#    if CISTERN_CHECK >= 1

static inline bool state_is_shared(const cistern_pool_t *pool, const void *block, unsigned state)
{
    const size_t index = index_of(pool, block);
    return index < pool->count && cistern_port_byte_load(&pool->states[index]) == state;
}

static inline void state_set_shared(const cistern_pool_t *pool, const void *block, unsigned state)
{
    cistern_port_byte_store(&pool->states[index_of(pool, block)], (unsigned char)state);
}

#    else

static inline bool state_is_shared(const cistern_pool_t *pool, const void *block, unsigned state)
{
    (void)pool;
    (void)block;
    (void)state;
    return true;
}

static inline void state_set_shared(const cistern_pool_t *pool, const void *block, unsigned state)
{
    (void)pool;
    (void)block;
    (void)state;
}

#    endif

/* --- an owner and its cache ------------------------------------------------------------------ */

static inline cache_t *own_cache(store_t *store)
{
    const uint32_t slot = cistern_port_thread_slot();
    return (slot < store->threads) ? &store->cache[slot] : NULL;
}

static inline void leave(cache_t *cache)
{
    atomic_store_explicit(&cache->busy, false, memory_order_release);
}

/* Begins to use one's own cache; false when a thief has it (I13). */
static inline bool enter(cache_t *cache)
{
    atomic_store_explicit(&cache->busy, true, memory_order_relaxed);
    cistern_port_fence_light();
    if (atomic_load_explicit(&cache->closed, memory_order_acquire)) {
        leave(cache);
        return false;
    }
    return true;
}

static inline size_t size_of(const cache_t *cache)
{
    return atomic_load_explicit(&cache->n, memory_order_relaxed);
}

static inline void resize(cache_t *cache, size_t n)
{
    atomic_store_explicit(&cache->n, n, memory_order_relaxed);
}

/* --- the store: everything below is called with its mutex held ------------------------------- */

static void lock(store_t *store)
{
    cistern_port_mutex_lock(&store->mutex);
}

static void unlock(store_t *store)
{
    cistern_port_mutex_unlock(&store->mutex);
}

/* Moves the last `n` blocks of a cache to the store, which has room for all but a block that is
 * there twice (I15). */
static void flush(store_t *store, cache_t *cache, size_t wanted)
{
    const size_t room = store->count - store->n;
    const size_t n = (wanted < room) ? wanted : room;
    const size_t left = size_of(cache) - n;
    memcpy(&store->stack[store->n], &cache->item[left], n * sizeof(void *));
    store->n += n;
    resize(cache, left);
}

/* Moves up to `n` blocks from the store to an empty cache. */
static void refill(store_t *store, cache_t *cache, size_t n)
{
    const size_t moved = (n < store->n) ? n : store->n;
    store->n -= moved;
    memcpy(cache->item, &store->stack[store->n], moved * sizeof(void *));
    resize(cache, moved);
}

/* Closes every cache, and returns when no owner is inside one (I14). An owner is inside for a few
 * instructions, unless the system runs another thread meanwhile. */
static void close_all(store_t *store)
{
    for (size_t i = 0; i < store->threads; ++i) {
        atomic_store_explicit(&store->cache[i].closed, true, memory_order_relaxed);
    }
    cistern_port_fence_heavy();
    for (size_t i = 0; i < store->threads; ++i) {
        while (atomic_load_explicit(&store->cache[i].busy, memory_order_acquire)) {
            cistern_port_yield();
        }
    }
}

static void open_all(store_t *store)
{
    for (size_t i = 0; i < store->threads; ++i) {
        atomic_store_explicit(&store->cache[i].closed, false, memory_order_release);
    }
}

/* Takes what all caches hold into the store. */
static void gather(store_t *store)
{
    close_all(store);
    for (size_t i = 0; i < store->threads; ++i) {
        flush(store, &store->cache[i], size_of(&store->cache[i]));
    }
    open_all(store);
}

/* Free blocks as far as they can be counted without closing the caches. */
static void note_low_water(store_t *store)
{
    size_t free = store->n;
    for (size_t i = 0; i < store->threads; ++i) {
        free += size_of(&store->cache[i]);
    }
    if (free < store->min_free) {
        store->min_free = free;
    }
}

/* --- get ------------------------------------------------------------------------------------- */

/* A block from the store, by way of the thread's cache if it has one; NULL if there is none at all.
 * When blocks had to be taken from other threads, little is kept, or they would take it back. */
static void *get_from_store(store_t *store)
{
    void *block = NULL;
    size_t batch = BATCH;
    lock(store);
    cache_t *const cache = own_cache(store);
    if (store->n == 0) {
        gather(store);
        batch = store->n / (store->threads + 1U);
    }
    if (store->n > 0) {
        block = store->stack[--store->n];
        note_low_water(store);
    } else {
        ++store->failures;
        store->min_free = 0;
    }
    if (cache != NULL && size_of(cache) == 0) {
        refill(store, cache, batch);
    }
    unlock(store);
    return block;
}

static inline void *get_any(store_t *store)
{
    cache_t *const cache = own_cache(store);
    if (cache != NULL && enter(cache)) {
        const size_t n = size_of(cache);
        if (n > 0) {
            void *const block = cache->item[n - 1U];
            resize(cache, n - 1U);
            leave(cache);
            return block;
        }
        leave(cache);
    }
    return get_from_store(store);
}

/* --- put ------------------------------------------------------------------------------------- */

static void put_to_store(store_t *store, void *block)
{
    lock(store);
    cache_t *const cache = own_cache(store);
    if (cache != NULL && size_of(cache) == CISTERN_POOL_CACHE_ENTRIES) {
        flush(store, cache, BATCH);
    }
    if (store->n < store->count) {
        store->stack[store->n++] = block;
    }
    unlock(store);
}

static inline void put_any(store_t *store, void *block)
{
    cache_t *const cache = own_cache(store);
    if (cache != NULL && enter(cache)) {
        const size_t n = size_of(cache);
        if (n < CISTERN_POOL_CACHE_ENTRIES) {
            cache->item[n] = block;
            resize(cache, n + 1U);
            leave(cache);
            return;
        }
        leave(cache);
    }
    put_to_store(store, block);
}

/* --- the strategy ---------------------------------------------------------------------------- */

/* Marks a block that came out as used; false if it was so already (I15). */
static inline bool mark_used(const cistern_pool_t *pool, void *block)
{
    const bool was_free = state_is_shared(pool, block, BLOCK_FREE);
    state_set_shared(pool, block, BLOCK_USED);
    return was_free;
}

static void *get_refused(const cistern_pool_t *pool, store_t *store, void *block,
                         cistern_fault_kind_t kind)
{
    if (kind != CISTERN_FAULT_DOUBLE_FREE) {
        trail_set_free(pool, block);
        trail_repair_guards(pool, block);
        put_any(store, block);
    }
    (void)pool_report(pool, kind, block, pool->name);
    return NULL;
}

static inline void *accept(cistern_pool_t *pool, store_t *store, void *block, const char *file,
                           int line)
{
    const cistern_fault_kind_t kind = trail_of_free(pool, block);
    if (kind != CISTERN_FAULT_NONE) {
        return get_refused(pool, store, block, kind);
    }
    if (!mark_used(pool, block)) {
        return get_refused(pool, store, block, CISTERN_FAULT_DOUBLE_FREE);
    }
    trail_note(pool, block, CISTERN_POOL_GET, file, line);
    return block;
}

static void *get(cistern_pool_t *pool, const char *file, int line)
{
    store_t *const store = store_of(pool);
    void *const block = get_any(store);
    return (block != NULL) ? accept(pool, store, block, file, line) : NULL;
}

/* Takes up to `wanted` blocks from the thread's own cache, without looking at them. */
static size_t get_own(store_t *store, void **blocks, size_t wanted)
{
    cache_t *const cache = own_cache(store);
    size_t taken = 0;
    if (cache != NULL && enter(cache)) {
        const size_t n = size_of(cache);
        taken = (wanted < n) ? wanted : n;
        for (size_t i = 0; i < taken; ++i) {
            blocks[i] = cache->item[n - 1U - i];
        }
        resize(cache, n - taken);
        leave(cache);
    }
    return taken;
}

static size_t get_many(cistern_pool_t *pool, void **blocks, size_t wanted, bool privileged,
                       const char *file, int line)
{
    store_t *const store = store_of(pool);
    const size_t own = get_own(store, blocks, wanted);
    size_t got = 0;
    (void)privileged;
    for (size_t i = 0; i < own; ++i) {
        blocks[got] = accept(pool, store, blocks[i], file, line);
        got += (blocks[got] != NULL) ? 1U : 0U;
    }
    while (got < wanted && (blocks[got] = get(pool, file, line)) != NULL) {
        ++got;
    }
    return got;
}

static cistern_error_t put(cistern_pool_t *pool, void *block, bool *was_empty, const char *file,
                           int line)
{
    if (!state_is_shared(pool, block, BLOCK_USED)) {
        return pool_refuse(pool, block);
    }
    const cistern_fault_kind_t kind = trail_guards(pool, block);
    if (kind != CISTERN_FAULT_NONE) {
        trail_repair_guards(pool, block);
        return pool_report(pool, kind, block, pool->name);
    }
    state_set_shared(pool, block, BLOCK_FREE);
    trail_set_free(pool, block);
    trail_note(pool, block, CISTERN_POOL_PUT, file, line);
    *was_empty = false;
    put_any(store_of(pool), block);
    return CISTERN_OK;
}

static size_t put_many(cistern_pool_t *pool, void *const *blocks, size_t count, const char *file,
                       int line)
{
    size_t accepted = 0;
    bool was_empty;
    for (size_t i = 0; i < count; ++i) {
        accepted += (blocks[i] != NULL &&
                     put(pool, blocks[i], &was_empty, file, line) == CISTERN_OK)
                        ? 1U
                        : 0U;
    }
    return accepted;
}

/* --- looking --------------------------------------------------------------------------------- */

/* Locks the store, closes the caches and counts. */
static cistern_critical_t stop(cistern_pool_t *pool)
{
    store_t *const store = store_of(pool);
    lock(store);
    close_all(store);
    note_low_water(store);
    pool->free = store->n;
    for (size_t i = 0; i < store->threads; ++i) {
        pool->free += size_of(&store->cache[i]);
    }
    pool->min_free = store->min_free;
    pool->failures = store->failures;
    return (cistern_critical_t){0};
}

static void go(cistern_pool_t *pool, cistern_critical_t state)
{
    store_t *const store = store_of(pool);
    (void)state;
    open_all(store);
    unlock(store);
}

static bool uses(const cistern_pool_t *pool, const void *block)
{
    return state_is_shared(pool, block, BLOCK_USED);
}

static bool are_free(const cistern_pool_t *pool, void *const *blocks, size_t n)
{
    bool sound = true;
    for (size_t i = 0; sound && i < n; ++i) {
        sound = cistern_pool_owns(pool, blocks[i]) &&
                state_is_shared(pool, blocks[i], BLOCK_FREE) &&
                trail_of_free(pool, blocks[i]) == CISTERN_FAULT_NONE;
    }
    return sound;
}

/* (I12): what the store and the caches hold is free, and as many states say so. */
static bool is_sound(const cistern_pool_t *pool)
{
    const store_t *const store = store_of(pool);
    size_t free_states = 0;
    bool sound = are_free(pool, store->stack, store->n);
    for (size_t i = 0; sound && i < store->threads; ++i) {
        sound = are_free(pool, store->cache[i].item, size_of(&store->cache[i]));
    }
    for (size_t i = 0; i < pool->count; ++i) {
        free_states += state_is_shared(pool, block_at(pool, i), BLOCK_FREE) ? 1U : 0U;
    }
    return sound && (free_states == pool->free || CISTERN_CHECK == 0);
}

static void reset_low_water(cistern_pool_t *pool)
{
    store_of(pool)->min_free = pool->free;
}

/* --- life ------------------------------------------------------------------------------------ */

/* A thread ended: its caches' blocks go to the stores (thread's context). */
static void thread_ended(uint32_t slot)
{
    const cistern_critical_t state = cistern_critical_enter();
    for (cistern_pool_t *pool = cistern_pool_next(NULL); pool != NULL;
         pool = cistern_pool_next(pool)) {
        store_t *const store = (strategy_of(pool) == &strategy_cached) ? store_of(pool) : NULL;
        if (store != NULL && slot < store->threads) {
            lock(store);
            flush(store, &store->cache[slot], size_of(&store->cache[slot]));
            unlock(store);
        }
    }
    cistern_critical_leave(state);
}

static bool fits(const cistern_pool_extras_t *extras, size_t count)
{
    return extras->work != NULL && extras->reserve == 0 && extras->on_low == NULL &&
           extras->on_available == NULL &&
           extras->work_bytes >= CISTERN_POOL_CACHED_BYTES(count, extras->threads);
}

/* Without a heavy fence there are no caches: every thread shares the store. */
static void start(cistern_pool_t *pool)
{
    store_t *const store = store_of(pool);
    const size_t threads = cistern_port_fence_available() ? pool->extras->threads : 0;
    memset(store, 0, sizeof *store + threads * sizeof(cache_t));
    cistern_port_mutex_init(&store->mutex);
    store->threads = threads;
    store->stack = (void **)(void *)&store->cache[threads];
    store->n = pool->count;
    store->count = pool->count;
    store->min_free = pool->count;
    for (size_t i = 0; i < pool->count; ++i) {
        store->stack[i] = block_at(pool, pool->count - 1U - i);
    }
    pool->free_list = NULL;
    cistern_port_on_thread_end(thread_ended);
}

const strategy_t strategy_cached = {
    .fits = fits,
    .start = start,
    .get = get,
    .get_many = get_many,
    .put = put,
    .put_many = put_many,
    .stop = stop,
    .go = go,
    .uses = uses,
    .uses_now = uses,
    .is_sound = is_sound,
    .reset_low_water = reset_low_water,
};

#else

/* A port without threads: init refuses cached pools. */
const strategy_t strategy_cached = {.fits = strategy_never_fits};

#endif
