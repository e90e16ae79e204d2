/* pool_core.h - what the files of the pool engine share: the free list and the lock around it.
 * The invariants (I1) to (I6) are stated in pool.c. */
#ifndef CISTERN_SRC_POOL_CORE_H
#define CISTERN_SRC_POOL_CORE_H

#include "cistern/critical.h"
#include "cistern/fault.h"
#include "cistern/pool.h"
#include "pool_check.h"
#include "pool_trail.h"

/* What a get or put found wrong: reported once the lock is left. */
typedef struct trouble {
    cistern_fault_kind_t kind;
    const void *address;
} trouble_t;

/* Reports a fault with the pool's name and, at level 3, the block's last user. */
cistern_error_t pool_report(const cistern_pool_t *pool, cistern_fault_kind_t kind,
                            const void *address, const char *owner);

/* Says what is wrong with an address that is not a used block of the pool; NULL is no fault. */
cistern_error_t pool_refuse(const cistern_pool_t *pool, const void *address);

/* Makes every block free, in ascending order of address. Under the pool's lock. */
void pool_free_every_block(cistern_pool_t *pool);

/* Whether an address is a multiple of a power of two. */
static inline bool pool_is_aligned(uintptr_t address, size_t alignment)
{
    return (address & (alignment - 1U)) == 0;
}

static inline void *block_at(const cistern_pool_t *pool, size_t index)
{
    return (void *)(pool->base + index * stride_of(pool));
}

static inline void push(cistern_pool_t *pool, void *address)
{
    cistern_block_t *const block = address;
    block->next = pool->free_list;
    pool->free_list = block;
    ++pool->free;
}

static inline void count_failure(cistern_pool_t *pool)
{
    const uint16_t next = (uint16_t)(pool->failures + 1U);
    if (next != 0) {
        pool->failures = next;
    }
}

/* Takes the first free block off the list, which goes on at `next`. */
static inline void *unlink_first(cistern_pool_t *pool, cistern_block_t *block,
                                 cistern_block_t *next)
{
    const size_t free = pool->free - 1U;
    pool->free_list = next;
    pool->free = free;
    if (free < pool->min_free) {
        pool->min_free = free;
    }
    return block;
}

/* Takes the first free block if there is one and nothing is to be said against it; otherwise
 * changes nothing and returns NULL. Under the pool's lock. */
static inline void *pop(cistern_pool_t *pool)
{
    cistern_block_t *const block = pool->free_list;
    if (block == NULL || trail_of_free(pool, block) != CISTERN_FAULT_NONE) {
        return NULL;
    }
    cistern_block_t *const next =
        (CISTERN_CHECK == 0) ? list_after(pool, block, pool->free) : block->next;
    return use_first(pool, block, next) ? unlink_first(pool, block, next) : NULL;
}

/* What there is to do when pop gave nothing: counts the failure, takes a block behind which there
 * are new ones, or repairs what is damaged and sets *trouble. Under the pool's lock. */
void *pool_pop_hard(cistern_pool_t *pool, trouble_t *trouble);

static inline void *take(cistern_pool_t *pool, trouble_t *trouble)
{
    void *const block = pop(pool);
    return (block != NULL) ? block : pool_pop_hard(pool, trouble);
}

/* Whether a block may be given back, and if so, makes it look free. Under the pool's lock. */
static inline cistern_fault_kind_t retire(cistern_pool_t *pool, void *block)
{
    if (!state_is(pool, block, BLOCK_USED)) {
        return CISTERN_FAULT_DOUBLE_FREE;
    }
    const cistern_fault_kind_t kind = trail_guards(pool, block);
    if (kind != CISTERN_FAULT_NONE) {
        trail_repair_guards(pool, block);
        return kind;
    }
    state_set(pool, block, BLOCK_FREE);
    trail_set_free(pool, block);
    return CISTERN_FAULT_NONE;
}

/* Reports why retire refused. */
static inline cistern_error_t put_refused(const cistern_pool_t *pool, const void *block,
                                          cistern_fault_kind_t kind)
{
    return (kind == CISTERN_FAULT_DOUBLE_FREE) ? pool_refuse(pool, block)
                                               : pool_report(pool, kind, block, pool->name);
}

/* What a get answers once the lock was left. */
static inline void *get_ended(const cistern_pool_t *pool, void *block, const trouble_t *trouble)
{
    if (CISTERN_CHECK >= 1 && trouble->kind != CISTERN_FAULT_NONE) {
        (void)pool_report(pool, trouble->kind, trouble->address, pool->name);
    }
    return block;
}

#endif
