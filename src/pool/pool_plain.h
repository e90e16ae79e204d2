/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_plain.h - the whole of a get and a put of a plain pool, for the functions of each face that
 * are one call: one critical section, and the free list. Vocabulary and invariants are in pool.c.
 *
 *   get   enter --> pop --> count --> leave     no sound block is listed --> cistern_pool_get_slow
 *   put   enter --> push -> count --> leave     no block that looks in use > cistern_pool_put_slow
 */
#ifndef CISTERN_SRC_POOL_PLAIN_H
#define CISTERN_SRC_POOL_PLAIN_H

#include "cistern/critical.h"
#include "cistern/pool_core.h"

/* The ends that the fast paths do not serve: entered with the critical section held, which they
 * leave. They stand in a file of their own, so that no compiler makes the fast paths save registers
 * for them. */
void *cistern_pool_get_slow(cistern_pool_t *pool, cistern_critical_t state,
                            const cistern_pool_place_t *at);
cistern_error_t cistern_pool_put_slow(cistern_pool_t *pool, void *block, cistern_critical_t state,
                                      const cistern_pool_place_t *at);

/* A get and put of a pool that the fast paths do not serve: with extras, or of narrow blocks. */
void *cistern_pool_get_special(cistern_pool_t *pool, const cistern_pool_place_t *at);
cistern_error_t cistern_pool_put_special(cistern_pool_t *pool, void *block,
                                         const cistern_pool_place_t *at);

/* Reasons why the fast paths do not serve a pool; 0: they do. */
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

/* Writes how many blocks are free after one was taken. */
static inline void cistern_pool_count_taken(cistern_pool_t *pool)
{
    const size_t free = pool->free - 1U;
    CISTERN_ASSERT(free < pool->count); /* (I2) */
    pool->free = free;
    if (free < pool->min_free) {
        pool->min_free = free;
    }
}

/* Takes a block off the list of a pool that has no extras and no narrow blocks. */
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

/* Gives a block back to such a pool. */
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
