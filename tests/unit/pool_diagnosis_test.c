/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools with CISTERN_DIAGNOSIS 0: misuse and damage are found, refused and counted as ever, but no
 * owner is named, and no list is repaired. */
#include "cistern/pool_core.h"

#include "pools.h"

static void assert_put_is_refused(void *address, cistern_fault_kind_t kind)
{
    assert_int_equal(cistern_pool_put(&pool, address), CISTERN_ERROR_FAULT);
    assert_ptr_equal(faults.last.object, &pool);
    assert_string_equal(faults.last.name, "pool");
    assert_null(faults.last.owner);
    assert_one_fault(kind, address);
}

static void misuse_is_refused_without_an_owner(void **state)
{
    (void)state;
    int somewhere = 0;
    unsigned char *const block = cistern_pool_get(&pool);
    void *const of_other = cistern_pool_get(&other);
    assert_put_is_refused(&somewhere, CISTERN_FAULT_FOREIGN_FREE);
    assert_put_is_refused(of_other, CISTERN_FAULT_FOREIGN_FREE);
    assert_put_is_refused(block + ALIGNMENT, CISTERN_FAULT_INTERIOR_FREE);
    assert_put_is_refused(block + 1, CISTERN_FAULT_MISALIGNED);
    assert_put_is_refused(memory + STRIDE, CISTERN_FAULT_DOUBLE_FREE);
    assert_int_equal(cistern_pool_put(&pool, NULL), CISTERN_ERROR_ARGUMENT);
    assert_no_fault();
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_put_is_refused(block, CISTERN_FAULT_DOUBLE_FREE);
    assert_int_equal(cistern_pool_verify(&pool, block), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
    assert_holds_every_block(&pool);
}

static void damage_is_reported_and_what_was_listed_is_quarantined(void **state)
{
    (void)state;
    cistern_pool_stats_t stats;
    void *const live = cistern_pool_get(&pool);
    void *const next = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, next), CISTERN_OK);
    memset(next, 0, 2U * sizeof(void *));
    assert_false(cistern_pool_check(&pool));
    assert_null(cistern_pool_get(&pool));
    assert_one_fault(CISTERN_FAULT_LINK, next);
    cistern_pool_stats(&pool, &stats);
    assert_int_equal(stats.free, 0);
    assert_int_equal(stats.min_free, 0);
    assert_int_equal(stats.quarantined, COUNT - 1);
    assert_true(cistern_pool_check(&pool));
    assert_int_equal(cistern_pool_put(&pool, live), CISTERN_OK);
    assert_ptr_equal(cistern_pool_get(&pool), live);
    assert_null(cistern_pool_get(&pool));
    assert_int_equal(pool.failures, 1);
    assert_no_fault();
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
    assert_holds_every_block(&pool);
}

static void live_block_may_hold_what_a_free_one_does(void **state)
{
    (void)state;
    uintptr_t *const block = cistern_pool_get(&pool);
    block[0] = 0;
    block[1] = cistern_pool_key(block, NULL);
    assert_true(cistern_pool_uses(&pool, block));
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_no_fault();
    assert_put_is_refused(block, CISTERN_FAULT_DOUBLE_FREE);
    assert_holds_every_block(&pool);
}

#if CISTERN_CHECK >= 2
static void guard_and_poison_are_verified(void **state)
{
    (void)state;
    unsigned char *const block = cistern_pool_get(&pool);
    block[SIZE] ^= 1U;
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
    block[SIZE - 1] ^= 1U;
    assert_null(cistern_pool_get(&pool));
    assert_one_fault(CISTERN_FAULT_POISON, block);
    assert_holds_every_block(&pool);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        pools_test(misuse_is_refused_without_an_owner),
        pools_test(damage_is_reported_and_what_was_listed_is_quarantined),
        pools_test(live_block_may_hold_what_a_free_one_does),
#if CISTERN_CHECK >= 2
        pools_test(guard_and_poison_are_verified),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
