/* overflow_test.c - a thread that writes below its stack by up to a whole stack: it ends, with a
 * fault, before anybody else is lost. The slots of threads are taken in order. */
#include "support.h"

#include "lwip/sys.h"
#include "target/board.h"

#define LOW 2

/* What sys_msleep and the switch put below the frame that they are called from. */
#ifdef __riscv
#    define BELOW_A_SLEEP 400
#else
#    define BELOW_A_SLEEP 160
#endif

static sys_sem_t never;
static volatile unsigned rounds;
static const char *culprit;
static const char *victim;
static volatile unsigned faults_seen;

static void take_note(const cistern_fault_t *fault)
{
    if (fault->kind == CISTERN_FAULT_OVERFLOW) {
        victim = (faults_seen > 0) ? fault->name : NULL;
        culprit = (faults_seen == 0) ? fault->name : culprit;
    }
    ++faults_seen;
}

static int start(void **state)
{
    (void)state;
    rounds = 0;
    faults_seen = 0;
    culprit = NULL;
    victim = NULL;
    (void)cistern_fault_set_handler(take_note);
    return 0;
}

/* Calls itself with small frames until one lies at `end` or below, and waits there. */
__attribute__((noinline)) static int descend(const char *end)
{
    volatile char frame[8];
    frame[0] = 1;
    if ((const char *)&frame[0] > end) {
        return descend(end) + frame[0];
    }
    sys_msleep(1);
    return 0;
}

static void overflow(void *argument)
{
    const char here = 0;
    const size_t depth = (size_t)(uintptr_t)argument;
    (void)descend(&here - CISTERN_BARE_STACK_BYTES - depth);
    rounds = 1000;
}

static void count_rounds(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < 3; ++i) {
        sys_msleep(2);
        ++rounds;
    }
}

static void wait_for_ever(void *argument)
{
    (void)argument;
    (void)sys_sem_wait(&never);
    rounds = 1000;
}

/* Idle has to run while everybody sleeps. */
static void assert_others_go_on(void)
{
    (void)sys_thread_new("other", count_rounds, NULL, 0, LOW);
    sys_msleep(30);
    assert_int_equal(rounds, 3);
}

/* The first thread's stack is the lowest: nothing that counts lies below it. */
static void overflow_as_large_as_a_stack_ends_the_lowest_thread_alone(void **state)
{
    (void)state;
    (void)sys_thread_new("deep", overflow,
                         (void *)(uintptr_t)(CISTERN_BARE_STACK_BYTES - BELOW_A_SLEEP), 0, LOW);
    sys_msleep(5);
    assert_int_equal(faults_seen, 1);
    assert_string_equal(culprit, "deep");
    assert_others_go_on();
    assert_int_equal(faults_seen, 1);
}

static void overflow_into_another_threads_stack_ends_both_and_nobody_else(void **state)
{
    (void)state;
    (void)sys_thread_new("below", wait_for_ever, NULL, 0, LOW);
    (void)sys_thread_new("above", overflow, (void *)(uintptr_t)20, 0, LOW);
    sys_msleep(5);
    assert_int_equal(faults_seen, 2);
    assert_string_equal(culprit, "above");
    assert_string_equal(victim, "below");
    sys_sem_signal(&never);
    assert_others_go_on();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(overflow_as_large_as_a_stack_ends_the_lowest_thread_alone, start),
        cmocka_unit_test_setup(overflow_into_another_threads_stack_ends_both_and_nobody_else,
                               start),
    };
    sys_init();
    board_start_ticks();
    (void)sys_sem_new(&never, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
