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

/* Neither value is common in memory, so that most overwritten states read as neither. */
#define BLOCK_FREE 0xD7U
#define BLOCK_USED 0x28U

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

static inline void state_set(cistern_pool_t *pool, const void *block, unsigned state)
{
    pool->states[index_of(pool, block)] = (unsigned char)state;
}

static inline bool state_is(const cistern_pool_t *pool, const void *block, unsigned state)
{
    const size_t index = index_of(pool, block);
    return index < pool->count && pool->states[index] == state;
}

/* Marks the first free block as used and tells whether its link leads to another free block; if
 * not, the block is still free. What both indices need is read before the state is written, which
 * the compiler must take for a write to any field. */
static inline bool use_first(const cistern_pool_t *pool, const cistern_block_t *block,
                             const cistern_block_t *next)
{
    unsigned char *const states = pool->states;
    const size_t own = index_of(pool, block);
    const size_t other = index_of(pool, next);
    states[own] = BLOCK_USED; /* so that a link to the block itself leads to none that is free */
    if (other < pool->count && states[other] == BLOCK_FREE) {
        return true;
    }
    states[own] = BLOCK_FREE;
    return false;
}

/* Whether the first free block is the last one, as its link and the count of free blocks say; if
 * so, marks it as used. */
static inline bool use_last(cistern_pool_t *pool, const cistern_block_t *block)
{
    const bool is_last = block->next == NULL && pool->free == 1;
    if (is_last) {
        state_set(pool, block, BLOCK_USED);
    }
    return is_last;
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

static inline void checks_init(cistern_pool_t *pool, size_t stride)
{
    size_t odd = stride;
    pool->stride_shift = 0;
    while ((odd & 1U) == 0) {
        odd >>= 1;
        ++pool->stride_shift;
    }
    pool->inverse = inverse_of_odd(odd);
    pool->states = (unsigned char *)(pool->base + pool->count * stride +
                                     pool->count * (CISTERN_POOL_CHECK_BYTES - 1U));
}

#else

static inline size_t index_of(const cistern_pool_t *pool, const void *address)
{
    const size_t distance = (size_t)((uintptr_t)address - pool->base);
    const size_t stride = cistern_pool_stride(pool);
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

static inline bool use_last(const cistern_pool_t *pool, const cistern_block_t *block)
{
    (void)pool;
    (void)block;
    return false;
}

static inline void checks_init(cistern_pool_t *pool, size_t stride)
{
    (void)pool;
    (void)stride;
}

#endif

#endif
