/* SPDX-License-Identifier: BSD-3-Clause */
/* The ways of sharing a pool: each keeps the same promises. */
#include "support.h"

#include <pthread.h>
#include <stdlib.h>

#include "cistern/pool_core.h"

enum { COUNT = 5, SIZE = 40, CACHES = 2 };
#include "shared_pool.h"

static int make(void **state)
{
    const cistern_pool_config_t config =
        config_for(*(const cistern_pool_strategy_t *)*state, "shared");
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_OK);
    return faults_watch(state);
}

static void every_block_comes_out_once_and_then_none(void **state)
{
    (void)state;
    void *block[COUNT];
    for (size_t i = 0; i < COUNT; ++i) {
        block[i] = cistern_pool_get(&pool);
        assert_true(cistern_pool_owns(&pool, block[i]));
        for (size_t j = 0; j < i; ++j) {
            assert_ptr_not_equal(block[i], block[j]);
        }
    }
    assert_null(cistern_pool_get(&pool));
    assert_int_equal(stats_now().failures, 1);
    assert_int_equal(stats_now().free, 0);
    assert_int_equal(stats_now().min_free, 0);
    for (size_t i = 0; i < COUNT; ++i) {
        assert_int_equal(cistern_pool_put(&pool, block[i]), CISTERN_OK);
    }
    assert_int_equal(stats_now().free, COUNT);
    assert_true(cistern_pool_check(&pool));
    assert_no_fault();
}

static void the_block_freed_last_comes_first(void **state)
{
    (void)state;
    void *const a = cistern_pool_get(&pool);
    void *const b = cistern_pool_get(&pool);
    assert_ptr_equal(a, &memory);
    assert_int_equal(cistern_pool_put(&pool, a), CISTERN_OK);
    assert_int_equal(cistern_pool_put(&pool, b), CISTERN_OK);
    assert_ptr_equal(cistern_pool_get(&pool), b);
}

static void misuse_is_refused_and_named(void **state)
{
    (void)state;
    int somewhere = 0;
    unsigned char *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block + 8), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_INTERIOR_FREE, block + 8);
    assert_int_equal(cistern_pool_put(&pool, &somewhere), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_FOREIGN_FREE, &somewhere);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_int_equal(cistern_pool_verify(&pool, block), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
    assert_int_equal(stats_now().free, COUNT);
    assert_true(cistern_pool_check(&pool));
}

static bool pass_over(void *block, size_t index, void *argument)
{
    (void)index;
    (void)argument;
    return cistern_pool_owns(&pool, block);
}

/* Nothing distinguishes the content from a free block's words, but that no list has the block. */
static void live_block_may_hold_the_words_of_a_free_one(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < 3; ++kind) {
        uintptr_t *const block = cistern_pool_get(&pool);
        block[0] = (kind == 0) ? 0 : cistern_pool_key(block, NULL);
        block[1] = (kind == 1) ? 0 : cistern_pool_key(block, (void *)block[0]);
        assert_true(cistern_pool_uses(&pool, block));
        assert_int_equal(cistern_pool_verify(&pool, block), CISTERN_OK);
        assert_int_equal(cistern_pool_walk(&pool, pass_over, NULL), 1);
        assert_true(cistern_pool_check(&pool));
        assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
        assert_no_fault();
        assert_false(cistern_pool_uses(&pool, block));
        assert_int_equal(cistern_pool_walk(&pool, pass_over, NULL), 0);
        assert_int_equal(cistern_pool_put(&pool, block), CISTERN_ERROR_FAULT);
        assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
    }
    assert_int_equal(stats_now().free, COUNT);
}

/* --- damage ------------------------------------------------------------------------------------- */

static void every_block_but_those_quarantined_comes_out_once(void)
{
    const size_t free = stats_now().free;
    void *block[COUNT];
    assert_int_equal(free + stats_now().quarantined, COUNT);
    for (size_t i = 0; i < free; ++i) {
        block[i] = cistern_pool_get(&pool);
        assert_true(cistern_pool_owns(&pool, block[i]));
        for (size_t j = 0; j < i; ++j) {
            assert_ptr_not_equal(block[i], block[j]);
        }
    }
    assert_null(cistern_pool_get(&pool));
    assert_int_equal(cistern_pool_put_bulk(&pool, block, free), free);
    assert_true(cistern_pool_check(&pool));
    assert_no_fault();
}

/* A lock-free pool keeps its links apart from the blocks, and has no words to damage at level 1; from
 * level 2 on what is written there is damaged poison. */
static bool sees_words(void)
{
    return CISTERN_CHECK >= 2 || extras.strategy != CISTERN_POOL_LOCK_FREE;
}

static cistern_fault_kind_t words_fault(void)
{
    return extras.strategy != CISTERN_POOL_LOCK_FREE ? CISTERN_FAULT_LINK : CISTERN_FAULT_POISON;
}

static void words_that_were_written_to_are_reported_once(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    memset(block, 0x11, 2U * sizeof(void *));
    const bool seen = sees_words();
    assert_true(!seen || !cistern_pool_check(&pool));
    assert_true((cistern_pool_get(&pool) == NULL) == seen);
    if (seen) {
        assert_one_fault(words_fault(), block);
    } else {
        assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    }
    every_block_but_those_quarantined_comes_out_once();
}

static void poison_that_was_written_to_is_reported_once_from_level_2_on(void **state)
{
    (void)state;
    unsigned char *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    block[SIZE - 1] ^= 1U;
    assert_int_equal(cistern_pool_check(&pool), CISTERN_CHECK < 2);
    void *const got = cistern_pool_get(&pool);
    if (CISTERN_CHECK >= 2) {
        assert_null(got);
        assert_one_fault(CISTERN_FAULT_POISON, block);
    } else {
        assert_int_equal(cistern_pool_put(&pool, got), CISTERN_OK);
    }
    assert_int_equal(stats_now().quarantined, 0);
    every_block_but_those_quarantined_comes_out_once();
}

static void guard_that_was_written_to_is_reported_once_and_the_block_taken_back(void **state)
{
    (void)state;
    unsigned char *const block = cistern_pool_get(&pool);
    if (CISTERN_CHECK >= 2) {
        block[SIZE] ^= 1U;
        assert_false(cistern_pool_check(&pool));
        assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
        assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
    } else {
        assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    }
    assert_int_equal(stats_now().quarantined, 0);
    every_block_but_those_quarantined_comes_out_once();
}

/* From its content on to the guard behind it: both are mended when one is found. */
static void write_through_the_end_of_a_free_block_is_reported_once_from_level_2_on(void **state)
{
    (void)state;
    unsigned char *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    if (CISTERN_CHECK >= 2) {
        memset(&block[SIZE - 1], 0, 2);
        assert_null(cistern_pool_get(&pool));
        assert_int_equal(faults.count, 1);
        faults.count = 0;
    }
    every_block_but_those_quarantined_comes_out_once();
}

/* The last of the run, behind which no sound block follows. */
static void guard_of_a_block_given_back_in_bulk_is_reported_once(void **state)
{
    (void)state;
    void *block[2];
    assert_int_equal(cistern_pool_get_bulk(&pool, block, 2), 2);
    if (CISTERN_CHECK >= 2) {
        ((unsigned char *)block[1])[SIZE] ^= 1U;
    }
    assert_int_equal(cistern_pool_put_bulk(&pool, block, 2), 2);
    if (CISTERN_CHECK >= 2) {
        assert_one_fault(CISTERN_FAULT_OVERFLOW, block[1]);
    }
    every_block_but_those_quarantined_comes_out_once();
}

static void bulk_hands_out_no_damaged_block(void **state)
{
    (void)state;
    void *block[COUNT];
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    assert_int_equal(cistern_pool_put_bulk(&pool, block, COUNT), COUNT);
    memset(block[1], 0x22, 2U * sizeof(void *));
    const size_t got = cistern_pool_get_bulk(&pool, block, COUNT);
    assert_true(got <= COUNT);
    for (size_t i = 0; i < got; ++i) {
        for (size_t j = 0; j < i; ++j) {
            assert_ptr_not_equal(block[i], block[j]);
        }
    }
    assert_int_equal(cistern_pool_put_bulk(&pool, block, got), got);
    assert_int_equal(faults.count, sees_words() ? 1 : 0);
    faults = (faults_t){0};
    every_block_but_those_quarantined_comes_out_once();
}

/* --- bulk --------------------------------------------------------------------------------------- */

static void bulk_gives_what_there_is_and_takes_it_back(void **state)
{
    (void)state;
    void *block[COUNT + 2];
    assert_int_equal(cistern_pool_get_bulk(&pool, block, 2), 2);
    assert_int_equal(cistern_pool_get_bulk(&pool, block + 2, COUNT), COUNT - 2);
    assert_int_equal(stats_now().failures, 1);
    block[COUNT] = block[0];
    assert_int_equal(cistern_pool_put_bulk(&pool, block, COUNT + 1), COUNT);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block[0]);
    assert_int_equal(stats_now().free, COUNT);
    assert_int_equal(cistern_pool_get_bulk(NULL, block, 1), 0);
    assert_int_equal(cistern_pool_get_bulk(&pool, NULL, 1), 0);
    assert_int_equal(cistern_pool_put_bulk(&pool, NULL, 1), 0);
}

static void bulk_puts_all_but_those_that_are_refused(void **state)
{
    (void)state;
    int somewhere = 0;
    void *block[COUNT];
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    void *const mixed[] = {NULL,     block[0], &somewhere, block[1], block[2],
                           block[2], NULL,     block[3],   block[4]};
    assert_int_equal(cistern_pool_put_bulk(&pool, mixed, 9), COUNT);
    assert_int_equal(faults.count, 2);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_DOUBLE_FREE);
    assert_ptr_equal(faults.last.address, block[2]);
    assert_int_equal(stats_now().free, COUNT);
    assert_true(cistern_pool_check(&pool));
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    assert_int_equal(cistern_pool_put_bulk(&pool, block, 0), 0);
}

static bool collect(void *block, size_t index, void *argument)
{
    void **const seen = argument;
    seen[index] = block;
    return index < 3;
}

static void walk_visits_the_blocks_in_use_until_stopped(void **state)
{
    (void)state;
    void *seen[COUNT] = {NULL};
    void *block[COUNT];
    assert_int_equal(cistern_pool_walk(&pool, collect, seen), 0);
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    assert_int_equal(cistern_pool_put(&pool, (unsigned char *)&memory + cistern_pool_stride(&pool)),
                     CISTERN_OK);
    assert_int_equal(cistern_pool_walk(&pool, collect, seen), 3);
    assert_ptr_equal(seen[0], &memory);
    assert_null(seen[1]);
    assert_non_null(seen[2]);
    assert_non_null(seen[3]);
    assert_null(seen[4]);
}

static void clear_frees_every_block(void **state)
{
    (void)state;
    void *block[COUNT];
    assert_int_equal(cistern_pool_get_bulk(&pool, block, 3), 3);
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
    assert_int_equal(stats_now().free, COUNT);
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    assert_ptr_equal(block[0], &memory);
}

static void low_water_is_kept_and_reset(void **state)
{
    (void)state;
    void *block[3];
    assert_int_equal(cistern_pool_get_bulk(&pool, block, 3), 3);
    assert_int_equal(stats_now().min_free, COUNT - 3);
    assert_int_equal(cistern_pool_put_bulk(&pool, block, 2), 2);
    assert_int_equal(stats_now().min_free, COUNT - 3);
    cistern_pool_reset_low_water(&pool);
    assert_int_equal(stats_now().min_free, COUNT - 1);
}

static void low_water_is_kept_when_it_was_not_read_before_the_blocks_came_back(void **state)
{
    (void)state;
    void *block[4];
    for (unsigned held = 2; held < 5; ++held) {
        assert_int_equal(cistern_pool_get_bulk(&pool, block, held), held);
        assert_int_equal(cistern_pool_put_bulk(&pool, block, held), held);
    }
    block[0] = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block[0]), CISTERN_OK);
    assert_int_equal(stats_now().min_free, COUNT - 4);
    cistern_pool_reset_low_water(&pool);
    block[0] = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block[0]), CISTERN_OK);
    assert_int_equal(stats_now().min_free, COUNT - 1);
}

/* --- threads --------------------------------------------------------------------------------- */

/* Takes every block and puts it: a cached pool's blocks are in this thread's cache then. */
static void take_and_put_all(void)
{
    void *block[COUNT];
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    assert_int_equal(cistern_pool_put_bulk(&pool, block, COUNT), COUNT);
}

static void *in_another_thread(void *argument)
{
    (void)argument;
    take_and_put_all();
    return NULL;
}

static void no_get_finds_the_pool_empty_while_another_ones_cache_holds_a_block(void **state)
{
    (void)state;
    pthread_t thread;
    for (unsigned i = 0; i < 20; ++i) {
        take_and_put_all();
        assert_int_equal(pthread_create(&thread, NULL, in_another_thread, NULL), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
    }
    assert_int_equal(stats_now().free, COUNT);
    assert_int_equal(stats_now().failures, 0);
}

/* --- what clients read ----------------------------------------------------------------------- */

static int make_lock_free(void **state)
{
    static const cistern_pool_strategy_t strategy = CISTERN_POOL_LOCK_FREE;
    *state = (void *)(uintptr_t)&strategy;
    return make(state);
}

/* They find the free blocks of a lock-free pool as they find those of any other. */
static void free_blocks_without_a_lock_lead_to_each_other_by_plain_pointers(void **state)
{
    (void)state;
    void *block[COUNT];
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    for (size_t i = 0; i < COUNT; ++i) {
        void *next;
        assert_int_equal(cistern_pool_put(&pool, block[i]), CISTERN_OK);
        memcpy(&next, block[i], sizeof next);
        assert_ptr_equal(next, (i > 0) ? block[i - 1] : NULL);
    }
}

/* --- what init refuses ----------------------------------------------------------------------- */

static void init_refuses_work_memory_that_is_absent_short_or_misaligned(void **state)
{
    (void)state;
    static const cistern_pool_strategy_t strategies[] = {CISTERN_POOL_MUTEX, CISTERN_POOL_LOCK_FREE,
                                                         CISTERN_POOL_CACHED};
    static const size_t bytes[] = {CISTERN_POOL_MUTEX_BYTES, CISTERN_POOL_LOCK_FREE_BYTES(COUNT),
                                   CISTERN_POOL_CACHED_BYTES(COUNT, CACHES)};
    cistern_pool_t any;
    for (unsigned i = 0; i < 3; ++i) {
        cistern_pool_config_t config = config_for(strategies[i], "shared");
        extras.work_bytes = bytes[i] - 1;
        assert_int_equal(cistern_pool_init(&any, &config), CISTERN_ERROR_ARGUMENT);
        extras.work_bytes = bytes[i];
        extras.work = (unsigned char *)&work + 8;
        assert_int_equal(cistern_pool_init(&any, &config), CISTERN_ERROR_ARGUMENT);
        extras.work = NULL;
        assert_int_equal(cistern_pool_init(&any, &config), CISTERN_ERROR_ARGUMENT);
        extras.work = &work;
        assert_int_equal(cistern_pool_init(&any, &config), CISTERN_OK);
        assert_int_equal(cistern_pool_unregister(&any), CISTERN_OK);
    }
}

static void init_refuses_extras_without_a_strategy(void **state)
{
    (void)state;
    cistern_pool_t any;
    const cistern_pool_config_t config = config_for(NULL, "shared");
    assert_int_equal(cistern_pool_init(&any, &config), CISTERN_ERROR_ARGUMENT);
}

#define strategy_test(function)                                                                    \
    {                                                                                              \
#        function, function, make, forget, NULL                                                    \
    }

static int run_with(cistern_pool_strategy_t strategy, const char *name)
{
    struct CMUnitTest tests[] = {
        strategy_test(every_block_comes_out_once_and_then_none),
        strategy_test(the_block_freed_last_comes_first),
        strategy_test(misuse_is_refused_and_named),
        strategy_test(live_block_may_hold_the_words_of_a_free_one),
        strategy_test(words_that_were_written_to_are_reported_once),
        strategy_test(poison_that_was_written_to_is_reported_once_from_level_2_on),
        strategy_test(guard_that_was_written_to_is_reported_once_and_the_block_taken_back),
        strategy_test(guard_of_a_block_given_back_in_bulk_is_reported_once),
        strategy_test(write_through_the_end_of_a_free_block_is_reported_once_from_level_2_on),
        strategy_test(bulk_hands_out_no_damaged_block),
        strategy_test(bulk_gives_what_there_is_and_takes_it_back),
        strategy_test(bulk_puts_all_but_those_that_are_refused),
        strategy_test(walk_visits_the_blocks_in_use_until_stopped),
        strategy_test(clear_frees_every_block),
        strategy_test(low_water_is_kept_and_reset),
        strategy_test(low_water_is_kept_when_it_was_not_read_before_the_blocks_came_back),
        strategy_test(no_get_finds_the_pool_empty_while_another_ones_cache_holds_a_block),
    };
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; ++i) {
        tests[i].initial_state = &strategy;
    }
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            free_blocks_without_a_lock_lead_to_each_other_by_plain_pointers, make_lock_free,
            forget),
        test(init_refuses_work_memory_that_is_absent_short_or_misaligned),
        test(init_refuses_extras_without_a_strategy),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    failed += run_with(CISTERN_POOL_CRITICAL, "critical section");
    failed += run_with(CISTERN_POOL_UNLOCKED, "unlocked");
    failed += run_with(CISTERN_POOL_MUTEX, "mutex");
    failed += run_with(CISTERN_POOL_LOCK_FREE, "lock-free");
    failed += run_with(CISTERN_POOL_CACHED, "cached");
    return failed;
}
