/* SPDX-License-Identifier: BSD-3-Clause */
/* memp_calls.h - the usual get and put of a pool in line, for a face that makes and frees elements all
 * the time.
 *
 *   memp_get_usual --> an element      or NULL, nothing done: memp_malloc decides
 *   memp_put_usual --> it was given    or false, nothing done: memp_try_free decides
 *
 * Where size counts, and where options ask for work at each call, nothing is usual: the compiler drops
 * the calls.
 *
 * Options, for lwipopts.h:
 * | option                         | default | effect                                                 |
 * |--------------------------------|---------|--------------------------------------------------------|
 * | LWIP_HOOK_FILENAME             | none    | a header in quotes that declares hooks                 |
 * | LWIP_HOOK_MEMP_AVAILABLE(type) | none    | what memp_free runs when an empty pool has an element  |
 * |                                |         | again                                                  |
 */
#ifndef CISTERN_SRC_MEMP_CALLS_H
#define CISTERN_SRC_MEMP_CALLS_H

#include "lwip/memp.h"
#include "memp_elements.h"

#ifdef LWIP_HOOK_FILENAME /* which may define LWIP_HOOK_MEMP_AVAILABLE */
#    include LWIP_HOOK_FILENAME
#endif

#if !defined __OPTIMIZE_SIZE__ && CISTERN_CHECK <= 1 && !MEMP_MEM_MALLOC &&                        \
    !CISTERN_MEMP_LOCK_FREE && !MEMP_OVERFLOW_CHECK && !MEMP_SANITY_CHECK &&                       \
    !defined LWIP_HOOK_MEMP_AVAILABLE

static inline void *memp_get_usual(const struct memp_desc *desc)
{
    const cistern_critical_t state = cistern_critical_enter();
    void *const mem = cistern_pool_pop(memp_list(desc));
    if (mem != NULL) {
        const size_t used = memp_add_used(desc, 1);
        MEMP_COUNT(memp_stats_get(desc, used));
        (void)used;
    }
    cistern_critical_leave(state);
    if (mem != NULL) {
        MEMP_TRACE_ON_GET(desc, mem);
    }
    return mem;
}

static inline bool memp_put_usual(const struct memp_desc *desc, void *mem)
{
    const cistern_critical_t state = cistern_critical_enter();
    const cistern_pool_shape_t shape = memp_shape(desc);
    const bool usual = cistern_pool_may_push(&shape, mem);
    if (usual) {
        cistern_pool_push(memp_list(desc), mem);
        const size_t used = memp_add_used(desc, (size_t)-1);
        MEMP_COUNT(memp_stats_put(desc, used));
        (void)used;
    }
    cistern_critical_leave(state);
    if (usual) {
        MEMP_TRACE_ON_PUT(desc, mem);
    }
    return usual;
}

#else

static inline void *memp_get_usual(const struct memp_desc *desc)
{
    (void)desc;
    return NULL;
}

static inline bool memp_put_usual(const struct memp_desc *desc, const void *mem)
{
    (void)desc;
    (void)mem;
    return false;
}

#endif

#endif
