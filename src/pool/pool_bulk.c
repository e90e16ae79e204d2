/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_bulk.c - several blocks in one call, and puts that say whether the pool was empty.
 *
 *   blocks   | b | b | ... |    one critical section for a whole run of them, or one step of the
 *                               pool's strategy
 *
 * Vocabulary and invariants are in pool.c.
 */
#include "cistern/trace.h"
#include "pool_guard.h"

static inline bool pool_has_fast_path(const cistern_pool_t *pool)
{
    return CISTERN_CHECK == 0 || (CISTERN_CHECK == 1 && pool_has_keys(pool));
}

static size_t pool_get_run(cistern_pool_t *pool, void **blocks, size_t wanted)
{
    cistern_pool_finding_t finding = {CISTERN_FAULT_NONE, NULL};
    size_t got = 0;
    const cistern_critical_t state = cistern_critical_enter();
    while (pool_has_fast_path(pool) && got < wanted &&
           (blocks[got] = cistern_pool_pop(&pool->free_list)) != NULL) {
        cistern_pool_count_taken(pool);
        ++got;
    }
    while (got < wanted && (blocks[got] = cistern_pool_take(pool, &finding)) != NULL) {
        cistern_pool_remember(pool, blocks[got], CISTERN_POOL_GET, NULL);
        ++got;
    }
    CISTERN_ASSERT(got <= wanted && pool->free <= pool->count); /* (I2) */
    cistern_critical_leave(state);
    (void)cistern_pool_report(pool, &finding);
    return got;
}

size_t cistern_pool_get_bulk(cistern_pool_t *pool, void **blocks, size_t wanted)
{
    if (pool == NULL || blocks == NULL) {
        return 0;
    }
    const size_t got = pool_is_plain(pool)
                           ? pool_get_run(pool, blocks, wanted)
                           : pool_strategy(pool)->get_bulk(pool, blocks, wanted, false, NULL);
    CISTERN_TRACE_ON_GETS(pool, blocks, got, wanted);
    return got;
}

/* Gives one block back inside the section; false and a finding if it is refused. */
static inline bool pool_put_one(cistern_pool_t *pool, const cistern_pool_shape_t *shape,
                                void *block, cistern_pool_finding_t *finding)
{
    if (pool_has_fast_path(pool) && cistern_pool_may_push(shape, block)) {
        cistern_pool_push(&pool->free_list, block);
        ++pool->free;
        return true;
    }
    return cistern_pool_give(pool, block, finding);
}

/* Gives blocks back up to the first NULL, or the first that is refused, which is then reported.
 * Returns how many were accepted. Of those with damaged guards one is reported. */
static size_t pool_put_run(cistern_pool_t *pool, void *const *blocks, size_t count)
{
    cistern_pool_finding_t finding = {CISTERN_FAULT_NONE, NULL};
    cistern_pool_finding_t accepted = finding;
    size_t given = 0;
    const cistern_critical_t state = cistern_critical_enter();
    const cistern_pool_shape_t shape = cistern_pool_shape(pool);
    while (given < count && blocks[given] != NULL &&
           pool_put_one(pool, &shape, blocks[given], &finding)) {
        cistern_pool_remember(pool, blocks[given], CISTERN_POOL_PUT, NULL);
        accepted = (finding.kind != CISTERN_FAULT_NONE) ? finding : accepted;
        finding.kind = CISTERN_FAULT_NONE;
        ++given;
    }
    CISTERN_ASSERT(given <= count && pool->free <= pool->count); /* (I2) */
    cistern_critical_leave(state);
    (void)cistern_pool_report(pool, &accepted);
    (void)cistern_pool_report(pool, &finding);
    return given;
}

size_t cistern_pool_put_bulk(cistern_pool_t *pool, void *const *blocks, size_t count)
{
    if (pool == NULL || blocks == NULL) {
        return 0;
    }
    size_t accepted = 0;
    for (size_t i = 0; i < count; ++i) { /* i is past the one that was refused */
        const size_t run = pool_is_plain(pool)
                               ? pool_put_run(pool, &blocks[i], count - i)
                               : pool_strategy(pool)->put_run(pool, &blocks[i], count - i, NULL);
        CISTERN_ASSERT(run <= count - i);
        CISTERN_TRACE_ON_PUTS(pool, &blocks[i], run);
        accepted += run;
        i += run;
    }
    return accepted;
}

/* Gives a block back to a plain pool, and says whether that was empty. */
static cistern_error_t pool_put_plain(cistern_pool_t *pool, void *block, bool *was_empty,
                                      const cistern_pool_place_t *at)
{
    cistern_pool_finding_t finding;
    const cistern_critical_t state = cistern_critical_enter();
    *was_empty = pool->free == 0;
    const bool given = cistern_pool_give(pool, block, &finding);
    CISTERN_ASSERT(given || finding.kind != CISTERN_FAULT_NONE);
    if (given) {
        cistern_pool_remember(pool, block, CISTERN_POOL_PUT, at);
    }
    cistern_critical_leave(state);
    const cistern_error_t error = cistern_pool_report(pool, &finding);
    return given ? CISTERN_OK : error;
}

static cistern_error_t pool_put_noting(cistern_pool_t *pool, void *block, bool *was_empty,
                                       const cistern_pool_place_t *at)
{
    if (pool == NULL || was_empty == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    *was_empty = false;
    return pool_is_plain(pool) ? pool_put_plain(pool, block, was_empty, at)
                               : (pool_strategy(pool)->put)(pool, block, was_empty, at);
}

cistern_error_t cistern_pool_put_noting(cistern_pool_t *pool, void *block, bool *was_empty)
{
    const cistern_error_t error = pool_put_noting(pool, block, was_empty, NULL);
    CISTERN_TRACE_ON_PUT(pool, block, error == CISTERN_OK);
    return error;
}

/* Below level 3 no place is kept. */
cistern_error_t cistern_pool_put_noting_at(cistern_pool_t *pool, void *block, bool *was_empty,
                                           const char *file, int line)
{
    const cistern_pool_place_t at = {file, line};
    const cistern_error_t error =
        pool_put_noting(pool, block, was_empty, CISTERN_CHECK >= 3 ? &at : NULL);
    CISTERN_TRACE_ON_PUT(pool, block, error == CISTERN_OK);
    return error;
}
