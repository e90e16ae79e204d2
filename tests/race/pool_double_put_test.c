/* SPDX-License-Identifier: BSD-3-Clause */
/* Two threads that put the same blocks at the same moments, under every strategy for threads: one
 * of them gives a block back, and the other's put is a double free. Of a cached pool both puts may be
 * accepted; the block is then handed out once, and the second time is found by the get.
 *
 * pool_double_put_test [ROUNDS] */
#include "support.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { THREADS = 2, COUNT = 64, SIZE = 32, CACHES = THREADS + 1 };

#include "shared_pool.h"

static void *block[COUNT];    /* which both put, in the same order */
static atomic_uint round_now; /* the round that may begin; 0 before the first */
static atomic_uint finished;  /* threads that ended a round, in all rounds */
static atomic_uint accepted[COUNT];
static atomic_uint double_frees;
static atomic_uint other_faults;
static unsigned rounds = 500;

static void count_fault(const cistern_fault_t *fault)
{
    ++*(fault->kind == CISTERN_FAULT_DOUBLE_FREE ? &double_frees : &other_faults);
}

/* Gives up the processor seldom, so that both threads go on at once. */
static void wait_until(atomic_uint *value, unsigned least)
{
    for (unsigned i = 1; atomic_load(value) < least; ++i) {
        if (i % 1024U == 0) {
            (void)sched_yield();
        }
    }
}

static void *put_each_round(void *argument)
{
    (void)argument;
    for (unsigned round = 1; round <= rounds; ++round) {
        wait_until(&round_now, round);
        for (unsigned i = 0; i < COUNT; ++i) {
            accepted[i] += (cistern_pool_put(&pool, block[i]) == CISTERN_OK) ? 1U : 0U;
        }
        ++finished;
    }
    return NULL;
}

static void one_round(unsigned round)
{
    double_frees = 0;
    assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
    for (unsigned i = 0; i < COUNT; ++i) {
        accepted[i] = 0;
    }
    atomic_store(&round_now, round);
    wait_until(&finished, round * THREADS);
    for (unsigned i = 0; i < COUNT; ++i) {
        assert_int_equal(accepted[i], 1);
    }
    assert_int_equal(double_frees, COUNT);
    assert_int_equal(other_faults, 0);
}

static void make_pool(cistern_pool_strategy_t strategy)
{
    const cistern_pool_config_t config = config_for(strategy, "shared");
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_OK);
}

static void race(cistern_pool_strategy_t strategy)
{
    pthread_t thread[THREADS];
    cistern_pool_stats_t stats;
    make_pool(strategy);
    (void)cistern_fault_set_handler(count_fault);
    round_now = 0;
    finished = 0;
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_create(&thread[i], NULL, put_each_round, NULL), 0);
    }
    for (unsigned round = 1; round <= rounds; ++round) {
        one_round(round);
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    }
    cistern_pool_stats(&pool, &stats);
    assert_int_equal(stats.free, COUNT);
    assert_true(cistern_pool_check(&pool));
    assert_int_equal(cistern_pool_unregister(&pool), CISTERN_OK);
}

static void one_of_two_puts_wins_in_the_ports_critical_section(void **state)
{
    (void)state;
    race(CISTERN_POOL_CRITICAL);
}

static void one_of_two_puts_wins_with_a_mutex(void **state)
{
    (void)state;
    race(CISTERN_POOL_MUTEX);
}

static void one_of_two_puts_wins_without_a_lock(void **state)
{
    (void)state;
    race(CISTERN_POOL_LOCK_FREE);
}

/* All that the pool gives, by one thread: no block twice. */
static void assert_no_block_comes_twice(void)
{
    bool seen[COUNT] = {false};
    for (unsigned i = 0; i < 2U * COUNT; ++i) {
        unsigned char *const got = cistern_pool_get(&pool);
        if (got != NULL) {
            const size_t index = (size_t)(got - memory.bytes) / cistern_pool_stride(&pool);
            assert_in_range(index, 0, COUNT - 1);
            assert_false(seen[index]);
            seen[index] = true;
        }
    }
}

static void a_block_that_two_put_at_once_is_handed_out_once_with_caches(void **state)
{
    (void)state;
    pthread_t thread[THREADS];
    (void)cistern_fault_set_handler(count_fault);
    round_now = 0;
    finished = 0;
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_create(&thread[i], NULL, put_each_round, NULL), 0);
    }
    for (unsigned round = 1; round <= rounds; ++round) {
        make_pool(CISTERN_POOL_CACHED);
        assert_int_equal(cistern_pool_get_bulk(&pool, block, COUNT), COUNT);
        for (unsigned i = 0; i < COUNT; ++i) {
            accepted[i] = 0;
        }
        atomic_store(&round_now, round);
        wait_until(&finished, round * THREADS);
        for (unsigned i = 0; i < COUNT; ++i) {
            assert_in_range(accepted[i], 1, THREADS);
        }
        assert_no_block_comes_twice();
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    }
    assert_int_equal(cistern_pool_unregister(&pool), CISTERN_OK);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        test(one_of_two_puts_wins_in_the_ports_critical_section),
        test(one_of_two_puts_wins_with_a_mutex),
        test(one_of_two_puts_wins_without_a_lock),
        test(a_block_that_two_put_at_once_is_handed_out_once_with_caches),
    };
    rounds = (argc > 1) ? (unsigned)strtoul(argv[1], NULL, 10) : rounds;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
