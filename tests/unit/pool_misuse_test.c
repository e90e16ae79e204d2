/* Pools from check level 1 on: misuse is seen, named and refused, and the pool works on. */
#include "pools.h"

/* --- misuse ---------------------------------------------------------------------------------- */

/* The put is refused with one fault that names pool, address and owner; the pool works on. */
static void assert_put_is_refused(void *address, cistern_fault_kind_t kind, const char *owner)
{
    assert_int_equal(cistern_pool_put(&pool, address), CISTERN_ERROR_FAULT);
    assert_ptr_equal(faults.last.object, &pool);
    assert_string_equal(faults.last.name, "pool");
    if (owner == NULL) {
        assert_null(faults.last.owner);
    } else {
        assert_string_equal(faults.last.owner, owner);
    }
    assert_one_fault(kind, address);
}

static void pool_refuses_a_double_free(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_put_is_refused(block, CISTERN_FAULT_DOUBLE_FREE, "pool");
    assert_holds_every_block(&pool);
}

static void pool_refuses_a_double_free_when_other_blocks_were_freed_in_between(void **state)
{
    (void)state;
    void *const a = cistern_pool_get(&pool);
    void *const b = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, a), CISTERN_OK);
    assert_int_equal(cistern_pool_put(&pool, b), CISTERN_OK);
    assert_put_is_refused(a, CISTERN_FAULT_DOUBLE_FREE, "pool");
    assert_put_is_refused(b, CISTERN_FAULT_DOUBLE_FREE, "pool");
    assert_holds_every_block(&pool);
}

static void pool_refuses_a_double_free_after_the_block_was_used_again(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_ptr_equal(cistern_pool_get(&pool), block);
    memset(block, 0, SIZE);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_put_is_refused(block, CISTERN_FAULT_DOUBLE_FREE, "pool");
    assert_holds_every_block(&pool);
}

static void pool_refuses_a_block_that_was_never_handed_out(void **state)
{
    (void)state;
    assert_put_is_refused(memory + STRIDE, CISTERN_FAULT_DOUBLE_FREE, "pool");
    assert_holds_every_block(&pool);
}

static void pool_refuses_a_foreign_address(void **state)
{
    (void)state;
    int somewhere = 0;
    assert_put_is_refused(&somewhere, CISTERN_FAULT_FOREIGN_FREE, NULL);
    assert_put_is_refused(memory + COUNT * STRIDE, CISTERN_FAULT_FOREIGN_FREE, NULL);
    assert_holds_every_block(&pool);
}

static void pool_refuses_a_block_of_another_pool_and_names_its_owner(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&other);
    assert_put_is_refused(block, CISTERN_FAULT_WRONG_POOL, "other");
    assert_int_equal(cistern_pool_put(&other, block), CISTERN_OK);
    assert_holds_every_block(&pool);
    assert_holds_every_block(&other);
}

static void pool_refuses_an_address_inside_a_block(void **state)
{
    (void)state;
    unsigned char *const block = cistern_pool_get(&pool);
    assert_put_is_refused(block + ALIGNMENT, CISTERN_FAULT_INTERIOR_FREE, "pool");
    assert_put_is_refused(block + 1, CISTERN_FAULT_MISALIGNED, "pool");
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_holds_every_block(&pool);
}

static void verify_reports_as_put_does_and_changes_nothing(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_verify(&pool, block), CISTERN_OK);
    assert_no_fault();
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_int_equal(cistern_pool_verify(&pool, block), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
    assert_holds_every_block(&pool);
}

/* --- writes after free ----------------------------------------------------------------------- */

/* Overwrites the link of the block that comes out next. */
static unsigned char *damage_next_link(const void *value)
{
    unsigned char *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    memcpy(block, &value, sizeof value);
    return block;
}

static void assert_damage_is_seen_before_it_is_followed(const void *value)
{
    const unsigned char *const block = damage_next_link(value);
    assert_null(cistern_pool_get(&pool));
    assert_one_fault(CISTERN_FAULT_LINK, block);
    assert_holds_every_block(&pool);
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
}

static void damaged_link_is_reported_and_no_block_is_lost(void **state)
{
    (void)state;
    int somewhere = 0;
    assert_damage_is_seen_before_it_is_followed(&somewhere);
    assert_damage_is_seen_before_it_is_followed((void *)(uintptr_t)0x55);
    assert_damage_is_seen_before_it_is_followed(memory + STRIDE + 1);
    assert_damage_is_seen_before_it_is_followed(memory + COUNT * STRIDE);
    assert_damage_is_seen_before_it_is_followed(NULL);
}

static void link_of_a_block_to_itself_is_reported(void **state)
{
    (void)state;
    assert_damage_is_seen_before_it_is_followed(memory);
}

static void link_to_a_used_block_is_reported(void **state)
{
    (void)state;
    void *const used = cistern_pool_get(&pool);
    const unsigned char *const block = damage_next_link(used);
    assert_null(cistern_pool_get(&pool));
    assert_one_fault(CISTERN_FAULT_LINK, block);
    assert_int_equal(cistern_pool_put(&pool, used), CISTERN_OK);
    assert_holds_every_block(&pool);
}

static void check_ends_on_a_cyclic_list_and_says_no(void **state)
{
    (void)state;
    void *const first = memory;
    assert_true(cistern_pool_check(&pool));
    memcpy(memory + STRIDE, &first, sizeof first);
    assert_false(cistern_pool_check(&pool));
}

static void check_compares_the_count_with_the_list(void **state)
{
    (void)state;
    pool.free = COUNT - 1;
    assert_false(cistern_pool_check(&pool));
    pool.free = COUNT;
    assert_true(cistern_pool_check(&pool));
    pool.min_free = COUNT + 1;
    assert_false(cistern_pool_check(&pool));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pools_test(pool_refuses_a_double_free),
        pools_test(pool_refuses_a_double_free_when_other_blocks_were_freed_in_between),
        pools_test(pool_refuses_a_double_free_after_the_block_was_used_again),
        pools_test(pool_refuses_a_block_that_was_never_handed_out),
        pools_test(pool_refuses_a_foreign_address),
        pools_test(pool_refuses_a_block_of_another_pool_and_names_its_owner),
        pools_test(pool_refuses_an_address_inside_a_block),
        pools_test(verify_reports_as_put_does_and_changes_nothing),
        pools_test(damaged_link_is_reported_and_no_block_is_lost),
        pools_test(link_of_a_block_to_itself_is_reported),
        pools_test(link_to_a_used_block_is_reported),
        pools_test(check_ends_on_a_cyclic_list_and_says_no),
        pools_test(check_compares_the_count_with_the_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
