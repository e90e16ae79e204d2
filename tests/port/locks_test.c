/* SPDX-License-Identifier: BSD-3-Clause */
/* locks_test.c - what the posix port's objects are built on: the quick lock, the gate, the heavy fence,
 * threads, and what the system says of processors and priorities. The linker sends each wake-up, each
 * heavy fence, each new thread and each look at the clock through here. */
#define _GNU_SOURCE 1
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

#include "cistern/pool.h"
#include "lwip/sys.h"
#include "quick_lock.h"
#include "sys_host.h"
#include "sys_object.h"

void __real_host_unpark(host_parker_t *parker);
void __wrap_host_unpark(host_parker_t *parker);
void __real_host_parker_init(host_parker_t *parker);
void __wrap_host_parker_init(host_parker_t *parker);
uint64_t __real_host_nanoseconds(void);
uint64_t __wrap_host_nanoseconds(void);
void __real_host_fence_heavy(void);
void __wrap_host_fence_heavy(void);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*body)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*body)(void *), void *argument);

static sys_sem_t sem;
static atomic_uint unparks;
static atomic_bool unpark_is_slow;
static atomic_bool unpark_began;
static atomic_bool unpark_ended;
static atomic_bool waiter_left;
static atomic_bool left_without_the_lock;

/* Who was woken cannot leave the semaphore before it has its lock. */
static void unpark_with_the_lock_held(host_parker_t *parker)
{
    object_t *const object = object_lock(&sys_object_semaphores, sys_sem_name(&sem), 0);
    __real_host_unpark(parker);
    sys_msleep(20);
    atomic_store(&left_without_the_lock, atomic_load(&waiter_left));
    object_unlock(object);
}

void __wrap_host_unpark(host_parker_t *parker)
{
    atomic_fetch_add(&unparks, 1U);
    if (atomic_load(&unpark_is_slow)) {
        atomic_store(&unpark_began, true);
        sys_msleep(100);
        atomic_store(&unpark_ended, true);
        unpark_with_the_lock_held(parker);
    } else {
        __real_host_unpark(parker);
    }
}

static atomic_bool parker_is_slow;
static atomic_bool parker_began;

void __wrap_host_parker_init(host_parker_t *parker)
{
    __real_host_parker_init(parker);
    atomic_store(&parker_began, true);
    while (atomic_load(&parker_is_slow)) {
        (void)sched_yield();
    }
}

static _Thread_local bool clock_stands;

uint64_t __wrap_host_nanoseconds(void)
{
    return clock_stands ? 0 : __real_host_nanoseconds();
}

static atomic_uint fences;

void __wrap_host_fence_heavy(void)
{
    atomic_fetch_add(&fences, 1U);
    __real_host_fence_heavy();
}

static bool no_thread_is_left;

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*body)(void *), void *argument)
{
    return no_thread_is_left ? EAGAIN : __real_pthread_create(thread, attributes, body, argument);
}

/* --- the quick lock --------------------------------------------------------------------------- */

static quick_lock_t lock;

static void assert_unlock_sees_waiters(void)
{
    for (unsigned waiting = 0; waiting < 4; ++waiting) {
        quick_lock(&lock);
        atomic_store(&lock.waiting, waiting);
        assert_int_equal(quick_lock_free(&lock), waiting > 0);
        assert_true(quick_lock_try(&lock));
        atomic_store(&lock.waiting, 0U);
        quick_unlock(&lock);
    }
}

/* A waiter that came after the first look of who unlocks is seen by the second, with a heavy fence and
 * without. */
static void unlock_sees_any_number_of_waiters(void **state)
{
    (void)state;
    quick_lock_init(&lock);
    const bool has_fence = quick_lock_has_fence;
    assert_unlock_sees_waiters();
    quick_lock_has_fence = !has_fence;
    assert_unlock_sees_waiters();
    quick_lock_has_fence = has_fence;
}

static void *lock_once(void *argument)
{
    (void)argument;
    quick_lock(&lock);
    quick_unlock(&lock);
    return NULL;
}

static void await_a_waiter(void)
{
    while (atomic_load(&lock.waiting) == 0) {
        (void)sched_yield();
    }
}

/* Who unlocks has no fence of its own. */
static void waiter_has_a_heavy_fence_between_its_count_and_its_look(void **state)
{
    (void)state;
    pthread_t other;
    quick_lock_init(&lock);
    quick_lock_wake(&lock); /* in vain: it leaves the queue free */
    quick_lock(&lock);
    atomic_store(&fences, 0U);
    assert_int_equal(pthread_create(&other, NULL, lock_once, NULL), 0);
    await_a_waiter();
    quick_unlock(&lock);
    (void)pthread_join(other, NULL);
    assert_int_equal(atomic_load(&fences), quick_lock_has_fence ? 1 : 0);
}

/* In the child: the lock is held, and another thread comes to want it. */
static void hand_the_lock_over(void)
{
    pthread_t other;
    (void)alarm(20);
    quick_lock_in_child(&lock);
    if (pthread_create(&other, NULL, lock_once, NULL) != 0) {
        _exit(1);
    }
    await_a_waiter();
    quick_unlock(&lock);
    (void)pthread_join(other, NULL);
    _exit(0);
}

static void lock_that_was_held_at_a_fork_can_be_waited_for_in_the_child(void **state)
{
    (void)state;
    int status = -1;
    quick_lock_init(&lock);
    quick_lock(&lock);
    quick_lock_before_fork(&lock);
    const pid_t child = fork();
    if (child == 0) {
        hand_the_lock_over();
    }
    quick_lock_after_fork(&lock);
    quick_unlock(&lock);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* --- the gate --------------------------------------------------------------------------------- */

static atomic_bool left_too_early;
static atomic_bool granted;

static void *wait_a_little(void *argument)
{
    (void)argument;
    const u32_t waited = sys_arch_sem_wait(&sem, 40);
    atomic_store(&waiter_left, true);
    if (atomic_load(&unpark_began) && !atomic_load(&unpark_ended)) {
        atomic_store(&left_too_early, true);
    }
    atomic_store(&granted, waited != SYS_ARCH_TIMEOUT);
    return NULL;
}

/* The wake-up is still to come when its time is over: it touches the parker, which is on the waiter's
 * stack. Where the unit came after the time, or before the waiter slept, the round is made again. */
static void waiter_that_has_its_unit_leaves_after_its_wake_up(void **state)
{
    (void)state;
    assert_int_equal(sys_sem_new(&sem, 0), ERR_OK);
    for (unsigned round = 0; round < 50 && !atomic_load(&unpark_ended); ++round) {
        pthread_t waiter;
        atomic_store(&unpark_is_slow, true);
        atomic_store(&waiter_left, false);
        assert_int_equal(pthread_create(&waiter, NULL, wait_a_little, NULL), 0);
        sys_msleep(10);
        sys_sem_signal(&sem);
        (void)pthread_join(waiter, NULL);
        atomic_store(&unpark_is_slow, false);
        if (!atomic_load(&granted)) {
            assert_int_not_equal(sys_arch_sem_wait(&sem, 1000), SYS_ARCH_TIMEOUT);
        }
    }
    assert_true(atomic_load(&unpark_ended));
    assert_false(atomic_load(&left_too_early));
    assert_false(atomic_load(&left_without_the_lock));
    assert_true(atomic_load(&granted));
    sys_sem_free(&sem);
}

/* --- the mutex -------------------------------------------------------------------------------- */

static sys_mutex_t mutex;
static atomic_bool locked;

static void *lock_the_mutex_once(void *argument)
{
    (void)argument;
    sys_mutex_lock(&mutex);
    atomic_store(&locked, true);
    sys_mutex_unlock(&mutex);
    return NULL;
}

/* It gave up spinning, and who unlocks saw no waiter: only itself can find the mutex free. Then it is no
 * waiter, whom a later unlock would wake. */
static void mutex_that_was_unlocked_before_a_waiter_queued_is_its_own(void **state)
{
    (void)state;
    pthread_t waiter;
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    sys_mutex_lock(&mutex);
    atomic_store(&parker_is_slow, true);
    atomic_store(&parker_began, false);
    atomic_store(&unparks, 0U);
    assert_int_equal(pthread_create(&waiter, NULL, lock_the_mutex_once, NULL), 0);
    while (!atomic_load(&parker_began)) {
        sys_msleep(1);
    }
    sys_mutex_unlock(&mutex);
    atomic_store(&parker_is_slow, false);
    for (unsigned ms = 0; ms < 5000 && !atomic_load(&locked); ++ms) {
        sys_msleep(1);
    }
    assert_true(atomic_load(&locked));
    (void)pthread_join(waiter, NULL);
    assert_int_equal(atomic_load(&unparks), 0);
    assert_int_equal(sys_host_waiting(), 0);
    sys_mutex_lock(&mutex);
    sys_mutex_unlock(&mutex);
    sys_mutex_free(&mutex);
    assert_no_fault();
}

/* --- threads --------------------------------------------------------------------------------- */

static atomic_uint turns;

static void *lock_the_mutex_without_starving(void *argument)
{
    (void)argument;
    clock_stands = true;
    sys_mutex_lock(&mutex);
    atomic_fetch_add(&turns, 1U);
    sys_mutex_unlock(&mutex);
    return NULL;
}

/* Its wake-up is the only one: if it queued again behind the other, both would sleep beside a free mutex. */
static void woken_waiter_tries_before_it_queues_behind_another(void **state)
{
    (void)state;
    pthread_t waiter[2];
    assert_int_equal(sys_mutex_new(&mutex), ERR_OK);
    sys_mutex_lock(&mutex);
    atomic_store(&turns, 0U);
    for (size_t i = 0; i < 2; ++i) {
        assert_int_equal(pthread_create(&waiter[i], NULL, lock_the_mutex_without_starving, NULL),
                         0);
    }
    while (sys_host_waiting() < 2) {
        sys_msleep(1);
    }
    sys_msleep(20); /* they have counted themselves, and go to sleep */
    sys_mutex_unlock(&mutex);
    for (unsigned ms = 0; ms < 5000 && atomic_load(&turns) < 2; ++ms) {
        sys_msleep(1);
    }
    assert_int_equal(atomic_load(&turns), 2);
    for (size_t i = 0; i < 2; ++i) {
        (void)pthread_join(waiter[i], NULL);
    }
    sys_mutex_free(&mutex);
    assert_no_fault();
}

static void do_nothing(void *argument)
{
    (void)argument;
}

static unsigned refused;

/* What the fault points to lives until here. */
static void count_refusal(const cistern_fault_t *fault)
{
    refused +=
        (fault->kind == CISTERN_FAULT_ARGUMENT && strcmp(fault->name, "none") == 0) ? 1U : 0U;
}

static void thread_that_the_system_does_not_give_is_a_fault(void **state)
{
    (void)state;
    (void)cistern_fault_set_handler(count_refusal);
    no_thread_is_left = true;
    const sys_thread_t made = sys_thread_new("none", do_nothing, NULL, 0, 1);
    no_thread_is_left = false;
    assert_int_equal(made, (sys_thread_t)0);
    assert_int_equal(refused, 1);
}

/* --- a fork while another thread is inside a pool, the only one of its kind --------------------- */

static cistern_pool_t pool;
static sys_sem_t done;
static atomic_bool inside;

static bool stay_inside(void *block, size_t index, void *argument)
{
    (void)block;
    (void)index;
    (void)argument;
    atomic_store(&inside, true);
    sys_msleep(50);
    return true;
}

static void *walk_slowly(void *argument)
{
    (void)argument;
    (void)cistern_pool_walk(&pool, stay_inside, NULL);
    (void)sys_arch_sem_wait(&done, 0);
    return NULL;
}

/* True if a pool that another thread has stopped serves a child that is forked meanwhile. */
static bool pool_serves_a_child(cistern_pool_strategy_t strategy)
{
    static _Alignas(64) unsigned char memory[CISTERN_POOL_BYTES(4, 32, 8)];
    static _Alignas(64) unsigned char work[CISTERN_POOL_CACHED_BYTES(4, 2)];
    static cistern_pool_extras_t extras;
    const cistern_pool_config_t config = {.name = "forked",
                                          .count = 4,
                                          .size = 32,
                                          .alignment = 8,
                                          .memory = memory,
                                          .bytes = sizeof memory,
                                          .extras = &extras};
    pthread_t other;
    int status = -1;
    extras = (cistern_pool_extras_t){
        .strategy = strategy, .work = work, .work_bytes = sizeof work, .threads = 2};
    atomic_store(&inside, false);
    if (cistern_pool_init(&pool, &config) != CISTERN_OK || sys_sem_new(&done, 0) != ERR_OK ||
        cistern_pool_get(&pool) == NULL || pthread_create(&other, NULL, walk_slowly, NULL) != 0) {
        return false;
    }
    while (!atomic_load(&inside)) {
        sys_msleep(1);
    }
    const pid_t child = fork();
    if (child == 0) {
        cistern_pool_stats_t stats;
        (void)alarm(20);
        cistern_pool_stats(&pool, &stats);
        _exit((stats.free == 3) ? 0 : 1);
    }
    (void)waitpid(child, &status, 0);
    sys_sem_signal(&done);
    (void)pthread_join(other, NULL);
    sys_sem_free(&done);
    return cistern_pool_unregister(&pool) == CISTERN_OK && status == 0;
}

/* In a process of its own, so that the pool is the first that asks for it. */
static void assert_pool_serves_a_child(cistern_pool_strategy_t strategy)
{
    int status = -1;
    const pid_t process = fork();
    if (process == 0) {
        _exit(pool_serves_a_child(strategy) ? 0 : 1);
    }
    assert_int_equal(waitpid(process, &status, 0), process);
    assert_int_equal(status, 0);
}

static void pool_that_a_thread_stopped_at_a_fork_serves_the_child(void **state)
{
    (void)state;
    assert_pool_serves_a_child(&cistern_pool_cached);
    assert_pool_serves_a_child(&cistern_pool_mutex);
}

/* --- the system ------------------------------------------------------------------------------- */

static void heavy_fence_is_a_call_that_the_system_takes(void **state)
{
    (void)state;
    if (!host_fence_available()) {
        skip();
    }
    errno = 0;
    host_fence_heavy();
    assert_int_equal(errno, 0);
}

static void process_that_may_use_one_processor_is_not_parallel(void **state)
{
    (void)state;
    cpu_set_t before;
    cpu_set_t one;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    sys_msleep(50);
    assert_false(host_is_parallel());
    sys_mbox_t empty;
    assert_int_equal(sys_mbox_new(&empty, 1), ERR_OK);
    assert_int_equal(sys_arch_mbox_fetch(&empty, NULL, 10), SYS_ARCH_TIMEOUT);
    sys_mbox_free(&empty);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
    sys_msleep(50);
    assert_int_equal(host_is_parallel(), CPU_COUNT(&before) > 1);
}

/* Last: it is so for good. */
static void thread_with_a_priority_of_its_own_has_mutexes_lend_theirs(void **state)
{
    (void)state;
    const struct sched_param least = {.sched_priority = sched_get_priority_min(SCHED_RR)};
    const struct sched_param none = {.sched_priority = 0};
    assert_false(host_lends_priority());
    if (sched_setscheduler(0, SCHED_RR, &least) != 0) {
        skip();
    }
    assert_true(host_lends_priority());
    assert_int_equal(sched_setscheduler(0, SCHED_OTHER, &none), 0);
    assert_true(host_lends_priority());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(unlock_sees_any_number_of_waiters),
        test(waiter_has_a_heavy_fence_between_its_count_and_its_look),
        test(lock_that_was_held_at_a_fork_can_be_waited_for_in_the_child),
        test(waiter_that_has_its_unit_leaves_after_its_wake_up),
        test(mutex_that_was_unlocked_before_a_waiter_queued_is_its_own),
        test(woken_waiter_tries_before_it_queues_behind_another),
        test(thread_that_the_system_does_not_give_is_a_fault),
        test(pool_that_a_thread_stopped_at_a_fork_serves_the_child),
        test(heavy_fence_is_a_call_that_the_system_takes),
        test(process_that_may_use_one_processor_is_not_parallel),
        test(thread_with_a_priority_of_its_own_has_mutexes_lend_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
