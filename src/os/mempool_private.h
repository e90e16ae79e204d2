/* SPDX-License-Identifier: BSD-3-Clause */
/* mempool_private.h - what the files of Mynewt's pools share. Vocabulary and invariants are in
 * os_mempool.c.
 */
#ifndef CISTERN_SRC_MEMPOOL_PRIVATE_H
#define CISTERN_SRC_MEMPOOL_PRIVATE_H

#include "cistern/trace.h"
#include "os/os_mempool.h"
#include "cistern/pool_plain.h"

/* What is done for the tree's tracing only. */
#if defined OS_SYSVIEW_TRACE_MEMPOOL && (OS_SYSVIEW_TRACE_MEMPOOL)
#    include "os/os_trace_api.h"
#    define MEMPOOL_TRACED(call) call
#    define MEMPOOL_U32(pointer) ((uint32_t)(uintptr_t)(pointer))
#else
#    define MEMPOOL_TRACED(call) ((void)0)
#endif

/* True if get and put must ask the engine how: see pool_plain.h. At level 0 no pool of this
 * interface has extras. */
static inline bool mempool_is_special(const struct os_mempool *mp)
{
    return CISTERN_CHECK >= 1 && (cistern_pool_slow(&mp->mp_engine) & ~CISTERN_POOL_HOOKED) != 0;
}

/* True if a pool is extended (I2). From level 1 on the engine knows, so that one test serves all that
 * is no plain pool. */
#if CISTERN_CHECK >= 1
static inline bool mempool_is_extended(const struct os_mempool *mp)
{
    return (mp->mp_engine.slow & CISTERN_POOL_HOOKED) != 0;
}
#else
static inline bool mempool_is_extended(const struct os_mempool *mp)
{
    return (mp->mp_flags & OS_MEMPOOL_F_EXT) != 0;
}
#endif

/* True if a get and put are the engine's fast path: neither extended nor special. */
static inline bool mempool_is_plain(const struct os_mempool *mp)
{
    return (CISTERN_CHECK >= 1) ? cistern_pool_slow(&mp->mp_engine) == 0 : !mempool_is_extended(mp);
}

/* Makes a pool, which is not extended yet. */
os_error_t mempool_make(struct os_mempool *mp, uint16_t blocks, uint32_t block_size, void *membuf,
                        os_mempool_name_t name, uint8_t flags);

/* False if an argument of a put is NULL; from level 1 on the engine sees that of a block. */
static inline bool mempool_is_given(const struct os_mempool *mp, const void *block)
{
    return mp != NULL && (CISTERN_CHECK >= 1 || block != NULL);
}

static inline os_error_t mempool_give(struct os_mempool *mp, void *block,
                                      const cistern_pool_place_t *at)
{
    if (!mempool_is_given(mp, block)) {
        return OS_INVALID_PARM;
    }
    const cistern_error_t error = mempool_is_special(mp)
                                      ? cistern_pool_put_special(&mp->mp_engine, block, at)
                                      : cistern_pool_put_plain(&mp->mp_engine, block, at);
    CISTERN_TRACE_ON_PUT(&mp->mp_engine, block, error == CISTERN_OK);
    return (error == CISTERN_OK) ? OS_OK : OS_INVALID_PARM;
}

static inline os_error_t mempool_put_from_cb(struct os_mempool *mp, void *block,
                                             const cistern_pool_place_t *at)
{
    MEMPOOL_TRACED(
        os_trace_api_u32x2(OS_TRACE_ID_MEMBLOCK_PUT_FROM_CB, MEMPOOL_U32(mp), MEMPOOL_U32(block)));
    const os_error_t error = mempool_give(mp, block, at);
    MEMPOOL_TRACED(os_trace_api_ret_u32(OS_TRACE_ID_MEMBLOCK_PUT_FROM_CB, (uint32_t)error));
    return error;
}

#endif
