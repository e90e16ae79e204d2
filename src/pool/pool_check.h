/* pool_check.h - what the check level adds to the pool engine: block indices and state bytes.
 *
 * At level 0 the state functions compile to nothing and an index costs a division, which only
 * walks and listings do. From level 1 on an index is one multiplication (see pool.c, I5) and each
 * block has a state byte that the blocks' users cannot reach through a valid pointer.
 */
#ifndef CISTERN_SRC_POOL_CHECK_H
#define CISTERN_SRC_POOL_CHECK_H

#include <limits.h>

#include "cistern/pool.h"

/* States. The first two are not common in memory, so that most overwritten states read as neither.
 * New is a block of a static pool that was never used: memory starts as zero. */
#define BLOCK_FREE 0xD7U
#define BLOCK_USED 0x28U
#define BLOCK_NEW  0x00U

static inline size_t stride_of(const cistern_pool_t *pool)
{
    return CISTERN_POOL_ALIGN_UP(CISTERN_POOL_ROOM(pool->size) + CISTERN_POOL_GUARD,
                                 (size_t)1 << pool->stride_shift);
}

#if CISTERN_POOL_STORES_STATES

static inline unsigned char *states_of(const cistern_pool_t *pool)
{
    return pool->states;
}

static inline void states_init(cistern_pool_t *pool)
{
    pool->states = (unsigned char *)(pool->base + pool->count * (stride_of(pool) +
                                                                 CISTERN_POOL_CHECK_BYTES - 1U));
}

#else

static inline unsigned char *states_of(const cistern_pool_t *pool)
{
    return (unsigned char *)(pool->base +
                             pool->count * (stride_of(pool) + CISTERN_POOL_CHECK_BYTES - 1U));
}

static inline void states_init(cistern_pool_t *pool)
{
    (void)pool;
}

#endif

#if CISTERN_CHECK >= 1

static inline size_t rotate_right(size_t value, unsigned bits)
{
    const unsigned width = (unsigned)(sizeof(size_t) * CHAR_BIT);
    return (value >> bits) | (value << ((width - bits) & (width - 1U)));
}

/* Index of the block that starts at an address; count or more for every other address. */
static inline size_t index_of(const cistern_pool_t *pool, const void *address)
{
    const size_t distance = (size_t)((uintptr_t)address - pool->base);
    return rotate_right(distance * pool->inverse, pool->stride_shift);
}

static inline void state_set(const cistern_pool_t *pool, const void *block, unsigned state)
{
    states_of(pool)[index_of(pool, block)] = (unsigned char)state;
}

static inline bool state_is(const cistern_pool_t *pool, const void *block, unsigned state)
{
    const size_t index = index_of(pool, block);
    return index < pool->count && states_of(pool)[index] == state;
}

/* Marks the first free block as used and tells whether its link may be followed: to another free
 * block, or to the end if no more are free; if not, the block is still free. What both indices need
 * is read before the state is written, which the compiler must take for a write to any field. */
static inline bool use_first(const cistern_pool_t *pool, const cistern_block_t *block,
                             const cistern_block_t *next)
{
    unsigned char *const states = states_of(pool);
    const size_t own = index_of(pool, block);
    const size_t other = index_of(pool, next);
    states[own] = BLOCK_USED; /* so that a link to the block itself leads to none that is free */
    if ((other < pool->count && states[other] == BLOCK_FREE) || (next == NULL && pool->free == 1)) {
        return true;
    }
    states[own] = BLOCK_FREE;
    return false;
}

/* Inverse of an odd number modulo the word size, by Newton's iteration: each round doubles the
 * number of right low bits; x = odd starts with 3, so 5 rounds give 96. */
static inline size_t inverse_of_odd(size_t odd)
{
    size_t inverse = odd;
    for (unsigned round = 0; round < 5; ++round) {
        inverse *= 2U - odd * inverse;
    }
    return inverse;
}

static inline void checks_init(cistern_pool_t *pool)
{
    pool->inverse = inverse_of_odd(stride_of(pool) >> pool->stride_shift);
    states_init(pool);
}

#else

static inline size_t index_of(const cistern_pool_t *pool, const void *address)
{
    const size_t distance = (size_t)((uintptr_t)address - pool->base);
    const size_t stride = stride_of(pool);
    return (distance % stride == 0) ? distance / stride : SIZE_MAX;
}

static inline void state_set(cistern_pool_t *pool, const void *block, unsigned state)
{
    (void)pool;
    (void)block;
    (void)state;
}

static inline bool state_is(const cistern_pool_t *pool, const void *block, unsigned state)
{
    (void)pool;
    (void)block;
    (void)state;
    return true;
}

static inline bool use_first(const cistern_pool_t *pool, const cistern_block_t *block,
                             const cistern_block_t *next)
{
    (void)pool;
    (void)block;
    (void)next;
    return true;
}

static inline void checks_init(cistern_pool_t *pool)
{
    (void)pool;
}

#endif

/* The block behind a free block on the list, with which `free` are left (I1). */
static inline cistern_block_t *list_after(const cistern_pool_t *pool, const cistern_block_t *block,
                                          size_t free)
{
    cistern_block_t *const next = block->next;
    if (next != NULL || free <= 1) {
        return next;
    }
    void *const behind = (unsigned char *)(uintptr_t)block + pool->size;
    return state_is(pool, behind, BLOCK_NEW) ? behind : NULL;
}

/* Whether a state is one of a free block. */
static inline bool state_is_free(const cistern_pool_t *pool, const void *block)
{
    return state_is(pool, block, BLOCK_FREE) || state_is(pool, block, BLOCK_NEW);
}

#endif
