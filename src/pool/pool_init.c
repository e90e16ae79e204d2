/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_init.c - makes pools. Vocabulary and invariants (I1) to (I7) are in pool.c.
 *
 *   cistern_pool_init     every block is linked:   free_list --> 0 --> 1 --> ... --> n-1 --> NULL
 *   CISTERN_POOL_DEFINE   no block was touched:    free_list --> NULL, touched 0, free n
 */
#include "pool_init.h"

/* --- life ------------------------------------------------------------------------------------- */

#if CISTERN_CHECK >= 1
static void pool_end_quarantine(cistern_pool_t *pool)
{
    pool->quarantined = 0;
}
#else
static void pool_end_quarantine(cistern_pool_t *pool)
{
    (void)pool;
}
#endif

static void pool_link_all(cistern_pool_t *pool)
{
    pool->touched = pool->count;
    pool_end_quarantine(pool);
    const size_t stride = pool_stride(pool);
    uintptr_t block = pool->base + pool->count * stride;
    pool->free_list = NULL;
    while (block != pool->base) {
        block -= stride;
        pool_write_poison(pool, (void *)block);
        pool_write_guards(pool, (void *)block);
        pool_link_block(pool, (void *)block);
    }
    pool->free = pool->count;
    pool->min_free = pool->count;
    CISTERN_ASSERT(!pool_strategy_has_keys(pool) || pool_list_is_whole(pool)); /* (I1), (I3) */
}

static void pool_forget_all(const cistern_pool_t *pool)
{
    for (size_t i = 0; CISTERN_CHECK >= 3 && i < pool->count; ++i) {
        pool_forget(pool, pool_block_at(pool, i));
    }
}

void cistern_pool_start(cistern_pool_t *pool)
{
    pool_forget_all(pool);
    pool_link_all(pool);
}

cistern_error_t cistern_pool_init(cistern_pool_t *pool, const cistern_pool_config_t *config)
{
    return pool_prepare(pool, config);
}

#if CISTERN_POOL_EXTRAS

/* True if no block is free of a pool that is stopped. */
static bool pool_is_empty(const cistern_pool_t *pool)
{
    cistern_pool_stats_t stats = {.free = pool->free};
    if (!pool_is_plain(pool) && pool_strategy(pool)->numbers != NULL) {
        pool_strategy(pool)->numbers(pool, &stats);
    }
    return stats.free == 0;
}

#else

static bool pool_is_empty(const cistern_pool_t *pool)
{
    return pool->free == 0;
}

#endif

cistern_error_t cistern_pool_clear(cistern_pool_t *pool)
{
    if (pool == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const cistern_critical_t state = pool_stop(pool);
    const bool was_empty = pool_is_empty(pool);
    pool_link_all(pool);
    pool_fill_extras(pool);
    const bool is_available = was_empty && pool->free > 0;
    CISTERN_ASSERT(pool->free <= pool->count); /* (I2) */
    pool_go(pool, state);
    CISTERN_TRACE_ON_CLEAR(pool);
    if (is_available) {
        pool_announce_cleared(pool);
    }
    return CISTERN_OK;
}

cistern_error_t cistern_pool_enlist(cistern_pool_t *pool)
{
    if (pool == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const cistern_critical_t state = cistern_critical_enter();
    if (CISTERN_CHECK >= 2 && pool->touched == 0 && !pool_is_registered(pool)) {
        cistern_pool_start(pool);
    }
    pool_register(pool);
    cistern_critical_leave(state);
    CISTERN_TRACE_ON_LISTED(pool);
    return CISTERN_OK;
}
