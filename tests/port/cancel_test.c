/* SPDX-License-Identifier: BSD-3-Clause */
/* Threads that end while they wait: cancelled in a semaphore's, a mailbox's and a pool's wait, or beside
 * the call that lets them go on, in any order; and with a mutex that others wait for. What they would have
 * had is the next one's, and nothing is lost. */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <stdatomic.h>

#include "support.h"

#include "lwip/stats.h"
#include "lwip/sys.h"

#define PATIENCE_MS 20000
#define ROUNDS      400U

static pthread_t start(void *(*body)(void *argument), void *argument)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, body, argument), 0);
    return thread;
}

/* Starts a thread, and returns when it waits for a semaphore, mailbox or mutex. */
static pthread_t start_and_wait(void *(*body)(void *argument), void *argument)
{
    const u32_t before = sys_host_waiting();
    const pthread_t thread = start(body, argument);
    u32_t ms = 0;
    while (sys_host_waiting() <= before && ms < PATIENCE_MS) {
        sys_msleep(1);
        ++ms;
    }
    assert_true(ms < PATIENCE_MS);
    return thread;
}

static bool was_cancelled(pthread_t thread)
{
    void *result = NULL;
    assert_int_equal(pthread_join(thread, &result), 0);
    return result == PTHREAD_CANCELED;
}

/* What a thread returns after its wait. It cannot be cancelled any more: on the way out are places where it
 * could be, in the sanitizers of some systems. */
static void *leave_with(void *result)
{
    int state = 0;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    return result;
}

static void pause_a_little(unsigned round)
{
    for (volatile unsigned i = (round * 977U) % 40000U; i > 0; --i) {
    }
}

/* Cancels a thread and calls serve(argument), which lets it go on: in one order or the other. True if it
 * was cancelled before it had what it waited for. */
static bool cancel_and_serve(pthread_t thread, unsigned round, void (*serve)(void *argument),
                             void *argument)
{
    pause_a_little(round);
    if (round % 2U == 0) {
        serve(argument);
    }
    assert_int_equal(pthread_cancel(thread), 0);
    if (round % 2U != 0) {
        serve(argument);
    }
    return was_cancelled(thread);
}

/* --- semaphores ------------------------------------------------------------------------------- */

static void *wait_for_ever(void *argument)
{
    (void)sys_arch_sem_wait(argument, 0);
    return leave_with(NULL);
}

static void *wait_for_a_while(void *argument)
{
    (void)sys_arch_sem_wait(argument, PATIENCE_MS);
    return leave_with(NULL);
}

static void signal_it(void *argument)
{
    sys_sem_signal(argument);
}

static void semaphore_can_be_freed_when_its_waiters_were_cancelled(void **state)
{
    (void)state;
    sys_sem_t sem;
    assert_int_equal(sys_sem_new(&sem, 0), ERR_OK);
    const pthread_t first = start_and_wait(wait_for_ever, &sem);
    const pthread_t second = start_and_wait(wait_for_a_while, &sem);
    assert_int_equal(pthread_cancel(second), 0);
    assert_true(was_cancelled(second));
    sys_sem_free(&sem);
    assert_int_equal(faults.count, 1); /* one still waits */
    assert_int_equal(pthread_cancel(first), 0);
    assert_true(was_cancelled(first));
    sys_sem_free(&sem);
    assert_int_equal(faults.count, 1);
}

static void signal_that_meets_a_cancelled_waiter_is_not_lost(void **state)
{
    (void)state;
    sys_sem_t sem;
    assert_int_equal(sys_sem_new(&sem, 0), ERR_OK);
    for (unsigned round = 0; round < ROUNDS; ++round) {
        const pthread_t thread = start((round % 3U != 0) ? wait_for_ever : wait_for_a_while, &sem);
        if (cancel_and_serve(thread, round, signal_it, &sem)) {
            assert_int_not_equal(sys_arch_sem_wait(&sem, PATIENCE_MS), SYS_ARCH_TIMEOUT);
        }
    }
    assert_int_equal(sys_arch_sem_wait(&sem, 1), SYS_ARCH_TIMEOUT);
    sys_sem_free(&sem);
    assert_no_fault();
}

/* --- mailboxes -------------------------------------------------------------------------------- */

static int letter[3];

static void *fetch_one(void *argument)
{
    void *msg = NULL;
    (void)sys_arch_mbox_fetch(argument, &msg, 0);
    return leave_with(msg);
}

static void *post_the_second(void *argument)
{
    sys_mbox_post(argument, &letter[1]);
    return leave_with(NULL);
}

static void post_the_first(void *argument)
{
    sys_mbox_post(argument, &letter[0]);
}

static void *fetch_now(sys_mbox_t *mbox)
{
    void *msg = NULL;
    return (sys_arch_mbox_tryfetch(mbox, &msg) == SYS_MBOX_EMPTY) ? NULL : msg;
}

static void cancelled_fetcher_leaves_its_place_to_the_next(void **state)
{
    (void)state;
    sys_mbox_t mbox;
    void *msg = NULL;
    assert_int_equal(sys_mbox_new(&mbox, 1), ERR_OK);
    const pthread_t first = start_and_wait(fetch_one, &mbox);
    const pthread_t second = start_and_wait(fetch_one, &mbox);
    assert_int_equal(pthread_cancel(first), 0);
    assert_true(was_cancelled(first));
    sys_mbox_post(&mbox, &letter[0]);
    assert_int_equal(pthread_join(second, &msg), 0);
    assert_ptr_equal(msg, &letter[0]);
    sys_mbox_free(&mbox);
    assert_no_fault();
}

static void cancelled_poster_leaves_its_place_to_the_next(void **state)
{
    (void)state;
    sys_mbox_t mbox;
    assert_int_equal(sys_mbox_new(&mbox, 1), ERR_OK);
    sys_mbox_post(&mbox, &letter[0]);
    const pthread_t first = start_and_wait(post_the_second, &mbox);
    const pthread_t second = start_and_wait(post_the_second, &mbox);
    assert_int_equal(pthread_cancel(first), 0);
    assert_true(was_cancelled(first));
    assert_ptr_equal(fetch_now(&mbox), &letter[0]);
    assert_false(was_cancelled(second));
    assert_ptr_equal(fetch_now(&mbox), &letter[1]);
    assert_null(fetch_now(&mbox));
    sys_mbox_free(&mbox);
    assert_no_fault();
}

static void message_that_meets_a_cancelled_fetcher_is_not_lost(void **state)
{
    (void)state;
    sys_mbox_t mbox;
    assert_int_equal(sys_mbox_new(&mbox, 1), ERR_OK);
    for (unsigned round = 0; round < ROUNDS; ++round) {
        const pthread_t thread = start(fetch_one, &mbox);
        const bool cancelled = cancel_and_serve(thread, round, post_the_first, &mbox);
        assert_ptr_equal(fetch_now(&mbox), cancelled ? &letter[0] : NULL);
    }
    sys_mbox_free(&mbox);
    assert_no_fault();
}

static void take_the_first(void *argument)
{
    assert_ptr_equal(fetch_now(argument), &letter[0]);
}

static void place_that_meets_a_cancelled_poster_is_not_lost(void **state)
{
    (void)state;
    sys_mbox_t mbox;
    assert_int_equal(sys_mbox_new(&mbox, 1), ERR_OK);
    for (unsigned round = 0; round < ROUNDS; ++round) {
        sys_mbox_post(&mbox, &letter[0]);
        const pthread_t thread = start(post_the_second, &mbox);
        const bool cancelled = cancel_and_serve(thread, round, take_the_first, &mbox);
        assert_ptr_equal(fetch_now(&mbox), cancelled ? NULL : &letter[1]);
        assert_int_equal(sys_mbox_trypost(&mbox, &letter[2]), ERR_OK);
        assert_int_equal(sys_mbox_trypost(&mbox, &letter[2]), ERR_MEM);
        assert_ptr_equal(fetch_now(&mbox), &letter[2]);
    }
    sys_mbox_free(&mbox);
    assert_no_fault();
}

/* --- pools ------------------------------------------------------------------------------------ */

enum { COUNT = 1, SIZE = 64, CACHES = 8 };

#include "shared_pool.h"

static void make_pool(cistern_pool_strategy_t strategy)
{
    const cistern_pool_config_t config = config_for(strategy, "waited for");
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_OK);
}

static void *wait_for_the_block(void *milliseconds)
{
    void *block = NULL;
    (void)cistern_pool_get_wait(&pool, *(const uint32_t *)milliseconds, &block);
    return leave_with(block);
}

static void put_it(void *block)
{
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
}

static void assert_pool_is_whole(void)
{
    cistern_pool_stats_t stats;
    cistern_pool_stats(&pool, &stats);
    assert_int_equal(stats.free, 1);
    assert_true(cistern_pool_check(&pool));
    assert_int_equal(cistern_pool_unregister(&pool), CISTERN_OK);
    assert_no_fault();
}

static void block_that_meets_a_cancelled_waiter_is_not_lost(void **state)
{
    static const uint32_t patience[] = {UINT32_MAX, PATIENCE_MS};
    make_pool(*(const cistern_pool_strategy_t *)*state);
    for (unsigned round = 0; round < ROUNDS; ++round) {
        void *block = cistern_pool_get(&pool);
        assert_non_null(block);
        const pthread_t thread =
            start(wait_for_the_block, (void *)(uintptr_t)&patience[round / 2U % 2U]);
        if (!cancel_and_serve(thread, round, put_it, block)) {
            put_it(block); /* for the thread, which had it */
        }
    }
    assert_pool_is_whole();
}

/* The wait ends by its time, by the put, or by both at once. */
static void block_that_meets_a_waiter_whose_time_is_over_is_not_lost(void **state)
{
    static const uint32_t patience = 1;
    make_pool(*(const cistern_pool_strategy_t *)*state);
    for (unsigned round = 0; round < ROUNDS / 4U; ++round) {
        void *had = NULL;
        void *const block = cistern_pool_get(&pool);
        assert_non_null(block);
        const pthread_t thread = start(wait_for_the_block, (void *)(uintptr_t)&patience);
        sys_msleep(round % 3U);
        pause_a_little(round);
        put_it(block);
        assert_int_equal(pthread_join(thread, &had), 0);
        assert_true(had == NULL || had == block);
        if (had != NULL) {
            put_it(block);
        }
    }
    assert_pool_is_whole();
}

/* --- mutexes ---------------------------------------------------------------------------------- */

static void *lock_and_be_cancelled(void *argument)
{
    sys_mutex_lock(argument);
    pthread_testcancel();
    sys_mutex_unlock(argument);
    return NULL;
}

static void *lock_and_end(void *argument)
{
    sys_mutex_lock(argument);
    return NULL;
}

/* The wait for a mutex does not end by a cancellation: the thread ends later, and gives it back. */
static void thread_cancelled_while_it_waits_for_a_mutex_gives_it_to_the_next(void **state)
{
    (void)state;
    sys_mutex_t mutex;
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    sys_mutex_lock(&mutex);
    const pthread_t first = start_and_wait(lock_and_be_cancelled, &mutex);
    assert_int_equal(pthread_cancel(first), 0);
    sys_msleep(20); /* time in which a wait that ends too early would */
    sys_mutex_free(&mutex);
    assert_int_equal(faults.count, 1); /* it is locked, and waited for */
    sys_mutex_unlock(&mutex);
    assert_true(was_cancelled(first));
    assert_int_equal(faults.count, 2);
    assert_string_equal(faults.last.owner, "a thread that ended holding it");
    sys_mutex_lock(&mutex);
    sys_mutex_unlock(&mutex);
    sys_mutex_free(&mutex);
    assert_int_equal(faults.count, 2);
}

static void ignore_fault(const cistern_fault_t *fault)
{
    (void)fault;
}

static void mutex_of_threads_that_end_one_after_the_other_reaches_each(void **state)
{
    (void)state;
    enum { WAITERS = 3 };
    const unsigned long faults_before = cistern_fault_count();
    (void)cistern_fault_set_handler(ignore_fault); /* the threads' faults may overlap */
    pthread_t thread[WAITERS];
    sys_mutex_t mutex;
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    sys_mutex_lock(&mutex);
    for (unsigned i = 0; i < WAITERS; ++i) {
        thread[i] = start_and_wait(lock_and_end, &mutex);
    }
    sys_mutex_unlock(&mutex);
    for (unsigned i = 0; i < WAITERS; ++i) {
        assert_false(was_cancelled(thread[i]));
    }
    assert_int_equal(cistern_fault_count() - faults_before, WAITERS);
    sys_mutex_lock(&mutex);
    sys_mutex_unlock(&mutex);
    sys_mutex_free(&mutex);
    assert_int_equal(cistern_fault_count() - faults_before, WAITERS);
}

/* --- semaphores of threads --------------------------------------------------------------------- */

static void *use_its_own_semaphore_and_wait(void *argument)
{
    sys_sem_signal(sys_arch_netconn_sem_get());
    (void)sys_arch_sem_wait(argument, 0);
    return leave_with(NULL);
}

static STAT_COUNTER semaphores_in_use(void)
{
    STAT_COUNTER used = 0;
    SYS_ARCH_GET(lwip_stats.sys.sem.used, used);
    return used;
}

static void semaphore_of_a_cancelled_thread_ends_with_it(void **state)
{
    (void)state;
    sys_sem_t sem;
    assert_int_equal(sys_sem_new(&sem, 0), ERR_OK);
    const STAT_COUNTER before = semaphores_in_use();
    const pthread_t thread = start_and_wait(use_its_own_semaphore_and_wait, &sem);
    assert_int_equal(semaphores_in_use(), before + 1);
    assert_int_equal(pthread_cancel(thread), 0);
    assert_true(was_cancelled(thread));
    assert_int_equal(semaphores_in_use(), before);
    sys_sem_free(&sem);
    assert_no_fault();
}

static int run_with(cistern_pool_strategy_t strategy, const char *name)
{
    struct CMUnitTest tests[] = {
        test(block_that_meets_a_cancelled_waiter_is_not_lost),
        test(block_that_meets_a_waiter_whose_time_is_over_is_not_lost),
    };
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; ++i) {
        tests[i].initial_state = &strategy;
    }
    return cmocka_run_group_tests_name(name, tests, NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(semaphore_can_be_freed_when_its_waiters_were_cancelled),
        test(signal_that_meets_a_cancelled_waiter_is_not_lost),
        test(cancelled_fetcher_leaves_its_place_to_the_next),
        test(cancelled_poster_leaves_its_place_to_the_next),
        test(message_that_meets_a_cancelled_fetcher_is_not_lost),
        test(place_that_meets_a_cancelled_poster_is_not_lost),
        test(thread_cancelled_while_it_waits_for_a_mutex_gives_it_to_the_next),
        test(mutex_of_threads_that_end_one_after_the_other_reaches_each),
        test(semaphore_of_a_cancelled_thread_ends_with_it),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    failed += run_with(CISTERN_POOL_CRITICAL, "critical section");
    failed += run_with(CISTERN_POOL_MUTEX, "mutex");
    failed += run_with(CISTERN_POOL_CACHED, "cached");
    return failed;
}
