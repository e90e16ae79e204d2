/* SPDX-License-Identifier: BSD-3-Clause */
/* What the ports for hosts promise beyond the conformance suite: sections and mutexes of threads
 * that end, calls on no object, the core lock, a semaphore for each thread. */
#include "arch/core_lock.h" /* before the options, as in lwipopts.h */

#include "support.h"

#include "host.h"
#include "lwip/stats.h"
#include "lwip/sys.h"

/* --- sections --------------------------------------------------------------------------------- */

static void unmatched_leave_of_a_section_is_refused(void **state)
{
    (void)state;
    sys_arch_unprotect(0);
    assert_int_equal(faults.count, 1);
    const sys_prot_t outer = sys_arch_protect();
    (void)sys_arch_protect();
    sys_arch_unprotect(outer); /* skips the inner one, and leaves both */
    assert_int_equal(faults.count, 2);
    sys_arch_unprotect(outer);
    assert_int_equal(faults.count, 3);
}

static void end_inside_a_section(void *argument)
{
    (void)argument;
    (void)sys_arch_protect();
    (void)sys_arch_protect();
}

static void end_inside_one_section(void *argument)
{
    (void)argument;
    (void)sys_arch_protect();
}

static void thread_that_ends_inside_a_section_is_reported_and_releases_it(void **state)
{
    (void)state;
    host_run_in_thread(end_inside_a_section, NULL);
    assert_int_equal(faults.count, 1);
    sys_arch_unprotect(sys_arch_protect());
    host_run_in_thread(end_inside_one_section, NULL);
    assert_int_equal(faults.count, 2);
    sys_arch_unprotect(sys_arch_protect());
    assert_int_equal(faults.count, 2);
}

/* --- mutexes ---------------------------------------------------------------------------------- */

static void end_with_the_mutex(void *argument)
{
    sys_mutex_lock(argument);
}

static void mutex_of_a_thread_that_ended_is_reported_and_goes_to_the_next(void **state)
{
    (void)state;
    sys_mutex_t mutex;
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    host_run_in_thread(end_with_the_mutex, &mutex);
    sys_mutex_lock(&mutex);
    assert_int_equal(faults.count, 1);
    sys_mutex_unlock(&mutex);
    sys_mutex_free(&mutex);
    assert_int_equal(faults.count, 1);
}

static void lock_and_unlock(void *argument)
{
    sys_mutex_lock(argument);
    sys_mutex_unlock(argument);
}

/* The system may take the new thread for the one that ended: it has the same number there. */
static void mutex_of_a_thread_that_ended_is_not_a_new_threads(void **state)
{
    (void)state;
    sys_mutex_t mutex;
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    host_run_in_thread(end_with_the_mutex, &mutex);
    host_run_in_thread(lock_and_unlock, &mutex);
    assert_int_equal(faults.count, 1);
    assert_string_equal(faults.last.owner, "a thread that ended holding it");
    sys_mutex_free(&mutex);
    assert_int_equal(faults.count, 1);
}

static void unlock_it(void *argument)
{
    sys_mutex_unlock(argument);
}

static void mutex_is_unlocked_by_its_holder_only_and_locked_once(void **state)
{
    (void)state;
    sys_mutex_t mutex;
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    sys_mutex_unlock(&mutex);
    assert_int_equal(faults.count, 1);
    sys_mutex_lock(&mutex);
    sys_mutex_lock(&mutex);
    assert_int_equal(faults.count, 2);
    host_run_in_thread(unlock_it, &mutex);
    assert_int_equal(faults.count, 3);
    sys_mutex_free(&mutex);
    assert_int_equal(faults.count, 4);
    sys_mutex_unlock(&mutex);
    sys_mutex_free(&mutex);
    assert_int_equal(faults.count, 4);
}

/* --- no object, no function ------------------------------------------------------------------- */

static void no_object_at_all_is_refused(void **state)
{
    (void)state;
    void *msg = &msg;
    sys_sem_signal(NULL);
    assert_int_equal(sys_arch_sem_wait(NULL, 1), SYS_ARCH_TIMEOUT);
    sys_sem_free(NULL);
    assert_int_equal(faults.count, 3);
    sys_mutex_lock(NULL);
    sys_mutex_unlock(NULL);
    sys_mutex_free(NULL);
    assert_int_equal(faults.count, 6);
    sys_mbox_post(NULL, NULL);
    assert_int_equal(sys_mbox_trypost(NULL, NULL), ERR_ARG);
    assert_int_equal(sys_arch_mbox_fetch(NULL, &msg, 1), SYS_ARCH_TIMEOUT);
    assert_null(msg);
    sys_mbox_free(NULL);
    assert_int_equal(faults.count, 10);
    assert_false(sys_sem_valid(NULL) || sys_mutex_valid(NULL) || sys_mbox_valid(NULL));
    assert_int_equal(faults.count, 10);
}

static void thread_without_a_function_is_refused(void **state)
{
    (void)state;
    assert_true(sys_thread_new("none", NULL, NULL, 0, 0) == (sys_thread_t)0);
    assert_int_equal(faults.count, 1);
}

/* --- the core lock ---------------------------------------------------------------------------- */

static void check_without_lock(void *argument)
{
    (void)argument;
    sys_check_core_locking();
}

static void unlock_core(void *argument)
{
    (void)argument;
    sys_unlock_tcpip_core();
}

static void core_lock_is_checked_once_a_core_thread_is_marked(void **state)
{
    (void)state;
    sys_check_core_locking();
    assert_no_fault();
    sys_mark_tcpip_thread();
    sys_check_core_locking();
    assert_int_equal(faults.count, 1);
    sys_lock_tcpip_core();
    sys_check_core_locking();
    assert_int_equal(faults.count, 1);
    host_run_in_thread(check_without_lock, NULL);
    assert_int_equal(faults.count, 2);
    sys_lock_tcpip_core();
    assert_int_equal(faults.count, 3);
    host_run_in_thread(unlock_core, NULL);
    assert_int_equal(faults.count, 4);
    sys_unlock_tcpip_core();
    assert_int_equal(faults.count, 4);
    sys_unlock_tcpip_core();
    assert_int_equal(faults.count, 5);
}

/* --- a thread's semaphore, binary semaphores, random numbers ---------------------------------- */

static void own_semaphore(void *argument)
{
    sys_sem_t *const copy = argument;
    LWIP_NETCONN_THREAD_SEM_ALLOC();
    *copy = *LWIP_NETCONN_THREAD_SEM_GET();
}

static void each_thread_has_a_semaphore_of_its_own_until_it_ends(void **state)
{
    (void)state;
    const u32_t used = lwip_stats.sys.sem.used;
    sys_sem_t of_thread;
    sys_sem_t *const mine = LWIP_NETCONN_THREAD_SEM_GET();
    assert_non_null(mine);
    assert_ptr_equal(LWIP_NETCONN_THREAD_SEM_GET(), mine);
    host_run_in_thread(own_semaphore, &of_thread);
    assert_memory_not_equal(&of_thread, mine, sizeof of_thread);
    assert_false(sys_sem_valid(&of_thread));
    assert_true(sys_sem_valid(mine));
    LWIP_NETCONN_THREAD_SEM_FREE();
    assert_int_equal(lwip_stats.sys.sem.used, used);
    assert_no_fault();
}

static void binary_semaphore_holds_one_unit_at_most(void **state)
{
    (void)state;
    sys_sem_t sem;
    assert_int_equal(sys_sem_new_binary(&sem, 5), ERR_OK);
    sys_sem_signal(&sem);
    sys_sem_signal(&sem);
    assert_int_not_equal(sys_arch_sem_wait(&sem, 1), SYS_ARCH_TIMEOUT);
    assert_int_equal(sys_arch_sem_wait(&sem, 1), SYS_ARCH_TIMEOUT);
    sys_sem_signal(&sem);
    assert_int_not_equal(sys_arch_sem_wait(&sem, 1), SYS_ARCH_TIMEOUT);
    sys_sem_free(&sem);
}

static void random_numbers_differ(void **state)
{
    (void)state;
    const u32_t a = LWIP_RAND();
    const u32_t b = LWIP_RAND();
    const u32_t c = LWIP_RAND();
    assert_false(a == b && b == c);
}

/* A name that was set to none is of no slot: what was freed there before was another's. */
static void free_of_a_name_that_was_set_invalid_is_no_double_free(void **state)
{
    (void)state;
    sys_sem_t sem;
    sys_mutex_t mutex;
    sys_mbox_t mbox;
    assert_int_equal(sys_sem_new(&sem, 0), ERR_OK);
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    assert_int_equal(sys_mbox_new(&mbox, 1), ERR_OK);
    sys_sem_free(&sem);
    sys_mutex_free(&mutex);
    sys_mbox_free(&mbox);
    sys_sem_set_invalid(&sem);
    sys_mutex_set_invalid(&mutex);
    sys_mbox_set_invalid(&mbox);
    assert_no_fault();
    sys_sem_free(&sem);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_FOREIGN_FREE);
    sys_mutex_free(&mutex);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_FOREIGN_FREE);
    sys_mbox_free(&mbox);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_FOREIGN_FREE);
    assert_int_equal(faults.count, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(unmatched_leave_of_a_section_is_refused),
        test(thread_that_ends_inside_a_section_is_reported_and_releases_it),
        test(mutex_of_a_thread_that_ended_is_reported_and_goes_to_the_next),
        test(mutex_of_a_thread_that_ended_is_not_a_new_threads),
        test(mutex_is_unlocked_by_its_holder_only_and_locked_once),
        test(no_object_at_all_is_refused),
        test(free_of_a_name_that_was_set_invalid_is_no_double_free),
        test(thread_without_a_function_is_refused),
        test(core_lock_is_checked_once_a_core_thread_is_marked),
        test(each_thread_has_a_semaphore_of_its_own_until_it_ends),
        test(binary_semaphore_holds_one_unit_at_most),
        test(random_numbers_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
