/* SPDX-License-Identifier: BSD-3-Clause */
/* mem_pools.c - lwIP's heap on the malloc pools that lwippools.h lists.
 *
 *   element of pool i:  | helper: poolnr | pad | payload ......... |
 *                       ^ element              ^ mem
 *
 * Words: the malloc pools are MEMP_POOL_FIRST to MEMP_POOL_LAST, in the order listed. The helper
 * tells a debugger which pool an element belongs to; a free goes by the address alone, so that what
 * is no element is never read.
 *
 * Invariant (with MEM_STATS)
 *   I1  lwip_stats.mem.used is the sum of the bytes of all elements in use.
 */
#include "lwip/opt.h"

#include "lwip/mem.h"

#if MEM_USE_POOLS

#    include <stdbool.h>
#    include <stddef.h>
#    include <string.h>

#    include "cistern/critical.h"
#    include "cistern/trace.h"
#    include "lwip/def.h"
#    include "lwip/memp.h"
#    include "lwip/stats.h"
#    include "illegal.h"

#    define MEM_HELPER_BYTES LWIP_MEM_ALIGN_SIZE(sizeof(struct memp_malloc_helper))

#    if MEM_STATS
/* Brings the statistics up to date (I1), with `failed` more failures and `illegal` more faults. */
static void mem_update_stats(unsigned failed, unsigned illegal)
{
    size_t avail = 0;
    size_t used = 0;
    const cistern_critical_t state = cistern_critical_enter();
    for (int i = MEMP_POOL_FIRST; i <= (int)MEMP_POOL_LAST; ++i) {
        cistern_pool_stats_t pool;
        memp_pool_stats(memp_pools[i], &pool);
        avail += pool.count * pool.size;
        used += (pool.count - pool.free - pool.quarantined) * pool.size;
    }
    lwip_stats.mem.avail = (mem_size_t)LWIP_MIN(avail, (mem_size_t)-1);
    lwip_stats.mem.used = (mem_size_t)LWIP_MIN(used, (mem_size_t)-1);
    lwip_stats.mem.max = LWIP_MAX(lwip_stats.mem.max, lwip_stats.mem.used);
    lwip_stats.mem.err = (STAT_COUNTER)(lwip_stats.mem.err + failed);
    lwip_stats.mem.illegal = (STAT_COUNTER)(lwip_stats.mem.illegal + illegal);
    cistern_critical_leave(state);
}
#    else
static inline void mem_update_stats(unsigned failed, unsigned illegal)
{
    (void)failed;
    (void)illegal;
}
#    endif

void mem_init(void)
{
    CISTERN_TRACE_ON_MALLOC();
}

/* The next pool from `first` on whose elements have room for `bytes` behind the helper; behind the
 * last one if there is none. */
static int mem_pool_for(int first, size_t bytes)
{
    CISTERN_ASSERT(first >= (int)MEMP_POOL_FIRST && first <= (int)MEMP_POOL_LAST + 1);
    int i = first;
    while (i <= (int)MEMP_POOL_LAST && memp_pools[i]->size - MEM_HELPER_BYTES < bytes) {
        ++i;
    }
    return i;
}

/* Takes an element of the first pool that is large enough; of a larger one only with
 * MEM_USE_POOLS_TRY_BIGGER_POOL. At most one step for each pool. */
static struct memp_malloc_helper *mem_take_element(size_t bytes)
{
    CISTERN_ASSERT(bytes != 0);
    int i = mem_pool_for(MEMP_POOL_FIRST, bytes);
    struct memp_malloc_helper *element = NULL;
    while (i <= (int)MEMP_POOL_LAST && element == NULL) {
        element = (struct memp_malloc_helper *)memp_malloc_pool(memp_pools[i]);
        if (element != NULL) {
            element->poolnr = (memp_t)i;
        }
        i = MEM_USE_POOLS_TRY_BIGGER_POOL ? mem_pool_for(i + 1, bytes) : (int)MEMP_POOL_LAST + 1;
    }
    return element;
}

void *mem_malloc(mem_size_t size)
{
    if (size == 0) {
        return NULL;
    }
    struct memp_malloc_helper *const element = mem_take_element(size);
    mem_update_stats(element == NULL ? 1U : 0, 0);
    void *const mem = element != NULL ? (u8_t *)element + MEM_HELPER_BYTES : NULL;
    CISTERN_TRACE_ON_ALLOC(cistern_trace_malloc, mem, size);
    return mem;
}

void *mem_calloc(mem_size_t count, mem_size_t size)
{
    if (size != 0 && count > (mem_size_t)-1 / size) {
        mem_update_stats(1U, 0);
        return NULL;
    }
    const mem_size_t bytes = (mem_size_t)(count * size);
    void *const mem = mem_malloc(bytes);
    return mem != NULL ? memset(mem, 0, bytes) : NULL;
}

/* The pool of an element; behind the last one if it is none's. */
static int mem_pool_of(const void *element)
{
    int i = MEMP_POOL_FIRST;
    while (i <= (int)MEMP_POOL_LAST && !memp_pool_owns(memp_pools[i], element)) {
        ++i;
    }
    return i;
}

/* Gives an element back: false if it is none in use. What is no element at all goes to the first
 * pool to be reported, from check level 1 on. */
static bool mem_take_back(void *element)
{
    const int i = mem_pool_of(element);
    if (i <= (int)MEMP_POOL_LAST) {
        return memp_try_free((memp_t)i, element);
    }
    return CISTERN_CHECK >= 1 && memp_try_free(MEMP_POOL_FIRST, element);
}

bool mem_try_free(void *mem)
{
    CISTERN_ASSERT(mem != NULL);
    const bool taken = mem_take_back((u8_t *)mem - MEM_HELPER_BYTES);
    mem_update_stats(0, taken ? 0 : 1U);
    CISTERN_TRACE_ON_FREE(cistern_trace_malloc, mem, taken);
    return taken;
}

void mem_free(void *mem)
{
    if (mem != NULL && !mem_try_free(mem)) {
        LWIP_MEM_ILLEGAL_FREE("mem_free: not an element in use of a malloc pool");
    }
}

bool mem_is_in_use(const void *mem)
{
    if (mem == NULL) {
        return false;
    }
    const u8_t *const element = (const u8_t *)mem - MEM_HELPER_BYTES;
    const int i = mem_pool_of(element);
    return i <= (int)MEMP_POOL_LAST && memp_pool_uses(memp_pools[i], element);
}

void *mem_trim(void *mem, mem_size_t size)
{
    (void)size;
    return mem;
}

#endif
