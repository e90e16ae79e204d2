/* SPDX-License-Identifier: BSD-3-Clause */
/* The list of all pools, whatever face made them. */
#include "support.h"

#include "cistern/pool.h"

enum { POOLS = 3 };

static struct {
    _Alignas(16) unsigned char bytes[CISTERN_POOL_BYTES(2, 16, 8)];
} memory[POOLS];
static cistern_pool_t pool[POOLS];

static void make(unsigned i)
{
    const cistern_pool_config_t config = {
        .count = 2, .size = 16, .alignment = 8, .memory = &memory[i], .bytes = sizeof memory[i]};
    assert_int_equal(cistern_pool_init(&pool[i], &config), CISTERN_OK);
}

static int make_pools(void **state)
{
    for (unsigned i = 0; i < POOLS; ++i) {
        make(i);
    }
    return faults_watch(state);
}

static int forget_pools(void **state)
{
    for (unsigned i = 0; i < POOLS; ++i) {
        (void)cistern_pool_unregister(&pool[i]);
    }
    return cistern_pool_next(NULL) == NULL ? sections_balanced(state) : 1;
}

#define registry_test(function) cmocka_unit_test_setup_teardown(function, make_pools, forget_pools)

/* Walks the list: it holds these pools in this order (-1: no more). */
static void assert_list(int a, int b, int c, int d)
{
    const int expected[] = {a, b, c, d};
    const cistern_pool_t *found = NULL;
    for (unsigned i = 0; i < 4; ++i) {
        found = cistern_pool_next(found);
        if (expected[i] < 0) {
            assert_null(found);
            return;
        }
        assert_ptr_equal(found, &pool[expected[i]]);
    }
}

static void pools_are_listed_in_the_order_of_registration(void **state)
{
    (void)state;
    assert_list(0, 1, 2, -1);
}

static void unregistering_takes_out_that_pool_alone_wherever_it_stands(void **state)
{
    (void)state;
    assert_int_equal(cistern_pool_unregister(&pool[1]), CISTERN_OK);
    assert_list(0, 2, -1, -1);
    assert_int_equal(cistern_pool_unregister(&pool[2]), CISTERN_OK);
    assert_list(0, -1, -1, -1);
    make(1);
    assert_list(0, 1, -1, -1);
    assert_int_equal(cistern_pool_unregister(&pool[0]), CISTERN_OK);
    assert_list(1, -1, -1, -1);
    assert_int_equal(cistern_pool_unregister(&pool[1]), CISTERN_OK);
    assert_list(-1, -1, -1, -1);
    make(2);
    assert_list(2, -1, -1, -1);
}

static void unregistering_twice_is_refused(void **state)
{
    (void)state;
    assert_int_equal(cistern_pool_unregister(NULL), CISTERN_ERROR_ARGUMENT);
    assert_int_equal(cistern_pool_unregister(&pool[1]), CISTERN_OK);
    assert_int_equal(cistern_pool_unregister(&pool[1]), CISTERN_ERROR_ARGUMENT);
    assert_false(cistern_pool_is_registered(&pool[1]));
    assert_true(cistern_pool_is_registered(&pool[2]));
    assert_list(0, 2, -1, -1);
}

static void init_again_keeps_the_place_and_the_rest_of_the_list(void **state)
{
    (void)state;
    for (unsigned i = 0; i < POOLS; ++i) {
        make(i);
        assert_list(0, 1, 2, -1);
    }
    assert_int_equal(cistern_pool_unregister(&pool[0]), CISTERN_OK);
    make(0);
    assert_list(1, 2, 0, -1);
}

static void init_that_fails_leaves_a_registered_pool_as_it_was(void **state)
{
    (void)state;
    const cistern_pool_config_t bad = {.count = 2, .size = 0, .memory = &memory[1]};
    void *const block = cistern_pool_get(&pool[1]);
    assert_int_equal(cistern_pool_init(&pool[1], &bad), CISTERN_ERROR_ARGUMENT);
    assert_list(0, 1, 2, -1);
    assert_int_equal(cistern_pool_put(&pool[1], block), CISTERN_OK);
}

static void the_owner_of_a_block_is_found(void **state)
{
    (void)state;
    const void *const block = cistern_pool_get(&pool[1]);
    assert_ptr_equal(cistern_pool_find(block), &pool[1]);
    assert_ptr_equal(cistern_pool_find(&memory[2]), &pool[2]);
    assert_null(cistern_pool_find(memory[0].bytes + 1));
    assert_null(cistern_pool_find(&state));
    assert_null(cistern_pool_find(NULL));
}

static void unregistered_pool_still_hands_out_blocks(void **state)
{
    (void)state;
    assert_int_equal(cistern_pool_unregister(&pool[0]), CISTERN_OK);
    void *const block = cistern_pool_get(&pool[0]);
    assert_non_null(block);
    assert_int_equal(cistern_pool_put(&pool[0], block), CISTERN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        registry_test(pools_are_listed_in_the_order_of_registration),
        registry_test(unregistering_takes_out_that_pool_alone_wherever_it_stands),
        registry_test(unregistering_twice_is_refused),
        registry_test(init_again_keeps_the_place_and_the_rest_of_the_list),
        registry_test(init_that_fails_leaves_a_registered_pool_as_it_was),
        registry_test(the_owner_of_a_block_is_found),
        registry_test(unregistered_pool_still_hands_out_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
