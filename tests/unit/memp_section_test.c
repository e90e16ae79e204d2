/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools whose memory the user places in a section of his own, whose place the linker decides;
 * zeroed at first, and looked at after each free. */
#include "support.h"

#include "lwip/def.h"
#include "lwip/memp.h"
#include "lwip/stats.h"

extern unsigned char __start_fast_ram[];
extern unsigned char __stop_fast_ram[];

static unsigned assertions;

void assertion_failed(const char *message)
{
    assert_non_null(message);
    ++assertions;
}

CISTERN_POOL_DEFINE(frames, double, 2, __attribute__((section("fast_ram"))));

static bool is_in_fast_ram(const void *element)
{
    const mem_ptr_t address = (mem_ptr_t)element;
    return address >= (mem_ptr_t)__start_fast_ram && address < (mem_ptr_t)__stop_fast_ram;
}

static int start(void **state)
{
    assertions = 0;
    stats_init();
    memp_init();
    return faults_watch(state);
}

#define section_test(function) cmocka_unit_test_setup(function, start)

static void every_element_of_a_placed_pool_lies_in_its_section(void **state)
{
    (void)state;
    const memp_t placed[] = {MEMP_PBUF_POOL, MEMP_RECORDS};
    for (size_t i = 0; i < LWIP_ARRAYSIZE(placed); ++i) {
        void *first = memp_malloc(placed[i]);
        void *second = memp_malloc(placed[i]);
        assert_true(is_in_fast_ram(first));
        assert_true(is_in_fast_ram(second));
        memp_free(placed[i], first);
        memp_free(placed[i], second);
    }
}

static void a_typed_pool_lies_where_its_definition_places_it(void **state)
{
    (void)state;
    assert_int_equal(frames_init(), CISTERN_OK);
    double *const frame = frames_get();
    assert_true(is_in_fast_ram(frame));
    assert_int_equal(frames_put(frame), CISTERN_OK);
}

static void a_pool_that_is_not_placed_lies_elsewhere(void **state)
{
    (void)state;
    void *element = memp_malloc(MEMP_OTHERS);
    assert_non_null(element);
    assert_false(is_in_fast_ram(element));
    memp_free(MEMP_OTHERS, element);
}

static void init_zeroes_elements_where_that_is_asked_for(void **state)
{
    (void)state;
    static const char zeros[40 - sizeof(void *)];
    memset(memp_malloc(MEMP_RECORDS), 0xA5, 40);
    memp_init();
    const char *const element = memp_malloc(MEMP_RECORDS);
    assert_memory_equal(element + sizeof(void *), zeros, sizeof zeros);
}

static void damage_to_a_free_element_is_seen_by_the_next_free(void **state)
{
    (void)state;
    void *const other = memp_malloc(MEMP_RECORDS);
    void **const damaged = memp_malloc(MEMP_RECORDS);
    memp_free(MEMP_RECORDS, damaged);
    assert_int_equal(assertions, 0);
    *damaged = damaged;
    memp_free(MEMP_RECORDS, other);
    assert_int_equal(assertions, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        section_test(every_element_of_a_placed_pool_lies_in_its_section),
        section_test(a_typed_pool_lies_where_its_definition_places_it),
        section_test(a_pool_that_is_not_placed_lies_elsewhere),
        section_test(init_zeroes_elements_where_that_is_asked_for),
        section_test(damage_to_a_free_element_is_seen_by_the_next_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
