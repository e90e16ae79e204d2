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
 *   (I4) block i starts at base + i * stride; stride is a multiple of the alignment and holds a
 * link (I5) stride = odd << stride_shift and odd * inverse = 1 modulo the word size. So i =
 * rotate_right((address - base) * inverse, stride_shift) maps words one to one, and exactly the
 * starts of blocks to 0 .. count-1: one comparison tells a block of this pool from every other
 * address (level 1 and up) (I6) limit is touched, or 0 if blocks are narrow: then every get and put
 * takes the slow path (I7) the list is followed only to addresses that start a touched block, so
 * that no damage leads out of the memory, and for at most as many steps as there are listed blocks
 */
#include "pool_guard.h"

/* Functions are defined here whatever macros of the same names do at level 3. */
#undef cistern_pool_get
#undef cistern_pool_put

_Alignas(2) const unsigned char cistern_pool_anchor[2] = {0};

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

/* True iff a touched block holds what a free one would: its key, or where there is none, a link. */
static inline bool pool_looks_free(const cistern_pool_t *pool, const cistern_block_t *block)
{
    return pool_has_keys(pool) ? pool_is_sound(pool, block)
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
        !(pool_looks_free(pool, address) && pool_is_listed(pool, address))) {
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
    pool_set_touched(pool, index + 1U);
    pool_count_taken(pool);
    return pool_block_at(pool, index);
}

/* Takes the first free block, which was judged. A narrow one gets a content that is no link. */
static void *pool_take_first(cistern_pool_t *pool)
{
    const cistern_pool_shape_t shape = pool_shape(pool);
    cistern_block_t *const first = pool->free_list;
    pool->free_list = first->next;
    if (CISTERN_CHECK >= 1) {
        *cistern_pool_key_at(&shape, first) = pool_has_keys(pool) ? 0 : CISTERN_POOL_KEY;
    }
    pool_count_taken(pool);
    return first;
}

/* What the first free block is. */
static cistern_fault_kind_t pool_judge_first(const cistern_pool_t *pool)
{
    const cistern_block_t *const first = pool->free_list;
    if (CISTERN_CHECK == 0) {
        return CISTERN_FAULT_NONE;
    }
    if (!pool_has_touched(pool, first) ||
        (first->next != NULL && !pool_has_touched(pool, first->next)) ||
        (pool_has_keys(pool) && !pool_is_sound(pool, first))) {
        return CISTERN_FAULT_LINK;
    }
    return pool_check_poison(pool, first);
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
    *finding = (cistern_pool_finding_t){.kind = kind, .address = pool->free_list};
    if (kind == CISTERN_FAULT_LINK) {
        pool_repair(pool);
    } else {
        pool_write_poison(pool, pool->free_list);
        pool_write_guards(pool, pool->free_list);
    }
    return NULL;
}

bool cistern_pool_give(cistern_pool_t *pool, void *block, cistern_pool_finding_t *finding)
{
    const cistern_pool_shape_t shape = pool_shape(pool);
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
    cistern_pool_push(&shape, &pool->free_list, block);
    ++pool->free;
    CISTERN_ASSERT(!pool_has_keys(pool) || pool_is_sound(pool, block)); /* (I3) */
    return true;
}

/* --- get and put ------------------------------------------------------------------------------ */

/* Entered with the critical section held, which it leaves. */
static void *pool_get_slow(cistern_pool_t *pool, cistern_critical_t state, const char *file,
                           int line)
{
    cistern_pool_finding_t finding = {CISTERN_FAULT_NONE, NULL};
    void *const block = cistern_pool_take(pool, &finding);
    if (block != NULL) {
        cistern_pool_remember(pool, block, CISTERN_POOL_GET, file, line);
    }
    cistern_critical_leave(state);
    if (CISTERN_CHECK >= 1) {
        (void)cistern_pool_report(pool, &finding);
    }
    return block;
}

static cistern_error_t pool_put_slow(cistern_pool_t *pool, void *block, cistern_critical_t state,
                                     const char *file, int line)
{
    cistern_pool_finding_t finding;
    const bool given = cistern_pool_give(pool, block, &finding);
    if (given) {
        cistern_pool_remember(pool, block, CISTERN_POOL_PUT, file, line);
    }
    cistern_critical_leave(state);
    const cistern_error_t error = cistern_pool_report(pool, &finding);
    return given ? CISTERN_OK : error;
}

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
    return pool_is_given(pool) ? pool_get(pool, NULL, 0) : NULL;
}

cistern_error_t cistern_pool_put(cistern_pool_t *pool, void *block)
{
    return pool_is_given(pool) ? pool_put(pool, block, NULL, 0) : CISTERN_ERROR_ARGUMENT;
}

#if CISTERN_CHECK >= 3

void *cistern_pool_get_at(cistern_pool_t *pool, const char *file, int line)
{
    return pool_is_given(pool) ? pool_get(pool, file, line) : NULL;
}

cistern_error_t cistern_pool_put_at(cistern_pool_t *pool, void *block, const char *file, int line)
{
    return pool_is_given(pool) ? pool_put(pool, block, file, line) : CISTERN_ERROR_ARGUMENT;
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
