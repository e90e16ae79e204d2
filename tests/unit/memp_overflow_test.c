/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's overflow checks: what is written past an element is seen, and the element comes back. */
#include "support.h"

#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/stats.h"

static unsigned assertions;

void assertion_failed(const char *message)
{
    assert_non_null(message);
    ++assertions;
}

static int start(void **state)
{
    assertions = 0;
    stats_init();
    memp_init();
    return faults_watch(state);
}

static void overflow_is_reported_counted_and_the_element_taken_back(void **state)
{
    (void)state;
    unsigned char *const element = memp_malloc(MEMP_PBUF);
    element[memp_pools[MEMP_PBUF]->size] = 0;
    memp_free(MEMP_PBUF, element);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, element);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->illegal, 1);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->used, 0);
}

static void every_call_looks_at_every_pool(void **state)
{
    (void)state;
    unsigned char *const element = memp_malloc(MEMP_PBUF);
    assert_int_equal(assertions, 0);
    element[memp_pools[MEMP_PBUF]->size] = 0;
    void *const other = memp_malloc(MEMP_PBUF_POOL);
    assert_int_equal(assertions, 1);
    memp_free(MEMP_PBUF_POOL, other);
    assert_int_equal(assertions, 2);
}

static void assert_zeros(const unsigned char *element)
{
    for (size_t i = 0; i < memp_pools[MEMP_PBUF]->size; ++i) {
        assert_int_equal(element[i], 0);
    }
}

static void element_is_zeros_at_first_and_when_it_is_used_again(void **state)
{
    (void)state;
    unsigned char *element = memp_malloc(MEMP_PBUF);
    assert_zeros(element);
    memset(element, 0x77, memp_pools[MEMP_PBUF]->size);
    memp_free(MEMP_PBUF, element);
    element = memp_malloc(MEMP_PBUF);
    assert_zeros(element);
    memp_free(MEMP_PBUF, element);
    assert_int_equal(faults.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(element_is_zeros_at_first_and_when_it_is_used_again, start),
        cmocka_unit_test_setup(overflow_is_reported_counted_and_the_element_taken_back, start),
        cmocka_unit_test_setup(every_call_looks_at_every_pool, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
