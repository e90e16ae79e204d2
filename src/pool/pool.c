/* SPDX-License-Identifier: BSD-3-Clause */
/* pool.c - the pool engine: get, put, and what they do when the usual case is not there.
 *
 *   cistern_pool_t
 *   base -------> +---------+ stride +---------+     +-----------+
 *                 | block 0 |        | block 1 | ... | block n-1 |
 *                 +---------+        +---------+     +-----------+
 *   free_list --> the block freed last --> ... --> the block freed first --> NULL
 *   free block    | link | key | ... |    key: of link and address, see pool_core.h
 *
 * Vocabulary: a block is free (on the free list, or never touched) or in use (its caller's), or
 * quarantined (damage left open which of the two). A link is the pointer in the first word of a
 * free block. A block is sound if its second word is the key of its address and link. A narrow
 * block has one word, and no key; a keyless pool has narrow blocks, or free ones that keep their
 * content but for the link. The lowest `touched` blocks were linked or handed out before; the
 * rest of a static pool was not, and is free.
 *
 * Invariants, outside the critical section:
 *   (I1) the free touched blocks, and no others, are on the free list, each once; the last link is
 *        NULL
 *   (I2) free is the length of the free list and count - touched; min_free <= free; free and
 *        quarantined blocks together are at most count
 *   (I3) a block on the free list is sound, unless the pool is keyless; one that get hands out is
 *        not, since its key is cleared. What its user writes there may be a key by accident: a put
 *        of it costs a walk of the list
 *   (I4) block i starts at base + i * stride; stride is a multiple of the alignment and holds a link
 *   (I5) stride = odd << stride_shift and odd * inverse = 1 modulo the word size. So
 *        i = rotate_right((address - base) * inverse, stride_shift) maps words one to one, and
 *        exactly the starts of blocks to 0 .. count-1: one comparison separates a block of this
 *        pool from every other address (level 1 and up)
 *   (I6) where a pool is keyless `slow` says so: then every get and put takes the slow path
 *   (I7) a link is followed only if its block's key proves it, or if it leads to the start of a
 *        touched block: no damage leads out of the memory. A walk takes at most as many steps as
 *        there are listed blocks
 */
#include "cistern/trace.h"
#include "pool_private.h"

/* Functions are defined here whatever macros of the same names do at level 3. */
#undef cistern_pool_get
#undef cistern_pool_put

_Alignas(2) const unsigned char cistern_pool_anchor[2] = {0};

/* --- get and put ------------------------------------------------------------------------------ */

/* True if a pool was given: at level 0 that is the caller's business. */
static inline bool pool_is_given(const cistern_pool_t *pool)
{
    return CISTERN_CHECK == 0 || pool != NULL;
}

static inline void *pool_get_at(cistern_pool_t *pool, const cistern_pool_place_t *at)
{
    if (!pool_is_given(pool)) {
        return NULL;
    }
    CISTERN_ASSERT((CISTERN_POOL_KEY & 1U) != 0); /* (C1) */
    if (cistern_pool_slow(pool) == 0) {
        return cistern_pool_get_plain(pool, at);
    }
    return pool_is_plain(pool) ? cistern_pool_get_special(pool, at)
                               : (pool_strategy(pool)->get)(pool, at);
}

static inline cistern_error_t pool_put_at(cistern_pool_t *pool, void *block,
                                          const cistern_pool_place_t *at)
{
    if (!pool_is_given(pool)) {
        return CISTERN_ERROR_ARGUMENT;
    }
    CISTERN_ASSERT(pool->touched <= pool->count); /* (I2) */
    if (cistern_pool_slow(pool) == 0) {
        return cistern_pool_put_plain(pool, block, at);
    }
    return pool_is_plain(pool) ? cistern_pool_put_special(pool, block, at)
                               : (pool_strategy(pool)->put)(pool, block, NULL, at);
}

void *cistern_pool_get(cistern_pool_t *pool)
{
    void *const block = pool_get_at(pool, NULL);
    CISTERN_TRACE_ON_GET(pool, block);
    return block;
}

cistern_error_t cistern_pool_put(cistern_pool_t *pool, void *block)
{
    const cistern_error_t error = pool_put_at(pool, block, NULL);
    CISTERN_TRACE_ON_PUT(pool, block, error == CISTERN_OK);
    return error;
}

/* Below level 3 no place is kept. */
void *cistern_pool_get_at(cistern_pool_t *pool, const char *file, int line)
{
    const cistern_pool_place_t at = {file, line};
    if (CISTERN_CHECK < 3) {
        return cistern_pool_get(pool);
    }
    void *const block = pool_get_at(pool, &at);
    CISTERN_TRACE_ON_GET(pool, block);
    return block;
}

cistern_error_t cistern_pool_put_at(cistern_pool_t *pool, void *block, const char *file, int line)
{
    const cistern_pool_place_t at = {file, line};
    if (CISTERN_CHECK < 3) {
        return cistern_pool_put(pool, block);
    }
    const cistern_error_t error = pool_put_at(pool, block, &at);
    CISTERN_TRACE_ON_PUT(pool, block, error == CISTERN_OK);
    return error;
}
