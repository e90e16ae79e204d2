/* SPDX-License-Identifier: BSD-3-Clause */
/* suite.h - the port conformance suite: what every port of the OS layer must do.
 *
 * The suite uses lwip/sys.h and cistern/fault.h only. To run it on a new port, link suite*.c with
 * the port and with a runner that gives the functions of the second part below; run_host.c is the
 * one for hosts, which shares run_cmocka.c with boards. Definitions say what a port decides for itself:
 *
 * | definition           | default | meaning                                                      |
 * |----------------------|---------|--------------------------------------------------------------|
 * | SUITE_STACK          | 65536   | stacksize of the suite's threads, in bytes                   |
 * | SUITE_PRIORITY       | 0       | their priority                                               |
 * | SUITE_MBOX_DEFAULT   | 128     | messages in a mailbox made with size 0                       |
 * | SUITE_MOST_OBJECTS   | 2048    | no port has as many semaphores, mutexes or mailboxes         |
 * | SUITE_ROUNDS         | 2000    | rounds of the tests that look for rare losses                |
 * | SUITE_PATIENCE_MS    | 20000   | what takes longer than this never happens                    |
 */
#ifndef CISTERN_TESTS_PORT_SUITE_H
#define CISTERN_TESTS_PORT_SUITE_H

#include <stdbool.h>

#include "cistern/fault.h"
#include "lwip/stats.h"
#include "lwip/sys.h"

#ifndef SUITE_STACK
#    define SUITE_STACK 65536
#endif
#ifndef SUITE_PRIORITY
#    define SUITE_PRIORITY 0
#endif
#ifndef SUITE_MBOX_DEFAULT
#    define SUITE_MBOX_DEFAULT 128
#endif
#ifndef SUITE_MOST_OBJECTS
#    define SUITE_MOST_OBJECTS 2048
#endif
#ifndef SUITE_ROUNDS
#    define SUITE_ROUNDS 2000
#endif
#ifndef SUITE_PATIENCE_MS
#    define SUITE_PATIENCE_MS 20000
#endif

/* --- the suite, for runners ------------------------------------------------------------------- */

typedef struct suite_test {
    const char *name;
    void (*run)(void);
} suite_test_t;

extern const suite_test_t suite_tests[];
extern const unsigned suite_test_count;

/* To be called before each test: from here on faults are counted instead of reported. */
void suite_begin(void);

/* --- given by the runner ---------------------------------------------------------------------- */

/* Reports that the running test failed, and ends it: never returns. Only the thread that runs the
 * tests calls it. */
void suite_fail(const char *what, const char *file, int line);

/* Calls function(argument) from an interrupt, or from what stands for one, and returns when it has
 * returned. */
void suite_from_interrupt(void (*function)(void *argument), void *argument);

/* How many threads of the program wait for a semaphore, mutex or mailbox now: a port has queues or
 * counts to say so. One that was counted has its place among those who wait. */
unsigned suite_waiting(void);

/* --- for the tests ---------------------------------------------------------------------------- */

#define require(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            suite_fail(#condition, __FILE__, __LINE__);                                            \
        }                                                                                          \
    } while (0)

/* A thread that runs body(argument). */
typedef struct task {
    void (*body)(void *argument);
    void *argument;
    sys_sem_t ended;
} task_t;

/* Starts a task. */
void task_start(task_t *task, void (*body)(void *argument), void *argument);

/* Starts a task and returns when it waits for something. */
void task_start_and_block(task_t *task, void (*body)(void *argument), void *argument);

/* Waits for its end; the test fails if it does not come. */
void task_join(task_t *task);

/* True if the task has ended. */
bool task_has_ended(task_t *task);

/* The faults since the last call or since the test began. */
unsigned faults_taken(void);

/* One number of lwip_stats, read safely. */
u32_t stat_of(const STAT_COUNTER *counter);

#define SUITE_TEST(name) void name(void);
#include "suite_list.h"
#undef SUITE_TEST

#endif
