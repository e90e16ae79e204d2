/* lwIP's pools with elements from the heap: the limits stay, and the statistics are those of pools.
 */
#include "support.h"

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

static void no_more_elements_than_the_pool_has_come_from_the_heap(void **state)
{
    (void)state;
    void *element[3];
    for (unsigned i = 0; i < 3; ++i) {
        element[i] = memp_malloc(MEMP_PBUF);
        assert_non_null(element[i]);
    }
    assert_null(memp_malloc(MEMP_PBUF));
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->err, 1);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->used, 3);
    for (unsigned i = 0; i < 3; ++i) {
        memp_free(MEMP_PBUF, element[i]);
    }
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->used, 0);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->max, 3);
    assert_int_equal(lwip_stats.mem.used, 0);
}

static void element_that_the_heap_cannot_give_is_counted_and_not_held(void **state)
{
    (void)state;
    void *element[40];
    unsigned got = 0;
    while ((element[got] = memp_malloc(MEMP_PBUF_POOL)) != NULL) {
        ++got;
    }
    assert_in_range(got, 1, 39);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF_POOL]->used, got);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF_POOL]->err, 1);
    while (got > 0) {
        memp_free(MEMP_PBUF_POOL, element[--got]);
    }
    assert_int_equal(lwip_stats.memp[MEMP_PBUF_POOL]->used, 0);
    assert_int_equal(lwip_stats.mem.used, 0);
}

static void double_free_is_refused_and_does_not_raise_the_limit(void **state)
{
    (void)state;
    void *const a = memp_malloc(MEMP_PBUF);
    void *const b = memp_malloc(MEMP_PBUF);
    memp_free(MEMP_PBUF, a);
    memp_free(MEMP_PBUF, a);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, a);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->illegal, 1);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->used, 1);
    memp_free(MEMP_PBUF, b);
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(no_more_elements_than_the_pool_has_come_from_the_heap, start),
        cmocka_unit_test_setup(element_that_the_heap_cannot_give_is_counted_and_not_held, start),
        cmocka_unit_test_setup(double_free_is_refused_and_does_not_raise_the_limit, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
