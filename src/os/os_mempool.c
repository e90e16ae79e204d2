/* SPDX-License-Identifier: BSD-3-Clause */
/* os_mempool.c - Mynewt's pools, and ESP-IDF's additions, thin over the pool engine.
 *
 *   struct os_mempool   | mp_block_size | mp_num_blocks | mp_num_free | ... | name | the rest |
 *   cistern_pool_t      | size          | count         | free        | ... | name | ...      |
 *
 * Tight pool: one whose blocks follow each other without a guard, since clients compute the index
 * of a block from mp_block_size. Extended pool: one with callbacks, the first member of a struct
 * os_mempool_ext.
 *
 * Keyless pool: one whose free blocks keep their content, since its client reads it: see
 * OS_MEMPOOL_KEEPS_CONTENT.
 *
 * (I1) each of Mynewt's fields lies on the low end of the engine's: the assertions below
 * (I2) OS_MEMPOOL_F_EXT is set only in the first member of a struct os_mempool_ext, whose
 *      mpe_put_extended_ is then how its blocks are put; so a program without extended pools links
 *      nothing of them
 * (I3) a pool is tight unless OS_MEMPOOL_GUARD asks for guards and it was made without
 *      OS_MEMPOOL_F_EXT
 */
#include "os/os_mempool.h"

#include <limits.h>
#include <string.h>

#include "../pool/pool_init.h" /* a tree adds these files without an include folder for them */
#include "mempool_private.h"

/* Where a field of Mynewt's begins if it is to lie on the low end of the engine's. */
#if defined __BYTE_ORDER__ && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#    define MEMPOOL_END(type, field) (offsetof(type, field) + sizeof(((type *)0)->field))
#else
#    define MEMPOOL_END(type, field) offsetof(type, field)
#endif
#define MEMPOOL_SAME_PLACE(theirs, ours)                                                           \
    _Static_assert(MEMPOOL_END(struct os_mempool, theirs) == MEMPOOL_END(cistern_pool_t, ours) &&  \
                       sizeof(((struct os_mempool *)0)->theirs) <=                                 \
                           sizeof(((cistern_pool_t *)0)->ours),                                    \
                   "struct os_mempool: " #theirs " does not lie on the engine's " #ours)

MEMPOOL_SAME_PLACE(mp_block_size, size);
MEMPOOL_SAME_PLACE(mp_num_blocks, count);
MEMPOOL_SAME_PLACE(mp_num_free, free);
MEMPOOL_SAME_PLACE(mp_min_free, min_free);
MEMPOOL_SAME_PLACE(mp_flags, flags);
MEMPOOL_SAME_PLACE(mp_membuf_addr, base);
MEMPOOL_SAME_PLACE(mp_list, next);
MEMPOOL_SAME_PLACE(slh_first, free_list);
MEMPOOL_SAME_PLACE(name, name);
_Static_assert(sizeof(struct os_mempool) == sizeof(cistern_pool_t), "struct os_mempool: size");

static os_error_t mempool_error(cistern_error_t error)
{
    switch (error) {
    case CISTERN_OK:
        return OS_OK;
    case CISTERN_ERROR_ALIGNMENT:
        return OS_MEM_NOT_ALIGNED;
    default:
        return OS_INVALID_PARM;
    }
}

/* --- life ------------------------------------------------------------------------------------ */

void os_mempool_module_init(void)
{
    cistern_pool_forget_all();
}

/* Has the engine keep the content of free blocks where the user asks for it by the pool's name. */
#if CISTERN_CHECK >= 1
static inline void mempool_set_keyless(cistern_pool_t *pool)
{
    if (pool->name != NULL && OS_MEMPOOL_KEEPS_CONTENT(pool->name)) {
        pool->slow |= CISTERN_POOL_KEYLESS;
    }
}
#else
static inline void mempool_set_keyless(cistern_pool_t *pool)
{
    (void)pool;
}
#endif

os_error_t mempool_make(struct os_mempool *mp, uint16_t blocks, uint32_t block_size, void *membuf,
                        os_mempool_name_t name, uint8_t flags)
{
    if (mp == NULL || (uint32_t)(size_t)block_size != block_size) {
        return OS_INVALID_PARM;
    }
    const cistern_pool_config_t config = {
        .name = name,
        .count = blocks,
        .size = (size_t)block_size,
        .alignment = OS_ALIGNMENT,
        .memory = membuf,
        .flags = flags,
        .tight = !OS_MEMPOOL_GUARDED || (flags & OS_MEMPOOL_F_EXT) != 0,
    };
    const cistern_error_t error = pool_prepare(&mp->mp_engine, &config);
    if (error == CISTERN_OK) {
        mempool_set_keyless(&mp->mp_engine);
    }
    return mempool_error(error);
}

os_error_t os_mempool_init(struct os_mempool *mp, uint16_t blocks, uint32_t block_size,
                           void *membuf, os_mempool_name_t name)
{
    return mempool_make(mp, blocks, block_size, membuf, name, 0);
}

os_error_t os_mempool_unregister(struct os_mempool *mp)
{
    return (mp == NULL) ? OS_INVALID_PARM : mempool_error(cistern_pool_unregister(&mp->mp_engine));
}

os_error_t os_mempool_clear(struct os_mempool *mp)
{
    return (mp == NULL) ? OS_INVALID_PARM : mempool_error(cistern_pool_clear(&mp->mp_engine));
}

void os_mempool_deinit(bool is_controller)
{
    struct os_mempool *mp = os_mempool_info_get_next(NULL, NULL);
    while (mp != NULL) {
        struct os_mempool *const next = os_mempool_info_get_next(mp, NULL);
        if (((mp->mp_flags & OS_MEMPOOL_F_CONTROLLER) != 0) == is_controller) {
            (void)os_mempool_unregister(mp);
        }
        mp = next;
    }
}

/* --- get and put ----------------------------------------------------------------------------- */

/* The callback that hands out a pool's blocks, or NULL. */
static inline os_mempool_get_fn *mempool_get_callback(const struct os_mempool *mp)
{
    return mempool_is_extended(mp) ? ((const struct os_mempool_ext *)mp)->mpe_get_cb : NULL;
}

/* Of the pool itself, whatever a callback would do. */
static inline void *mempool_take_own(struct os_mempool *mp, const cistern_pool_place_t *at)
{
    void *const block = (!mempool_is_plain(mp) && mempool_is_special(mp))
                            ? cistern_pool_get_special(&mp->mp_engine, at)
                            : cistern_pool_get_plain(&mp->mp_engine, at);
    CISTERN_TRACE_ON_GET(&mp->mp_engine, block);
    return block;
}

static inline void *mempool_take(struct os_mempool *mp, const cistern_pool_place_t *at)
{
    if (mp == NULL) {
        return NULL;
    }
    os_mempool_get_fn *const callback = mempool_is_plain(mp) ? NULL : mempool_get_callback(mp);
    return (callback != NULL)
               ? callback((struct os_mempool_ext *)mp, ((struct os_mempool_ext *)mp)->mpe_get_arg)
               : mempool_take_own(mp, at);
}

static inline void *mempool_get(struct os_mempool *mp, const cistern_pool_place_t *at)
{
    MEMPOOL_TRACED(os_trace_api_u32(OS_TRACE_ID_MEMBLOCK_GET, MEMPOOL_U32(mp)));
    void *const block = mempool_take(mp, at);
    MEMPOOL_TRACED(os_trace_api_ret_u32(OS_TRACE_ID_MEMBLOCK_GET, MEMPOOL_U32(block)));
    return block;
}

static inline os_error_t mempool_give_or_call(struct os_mempool *mp, void *block,
                                              const cistern_pool_place_t *at)
{
    struct os_mempool_ext *const mpe = (struct os_mempool_ext *)mp;
    if (!mempool_is_given(mp, block)) {
        return OS_INVALID_PARM;
    }
    return (!mempool_is_plain(mp) && mempool_is_extended(mp)) ? mpe->mpe_put_extended_(mpe, block)
                                                              : mempool_put_from_cb(mp, block, at);
}

static inline os_error_t mempool_put(struct os_mempool *mp, void *block,
                                     const cistern_pool_place_t *at)
{
    MEMPOOL_TRACED(
        os_trace_api_u32x2(OS_TRACE_ID_MEMBLOCK_PUT, MEMPOOL_U32(mp), MEMPOOL_U32(block)));
    const os_error_t error = mempool_give_or_call(mp, block, at);
    MEMPOOL_TRACED(os_trace_api_ret_u32(OS_TRACE_ID_MEMBLOCK_PUT, (uint32_t)error));
    return error;
}

void *(os_memblock_get)(struct os_mempool *mp)
{
    return mempool_get(mp, NULL);
}

os_error_t(os_memblock_put)(struct os_mempool *mp, void *block_addr)
{
    return mempool_put(mp, block_addr, NULL);
}

/* Level 3 remembers the place of the caller. */
#if CISTERN_CHECK >= 3

void *os_memblock_get_at(struct os_mempool *mp, const char *file, int line)
{
    const cistern_pool_place_t at = {file, line};
    return mempool_get(mp, &at);
}

os_error_t os_memblock_put_at(struct os_mempool *mp, void *block_addr, const char *file, int line)
{
    const cistern_pool_place_t at = {file, line};
    return mempool_put(mp, block_addr, &at);
}

#endif

/* --- inspection ------------------------------------------------------------------------------ */

bool os_mempool_is_sane(const struct os_mempool *mp)
{
    return mp != NULL && cistern_pool_check(&mp->mp_engine);
}

/* True if an address is in the memory of a pool's blocks. */
static bool mempool_surrounds(const cistern_pool_t *pool, const void *address)
{
    return (uintptr_t)address - pool->base < pool->count * cistern_pool_stride(pool);
}

int os_memblock_from(const struct os_mempool *mp, const void *block_addr)
{
    if (mp == NULL) {
        return 0;
    }
    return ((mp->mp_flags & OS_MEMPOOL_F_COMBINATION) == 0)
               ? cistern_pool_owns(&mp->mp_engine, block_addr)
               : mempool_surrounds(&mp->mp_engine, block_addr);
}

static int mempool_clamped(size_t value)
{
    return (value > (size_t)INT_MAX) ? INT_MAX : (int)value;
}

static void mempool_fill_info(const struct os_mempool *mp, struct os_mempool_info *omi)
{
    cistern_pool_stats_t stats;
    cistern_pool_stats(&mp->mp_engine, &stats);
    memset(omi, 0, sizeof *omi);
    omi->omi_block_size = mempool_clamped(stats.size);
    omi->omi_num_blocks = mempool_clamped(stats.count);
    omi->omi_num_free = mempool_clamped(stats.free);
    omi->omi_min_free = mempool_clamped(stats.min_free);
    if (stats.name != NULL) {
        const char *const end = (const char *)memchr(stats.name, '\0', sizeof omi->omi_name - 1U);
        const size_t length =
            (end == NULL) ? sizeof omi->omi_name - 1U : (size_t)(end - stats.name);
        memcpy(omi->omi_name, stats.name, length);
    }
}

struct os_mempool *os_mempool_info_get_next(struct os_mempool *mp, struct os_mempool_info *omi)
{
    cistern_pool_t *const pool = cistern_pool_next((mp == NULL) ? NULL : &mp->mp_engine);
    struct os_mempool *const next = (struct os_mempool *)pool;
    if (next != NULL && omi != NULL) {
        mempool_fill_info(next, omi);
    }
    return next;
}

struct os_mempool *os_mempool_get(const char *mempool_name, struct os_mempool_info *info)
{
    struct os_mempool *mp = NULL;
    if (mempool_name == NULL) {
        return NULL;
    }
    do {
        mp = os_mempool_info_get_next(mp, NULL);
    } while (mp != NULL && (mp->name == NULL || strcmp(mp->name, mempool_name) != 0));
    if (mp != NULL && info != NULL) {
        mempool_fill_info(mp, info);
    }
    return mp;
}

/* --- the options that this library was built with: see cistern/agree.h ------------------------ */

CISTERN_AGREE_DEFINE(OS_ALIGNMENT, CISTERN_AGREE_OS_ALIGNMENT);
CISTERN_AGREE_DEFINE(OS_MEMPOOL_GUARD, CISTERN_AGREE_OS_GUARD);
