/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_init.h - makes a pool as its user has described it: in line, so that a face that always says
 * the same of some members, such as Mynewt's, links nothing that reads them. Vocabulary and
 * invariants (I1) to (I7) are in pool.c.
 *
 *   config --> checked --> described: | size | count | base | stride_shift | inverse | ...
 *                                     cistern_pool_start makes every block free
 */
#ifndef CISTERN_SRC_POOL_INIT_H
#define CISTERN_SRC_POOL_INIT_H

#include "cistern/trace.h"
#include "pool_guard.h"

/* --- geometry --------------------------------------------------------------------------------- */

/* How often 2 divides a number that is not 0. */
static inline uint8_t pool_shift_of(size_t number)
{
    uint8_t shift = 0;
    CISTERN_ASSERT(number != 0);
    while ((number >> shift & 1U) == 0) {
        ++shift;
    }
    return shift;
}

/* True if `count` parts end within `bytes`. Multiplies by shifting and adding, so that a product
 * that does not fit is seen and no division is linked. Bound: the width of a word. */
static inline bool pool_fits(size_t count, size_t part, size_t bytes)
{
    while (count > 0 && part <= bytes) {
        bytes -= (count & 1U) != 0 ? part : 0;
        count >>= 1;
        if (count > 0 && part > SIZE_MAX / 2U) {
            break;
        }
        part <<= 1;
    }
    return count == 0;
}

static inline size_t pool_guard_in(const cistern_pool_config_t *config)
{
    return config->tight ? 0 : CISTERN_POOL_GUARD;
}

static inline size_t pool_records_in(const cistern_pool_config_t *config)
{
    return config->tight ? 0 : CISTERN_POOL_RECORD_BYTES;
}

static inline size_t pool_stride_in(const cistern_pool_config_t *config)
{
    return CISTERN_POOL_TIGHT_STRIDE(CISTERN_POOL_LEAST(config->size) + pool_guard_in(config),
                                     config->alignment);
}

static inline cistern_error_t pool_check_geometry(const cistern_pool_config_t *config,
                                                  size_t stride)
{
    const size_t to_the_end = (size_t)(UINTPTR_MAX - (uintptr_t)config->memory);
    const size_t bytes = (config->bytes == 0) ? to_the_end : config->bytes;
    const bool fits = stride >= config->size && bytes <= to_the_end &&
                      pool_fits(config->count, stride + pool_records_in(config), bytes);
    return fits ? CISTERN_OK : CISTERN_ERROR_SIZE;
}

#if CISTERN_POOL_EXTRAS

/* True if the strategy, if there is one, has all that it needs; the default one is the section. */
static inline bool pool_extras_fit(const cistern_pool_config_t *config)
{
    const cistern_pool_extras_t *const extras = config->extras;
    return extras == NULL ||
           (extras->strategy != NULL && extras->reserve <= config->count &&
            (uintptr_t)extras->work % 64U == 0 && extras->strategy->fits(extras, config->count));
}

static inline void pool_attach_extras(cistern_pool_t *pool, const cistern_pool_config_t *config)
{
    pool->extras = config->extras;
    if (!pool_is_plain(pool)) {
        pool->extras->waiters = NULL;
        pool_strategy(pool)->prepare(pool);
    }
}

static inline void pool_fill_extras(cistern_pool_t *pool)
{
    if (!pool_is_plain(pool)) {
        (pool_strategy(pool)->fill)(pool);
    }
}

#else

static inline bool pool_extras_fit(const cistern_pool_config_t *config)
{
    (void)config;
    return true;
}

static inline void pool_attach_extras(cistern_pool_t *pool, const cistern_pool_config_t *config)
{
    (void)pool;
    (void)config;
}

static inline void pool_fill_extras(cistern_pool_t *pool)
{
    (void)pool;
}

#endif

static inline cistern_error_t pool_check_config(const cistern_pool_config_t *config, size_t stride)
{
    const size_t alignment = CISTERN_POOL_ALIGNMENT(config->alignment);
    if (config->size == 0 || (config->memory == NULL && config->count > 0) ||
        (config->alignment & (config->alignment - 1U)) != 0 || !pool_extras_fit(config)) {
        return CISTERN_ERROR_ARGUMENT;
    }
    return (((uintptr_t)config->memory & (alignment - 1U)) != 0)
               ? CISTERN_ERROR_ALIGNMENT
               : pool_check_geometry(config, stride);
}

/* --- description ------------------------------------------------------------------------------ */

#if CISTERN_CHECK >= 1

/* From 3 right bits on: 6, 12, 24, 48, 96. */
static inline void pool_set_checks(cistern_pool_t *pool, size_t stride)
{
    const size_t odd = stride >> pool->stride_shift;
    size_t inverse = odd;
    for (int i = 0; i < 5; ++i) {
        inverse *= 2U - odd * inverse;
    }
    CISTERN_ASSERT(odd * inverse == 1U); /* (I5) */
    pool->inverse = inverse;
    pool->slow = (uint8_t)(CISTERN_POOL_IS_NARROW(stride - pool_guard_of(pool)) |
                           (pool_is_plain(pool) ? 0U : CISTERN_POOL_SHARED));
}

#else

static inline void pool_set_checks(cistern_pool_t *pool, size_t stride)
{
    (void)pool;
    (void)stride;
}

#endif

#if CISTERN_CHECK >= 1
static inline void pool_set_guard(cistern_pool_t *pool, size_t guard)
{
    pool->guard = (uint8_t)guard;
}
#else
static inline void pool_set_guard(cistern_pool_t *pool, size_t guard)
{
    (void)pool;
    (void)guard;
}
#endif

/* Copies what the user asked for into a pool and derives the rest; `next` belongs to the registry.
 */
static inline void pool_describe(cistern_pool_t *pool, const cistern_pool_config_t *config,
                                 size_t stride)
{
    pool->size = config->size;
    pool->count = config->count;
    pool->flags = config->flags;
    pool->failures = 0;
    pool->base = (uintptr_t)config->memory;
    pool->name = config->name;
    pool->stride_shift = pool_shift_of(stride);
    CISTERN_ASSERT(stride % CISTERN_POOL_LINK_ALIGNMENT == 0); /* (I4) */
    pool_attach_extras(pool, config);
    pool_set_guard(pool, pool_guard_in(config));
    pool_set_checks(pool, stride);
    CISTERN_ASSERT(pool_stride(pool) == stride); /* (I4) */
}

/* As cistern_pool_init. */
static inline cistern_error_t pool_prepare(cistern_pool_t *pool,
                                           const cistern_pool_config_t *config)
{
    if (pool == NULL || config == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const size_t stride = pool_stride_in(config);
    const cistern_error_t error = pool_check_config(config, stride);
    if (error != CISTERN_OK) {
        return error;
    }
    const cistern_critical_t state = cistern_critical_enter();
    pool_register(pool);
    pool_describe(pool, config, stride);
    cistern_pool_start(pool);
    pool_fill_extras(pool);
    CISTERN_ASSERT(pool->free <= pool->count && pool_is_registered(pool)); /* (I2), (I8) */
    cistern_critical_leave(state);
    CISTERN_TRACE_ON_POOL(pool);
    return CISTERN_OK;
}

#endif
