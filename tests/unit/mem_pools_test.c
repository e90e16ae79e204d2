/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's heap on malloc pools: 4 elements of 64 bytes, 2 of 256 and 1 of 1512. */
#include "mem_support.h"

static size_t in_use(memp_t type)
{
    cistern_pool_stats_t stats;
    memp_pool_stats(memp_pools[type], &stats);
    return stats.count - stats.free;
}

static void a_request_takes_the_first_pool_that_is_large_enough(void **state)
{
    (void)state;
    void *const small = mem_malloc(64);
    void *const medium = mem_malloc(65);
    void *const large = mem_malloc(1512);
    assert_int_equal(in_use(MEMP_POOL_64), 1);
    assert_int_equal(in_use(MEMP_POOL_256), 1);
    assert_int_equal(in_use(MEMP_POOL_1512), 1);
    memset(small, 0xff, 64);
    memset(medium, 0xff, 65);
    memset(large, 0xff, 1512);
    assert_int_equal((mem_ptr_t)small % MEM_ALIGNMENT, 0);
    mem_free(small);
    mem_free(medium);
    mem_free(large);
    assert_int_equal(in_use(MEMP_POOL_64) + in_use(MEMP_POOL_256) + in_use(MEMP_POOL_1512), 0);
    assert_int_equal(lwip_stats.mem.used, 0);
    assert_no_fault();
}

static void a_request_that_no_pool_can_serve_is_null_and_counted(void **state)
{
    (void)state;
    static const mem_size_t sizes[] = {1513, 65528, 65530, 65535};
    for (size_t i = 0; i < 4; ++i) {
        assert_null(mem_malloc(sizes[i]));
        assert_int_equal(lwip_stats.mem.err, i + 1);
    }
    assert_null(mem_calloc(256, 256));
    assert_null(mem_calloc(32768, 2));
    assert_int_equal(lwip_stats.mem.err, 6);
    assert_null(mem_malloc(0));
    assert_int_equal(lwip_stats.mem.err, 6);
}

/* A larger pool is tried only with MEM_USE_POOLS_TRY_BIGGER_POOL. */
static void an_empty_pool_gives_way_to_a_larger_one_if_configured(void **state)
{
    (void)state;
    size_t served = 0;
    while (mem_malloc(40) != NULL) {
        ++served;
    }
    assert_int_equal(served, MEM_USE_POOLS_TRY_BIGGER_POOL ? 7 : 4);
    assert_int_equal(lwip_stats.mem.err, 1);
}

static void calloc_gives_zeros(void **state)
{
    (void)state;
    void *const before = mem_malloc(200);
    memset(before, 0xff, 200);
    mem_free(before);
    const u8_t *const mem = mem_calloc(20, 10);
    for (size_t i = 0; i < 200; ++i) {
        assert_int_equal(mem[i], 0);
    }
}

static void statistics_count_bytes_of_elements(void **state)
{
    (void)state;
    void *const mem = mem_malloc(200);
    assert_int_equal(lwip_stats.mem.used, memp_pools[MEMP_POOL_256]->size);
    mem_free(mem);
    assert_int_equal(lwip_stats.mem.used, 0);
    assert_int_equal(lwip_stats.mem.err, 0);
    assert_int_equal(lwip_stats.mem.illegal, 0);
    assert_int_equal(lwip_stats.mem.max, memp_pools[MEMP_POOL_256]->size);
}

static void double_free_is_refused_and_counted(void **state)
{
    (void)state;
    u8_t *const mem = mem_malloc(200);
    mem_free(mem);
    mem_free(mem);
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_DOUBLE_FREE);
    assert_int_equal(lwip_stats.mem.illegal, 1);
    assert_int_equal(refused, 1);
    assert_int_equal(in_use(MEMP_POOL_256), 0);
    assert_int_equal(lwip_stats.mem.used, 0);
}

static void an_address_of_no_pool_is_refused_without_being_read(void **state)
{
    (void)state;
    mem_free((void *)(mem_ptr_t)64);
    assert_int_equal(faults.count, 1);
    assert_int_equal(lwip_stats.mem.illegal, 1);
    assert_int_equal(refused, 1);
    mem_free(memp_malloc(MEMP_PBUF));
    assert_int_equal(lwip_stats.mem.illegal, 2);
}

static void an_empty_pool_announces_that_it_has_an_element_again(void **state)
{
    (void)state;
    void *mem[16];
    size_t taken = 0;
    while ((mem[taken] = mem_malloc(200)) != NULL) {
        ++taken;
    }
    mem_free(mem[0]);
    mem_free(mem[1]);
    assert_int_equal(announced, 1);
    assert_int_equal(announced_last, MEMP_POOL_256);
}

static void memory_is_in_use_from_malloc_to_free(void **state)
{
    (void)state;
    void *const mem = mem_malloc(200);
    assert_true(mem_is_in_use(mem));
    assert_false(mem_is_in_use((u8_t *)mem + 1));
    assert_false(mem_is_in_use(&mem));
    assert_false(mem_is_in_use(NULL));
    mem_free(mem);
    assert_false(mem_is_in_use(mem));
    assert_no_fault();
}

static void trim_does_nothing(void **state)
{
    (void)state;
    void *const mem = mem_malloc(200);
    assert_ptr_equal(mem_trim(mem, 10), mem);
    assert_int_equal(in_use(MEMP_POOL_256), 1);
    mem_free(mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        mem_test(a_request_takes_the_first_pool_that_is_large_enough),
        mem_test(a_request_that_no_pool_can_serve_is_null_and_counted),
        mem_test(an_empty_pool_gives_way_to_a_larger_one_if_configured),
        mem_test(calloc_gives_zeros),
        mem_test(statistics_count_bytes_of_elements),
        mem_test(double_free_is_refused_and_counted),
        mem_test(an_address_of_no_pool_is_refused_without_being_read),
        mem_test(an_empty_pool_announces_that_it_has_an_element_again),
        mem_test(memory_is_in_use_from_malloc_to_free),
        mem_test(trim_does_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
