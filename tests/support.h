/* SPDX-License-Identifier: BSD-3-Clause */
/* support.h - what every test includes: cmocka with its prerequisites, a record of faults, and a check
 * behind each test that it ended as deep inside the critical section as it began. */
#ifndef CISTERN_TESTS_SUPPORT_H
#define CISTERN_TESTS_SUPPORT_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cistern/critical.h"
#include "cistern/fault.h"

/* The faults since faults_watch(): how many, and the last one. */
typedef struct faults {
    unsigned count;
    cistern_fault_t last;
} faults_t;

static faults_t faults;

static inline void faults_remember(const cistern_fault_t *fault)
{
    faults.last = *fault;
    ++faults.count;
}

/* A cmocka setup function: from here on faults are recorded instead of reported. */
static inline int faults_watch(void **state)
{
    (void)state;
    faults = (faults_t){0};
    (void)cistern_fault_set_handler(faults_remember);
    return 0;
}

/* Exactly one fault of this kind since the last call; it names the address. */
static inline void assert_one_fault(cistern_fault_kind_t kind, const void *address)
{
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.last.kind, kind);
    assert_ptr_equal(faults.last.address, address);
    faults = (faults_t){0};
}

static inline void assert_no_fault(void)
{
    assert_int_equal(faults.count, 0);
}

/* --- sections --------------------------------------------------------------------------------- */

/* The port's state of the section outside of every test. */
static cistern_critical_t sections_outside;

#ifdef CISTERN_ARCH_CPU_H

/* On a bare board the state is the processor's flags, of which one counts: interrupts are masked. A
 * startup code may have them masked until a test starts the tick. */
static bool sections_began_masked;

static inline void sections_start(void)
{
    sections_outside = cistern_critical_enter();
    cistern_critical_leave(sections_outside);
    sections_began_masked = cistern_cpu_is_masked();
}

static inline bool sections_are_left(cistern_critical_t now)
{
    (void)now;
    return sections_began_masked || !cistern_cpu_is_masked();
}

#else

static inline void sections_start(void)
{
    sections_outside = cistern_critical_enter();
    cistern_critical_leave(sections_outside);
}

static inline bool sections_are_left(cistern_critical_t now)
{
    return memcmp(&now, &sections_outside, sizeof now) == 0;
}

#endif

/* A cmocka teardown function: the port's section has the state that it had before all tests. If not,
 * it has it from here on, so that the next test is not blamed. */
static inline int sections_balanced(void **state)
{
    (void)state;
    const cistern_critical_t now = cistern_critical_enter();
    cistern_critical_leave(now);
    if (sections_are_left(now)) {
        return 0;
    }
    cistern_critical_leave(sections_outside);
    print_error("the test did not leave each critical section that it entered\n");
    return 1;
}

/* Every test ends with that check. One with a teardown function of its own calls it there. */
#undef cmocka_unit_test
#undef cmocka_unit_test_setup
#undef cmocka_run_group_tests
#undef cmocka_run_group_tests_name
#define cmocka_unit_test(function) cmocka_unit_test_setup(function, NULL)
#define cmocka_unit_test_setup(function, setup)                                                    \
    cmocka_unit_test_setup_teardown(function, setup, sections_balanced)
#define cmocka_run_group_tests(tests, setup, teardown)                                             \
    cmocka_run_group_tests_name(#tests, tests, setup, teardown)
#define cmocka_run_group_tests_name(name, tests, setup, teardown)                                  \
    (sections_start(),                                                                             \
     _cmocka_run_group_tests(name, tests, sizeof(tests) / sizeof(tests)[0], setup, teardown))

#define test(function) cmocka_unit_test_setup(function, faults_watch)

#endif
