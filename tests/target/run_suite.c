/* run_suite.c - runs the port conformance suite on a board, under cmocka. */
#include <stdio.h>
#include <stdlib.h>

#include "support.h"

#include "port/suite.h"
#include "target/board.h"

void suite_fail(const char *what, const char *file, int line)
{
    (void)printf("%s\n", what);
    _fail(file, line);
}

void suite_from_interrupt(void (*function)(void *argument), void *argument)
{
    board_call_in_interrupt(function, argument);
}

/* A thread that could go on does so while this one sleeps. */
void suite_settle(void)
{
    sys_msleep(5);
}

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
    sys_init();
    board_start_ticks();
    return _cmocka_run_group_tests("port", tests, suite_test_count, NULL, NULL);
}
