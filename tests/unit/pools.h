/* SPDX-License-Identifier: BSD-3-Clause */
/* pools.h - two pools of four blocks, and how to see that a pool is whole. */
#ifndef CISTERN_TESTS_POOLS_H
#define CISTERN_TESTS_POOLS_H

#include "support.h"

#include <stdlib.h>

#include "cistern/pool.h"

#define COUNT     4
#define SIZE      24
#define ALIGNMENT 8
#define STRIDE    CISTERN_POOL_STRIDE(SIZE, ALIGNMENT)

static _Alignas(16) unsigned char memory[CISTERN_POOL_BYTES(COUNT, SIZE, ALIGNMENT)];
static _Alignas(16) unsigned char other_memory[CISTERN_POOL_BYTES(COUNT, SIZE, ALIGNMENT)];
static cistern_pool_t pool;
static cistern_pool_t other;

static inline void make(cistern_pool_t *made, const char *name, void *where)
{
    const cistern_pool_config_t config = {.name = name,
                                          .count = COUNT,
                                          .size = SIZE,
                                          .alignment = ALIGNMENT,
                                          .memory = where,
                                          .bytes = sizeof memory};
    assert_int_equal(cistern_pool_init(made, &config), CISTERN_OK);
}

static inline int make_two_pools(void **state)
{
    make(&pool, "pool", memory);
    make(&other, "other", other_memory);
    return faults_watch(state);
}

static inline int forget_two_pools(void **state)
{
    (void)cistern_pool_unregister(&pool);
    (void)cistern_pool_unregister(&other);
    return sections_balanced(state);
}

#define pools_test(function)                                                                       \
    cmocka_unit_test_setup_teardown(function, make_two_pools, forget_two_pools)

/* Every block comes out exactly once, and then no more: nothing was lost or doubled. */
static inline void assert_holds_every_block(cistern_pool_t *checked)
{
    bool seen[COUNT] = {false};
    assert_true(cistern_pool_check(checked));
    for (size_t i = 0; i < COUNT; ++i) {
        const unsigned char *const block = cistern_pool_get(checked);
        assert_true(cistern_pool_owns(checked, block));
        const size_t index =
            (size_t)(block - (unsigned char *)checked->base) / cistern_pool_stride(checked);
        assert_false(seen[index]);
        seen[index] = true;
    }
    assert_null(cistern_pool_get(checked));
}

#endif
