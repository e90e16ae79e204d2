/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's pools with elements from the heap: the limits are kept, and the statistics are those of pools.
 */
#include "support.h"

#include "cistern/heap.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/stats.h"

/* More bytes than the heap's size type holds. */
LWIP_MEMPOOL_DECLARE(wide, 1, 66000, "WIDE")

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
    assert_int_equal(lwip_stats.memp[MEMP_PBUF_POOL]->max, got);
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

static void second_free_of_the_only_element_is_a_double_free(void **state)
{
    (void)state;
    void *const element = memp_malloc(MEMP_PBUF);
    memp_free(MEMP_PBUF, element);
    memp_free(MEMP_PBUF, element);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, element);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->illegal, 1);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->used, 0);
}

static void free_into_a_pool_of_which_no_element_is_in_use_is_reported(void **state)
{
    (void)state;
    void *const element = memp_malloc(MEMP_PBUF);
    memp_free(MEMP_PBUF_POOL, element);
    assert_one_fault(CISTERN_FAULT_WRONG_POOL, element);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF_POOL]->illegal, 1);
    memp_free(MEMP_PBUF, element);
    assert_no_fault();
    assert_int_equal(lwip_stats.mem.used, 0);
}

/* The heap mends the block's header, and takes back what no pool has given out. */
static void count_of_a_pool_never_falls_below_none(void **state)
{
    (void)state;
    void *const before = mem_malloc(40);
    unsigned char *const block = mem_malloc(40);
    void *const after = mem_malloc(40);
    memset(block - 2 * sizeof(cistern_heap_index_t), 0, 2 * sizeof(cistern_heap_index_t));
    memp_free(MEMP_PBUF, block);
    assert_one_fault(CISTERN_FAULT_HEADER, faults.last.address);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->used, 0);
    void *const element = memp_malloc(MEMP_PBUF);
    assert_non_null(element);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->used, 1);
    memp_free(MEMP_PBUF, element);
    mem_free(before);
    mem_free(after);
    assert_no_fault();
    assert_int_equal(lwip_stats.mem.used, 0);
}

static void init_forgets_what_was_in_use(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 2; ++round) {
        mem_init();
        memp_init();
        for (unsigned i = 0; i < 3; ++i) {
            assert_non_null(memp_malloc(MEMP_PBUF));
        }
        assert_null(memp_malloc(MEMP_PBUF));
    }
    assert_no_fault();
}

static void element_larger_than_the_heap_can_be_asked_for_is_not_given(void **state)
{
    (void)state;
    LWIP_MEMPOOL_INIT(wide);
    assert_null(LWIP_MEMPOOL_ALLOC(wide));
    assert_int_equal(memp_wide.stats->err, 1);
    assert_int_equal(memp_wide.stats->used, 0);
    assert_int_equal(lwip_stats.mem.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(no_more_elements_than_the_pool_has_come_from_the_heap, start),
        cmocka_unit_test_setup(element_that_the_heap_cannot_give_is_counted_and_not_held, start),
        cmocka_unit_test_setup(double_free_is_refused_and_does_not_raise_the_limit, start),
        cmocka_unit_test_setup(second_free_of_the_only_element_is_a_double_free, start),
        cmocka_unit_test_setup(free_into_a_pool_of_which_no_element_is_in_use_is_reported, start),
        cmocka_unit_test_setup(count_of_a_pool_never_falls_below_none, start),
        cmocka_unit_test_setup(init_forgets_what_was_in_use, start),
        cmocka_unit_test_setup(element_larger_than_the_heap_can_be_asked_for_is_not_given, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
