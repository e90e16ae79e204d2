/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools: what a user of cistern/pool.h can see, at every check level. */
#include "pools.h"

/* --- getting and putting --------------------------------------------------------------------- */

static void pool_hands_out_blocks_from_the_start_of_its_memory_upwards(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT; ++i) {
        assert_ptr_equal(cistern_pool_get(&pool), memory + i * STRIDE);
    }
}

static void pool_hands_out_the_block_freed_last_first(void **state)
{
    (void)state;
    void *const a = cistern_pool_get(&pool);
    void *const b = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, a), CISTERN_OK);
    assert_int_equal(cistern_pool_put(&pool, b), CISTERN_OK);
    assert_ptr_equal(cistern_pool_get(&pool), b);
    assert_ptr_equal(cistern_pool_get(&pool), a);
}

static void empty_pool_refuses_and_counts_it_and_is_not_at_fault(void **state)
{
    (void)state;
    cistern_pool_stats_t stats;
    assert_holds_every_block(&pool);
    assert_null(cistern_pool_get(&pool));
    cistern_pool_stats(&pool, &stats);
    assert_int_equal(stats.free, 0);
    assert_int_equal(stats.failures, 2);
    assert_no_fault();
}

static void failures_stay_at_the_highest_number_that_fits(void **state)
{
    (void)state;
    assert_holds_every_block(&pool);
    for (unsigned long i = 0; i < 70000; ++i) {
        assert_null(cistern_pool_get(&pool));
    }
    assert_int_equal(pool.failures, 65535);
}

static void put_says_whether_the_pool_was_empty(void **state)
{
    (void)state;
    void *block[COUNT];
    bool was_empty = false;
    for (size_t i = 0; i < COUNT; ++i) {
        block[i] = cistern_pool_get(&pool);
    }
    assert_int_equal(cistern_pool_put_noting(&pool, block[0], &was_empty), CISTERN_OK);
    assert_true(was_empty);
    assert_int_equal(cistern_pool_put_noting(&pool, block[1], &was_empty), CISTERN_OK);
    assert_false(was_empty);
}

static void contents_of_a_used_block_are_the_users_alone(void **state)
{
    (void)state;
    unsigned char *block[COUNT];
    for (size_t i = 0; i < COUNT; ++i) {
        block[i] = cistern_pool_get(&pool);
        memset(block[i], (int)(0xA0 + i), SIZE);
    }
    assert_int_equal(cistern_pool_put(&pool, block[1]), CISTERN_OK);
    assert_ptr_equal(cistern_pool_get(&pool), block[1]);
    for (size_t i = 0; i < COUNT; i += (i == 0) ? 2 : 1) {
        for (size_t byte = 0; byte < SIZE; ++byte) {
            assert_int_equal(block[i][byte], 0xA0 + i);
        }
    }
}

static void low_water_mark_stays_at_the_lowest_until_it_is_reset(void **state)
{
    (void)state;
    cistern_pool_stats_t stats;
    void *const a = cistern_pool_get(&pool);
    void *const b = cistern_pool_get(&pool);
    (void)cistern_pool_put(&pool, a);
    cistern_pool_stats(&pool, &stats);
    assert_int_equal(stats.min_free, 2);
    assert_int_equal(stats.free, 3);
    cistern_pool_reset_low_water(&pool);
    cistern_pool_stats(&pool, &stats);
    assert_int_equal(stats.min_free, 3);
    (void)cistern_pool_put(&pool, b);
}

static void statistics_name_the_pool_and_its_geometry(void **state)
{
    (void)state;
    cistern_pool_stats_t stats;
    cistern_pool_stats(&pool, &stats);
    assert_string_equal(stats.name, "pool");
    assert_int_equal(stats.size, SIZE);
    assert_int_equal(stats.stride, CISTERN_POOL_STRIDE(SIZE, ALIGNMENT));
    assert_int_equal(stats.count, COUNT);
    assert_int_equal(stats.free, COUNT);
    assert_int_equal(stats.min_free, COUNT);
    assert_int_equal(stats.failures, 0);
}

static void clear_frees_every_block_in_ascending_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT - 1; ++i) {
        (void)cistern_pool_get(&pool);
    }
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
    assert_int_equal(pool.free, COUNT);
    assert_int_equal(pool.min_free, COUNT);
    pool_hands_out_blocks_from_the_start_of_its_memory_upwards(state);
}

static void null_is_refused_without_a_fault(void **state)
{
    (void)state;
    bool was_empty;
    if (CISTERN_CHECK >= 1) {
        assert_null(cistern_pool_get(NULL));
        assert_int_equal(cistern_pool_put(NULL, memory), CISTERN_ERROR_ARGUMENT);
        assert_int_equal(cistern_pool_put(&pool, NULL), CISTERN_ERROR_ARGUMENT);
        assert_int_equal(cistern_pool_put_noting(&pool, NULL, &was_empty), CISTERN_ERROR_ARGUMENT);
    }
    assert_int_equal(cistern_pool_verify(&pool, NULL), CISTERN_ERROR_ARGUMENT);
    assert_int_equal(cistern_pool_clear(NULL), CISTERN_ERROR_ARGUMENT);
    assert_false(cistern_pool_check(NULL));
    assert_false(cistern_pool_owns(&pool, NULL));
    assert_false(cistern_pool_owns(NULL, memory));
    assert_no_fault();
}

/* --- geometry -------------------------------------------------------------------------------- */

/* Of all addresses in and around a pool exactly the starts of blocks are its blocks, for strides
 * with every kind of odd part. */
static void only_the_start_of_a_block_is_a_block(void **state)
{
    (void)state;
    static const size_t sizes[] = {8, 24, 40, 56, 96, 136, 200, 256, 264, 1000, 1512};
    enum { BLOCKS = 7 };
    static _Alignas(16) unsigned char room[64 + CISTERN_POOL_BYTES(BLOCKS, 1512, 8)];
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; ++s) {
        cistern_pool_t any;
        const cistern_pool_config_t config = {
            .count = BLOCKS, .size = sizes[s], .alignment = 8, .memory = room + 32};
        assert_int_equal(cistern_pool_init(&any, &config), CISTERN_OK);
        const size_t stride = cistern_pool_stride(&any);
        for (size_t offset = 0; offset < 64 + BLOCKS * stride; ++offset) {
            const bool start =
                offset >= 32 && offset < 32 + BLOCKS * stride && (offset - 32) % stride == 0;
            assert_int_equal(cistern_pool_owns(&any, room + offset), start);
        }
        assert_int_equal(cistern_pool_unregister(&any), CISTERN_OK);
    }
}

static void blocks_have_the_alignment_asked_for(void **state)
{
    (void)state;
    static _Alignas(64) unsigned char room[CISTERN_POOL_BYTES(3, 5, 64)];
    for (size_t alignment = 1; alignment <= 64; alignment *= 2) {
        cistern_pool_t any;
        const cistern_pool_config_t config = {
            .count = 3, .size = 5, .alignment = alignment, .memory = room, .bytes = sizeof room};
        assert_int_equal(cistern_pool_init(&any, &config), CISTERN_OK);
        for (unsigned i = 0; i < 3; ++i) {
            assert_int_equal((uintptr_t)cistern_pool_get(&any) % alignment, 0);
        }
        assert_int_equal(cistern_pool_unregister(&any), CISTERN_OK);
    }
}

static void block_smaller_than_a_pointer_has_room_for_its_link(void **state)
{
    (void)state;
    static _Alignas(8) unsigned char room[CISTERN_POOL_BYTES(COUNT, 1, 1)];
    cistern_pool_t any;
    const cistern_pool_config_t config = {
        .count = COUNT, .size = 1, .alignment = 1, .memory = room, .bytes = sizeof room};
    assert_int_equal(cistern_pool_init(&any, &config), CISTERN_OK);
    assert_true(cistern_pool_stride(&any) >= sizeof(void *));
    assert_true(cistern_pool_check(&any));
    assert_int_equal(cistern_pool_unregister(&any), CISTERN_OK);
}

static void assert_init_refuses(const cistern_pool_config_t *config, cistern_error_t error)
{
    cistern_pool_t any = {.count = 77};
    assert_int_equal(cistern_pool_init(&any, config), error);
    assert_int_equal(any.count, 77);
    assert_false(cistern_pool_is_registered(&any));
}

static void init_refuses_what_cannot_be_a_pool_and_changes_nothing(void **state)
{
    (void)state;
    const cistern_pool_config_t good = {
        .count = COUNT, .size = SIZE, .alignment = 8, .memory = memory, .bytes = sizeof memory};
    cistern_pool_config_t config = good;

    assert_int_equal(cistern_pool_init(NULL, &good), CISTERN_ERROR_ARGUMENT);
    assert_init_refuses(NULL, CISTERN_ERROR_ARGUMENT);
    config.size = 0;
    assert_init_refuses(&config, CISTERN_ERROR_ARGUMENT);
    config = good;
    config.memory = NULL;
    assert_init_refuses(&config, CISTERN_ERROR_ARGUMENT);
    config = good;
    config.alignment = 12;
    assert_init_refuses(&config, CISTERN_ERROR_ARGUMENT);
    config = good;
    config.memory = memory + 1;
    assert_init_refuses(&config, CISTERN_ERROR_ALIGNMENT);
    config = good;
    config.bytes = sizeof memory - 1;
    assert_init_refuses(&config, CISTERN_ERROR_SIZE);
}

static void init_refuses_geometry_that_wraps_around_the_address_space(void **state)
{
    (void)state;
    cistern_pool_config_t config = {
        .count = SIZE_MAX / 16, .size = 64, .alignment = 8, .memory = memory};
    assert_init_refuses(&config, CISTERN_ERROR_SIZE);
    config.count = 1;
    config.size = SIZE_MAX;
    assert_init_refuses(&config, CISTERN_ERROR_SIZE);
    config.size = SIZE_MAX - 8;
    assert_init_refuses(&config, CISTERN_ERROR_SIZE);
    config.count = SIZE_MAX;
    config.size = 8;
    assert_init_refuses(&config, CISTERN_ERROR_SIZE);
}

static void pool_of_no_blocks_is_a_pool_that_is_always_empty(void **state)
{
    (void)state;
    cistern_pool_t none;
    const cistern_pool_config_t config = {.name = "none", .count = 0, .size = 8};
    assert_int_equal(cistern_pool_init(&none, &config), CISTERN_OK);
    assert_null(cistern_pool_get(&none));
    assert_int_equal(cistern_pool_clear(&none), CISTERN_OK);
    assert_true(cistern_pool_check(&none));
    assert_null(cistern_pool_get(&none));
    assert_int_equal(cistern_pool_unregister(&none), CISTERN_OK);
}

static void pool_takes_more_blocks_and_larger_ones_than_16_bits_count(void **state)
{
    (void)state;
    static const size_t counts[] = {70000, 3};
    static const size_t sizes[] = {16, 70000};
    for (unsigned i = 0; i < 2; ++i) {
        cistern_pool_t large;
        const size_t bytes = CISTERN_POOL_BYTES(counts[i], sizes[i], 16);
        unsigned char *const room = malloc(bytes + 16);
        assert_non_null(room);
        const cistern_pool_config_t config = {.count = counts[i],
                                              .size = sizes[i],
                                              .alignment = 16,
                                              .memory = room + (16 - (uintptr_t)room % 16),
                                              .bytes = bytes};
        assert_int_equal(cistern_pool_init(&large, &config), CISTERN_OK);
        size_t got = 0;
        while (cistern_pool_get(&large) != NULL) {
            ++got;
        }
        assert_int_equal(got, counts[i]);
        assert_int_equal(cistern_pool_unregister(&large), CISTERN_OK);
        free(room);
    }
}

static bool visit(void *block, size_t index, void *argument)
{
    (void)block;
    (void)index;
    ++*(unsigned *)argument;
    return true;
}

static void place_of_the_caller_changes_no_answer(void **state)
{
    (void)state;
    void *const block = cistern_pool_get_at(&pool, "driver.c", 1);
    assert_ptr_equal(block, memory);
    assert_int_equal(cistern_pool_put_at(&pool, block, "driver.c", 2), CISTERN_OK);
    assert_no_fault();
}

/* At level 0 every block of the pool passes for one in use. */
static void block_in_use_is_used_and_other_addresses_are_not(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&pool);
    assert_true(cistern_pool_uses(&pool, block));
    assert_false(cistern_pool_uses(&pool, other_memory));
    assert_false(cistern_pool_uses(&pool, (unsigned char *)block + 1));
    assert_int_equal(cistern_pool_uses(&pool, memory + STRIDE), CISTERN_CHECK == 0);
}

typedef struct untouched {
    void *words[3];
} untouched_t;

CISTERN_POOL_DEFINE(untouched, untouched_t, 2, );

static void walk_of_a_pool_that_no_call_has_touched_visits_nothing(void **state)
{
    (void)state;
    unsigned visits = 0;
    assert_int_equal(cistern_pool_walk(&untouched_pool, visit, &visits), 0);
    assert_int_equal(visits, 0);
    assert_int_equal(untouched_put(untouched_get()), CISTERN_OK);
}

static void walk_without_pool_or_visitor_is_of_no_block(void **state)
{
    (void)state;
    unsigned visits = 0;
    assert_non_null(cistern_pool_get(&pool));
    assert_int_equal(cistern_pool_walk(NULL, visit, &visits), 0);
    assert_int_equal(cistern_pool_walk(&pool, NULL, &visits), 0);
    assert_int_equal(visits, 0);
    assert_int_equal(cistern_pool_walk(&pool, visit, &visits), (CISTERN_CHECK >= 1) ? 1 : 0);
    assert_int_equal(visits, (CISTERN_CHECK >= 1) ? 1 : 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pools_test(pool_hands_out_blocks_from_the_start_of_its_memory_upwards),
        pools_test(pool_hands_out_the_block_freed_last_first),
        pools_test(empty_pool_refuses_and_counts_it_and_is_not_at_fault),
        pools_test(failures_stay_at_the_highest_number_that_fits),
        pools_test(put_says_whether_the_pool_was_empty),
        pools_test(contents_of_a_used_block_are_the_users_alone),
        pools_test(low_water_mark_stays_at_the_lowest_until_it_is_reset),
        pools_test(statistics_name_the_pool_and_its_geometry),
        pools_test(clear_frees_every_block_in_ascending_order),
        pools_test(null_is_refused_without_a_fault),
        test(only_the_start_of_a_block_is_a_block),
        test(blocks_have_the_alignment_asked_for),
        test(block_smaller_than_a_pointer_has_room_for_its_link),
        pools_test(init_refuses_what_cannot_be_a_pool_and_changes_nothing),
        pools_test(init_refuses_geometry_that_wraps_around_the_address_space),
        test(pool_of_no_blocks_is_a_pool_that_is_always_empty),
        test(pool_takes_more_blocks_and_larger_ones_than_16_bits_count),
        pools_test(place_of_the_caller_changes_no_answer),
        pools_test(block_in_use_is_used_and_other_addresses_are_not),
        pools_test(walk_of_a_pool_that_no_call_has_touched_visits_nothing),
        pools_test(walk_without_pool_or_visitor_is_of_no_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
