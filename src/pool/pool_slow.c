/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_slow.c - get and put when the usual case is not there. Vocabulary and invariants (I1) to
 * (I7) are in pool.c; these functions stand in a file of their own, so that no compiler makes the
 * fast paths save registers for them.
 *
 *   get   no block listed  --> one never touched, or NULL      first block damaged --> cistern_pool_mend
 *   put   no block in use, or it holds the key of a free one --> pool_judge
 */
#include "pool_guard.h"

/* --- what is found ---------------------------------------------------------------------------- */

/* Bound (I7): the number of listed blocks. */
bool pool_is_listed(const cistern_pool_t *pool, const void *block)
{
    const cistern_block_t *at = pool->free_list;
    for (size_t left = pool_listed(pool); left > 0; --left) {
        if (at == block || !pool_has_touched(pool, at)) {
            return true;
        }
        at = at->next;
    }
    return at != NULL;
}

/* True if a touched block holds what a free one would: its key, or where there is none, a link. */
static bool pool_looks_free(const cistern_pool_t *pool, const cistern_block_t *block)
{
    return pool_has_keys(pool) ? cistern_pool_is_sound(block)
                               : block->next == NULL || pool_has_touched(pool, block->next);
}

cistern_fault_kind_t pool_judge_stranger(const cistern_pool_t *pool, const void *address)
{
    const uintptr_t distance = (uintptr_t)address - pool->base;
    if (address == NULL) {
        return CISTERN_FAULT_ARGUMENT;
    }
    if (pool_index(pool, address) < pool->count) {
        return CISTERN_FAULT_DOUBLE_FREE;
    }
    if (distance >= pool->count * pool_stride(pool)) {
        return CISTERN_FAULT_FOREIGN_FREE;
    }
    return (distance % CISTERN_POOL_LINK_ALIGNMENT == 0) ? CISTERN_FAULT_INTERIOR_FREE
                                                         : CISTERN_FAULT_MISALIGNED;
}

cistern_fault_kind_t pool_judge(const cistern_pool_t *pool, const void *address)
{
    if (pool_has_touched(pool, address) &&
        !(pool_looks_free(pool, (const cistern_block_t *)address) &&
          pool_is_listed(pool, address))) {
        return CISTERN_FAULT_NONE;
    }
    return pool_judge_stranger(pool, address);
}

/* --- slow paths, inside the critical section -------------------------------------------------- */

/* No block is listed: takes the lowest that was never touched. */
static void *pool_take_untouched(cistern_pool_t *pool)
{
    const size_t index = pool->touched;
    if (index == pool->count) {
        pool_count_failure(pool);
        return NULL;
    }
    CISTERN_ASSERT(index < pool->count && pool->free > 0); /* (I2) */
    void *const block = pool_block_at(pool, index);
    pool->touched = index + 1U;
    cistern_pool_count_taken(pool);
    pool_write_guards(pool, block);
    return block;
}

/* Takes the first free block, which was judged. In a keyless pool it gets a word that is no link. */
static void *pool_take_first(cistern_pool_t *pool)
{
    void *const first = pool->free_list;
    CISTERN_ASSERT(first != NULL && pool->free > 0); /* (I1), (I2) */
    pool->free_list = pool->free_list->next;
    if (pool_has_keys(pool)) {
        ((cistern_keyed_block_t *)first)->key = 0;
    } else if (CISTERN_CHECK >= 1) {
        *(uintptr_t *)first = CISTERN_POOL_KEY;
    }
    cistern_pool_count_taken(pool);
    return first;
}

/* What the first free block is. */
static cistern_fault_kind_t pool_judge_first(const cistern_pool_t *pool)
{
    const cistern_block_t *const first = pool->free_list;
    if (CISTERN_CHECK == 0) {
        return CISTERN_FAULT_NONE;
    }
    return (first != NULL && pool_looks_free(pool, first)) ? pool_check_poison(pool, first)
                                                           : CISTERN_FAULT_LINK;
}

void *cistern_pool_take(cistern_pool_t *pool, cistern_pool_finding_t *finding)
{
    CISTERN_ASSERT(pool->free <= pool->count && pool->touched <= pool->count); /* (I2) */
    if (pool->free_list == NULL && (CISTERN_CHECK == 0 || pool_listed(pool) == 0)) {
        return pool_take_untouched(pool);
    }
    const cistern_fault_kind_t kind = pool_judge_first(pool);
    if (kind == CISTERN_FAULT_NONE) {
        return pool_take_first(pool);
    }
    if (kind == CISTERN_FAULT_LINK) {
        cistern_pool_mend(pool, finding);
    } else {
        *finding = (cistern_pool_finding_t){.kind = kind, .address = pool->free_list};
        pool_write_poison(pool, pool->free_list);
        pool_write_guards(pool, pool->free_list);
    }
    return NULL;
}

bool cistern_pool_give(cistern_pool_t *pool, void *block, cistern_pool_finding_t *finding)
{
    finding->address = block;
    finding->kind = (CISTERN_CHECK >= 1) ? pool_judge(pool, block) : CISTERN_FAULT_NONE;
    if (finding->kind != CISTERN_FAULT_NONE) {
        return false;
    }
    finding->kind = pool_check_guards(pool, block);
    if (finding->kind != CISTERN_FAULT_NONE) {
        pool_write_guards(pool, block);
    }
    pool_write_poison(pool, block);
    pool_link_block(pool, block);
    ++pool->free;
    CISTERN_ASSERT(pool->free <= pool->count);                            /* (I2) */
    CISTERN_ASSERT(!pool_has_keys(pool) || cistern_pool_is_sound(block)); /* (I3) */
    return true;
}

/* --- the ends of get and put, entered with the critical section held, which they leave ----------
 */

void *cistern_pool_get_slow(cistern_pool_t *pool, cistern_critical_t state,
                            const cistern_pool_place_t *at)
{
    cistern_pool_finding_t finding = {CISTERN_FAULT_NONE, NULL};
    void *const block = cistern_pool_take(pool, &finding);
    CISTERN_ASSERT(block == NULL || finding.kind == CISTERN_FAULT_NONE);
    CISTERN_ASSERT(block == NULL || pool_has_touched(pool, block)); /* (I5) */
    if (block != NULL) {
        cistern_pool_remember(pool, block, CISTERN_POOL_GET, at);
    }
    cistern_critical_leave(state);
    (void)cistern_pool_report(pool, &finding);
    return block;
}

cistern_error_t cistern_pool_put_slow(cistern_pool_t *pool, void *block, cistern_critical_t state,
                                      const cistern_pool_place_t *at)
{
    cistern_pool_finding_t finding;
    const bool given = cistern_pool_give(pool, block, &finding);
    CISTERN_ASSERT(given || finding.kind != CISTERN_FAULT_NONE);
    if (given) {
        cistern_pool_remember(pool, block, CISTERN_POOL_PUT, at);
    }
    cistern_critical_leave(state);
    const cistern_error_t error = cistern_pool_report(pool, &finding);
    return given ? CISTERN_OK : error;
}

void *cistern_pool_get_special(cistern_pool_t *pool, const cistern_pool_place_t *at)
{
    CISTERN_ASSERT(cistern_pool_slow(pool) != 0); /* (I6) */
    return pool_is_plain(pool) ? cistern_pool_get_slow(pool, cistern_critical_enter(), at)
                               : (pool_strategy(pool)->get)(pool, at);
}

cistern_error_t cistern_pool_put_special(cistern_pool_t *pool, void *block,
                                         const cistern_pool_place_t *at)
{
    CISTERN_ASSERT(cistern_pool_slow(pool) != 0); /* (I6) */
    return pool_is_plain(pool) ? cistern_pool_put_slow(pool, block, cistern_critical_enter(), at)
                               : (pool_strategy(pool)->put)(pool, block, NULL, at);
}
