/* SPDX-License-Identifier: BSD-3-Clause */
/* main_stack_test.c - main overflows its stack, whose lowest byte CISTERN_BARE_MAIN_STACK names: it
 * ends, with a fault that names it, and the threads go on. The tests run in a thread, as main does not
 * come back. */
#include <stdlib.h>

#include "support.h"

#include "lwip/sys.h"
#include "sys_kernel.h"
#include "target/board.h"

extern unsigned char CISTERN_BARE_MAIN_STACK[];

#define TESTS_PRIORITY (CISTERN_BARE_MAIN_PRIORITY + 1)

static thread_t *main_thread;
static sys_sem_t asked; /* main is to do what `task` says */
static void (*volatile task)(void);
static volatile unsigned done;

static void ask_main(void (*function)(void))
{
    task = function;
    sys_sem_signal(&asked);
    sys_msleep(5);
}

static void do_nothing(void) {}

/* Calls itself with small frames until one lies at `end` or below, and sleeps there. */
__attribute__((noinline)) static int descend(const unsigned char *end)
{
    volatile unsigned char frame[8];
    frame[0] = 1;
    if (&frame[0] > (volatile const unsigned char *)end) {
        return descend(end) + frame[0];
    }
    sys_msleep(1);
    return 0;
}

static void descend_half_way(void)
{
    const unsigned char *const here = __builtin_frame_address(0);
    (void)descend(here - (here - main_thread->lowest) / 2);
}

static void write_once_in_the_gap(void)
{
    CISTERN_BARE_MAIN_STACK[CISTERN_BARE_GUARD_BYTES / 2U] = 0;
    for (unsigned i = 0; i < 2U * CISTERN_BARE_GUARD_BYTES / 16U; ++i) {
        sys_msleep(1);
    }
}

static void main_goes_on_while_it_stays_in_its_stack(void **state)
{
    (void)state;
    const size_t before = cistern_bare_stack_unused(main_thread);
    assert_true(before > 16);
    assert_true((uintptr_t)main_thread->lowest >=
                (uintptr_t)CISTERN_BARE_MAIN_STACK + CISTERN_BARE_GUARD_BYTES);
    ask_main(do_nothing);
    assert_int_equal(done, 1);
    ask_main(descend_half_way);
    assert_int_equal(done, 2);
    assert_true(cistern_bare_stack_unused(main_thread) < before);
    assert_no_fault();
}

static void a_write_below_its_stack_ends_main_and_the_threads_go_on(void **state)
{
    (void)state;
    ask_main(write_once_in_the_gap);
    sys_msleep(4 * CISTERN_BARE_GUARD_BYTES / 16);
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_OVERFLOW);
    assert_string_equal(faults.last.name, "main");
    assert_ptr_equal(faults.last.address, main_thread->lowest);
    assert_int_equal(done, 2);
    ask_main(do_nothing);
    assert_int_equal(done, 2);
    assert_int_equal(faults.count, 1);
}

static void run_in_thread(void *argument)
{
    const struct CMUnitTest tests[] = {
        test(main_goes_on_while_it_stays_in_its_stack),
        test(a_write_below_its_stack_ends_main_and_the_threads_go_on),
    };
    (void)argument;
    exit(cmocka_run_group_tests(tests, NULL, NULL));
}

int main(void)
{
    sys_init();
    main_thread = bare_thread_running();
    (void)sys_sem_new(&asked, 0);
    (void)sys_thread_new("tests", run_in_thread, NULL, 0, TESTS_PRIORITY);
    board_start_ticks();
    for (;;) {
        (void)sys_sem_wait(&asked);
        task();
        ++done;
    }
}
