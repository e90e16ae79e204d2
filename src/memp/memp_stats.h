/* SPDX-License-Identifier: BSD-3-Clause */
/* memp_stats.h - the statistics of one pool, which lwIP's clients read in lwip_stats.memp[], and what
 * else does not depend on where elements come from.
 *
 * Numbers are written inside the critical section. Those beyond what mem_size_t holds stay at its
 * highest value, but at check level 0, where they wrap as lwIP's do.
 */
#ifndef CISTERN_SRC_MEMP_STATS_H
#define CISTERN_SRC_MEMP_STATS_H

#include <string.h>

#include "lwip/memp.h"
#include "lwip/stats.h"

/* What is done for the statistics only. */
#if MEMP_STATS
#    define MEMP_COUNT(statement) statement
#else
#    define MEMP_COUNT(statement) ((void)0)
#endif

#if MEMP_STATS

#    if defined LWIP_DEBUG || LWIP_STATS_DISPLAY
#        define MEMP_NAME_STATS(desc) ((desc)->stats->name = (desc)->desc)
#    else
#        define MEMP_NAME_STATS(desc) ((void)0)
#    endif

static inline mem_size_t memp_stats_clamp(size_t number)
{
    const mem_size_t most = (mem_size_t)-1;
    return (CISTERN_CHECK >= 1 && sizeof(mem_size_t) < sizeof(size_t) && number > most)
               ? most
               : (mem_size_t)number;
}

static inline void memp_stats_clear(const struct memp_desc *desc)
{
    memset(desc->stats, 0, sizeof *desc->stats);
    desc->stats->avail = memp_stats_clamp(desc->num);
    MEMP_NAME_STATS(desc);
}

/* After a get, and after a put. */
static inline void memp_stats_get(const struct memp_desc *desc, size_t used)
{
    struct stats_mem *const stats = desc->stats;
    stats->used = memp_stats_clamp(used);
    if (stats->used > stats->max) {
        stats->max = stats->used;
    }
}

static inline void memp_stats_put(const struct memp_desc *desc, size_t used)
{
    desc->stats->used = memp_stats_clamp(used);
}

#endif

/* A free element holds the poison of levels 2 and 3. Stacks know pools in .bss, whose elements are
 * zeros at first: lwIP's own tests assert it. */
static inline void memp_clear_poison(const struct memp_desc *desc, void *mem)
{
    if (CISTERN_CHECK >= 2 && mem != NULL) {
        memset(mem, 0, desc->size);
    }
}

#endif
