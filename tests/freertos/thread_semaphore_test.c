/* SPDX-License-Identifier: BSD-3-Clause */
/* The semaphore that netconn gets for each thread (LWIP_NETCONN_SEM_PER_THREAD), on ports/freertos: its
 * place is one of CISTERN_FREERTOS_THREADS + 1, its object one of CISTERN_FREERTOS_SEMAPHORES. */
#include "support.h"

#include "host.h"
#include "lwip/stats.h"
#include "lwip/sys.h"

enum { PLACES = CISTERN_FREERTOS_THREADS + 1 };

static void get_and_free(void *got)
{
    *(sys_sem_t **)got = LWIP_NETCONN_THREAD_SEM_GET();
    LWIP_NETCONN_THREAD_SEM_FREE();
}

/* What another thread gets, which gives it back. */
static sys_sem_t *get_in_a_thread(void)
{
    sys_sem_t *got = NULL;
    host_run_in_thread(get_and_free, &got);
    return got;
}

static int semaphores_in_use(void)
{
    return (int)lwip_stats.sys.sem.used;
}

/* A thread that keeps its semaphore until it may end. */
typedef struct keeper {
    sys_sem_t *own;
    sys_sem_t has_it;
    sys_sem_t may_end;
    sys_sem_t has_ended;
} keeper_t;

static void keep(void *argument)
{
    keeper_t *const keeper = argument;
    keeper->own = LWIP_NETCONN_THREAD_SEM_GET();
    sys_sem_signal(&keeper->has_it);
    (void)sys_arch_sem_wait(&keeper->may_end, 0);
    LWIP_NETCONN_THREAD_SEM_FREE();
    sys_sem_signal(&keeper->has_ended);
}

static void keeper_start(keeper_t *keeper)
{
    assert_int_equal(sys_sem_new(&keeper->has_it, 0), ERR_OK);
    assert_int_equal(sys_sem_new(&keeper->may_end, 0), ERR_OK);
    assert_int_equal(sys_sem_new(&keeper->has_ended, 0), ERR_OK);
    assert_non_null(sys_thread_new("keeper", keep, keeper, 0, 1));
    (void)sys_arch_sem_wait(&keeper->has_it, 0);
}

/* A semaphore that is freed while the keeper's signal is on its way out is given back by the keeper. */
static void keeper_end(keeper_t *keeper)
{
    const int left = semaphores_in_use() - 4;
    sys_sem_signal(&keeper->may_end);
    (void)sys_arch_sem_wait(&keeper->has_ended, 0);
    sys_sem_free(&keeper->has_it);
    sys_sem_free(&keeper->may_end);
    sys_sem_free(&keeper->has_ended);
    for (int i = 0; i < 1000 && semaphores_in_use() != left; ++i) {
        sys_msleep(1);
    }
    assert_int_equal(semaphores_in_use(), left);
}

static void every_get_of_a_thread_returns_its_one_semaphore(void **state)
{
    (void)state;
    const int before = semaphores_in_use();
    LWIP_NETCONN_THREAD_SEM_ALLOC();
    assert_int_equal(semaphores_in_use(), before + 1);
    sys_sem_t *const own = LWIP_NETCONN_THREAD_SEM_GET();
    assert_ptr_equal(LWIP_NETCONN_THREAD_SEM_GET(), own);
    LWIP_NETCONN_THREAD_SEM_ALLOC();
    assert_int_equal(semaphores_in_use(), before + 1);
    LWIP_NETCONN_THREAD_SEM_FREE();
    LWIP_NETCONN_THREAD_SEM_FREE(); /* of none */
    assert_int_equal(semaphores_in_use(), before);
    assert_no_fault();
}

static void the_semaphore_starts_empty_and_is_signalled_by_other_threads(void **state)
{
    (void)state;
    keeper_t keeper;
    keeper_start(&keeper);
    assert_int_equal(sys_arch_sem_wait(keeper.own, 1), SYS_ARCH_TIMEOUT);
    sys_sem_signal(keeper.own);
    assert_int_not_equal(sys_arch_sem_wait(keeper.own, 1000), SYS_ARCH_TIMEOUT);
    keeper_end(&keeper);
    assert_no_fault();
}

static void threads_have_different_semaphores_and_one_thread_more_gets_none(void **state)
{
    (void)state;
    const int before = semaphores_in_use();
    keeper_t keeper[PLACES - 1];
    sys_sem_t *const own = LWIP_NETCONN_THREAD_SEM_GET();
    assert_non_null(own);
    for (int i = 0; i < PLACES - 1; ++i) {
        keeper_start(&keeper[i]);
        assert_non_null(keeper[i].own);
        assert_ptr_not_equal(keeper[i].own, own);
    }
    assert_ptr_not_equal(keeper[0].own, keeper[1].own);
    assert_null(get_in_a_thread());
    LWIP_NETCONN_THREAD_SEM_FREE();
    assert_non_null(get_in_a_thread());
    for (int i = 0; i < PLACES - 1; ++i) {
        keeper_end(&keeper[i]);
    }
    assert_int_equal(semaphores_in_use(), before);
    assert_no_fault();
}

static void threads_that_end_leave_their_places_to_others(void **state)
{
    (void)state;
    const int before = semaphores_in_use();
    for (int i = 0; i < 3 * PLACES; ++i) {
        assert_non_null(get_in_a_thread());
    }
    assert_int_equal(semaphores_in_use(), before);
    assert_no_fault();
}

static void a_get_without_a_free_object_returns_none_and_keeps_no_place(void **state)
{
    (void)state;
    sys_sem_t other[CISTERN_FREERTOS_SEMAPHORES];
    const int before = semaphores_in_use();
    for (int i = before; i < CISTERN_FREERTOS_SEMAPHORES; ++i) {
        assert_int_equal(sys_sem_new(&other[i], 0), ERR_OK);
    }
    for (int i = 0; i < 2 * PLACES; ++i) {
        assert_null(get_in_a_thread());
        assert_null(LWIP_NETCONN_THREAD_SEM_GET());
    }
    for (int i = before; i < CISTERN_FREERTOS_SEMAPHORES; ++i) {
        sys_sem_free(&other[i]);
    }
    assert_non_null(get_in_a_thread());
    assert_non_null(LWIP_NETCONN_THREAD_SEM_GET());
    LWIP_NETCONN_THREAD_SEM_FREE();
    assert_int_equal(semaphores_in_use(), before);
    assert_no_fault();
}

static void the_name_of_a_freed_semaphore_is_refused(void **state)
{
    (void)state;
    sys_sem_t stale = *LWIP_NETCONN_THREAD_SEM_GET();
    LWIP_NETCONN_THREAD_SEM_FREE();
    const sys_sem_t *const next = LWIP_NETCONN_THREAD_SEM_GET();
    assert_non_null(next);
    sys_sem_signal(&stale);
    assert_int_equal(faults.count, 1);
    faults = (faults_t){0};
    assert_int_equal(sys_arch_sem_wait(LWIP_NETCONN_THREAD_SEM_GET(), 1), SYS_ARCH_TIMEOUT);
    LWIP_NETCONN_THREAD_SEM_FREE();
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(every_get_of_a_thread_returns_its_one_semaphore),
        test(the_semaphore_starts_empty_and_is_signalled_by_other_threads),
        test(threads_have_different_semaphores_and_one_thread_more_gets_none),
        test(threads_that_end_leave_their_places_to_others),
        test(a_get_without_a_free_object_returns_none_and_keeps_no_place),
        test(the_name_of_a_freed_semaphore_is_refused),
    };
    sys_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
