/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_locked.c - pools behind a lock: the port's critical section, none, or a mutex of their own;
 * with a reserve, notices, and threads that wait for a block.
 *
 *   cistern_pool_section  --> enter, leave of the port ----+
 *   cistern_pool_unlocked --> nothing ---------------------+--> the free list of pool.c
 *   cistern_pool_mutex    --> the mutex in `work` ---------+
 *
 * Vocabulary: the reserve is the number of free blocks that only a privileged get takes; a waiter
 * is a thread inside cistern_pool_get_wait (pool_wait.c).
 *
 * Invariants, besides those of pool.c:
 *   (I9) while a thread waits, no more blocks are free than the reserve: a block put beyond it goes
 *        straight to the longest waiter and never becomes free
 */
#include "cistern/trace.h"
#include "pool_guard.h"
#include "pool_threads.h"

#if CISTERN_POOL_EXTRAS

/* --- locks ------------------------------------------------------------------------------------ */

static cistern_critical_t pool_section_stop(cistern_pool_t *pool)
{
    (void)pool;
    return cistern_critical_enter();
}

static void pool_section_go(cistern_pool_t *pool, cistern_critical_t state)
{
    (void)pool;
    cistern_critical_leave(state);
}

static cistern_critical_t pool_unlocked_stop(cistern_pool_t *pool)
{
    (void)pool;
    return (cistern_critical_t){0};
}

static void pool_unlocked_go(cistern_pool_t *pool, cistern_critical_t state)
{
    (void)pool;
    (void)state;
}

/* --- get -------------------------------------------------------------------------------------- */

static size_t pool_locked_get_bulk(cistern_pool_t *pool, void **blocks, size_t wanted,
                                   bool privileged, const cistern_pool_place_t *at)
{
    cistern_pool_finding_t finding = {CISTERN_FAULT_NONE, NULL};
    size_t got = 0;
    const cistern_critical_t state = (pool_strategy(pool)->stop)(pool);
    const size_t kept = privileged ? 0 : pool_reserve(pool);
    const size_t before = pool->free;
    while (got < wanted && pool->free > kept &&
           (blocks[got] = cistern_pool_take(pool, &finding)) != NULL) {
        cistern_pool_remember(pool, blocks[got], CISTERN_POOL_GET, at);
        ++got;
    }
    if (got < wanted && finding.kind == CISTERN_FAULT_NONE) {
        pool_count_failure(pool);
    }
    const size_t now = pool->free;
    CISTERN_ASSERT(got <= wanted && now <= before); /* (I2) */
    (pool_strategy(pool)->go)(pool, state);
    (void)cistern_pool_report(pool, &finding);
    pool_announce_fall(pool, before, now);
    return got;
}

static void *pool_locked_get(cistern_pool_t *pool, const cistern_pool_place_t *at)
{
    void *block = NULL;
    return (pool_locked_get_bulk(pool, &block, 1, false, at) == 1) ? block : NULL;
}

/* --- put -------------------------------------------------------------------------------------- */

/* Hands free blocks to those who wait, under the lock (I9). */
static void pool_locked_serve(cistern_pool_t *pool)
{
    cistern_pool_finding_t finding = {CISTERN_FAULT_NONE, NULL};
    pool_waiter_t *waiter;
    while ((waiter = pool_next_waiter(pool)) != NULL) {
        void *const block = cistern_pool_take(pool, &finding);
        if (block != NULL) {
            cistern_pool_remember(pool, block, CISTERN_POOL_GET, NULL);
        }
        waiter->accept(waiter, block);
    }
    CISTERN_ASSERT(pool->extras->waiters == NULL || pool->free <= pool_reserve(pool)); /* (I9) */
}

/* Gives one block back under the lock; *was_empty becomes true if the pool had none before, and has
 * one now. */
static bool pool_locked_give(cistern_pool_t *pool, void *block, bool *was_empty,
                             cistern_pool_finding_t *finding, const cistern_pool_place_t *at)
{
    const bool had_none = pool->free == 0;
    if (!cistern_pool_give(pool, block, finding)) {
        return false;
    }
    cistern_pool_remember(pool, block, CISTERN_POOL_PUT, at);
    pool_locked_serve(pool);
    CISTERN_ASSERT(pool->free <= pool->count && pool->min_free <= pool->free); /* (I2) */
    *was_empty |= had_none && pool->free > 0;
    return true;
}

static cistern_error_t pool_locked_put(cistern_pool_t *pool, void *block, bool *was_empty,
                                       const cistern_pool_place_t *at)
{
    cistern_pool_finding_t finding;
    bool had_none = false;
    const cistern_critical_t state = (pool_strategy(pool)->stop)(pool);
    const bool given = pool_locked_give(pool, block, &had_none, &finding, at);
    CISTERN_ASSERT(given || !had_none);
    (pool_strategy(pool)->go)(pool, state);
    const cistern_error_t error = cistern_pool_report(pool, &finding);
    if (had_none) {
        pool_announce_available(pool, was_empty);
    }
    return given ? CISTERN_OK : error;
}

/* Under one lock, up to the first that is refused. Of accepted blocks with damaged guards one is
 * reported. */
static size_t pool_locked_put_run(cistern_pool_t *pool, void *const *blocks, size_t count,
                                  const cistern_pool_place_t *at)
{
    cistern_pool_finding_t finding = {CISTERN_FAULT_NONE, NULL};
    cistern_pool_finding_t accepted = finding;
    bool was_empty = false;
    size_t given = 0;
    const cistern_critical_t state = (pool_strategy(pool)->stop)(pool);
    while (given < count && blocks[given] != NULL &&
           pool_locked_give(pool, blocks[given], &was_empty, &finding, at)) {
        accepted = (finding.kind != CISTERN_FAULT_NONE) ? finding : accepted;
        finding.kind = CISTERN_FAULT_NONE;
        ++given;
    }
    CISTERN_ASSERT(given <= count);
    (pool_strategy(pool)->go)(pool, state);
    if (was_empty) {
        pool_announce_available(pool, NULL);
    }
    (void)cistern_pool_report(pool, &accepted);
    (void)cistern_pool_report(pool, &finding);
    return given;
}

/* --- inspection ------------------------------------------------------------------------------- */

static bool pool_locked_uses(const cistern_pool_t *pool, const void *block)
{
    return pool_judge(pool, block) == CISTERN_FAULT_NONE;
}

static bool pool_locked_uses_now(const cistern_pool_t *pool, const void *block)
{
    const cistern_critical_t state = pool_stop(pool);
    const bool used = pool_locked_uses(pool, block);
    pool_go(pool, state);
    return used;
}

static void pool_locked_reset(cistern_pool_t *pool)
{
    (void)pool;
}

/* --- life ------------------------------------------------------------------------------------- */

static bool pool_locked_fits(const cistern_pool_extras_t *extras, size_t count)
{
    (void)extras;
    (void)count;
    return true;
}

static void pool_locked_prepare(cistern_pool_t *pool)
{
    (void)pool;
    pool_watch_forks();
}

#    define POOL_LOCKED_FUNCTIONS                                                                  \
        .fill = pool_locked_serve, .get = pool_locked_get, .get_bulk = pool_locked_get_bulk,       \
        .put = pool_locked_put, .put_run = pool_locked_put_run, .uses = pool_locked_uses,          \
        .uses_now = pool_locked_uses_now, .is_whole = pool_list_is_whole,                          \
        .reset_low_water = pool_locked_reset, .has_keys = true

const struct cistern_pool_strategy cistern_pool_section = {
    .fits = pool_locked_fits,
    .prepare = pool_locked_prepare,
    .stop = pool_section_stop,
    .go = pool_section_go,
    .can_wait = true,
    POOL_LOCKED_FUNCTIONS,
};

const struct cistern_pool_strategy cistern_pool_unlocked = {
    .fits = pool_locked_fits,
    .prepare = pool_locked_prepare,
    .stop = pool_unlocked_stop,
    .go = pool_unlocked_go,
    POOL_LOCKED_FUNCTIONS,
};

/* --- a mutex of the pool's own ---------------------------------------------------------------- */

#    if POOL_THREADS

_Static_assert(sizeof(cistern_port_mutex_t) <= CISTERN_POOL_MUTEX_BYTES, "mutex does not fit");

static cistern_critical_t pool_mutex_stop(cistern_pool_t *pool)
{
    cistern_port_mutex_lock(pool->extras->work);
    return (cistern_critical_t){0};
}

static void pool_mutex_go(cistern_pool_t *pool, cistern_critical_t state)
{
    (void)state;
    cistern_port_mutex_unlock(pool->extras->work);
}

static bool pool_mutex_fits(const cistern_pool_extras_t *extras, size_t count)
{
    (void)count;
    return extras->work != NULL && extras->work_bytes >= CISTERN_POOL_MUTEX_BYTES;
}

static void pool_mutex_prepare(cistern_pool_t *pool)
{
    CISTERN_ASSERT((uintptr_t)pool->extras->work % 64U == 0);
    cistern_port_mutex_init(pool->extras->work);
    pool_watch_forks();
}

const struct cistern_pool_strategy cistern_pool_mutex = {
    .fits = pool_mutex_fits,
    .prepare = pool_mutex_prepare,
    .stop = pool_mutex_stop,
    .go = pool_mutex_go,
    .can_wait = true,
    .has_own_lock = true,
    POOL_LOCKED_FUNCTIONS,
};

#    else

/* A port without threads: init refuses these pools. */
const struct cistern_pool_strategy cistern_pool_mutex = {.fits = pool_never_fits};

#    endif

void *cistern_pool_get_privileged(cistern_pool_t *pool)
{
    void *block = NULL;
    if (pool == NULL) {
        return NULL;
    }
    if (pool_is_plain(pool)) {
        return cistern_pool_get(pool);
    }
    const size_t got = pool_strategy(pool)->get_bulk(pool, &block, 1, true, NULL);
    void *const taken = (got == 1) ? block : NULL;
    CISTERN_TRACE_ON_GET(pool, taken);
    return taken;
}

#endif
