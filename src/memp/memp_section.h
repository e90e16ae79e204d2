/* SPDX-License-Identifier: BSD-3-Clause */
/* memp_section.h - elements of pools behind the port's critical section, laid out when compiling.
 *
 *   struct memp_desc (const) --tab--> list | free | quarantined      level 1 and up
 *                            --tab--> list                           level 0, as lwIP has it
 *
 * Vocabulary: the usual case of a get or put is served here, inline; all others by the engine, on a
 * cistern_pool_t that is filled in for the call.
 *
 * Invariant
 *   (S1) outside the section, used in a pool's statistics is num - free - quarantined, or the
 * highest number that mem_size_t holds
 */
#ifndef CISTERN_SRC_MEMP_SECTION_H
#define CISTERN_SRC_MEMP_SECTION_H

#include "cistern/critical.h"
#include "memp_stats.h"

static inline cistern_block_t **memp_list(const struct memp_desc *desc)
{
    return (cistern_block_t **)(void *)desc->tab;
}

static inline uintptr_t memp_base(const struct memp_desc *desc)
{
    return (uintptr_t)LWIP_MEM_ALIGN(desc->base);
}

#if CISTERN_CHECK >= 1

static inline struct memp_state *memp_state(const struct memp_desc *desc)
{
    return (struct memp_state *)(void *)desc->tab;
}

static inline cistern_pool_shape_t memp_shape(const struct memp_desc *desc)
{
    return (cistern_pool_shape_t){.base = memp_base(desc),
                                  .limit = desc->num,
                                  .inverse = desc->inverse,
                                  .shift = desc->shift};
}

static inline size_t memp_used(const struct memp_desc *desc)
{
    const struct memp_state *const state = memp_state(desc);
    return desc->num - state->free - state->quarantined;
}

static inline void memp_count_get(const struct memp_desc *desc)
{
    --memp_state(desc)->free;
    memp_stats_set_used(desc, memp_used(desc));
    memp_stats_raise_max(desc);
}

static inline void memp_count_put(const struct memp_desc *desc)
{
    ++memp_state(desc)->free;
    memp_stats_set_used(desc, memp_used(desc));
}

#else

static inline cistern_pool_shape_t memp_shape(const struct memp_desc *desc)
{
    return (cistern_pool_shape_t){.base = memp_base(desc)};
}

static inline void memp_count_get(const struct memp_desc *desc)
{
    memp_stats_add_used(desc, 1);
    memp_stats_raise_max(desc);
}

static inline void memp_count_put(const struct memp_desc *desc)
{
    memp_stats_add_used(desc, -1);
}

#endif

/* The rare ends of get and put: entered with the section held, which they leave. */
void *memp_get_slow(const struct memp_desc *desc, cistern_critical_t state, const cistern_pool_place_t *at);
bool memp_put_slow(const struct memp_desc *desc, cistern_critical_t state, void *mem,
                   const cistern_pool_place_t *at);

static inline void *memp_get(const struct memp_desc *desc, const cistern_pool_place_t *at)
{
    const cistern_critical_t state = cistern_critical_enter();
    void *const mem = (CISTERN_CHECK <= 1) ? cistern_pool_pop(memp_list(desc)) : NULL;
    if (CISTERN_CHECK >= 1 && mem == NULL) {
        return memp_get_slow(desc, state, at);
    }
    if (mem != NULL) {
        memp_count_get(desc);
    } else {
        memp_stats_count_failure(desc);
    }
    cistern_critical_leave(state);
    return mem;
}

/* Where was_empty is not NULL, it says whether no element was free before. False iff refused. */
static inline bool memp_put(const struct memp_desc *desc, void *mem, bool *was_empty,
                            const cistern_pool_place_t *at)
{
    const cistern_critical_t state = cistern_critical_enter();
    const cistern_pool_shape_t shape = memp_shape(desc);
    *was_empty = *memp_list(desc) == NULL;
    if (CISTERN_CHECK >= 2 || !cistern_pool_may_push(&shape, mem)) {
        return memp_put_slow(desc, state, mem, at);
    }
    cistern_pool_push(memp_list(desc), mem);
    memp_count_put(desc);
    cistern_critical_leave(state);
    return true;
}

#endif
