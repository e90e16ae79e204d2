/* SPDX-License-Identifier: BSD-3-Clause */
/* suite.c - the list of tests, and what they have in common. */
#include "suite.h"

const suite_test_t suite_tests[] = {
#define SUITE_TEST(name) {#name, name},
#include "suite_list.h"
};

const unsigned suite_test_count = sizeof suite_tests / sizeof suite_tests[0];

static unsigned fault_count;

static void count_fault(const cistern_fault_t *fault)
{
    (void)fault;
    SYS_ARCH_INC(fault_count, 1U);
}

unsigned faults_taken(void)
{
    unsigned count;
    SYS_ARCH_LOCKED(count = fault_count; fault_count = 0);
    return count;
}

void suite_begin(void)
{
    sys_init();
    (void)cistern_fault_set_handler(count_fault);
    (void)faults_taken();
}

u32_t stat_of(const STAT_COUNTER *counter)
{
    u32_t value;
    SYS_ARCH_GET(*counter, value);
    return value;
}

static void run_task(void *argument)
{
    task_t *const task = argument;
    task->body(task->argument);
    sys_sem_signal(&task->ended);
}

void task_start(task_t *task, void (*body)(void *argument), void *argument)
{
    task->body = body;
    task->argument = argument;
    require(sys_sem_new(&task->ended, 0) == ERR_OK);
    (void)sys_thread_new("suite", run_task, task, SUITE_STACK, SUITE_PRIORITY);
}

void task_start_and_block(task_t *task, void (*body)(void *argument), void *argument)
{
    const unsigned before = suite_waiting();
    u32_t ms = 0;
    task_start(task, body, argument);
    while (suite_waiting() <= before && ms < SUITE_PATIENCE_MS) {
        sys_msleep(1);
        ++ms;
    }
    require(ms < SUITE_PATIENCE_MS);
}

void task_join(task_t *task)
{
    require(sys_arch_sem_wait(&task->ended, SUITE_PATIENCE_MS) != SYS_ARCH_TIMEOUT);
    sys_sem_free(&task->ended);
}

bool task_has_ended(task_t *task)
{
    const bool ended = sys_arch_sem_wait(&task->ended, 1) != SYS_ARCH_TIMEOUT;
    if (ended) {
        sys_sem_signal(&task->ended);
    }
    return ended;
}
