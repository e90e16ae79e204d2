/* SPDX-License-Identifier: BSD-3-Clause */
/* run.c - the runner of the conformance suite on FreeRTOS.
 *
 * The suite runs in a task of priority 1, its threads at priority 2: when the suite's task runs,
 * all of them wait. The kernel's tick stands for an interrupt.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "FreeRTOS.h"
#include "task.h"

#include "port/suite.h"

static void (*volatile in_tick)(void *argument);
static void *volatile in_tick_argument;
static volatile int tick_is_over;
int freertos_in_tick;

void freertos_assert_failed(const char *file, int line)
{
    printf("%s:%d: assertion failed\n", file, line);
    fflush(stdout);
    exit(1);
}

uint32_t cistern_freertos_random(void)
{
    return (uint32_t)rand(); /* a product uses the chip's generator */
}

void vApplicationTickHook(void)
{
    void (*const function)(void *argument) = in_tick;
    if (function != NULL) {
        in_tick = NULL;
        freertos_in_tick = 1;
        function(in_tick_argument);
        freertos_in_tick = 0;
        tick_is_over = 1;
    }
}

void suite_from_interrupt(void (*function)(void *argument), void *argument)
{
    in_tick_argument = argument;
    tick_is_over = 0;
    in_tick = function;
    while (!tick_is_over) {
        vTaskDelay(1);
    }
}

/* Threads are more urgent than this task: when it runs, each of them waits. */
unsigned suite_waiting(void)
{
    return (unsigned)uxTaskGetNumberOfTasks();
}

void suite_fail(const char *what, const char *file, int line)
{
    printf("%s:%d: failed: %s\n", file, line, what);
    fflush(stdout);
    exit(1);
}

static void run_suite(void *argument)
{
    const char *const only = argument;
    unsigned passed = 0;
    for (unsigned i = 0; i < suite_test_count; ++i) {
        if (only == NULL || strcmp(only, suite_tests[i].name) == 0) {
            printf("%s\n", suite_tests[i].name);
            fflush(stdout);
            suite_begin();
            suite_tests[i].run();
            ++passed;
        }
    }
    printf("%u passed, 0 failed\n", passed);
    fflush(stdout);
    exit(0);
}

int main(int argc, char **argv)
{
    static TaskHandle_t task;
    (void)xTaskCreate(run_suite, "suite", configMINIMAL_STACK_SIZE * 4,
                      (argc > 1 && argv[1][0]) ? argv[1] : NULL, 1, &task);
    vTaskStartScheduler();
    return 1;
}
