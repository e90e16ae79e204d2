/* SPDX-License-Identifier: BSD-3-Clause */
/* What a thread that ends leaves to the others: the blocks of its caches, without a living thread being
 * stopped for them; and what a living one may do while it is stopped. The linker sends each stop of all
 * threads through here. */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "support.h"

#include "arch/cistern_threads.h"
#include "cistern/pool.h"

enum { COUNT = 64, SIZE = 32, CACHES = 2 };

void __real_host_fence_heavy(void);
void __wrap_host_fence_heavy(void);

static unsigned stops;                /* of all threads */
static void (*_Atomic at_stop)(void); /* what is done at the next one, by who stops the others */

void __wrap_host_fence_heavy(void)
{
    ++stops;
    __real_host_fence_heavy();
    void (*const action)(void) = atomic_exchange(&at_stop, NULL);
    if (action != NULL) {
        action();
    }
}

/* Pools of all kinds in the registry, before and behind the cached ones. */
enum { PLAIN, FIRST, LOCKED, SECOND, LOCK_FREE, POOLS };

static struct {
    _Alignas(64) unsigned char bytes[CISTERN_POOL_BYTES(COUNT, SIZE, 8)];
} memory[POOLS];
static struct {
    _Alignas(64) unsigned char bytes[CISTERN_POOL_CACHED_BYTES(COUNT, CACHES)];
} work[POOLS];
static cistern_pool_t pool[POOLS];
static cistern_pool_extras_t extras[POOLS];

static void make(unsigned which, cistern_pool_strategy_t strategy)
{
    extras[which] = (cistern_pool_extras_t){.strategy = strategy,
                                            .work = &work[which],
                                            .work_bytes = sizeof work[which],
                                            .threads = CACHES};
    const cistern_pool_config_t config = {.name = "pool",
                                          .count = COUNT,
                                          .size = SIZE,
                                          .alignment = 8,
                                          .memory = &memory[which],
                                          .bytes = sizeof memory[which],
                                          .extras = (strategy != NULL) ? &extras[which] : NULL};
    assert_int_equal(cistern_pool_init(&pool[which], &config), CISTERN_OK);
}

static int make_pools(void **state)
{
    make(PLAIN, NULL);
    make(FIRST, CISTERN_POOL_CACHED);
    make(LOCKED, CISTERN_POOL_MUTEX);
    make(SECOND, CISTERN_POOL_CACHED);
    make(LOCK_FREE, CISTERN_POOL_LOCK_FREE);
    return faults_watch(state);
}

static int forget_pools(void **state)
{
    for (unsigned i = 0; i < POOLS; ++i) {
        (void)cistern_pool_unregister(&pool[i]);
    }
    return sections_balanced(state);
}

static void take_all(cistern_pool_t *from, void **blocks)
{
    assert_int_equal(cistern_pool_get_bulk(from, blocks, COUNT), COUNT);
}

static void put_all(cistern_pool_t *to, void *const *blocks)
{
    assert_int_equal(cistern_pool_put_bulk(to, blocks, COUNT), COUNT);
}

/* Leaves every block of every pool in this thread's caches, where a pool has them. */
static void *use_all(void *argument)
{
    void *blocks[COUNT];
    (void)argument;
    for (unsigned i = 0; i < POOLS; ++i) {
        take_all(&pool[i], blocks);
        put_all(&pool[i], blocks);
    }
    return NULL;
}

static void run_thread(void *(*body)(void *argument))
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, body, NULL), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static void blocks_of_a_thread_that_ended_are_had_without_stopping_another(void **state)
{
    (void)state;
    void *blocks[COUNT];
    run_thread(use_all);
    stops = 0;
    for (unsigned i = 0; i < POOLS; ++i) {
        take_all(&pool[i], blocks);
        put_all(&pool[i], blocks);
    }
    assert_int_equal(stops, 0);
    assert_no_fault();
}

static void blocks_of_a_living_thread_are_had_by_stopping_it(void **state)
{
    (void)state;
    (void)use_all(NULL);
    stops = 0;
    run_thread(use_all);
    assert_true(stops > 0);
    assert_no_fault();
}

static void *use_one(void *argument)
{
    (void)argument;
    void *const block = cistern_pool_get(&pool[FIRST]);
    assert_int_equal(cistern_pool_put(&pool[FIRST], block), CISTERN_OK);
    return NULL;
}

/* More than there are numbers for threads, one after the other: each has the cache of one that ended. */
static void any_number_of_threads_leave_every_block(void **state)
{
    (void)state;
    cistern_pool_stats_t stats;
    void *blocks[COUNT];
    for (unsigned i = 0; i < 100; ++i) {
        run_thread((i % 3U == 0) ? use_all : use_one);
    }
    stops = 0;
    take_all(&pool[FIRST], blocks);
    assert_int_equal(stops, 0);
    put_all(&pool[FIRST], blocks);
    cistern_pool_stats(&pool[FIRST], &stats);
    assert_int_equal(stats.free, COUNT);
    assert_int_equal(stats.failures, 0);
    assert_true(cistern_pool_check(&pool[FIRST]));
    assert_no_fault();
}

/* --- while caches are closed ------------------------------------------------------------------- */

enum { PATIENCE_MS = 50 };

static atomic_bool may_put;
static atomic_bool has_put;
static atomic_bool has_put_while_closed;

/* Lets the owner of a cache go on, and gives it time. */
static void watch_the_owner(void)
{
    const struct timespec one_ms = {0, 1000000};
    atomic_store(&may_put, true);
    for (unsigned i = 0; i < PATIENCE_MS && !atomic_load(&has_put); ++i) {
        (void)nanosleep(&one_ms, NULL);
    }
    atomic_store(&has_put_while_closed, atomic_load(&has_put));
}

static void *take_all_of_the_first(void *argument)
{
    void *blocks[COUNT];
    const size_t got = cistern_pool_get_bulk(&pool[FIRST], blocks, COUNT);
    *(size_t *)argument = got;
    assert_int_equal(cistern_pool_put_bulk(&pool[FIRST], blocks, got), got);
    return NULL;
}

/* Else the block would be in a cache that the search for the last free block has passed. */
static void put_into_a_cache_that_is_being_closed_waits_for_who_closes_it(void **state)
{
    (void)state;
    cistern_pool_stats_t stats;
    pthread_t other;
    size_t got = 0;
    void *const block = cistern_pool_get(&pool[FIRST]);
    (void)use_one(NULL); /* the cache is open, and has blocks */
    atomic_store(&may_put, false);
    atomic_store(&has_put, false);
    atomic_store(&at_stop, watch_the_owner);
    assert_int_equal(pthread_create(&other, NULL, take_all_of_the_first, &got), 0);
    while (!atomic_load(&may_put)) {
    }
    assert_int_equal(cistern_pool_put(&pool[FIRST], block), CISTERN_OK);
    atomic_store(&has_put, true);
    assert_int_equal(pthread_join(other, NULL), 0);
    assert_false(atomic_load(&has_put_while_closed));
    assert_in_range(got, COUNT - 1, COUNT);
    cistern_pool_stats(&pool[FIRST], &stats);
    assert_int_equal(stats.free, COUNT);
    assert_true(cistern_pool_check(&pool[FIRST]));
    assert_no_fault();
}

/* --- numbers of threads ------------------------------------------------------------------------ */

enum { LIVING = 80, NUMBERS = 64 };

static pthread_barrier_t all_have_one;
static uint32_t number[LIVING];

static void *take_a_number(void *argument)
{
    uint32_t *const mine = argument;
    *mine = cistern_port_thread_slot();
    (void)pthread_barrier_wait(&all_have_one);
    assert_int_equal(cistern_port_thread_slot_if_any(), *mine);
    return NULL;
}

/* Each number is one living thread's; when there are none left, a thread has none. */
static void no_two_living_threads_have_the_same_number(void **state)
{
    (void)state;
    pthread_t thread[LIVING];
    for (unsigned round = 0; round < 2; ++round) {
        unsigned holders[NUMBERS] = {0};
        unsigned without = 0;
        assert_int_equal(pthread_barrier_init(&all_have_one, NULL, LIVING), 0);
        for (unsigned i = 0; i < LIVING; ++i) {
            assert_int_equal(pthread_create(&thread[i], NULL, take_a_number, &number[i]), 0);
        }
        for (unsigned i = 0; i < LIVING; ++i) {
            assert_int_equal(pthread_join(thread[i], NULL), 0);
            assert_true(number[i] < NUMBERS || number[i] == CISTERN_PORT_NO_SLOT);
            without += (number[i] == CISTERN_PORT_NO_SLOT) ? 1U : 0U;
            holders[number[i] % NUMBERS] += (number[i] != CISTERN_PORT_NO_SLOT) ? 1U : 0U;
        }
        assert_in_range(without, LIVING - NUMBERS,
                        LIVING - NUMBERS + 1); /* this thread has one, or not */
        for (unsigned i = 0; i < NUMBERS; ++i) {
            assert_true(holders[i] <= 1);
        }
        (void)pthread_barrier_destroy(&all_have_one);
    }
}

#define end_test(function) cmocka_unit_test_setup_teardown(function, make_pools, forget_pools)

int main(void)
{
    const struct CMUnitTest tests[] = {
        end_test(blocks_of_a_thread_that_ended_are_had_without_stopping_another),
        end_test(blocks_of_a_living_thread_are_had_by_stopping_it),
        end_test(put_into_a_cache_that_is_being_closed_waits_for_who_closes_it),
        test(no_two_living_threads_have_the_same_number),
        end_test(any_number_of_threads_leave_every_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
