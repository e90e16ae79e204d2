/* SPDX-License-Identifier: BSD-3-Clause */
/* subject_cistern.h - our pool: plain, or with SUBJECT_STRATEGY a shared one. */
#include "cistern/pool.h"

static cistern_pool_t subject;

#ifdef SUBJECT_STRATEGY
static _Alignas(64) unsigned char subject_work[CISTERN_POOL_CACHED_BYTES(BLOCKS, 4)];
static cistern_pool_extras_t subject_extras = {.strategy = SUBJECT_STRATEGY,
                                               .work = subject_work,
                                               .work_bytes = sizeof subject_work,
                                               .threads = 4};
#    define SUBJECT_EXTRAS , .extras = &subject_extras
#else
#    define SUBJECT_EXTRAS
#endif

static bool subject_start(void)
{
    static _Alignas(64) unsigned char memory[CISTERN_POOL_BYTES(BLOCKS, BLOCK_SIZE, 8)];
    const cistern_pool_config_t config = {.name = "bench",
                                          .count = BLOCKS,
                                          .size = BLOCK_SIZE,
                                          .alignment = 8,
                                          .memory = memory,
                                          .bytes = sizeof memory SUBJECT_EXTRAS};
    return cistern_pool_init(&subject, &config) == CISTERN_OK;
}

static void *subject_get(void)
{
    return cistern_pool_get(&subject);
}

static void subject_put(void *block)
{
    (void)cistern_pool_put(&subject, block);
}

static bool subject_get_bulk(void **blocks, unsigned n)
{
    return cistern_pool_get_bulk(&subject, blocks, n) == n;
}

static void subject_put_bulk(void *const *blocks, unsigned n)
{
    (void)cistern_pool_put_bulk(&subject, blocks, n);
}
