/* SPDX-License-Identifier: BSD-3-Clause */
/* shared_pool.h - a pool of any strategy, for tests that say COUNT, SIZE and CACHES before. */
#ifndef CISTERN_TESTS_SHARED_POOL_H
#define CISTERN_TESTS_SHARED_POOL_H

#include "support.h"

#include "cistern/pool.h"

static struct {
    _Alignas(64) unsigned char bytes[CISTERN_POOL_BYTES(COUNT, SIZE, 8)];
} memory;
static struct {
    _Alignas(64) unsigned char bytes[CISTERN_POOL_CACHED_BYTES(COUNT, CACHES)];
} work;
static cistern_pool_t pool;
static cistern_pool_extras_t extras;

static inline cistern_pool_config_t config_for(cistern_pool_strategy_t strategy, const char *name)
{
    extras = (cistern_pool_extras_t){
        .strategy = strategy, .work = &work, .work_bytes = sizeof work, .threads = CACHES};
    return (cistern_pool_config_t){.name = name,
                                   .count = COUNT,
                                   .size = SIZE,
                                   .alignment = 8,
                                   .memory = &memory,
                                   .bytes = sizeof memory,
                                   .extras = &extras};
}

static inline cistern_pool_stats_t stats_now(void)
{
    cistern_pool_stats_t stats;
    cistern_pool_stats(&pool, &stats);
    return stats;
}

/* A teardown function. */
static inline int forget(void **state)
{
    return cistern_pool_unregister(&pool) == CISTERN_OK ? sections_balanced(state) : 1;
}

#endif
