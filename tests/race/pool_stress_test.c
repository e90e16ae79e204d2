/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads that start, get, pass on, put and end, on one pool, under every strategy for threads. No
 * block is ever held by two, and none is lost.
 *
 * pool_stress_test [RUNS [FIRST_SEED]]: each run is one seed, under every strategy. */
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 4, GENERATIONS = 3, STEPS = 300, COUNT = 40, HELD = 16, COUNTER = 4 };

typedef struct block {
    void *link;
    unsigned char content[48];
} block_t;

enum { SIZE = sizeof(block_t), CACHES = THREADS };

#include "shared_pool.h"

static _Atomic(block_t *) counter[COUNTER]; /* where blocks change hands */
static atomic_uint doubly_held;
static atomic_uint used; /* blocks that threads know they have: never more than are in use */
static atomic_uint most_used;
static bool can_wait;
static unsigned runs = 15;
static unsigned first_seed = 1;

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 16;
}

/* Who has a block; 0 while it is free. Not in the block, which is poisoned then. */
static _Atomic uintptr_t *holder_of(const block_t *block)
{
    static _Atomic uintptr_t holders[COUNT];
    const size_t offset = (size_t)((const unsigned char *)block - memory.bytes);
    return &holders[offset / cistern_pool_stride(&pool)];
}

static void hold(block_t *block, uintptr_t me)
{
    if (block != NULL && atomic_exchange(holder_of(block), me) != 0) {
        ++doubly_held;
    }
}

static void count_used(unsigned more)
{
    const unsigned now = atomic_fetch_add(&used, more) + more;
    unsigned most = most_used;
    while (most < now && !atomic_compare_exchange_weak(&most_used, &most, now)) {
    }
}

static void let_go(block_t *block, uintptr_t me)
{
    if (atomic_exchange(holder_of(block), 0) != me) {
        ++doubly_held;
    }
}

static void put(block_t *block, uintptr_t me)
{
    memset(block->content, (int)me, sizeof block->content);
    let_go(block, me);
    --used;
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
}

/* Gets up to `n` blocks at once, or one in another of the ways there are. */
static void get_some(block_t **held, unsigned n, unsigned way, uintptr_t me)
{
    void *blocks[HELD] = {NULL};
    size_t got = 1;
    if (way == 0) {
        got = cistern_pool_get_bulk(&pool, blocks, n);
    } else if (way == 1 && can_wait) {
        (void)cistern_pool_get_wait(&pool, 1, &blocks[0]);
    } else {
        blocks[0] = cistern_pool_get(&pool);
    }
    for (size_t i = 0; i < got && blocks[i] != NULL; ++i) {
        held[i] = blocks[i];
        hold(held[i], me);
        count_used(1);
    }
}

/* Puts `n` blocks at once. */
static void put_some(block_t **held, unsigned n, uintptr_t me)
{
    void *blocks[HELD];
    for (unsigned i = 0; i < n; ++i) {
        blocks[i] = held[i];
        let_go(held[i], me);
        held[i] = NULL;
    }
    used -= n;
    assert_int_equal(cistern_pool_put_bulk(&pool, blocks, n), n);
}

/* How many places from the first on are empty as that is, or as full. */
static unsigned alike(block_t *const *held, unsigned places)
{
    unsigned n = 1;
    while (n < places && (held[n] == NULL) == (held[0] == NULL)) {
        ++n;
    }
    return n;
}

/* Leaves a block on the counter and takes what lay there. */
static block_t *change(block_t *block, unsigned place, uintptr_t me)
{
    let_go(block, me);
    block_t *const other = atomic_exchange(&counter[place], block);
    hold(other, me);
    return other;
}

static void *work_a_while(void *argument)
{
    unsigned random = (unsigned)(uintptr_t)argument;
    const uintptr_t me = (uintptr_t)&random;
    block_t *held[HELD] = {NULL};
    for (unsigned step = 0; step < STEPS; ++step) {
        const unsigned i = next_random(&random) % HELD;
        const unsigned way = next_random(&random) % 8U;
        if (held[i] == NULL) {
            get_some(&held[i], alike(&held[i], HELD - i), way, me);
        } else if (way < 2) {
            held[i] = change(held[i], next_random(&random) % COUNTER, me);
        } else if (way < 4) {
            put_some(&held[i], alike(&held[i], HELD - i), me);
        } else {
            put(held[i], me);
            held[i] = NULL;
        }
    }
    for (unsigned i = 0; i < HELD; ++i) {
        if (held[i] != NULL) {
            put(held[i], me);
        }
    }
    return NULL;
}

static void make_pool(cistern_pool_strategy_t strategy, size_t caches)
{
    const cistern_pool_config_t config = config_for(strategy, "stress");
    extras.threads = caches;
    memset(&memory, 0, sizeof memory);
    can_wait = strategy != CISTERN_POOL_LOCK_FREE;
    used = 0;
    most_used = 0;
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_OK);
}

static void run_threads(unsigned seed)
{
    pthread_t thread[THREADS];
    for (unsigned i = 0; i < THREADS; ++i) {
        const uintptr_t own_seed = seed * 100U + i;
        assert_int_equal(pthread_create(&thread[i], NULL, work_a_while, (void *)own_seed), 0);
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
    }
}

static void put_what_lies_on_the_counter(void)
{
    for (unsigned i = 0; i < COUNTER; ++i) {
        block_t *const block = atomic_exchange(&counter[i], NULL);
        if (block != NULL) {
            assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
        }
    }
}

/* Every block can be taken, once. */
static void assert_conserved(void)
{
    cistern_pool_stats_t stats;
    block_t *all[COUNT];
    assert_int_equal(doubly_held, 0);
    cistern_pool_stats(&pool, &stats);
    assert_int_equal(stats.free, COUNT);
    assert_true(stats.min_free <= COUNT - most_used);
    assert_true(cistern_pool_check(&pool));
    for (uintptr_t i = 0; i < COUNT; ++i) {
        all[i] = cistern_pool_get(&pool);
        assert_non_null(all[i]);
        hold(all[i], i + 1);
    }
    assert_null(cistern_pool_get(&pool));
    assert_int_equal(doubly_held, 0);
    for (uintptr_t i = 0; i < COUNT; ++i) {
        put(all[i], i + 1);
    }
    assert_true(cistern_pool_check(&pool));
}

static void stress(cistern_pool_strategy_t strategy, size_t caches)
{
    for (unsigned seed = first_seed; seed < first_seed + runs; ++seed) {
        make_pool(strategy, caches);
        for (unsigned generation = 0; generation < GENERATIONS; ++generation) {
            run_threads(seed * 10U + generation);
        }
        put_what_lies_on_the_counter();
        assert_conserved();
        assert_no_fault();
        assert_int_equal(cistern_pool_unregister(&pool), CISTERN_OK);
    }
}

static void the_ports_critical_section_conserves_every_block(void **state)
{
    (void)state;
    stress(CISTERN_POOL_CRITICAL, 0);
}

static void a_mutex_per_pool_conserves_every_block(void **state)
{
    (void)state;
    stress(CISTERN_POOL_MUTEX, 0);
}

static void lock_free_pools_conserve_every_block(void **state)
{
    (void)state;
    stress(CISTERN_POOL_LOCK_FREE, 0);
}

static void cached_pools_conserve_every_block(void **state)
{
    (void)state;
    stress(CISTERN_POOL_CACHED, THREADS);
}

static void cached_pools_with_fewer_caches_than_threads_conserve_every_block(void **state)
{
    (void)state;
    stress(CISTERN_POOL_CACHED, 2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        test(the_ports_critical_section_conserves_every_block),
        test(a_mutex_per_pool_conserves_every_block),
        test(lock_free_pools_conserve_every_block),
        test(cached_pools_conserve_every_block),
        test(cached_pools_with_fewer_caches_than_threads_conserve_every_block),
    };
    runs = (argc > 1) ? (unsigned)strtoul(argv[1], NULL, 10) : runs;
    first_seed = (argc > 2) ? (unsigned)strtoul(argv[2], NULL, 10) : first_seed;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
