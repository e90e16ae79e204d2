/* pool_extras.h - how a pool is shared, and what it does beside handing out blocks.
 *
 *   cistern_pool_get --+-- no extras ---------------> the port's critical section, pool.c
 *                      +-- CRITICAL, UNLOCKED, MUTEX -> pool_locked.c
 *                      +-- LOCK_FREE ----------------> pool_lockfree.c
 *                      +-- CACHED -------------------> pool_cached.c, pool_store.c
 *
 * Lock-free and unlocked pools have no waiting; the others have.
 *
 * With CISTERN_POOL_EXTRAS 0 every pool is plain and the rest is not compiled.
 */
#ifndef CISTERN_SRC_POOL_EXTRAS_H
#define CISTERN_SRC_POOL_EXTRAS_H

#include "cistern/critical.h"
#include "cistern/pool.h"

struct cistern_pool_extras;

/* One way of sharing a pool. Blocks are checked, faults reported and trails kept by each. */
typedef struct cistern_pool_way {
    /* Whether `extras` is complete for `count` blocks. */
    bool (*fits)(const struct cistern_pool_extras *extras, size_t count);
    /* Makes what the strategy needs, once. */
    void (*prepare)(cistern_pool_t *pool);
    /* Before use, or while stopped: takes it that every block is free, as the pool's fields and free
     * list say, and serves who waits. */
    void (*fill)(cistern_pool_t *pool);
    void *(*get)(cistern_pool_t *pool, const char *file, int line);
    size_t (*get_many)(cistern_pool_t *pool, void **blocks, size_t wanted, bool privileged,
                       const char *file, int line);
    /* Where was_empty is not NULL, it is false, and becomes true iff no block was free before; but
     * a cached pool does not know. */
    cistern_error_t (*put)(cistern_pool_t *pool, void *block, bool *was_empty, const char *file,
                           int line);
    /* Gives blocks back up to the first NULL, or the first that is refused, which is then reported.
     * Returns how many were accepted. */
    size_t (*put_run)(cistern_pool_t *pool, void *const *blocks, size_t count, const char *file,
                      int line);
    /* Brings `free`, `min_free` and `failures` up to date and leaves the pool locked. */
    cistern_critical_t (*stop)(cistern_pool_t *pool);
    void (*go)(cistern_pool_t *pool, cistern_critical_t state);
    /* Whether a block is in use: while the pool is stopped, and at any time. */
    bool (*uses)(const cistern_pool_t *pool, const void *block);
    bool (*uses_now)(const cistern_pool_t *pool, const void *block);
    /* While stopped: whether free blocks are where they should be. */
    bool (*is_sound)(const cistern_pool_t *pool);
    void (*reset_low_water)(cistern_pool_t *pool);
} strategy_t;

extern const strategy_t strategy_locked;
extern const strategy_t strategy_lock_free;
extern const strategy_t strategy_cached;

/* The `fits` of a strategy that this port cannot have. */
static inline bool strategy_never_fits(const struct cistern_pool_extras *extras, size_t count)
{
    (void)extras;
    (void)count;
    return false;
}

/* The free list and the states of a pool whose blocks are kept there. */
bool pool_list_is_sound(const cistern_pool_t *pool);

/* Hands a block to the thread that has waited longest and returns true; false if none waits, or the
 * block belongs to the reserve. While the pool is stopped. */
bool pool_hand_over(cistern_pool_t *pool, void *block);

/* Blocks in use: of a plain pool inside its critical section, of a lock-free pool at any time. */
#if CISTERN_MEMP_LOCK_FREE

size_t pool_lock_free_used(const cistern_pool_t *pool);

/* The most blocks that were in use at once. Every get that has returned is seen in it. */
size_t pool_lock_free_most_used(const cistern_pool_t *pool);

static inline size_t pool_used(const cistern_pool_t *pool)
{
    return pool_lock_free_used(pool);
}

#else

static inline size_t pool_used(const cistern_pool_t *pool)
{
    return pool->count - pool->free;
}

#endif

#if CISTERN_POOL_EXTRAS

static inline bool is_plain(const cistern_pool_t *pool)
{
    return pool->extras == NULL;
}

/* How a pool is shared; NULL for a number that is no strategy. */
static inline const strategy_t *strategy_named(cistern_pool_strategy_t name)
{
    static const strategy_t *const strategies[] = {
        [CISTERN_POOL_CRITICAL] = &strategy_locked, [CISTERN_POOL_UNLOCKED] = &strategy_locked,
        [CISTERN_POOL_MUTEX] = &strategy_locked,    [CISTERN_POOL_LOCK_FREE] = &strategy_lock_free,
        [CISTERN_POOL_CACHED] = &strategy_cached,
    };
    return ((unsigned)name <= CISTERN_POOL_CACHED) ? strategies[name] : NULL;
}

static inline const strategy_t *strategy_of(const cistern_pool_t *pool)
{
    return is_plain(pool) ? &strategy_locked : pool->extras->way;
}

static inline bool extras_fit(const cistern_pool_config_t *config)
{
    const cistern_pool_extras_t *const extras = config->extras;
    if (extras == NULL) {
        return true;
    }
    const strategy_t *const strategy = strategy_named(extras->strategy);
    return strategy != NULL && (uintptr_t)extras->work % 64U == 0 &&
           strategy->fits(extras, config->count);
}

static inline void extras_attach(cistern_pool_t *pool, const cistern_pool_config_t *config)
{
    pool->extras = config->extras;
    if (pool->extras != NULL) {
        pool->extras->way = strategy_named(pool->extras->strategy);
        pool->extras->waiters = NULL;
        pool->extras->way->prepare(pool);
    }
}

static inline void extras_fill(cistern_pool_t *pool)
{
    strategy_of(pool)->fill(pool);
}

/* Blocks that only a privileged get takes. */
static inline size_t extras_reserve(const cistern_pool_t *pool)
{
    return is_plain(pool) ? 0 : pool->extras->reserve;
}

/* After a get: tells who wants to know that `before` free blocks became `now`. */
static inline void extras_announce_fall(cistern_pool_t *pool, size_t before, size_t now)
{
    const cistern_pool_extras_t *const extras = pool->extras;
    if (extras != NULL && extras->on_low != NULL && before > extras->low_water &&
        now <= extras->low_water) {
        extras->on_low(pool, extras->argument);
    }
}

/* After a put to an empty pool: tells who wants to know, and the caller if was_empty is not NULL.
 */
static inline void extras_announce_available(cistern_pool_t *pool, bool *was_empty)
{
    const cistern_pool_extras_t *const extras = pool->extras;
    if (was_empty != NULL) {
        *was_empty = true;
    }
    if (extras != NULL && extras->on_available != NULL) {
        extras->on_available(pool, extras->argument);
    }
}

#else

static inline bool is_plain(const cistern_pool_t *pool)
{
    (void)pool;
    return true;
}

static inline const strategy_t *strategy_of(const cistern_pool_t *pool)
{
    (void)pool;
    return &strategy_locked;
}

static inline bool extras_fit(const cistern_pool_config_t *config)
{
    (void)config;
    return true;
}

static inline void extras_attach(cistern_pool_t *pool, const cistern_pool_config_t *config)
{
    (void)pool;
    (void)config;
}

static inline void extras_fill(cistern_pool_t *pool)
{
    (void)pool;
}

static inline size_t extras_reserve(const cistern_pool_t *pool)
{
    (void)pool;
    return 0;
}

static inline void extras_announce_fall(const cistern_pool_t *pool, size_t before, size_t now)
{
    (void)pool;
    (void)before;
    (void)now;
}

static inline void extras_announce_available(const cistern_pool_t *pool, bool *was_empty)
{
    (void)pool;
    if (was_empty != NULL) {
        *was_empty = true;
    }
}

#endif

#endif
