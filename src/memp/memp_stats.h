/* SPDX-License-Identifier: BSD-3-Clause */
/* memp_stats.h - the statistics of one pool, which lwIP's clients read in lwip_stats.memp[].
 *
 * Call the functions inside the critical section. Numbers beyond what mem_size_t holds stay at its
 * highest value.
 */
#ifndef CISTERN_SRC_MEMP_STATS_H
#define CISTERN_SRC_MEMP_STATS_H

#include <string.h>

#include "lwip/memp.h"
#include "lwip/stats.h"

#if MEMP_STATS

static inline void memp_stats_attach(memp_t type)
{
    lwip_stats.memp[type] = memp_pools[type]->stats;
}

#    if defined LWIP_DEBUG || LWIP_STATS_DISPLAY
static inline void memp_stats_name(const struct memp_desc *desc)
{
    desc->stats->name = desc->desc;
}
#    else
static inline void memp_stats_name(const struct memp_desc *desc)
{
    (void)desc;
}
#    endif

static inline mem_size_t memp_stats_clamp(size_t number)
{
    const mem_size_t most = (mem_size_t)-1;
    return (sizeof(mem_size_t) < sizeof(size_t) && number > most) ? most : (mem_size_t)number;
}

static inline void memp_stats_clear(const struct memp_desc *desc)
{
    memset(desc->stats, 0, sizeof *desc->stats);
    desc->stats->avail = memp_stats_clamp(desc->num);
    memp_stats_name(desc);
}

static inline void memp_stats_set_used(const struct memp_desc *desc, size_t used)
{
    desc->stats->used = memp_stats_clamp(used);
}

static inline void memp_stats_add_used(const struct memp_desc *desc, int change)
{
    desc->stats->used = (mem_size_t)(desc->stats->used + (mem_size_t)change);
}

static inline void memp_stats_raise_max(const struct memp_desc *desc)
{
    if (desc->stats->used > desc->stats->max) {
        desc->stats->max = desc->stats->used;
    }
}

static inline void memp_stats_count_failure(const struct memp_desc *desc)
{
    ++desc->stats->err;
}

static inline void memp_stats_count_refusal(const struct memp_desc *desc)
{
    ++desc->stats->illegal;
}

#else

static inline void memp_stats_attach(memp_t type)
{
    (void)type;
}

static inline void memp_stats_clear(const struct memp_desc *desc)
{
    (void)desc;
}

static inline void memp_stats_set_used(const struct memp_desc *desc, size_t used)
{
    (void)desc;
    (void)used;
}

static inline void memp_stats_add_used(const struct memp_desc *desc, int change)
{
    (void)desc;
    (void)change;
}

static inline void memp_stats_raise_max(const struct memp_desc *desc)
{
    (void)desc;
}

static inline void memp_stats_count_failure(const struct memp_desc *desc)
{
    (void)desc;
}

static inline void memp_stats_count_refusal(const struct memp_desc *desc)
{
    (void)desc;
}

#endif

#endif
