/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads on one cached pool, each of which takes what the other's cache holds while that one gets and
 * puts: the two orders of a store and a later load that a processor may change. Built without a
 * sanitizer, whose own accesses would keep the order.
 *
 * pool_cache_race_test [ROUNDS] */
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { THREADS = 2, MOST = 8, PATIENCE_MS = 20000 };

typedef struct block {
    void *link;
    atomic_uintptr_t holder; /* 0 while it is free */
} block_t;

enum { COUNT = MOST, SIZE = sizeof(block_t), CACHES = THREADS + 1 };

#include "shared_pool.h"

static unsigned rounds = 20000000;
static _Thread_local char me;
static atomic_uint doubly_held;
static atomic_uint refused;
static atomic_uint in_vain; /* waits that no put ended */
static atomic_uint done;    /* rounds of the thread whose cache is emptied */

static void make_pool(size_t count)
{
    cistern_pool_config_t config = config_for(CISTERN_POOL_CACHED, "raced");
    config.count = count;
    memset(&memory, 0, sizeof memory);
    doubly_held = 0;
    refused = 0;
    in_vain = 0;
    done = 0;
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_OK);
}

/* Loads and stores alone: a locked instruction would order those of the pool. */
static void change_holder(block_t *block, uintptr_t before, uintptr_t after)
{
    if (atomic_load_explicit(&block->holder, memory_order_relaxed) != before) {
        ++doubly_held;
    }
    atomic_store_explicit(&block->holder, after, memory_order_relaxed);
}

static void hold(block_t *block)
{
    change_holder(block, 0, (uintptr_t)&me);
}

static void put(block_t *block)
{
    change_holder(block, (uintptr_t)&me, 0);
    if (cistern_pool_put(&pool, block) != CISTERN_OK) {
        ++refused;
    }
}

/* A few instructions, not as many each time. */
static void pause_a_little(unsigned round)
{
    for (volatile unsigned i = round % 61U; i > 0; --i) {
    }
}

static void *get_and_put(void *argument)
{
    (void)argument;
    for (unsigned round = 0; round < rounds;
         atomic_store_explicit(&done, ++round, memory_order_relaxed)) {
        block_t *const block = cistern_pool_get(&pool);
        if (block != NULL) {
            hold(block);
            put(block);
        }
    }
    return NULL;
}

static void *get_and_put_several(void *argument)
{
    (void)argument;
    for (unsigned round = 0; round < rounds;
         atomic_store_explicit(&done, ++round, memory_order_relaxed)) {
        void *blocks[2];
        const size_t got = cistern_pool_get_bulk(&pool, blocks, 2);
        for (size_t i = 0; i < got; ++i) {
            hold(blocks[i]);
        }
        for (size_t i = 0; i < got; ++i) {
            put(blocks[i]);
        }
    }
    return NULL;
}

/* All blocks that the pool gives, from wherever they are, and back. */
static void take_from_all_caches(void)
{
    block_t *held[MOST];
    size_t n = 0;
    while (n < MOST && (held[n] = cistern_pool_get(&pool)) != NULL) {
        hold(held[n++]);
    }
    while (n > 0) {
        put(held[--n]);
    }
}

static void assert_whole(size_t count)
{
    cistern_pool_stats_t stats;
    cistern_pool_stats(&pool, &stats);
    assert_int_equal(doubly_held, 0);
    assert_int_equal(refused, 0);
    assert_int_equal(in_vain, 0);
    assert_int_equal(stats.free, count);
    assert_true(cistern_pool_check(&pool));
    assert_no_fault();
    assert_int_equal(cistern_pool_unregister(&pool), CISTERN_OK);
}

/* This thread counts what is free, which takes all that the other's cache holds, while that one goes on
 * as fast as it can. */
static void race_with(void *(*other)(void *argument))
{
    pthread_t thread;
    cistern_pool_stats_t stats;
    make_pool(MOST);
    assert_int_equal(pthread_create(&thread, NULL, other, NULL), 0);
    for (unsigned round = 0; done < rounds; ++round) {
        pause_a_little(round);
        cistern_pool_stats(&pool, &stats);
        if (round % 4U == 0) {
            take_from_all_caches();
        }
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_whole(MOST);
}

static void block_that_is_taken_from_anothers_cache_is_not_handed_out_by_it_too(void **state)
{
    (void)state;
    race_with(get_and_put);
}

static void blocks_that_are_taken_from_anothers_cache_are_not_handed_out_by_it_too(void **state)
{
    (void)state;
    race_with(get_and_put_several);
}

/* Waits for the only block, and puts it. */
static void *wait_and_put(void *argument)
{
    (void)argument;
    for (unsigned round = 0; round < rounds / 400U && in_vain == 0; ++round) {
        void *block = NULL;
        if (cistern_pool_get_wait(&pool, PATIENCE_MS, &block) != CISTERN_OK) {
            ++in_vain;
        } else {
            hold(block);
            pause_a_little(round);
            put(block);
            pause_a_little(round / 61U);
        }
    }
    return NULL;
}

static void block_that_is_put_while_another_thread_begins_to_wait_reaches_it(void **state)
{
    (void)state;
    pthread_t thread[THREADS];
    make_pool(1);
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_create(&thread[i], NULL, wait_and_put, NULL), 0);
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    }
    assert_whole(1);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        test(block_that_is_taken_from_anothers_cache_is_not_handed_out_by_it_too),
        test(blocks_that_are_taken_from_anothers_cache_are_not_handed_out_by_it_too),
        test(block_that_is_put_while_another_thread_begins_to_wait_reaches_it),
    };
    rounds = (argc > 1) ? (unsigned)strtoul(argv[1], NULL, 10) : rounds;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
