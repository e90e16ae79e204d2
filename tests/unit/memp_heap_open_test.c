/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's pools with elements from the heap, as lwIP has them: their numbers are no limits. */
#include "support.h"

#include "lwip/def.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/stats.h"

static int start(void **state)
{
    stats_init();
    mem_init();
    memp_init();
    return faults_watch(state);
}

static void elements_beyond_the_pools_number_come_from_the_heap_too(void **state)
{
    (void)state;
    void *element[2 * MEMP_NUM_PBUF];
    for (size_t i = 0; i < LWIP_ARRAYSIZE(element); ++i) {
        element[i] = memp_malloc(MEMP_PBUF);
        assert_non_null(element[i]);
    }
    cistern_pool_stats_t stats;
    memp_pool_stats(memp_pools[MEMP_PBUF], &stats);
    assert_int_equal(stats.free, 0);
    assert_true(memp_pool_check(memp_pools[MEMP_PBUF]));
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->used, LWIP_ARRAYSIZE(element));
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->err, 0);
    for (size_t i = 0; i < LWIP_ARRAYSIZE(element); ++i) {
        memp_free(MEMP_PBUF, element[i]);
    }
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->used, 0);
    assert_int_equal(lwip_stats.mem.used, 0);
    assert_no_fault();
}

static void only_the_heaps_end_refuses_an_element(void **state)
{
    (void)state;
    void *element[400];
    size_t got = 0;
    while (got < LWIP_ARRAYSIZE(element) && (element[got] = memp_malloc(MEMP_PBUF)) != NULL) {
        ++got;
    }
    assert_in_range(got, MEMP_NUM_PBUF + 1, LWIP_ARRAYSIZE(element) - 1);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->err, 1);
    assert_int_equal(lwip_stats.mem.err, 1);
    while (got > 0) {
        memp_free(MEMP_PBUF, element[--got]);
    }
    assert_int_equal(lwip_stats.mem.used, 0);
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(elements_beyond_the_pools_number_come_from_the_heap_too, start),
        cmocka_unit_test_setup(only_the_heaps_end_refuses_an_element, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
