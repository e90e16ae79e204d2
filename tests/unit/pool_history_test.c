/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools at check levels 2 and 3: writes past a block, before it and after its end of life; and who
 * had it. */
#include "pools.h"

static void write_after_free_is_reported_by_the_next_get(void **state)
{
    (void)state;
    unsigned char *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    block[SIZE - 1] = 1;
    assert_false(cistern_pool_check(&pool));
    assert_null(cistern_pool_get(&pool));
    assert_one_fault(CISTERN_FAULT_POISON, block);
    assert_holds_every_block(&pool);
}

static void one_byte_past_a_block_is_reported_once_and_the_block_taken_back(void **state)
{
    (void)state;
    unsigned char *const block = cistern_pool_get(&pool);
    block[SIZE] = 0;
    assert_false(cistern_pool_check(&pool));
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
    assert_holds_every_block(&pool);
}

/* The last of the run too, behind which no sound block follows. */
static void guards_of_blocks_given_back_in_bulk_are_reported_once(void **state)
{
    (void)state;
    void *blocks[3];
    for (unsigned damaged = 0; damaged < 3; ++damaged) {
        assert_int_equal(cistern_pool_get_bulk(&pool, blocks, 3), 3);
        ((unsigned char *)blocks[damaged])[SIZE] ^= 1U;
        assert_int_equal(cistern_pool_put_bulk(&pool, blocks, 3), 3);
        assert_one_fault(CISTERN_FAULT_OVERFLOW, blocks[damaged]);
    }
    assert_holds_every_block(&pool);
}

static void one_byte_before_a_block_is_reported(void **state)
{
    (void)state;
    unsigned char *const first = cistern_pool_get(&pool);
    unsigned char *const second = cistern_pool_get(&pool);
    assert_ptr_equal(second, first + STRIDE);
    second[-1] = 0;
    assert_int_equal(cistern_pool_put(&pool, second), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_UNDERFLOW, second);
    assert_int_equal(cistern_pool_put(&pool, first), CISTERN_OK);
    assert_holds_every_block(&pool);
}

static void
block_whose_size_is_no_multiple_of_the_alignment_is_guarded_from_its_size_on(void **state)
{
    (void)state;
    static struct {
        _Alignas(16) unsigned char bytes[CISTERN_POOL_BYTES(2, 21, 8)];
    } room;
    cistern_pool_t odd;
    const cistern_pool_config_t config = {
        .count = 2, .size = 21, .alignment = 8, .memory = &room, .bytes = sizeof room};
    assert_int_equal(cistern_pool_init(&odd, &config), CISTERN_OK);
    unsigned char *const block = cistern_pool_get(&odd);
    block[20] = 7;
    assert_int_equal(cistern_pool_put(&odd, block), CISTERN_OK);
    assert_ptr_equal(cistern_pool_get(&odd), block);
    block[21] = 7;
    assert_int_equal(cistern_pool_verify(&odd, block), CISTERN_OK);
    assert_int_equal(cistern_pool_put(&odd, block), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
    assert_int_equal(cistern_pool_unregister(&odd), CISTERN_OK);
}

static void tight_pool_has_no_guard_behind_its_blocks(void **state)
{
    (void)state;
    static struct {
        _Alignas(16) unsigned char bytes[2 * CISTERN_POOL_TIGHT_STRIDE(21, 8)];
    } room;
    cistern_pool_t tight;
    const cistern_pool_config_t config = {.count = 2,
                                          .size = 21,
                                          .alignment = 8,
                                          .memory = &room,
                                          .bytes = sizeof room,
                                          .tight = true};
    assert_int_equal(cistern_pool_init(&tight, &config), CISTERN_OK);
    assert_int_equal(cistern_pool_stride(&tight), 24);
    for (unsigned i = 0; i < 2; ++i) {
        unsigned char *const block = cistern_pool_get(&tight);
        memset(block, (int)i, 24);
        assert_true(cistern_pool_check(&tight));
        assert_int_equal(cistern_pool_verify(&tight, block), CISTERN_OK);
        assert_int_equal(cistern_pool_put(&tight, block), CISTERN_OK);
        assert_true(cistern_pool_check(&tight));
    }
    assert_no_fault();
    assert_int_equal(cistern_pool_unregister(&tight), CISTERN_OK);
}

/* --- level 3 --------------------------------------------------------------------------------- */

static void history_is_empty_below_level_3_and_for_what_is_no_block(void **state)
{
    (void)state;
    cistern_pool_event_t event;
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_history(&pool, block, &event, 1), (CISTERN_CHECK >= 3) ? 1 : 0);
    assert_int_equal(cistern_pool_history(&pool, (char *)block + 1, &event, 1), 0);
    assert_int_equal(cistern_pool_history(&pool, block, NULL, 1), 0);
}

#if CISTERN_CHECK >= 3

static void fault_names_the_last_user_of_the_block(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put_at(&pool, block, "driver.c", 42), CISTERN_OK);
    assert_int_equal(cistern_pool_put_at(&pool, block, "stack.c", 7), CISTERN_ERROR_FAULT);
    assert_string_equal(faults.last.file, "driver.c");
    assert_int_equal(faults.last.line, 42);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
}

static void a_block_put_into_a_wrong_pool_names_who_got_it(void **state)
{
    (void)state;
    void *const block = cistern_pool_get_at(&other, "driver.c", 42);
    assert_int_equal(cistern_pool_put_at(&pool, block, "stack.c", 7), CISTERN_ERROR_FAULT);
    assert_string_equal(faults.last.name, "pool");
    assert_string_equal(faults.last.owner, "other");
    assert_string_equal(faults.last.file, "driver.c");
    assert_int_equal(faults.last.line, 42);
    assert_one_fault(CISTERN_FAULT_WRONG_POOL, block);
}

static void get_and_put_remember_their_caller(void **state)
{
    (void)state;
    cistern_pool_event_t event[2];
    void *const block = cistern_pool_get(&pool);
    const int got_in_line = __LINE__ - 1;
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_int_equal(cistern_pool_history(&pool, block, event, 2), 2);
    assert_int_equal(event[0].action, CISTERN_POOL_PUT);
    assert_string_equal(event[0].file, __FILE__);
    assert_int_equal(event[1].action, CISTERN_POOL_GET);
    assert_int_equal(event[1].line, got_in_line);
}

static void history_keeps_the_last_events_of_each_block(void **state)
{
    (void)state;
    cistern_pool_event_t event[CISTERN_POOL_HISTORY + 4];
    void *const other_block = cistern_pool_get(&pool);
    for (int i = 0; i < CISTERN_POOL_HISTORY; ++i) {
        void *const block = cistern_pool_get_at(&pool, "get", i);
        assert_int_equal(cistern_pool_put_at(&pool, block, "put", i), CISTERN_OK);
    }
    assert_int_equal(cistern_pool_history(&pool, memory + STRIDE, event, CISTERN_POOL_HISTORY + 4),
                     CISTERN_POOL_HISTORY);
    for (int i = 0; i < CISTERN_POOL_HISTORY; ++i) {
        assert_string_equal(event[i].file, (i % 2 == 0) ? "put" : "get");
        assert_int_equal(event[i].line, CISTERN_POOL_HISTORY - 1 - i / 2);
    }
    assert_int_equal(cistern_pool_history(&pool, other_block, event, 4), 1);
}

#    define LEVEL_3_TESTS                                                                          \
        pools_test(fault_names_the_last_user_of_the_block),                                        \
            pools_test(a_block_put_into_a_wrong_pool_names_who_got_it),                            \
            pools_test(get_and_put_remember_their_caller),                                         \
            pools_test(history_keeps_the_last_events_of_each_block),
#else
#    define LEVEL_3_TESTS
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        pools_test(write_after_free_is_reported_by_the_next_get),
        pools_test(one_byte_past_a_block_is_reported_once_and_the_block_taken_back),
        pools_test(guards_of_blocks_given_back_in_bulk_are_reported_once),
        pools_test(one_byte_before_a_block_is_reported),
        test(tight_pool_has_no_guard_behind_its_blocks),
        test(block_whose_size_is_no_multiple_of_the_alignment_is_guarded_from_its_size_on),
        pools_test(history_is_empty_below_level_3_and_for_what_is_no_block),
        LEVEL_3_TESTS};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
