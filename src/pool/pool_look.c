/* pool_look.c - looking at pools: numbers, blocks in use, history, and the check of every
 * invariant. The invariants (I1) to (I6) are stated in pool.c. */
#include "pool_core.h"
#include "pool_extras.h"

size_t cistern_pool_stride(const cistern_pool_t *pool)
{
    return stride_of(pool);
}

bool cistern_pool_owns(const cistern_pool_t *pool, const void *address)
{
    return pool != NULL && address != NULL && index_of(pool, address) < pool->count;
}

bool cistern_pool_uses(const cistern_pool_t *pool, const void *address)
{
    return cistern_pool_owns(pool, address) && strategy_of(pool)->uses_now(pool, address);
}

/* Looking stops a pool for a moment, which writes to its counters: it is const for the user. */
static cistern_critical_t stop(const cistern_pool_t *pool)
{
    return strategy_of(pool)->stop((cistern_pool_t *)pool);
}

static void go(const cistern_pool_t *pool, cistern_critical_t state)
{
    strategy_of(pool)->go((cistern_pool_t *)pool, state);
}

void cistern_pool_stats(const cistern_pool_t *pool, cistern_pool_stats_t *stats)
{
    const cistern_critical_t state = stop(pool);
    stats->name = pool->name;
    stats->size = pool->size;
    stats->stride = cistern_pool_stride(pool);
    stats->count = pool->count;
    stats->free = pool->free;
    stats->min_free = pool->min_free;
    stats->failures = pool->failures;
    go(pool, state);
}

void cistern_pool_reset_low_water(cistern_pool_t *pool)
{
    const cistern_critical_t state = stop(pool);
    strategy_of(pool)->reset_low_water(pool);
    go(pool, state);
}

size_t cistern_pool_walk(const cistern_pool_t *pool, cistern_pool_visit_t *visit, void *argument)
{
    size_t visited = 0;
    bool more = true;
    if (pool == NULL || visit == NULL || CISTERN_CHECK == 0) {
        return 0;
    }
    const cistern_critical_t state = stop(pool);
    for (size_t i = 0; more && i < pool->count; ++i) {
        if (strategy_of(pool)->uses(pool, block_at(pool, i))) {
            ++visited;
            more = visit(block_at(pool, i), i, argument);
        }
    }
    go(pool, state);
    return visited;
}

size_t cistern_pool_history(const cistern_pool_t *pool, const void *block,
                            cistern_pool_event_t *events, size_t max)
{
    size_t found = 0;
    if (!cistern_pool_owns(pool, block) || events == NULL) {
        return 0;
    }
    const cistern_critical_t state = stop(pool);
    while (found < max && found < CISTERN_POOL_HISTORY &&
           trail_event(pool, block, (unsigned)found).action != CISTERN_POOL_NOTHING) {
        events[found] = trail_event(pool, block, (unsigned)found);
        ++found;
    }
    go(pool, state);
    return found;
}

/* (I1), (I3): follows the free list for at most `free` links, each only after it was verified. */
static bool free_list_is_sound(const cistern_pool_t *pool)
{
    const cistern_block_t *block = pool->free_list;
    for (size_t left = pool->free; left > 0; --left) {
        if (!cistern_pool_owns(pool, block) || !state_is_free(pool, block) ||
            trail_of_free(pool, block) != CISTERN_FAULT_NONE) {
            return false;
        }
        block = list_after(pool, block, left);
    }
    return block == NULL;
}

/* (I2), (I3): every state is one of the two, and as many say free as there are free blocks. */
static bool states_are_sound(const cistern_pool_t *pool)
{
    size_t free_states = 0;
    for (size_t i = 0; i < pool->count; ++i) {
        const void *const block = block_at(pool, i);
        const bool is_free = state_is_free(pool, block);
        if (!is_free && !state_is(pool, block, BLOCK_USED)) {
            return false;
        }
        free_states += is_free ? 1U : 0U;
    }
    return free_states == pool->free || CISTERN_CHECK == 0;
}

bool pool_list_is_sound(const cistern_pool_t *pool)
{
    return free_list_is_sound(pool) && states_are_sound(pool);
}

/* Nobody wrote past a block, used or free. */
static bool guards_are_sound(const cistern_pool_t *pool)
{
    bool sound = true;
    for (size_t i = 0; sound && CISTERN_CHECK >= 2 && i < pool->count; ++i) {
        sound = trail_guards(pool, block_at(pool, i)) == CISTERN_FAULT_NONE;
    }
    return sound;
}

bool cistern_pool_check(const cistern_pool_t *pool)
{
    if (pool == NULL) {
        return false;
    }
    const cistern_critical_t state = stop(pool);
    const bool sound = pool->min_free <= pool->free && pool->free <= pool->count &&
                       strategy_of(pool)->is_sound(pool) && guards_are_sound(pool);
    go(pool, state);
    return sound;
}
