/* SPDX-License-Identifier: BSD-3-Clause */
/* overflow_test.c - a thread that writes below its stack by up to a whole stack: it ends, with a
 * fault, and no other thread is hurt, where the gap below it is as large as that. Where it is smaller,
 * the thread below that was written on ends too. The slots of threads are taken in order, and those of
 * threads that overflowed are not used again: the order of the tests makes pairs of neighbours. */
#include "support.h"

#include "lwip/sys.h"
#include "sys_kernel.h"
#include "target/board.h"

#define LOW 2

/* With gaps that are as large as a stack no overflow up to that size meets another thread. */
#define GAPS_ARE_STACKS (CISTERN_BARE_GUARD_BYTES >= CISTERN_BARE_STACK_BYTES)

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

/* Calls itself with small frames until one lies at `end` or below. */
__attribute__((noinline)) static int descend(const unsigned char *end, void (*then)(void))
{
    volatile unsigned char frame[8];
    frame[0] = 1;
    if (&frame[0] > (volatile const unsigned char *)end) {
        return descend(end, then) + frame[0];
    }
    then();
    return 0;
}

static void sleep_there(void)
{
    sys_msleep(1);
}

static void return_at_once(void) {}

static const unsigned char *below_stack(void *depth)
{
    return bare_thread_running()->lowest - (uintptr_t)depth;
}

/* Sleeps that many bytes below its stack. */
static void overflow(void *depth)
{
    (void)descend(below_stack(depth), sleep_there);
    rounds = 1000;
}

/* Comes back from there before it sleeps. */
static void overflow_for_a_moment(void *depth)
{
    (void)descend(below_stack(depth), return_at_once);
    sys_msleep(1);
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

static sys_sem_t go;
static volatile unsigned below_went_on;

static void wait_then_go_on(void *argument)
{
    (void)argument;
    (void)sys_sem_wait(&go);
    ++below_went_on;
}

/* Of two neighbours the upper one runs `function` with `depth`, and is ended: the lower one goes on. */
static void assert_upper_ends_alone(lwip_thread_fn function, size_t depth)
{
    below_went_on = 0;
    (void)sys_thread_new("below", wait_then_go_on, NULL, 0, LOW);
    (void)sys_thread_new("above", function, (void *)(uintptr_t)depth, 0, LOW);
    sys_msleep(5 + 4 * CISTERN_BARE_GUARD_BYTES / 16);
    assert_int_equal(faults_seen, 1);
    assert_string_equal(culprit, "above");
    sys_sem_signal(&go);
    sys_msleep(5);
    assert_int_equal(below_went_on, 1);
    assert_others_go_on();
    assert_int_equal(faults_seen, 1);
}

static void overflow_as_large_as_a_stack_spares_the_thread_below(void **state)
{
    (void)state;
    if (!GAPS_ARE_STACKS) {
        skip();
    }
    assert_upper_ends_alone(overflow, CISTERN_BARE_STACK_BYTES - BELOW_A_SLEEP);
}

static void overflow_for_a_moment_ends_its_thread_alone(void **state)
{
    (void)state;
    assert_upper_ends_alone(overflow_for_a_moment, CISTERN_BARE_GUARD_BYTES / 4);
}

/* As a frame does that is larger than it uses: writes in one place, and what lies between keeps
 * what it holds. */
static void write_once_below(void *depth)
{
    *(volatile unsigned char *)(uintptr_t)below_stack(depth) = 0;
    while (rounds < 1000) {
        sys_msleep(1);
    }
}

static void write_at_the_end_of_the_gap_ends_its_thread_alone(void **state)
{
    (void)state;
    assert_upper_ends_alone(write_once_below, CISTERN_BARE_GUARD_BYTES - 20U);
}

/* Its oldest frames are lost: it cannot go on. */
static void overflow_through_the_gap_ends_both_and_names_the_culprit_first(void **state)
{
    (void)state;
    if (GAPS_ARE_STACKS) {
        skip();
    }
    (void)sys_thread_new("below", wait_for_ever, NULL, 0, LOW);
    (void)sys_thread_new("above", overflow, (void *)(uintptr_t)CISTERN_BARE_GUARD_BYTES, 0, LOW);
    sys_msleep(5);
    assert_int_equal(faults_seen, 2);
    assert_string_equal(culprit, "above");
    assert_string_equal(victim, "below");
    sys_sem_signal(&never);
    assert_others_go_on();
}

static const char *blamed;

static void keep_reason(const cistern_fault_t *fault)
{
    blamed = fault->owner;
    take_note(fault);
}

/* Through a pointer, or by a frame that leaps over the gap: the thread did nothing, and the fault does
 * not say that it did. */
static void thread_whose_guard_another_one_wrote_is_not_called_the_culprit(void **state)
{
    (void)state;
    (void)cistern_fault_set_handler(keep_reason);
    below_went_on = 0;
    sys_thread_t below = sys_thread_new("below", wait_then_go_on, NULL, 0, LOW);
    sys_msleep(2);
    below->lowest[3] = 0;
    sys_sem_signal(&go);
    sys_msleep(5);
    assert_int_equal(faults_seen, 1);
    assert_string_equal(culprit, "below");
    assert_string_equal(blamed, "the stack, by another thread");
    assert_int_equal(below_went_on, 0);
    assert_others_go_on();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(overflow_as_large_as_a_stack_ends_the_lowest_thread_alone, start),
        cmocka_unit_test_setup(overflow_through_the_gap_ends_both_and_names_the_culprit_first,
                               start),
        cmocka_unit_test_setup(overflow_as_large_as_a_stack_spares_the_thread_below, start),
        cmocka_unit_test_setup(overflow_for_a_moment_ends_its_thread_alone, start),
        cmocka_unit_test_setup(write_at_the_end_of_the_gap_ends_its_thread_alone, start),
        cmocka_unit_test_setup(thread_whose_guard_another_one_wrote_is_not_called_the_culprit,
                               start),
    };
    sys_init();
    board_start_ticks();
    (void)sys_sem_new(&never, 0);
    (void)sys_sem_new(&go, 0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
