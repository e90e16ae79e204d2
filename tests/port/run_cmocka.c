/* run_cmocka.c - runs the port conformance suite on a POSIX host, under cmocka. */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support.h"

#include "port/suite.h"

void suite_fail(const char *what, const char *file, int line)
{
    (void)fprintf(stderr, "%s\n", what);
    _fail(file, line);
}

/* --- interrupts: a thread of the system's stands for one -------------------------------------- */

typedef struct interrupt {
    void (*function)(void *argument);
    void *argument;
} interrupt_t;

static void *run_interrupt(void *argument)
{
    const interrupt_t *const interrupt = argument;
    interrupt->function(interrupt->argument);
    return NULL;
}

void suite_from_interrupt(void (*function)(void *argument), void *argument)
{
    interrupt_t interrupt = {function, argument};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_interrupt, &interrupt), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

/* --- settling: every other thread sleeps, and still does a moment later ----------------------- */

/* The state letter of a thread of this process, 'S' for one that sleeps. */
static char state_of(const char *thread)
{
    char path[64];
    char state = 'S'; /* a thread that is gone does not go on */
    (void)snprintf(path, sizeof path, "/proc/self/task/%.16s/stat", thread);
    FILE *const file = fopen(path, "r");
    if (file != NULL) {
        (void)fscanf(file, "%*d (%*[^)]) %c", &state);
        (void)fclose(file);
    }
    return state;
}

static bool all_others_sleep(void)
{
    const int self = (int)gettid();
    bool asleep = true;
    DIR *const threads = opendir("/proc/self/task");
    assert_non_null(threads);
    for (struct dirent *entry = readdir(threads); entry != NULL; entry = readdir(threads)) {
        if (entry->d_name[0] != '.' && atoi(entry->d_name) != self) {
            asleep = asleep && state_of(entry->d_name) == 'S';
        }
    }
    (void)closedir(threads);
    return asleep;
}

void suite_settle(void)
{
    int quiet = 0;
    for (int i = 0; i < SUITE_PATIENCE_MS && quiet < 5; ++i) {
        quiet = all_others_sleep() ? quiet + 1 : 0;
        (void)usleep(1000);
    }
    assert_int_equal(quiet, 5);
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
