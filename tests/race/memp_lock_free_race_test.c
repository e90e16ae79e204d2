/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's pools without a lock, by threads: once they have ended, the statistics that clients read
 * are right, and every element is there once.
 *
 * memp_lock_free_race_test [ROUNDS] */
#define _POSIX_C_SOURCE 200809L /* barriers */
#include "lwip_memory.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "lwip/memp.h"

/* Together the threads hold at most as many elements as there are. */
enum { THREADS = 4, HELD = 3, ELEMENTS = THREADS * HELD };

LWIP_MEMPOOL_DECLARE(TICKETS, ELEMENTS, sizeof(unsigned), "TICKETS")

static unsigned rounds = 3000;
static pthread_barrier_t begun;
static pthread_barrier_t held;
static pthread_barrier_t ended;

/* Takes and frees all of a thread's elements, a few times, and then holds `left` of them. */
static void take_and_free(void **element, unsigned left)
{
    for (unsigned turn = 0; turn < 4; ++turn) {
        for (unsigned i = 0; i < HELD; ++i) {
            element[i] = LWIP_MEMPOOL_ALLOC(TICKETS);
        }
        for (unsigned i = HELD; i > ((turn == 3) ? left : 0); --i) {
            LWIP_MEMPOOL_FREE(TICKETS, element[i - 1]);
        }
    }
}

static void *work(void *left)
{
    void *element[HELD];
    for (unsigned round = 0; round < rounds; ++round) {
        (void)pthread_barrier_wait(&begun);
        take_and_free(element, (unsigned)(uintptr_t)left);
        (void)pthread_barrier_wait(&held);
        (void)pthread_barrier_wait(&ended);
        for (unsigned i = 0; i < (unsigned)(uintptr_t)left; ++i) {
            LWIP_MEMPOOL_FREE(TICKETS, element[i]);
        }
    }
    return NULL;
}

/* No call is under way: what clients read is what the pool has. */
static bool statistics_are_right(void)
{
    cistern_pool_stats_t now;
    const struct stats_mem *const stats = memp_TICKETS.stats;
    cistern_pool_stats(memp_TICKETS.pool, &now);
    return stats->used == now.count - now.free && stats->max == now.count - now.min_free &&
           stats->max <= ELEMENTS && stats->err == now.failures && stats->illegal == 0;
}

static void assert_every_element_is_there_once(void)
{
    unsigned *element[ELEMENTS];
    for (unsigned i = 0; i < ELEMENTS; ++i) {
        element[i] = LWIP_MEMPOOL_ALLOC(TICKETS);
        assert_non_null(element[i]);
        *element[i] = i;
    }
    assert_null(LWIP_MEMPOOL_ALLOC(TICKETS));
    for (unsigned i = 0; i < ELEMENTS; ++i) {
        assert_int_equal(*element[i], i);
        LWIP_MEMPOOL_FREE(TICKETS, element[i]);
    }
}

static void statistics_are_right_whenever_no_call_is_under_way(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    unsigned wrong = 0;
    LWIP_MEMPOOL_INIT(TICKETS);
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(
            pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)(i % (HELD + 1))), 0);
    }
    for (unsigned round = 0; round < rounds; ++round) {
        (void)pthread_barrier_wait(&begun);
        (void)pthread_barrier_wait(&held);
        wrong += statistics_are_right() ? 0 : 1U;
        (void)pthread_barrier_wait(&ended);
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_int_equal(wrong, 0);
    assert_int_equal(memp_TICKETS.stats->used, 0);
    assert_int_equal(memp_TICKETS.stats->err, 0);
    assert_every_element_is_there_once();
    assert_no_fault();
}

/* --- too few elements for all ----------------------------------------------------------------- */

static unsigned failed[THREADS];

static void *take_what_there_is(void *count)
{
    void *element[HELD + 1];
    for (unsigned round = 0; round < rounds; ++round) {
        for (unsigned i = 0; i < HELD + 1; ++i) {
            element[i] = LWIP_MEMPOOL_ALLOC(TICKETS);
            *(unsigned *)count += (element[i] == NULL) ? 1U : 0U;
        }
        for (unsigned i = 0; i < HELD + 1; ++i) {
            LWIP_MEMPOOL_FREE(TICKETS, element[i]);
        }
    }
    return NULL;
}

static void failures_of_several_threads_add_up(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    unsigned sum = 0;
    LWIP_MEMPOOL_INIT(TICKETS);
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_create(&threads[i], NULL, take_what_there_is, &failed[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        sum += failed[i];
    }
    assert_int_equal(memp_TICKETS.stats->err, sum);
    assert_int_equal(memp_TICKETS.stats->used, 0);
    assert_true(memp_TICKETS.stats->max <= ELEMENTS);
    assert_every_element_is_there_once();
    assert_no_fault();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        test(statistics_are_right_whenever_no_call_is_under_way),
        test(failures_of_several_threads_add_up),
    };
    if (argc > 1) {
        rounds = (unsigned)strtoul(argv[1], NULL, 10);
    }
    (void)pthread_barrier_init(&begun, NULL, THREADS + 1);
    (void)pthread_barrier_init(&held, NULL, THREADS + 1);
    (void)pthread_barrier_init(&ended, NULL, THREADS + 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
