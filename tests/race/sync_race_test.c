/* SPDX-License-Identifier: BSD-3-Clause */
/* Semaphores, mutexes and the life of objects under several threads. */
#include "support.h"

#include "lwip/stats.h"
#include "lwip/sys.h"

#define THREADS 4
#define ROUNDS  5000

static sys_sem_t ended;

static void start(lwip_thread_fn body, void *argument)
{
    for (unsigned i = 0; i < THREADS; ++i) {
        (void)sys_thread_new("race", body, argument, 0, 0);
    }
}

static void wait_for_ends(void)
{
    for (unsigned i = 0; i < THREADS; ++i) {
        assert_int_not_equal(sys_arch_sem_wait(&ended, 60000), SYS_ARCH_TIMEOUT);
    }
}

/* --- a semaphore as a lock, with waits that time out ----------------------------------------- */

static sys_sem_t token;
static unsigned long tokens_taken;

static void take_token(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < ROUNDS;) {
        if (sys_arch_sem_wait(&token, 1) != SYS_ARCH_TIMEOUT) {
            tokens_taken = tokens_taken + 1;
            sys_sem_signal(&token);
            ++i;
        }
    }
    sys_sem_signal(&ended);
}

static void semaphore_keeps_its_one_unit_through_timeouts(void **state)
{
    (void)state;
    tokens_taken = 0;
    assert_int_equal(sys_sem_new(&token, 1), ERR_OK);
    start(take_token, NULL);
    wait_for_ends();
    assert_int_equal(tokens_taken, THREADS * ROUNDS);
    assert_int_not_equal(sys_arch_sem_wait(&token, 1), SYS_ARCH_TIMEOUT);
    assert_int_equal(sys_arch_sem_wait(&token, 1), SYS_ARCH_TIMEOUT);
    sys_sem_free(&token);
    assert_no_fault();
}

/* --- timeouts against posts ------------------------------------------------------------------ */

static sys_mbox_t mbox;
static unsigned long fetched;

/* Fetches with the shortest timeout there is, so that posts and timeouts meet. */
static void fetch_impatiently(void *argument)
{
    static unsigned char marks;
    (void)argument;
    unsigned long mine = 0;
    for (void *msg = &marks; msg != NULL;) {
        if (sys_arch_mbox_fetch(&mbox, &msg, 1) == SYS_ARCH_TIMEOUT) {
            msg = &marks;
        } else {
            mine += (msg != NULL) ? 1U : 0U;
        }
    }
    SYS_ARCH_INC(fetched, mine);
    sys_sem_signal(&ended);
}

static void mailbox_loses_nothing_to_fetches_that_time_out(void **state)
{
    (void)state;
    fetched = 0;
    assert_int_equal(sys_mbox_new(&mbox, 2), ERR_OK);
    start(fetch_impatiently, NULL);
    for (unsigned i = 0; i < 300; ++i) {
        sys_msleep(1);
        sys_mbox_post(&mbox, &mbox);
    }
    for (unsigned i = 0; i < THREADS; ++i) {
        sys_mbox_post(&mbox, NULL);
    }
    wait_for_ends();
    assert_int_equal(fetched, 300);
    sys_mbox_free(&mbox);
    assert_no_fault();
}

/* --- making and ending ----------------------------------------------------------------------- */

static void make_and_end(void *argument)
{
    for (unsigned i = 0; i < ROUNDS; ++i) {
        sys_sem_t sem;
        sys_mbox_t box;
        sys_mutex_t mutex;
        if (sys_sem_new(&sem, 1) == ERR_OK) {
            (void)sys_arch_sem_wait(&sem, 0);
            sys_sem_free(&sem);
        }
        if (sys_mbox_new(&box, 1) == ERR_OK) {
            sys_mbox_post(&box, argument);
            (void)sys_arch_mbox_fetch(&box, NULL, 0);
            sys_mbox_free(&box);
        }
        if (sys_mutex_new(&mutex) == ERR_OK) {
            sys_mutex_lock(&mutex);
            sys_mutex_unlock(&mutex);
            sys_mutex_free(&mutex);
        }
    }
    sys_sem_signal(&ended);
}

static void objects_are_made_and_ended_by_several_threads_at_once(void **state)
{
    (void)state;
    const u32_t sems = lwip_stats.sys.sem.used;
    const u32_t errors = lwip_stats.sys.mbox.err;
    start(make_and_end, NULL);
    wait_for_ends();
    assert_int_equal(lwip_stats.sys.sem.used, sems);
    assert_int_equal(lwip_stats.sys.mutex.used, 0);
    assert_int_equal(lwip_stats.sys.mbox.used, 0);
    assert_int_equal(lwip_stats.sys.mbox.err, errors);
    assert_no_fault();
}

/* --- a request and its reply, as sockets use a semaphore ------------------------------------- */

typedef struct request {
    sys_sem_t done;
    unsigned value;
} request_t;

static void serve(void *argument)
{
    (void)argument;
    for (;;) {
        void *msg;
        (void)sys_arch_mbox_fetch(&mbox, &msg, 0);
        if (msg == NULL) {
            break;
        }
        request_t *const request = msg;
        request->value = request->value * 2;
        sys_sem_signal(&request->done);
    }
    sys_sem_signal(&ended);
}

/* The semaphore is freed as soon as the wait returns, while the signaller may still be inside. */
static void ask(void *argument)
{
    unsigned long *const wrong = argument;
    for (unsigned i = 0; i < ROUNDS / 5; ++i) {
        request_t request = {.value = i};
        (void)sys_sem_new(&request.done, 0);
        sys_mbox_post(&mbox, &request);
        (void)sys_arch_sem_wait(&request.done, 0);
        sys_sem_free(&request.done);
        SYS_ARCH_INC(*wrong, (request.value != 2 * i) ? 1U : 0U);
    }
    sys_sem_signal(&ended);
}

static void semaphore_may_be_freed_as_soon_as_its_wait_returns(void **state)
{
    (void)state;
    static unsigned long wrong;
    assert_int_equal(sys_mbox_new(&mbox, 2), ERR_OK);
    start(serve, NULL);
    start(ask, &wrong);
    wait_for_ends();
    for (unsigned i = 0; i < THREADS; ++i) {
        sys_mbox_post(&mbox, NULL);
    }
    wait_for_ends();
    assert_int_equal(wrong, 0);
    sys_mbox_free(&mbox);
    assert_no_fault();
}

/* --- names of what is gone -------------------------------------------------------------------- */

static sys_sem_t stale;
static unsigned long stale_faults;

static void count_stale(const cistern_fault_t *fault)
{
    if (fault->object == &stale) {
        SYS_ARCH_INC(stale_faults, 1U);
    }
}

/* Its slot is the first that a new semaphore takes. */
static void signal_what_was_freed(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < ROUNDS / 10; ++i) {
        sys_sem_signal(&stale);
    }
    sys_sem_signal(&ended);
}

static void
name_of_a_semaphore_that_was_freed_is_refused_while_its_place_is_used_again(void **state)
{
    (void)state;
    stale_faults = 0;
    (void)cistern_fault_set_handler(count_stale);
    assert_int_equal(sys_sem_new(&stale, 0), ERR_OK);
    sys_sem_t name = stale;
    sys_sem_free(&name);
    start(signal_what_was_freed, NULL);
    for (unsigned i = 0; i < ROUNDS / 10; ++i) {
        sys_sem_t sem;
        assert_int_equal(sys_sem_new(&sem, 0), ERR_OK);
        if (i % 32U == 0) {
            assert_int_equal(sys_arch_sem_wait(&sem, 1), SYS_ARCH_TIMEOUT);
        }
        sys_sem_free(&sem);
    }
    wait_for_ends();
    assert_int_equal(stale_faults, THREADS * (ROUNDS / 10));
}

static int make_ended(void **state)
{
    (void)state;
    return (sys_sem_new(&ended, 0) == ERR_OK) ? 0 : -1;
}

/* --- the critical section ----------------------------------------------------------------------
 */

/* Both are guarded by the section. */
static bool hogging;
static unsigned long sections;

/* Leaves each section only to enter the next. */
static void hog_the_section(void *argument)
{
    (void)argument;
    bool on = true;
    while (on) {
        const sys_prot_t level = sys_arch_protect();
        on = hogging;
        sections = sections + 1;
        sys_arch_unprotect(level);
    }
    sys_sem_signal(&ended);
}

static void section_is_had_by_who_waits_while_others_enter_it_without_pause(void **state)
{
    (void)state;
    hogging = true;
    start(hog_the_section, NULL);
    for (unsigned i = 0; i < ROUNDS / 10; ++i) {
        const sys_prot_t level = sys_arch_protect();
        const unsigned long before = sections;
        sections = before + 1;
        assert_int_equal(sections, before + 1);
        hogging = i + 1 < ROUNDS / 10;
        sys_arch_unprotect(level);
    }
    wait_for_ends();
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(semaphore_keeps_its_one_unit_through_timeouts),
        test(mailbox_loses_nothing_to_fetches_that_time_out),
        test(objects_are_made_and_ended_by_several_threads_at_once),
        test(semaphore_may_be_freed_as_soon_as_its_wait_returns),
        test(name_of_a_semaphore_that_was_freed_is_refused_while_its_place_is_used_again),
        test(section_is_had_by_who_waits_while_others_enter_it_without_pause),
    };
    return cmocka_run_group_tests(tests, make_ended, NULL);
}
