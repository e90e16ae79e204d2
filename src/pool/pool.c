/* pool.c - the pool engine.
 *
 *   cistern_pool_t
 *   base -------> +---------+ stride +---------+     +-----------+---------------+
 *                 | block 0 |        | block 1 | ... | block n-1 | state bytes   |
 *                 +---------+        +---------+     +-----------+---------------+
 *   free_list --> the block freed last --> ... --> the block freed first --> NULL
 *
 * Vocabulary: a block is free (on the free list) or used (its caller's); a link is the pointer in
 * the first word of a free block; a state is a used block's or a free block's byte behind the last
 * block.
 *
 * Invariants, outside the critical section:
 *   (I1) free blocks, and no others, are on the free list, each once; the last link is NULL. In a
 *        pool of CISTERN_POOL_DEFINE, whose size is its stride, blocks from some one on to the last
 *        may be new: they end the list in ascending order, and their links are NULL too
 *   (I2) free is the length of the free list; min_free <= free <= count
 *   (I3) the state of a free block is BLOCK_FREE, of a used one BLOCK_USED (level 1 and up)
 *   (I4) block i starts at base + i * stride; stride is a multiple of the alignment and has room
 *        for a link
 *   (I5) stride = odd << stride_shift and odd * inverse = 1 modulo the word size. So
 *        i = rotate_right((address - base) * inverse, stride_shift) maps words one to one, and
 *        exactly the starts of blocks to 0 .. count-1: one comparison tells a block of this pool
 *        from every other address (level 1 and up)
 *   (I6) the states are authoritative: a damaged free list is built anew from them
 *
 * Pools are made in pool_init.c. What can go wrong with a get or put, and where the pools with
 * extras go, is in pool_hard.c; get and put in other forms are in pool_forms.c; the check ladder is
 * in pool_check.h and pool_trail.h. So a program links what it calls.
 */
#include "pool_plain.h"

/* Functions are defined here whatever macros of the same names do at level 3. */
#undef cistern_pool_get
#undef cistern_pool_put

/* Whether a plain pool is served by the functions of pool_forms.c: where the critical section is a
 * call, it would make those of this file save registers for pools with extras too. */
static inline bool is_elsewhere(const cistern_pool_t *pool)
{
    return CISTERN_CRITICAL && CISTERN_POOL_EXTRAS && is_given(pool) && is_plain(pool);
}

void *cistern_pool_get(cistern_pool_t *pool)
{
    if (is_elsewhere(pool)) {
        return cistern_pool_get_at(pool, NULL, 0);
    }
    return is_given(pool) ? pool_get(pool, NULL, 0, NULL, NULL) : NULL;
}

cistern_error_t cistern_pool_put(cistern_pool_t *pool, void *block)
{
    if (is_elsewhere(pool)) {
        return cistern_pool_put_at(pool, block, NULL, 0);
    }
    return is_given(pool) ? pool_put(pool, block, NULL, NULL, 0, NULL, NULL)
                          : CISTERN_ERROR_ARGUMENT;
}
