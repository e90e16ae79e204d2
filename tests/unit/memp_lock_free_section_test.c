/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's pools without a lock: which calls enter the critical section, and what becomes of the
 * statistics when another context calls in the middle. The linker sends each enter, and each look
 * of memp.c at a pool's numbers, through here. */
#include "lwip_memory.h"
#include "sections.h"

#include "cistern/pool.h"

void __wrap_cistern_critical_leave(cistern_critical_t state)
{
    __real_cistern_critical_leave(state);
}

/* What another context does between a look at the pool and the write of what was seen. */
static void (*interrupt)(void);

size_t __real_cistern_pool_lock_free_used(const cistern_pool_t *pool);
size_t __wrap_cistern_pool_lock_free_used(const cistern_pool_t *pool);
size_t __real_cistern_pool_lock_free_most_used(const cistern_pool_t *pool);
size_t __wrap_cistern_pool_lock_free_most_used(const cistern_pool_t *pool);

static size_t seen_before_an_interrupt(size_t seen)
{
    void (*const handler)(void) = interrupt;
    interrupt = NULL;
    if (handler != NULL) {
        handler();
    }
    return seen;
}

size_t __wrap_cistern_pool_lock_free_used(const cistern_pool_t *pool)
{
    return seen_before_an_interrupt(__real_cistern_pool_lock_free_used(pool));
}

size_t __wrap_cistern_pool_lock_free_most_used(const cistern_pool_t *pool)
{
    return seen_before_an_interrupt(__real_cistern_pool_lock_free_most_used(pool));
}

static void assert_sections(unsigned expected)
{
    assert_int_equal(sections, expected);
    sections = 0;
}

static int start(void **state)
{
    const int failed = memory_start(state);
    sections = 0;
    interrupt = NULL;
    return failed;
}

#define section_test(function) cmocka_unit_test_setup(function, start)

static void memp_enters_no_section_while_elements_are_free(void **state)
{
    (void)state;
    const struct stats_mem *const stats = lwip_stats.memp[MEMP_PBUF];
    void *const a = memp_malloc(MEMP_PBUF);
    void *const b = memp_malloc(MEMP_PBUF);
    assert_int_equal(stats->used, 2);
    memp_free(MEMP_PBUF, a);
    memp_free(MEMP_PBUF, b);
    assert_sections(0);
    assert_int_equal(stats->used, 0);
    assert_int_equal(stats->max, 2);
}

static void memp_enters_one_section_to_count_what_failed(void **state)
{
    (void)state;
    const struct stats_mem *const stats = lwip_stats.memp[MEMP_PBUF];
    void *element[MEMP_NUM_PBUF];
    for (unsigned i = 0; i < MEMP_NUM_PBUF; ++i) {
        element[i] = memp_malloc(MEMP_PBUF);
    }
    assert_sections(0);
    assert_null(memp_malloc(MEMP_PBUF));
    assert_sections(1);
    assert_int_equal(stats->err, 1);
    for (unsigned i = 0; i < MEMP_NUM_PBUF; ++i) {
        memp_free(MEMP_PBUF, element[i]);
    }
    assert_sections(0);
    memp_free(MEMP_PBUF, element[0]);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, element[0]);
    assert_int_equal(stats->illegal, 1);
    assert_int_equal(stats->used, 0);
}

static void *taken;

static void take_one(void)
{
    taken = memp_malloc(MEMP_PBUF);
}

static void free_one(void)
{
    memp_free(MEMP_PBUF, taken);
}

static void numbers_are_right_after_a_get_in_the_middle_of_a_get(void **state)
{
    (void)state;
    const struct stats_mem *const stats = lwip_stats.memp[MEMP_PBUF];
    interrupt = take_one;
    void *const element = memp_malloc(MEMP_PBUF);
    assert_non_null(taken);
    assert_int_equal(stats->used, 2);
    assert_int_equal(stats->max, 2);
    memp_free(MEMP_PBUF, element);
    memp_free(MEMP_PBUF, taken);
}

static void numbers_are_right_after_a_call_in_the_middle_of_a_put(void **state)
{
    (void)state;
    const struct stats_mem *const stats = lwip_stats.memp[MEMP_PBUF];
    void *const element = memp_malloc(MEMP_PBUF);
    interrupt = take_one;
    memp_free(MEMP_PBUF, element);
    assert_int_equal(stats->used, 1);
    void *const other = memp_malloc(MEMP_PBUF);
    interrupt = free_one;
    memp_free(MEMP_PBUF, other);
    assert_int_equal(stats->used, 0);
    assert_int_equal(stats->max, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        section_test(memp_enters_no_section_while_elements_are_free),
        section_test(memp_enters_one_section_to_count_what_failed),
        section_test(numbers_are_right_after_a_get_in_the_middle_of_a_get),
        section_test(numbers_are_right_after_a_call_in_the_middle_of_a_put),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
