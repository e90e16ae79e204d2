/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_repair.c - makes a free list whole after damage.
 *
 *   head --> A --> B --> C --> NULL   B is damaged
 *            A is sound: its link is as the engine wrote it, so B is free, whatever became of B
 *            C is sound: it is free, although no link leads to it any more
 *
 * Vocabulary and invariants (I1) to (I7) are in pool.c. Two things say that a touched block is free:
 *   (R1) it is sound: link, address and key agree
 *   (R2) the link of a sound block, or the pool's own free_list, leads to it
 * A free block of which neither is left is quarantined: never handed out, and counted. Where they say
 * so of more blocks than are listed, a user's content is sound by accident: then nothing of it is
 * believed or written, and all that was listed is quarantined. So it is in keyless pools, and with
 * CISTERN_DIAGNOSIS 0.
 */
#include "pool_guard.h"

#if CISTERN_CHECK >= 1

typedef enum pool_pass { POOL_COUNT, POOL_MEND, POOL_RELINK } pool_pass_t;

/* True if a true link leads to a block that is not sound (R2). */
static bool pool_is_damaged(const cistern_pool_t *pool, const cistern_block_t *block)
{
    return pool_has_touched(pool, block) && !cistern_pool_is_sound(block);
}

static void pool_mend(const cistern_pool_t *pool, cistern_block_t *block)
{
    if (pool_is_damaged(pool, block)) {
        cistern_block_t *none = NULL;
        cistern_pool_push(&none, block);
    }
}

static void pool_relink(cistern_pool_t *pool, cistern_block_t *block)
{
    CISTERN_ASSERT(cistern_pool_is_sound(block)); /* (R1) */
    pool_write_poison(pool, block);
    pool_write_guards(pool, block);
    cistern_pool_push(&pool->free_list, block);
}

/* Counts the sound blocks, and at first those that they lead to and that are not; then mends these, or
 * builds the list of all in ascending order of address. */
static size_t pool_pass_over(cistern_pool_t *pool, pool_pass_t pass)
{
    size_t found = 0;
    for (size_t i = pool->touched; i-- > 0;) {
        cistern_block_t *const block = (cistern_block_t *)pool_block_at(pool, i);
        if (!cistern_pool_is_sound(block)) {
            continue;
        }
        ++found;
        if (pass == POOL_COUNT) {
            found += pool_is_damaged(pool, block->next) ? 1U : 0U;
        } else if (pass == POOL_MEND) {
            pool_mend(pool, block->next);
        } else {
            pool_relink(pool, block);
        }
    }
    return found;
}

/* True if (R1) and (R2) say of no more blocks that they are free than are listed. */
static bool pool_is_mendable(cistern_pool_t *pool, const cistern_block_t *first, size_t listed)
{
    return pool_has_keys(pool) &&
           pool_pass_over(pool, POOL_COUNT) + (pool_is_damaged(pool, first) ? 1U : 0U) <= listed;
}

/* No caller will ever give a quarantined block back, so its guards are mended with the loss. Which
 * block it is nothing says: the guards of every touched block are written. */
static void pool_mend_guards(const cistern_pool_t *pool)
{
    for (size_t i = 0; i < pool->touched; ++i) {
        pool_write_guards(pool, pool_block_at(pool, i));
    }
}

/* Takes `kept` listed blocks as free, and what else was listed as quarantined. */
static void pool_settle(cistern_pool_t *pool, size_t kept)
{
    const size_t lost = pool_listed(pool) - kept;
    const size_t quarantined = pool->quarantined + lost;
    CISTERN_ASSERT(kept <= pool_listed(pool)); /* (I2) */
    pool->quarantined = (quarantined < UINT16_MAX) ? (uint16_t)quarantined : UINT16_MAX;
    pool->free -= lost;
    if (pool->free < pool->min_free) {
        pool->min_free = pool->free;
    }
    if (CISTERN_CHECK >= 2 && lost != 0) {
        pool_mend_guards(pool);
    }
    CISTERN_ASSERT(pool_list_is_whole(pool)); /* (I1), (I3) */
}

void cistern_pool_mend(cistern_pool_t *pool, cistern_pool_finding_t *finding)
{
    cistern_block_t *const first = pool->free_list;
    const size_t listed = pool_listed(pool);
    size_t kept = 0;
    *finding = (cistern_pool_finding_t){.kind = CISTERN_FAULT_LINK, .address = first};
    pool->free_list = NULL;
    if (CISTERN_DIAGNOSIS && pool_is_mendable(pool, first, listed)) {
        pool_mend(pool, first);
        (void)pool_pass_over(pool, POOL_MEND);
        kept = pool_pass_over(pool, POOL_RELINK);
    }
    pool_settle(pool, kept);
}

#else

void cistern_pool_mend(cistern_pool_t *pool, cistern_pool_finding_t *finding)
{
    (void)pool;
    (void)finding;
}

#endif
