/* memp.c - lwIP's pools, thin over the pool engine.
 *
 *   memp_pools[MEMP_X] --> struct memp_desc (const) --> cistern_pool_t --> memory
 *                                         \-----------> struct stats_mem, written with the pool
 *
 * With CISTERN_MEMP_LOCK_FREE the statistics are written behind the pool: see memp_stats.h.
 * With MEMP_MEM_MALLOC an element comes from the heap instead and only its pool's limit is kept:
 *   (I1) account->used is the number of elements that the heap has given out; it never exceeds num
 */
#include "lwip/opt.h"

#include <string.h>

#include "cistern/critical.h"
#include "cistern/fault.h"
#include "../pool/pool_plain.h"
#include "lwip/debug.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "memp_stats.h"
#include "memp_types.h"

#ifdef LWIP_HOOK_FILENAME
#    include LWIP_HOOK_FILENAME
#endif

#define LWIP_MEMPOOL(name, num, size, desc) LWIP_MEMPOOL_DECLARE(name, num, size, desc)
#include "lwip/priv/memp_std.h"

const struct memp_desc *const memp_pools[MEMP_MAX] = {
#define LWIP_MEMPOOL(name, num, size, desc) &memp_##name,
#include "lwip/priv/memp_std.h"
};

/* --- elements from pools, or from the heap ---------------------------------------------------- */

#if MEMP_MEM_MALLOC

static void elements_init(const struct memp_desc *desc)
{
    *desc->account = (struct memp_account){0};
}

static size_t elements_used(const struct memp_desc *desc)
{
    const cistern_critical_t state = cistern_critical_enter();
    const size_t used = desc->account->used;
    cistern_critical_leave(state);
    return used;
}

static bool elements_reserve(const struct memp_desc *desc)
{
    struct memp_account *const account = desc->account;
    const cistern_critical_t state = cistern_critical_enter();
    const bool within_limit = account->used < desc->num;
    account->used += within_limit ? 1U : 0U;
    if (!within_limit) {
        stats_write(desc, account->used, POOL_GOT_NONE);
    }
    cistern_critical_leave(state);
    return within_limit;
}

/* Gives up one element of the limit, since it went back to the heap or the heap had none; returns
 * whether the limit was reached. */
static bool elements_release(const struct memp_desc *desc, pool_outcome_t outcome)
{
    struct memp_account *const account = desc->account;
    const cistern_critical_t state = cistern_critical_enter();
    const bool was_full = account->used == desc->num;
    --account->used;
    stats_write(desc, account->used, outcome);
    cistern_critical_leave(state);
    return was_full;
}

static void elements_note(const struct memp_desc *desc, pool_outcome_t outcome)
{
    const cistern_critical_t state = cistern_critical_enter();
    stats_write(desc, desc->account->used, outcome);
    cistern_critical_leave(state);
}

/* A size that mem_size_t cannot express is more than can be asked for. */
static inline void *heap_get(size_t bytes)
{
    const mem_size_t size = (mem_size_t)bytes;
    return size == bytes ? mem_malloc(size) : NULL;
}

static inline void *element_get(const struct memp_desc *desc, const char *file, int line)
{
    (void)file;
    (void)line;
    if (!elements_reserve(desc)) {
        return NULL;
    }
    void *const mem = heap_get(desc->size);
    if (mem == NULL) {
        (void)elements_release(desc, POOL_GOT_NONE);
    } else {
        elements_note(desc, POOL_GOT);
    }
    return mem;
}

/* Whether the pool has elements in use; else no address can be one of them, which is reported. */
static bool has_elements(const struct memp_desc *desc, const void *mem)
{
    const bool has = elements_used(desc) > 0;
    if (!has) {
        const cistern_fault_t fault = {.kind = CISTERN_FAULT_FOREIGN_FREE,
                                       .object = desc,
                                       .address = mem,
                                       .name = desc->desc};
        cistern_fault_raise(&fault);
    }
    return has;
}

/* The heap judges the address, and reports it, before its element is counted as free (I1). */
static inline bool element_put(const struct memp_desc *desc, void *mem, bool *was_empty,
                               const char *file, int line)
{
    (void)file;
    (void)line;
    if (!has_elements(desc, mem) || !mem_try_free(mem)) {
        elements_note(desc, POOL_REFUSED);
        return false;
    }
    *was_empty = elements_release(desc, POOL_TAKEN_BACK);
    return true;
}

static bool elements_are_sound(const struct memp_desc *desc)
{
    return elements_used(desc) <= desc->num;
}

#else

#    if MEMP_MEM_INIT
static void elements_zero(const struct memp_desc *desc)
{
    memset(LWIP_MEM_ALIGN(desc->base), 0, MEMP_POOL_BYTES(desc->num, desc->size));
}
#    else
static void elements_zero(const struct memp_desc *desc)
{
    (void)desc;
}
#    endif

#    if CISTERN_MEMP_LOCK_FREE
static void elements_share(const struct memp_desc *desc, cistern_pool_config_t *config)
{
    *desc->extras = (cistern_pool_extras_t){
        .strategy = CISTERN_POOL_LOCK_FREE,
        .work = desc->work,
        .work_bytes = CISTERN_POOL_LOCK_FREE_BYTES(desc->num),
    };
    config->extras = desc->extras;
}
#    else
static void elements_share(const struct memp_desc *desc, const cistern_pool_config_t *config)
{
    (void)desc;
    (void)config;
}
#    endif

static void elements_init(const struct memp_desc *desc)
{
    cistern_pool_config_t config = {
        .name = desc->desc,
        .count = desc->num,
        .size = desc->size,
        .alignment = LWIP_ALIGNMENT,
        .memory = LWIP_MEM_ALIGN(desc->base),
        .bytes = MEMP_POOL_BYTES(desc->num, desc->size),
    };
    elements_share(desc, &config);
    elements_zero(desc);
    const cistern_error_t error = cistern_pool_init(desc->pool, &config);
    LWIP_ASSERT("memp_init_pool: element size or number out of range", error == CISTERN_OK);
    LWIP_UNUSED_ARG(error);
}

static bool elements_are_sound(const struct memp_desc *desc)
{
    return cistern_pool_check(desc->pool);
}

#    if CISTERN_MEMP_LOCK_FREE

static inline void *element_get(const struct memp_desc *desc, const char *file, int line)
{
    void *const mem = pool_get_shared(desc->pool, file, line, NULL, NULL);
    if (mem == NULL) {
        stats_count_failure(desc);
    }
    stats_publish_get(desc);
    return mem;
}

static inline bool element_put(const struct memp_desc *desc, void *mem, bool *was_empty,
                               const char *file, int line)
{
    if (pool_put_shared(desc->pool, mem, was_empty, file, line, NULL, NULL) != CISTERN_OK) {
        stats_count_refusal(desc);
        return false;
    }
    stats_publish_put(desc);
    return true;
}

#    else

/* From the pool's own numbers, which are exact inside its critical section. */
static inline void note(const cistern_pool_t *pool, const void *desc, pool_outcome_t outcome)
{
    stats_write(desc, pool->count - pool->free, outcome);
}

static inline void *element_get(const struct memp_desc *desc, const char *file, int line)
{
    return pool_get(desc->pool, file, line, note, desc);
}

static inline bool element_put(const struct memp_desc *desc, void *mem, bool *was_empty,
                               const char *file, int line)
{
    return pool_put(desc->pool, mem, was_empty, file, line, note, desc) == CISTERN_OK;
}

#    endif

#endif

/* --- one pool --------------------------------------------------------------------------------- */

void memp_init_pool(const struct memp_desc *desc)
{
    LWIP_ERROR("memp_init_pool: no description", desc != NULL, return );
    elements_init(desc);
    stats_clear(desc);
}

/* Checks that the options ask for: MEMP_SANITY_CHECK looks at the pool of the call after each free,
 * MEMP_OVERFLOW_CHECK 2 at every element of every pool of the list on each call. */
#if MEMP_OVERFLOW_CHECK >= 2
static void check_all_pools(void)
{
    for (unsigned i = 0; i < (unsigned)MEMP_MAX; ++i) {
        LWIP_ASSERT("memp: a pool is damaged", elements_are_sound(memp_pools[i]));
    }
}
#else
static void check_all_pools(void) {}
#endif

static void check_after_free(const struct memp_desc *desc)
{
    const bool sound = !MEMP_SANITY_CHECK || elements_are_sound(desc);
    LWIP_ASSERT("memp_free: the pool is damaged", sound);
    LWIP_UNUSED_ARG(sound);
}

static inline void *hand_out(const struct memp_desc *desc, const char *file, int line)
{
    check_all_pools();
    return element_get(desc, file, line);
}

/* Gives an element back: false iff it was refused. Else *was_empty tells whether the pool was. */
static inline bool take_back(const struct memp_desc *desc, void *mem, bool *was_empty,
                             const char *file, int line)
{
    check_all_pools();
    if (!element_put(desc, mem, was_empty, file, line)) {
        return false;
    }
    check_after_free(desc);
    return true;
}

static inline void free_pool(const struct memp_desc *desc, void *mem, const char *file, int line)
{
    LWIP_ERROR("memp_free_pool: no description", desc != NULL, return );
    bool was_empty;
    if (mem != NULL) {
        (void)take_back(desc, mem, &was_empty, file, line);
    }
}

void(memp_free_pool)(const struct memp_desc *desc, void *mem)
{
    free_pool(desc, mem, NULL, 0);
}

/* --- the malloc pools of the list ------------------------------------------------------------- */

#if MEM_USE_POOLS

enum {
    MALLOC_POOLS = 0
#    define LWIP_MEMPOOL(name, num, size, desc)
#    define LWIP_MALLOC_MEMPOOL_START
#    define LWIP_MALLOC_MEMPOOL(num, size) +1
#    define LWIP_MALLOC_MEMPOOL_END
#    include "lwip/priv/memp_std.h"
};

_Static_assert(
    MALLOC_POOLS > 0,
    "MEM_USE_POOLS: lwippools.h lists no malloc pool; put at least one LWIP_MALLOC_MEMPOOL"
    " between LWIP_MALLOC_MEMPOOL_START and LWIP_MALLOC_MEMPOOL_END");
_Static_assert(
    MALLOC_POOLS == 0 || MALLOC_POOLS == MEMP_POOL_HELPER_LAST - MEMP_POOL_HELPER_FIRST + 1,
    "MEM_USE_POOLS: the malloc pools in lwippools.h do not follow each other; move every"
    " other pool out from between LWIP_MALLOC_MEMPOOL_START and LWIP_MALLOC_MEMPOOL_END");

/* True iff a pool listed before this one serves every request that this one could. */
static bool is_never_reached(int type)
{
    int i = MEMP_POOL_FIRST;
    while (i < type && memp_pools[i]->size < memp_pools[type]->size) {
        ++i;
    }
    return i < type && !MEM_USE_POOLS_TRY_BIGGER_POOL;
}

static void name_unused_malloc_pools(void)
{
    for (int i = MEMP_POOL_FIRST; i <= (int)MEMP_POOL_LAST; ++i) {
        if (is_never_reached(i)) {
            LWIP_PLATFORM_DIAG(("memp_init: pool %s is never used: mem_malloc takes the first that "
                                "fits, and a pool listed before it is as large\n",
                                memp_pools[i]->desc));
        }
    }
}

#else

static void name_unused_malloc_pools(void) {}

#endif

/* --- the pools of the list -------------------------------------------------------------------- */

void memp_init(void)
{
    for (unsigned i = 0; i < (unsigned)MEMP_MAX; ++i) {
        memp_init_pool(memp_pools[i]);
        stats_attach((memp_t)i);
    }
    name_unused_malloc_pools();
}

#ifdef LWIP_HOOK_MEMP_AVAILABLE
static void announce_available(memp_t type)
{
    LWIP_HOOK_MEMP_AVAILABLE(type);
}
#else
static void announce_available(memp_t type)
{
    (void)type;
}
#endif

static inline bool take_back_type(memp_t type, void *mem, const char *file, int line)
{
    bool was_empty;
    if (!take_back(memp_pools[type], mem, &was_empty, file, line)) {
        return false;
    }
    if (was_empty) {
        announce_available(type);
    }
    return true;
}

bool memp_try_free(memp_t type, void *mem)
{
    return take_back_type(type, mem, NULL, 0);
}

static inline void free_type(memp_t type, void *mem, const char *file, int line)
{
    LWIP_ERROR("memp_free: no such pool", (unsigned)type < (unsigned)MEMP_MAX, return );
    if (mem != NULL) {
        (void)take_back_type(type, mem, file, line);
    }
}

static inline void *take_type(memp_t type, const char *file, int line)
{
    LWIP_ERROR("memp_malloc: no such pool", (unsigned)type < (unsigned)MEMP_MAX, return NULL);
    return hand_out(memp_pools[type], file, line);
}

static inline void *take_pool(const struct memp_desc *desc, const char *file, int line)
{
    LWIP_ERROR("memp_malloc_pool: no description", desc != NULL, return NULL);
    return hand_out(desc, file, line);
}

void *(memp_malloc_pool)(const struct memp_desc *desc)
{
    return take_pool(desc, NULL, 0);
}

void *(memp_malloc)(memp_t type)
{
    return take_type(type, NULL, 0);
}

void(memp_free)(memp_t type, void *mem)
{
    free_type(type, mem, NULL, 0);
}

/* --- with the caller's place ------------------------------------------------------------------ */

#if MEMP_OVERFLOW_CHECK || CISTERN_CHECK >= 3

void *memp_malloc_pool_fn(const struct memp_desc *desc, const char *file, const int line)
{
    return take_pool(desc, file, line);
}

void *memp_malloc_fn(memp_t type, const char *file, const int line)
{
    return take_type(type, file, line);
}

#endif

#if CISTERN_CHECK >= 3

void memp_free_pool_at(const struct memp_desc *desc, void *mem, const char *file, int line)
{
    free_pool(desc, mem, file, line);
}

void memp_free_at(memp_t type, void *mem, const char *file, int line)
{
    free_type(type, mem, file, line);
}

#endif
