/* run_cmocka.c - runs the port conformance suite on a host, under cmocka. */
#include <stdio.h>
#include <stdlib.h>

#include "support.h"

#include "host.h"
#include "port/suite.h"

void suite_fail(const char *what, const char *file, int line)
{
    (void)fprintf(stderr, "%s\n", what);
    _fail(file, line);
}

/* Hosts have no interrupts: a thread of the system's stands for one. */
void suite_from_interrupt(void (*function)(void *argument), void *argument)
{
    host_run_in_thread(function, argument);
}

void suite_settle(void)
{
    host_settle();
}

/* --- running ---------------------------------------------------------------------------------- */

static void run_one(void **state)
{
    const suite_test_t *const test = *state;
    suite_begin();
    test->run();
}

int main(void)
{
    struct CMUnitTest *const tests = calloc(suite_test_count, sizeof *tests);
    if (tests == NULL) {
        return 1;
    }
    for (unsigned i = 0; i < suite_test_count; ++i) {
        tests[i] = (struct CMUnitTest){
            .name = suite_tests[i].name,
            .test_func = run_one,
            .initial_state = (void *)(uintptr_t)&suite_tests[i],
        };
    }
    const int failed = _cmocka_run_group_tests("port", tests, suite_test_count, NULL, NULL);
    free(tests);
    return failed;
}
