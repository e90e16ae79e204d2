/* SPDX-License-Identifier: BSD-3-Clause */
/* pool.c - the pool engine: get, put, and what they do when the usual case is not there.
 *
 *   cistern_pool_t
 *   base -------> +---------+ stride +---------+     +-----------+
 *                 | block 0 |        | block 1 | ... | block n-1 |
 *                 +---------+        +---------+     +-----------+
 *   free_list --> the block freed last --> ... --> the block freed first --> NULL
 *   free block    | link | key | ... |    key = link ^ address ^ secret
 *
 * Vocabulary: a block is free (on the free list, or never touched) or in use (its caller's), or
 * quarantined (damage left open which of the two). A link is the pointer in the first word of a
 * free block. A block is sound if its second word is the key of its address and link. A narrow
 * block has one word, and no key. The lowest `touched` blocks were linked or handed out before; the
 * rest of a static pool was not, and is free.
 *
 * Invariants, outside the critical section:
 *   (I1) the free touched blocks, and no others, are on the free list, each once; the last link is
 *        NULL
 *   (I2) free is the length of the free list and count - touched; min_free <= free; free and
 *        quarantined blocks together are at most count
 *   (I3) a block on the free list is sound, unless blocks are narrow; a block that get hands out is
 *        not, since its key is cleared. What its user writes there may be a key by accident: a put
 *        of it costs a walk of the list
 *   (I4) block i starts at base + i * stride; stride is a multiple of the alignment and holds a link
 *   (I5) stride = odd << stride_shift and odd * inverse = 1 modulo the word size. So
 *        i = rotate_right((address - base) * inverse, stride_shift) maps words one to one, and
 *        exactly the starts of blocks to 0 .. count-1: one comparison separates a block of this
 *        pool from every other address (level 1 and up)
 *   (I6) limit is touched, or 0 if blocks are narrow: then every get and put takes the slow path
 *   (I7) the list is followed only to addresses that start a touched block, so that no damage leads
 *        out of the memory, and for at most as many steps as there are listed blocks
 */
#include "cistern/trace.h"
#include "pool_guard.h"

/* Functions are defined here whatever macros of the same names do at level 3. */
#undef cistern_pool_get
#undef cistern_pool_put

_Alignas(2) const unsigned char cistern_pool_anchor[2] = {0};

/* --- get and put ------------------------------------------------------------------------------ */

static inline void *pool_get(cistern_pool_t *pool, const char *file, int line)
{
    if (!pool_is_plain(pool)) {
        return pool_strategy(pool)->get(pool, file, line);
    }
    const cistern_critical_t state = cistern_critical_enter();
    const cistern_pool_shape_t shape = pool_shape(pool);
    void *const block = (CISTERN_CHECK <= 1) ? cistern_pool_pop(&shape, &pool->free_list) : NULL;
    if (block == NULL) {
        return pool_get_slow(pool, state, file, line);
    }
    pool_count_taken(pool);
    cistern_critical_leave(state);
    return block;
}

static inline cistern_error_t pool_put(cistern_pool_t *pool, void *block, const char *file,
                                       int line)
{
    if (!pool_is_plain(pool)) {
        return pool_strategy(pool)->put(pool, block, NULL, file, line);
    }
    const cistern_critical_t state = cistern_critical_enter();
    const cistern_pool_shape_t shape = pool_shape(pool);
    if (CISTERN_CHECK >= 2 || !cistern_pool_may_push(&shape, block)) {
        return pool_put_slow(pool, block, state, file, line);
    }
    cistern_pool_push(&shape, &pool->free_list, block);
    ++pool->free;
    cistern_critical_leave(state);
    return CISTERN_OK;
}

/* True iff a pool was given: at level 0 that is the caller's business. */
static inline bool pool_is_given(const cistern_pool_t *pool)
{
    return CISTERN_CHECK == 0 || pool != NULL;
}

void *cistern_pool_get(cistern_pool_t *pool)
{
    void *const block = pool_is_given(pool) ? pool_get(pool, NULL, 0) : NULL;
    CISTERN_TRACE_ON_GET(pool, block);
    return block;
}

cistern_error_t cistern_pool_put(cistern_pool_t *pool, void *block)
{
    const cistern_error_t error =
        pool_is_given(pool) ? pool_put(pool, block, NULL, 0) : CISTERN_ERROR_ARGUMENT;
    CISTERN_TRACE_ON_PUT(pool, block, error == CISTERN_OK);
    return error;
}

#if CISTERN_CHECK >= 3

void *cistern_pool_get_at(cistern_pool_t *pool, const char *file, int line)
{
    void *const block = pool_is_given(pool) ? pool_get(pool, file, line) : NULL;
    CISTERN_TRACE_ON_GET(pool, block);
    return block;
}

cistern_error_t cistern_pool_put_at(cistern_pool_t *pool, void *block, const char *file, int line)
{
    const cistern_error_t error =
        pool_is_given(pool) ? pool_put(pool, block, file, line) : CISTERN_ERROR_ARGUMENT;
    CISTERN_TRACE_ON_PUT(pool, block, error == CISTERN_OK);
    return error;
}

#else

void *cistern_pool_get_at(cistern_pool_t *pool, const char *file, int line)
{
    (void)file;
    (void)line;
    return cistern_pool_get(pool);
}

cistern_error_t cistern_pool_put_at(cistern_pool_t *pool, void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    return cistern_pool_put(pool, block);
}

#endif
