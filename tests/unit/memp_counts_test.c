/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools of about as many elements as 16-bit statistics hold: these stay at the most that they hold, and
 * every element is had. */
#include "lwip_memory.h"

static void assert_counts_to(memp_t type, size_t elements)
{
    const struct stats_mem *const stats = lwip_stats.memp[type];
    size_t n = 0;
    assert_int_equal(stats->avail, 65535);
    void *last = NULL;
    for (void *element = memp_malloc(type); element != NULL; element = memp_malloc(type)) {
        last = element;
        ++n;
    }
    assert_int_equal(n, elements);
    assert_int_equal(stats->used, 65535);
    assert_int_equal(stats->max, 65535);
    assert_int_equal(stats->err, 1);
    memp_free(type, last);
    assert_int_equal(stats->used, (elements - 1U < 65535U) ? elements - 1U : 65535U);
    assert_int_equal(stats->max, 65535);
    assert_int_equal(free_elements(type), 1);
}

static void statistics_of_pools_beyond_16_bits_stay_at_their_most(void **state)
{
    (void)state;
    assert_int_equal(sizeof(mem_size_t), 2);
    assert_counts_to(MEMP_FITS, 65535);
    assert_counts_to(MEMP_ONE_MORE, 65536);
    assert_counts_to(MEMP_TWO_MORE, 65537);
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(statistics_of_pools_beyond_16_bits_stay_at_their_most, memory_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
