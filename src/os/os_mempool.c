/* os_mempool.c - Mynewt's pools, thin over the pool engine.
 *
 * struct os_mempool is a cistern_pool_t under other names; the assertions below pin each field.
 */
#include "os/os_mempool.h"

#include <limits.h>
#include <string.h>

#define SAME_PLACE(theirs, ours)                                                                   \
    _Static_assert(offsetof(struct os_mempool, theirs) == offsetof(cistern_pool_t, ours) &&        \
                       sizeof(((struct os_mempool *)0)->theirs) ==                                 \
                           sizeof(((cistern_pool_t *)0)->ours),                                    \
                   "struct os_mempool: " #theirs " does not lie on the engine's " #ours)

SAME_PLACE(mp_block_size, size);
SAME_PLACE(mp_num_blocks, count);
SAME_PLACE(mp_num_free, free);
SAME_PLACE(mp_min_free, min_free);
SAME_PLACE(mp_flags, flags);
SAME_PLACE(mp_membuf_addr, base);
SAME_PLACE(mp_list, next);
SAME_PLACE(slh_first, free_list);
SAME_PLACE(name, name);
_Static_assert(sizeof(struct os_mempool) == sizeof(cistern_pool_t), "struct os_mempool: size");

static os_error_t os_error(cistern_error_t error)
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

static os_error_t init(struct os_mempool *mp, size_t blocks, size_t block_size, void *membuf,
                       const char *name, unsigned flags)
{
    const cistern_pool_config_t config = {
        .name = name,
        .count = blocks,
        .size = block_size,
        .alignment = OS_ALIGNMENT,
        .memory = membuf,
        .flags = (uint8_t)flags,
        .tight = !OS_MEMPOOL_HAS_GUARD || flags != 0,
    };
    return os_error(cistern_pool_init(&mp->mp_engine, &config));
}

os_error_t os_mempool_init(struct os_mempool *mp, size_t blocks, size_t block_size, void *membuf,
                           const char *name)
{
    return (mp == NULL) ? OS_INVALID_PARM : init(mp, blocks, block_size, membuf, name, 0);
}

os_error_t os_mempool_ext_init(struct os_mempool_ext *mpe, size_t blocks, size_t block_size,
                               void *membuf, const char *name)
{
    if (mpe == NULL) {
        return OS_INVALID_PARM;
    }
    const os_error_t error = init(&mpe->mpe_mp, blocks, block_size, membuf, name, OS_MEMPOOL_F_EXT);
    if (error == OS_OK) {
        mpe->mpe_put_cb = NULL;
        mpe->mpe_put_arg = NULL;
    }
    return error;
}

os_error_t os_mempool_unregister(struct os_mempool *mp)
{
    return (mp == NULL) ? OS_INVALID_PARM : os_error(cistern_pool_unregister(&mp->mp_engine));
}

os_error_t os_mempool_clear(struct os_mempool *mp)
{
    return (mp == NULL) ? OS_INVALID_PARM : os_error(cistern_pool_clear(&mp->mp_engine));
}

/* --- use ------------------------------------------------------------------------------------- */

/* Level 3 remembers the place of the caller; below it the shorter forms serve. */
#if CISTERN_CHECK >= 3
#    define POOL_GET(pool, file, line)        cistern_pool_get_at((pool), (file), (line))
#    define POOL_PUT(pool, block, file, line) cistern_pool_put_at((pool), (block), (file), (line))
#else
#    define POOL_GET(pool, file, line)        ((void)(file), (void)(line), cistern_pool_get(pool))
#    define POOL_PUT(pool, block, file, line)                                                      \
        ((void)(file), (void)(line), cistern_pool_put((pool), (block)))
#endif

static inline void *take(struct os_mempool *mp, const char *file, int line)
{
    return (mp == NULL) ? NULL : POOL_GET(&mp->mp_engine, file, line);
}

static inline os_error_t give_back(struct os_mempool *mp, void *block, const char *file, int line)
{
    return (mp == NULL || block == NULL) ? OS_INVALID_PARM
                                         : os_error(POOL_PUT(&mp->mp_engine, block, file, line));
}

/* To the callback, if the pool has one. */
static inline os_error_t put(struct os_mempool *mp, void *block, const char *file, int line)
{
    if (mp == NULL || (mp->mp_flags & OS_MEMPOOL_F_EXT) == 0) {
        return give_back(mp, block, file, line);
    }
    struct os_mempool_ext *const mpe = (struct os_mempool_ext *)mp;
    if (mpe->mpe_put_cb == NULL) {
        return give_back(mp, block, file, line);
    }
    const cistern_error_t error = cistern_pool_verify(&mp->mp_engine, block);
    return (error == CISTERN_OK) ? mpe->mpe_put_cb(mpe, block, mpe->mpe_put_arg) : os_error(error);
}

void *(os_memblock_get)(struct os_mempool *mp)
{
    return take(mp, NULL, 0);
}

os_error_t(os_memblock_put_from_cb)(struct os_mempool *mp, void *block_addr)
{
    return give_back(mp, block_addr, NULL, 0);
}

os_error_t(os_memblock_put)(struct os_mempool *mp, void *block_addr)
{
    return put(mp, block_addr, NULL, 0);
}

#if CISTERN_CHECK >= 3

void *os_memblock_get_at(struct os_mempool *mp, const char *file, int line)
{
    return take(mp, file, line);
}

os_error_t os_memblock_put_at(struct os_mempool *mp, void *block_addr, const char *file, int line)
{
    return put(mp, block_addr, file, line);
}

os_error_t os_memblock_put_from_cb_at(struct os_mempool *mp, void *block_addr, const char *file,
                                      int line)
{
    return give_back(mp, block_addr, file, line);
}

#endif

/* --- looking --------------------------------------------------------------------------------- */

bool os_mempool_is_sane(const struct os_mempool *mp)
{
    return mp != NULL && cistern_pool_check(&mp->mp_engine);
}

int os_memblock_from(const struct os_mempool *mp, const void *block_addr)
{
    return (mp != NULL && cistern_pool_owns(&mp->mp_engine, block_addr)) ? 1 : 0;
}

static int clamped(size_t value)
{
    return (value > (size_t)INT_MAX) ? INT_MAX : (int)value;
}

static void fill_info(const struct os_mempool *mp, struct os_mempool_info *omi)
{
    cistern_pool_stats_t stats;
    cistern_pool_stats(&mp->mp_engine, &stats);
    memset(omi, 0, sizeof *omi);
    omi->omi_block_size = clamped(stats.size);
    omi->omi_num_blocks = clamped(stats.count);
    omi->omi_num_free = clamped(stats.free);
    omi->omi_min_free = clamped(stats.min_free);
    if (stats.name != NULL) {
        const char *const end = memchr(stats.name, '\0', sizeof omi->omi_name - 1U);
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
        fill_info(next, omi);
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
        fill_info(mp, info);
    }
    return mp;
}
