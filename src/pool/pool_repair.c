/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_repair.c - makes a free list whole after damage.
 *
 *   head --> A --> B --> C --> NULL       A is sound: its link is as the engine wrote it, so B is
 * free |                      whatever became of B. C is sound, so C is free, although no damaged
 * link leads to it any more
 *
 * Vocabulary and invariants (I1) to (I7) are in pool.c. Two things say that a touched block is
 * free: (R1) it is sound: link, address and key agree (R2) the link of a sound block, or the pool's
 * own free_list, leads to it A free block of which neither is left is quarantined: never handed
 * out, and counted. A user's content that is sound by accident shows as more sound blocks than are
 * listed; then only what the list leads to counts as free.
 *
 * CISTERN_DIAGNOSIS 0: all that was listed is quarantined, but for the first block.
 */
#include "pool_guard.h"

#if CISTERN_CHECK >= 1

static void pool_quarantine(cistern_pool_t *pool, size_t blocks)
{
    const size_t most = UINT16_MAX - (size_t)pool->quarantined;
    pool->quarantined = (uint16_t)(pool->quarantined + ((blocks < most) ? blocks : most));
}

static void pool_write_link(const cistern_pool_t *pool, cistern_block_t *block,
                            cistern_block_t *next)
{
    const cistern_pool_shape_t shape = pool_shape(pool);
    *cistern_pool_key_at(&shape, block) = cistern_pool_key(block, next);
    block->next = next; /* last: in a narrow block the key is not kept */
}

/* Takes `kept` listed blocks as free, and what else was listed as quarantined. */
static void pool_settle(cistern_pool_t *pool, size_t kept)
{
    const size_t lost = pool_listed(pool) - kept;
    pool_quarantine(pool, lost);
    pool->free -= lost;
    pool->min_free = (pool->min_free < pool->free) ? pool->min_free : pool->free;
}

/* Keeps what the list leads to, and ends the list behind the first block whose own link is not to
 * be trusted. Bound: `most` blocks. */
static void pool_keep_prefix(cistern_pool_t *pool, size_t most)
{
    cistern_block_t *last = NULL;
    cistern_block_t *block = pool->free_list;
    size_t kept = 0;
    while (kept < most && pool_has_touched(pool, block)) {
        last = block;
        block = (!pool_has_keys(pool) || pool_is_sound(pool, last)) ? last->next : NULL;
        ++kept;
    }
    if (last == NULL) {
        pool->free_list = NULL;
    } else {
        pool_write_link(pool, last, NULL);
    }
    kept = 0; /* anew: the end may have been cut out of a ring */
    for (block = pool->free_list; block != NULL; block = block->next) {
        ++kept;
    }
    pool_settle(pool, kept);
}

#    if CISTERN_DIAGNOSIS

static size_t pool_count_sound(const cistern_pool_t *pool)
{
    size_t sound = 0;
    for (size_t i = 0; i < pool->touched; ++i) {
        sound += pool_is_sound(pool, pool_block_at(pool, i)) ? 1U : 0U;
    }
    return sound;
}

/* (R2): a block that a true link leads to is free; makes it sound if it is not. */
static void pool_mend(const cistern_pool_t *pool, cistern_block_t *block)
{
    if (pool_has_touched(pool, block) && !pool_is_sound(pool, block)) {
        pool_write_link(pool, block, NULL);
    }
}

/* Builds the list of all sound blocks, in ascending order of address. */
static void pool_relink(cistern_pool_t *pool)
{
    pool->free_list = NULL;
    for (size_t i = pool->touched; i > 0; --i) {
        cistern_block_t *const block = pool_block_at(pool, i - 1U);
        if (pool_is_sound(pool, block)) {
            pool_write_poison(pool, block);
            pool_write_guards(pool, block);
            pool_write_link(pool, block, pool->free_list);
            pool->free_list = block;
        }
    }
}

void pool_repair(cistern_pool_t *pool)
{
    const size_t listed = pool_listed(pool);
    if (!pool_has_keys(pool) || pool_count_sound(pool) > listed) {
        pool_keep_prefix(pool, listed);
        return;
    }
    pool_mend(pool, pool->free_list);
    for (size_t i = 0; i < pool->touched; ++i) {
        const cistern_block_t *const block = pool_block_at(pool, i);
        if (pool_is_sound(pool, block)) {
            pool_mend(pool, block->next);
        }
    }
    const size_t sound = pool_count_sound(pool);
    if (sound > listed) {
        pool_keep_prefix(pool, listed);
        return;
    }
    pool_relink(pool);
    pool_settle(pool, sound);
}

#    else

void pool_repair(cistern_pool_t *pool)
{
    pool_keep_prefix(pool, 1);
}

#    endif

#else

void pool_repair(cistern_pool_t *pool)
{
    (void)pool;
}

#endif
