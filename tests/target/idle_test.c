/* SPDX-License-Identifier: BSD-3-Clause */
/* idle_test.c - NO_SYS 1: one loop and interrupts. */
#include "support.h"

#include "cistern_bare.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/sys.h"
#include "target/board.h"

/* The hook's default returns with the next interrupt: the tick, here; or with several of them, where
 * the emulator's host was busy. */
static void idle_sleeps_until_the_next_tick(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; ++i) {
        const u32_t before = sys_now();
        cistern_bare_idle();
        assert_true(sys_now() - before >= 1);
    }
}

static void assert_refused(uint32_t clock_hz)
{
    faults.count = 0;
    cistern_bare_tick_start(clock_hz);
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_ARGUMENT);
}

static void a_tick_that_would_never_come_is_refused_and_the_ticks_go_on(void **state)
{
    (void)state;
    assert_refused(0);
    assert_refused(CISTERN_BARE_TICKS_PER_SECOND - 1U);
#ifdef __arm__
    assert_refused(
        CISTERN_BARE_TICKS_PER_SECOND); /* SysTick with a reload value of 0 stands still */
#endif
    cistern_bare_idle();
}

static struct pbuf *volatile received;

static void receive(void *argument)
{
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 20, PBUF_POOL);
    (void)pbuf_take(p, argument, 20);
    received = p;
}

static void loop_takes_what_an_interrupt_allocated(void **state)
{
    (void)state;
    static char text[20] = "from an interrupt..";
    char copy[20];
    received = NULL;
    board_call_in_interrupt(receive, text);
    while (received == NULL) {
        cistern_bare_idle();
    }
    assert_int_equal(pbuf_copy_partial(received, copy, sizeof copy, 0), sizeof copy);
    assert_string_equal(copy, text);
    assert_int_equal(pbuf_free(received), 1);
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(idle_sleeps_until_the_next_tick),
        test(a_tick_that_would_never_come_is_refused_and_the_ticks_go_on),
        test(loop_takes_what_an_interrupt_allocated),
    };
    sys_init();
    memp_init();
    board_start_ticks();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
