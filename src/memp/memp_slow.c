/* SPDX-License-Identifier: BSD-3-Clause */
/* memp_slow.c - what a pool of lwIP's face does seldom: start, misuse, damage, inspection.
 * Vocabulary is in memp_section.h.
 *
 *   struct memp_desc + struct memp_state --memp_expand--> cistern_pool_t --> the engine
 *                      struct memp_state <--memp_collapse--
 */
#include "lwip/opt.h"

#include "lwip/debug.h"
#include "memp_elements.h"

#if MEMP_MEM_MALLOC

void memp_start(const struct memp_desc *desc)
{
    *desc->account = (struct memp_account){0};
    MEMP_COUNT(memp_stats_clear(desc));
}

bool memp_is_whole(const struct memp_desc *desc)
{
    return memp_is_allowed(desc, memp_used(desc));
}

static void memp_fill_stats(const struct memp_desc *desc, cistern_pool_stats_t *stats)
{
    const size_t used = desc->account->used;
    *stats = (cistern_pool_stats_t){.size = desc->size,
                                    .stride = desc->size,
                                    .count = desc->num,
                                    .free = used < desc->num ? desc->num - used : 0,
                                    .min_free = desc->num};
}

bool memp_pool_owns(const struct memp_desc *desc, const void *mem)
{
    (void)desc;
    (void)mem;
    return false;
}

bool memp_pool_uses(const struct memp_desc *desc, const void *mem)
{
    return memp_pool_owns(desc, mem);
}

#elif CISTERN_MEMP_LOCK_FREE

void memp_start(const struct memp_desc *desc)
{
    const cistern_pool_config_t config = {
        .name = desc->desc,
        .count = desc->num,
        .size = MEMP_ELEMENT_BYTES(desc->size),
        .alignment = LWIP_ALIGNMENT,
        .memory = LWIP_MEM_ALIGN(desc->base),
        .bytes = MEMP_POOL_BYTES(desc->num, desc->size),
        .extras = desc->extras,
    };
    *desc->extras = (cistern_pool_extras_t){
        .strategy = CISTERN_POOL_LOCK_FREE,
        .work = desc->work,
        .work_bytes = CISTERN_POOL_LOCK_FREE_BYTES(desc->num),
    };
    const cistern_error_t error = cistern_pool_init(desc->pool, &config);
    LWIP_ASSERT("memp_init_pool: element size or number out of range", error == CISTERN_OK);
    LWIP_UNUSED_ARG(error);
    MEMP_COUNT(memp_stats_clear(desc));
}

bool memp_is_whole(const struct memp_desc *desc)
{
    return cistern_pool_check(desc->pool);
}

static void memp_fill_stats(const struct memp_desc *desc, cistern_pool_stats_t *stats)
{
    cistern_pool_stats(desc->pool, stats);
}

bool memp_pool_owns(const struct memp_desc *desc, const void *mem)
{
    return cistern_pool_owns(desc->pool, mem);
}

bool memp_pool_uses(const struct memp_desc *desc, const void *mem)
{
    return cistern_pool_uses(desc->pool, mem);
}

#else

#    if CISTERN_CHECK >= 1

static void memp_expand_state(const struct memp_desc *desc, cistern_pool_t *pool)
{
    const struct memp_state *const state = memp_state(desc);
    pool->free = desc->num - state->used - state->quarantined;
    CISTERN_ASSERT(state->used + state->quarantined <= desc->num); /* (S1) */
    pool->inverse = desc->inverse;
    pool->stride_shift = desc->shift;
}

static void memp_collapse(const struct memp_desc *desc, const cistern_pool_t *pool)
{
    struct memp_state *const state = memp_state(desc);
    *memp_list(desc) = pool->free_list;
    state->quarantined += pool->quarantined;
    CISTERN_ASSERT(pool->free + state->quarantined <= desc->num); /* (S1) */
    state->used = desc->num - pool->free - state->quarantined;
    MEMP_COUNT(memp_stats_get(desc, state->used));
}

static size_t memp_quarantined(const struct memp_desc *desc)
{
    return memp_state(desc)->quarantined;
}

#    else

static void memp_expand_state(const struct memp_desc *desc, cistern_pool_t *pool)
{
    const size_t stride = MEMP_STRIDE(desc->size);
    while ((stride >> pool->stride_shift & 1U) == 0) {
        ++pool->stride_shift;
    }
    for (const cistern_block_t *mem = *memp_list(desc); mem != NULL; mem = mem->next) {
        ++pool->free;
    }
}

static void memp_collapse(const struct memp_desc *desc, const cistern_pool_t *pool)
{
    *memp_list(desc) = pool->free_list;
}

static size_t memp_quarantined(const struct memp_desc *desc)
{
    (void)desc;
    return 0;
}

#    endif

#    if CISTERN_CHECK >= 2
static void memp_expand_guard(cistern_pool_t *pool)
{
    pool->guard = CISTERN_POOL_GUARD;
}
#    else
static void memp_expand_guard(cistern_pool_t *pool)
{
    (void)pool;
}
#    endif

/* The engine's pool of a description, inside the section. */
static void memp_expand(const struct memp_desc *desc, cistern_pool_t *pool)
{
    *pool = (cistern_pool_t){.size = MEMP_ELEMENT_BYTES(desc->size),
                             .count = desc->num,
                             .touched = desc->num,
                             .base = memp_base(desc),
                             .free_list = *memp_list(desc),
                             .name = desc->desc};
    memp_expand_state(desc, pool);
    memp_expand_guard(pool);
}

/* Makes the engine's pool of one description what a fault shows of another: from level 3 on, with
 * the history of its elements. */
#    if CISTERN_CHECK >= 3
static void memp_turn_into(const struct memp_desc *desc, cistern_pool_t *pool)
{
    const cistern_critical_t state = cistern_critical_enter();
    memp_expand(desc, pool);
    cistern_critical_leave(state);
}
#    else
static void memp_turn_into(const struct memp_desc *desc, cistern_pool_t *pool)
{
    pool->name = desc->desc;
}
#    endif

/* The pool that the address of a finding belongs to: `pool`, which becomes another one of the list
 * where the address is foreign, or NULL. */
static const cistern_pool_t *memp_owner(cistern_pool_t *pool, const cistern_pool_finding_t *finding)
{
    if (finding->kind != CISTERN_FAULT_FOREIGN_FREE) {
        return pool;
    }
    const struct memp_desc *const owner =
        CISTERN_DIAGNOSIS ? memp_pool_find(finding->address) : NULL;
    if (owner == NULL) {
        return NULL;
    }
    memp_turn_into(owner, pool);
    return pool;
}

static void memp_report(const struct memp_desc *desc, cistern_pool_t *pool,
                        const cistern_pool_finding_t *finding)
{
    if (finding->kind > CISTERN_FAULT_NONE && finding->kind != CISTERN_FAULT_ARGUMENT) {
        cistern_pool_raise(memp_owner(pool, finding), desc, finding, desc->desc);
    }
}

/* Ends a call of the engine: keeps what it has changed, leaves the section and reports. */
static void memp_finish(const struct memp_desc *desc, cistern_pool_t *pool,
                        const cistern_pool_finding_t *finding, cistern_critical_t state)
{
    memp_collapse(desc, pool);
    cistern_critical_leave(state);
    memp_report(desc, pool, finding);
}

/* Takes an element by the engine. At level 1 that is for the sake of a damaged list alone. */
#    if CISTERN_CHECK == 1
static void *memp_take_by_engine(cistern_pool_t *pool, cistern_pool_finding_t *finding)
{
    cistern_pool_mend(pool, finding);
    return NULL;
}
#    else
static void *memp_take_by_engine(cistern_pool_t *pool, cistern_pool_finding_t *finding)
{
    return cistern_pool_take(pool, finding);
}
#    endif

/* A get at level 2 and up, or from a damaged list: the engine's, on a pool that is filled in. */
static void *memp_get_by_engine(const struct memp_desc *desc, cistern_critical_t state,
                                const cistern_pool_place_t *at)
{
    cistern_pool_t pool;
    cistern_pool_finding_t finding = {CISTERN_FAULT_NONE, NULL};
    memp_expand(desc, &pool);
    void *const mem = memp_take_by_engine(&pool, &finding);
    CISTERN_ASSERT(mem == NULL || memp_pool_owns(desc, mem));
    if (mem != NULL) {
        cistern_pool_remember(&pool, mem, CISTERN_POOL_GET, at);
    } else {
        MEMP_COUNT(++desc->stats->err);
    }
    memp_finish(desc, &pool, &finding, state);
    memp_clear_poison(desc, mem);
    return mem;
}

void *memp_get_slow(const struct memp_desc *desc, cistern_critical_t state,
                    const cistern_pool_place_t *at)
{
    if (CISTERN_CHECK >= 1 && *memp_list(desc) != NULL) {
        return memp_get_by_engine(desc, state, at);
    }
    MEMP_COUNT(++desc->stats->err);
    cistern_critical_leave(state);
    return NULL;
}

bool memp_put_slow(const struct memp_desc *desc, cistern_critical_t state, void *mem,
                   const cistern_pool_place_t *at)
{
    cistern_pool_t pool;
    cistern_pool_finding_t finding;
    memp_expand(desc, &pool);
    const bool given = cistern_pool_give(&pool, mem, &finding);
    CISTERN_ASSERT(given || finding.kind != CISTERN_FAULT_NONE);
    if (given) {
        cistern_pool_remember(&pool, mem, CISTERN_POOL_PUT, at);
    }
    if (finding.kind != CISTERN_FAULT_NONE) { /* refused, or taken back with a damaged guard */
        MEMP_COUNT(++desc->stats->illegal);
    }
    memp_finish(desc, &pool, &finding, state);
    return given;
}

#    if MEMP_MEM_INIT
static void memp_zero(const struct memp_desc *desc)
{
    memset((void *)memp_base(desc), 0, MEMP_POOL_BYTES(desc->num, desc->size));
}
#    else
static void memp_zero(const struct memp_desc *desc)
{
    (void)desc;
}
#    endif

#    if CISTERN_CHECK >= 1
static void memp_start_state(const struct memp_desc *desc)
{
    *memp_state(desc) = (struct memp_state){.list = NULL};
}
#    else
static void memp_start_state(const struct memp_desc *desc)
{
    *memp_list(desc) = NULL;
}
#    endif

/* Links every element, in ascending order of address. */
static void memp_link_all(const struct memp_desc *desc)
{
    const size_t stride = MEMP_STRIDE(desc->size);
    CISTERN_ASSERT(*memp_list(desc) == NULL);
    uintptr_t mem = memp_base(desc) + desc->num * stride;
    for (size_t left = desc->num; left > 0; --left) {
        mem -= stride;
        cistern_pool_push(memp_list(desc), (void *)mem);
    }
}

/* The same with the guards, poison and records of the higher levels. */
static void memp_start_checked(const struct memp_desc *desc)
{
    cistern_pool_t pool;
    memp_expand(desc, &pool);
    cistern_pool_start(&pool);
    memp_collapse(desc, &pool);
}

void memp_start(const struct memp_desc *desc)
{
    const cistern_critical_t state = cistern_critical_enter();
    memp_zero(desc);
    memp_start_state(desc);
    if (CISTERN_CHECK >= 2) {
        memp_start_checked(desc);
    } else {
        memp_link_all(desc);
    }
    MEMP_COUNT(memp_stats_clear(desc));
    cistern_critical_leave(state);
}

/* --- inspection ------------------------------------------------------------------------------- */

bool memp_is_whole(const struct memp_desc *desc)
{
    cistern_pool_t pool;
    const cistern_critical_t state = cistern_critical_enter();
    memp_expand(desc, &pool);
    CISTERN_ASSERT(pool.count == desc->num);
    const bool whole = memp_quarantined(desc) + pool.free <= desc->num && cistern_pool_check(&pool);
    cistern_critical_leave(state);
    return whole;
}

static void memp_fill_stats(const struct memp_desc *desc, cistern_pool_stats_t *stats)
{
    cistern_pool_t pool;
    memp_expand(desc, &pool);
    cistern_pool_stats(&pool, stats);
    stats->quarantined = memp_quarantined(desc);
    stats->min_free = desc->num;
}

bool memp_pool_owns(const struct memp_desc *desc, const void *mem)
{
    if (CISTERN_CHECK >= 1) { /* by what never changes, without the section */
        const cistern_pool_shape_t shape = memp_shape(desc);
        return mem != NULL && cistern_pool_index(&shape, mem) < desc->num;
    }
    cistern_pool_t pool;
    const cistern_critical_t state = cistern_critical_enter();
    memp_expand(desc, &pool);
    cistern_critical_leave(state);
    return cistern_pool_owns(&pool, mem);
}

bool memp_pool_uses(const struct memp_desc *desc, const void *mem)
{
    cistern_pool_t pool;
    const cistern_critical_t state = cistern_critical_enter();
    memp_expand(desc, &pool);
    const bool uses = cistern_pool_uses(&pool, mem);
    cistern_critical_leave(state);
    return uses;
}

#endif

#if CISTERN_MEMP_LAID_OUT

#    if CISTERN_CHECK >= 1 && !CISTERN_MEMP_LOCK_FREE && !MEMP_MEM_MALLOC
static void memp_derive(struct memp_desc *desc, size_t stride)
{
    desc->shift = 0;
    while ((stride >> desc->shift & 1U) == 0) {
        ++desc->shift;
    }
    desc->inverse = CISTERN_POOL_INVERSE(stride >> desc->shift);
}
#    else
static void memp_derive(struct memp_desc *desc, size_t stride)
{
    (void)desc;
    (void)stride;
}
#    endif

#    if !MEMP_MEM_MALLOC
static void memp_set_base(struct memp_desc *desc, void *memory)
{
    desc->base = memory;
}
#    else
static void memp_set_base(struct memp_desc *desc, void *memory)
{
    (void)desc;
    (void)memory;
}
#    endif

void memp_lay_out(struct memp_desc *desc, size_t num, size_t size, void *memory)
{
    desc->num = num;
    desc->size = size;
    memp_set_base(desc, memory);
    memp_derive(desc, MEMP_STRIDE(size));
}

#endif

bool memp_pool_check(const struct memp_desc *desc)
{
    return desc != NULL && memp_is_whole(desc);
}

void memp_pool_stats(const struct memp_desc *desc, cistern_pool_stats_t *stats)
{
    const cistern_critical_t state = cistern_critical_enter();
    memp_fill_stats(desc, stats);
    CISTERN_ASSERT(stats->free <= stats->count);
    stats->name = desc->desc;
    stats->size = desc->size;
    MEMP_COUNT(stats->min_free = desc->num - desc->stats->max);
    MEMP_COUNT(stats->failures = (size_t)desc->stats->err);
    cistern_critical_leave(state);
}

const struct memp_desc *memp_pool_find(const void *mem)
{
    for (unsigned i = 0; i < (unsigned)MEMP_MAX; ++i) {
        if (memp_pool_owns(memp_pools[i], mem)) {
            return memp_pools[i];
        }
    }
    return NULL;
}
