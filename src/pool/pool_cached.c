/* pool_cached.c - pools with a cache per thread: the strategy, and its short ways. The memory, its
 * invariants (I12) to (I15) and what an owner does with its cache are in pool_store.h, the long
 * ways in pool_store.c, the blocks' states in pool_shared.h.
 */
#include "pool_core.h"
#include "pool_extras.h"
#include "pool_threads.h"

#if POOL_THREADS

#    include "pool_shared.h"
#    include "pool_store.h"
#    include "registry.h"

/* --- get ------------------------------------------------------------------------------------- */

static void *get(cistern_pool_t *pool, const char *file, int line)
{
    cache_t *cache;
    void *block;
    if (!cache_own(store_of(pool), &cache) || !cache_pop(cache, &block)) {
        return store_get(pool, file, line, false);
    }
    return accept(pool, block, file, line) ? block : NULL;
}

/* Takes up to `wanted` blocks from the thread's own cache; fewer if one is damaged. */
static size_t get_own(cistern_pool_t *pool, void **blocks, size_t wanted, const char *file,
                      int line)
{
    cache_t *cache;
    size_t n = cache_own(store_of(pool), &cache) ? cache_pop_many(cache, blocks, wanted) : 0;
    for (size_t i = 0; i < n;) {
        if (accept(pool, blocks[i], file, line)) {
            ++i;
        } else {
            blocks[i] = blocks[--n];
        }
    }
    return n;
}

static size_t get_many(cistern_pool_t *pool, void **blocks, size_t wanted, bool privileged,
                       const char *file, int line)
{
    size_t got = get_own(pool, blocks, wanted, file, line);
    while (got < wanted && (blocks[got] = store_get(pool, file, line, privileged)) != NULL) {
        ++got;
        got += get_own(pool, &blocks[got], wanted - got, file, line);
    }
    return got;
}

/* --- put ------------------------------------------------------------------------------------- */

/* The pool may have been empty: that is not known. */
static cistern_error_t put(cistern_pool_t *pool, void *block, bool *was_empty, const char *file,
                           int line)
{
    (void)was_empty;
    const cistern_fault_kind_t kind = retire_shared(pool, block, file, line);
    if (kind != CISTERN_FAULT_NONE) {
        return put_refused(pool, block, kind);
    }
    cache_t *cache;
    if (!cache_own(store_of(pool), &cache)) {
        return store_put_one(pool, block);
    }
    const size_t end = cache_end(cache);
    if (!cache_takes(cache, end, 1)) {
        return store_put_one(pool, block);
    }
    cache->item[end] = block;
    return cache_raise(cache, end, 1) ? CISTERN_OK : store_tell(pool);
}

/* How many of the first blocks look free now: all but, with *kind, the first that is refused. At
 * level 0 none is looked at. */
static inline size_t retire_many(cistern_pool_t *pool, void *const *blocks, size_t count,
                                 const char *file, int line, cistern_fault_kind_t *kind)
{
    size_t n = (CISTERN_CHECK == 0) ? count : 0;
    while (n < count &&
           (*kind = retire_shared(pool, blocks[n], file, line)) == CISTERN_FAULT_NONE) {
        ++n;
    }
    return n;
}

static size_t put_run(cistern_pool_t *pool, void *const *blocks, size_t count, const char *file,
                      int line)
{
    cistern_fault_kind_t kind = CISTERN_FAULT_NONE;
    const size_t n = retire_many(pool, blocks, count, file, line, &kind);
    cache_t *cache;
    if (!cache_own(store_of(pool), &cache) || !cache_put(pool, cache, blocks, n)) {
        store_put(pool, blocks, n);
    }
    if (kind != CISTERN_FAULT_NONE) {
        (void)put_refused(pool, blocks[n], kind);
    }
    return n;
}

/* --- looking --------------------------------------------------------------------------------- */

static cistern_critical_t stop(cistern_pool_t *pool)
{
    store_stop(pool);
    return (cistern_critical_t){0};
}

static void go(cistern_pool_t *pool, cistern_critical_t state)
{
    (void)state;
    store_go(pool);
}

static bool uses(const cistern_pool_t *pool, const void *block)
{
    return state_is_shared(pool, block, BLOCK_USED);
}

/* (I12): what the store holds is free, and as many states say so. */
static bool is_sound(const cistern_pool_t *pool)
{
    const store_t *const store = store_of(pool);
    size_t free_states = 0;
    bool sound = true;
    for (size_t i = 0; sound && i < store->n; ++i) {
        void *const block = store->stack[i];
        sound = cistern_pool_owns(pool, block) && state_is_shared(pool, block, BLOCK_FREE) &&
                trail_of_free(pool, block) == CISTERN_FAULT_NONE;
    }
    for (size_t i = 0; i < pool->count; ++i) {
        free_states += state_is_shared(pool, block_at(pool, i), BLOCK_FREE) ? 1U : 0U;
    }
    return sound && (free_states == pool->free || CISTERN_CHECK == 0);
}

static void reset_low_water(cistern_pool_t *pool)
{
    pool->min_free = pool->free;
}

/* --- life ------------------------------------------------------------------------------------ */

/* A thread ended: its caches' blocks go to the stores (thread's context). */
static void thread_ended(uint32_t slot)
{
    const cistern_critical_t state = cistern_critical_enter();
    for (cistern_pool_t *pool = cistern_pool_next(NULL); pool != NULL;
         pool = cistern_pool_next(pool)) {
        if (strategy_of(pool) == &strategy_cached) {
            store_thread_ended(pool, slot);
        }
    }
    cistern_critical_leave(state);
}

static bool fits(const cistern_pool_extras_t *extras, size_t count)
{
    return extras->work != NULL &&
           extras->work_bytes >= CISTERN_POOL_CACHED_BYTES(count, extras->threads);
}

static void prepare(cistern_pool_t *pool)
{
    store_prepare(pool);
    cistern_port_on_thread_end(thread_ended);
    pool_watch_forks();
}

static void fill(cistern_pool_t *pool)
{
    store_fill(pool);
    pool->free_list = NULL;
}

const strategy_t strategy_cached = {
    .fits = fits,
    .prepare = prepare,
    .fill = fill,
    .get = get,
    .get_many = get_many,
    .put = put,
    .put_run = put_run,
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
