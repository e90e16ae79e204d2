/* SPDX-License-Identifier: BSD-3-Clause */
/* suite_rest.c - threads, protection and time. */
#include "suite.h"

static void remember_argument(void *argument)
{
    void **const where = argument;
    *where = argument;
}

void thread_runs_its_function_with_its_argument(void)
{
    void *seen = NULL;
    task_t task;
    task_start(&task, remember_argument, &seen);
    task_join(&task);
    require(seen == &seen);
}

void thread_without_a_function_is_refused(void)
{
    require(sys_thread_new("none", NULL, NULL, 0, SUITE_PRIORITY) == (sys_thread_t)0);
    require(faults_taken() == 1);
}

static void add_protected(void *argument)
{
    unsigned long *const sum = argument;
    for (unsigned i = 0; i < 2 * SUITE_ROUNDS; ++i) {
        SYS_ARCH_DECL_PROTECT(level);
        SYS_ARCH_PROTECT(level);
        *sum = *sum + 1;
        SYS_ARCH_UNPROTECT(level);
    }
}

void protection_lets_one_thread_in_at_a_time(void)
{
    unsigned long sum = 0;
    task_t tasks[4];
    for (unsigned i = 0; i < 4; ++i) {
        task_start(&tasks[i], add_protected, &sum);
    }
    for (unsigned i = 0; i < 4; ++i) {
        task_join(&tasks[i]);
    }
    require(sum == 4UL * 2 * SUITE_ROUNDS);
}

static void set_protected(void *argument)
{
    unsigned *const flag = argument;
    SYS_ARCH_SET(*flag, 1U);
}

/* Leaving an inner section does not leave the outer one. */
void protection_nests(void)
{
    unsigned flag = 0;
    unsigned inside[2];
    task_t task;
    SYS_ARCH_DECL_PROTECT(outer);
    SYS_ARCH_DECL_PROTECT(inner);
    SYS_ARCH_PROTECT(outer);
    SYS_ARCH_PROTECT(inner);
    (void)sys_sem_new(&task.ended, 0);
    SYS_ARCH_UNPROTECT(inner);
    inside[0] = flag;
    SYS_ARCH_UNPROTECT(outer);
    sys_sem_free(&task.ended);

    task_start(&task, set_protected, &flag);
    task_join(&task);
    SYS_ARCH_GET(flag, inside[1]);
    require(inside[0] == 0 && inside[1] == 1);
    require(faults_taken() == 0);
}

static void add_and_take(void *argument)
{
    u32_t *const value = argument;
    for (unsigned i = 0; i < SUITE_ROUNDS; ++i) {
        SYS_ARCH_INC(*value, 3U);
        SYS_ARCH_DEC(*value, 1U);
    }
}

void protected_variables_add_up(void)
{
    u32_t value;
    u32_t result;
    task_t tasks[2];
    SYS_ARCH_SET(value, 5U);
    task_start(&tasks[0], add_and_take, &value);
    task_start(&tasks[1], add_and_take, &value);
    task_join(&tasks[0]);
    task_join(&tasks[1]);
    SYS_ARCH_GET(value, result);
    require(result == 5U + 4U * SUITE_ROUNDS);
}

void time_goes_on_and_never_back(void)
{
    const u32_t start = sys_now();
    const u32_t ticks = sys_jiffies();
    u32_t last = start;
    for (unsigned i = 0; i < SUITE_ROUNDS; ++i) {
        const u32_t now = sys_now();
        require((s32_t)(now - last) >= 0);
        last = now;
    }
    sys_msleep(50);
    require(sys_now() - start >= 49);
    require(sys_jiffies() != ticks);
}

void sleep_takes_its_time_at_least(void)
{
    const u32_t start = sys_now();
    sys_msleep(0);
    sys_msleep(30);
    require(sys_now() - start >= 29);
}
