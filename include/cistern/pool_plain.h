/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/pool_plain.h - get and put of a plain pool as inline functions: one critical section, and
 * the free list. For the engine's own calls and for a face whose pools are a cistern_pool_t, so
 * that each call of the face is one function. Vocabulary and invariants are in src/pool/pool.c.
 *
 *   get   enter --> pop ---> count --> leave     where pop gives no block: cistern_pool_get_slow
 *   put   enter --> push --> count --> leave     where it may not push: cistern_pool_put_slow
 *
 * A plain pool has no extras and no blocks of one word: cistern_pool_slow is 0. A face asks that
 * first, and calls cistern_pool_get_special or cistern_pool_put_special for other pools. At check
 * level 0 blocks of one word are plain too, and from level 2 on every call goes to the slow path.
 * `at` is the caller's place for the history of level 3, or NULL. Results, times and contexts are
 * those of cistern_pool_get and cistern_pool_put, except that the pool must not be NULL. */
#ifndef CISTERN_POOL_PLAIN_H
#define CISTERN_POOL_PLAIN_H

#include "cistern/critical.h"
#include "cistern/pool_core.h"

/* The slow paths: entered with the critical section held, whose state they are given and which they
 * leave. They are in a source of their own, so that no compiler makes the fast paths save registers
 * for them. */
void *cistern_pool_get_slow(cistern_pool_t *pool, cistern_critical_t state,
                            const cistern_pool_place_t *at);
cistern_error_t cistern_pool_put_slow(cistern_pool_t *pool, void *block, cistern_critical_t state,
                                      const cistern_pool_place_t *at);

/* Get and put of a pool that is not plain, outside the critical section. */
void *cistern_pool_get_special(cistern_pool_t *pool, const cistern_pool_place_t *at);
cistern_error_t cistern_pool_put_special(cistern_pool_t *pool, void *block,
                                         const cistern_pool_place_t *at);

/* CISTERN_POOL_KEYLESS, ...: why the fast paths do not serve a pool; 0 if they do. Constant time. */
#if CISTERN_CHECK >= 1
static inline unsigned cistern_pool_slow(const cistern_pool_t *pool)
{
    return pool->slow;
}
#elif CISTERN_POOL_EXTRAS
static inline unsigned cistern_pool_slow(const cistern_pool_t *pool)
{
    return (pool->extras != NULL) ? CISTERN_POOL_SHARED : 0;
}
#else
static inline unsigned cistern_pool_slow(const cistern_pool_t *pool)
{
    (void)pool;
    return 0;
}
#endif

/* What pop and push must know of a pool, inside the critical section. */
#if CISTERN_CHECK >= 1

static inline cistern_pool_shape_t cistern_pool_shape(const cistern_pool_t *pool)
{
    return (cistern_pool_shape_t){.base = pool->base,
                                  .limit = pool->touched,
                                  .inverse = pool->inverse,
                                  .shift = pool->stride_shift};
}

#else

static inline cistern_pool_shape_t cistern_pool_shape(const cistern_pool_t *pool)
{
    return (cistern_pool_shape_t){.base = pool->base};
}

#endif

/* Counts a block that was taken, inside the critical section. */
static inline void cistern_pool_count_taken(cistern_pool_t *pool)
{
    const size_t free = pool->free - 1U;
    CISTERN_ASSERT(free < pool->count); /* (I2) */
    pool->free = free;
    if (free < pool->min_free) {
        pool->min_free = free;
    }
}

/* Takes a block of a plain pool. */
static inline void *cistern_pool_get_plain(cistern_pool_t *pool, const cistern_pool_place_t *at)
{
    const cistern_critical_t state = cistern_critical_enter();
    void *const block = (CISTERN_CHECK <= 1) ? cistern_pool_pop(&pool->free_list) : NULL;
    if (block == NULL) {
        return cistern_pool_get_slow(pool, state, at);
    }
    cistern_pool_count_taken(pool);
    cistern_critical_leave(state);
    return block;
}

/* Gives a block back to a plain pool. */
static inline cistern_error_t cistern_pool_put_plain(cistern_pool_t *pool, void *block,
                                                     const cistern_pool_place_t *at)
{
    const cistern_critical_t state = cistern_critical_enter();
    const cistern_pool_shape_t shape = cistern_pool_shape(pool);
    if (CISTERN_CHECK >= 2 || !cistern_pool_may_push(&shape, block)) {
        return cistern_pool_put_slow(pool, block, state, at);
    }
    cistern_pool_push(&pool->free_list, block);
    ++pool->free;
    CISTERN_ASSERT(pool->free <= pool->count); /* (I2) */
    cistern_critical_leave(state);
    return CISTERN_OK;
}

#endif
