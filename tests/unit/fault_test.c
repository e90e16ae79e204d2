/* SPDX-License-Identifier: BSD-3-Clause */
/* The fault reporter: what a user can see of it. */

#include "support.h"

static cistern_fault_t seen;
static unsigned calls;

static void remember(const cistern_fault_t *fault)
{
    seen = *fault;
    ++calls;
}

static void fault_handler_is_called_once_with_what_was_raised(void **state)
{
    (void)state;
    const cistern_fault_t fault = {.kind = CISTERN_FAULT_WRONG_POOL, .name = "A", .owner = "B"};
    const unsigned long before = cistern_fault_count();
    calls = 0;
    cistern_fault_handler_t *const previous = cistern_fault_set_handler(remember);

    cistern_fault_raise(&fault);

    assert_ptr_equal(cistern_fault_set_handler(previous), remember);
    assert_int_equal(calls, 1);
    assert_int_equal(seen.kind, CISTERN_FAULT_WRONG_POOL);
    assert_string_equal(seen.name, "A");
    assert_string_equal(seen.owner, "B");
    assert_int_equal(cistern_fault_count() - before, 1);
}

static void every_fault_kind_has_a_text_of_its_own(void **state)
{
    (void)state;
    for (int a = 0; a < CISTERN_FAULT_KINDS; ++a) {
        assert_non_null(cistern_fault_text((cistern_fault_kind_t)a));
        for (int b = 0; b < a; ++b) {
            assert_string_not_equal(cistern_fault_text((cistern_fault_kind_t)a),
                                    cistern_fault_text((cistern_fault_kind_t)b));
        }
    }
    assert_string_equal(cistern_fault_text((cistern_fault_kind_t)CISTERN_FAULT_KINDS),
                        "unknown fault");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fault_handler_is_called_once_with_what_was_raised),
        cmocka_unit_test(every_fault_kind_has_a_text_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
