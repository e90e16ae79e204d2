/* SPDX-License-Identifier: BSD-3-Clause */
/* run_cmocka.c - runs the port conformance suite under cmocka, on hosts and on boards. */
#include "port/run_cmocka.h"

#include <stdlib.h>

#include "support.h"

#include "port/suite.h"

void suite_fail(const char *what, const char *file, int line)
{
    print_error("%s\n", what);
    _fail(file, line);
}

static void run_one(void **state)
{
    const suite_test_t *const test = *state;
    suite_begin();
    test->run();
}

int run_under_cmocka(void)
{
    struct CMUnitTest *const tests = calloc(suite_test_count, sizeof *tests);
    if (tests == NULL) {
        return 1;
    }
    for (unsigned i = 0; i < suite_test_count; ++i) {
        tests[i] = (struct CMUnitTest){
            .name = suite_tests[i].name,
            .test_func = run_one,
            .teardown_func = sections_balanced,
            .initial_state = (void *)(uintptr_t)&suite_tests[i],
        };
    }
    sections_start();
    const int failed = _cmocka_run_group_tests("port", tests, suite_test_count, NULL, NULL);
    free(tests);
    return failed;
}
