/* SPDX-License-Identifier: BSD-3-Clause */
/* memp_section.h - elements of pools behind the port's critical section, laid out when compiling.
 *
 *   struct memp_desc (const) --tab--> list | used | quarantined      level 1 and up
 *                            --tab--> list                           level 0, as lwIP has it
 *
 * Vocabulary: the usual case of a get or put is served here, inline; all others by the engine, on a
 * cistern_pool_t that is filled in for the call.
 *
 * Invariant
 *   (S1) outside the section, used in a pool's statistics is the number of elements that are neither
 *        free nor quarantined, or the highest number that mem_size_t holds
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

/* Changes the number of elements in use and returns it. */
static inline size_t memp_add_used(const struct memp_desc *desc, size_t change)
{
    return memp_state(desc)->used += change;
}

#else

static inline cistern_pool_shape_t memp_shape(const struct memp_desc *desc)
{
    return (cistern_pool_shape_t){.base = memp_base(desc)};
}

#    if MEMP_STATS
static inline size_t memp_add_used(const struct memp_desc *desc, size_t change)
{
    return desc->stats->used + change;
}
#    else
#        define memp_add_used(desc, change) ((size_t)0)
#    endif

#endif

/* The rare ends of get and put: entered with the section held, which they leave. */
void *memp_get_slow(const struct memp_desc *desc, cistern_critical_t state,
                    const cistern_pool_place_t *at);
bool memp_put_slow(const struct memp_desc *desc, cistern_critical_t state, void *mem,
                   const cistern_pool_place_t *at);

static inline void *memp_get_at(const struct memp_desc *desc, const cistern_pool_place_t *at)
{
    const cistern_critical_t state = cistern_critical_enter();
    void *const mem = (CISTERN_CHECK <= 1) ? cistern_pool_pop(memp_list(desc)) : NULL;
    if (mem == NULL) {
        return memp_get_slow(desc, state, at);
    }
    const size_t used = memp_add_used(desc, 1);
    CISTERN_ASSERT(CISTERN_CHECK == 0 || used <= desc->num); /* (S1) */
    MEMP_COUNT(memp_stats_get(desc, used));
    cistern_critical_leave(state);
    (void)used;
    return mem;
}

/* Where was_empty is not NULL, it says whether no element was free before. False if refused. */
static inline bool memp_put(const struct memp_desc *desc, void *mem, bool *was_empty,
                            const cistern_pool_place_t *at)
{
    const cistern_critical_t state = cistern_critical_enter();
    const cistern_pool_shape_t shape = memp_shape(desc);
    if (was_empty != NULL) {
        *was_empty = *memp_list(desc) == NULL;
    }
    if (CISTERN_CHECK >= 2 || !cistern_pool_may_push(&shape, mem)) {
        return memp_put_slow(desc, state, mem, at);
    }
    cistern_pool_push(memp_list(desc), mem);
    const size_t used = memp_add_used(desc, (size_t)-1);
    CISTERN_ASSERT(CISTERN_CHECK == 0 || used < desc->num); /* (S1) */
    MEMP_COUNT(memp_stats_put(desc, used));
    cistern_critical_leave(state);
    (void)used;
    return true;
}

#endif
