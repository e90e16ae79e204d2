/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's pools with elements from the heap, by threads: an element that is in use is always taken
 * back, the limit holds, and the statistics are right in the end. */
#include "support.h"

#include <pthread.h>

#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/stats.h"

enum { THREADS = 4, ROUNDS = 20000 };

static void *take_and_free(void *unused)
{
    for (unsigned round = 0; round < ROUNDS; ++round) {
        memp_free(MEMP_PBUF, memp_malloc(MEMP_PBUF));
    }
    return unused;
}

static void elements_of_the_heap_are_counted_right_by_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_free, NULL), 0);
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    }
    assert_in_range(lwip_stats.memp[MEMP_PBUF]->max, 1, MEMP_NUM_PBUF);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->used, 0);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->illegal, 0);
    assert_int_equal(lwip_stats.mem.used, 0);
    assert_no_fault();
}

static int start(void **state)
{
    stats_init();
    mem_init();
    memp_init();
    return faults_watch(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(elements_of_the_heap_are_counted_right_by_threads, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
