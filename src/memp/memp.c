/* SPDX-License-Identifier: BSD-3-Clause */
/* memp.c - lwIP's pools, thin over the pool engine.
 *
 *   memp_pools[MEMP_X] --> struct memp_desc (const) --> memory, free list, statistics
 *
 * Vocabulary: an element is what lwIP calls a pool's block; where elements come from is in
 * memp_elements.h.
 */
#include "lwip/opt.h"

#include <string.h>

#include "cistern/trace.h"
#include "lwip/debug.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "memp_elements.h"
#include "memp_types.h"

#ifdef LWIP_HOOK_FILENAME
#    include LWIP_HOOK_FILENAME
#endif

#if MEMP_USE_CUSTOM_POOLS
#    define MEMP_HAS_ELEMENTS(name, num)                                                           \
        _Static_assert((num) != 0,                                                                 \
                       "lwippools.h: pool " name " has no elements; give it at least 1,"           \
                       " or remove it");
/* clang-format off */
#    define LWIP_MEMPOOL(name, num, size, desc)         MEMP_HAS_ELEMENTS(#name, num)
#    define LWIP_PBUF_MEMPOOL(name, num, payload, desc) MEMP_HAS_ELEMENTS(#name, num)
#    define LWIP_MALLOC_MEMPOOL(num, size)              MEMP_HAS_ELEMENTS(#size, num)
/* clang-format on */
#    define LWIP_MALLOC_MEMPOOL_START
#    define LWIP_MALLOC_MEMPOOL_END
#    include "lwippools.h"
#    undef LWIP_MEMPOOL
#    undef LWIP_PBUF_MEMPOOL
#    undef LWIP_MALLOC_MEMPOOL
#    undef LWIP_MALLOC_MEMPOOL_START
#    undef LWIP_MALLOC_MEMPOOL_END
#endif

#define LWIP_MEMPOOL(name, num, size, desc)                                                        \
    _Static_assert((long)(num) >= 0,                                                               \
                   "a pool of the list has less than no elements: set"                             \
                   " MEMP_NUM_" #name " (PBUF_POOL_SIZE of PBUF_POOL) to 0 or more");
#include "lwip/priv/memp_std.h"

#define LWIP_MEMPOOL(name, num, size, desc) LWIP_MEMPOOL_DECLARE(name, num, size, desc)
#include "lwip/priv/memp_std.h"

const struct memp_desc *const memp_pools[MEMP_MAX] = {
#define LWIP_MEMPOOL(name, num, size, desc) &memp_##name,
#include "lwip/priv/memp_std.h"
};

/* --- one pool --------------------------------------------------------------------------------- */

void memp_init_pool(const struct memp_desc *desc)
{
    LWIP_ERROR("memp_init_pool: no description", desc != NULL, return );
    memp_start(desc);
    MEMP_TRACE_ON_START(desc);
}

/* Checks that the options ask for: MEMP_SANITY_CHECK looks at the pool of the call after each free,
 * MEMP_OVERFLOW_CHECK 2 at every element of every pool of the list on each call. */
#if MEMP_OVERFLOW_CHECK >= 2
static void memp_check_all_pools(void)
{
    for (unsigned i = 0; i < (unsigned)MEMP_MAX; ++i) {
        LWIP_ASSERT("memp: a pool is damaged", memp_is_whole(memp_pools[i]));
    }
}
#else
static void memp_check_all_pools(void) {}
#endif

static void memp_check_after_free(const struct memp_desc *desc)
{
    const bool sound = !MEMP_SANITY_CHECK || memp_is_whole(desc);
    LWIP_ASSERT("memp_free: the pool is damaged", sound);
    LWIP_UNUSED_ARG(sound);
}

static inline void *memp_take(const struct memp_desc *desc, const cistern_pool_place_t *at)
{
    memp_check_all_pools();
    void *const mem = memp_get_at(desc, at);
    MEMP_TRACE_ON_GET(desc, mem);
    return mem;
}

/* Gives an element back: false if it was refused. Else *was_empty, if it is not NULL, says whether the
 * pool was. */
static inline bool memp_give(const struct memp_desc *desc, void *mem, bool *was_empty,
                             const cistern_pool_place_t *at)
{
    memp_check_all_pools();
    if (!memp_put(desc, mem, was_empty, at)) {
        return false;
    }
    MEMP_TRACE_ON_PUT(desc, mem);
    memp_check_after_free(desc);
    return true;
}

static inline void memp_give_pool(const struct memp_desc *desc, void *mem,
                                  const cistern_pool_place_t *at)
{
    LWIP_ERROR("memp_free_pool: no description", desc != NULL, return );
    if (mem != NULL) {
        (void)memp_give(desc, mem, NULL, at);
    }
}

void(memp_free_pool)(const struct memp_desc *desc, void *mem)
{
    memp_give_pool(desc, mem, NULL);
}

/* --- the malloc pools of the list ------------------------------------------------------------- */

#if MEM_USE_POOLS

/* True if a pool listed before this one serves every request that this one could. */
static bool memp_is_never_reached(int type)
{
    int i = MEMP_POOL_FIRST;
    while (i < type && memp_pools[i]->size < memp_pools[type]->size) {
        ++i;
    }
    return i < type && !MEM_USE_POOLS_TRY_BIGGER_POOL;
}

static void memp_name_unused_malloc_pools(void)
{
    for (int i = MEMP_POOL_FIRST; i <= (int)MEMP_POOL_LAST; ++i) {
        if (memp_is_never_reached(i)) {
            LWIP_PLATFORM_DIAG(("memp_init: pool %s is never used: mem_malloc takes the first that "
                                "fits, and a pool listed before it is as large\n",
                                memp_pools[i]->desc));
        }
    }
}

#else

static void memp_name_unused_malloc_pools(void) {}

#endif

/* --- the pools of the list -------------------------------------------------------------------- */

void memp_init(void)
{
    for (unsigned i = 0; i < (unsigned)MEMP_MAX; ++i) {
        memp_init_pool(memp_pools[i]);
        MEMP_COUNT(lwip_stats.memp[i] = memp_pools[i]->stats);
    }
    memp_name_unused_malloc_pools();
}

/* Where the user has a hook, it is run when an empty pool has an element again. */
#ifdef LWIP_HOOK_MEMP_AVAILABLE
static inline bool memp_give_of_type(memp_t type, void *mem, const cistern_pool_place_t *at)
{
    bool was_empty = false;
    const bool given = memp_give(memp_pools[type], mem, &was_empty, at);
    if (given && was_empty) {
        LWIP_HOOK_MEMP_AVAILABLE(type);
    }
    return given;
}
#else
static inline bool memp_give_of_type(memp_t type, void *mem, const cistern_pool_place_t *at)
{
    return memp_give(memp_pools[type], mem, NULL, at);
}
#endif

bool memp_try_free(memp_t type, void *mem)
{
    return memp_give_of_type(type, mem, NULL);
}

static inline void *memp_take_of_type(memp_t type, const cistern_pool_place_t *at)
{
    LWIP_ERROR("memp_malloc: no such pool", (unsigned)type < (unsigned)MEMP_MAX, return NULL);
    return memp_take(memp_pools[type], at);
}

static inline void *memp_take_of_pool(const struct memp_desc *desc, const cistern_pool_place_t *at)
{
    LWIP_ERROR("memp_malloc_pool: no description", desc != NULL, return NULL);
    return memp_take(desc, at);
}

void *(memp_malloc_pool)(const struct memp_desc *desc)
{
    return memp_take_of_pool(desc, NULL);
}

void *(memp_malloc)(memp_t type)
{
    return memp_take_of_type(type, NULL);
}

void(memp_free)(memp_t type, void *mem)
{
    LWIP_ERROR("memp_free: no such pool", (unsigned)type < (unsigned)MEMP_MAX, return );
    if (mem != NULL) {
        (void)memp_try_free(type, mem);
    }
}

/* --- with the caller's place ------------------------------------------------------------------ */

#if MEMP_OVERFLOW_CHECK || CISTERN_CHECK >= 3

void *memp_malloc_pool_fn(const struct memp_desc *desc, const char *file, const int line)
{
    const cistern_pool_place_t at = {file, line};
    return memp_take_of_pool(desc, &at);
}

void *memp_malloc_fn(memp_t type, const char *file, const int line)
{
    const cistern_pool_place_t at = {file, line};
    return memp_take_of_type(type, &at);
}

#endif

#if CISTERN_CHECK >= 3

void memp_free_pool_at(const struct memp_desc *desc, void *mem, const char *file, int line)
{
    const cistern_pool_place_t at = {file, line};
    memp_give_pool(desc, mem, &at);
}

void memp_free_at(memp_t type, void *mem, const char *file, int line)
{
    const cistern_pool_place_t at = {file, line};
    LWIP_ERROR("memp_free: no such pool", (unsigned)type < (unsigned)MEMP_MAX, return );
    if (mem != NULL) {
        (void)memp_give_of_type(type, mem, &at);
    }
}

#endif
