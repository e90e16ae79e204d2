/* SPDX-License-Identifier: BSD-3-Clause */
/* os_mempool_ext.c - Mynewt's extended pools, and what ESP-IDF adds to pools. Vocabulary and
 * invariants are in os_mempool.c.
 *
 *   struct os_mempool_ext   | struct os_mempool | put callback, argument | get callback, argument |
 *
 *   os_memblock_put --> callback --> os_memblock_put_from_cb --> the pool      now or later
 */
#include <string.h>

#include "mempool_private.h"

/* --- life ------------------------------------------------------------------------------------ */

/* Gives a block to the put callback, or refuses it; without a callback the pool takes it. */
static os_error_t mempool_put_extended(struct os_mempool_ext *mpe, void *block);

/* Has the engine know whether a pool is extended (I2). */
#if CISTERN_CHECK >= 1
static inline void mempool_set_hooked(cistern_pool_t *pool, bool is_hooked)
{
    const unsigned others = pool->slow & ~CISTERN_POOL_HOOKED;
    pool->slow = (uint8_t)(others | (is_hooked ? CISTERN_POOL_HOOKED : 0U));
}
#else
static inline void mempool_set_hooked(cistern_pool_t *pool, bool is_hooked)
{
    (void)pool;
    (void)is_hooked;
}
#endif

static void mempool_set_flags(struct os_mempool *mp, unsigned flags)
{
    const bool is_extended = (flags & OS_MEMPOOL_F_EXT) != 0;
    if (is_extended) {
        ((struct os_mempool_ext *)mp)->mpe_put_extended_ = mempool_put_extended;
    }
    mp->mp_flags = (uint8_t)flags;
    mempool_set_hooked(&mp->mp_engine, is_extended);
    CISTERN_ASSERT(mempool_is_extended(mp) == is_extended); /* (I2) */
}

os_error_t os_mempool_init_internal(struct os_mempool *mp, uint16_t blocks, uint32_t block_size,
                                    void *membuf, os_mempool_name_t name, uint8_t flags)
{
    const os_error_t error = mempool_make(mp, blocks, block_size, membuf, name, flags);
    if (error == OS_OK) {
        mempool_set_flags(mp, flags);
    }
    return error;
}

os_error_t os_mempool_ext_init(struct os_mempool_ext *mpe, uint16_t blocks, uint32_t block_size,
                               void *membuf, os_mempool_name_t name)
{
    if (mpe == NULL) {
        return OS_INVALID_PARM;
    }
    const os_error_t error =
        os_mempool_init_internal(&mpe->mpe_mp, blocks, block_size, membuf, name, OS_MEMPOOL_F_EXT);
    if (error == OS_OK) {
        os_ext_mempool_register_cb(mpe, NULL, NULL, NULL, NULL);
    }
    return error;
}

/* ISO C converts no object pointer into a pointer to a function; ESP-IDF's prototype needs it. */
void os_ext_mempool_register_cb(struct os_mempool_ext *mpe, void *put_cb, void *put_arg,
                                void *get_cb, void *get_arg)
{
    _Static_assert(sizeof mpe->mpe_put_cb == sizeof put_cb, "a function's address fits a pointer");
    memcpy(&mpe->mpe_put_cb, &put_cb, sizeof put_cb);
    memcpy(&mpe->mpe_get_cb, &get_cb, sizeof get_cb);
    mpe->mpe_put_arg = put_arg;
    mpe->mpe_get_arg = get_arg;
}

os_error_t os_mempool_ext_clear(struct os_mempool_ext *mpe)
{
    if (mpe == NULL) {
        return OS_INVALID_PARM;
    }
    os_ext_mempool_register_cb(mpe, NULL, NULL, NULL, NULL);
    mempool_set_flags(&mpe->mpe_mp, 0);
    return os_mempool_clear(&mpe->mpe_mp);
}

void os_mempool_flags_set(struct os_mempool *mp, uint8_t flags)
{
    mempool_set_flags(mp, (unsigned)mp->mp_flags | flags);
}

void os_mempool_flags_clear(struct os_mempool *mp, uint8_t flags)
{
    mempool_set_flags(mp, mp->mp_flags & ~(unsigned)flags);
}

/* --- put ------------------------------------------------------------------------------------- */

/* True only for a block in use; false for some, whose content is a key by accident. */
static inline bool mempool_may_be_in_use(const struct os_mempool *mp, const void *block)
{
    const cistern_pool_shape_t shape = cistern_pool_shape(&mp->mp_engine);
    if (CISTERN_CHECK == 0) {
        return block != NULL;
    }
    return cistern_pool_slow(&mp->mp_engine) == CISTERN_POOL_HOOKED &&
           cistern_pool_index(&shape, block) < shape.limit && !cistern_pool_is_sound(block);
}

/* The same where the above is false; or where the callback is given any address. */
static os_error_t mempool_put_doubtful(struct os_mempool_ext *mpe, void *block)
{
    const unsigned any = OS_MEMPOOL_F_FRAG | OS_MEMPOOL_F_COMBINATION;
    const bool given = ((mpe->mpe_mp.mp_flags & any) != 0)
                           ? block != NULL
                           : cistern_pool_verify(&mpe->mpe_mp.mp_engine, block) == CISTERN_OK;
    return given ? mpe->mpe_put_cb(mpe, block, mpe->mpe_put_arg) : OS_INVALID_PARM;
}

static os_error_t mempool_put_extended(struct os_mempool_ext *mpe, void *block)
{
    if (mpe->mpe_put_cb == NULL) {
        return (os_memblock_put_from_cb)(&mpe->mpe_mp, block);
    }
    return mempool_may_be_in_use(&mpe->mpe_mp, block)
               ? mpe->mpe_put_cb(mpe, block, mpe->mpe_put_arg)
               : mempool_put_doubtful(mpe, block);
}

os_error_t(os_memblock_put_from_cb)(struct os_mempool *mp, void *block_addr)
{
    return mempool_put_from_cb(mp, block_addr, NULL);
}

#if CISTERN_CHECK >= 3

os_error_t os_memblock_put_from_cb_at(struct os_mempool *mp, void *block_addr, const char *file,
                                      int line)
{
    const cistern_pool_place_t at = {file, line};
    return mempool_put_from_cb(mp, block_addr, &at);
}

#endif
