/* SPDX-License-Identifier: BSD-3-Clause */
/* A trace's ring where contexts share it by masking interrupts: a processor of 8 or 16 bits reads
 * what an interrupt writes in parts, so it must read in the critical section. */
#include "support.h"

#include "sections.h"

#include "cistern/trace.h"

void __wrap_cistern_critical_leave(cistern_critical_t state)
{
    __real_cistern_critical_leave(state);
}

static bool swallow(void *context, const void *bytes, size_t length)
{
    (void)bytes;
    *(size_t *)context += length;
    return true;
}

static int start(void **state)
{
    (void)state;
    cistern_trace_start();
    sections = 0;
    return 0;
}

static void an_event_is_one_section(void **state)
{
    (void)state;
    cistern_trace_event(&sections, NULL, 1, NULL);
    assert_int_equal(sections, 1);
}

static void the_count_of_lost_events_is_read_in_a_section(void **state)
{
    (void)state;
    assert_int_equal(cistern_trace_lost(), 0);
    assert_int_equal(sections, 1);
}

static void what_is_drained_is_read_in_a_section(void **state)
{
    size_t length = 0;
    (void)state;
    assert_true(cistern_trace_drain(swallow, &length)); /* the descriptions */
    sections = 0;
    assert_true(cistern_trace_drain(swallow, &length));
    assert_in_range(sections, 2, 2); /* is there an event, and was one lost? */
}

static void a_drained_event_frees_its_slot_in_a_section(void **state)
{
    size_t length = 0;
    (void)state;
    assert_true(cistern_trace_drain(swallow, &length)); /* the descriptions */
    const size_t descriptions = length;
    for (int i = 0; i < 3 * CISTERN_TRACE_EVENTS; ++i) {
        cistern_trace_event(&sections, NULL, 1, NULL);
        sections = 0;
        assert_true(cistern_trace_drain(swallow, &length));
        assert_int_equal(sections, 4); /* is there one, its slot, is there another, was one lost? */
    }
    assert_true(length > descriptions);
    assert_int_equal(cistern_trace_lost(), 0);
}

static void a_full_ring_is_told_from_one_that_is_off_in_a_section(void **state)
{
    (void)state;
    for (int i = 0; i < CISTERN_TRACE_EVENTS; ++i) {
        cistern_trace_event(&sections, NULL, 1, NULL);
    }
    sections = 0;
    cistern_trace_event(&sections, NULL, 1, NULL);
    assert_int_equal(sections, 3); /* claims, looks at the limit, counts */
    assert_int_equal(cistern_trace_lost(), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_event_is_one_section, start),
        cmocka_unit_test_setup(the_count_of_lost_events_is_read_in_a_section, start),
        cmocka_unit_test_setup(what_is_drained_is_read_in_a_section, start),
        cmocka_unit_test_setup(a_drained_event_frees_its_slot_in_a_section, start),
        cmocka_unit_test_setup(a_full_ring_is_told_from_one_that_is_off_in_a_section, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
