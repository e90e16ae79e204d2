/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_wait_test.c - threads that wait for a block of a pool, on the bare port. main has the lowest
 * priority, so that a more urgent thread runs at the very point where it becomes ready. */
#include "support.h"

#include "cistern/pool.h"
#include "cistern_bare.h"
#include "lwip/sys.h"
#include "target/board.h"

#define LOW  1
#define HIGH 5

static _Alignas(8) unsigned char memory[CISTERN_POOL_BYTES(1, 16, 8)];
static cistern_pool_t pool;
static cistern_pool_extras_t extras;
static void *only;

static void *got[2];
static cistern_error_t error[2];

/* A pool of one block, which main holds. */
static int start(void **state)
{
    const cistern_pool_config_t config = {.name = "waited",
                                          .count = 1,
                                          .size = 16,
                                          .alignment = 8,
                                          .memory = memory,
                                          .extras = &extras};
    extras = (cistern_pool_extras_t){.strategy = CISTERN_POOL_CRITICAL};
    (void)cistern_pool_init(&pool, &config);
    only = cistern_pool_get(&pool);
    got[0] = NULL;
    got[1] = NULL;
    return faults_watch(state);
}

static void wait_for_ever(void *argument)
{
    const unsigned me = *(const unsigned *)argument;
    error[me] = cistern_pool_get_wait(&pool, CISTERN_POOL_FOREVER, &got[me]);
}

static const unsigned numbers[2] = {0, 1};

static void start_waiter(unsigned number, int priority)
{
    (void)sys_thread_new("waits", wait_for_ever, (void *)(uintptr_t)&numbers[number], 0, priority);
}

static void put_it(void *argument)
{
    (void)argument;
    (void)cistern_pool_put(&pool, only);
}

static void thread_waits_until_another_puts_a_block(void **state)
{
    (void)state;
    start_waiter(0, LOW);
    assert_null(got[0]);
    put_it(NULL);
    assert_ptr_equal(got[0], only);
    assert_int_equal(error[0], CISTERN_OK);
    assert_int_equal(cistern_pool_put(&pool, got[0]), CISTERN_OK);
    assert_true(cistern_pool_check(&pool));
    assert_no_fault();
}

static void thread_waits_until_an_interrupt_puts_a_block(void **state)
{
    (void)state;
    start_waiter(0, LOW);
    board_call_in_interrupt(put_it, NULL);
    assert_ptr_equal(got[0], only);
    assert_int_equal(cistern_pool_put(&pool, got[0]), CISTERN_OK);
    assert_no_fault();
}

static void longest_waiter_is_served_first(void **state)
{
    (void)state;
    start_waiter(0, LOW);
    start_waiter(1, HIGH);
    put_it(NULL);
    assert_ptr_equal(got[0], only);
    assert_null(got[1]);
    put_it(NULL);
    assert_ptr_equal(got[1], only);
    assert_int_equal(cistern_pool_put(&pool, got[1]), CISTERN_OK);
    assert_true(cistern_pool_check(&pool));
    assert_no_fault();
}

static void wait_ends_in_time(void **state)
{
    (void)state;
    void *block = only;
    const u32_t before = sys_now();
    assert_int_equal(cistern_pool_get_wait(&pool, 20, &block), CISTERN_ERROR_TIMEOUT);
    const u32_t waited = sys_now() - before;
    assert_null(block);
    assert_true(waited >= 19 && waited <= 60);
    put_it(NULL);
    assert_int_equal(cistern_pool_get_wait(&pool, 20, &block), CISTERN_OK);
    assert_ptr_equal(block, only);
    assert_no_fault();
}

static void wait_here(void *argument)
{
    *(cistern_error_t *)argument = cistern_pool_get_wait(&pool, 20, &got[0]);
}

/* It does not wait, and the pool forgets it. */
static void wait_in_an_interrupt_ends_at_once(void **state)
{
    (void)state;
    cistern_error_t result = CISTERN_OK;
    board_call_in_interrupt(wait_here, &result);
    assert_int_equal(result, CISTERN_ERROR_TIMEOUT);
    assert_null(got[0]);
    put_it(NULL);
    assert_ptr_equal(cistern_pool_get(&pool), only);
}

#define wait_test(function) cmocka_unit_test_setup(function, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        wait_test(thread_waits_until_another_puts_a_block),
        wait_test(thread_waits_until_an_interrupt_puts_a_block),
        wait_test(longest_waiter_is_served_first),
        wait_test(wait_ends_in_time),
        wait_test(wait_in_an_interrupt_ends_at_once),
    };
    sys_init();
    board_start_ticks();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
