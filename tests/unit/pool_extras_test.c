/* SPDX-License-Identifier: BSD-3-Clause */
/* What a pool does beside handing out blocks: reserve, notices, waiting, typed pools. */
#define _POSIX_C_SOURCE 200809L
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "cistern/pool.h"

enum { COUNT = 4, SIZE = 24, CACHES = 2 };
#include "shared_pool.h"

static unsigned lows;
static unsigned availables;

static void count_low(cistern_pool_t *noticed, void *argument)
{
    assert_ptr_equal(noticed, &pool);
    assert_ptr_equal(argument, &extras);
    ++lows;
}

static void count_available(cistern_pool_t *noticed, void *argument)
{
    assert_ptr_equal(noticed, &pool);
    assert_ptr_equal(argument, &extras);
    assert_int_equal(stats_now().free, 1);
    ++availables;
}

/* A pool of the strategy that the state names. */
static int make(void **state)
{
    const cistern_pool_config_t config =
        config_for(*(const cistern_pool_strategy_t *)*state, "pool");
    extras.argument = &extras;
    lows = 0;
    availables = 0;
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_OK);
    return faults_watch(state);
}

#define extras_test(function)                                                                      \
    {                                                                                              \
#        function, function, make, forget, NULL                                                    \
    }

/* --- reserve and notices --------------------------------------------------------------------- */

static void reserved_blocks_are_only_for_the_privileged(void **state)
{
    (void)state;
    void *block[COUNT];
    extras.reserve = 2;
    assert_non_null(block[0] = cistern_pool_get(&pool));
    assert_non_null(block[1] = cistern_pool_get(&pool));
    assert_null(cistern_pool_get(&pool));
    assert_int_equal(stats_now().failures, 1);
    assert_non_null(block[2] = cistern_pool_get_privileged(&pool));
    assert_non_null(block[3] = cistern_pool_get_privileged(&pool));
    assert_null(cistern_pool_get_privileged(&pool));
    assert_null(cistern_pool_get_privileged(NULL));
    assert_int_equal(cistern_pool_put_bulk(&pool, block, 2), 2);
    assert_null(cistern_pool_get(&pool));
    assert_int_equal(cistern_pool_put(&pool, block[2]), CISTERN_OK);
    assert_non_null(cistern_pool_get(&pool));
}

static void more_blocks_than_there_are_cannot_be_reserved(void **state)
{
    cistern_pool_config_t config = config_for(*(const cistern_pool_strategy_t *)*state, "pool");
    extras.reserve = COUNT + 1;
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_ERROR_ARGUMENT);
    extras.reserve = COUNT;
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_OK);
    assert_null(cistern_pool_get(&pool));
    assert_non_null(cistern_pool_get_privileged(&pool));
}

static void low_water_is_announced_when_it_is_reached_and_not_again_below(void **state)
{
    (void)state;
    void *block[COUNT];
    extras.low_water = 2;
    extras.on_low = count_low;
    block[0] = cistern_pool_get(&pool);
    assert_int_equal(lows, 0);
    block[1] = cistern_pool_get(&pool);
    assert_int_equal(lows, 1);
    block[2] = cistern_pool_get(&pool);
    assert_int_equal(lows, 1);
    assert_int_equal(cistern_pool_put_bulk(&pool, block, 3), 3);
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    assert_int_equal(lows, 2);
}

static void an_empty_pool_announces_that_it_has_a_block_again(void **state)
{
    (void)state;
    void *block[COUNT];
    extras.on_available = count_available;
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    assert_int_equal(cistern_pool_put(&pool, block[0]), CISTERN_OK);
    assert_int_equal(availables, 1);
    assert_int_equal(cistern_pool_put(&pool, block[1]), CISTERN_OK);
    assert_int_equal(availables, 1);
}

static void count_only(cistern_pool_t *noticed, void *argument)
{
    (void)noticed;
    (void)argument;
    ++availables;
}

static void clear_of_an_empty_pool_announces_that_it_has_blocks_again(void **state)
{
    (void)state;
    void *block[COUNT];
    extras.on_available = count_only;
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
    assert_int_equal(availables, 0);
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
    assert_int_equal(availables, 1);
    assert_int_equal(stats_now().free, COUNT);
    assert_true(cistern_pool_check(&pool));
}

static void clear_of_a_pool_of_one_block_announces_it(void **state)
{
    assert_int_equal(cistern_pool_unregister(&pool), CISTERN_OK);
    cistern_pool_config_t config = config_for(*(const cistern_pool_strategy_t *)*state, "one");
    config.count = 1;
    extras.on_available = count_only;
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_OK);
    assert_non_null(cistern_pool_get(&pool));
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
    assert_int_equal(availables, 1);
}

static void clear_keeps_the_count_of_failures(void **state)
{
    (void)state;
    void *block[COUNT];
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    assert_null(cistern_pool_get(&pool));
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
    assert_int_equal(stats_now().failures, 1);
}

/* --- waiting --------------------------------------------------------------------------------- */

static void waiting_ends_with_a_timeout_and_counts_it(void **state)
{
    (void)state;
    void *block[COUNT];
    void *none = &work;
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    assert_int_equal(cistern_pool_get_wait(&pool, 5, &none), CISTERN_ERROR_TIMEOUT);
    assert_null(none);
    assert_int_equal(cistern_pool_get_wait(&pool, 0, &none), CISTERN_ERROR_TIMEOUT);
    assert_int_equal(stats_now().failures, 2);
    assert_int_equal(cistern_pool_put(&pool, block[0]), CISTERN_OK);
    assert_int_equal(cistern_pool_get_wait(&pool, 0, &none), CISTERN_OK);
    assert_ptr_equal(none, block[0]);
}

static void waiting_is_refused_where_it_cannot_work(void **state)
{
    (void)state;
    void *block;
    cistern_pool_t plain;
    const cistern_pool_config_t config = {.size = 8};
    assert_int_equal(cistern_pool_init(&plain, &config), CISTERN_OK);
    assert_int_equal(cistern_pool_get_wait(&plain, 1, &block), CISTERN_ERROR_ARGUMENT);
    assert_int_equal(cistern_pool_get_wait(NULL, 1, &block), CISTERN_ERROR_ARGUMENT);
    assert_int_equal(cistern_pool_get_wait(&pool, 1, NULL), CISTERN_ERROR_ARGUMENT);
    extras.strategy = CISTERN_POOL_LOCK_FREE;
    assert_int_equal(
        cistern_pool_init(&plain, &(const cistern_pool_config_t){.size = 8, .extras = &extras}),
        CISTERN_OK);
    assert_int_equal(cistern_pool_get_wait(&plain, 1, &block), CISTERN_ERROR_ARGUMENT);
    assert_int_equal(cistern_pool_unregister(&plain), CISTERN_OK);
}

static atomic_uint arrived;
static atomic_uint served;

typedef struct waiter {
    pthread_t thread;
    void *block;
    unsigned turn; /* of being served, from 1 */
} waiter_t;

static void pause_for(long milliseconds)
{
    const struct timespec length = {.tv_nsec = milliseconds * 1000000L};
    (void)nanosleep(&length, NULL);
}

static void *wait_for_a_block(void *argument)
{
    waiter_t *const self = argument;
    ++arrived;
    assert_int_equal(cistern_pool_get_wait(&pool, CISTERN_POOL_FOREVER, &self->block), CISTERN_OK);
    self->turn = ++served;
    return NULL;
}

/* Starts a waiter and gives it the time to stand in line. */
static void start_waiting(waiter_t *waiter, unsigned number)
{
    assert_int_equal(pthread_create(&waiter->thread, NULL, wait_for_a_block, waiter), 0);
    while (arrived < number) {
        pause_for(1);
    }
    pause_for(20);
}

static void blocks_go_straight_to_waiters_in_order_of_arrival(void **state)
{
    (void)state;
    void *block[COUNT];
    waiter_t waiter[3];
    arrived = 0;
    served = 0;
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    for (unsigned i = 0; i < 3; ++i) {
        start_waiting(&waiter[i], i + 1U);
    }
    for (unsigned i = 0; i < 3; ++i) {
        assert_int_equal(cistern_pool_put(&pool, block[i]), CISTERN_OK);
        assert_null(cistern_pool_get(&pool));
        assert_int_equal(pthread_join(waiter[i].thread, NULL), 0);
        assert_ptr_equal(waiter[i].block, block[i]);
        assert_int_equal(waiter[i].turn, i + 1U);
    }
    for (unsigned i = 0; i < 3; ++i) {
        assert_int_equal(cistern_pool_put(&pool, waiter[i].block), CISTERN_OK);
    }
    assert_int_equal(cistern_pool_put(&pool, block[3]), CISTERN_OK);
    assert_true(cistern_pool_check(&pool));
    assert_no_fault();
}

static void handing_over_does_not_touch_the_reserve(void **state)
{
    (void)state;
    void *block[COUNT];
    waiter_t waiter;
    arrived = 0;
    served = 0;
    extras.reserve = 1;
    for (unsigned i = 0; i < COUNT; ++i) {
        block[i] = cistern_pool_get_privileged(&pool);
    }
    start_waiting(&waiter, 1);
    assert_int_equal(cistern_pool_put(&pool, block[0]), CISTERN_OK);
    assert_int_equal(stats_now().free, 1);
    assert_int_equal(cistern_pool_put(&pool, block[1]), CISTERN_OK);
    assert_int_equal(pthread_join(waiter.thread, NULL), 0);
    assert_ptr_equal(waiter.block, block[1]);
    assert_int_equal(stats_now().free, 1);
}

static void clear_serves_who_waits_before_all_others(void **state)
{
    (void)state;
    void *block[COUNT];
    waiter_t waiter[2];
    arrived = 0;
    served = 0;
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    start_waiting(&waiter[0], 1);
    start_waiting(&waiter[1], 2);
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
    assert_int_equal(stats_now().free, COUNT - 2);
    assert_int_equal(stats_now().min_free, COUNT - 2);
    assert_int_equal(pthread_join(waiter[0].thread, NULL), 0);
    assert_int_equal(pthread_join(waiter[1].thread, NULL), 0);
    assert_ptr_not_equal(waiter[0].block, waiter[1].block);
    assert_true(cistern_pool_check(&pool));
    assert_no_fault();
}

enum { TAKEN = 20000, CLEARED = 2000 };

static void *only_take(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < TAKEN; ++i) {
        (void)cistern_pool_get(&pool);
    }
    return NULL;
}

static void clear_gets_on_with_threads_that_take_blocks(void **state)
{
    (void)state;
    pthread_t taker;
    void *block[COUNT];
    assert_int_equal(pthread_create(&taker, NULL, only_take, NULL), 0);
    for (unsigned i = 0; i < CLEARED; ++i) {
        assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
    }
    assert_int_equal(pthread_join(taker, NULL), 0);
    assert_true(cistern_pool_check(&pool));
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    assert_no_fault();
}

enum { RIVALS = 3, ROUNDS = 3000 };

/* Takes and gives back the one block there is; counts in *argument how often it went without. */
static void *take_and_give_back(void *argument)
{
    unsigned *const without = argument;
    for (unsigned i = 0; i < ROUNDS; ++i) {
        void *block;
        if (cistern_pool_get_wait(&pool, CISTERN_POOL_FOREVER, &block) != CISTERN_OK ||
            cistern_pool_put(&pool, block) != CISTERN_OK) {
            ++*without;
        }
    }
    return NULL;
}

static void waiting_for_ever_never_ends_without_a_block(void **state)
{
    (void)state;
    void *block[COUNT - 1];
    pthread_t rival[RIVALS];
    unsigned without[RIVALS] = {0};
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT - 1), COUNT - 1);
    for (unsigned i = 0; i < RIVALS; ++i) {
        assert_int_equal(pthread_create(&rival[i], NULL, take_and_give_back, &without[i]), 0);
    }
    for (unsigned i = 0; i < RIVALS; ++i) {
        assert_int_equal(pthread_join(rival[i], NULL), 0);
        assert_int_equal(without[i], 0);
    }
    assert_int_equal(stats_now().free, 1);
    assert_no_fault();
}

/* --- typed pools ----------------------------------------------------------------------------- */

typedef struct frame {
    long double payload;
    char name[3];
} frame_t;

CISTERN_POOL_DEFINE(frames, frame_t, 3, );

static void a_typed_pool_hands_out_aligned_objects(void **state)
{
    (void)state;
    frame_t *frame[3];
    assert_int_equal(frames_init(), CISTERN_OK);
    for (unsigned i = 0; i < 3; ++i) {
        frame[i] = frames_get();
        assert_non_null(frame[i]);
        assert_int_equal((uintptr_t)frame[i] % _Alignof(frame_t), 0);
        *frame[i] = (frame_t){.payload = i, .name = "ab"};
    }
    assert_null(frames_get());
    for (unsigned i = 0; i < 3; ++i) {
        assert_true(frame[i]->payload == (long double)i);
        assert_int_equal(frames_put(frame[i]), CISTERN_OK);
    }
    assert_string_equal(frames_pool.name, "frames");
    assert_int_equal(cistern_pool_unregister(&frames_pool), CISTERN_OK);
}

/* What each strategy does, and last what cached and lock-free pools do not. */
static int run_with(cistern_pool_strategy_t strategy, const char *name)
{
    struct CMUnitTest tests[] = {
        extras_test(reserved_blocks_are_only_for_the_privileged),
        extras_test(more_blocks_than_there_are_cannot_be_reserved),
        extras_test(low_water_is_announced_when_it_is_reached_and_not_again_below),
        extras_test(an_empty_pool_announces_that_it_has_a_block_again),
        extras_test(clear_of_an_empty_pool_announces_that_it_has_blocks_again),
        extras_test(clear_of_a_pool_of_one_block_announces_it),
        extras_test(clear_keeps_the_count_of_failures),
        extras_test(waiting_ends_with_a_timeout_and_counts_it),
        extras_test(blocks_go_straight_to_waiters_in_order_of_arrival),
        extras_test(handing_over_does_not_touch_the_reserve),
        extras_test(waiting_for_ever_never_ends_without_a_block),
        extras_test(waiting_is_refused_where_it_cannot_work),
        extras_test(clear_serves_who_waits_before_all_others),
        extras_test(clear_gets_on_with_threads_that_take_blocks),
    };
    const size_t all = sizeof tests / sizeof tests[0];
    const size_t run = strategy == CISTERN_POOL_LOCK_FREE ? 5U
                       : strategy == CISTERN_POOL_CACHED  ? all - 1U
                                                          : all;
    for (size_t i = 0; i < all; ++i) {
        tests[i].initial_state = &strategy;
    }
    return _cmocka_run_group_tests(name, tests, run, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_typed_pool_hands_out_aligned_objects),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    failed += run_with(CISTERN_POOL_CRITICAL, "critical section");
    failed += run_with(CISTERN_POOL_MUTEX, "mutex");
    failed += run_with(CISTERN_POOL_LOCK_FREE, "lock-free");
    failed += run_with(CISTERN_POOL_CACHED, "cached");
    return failed;
}
