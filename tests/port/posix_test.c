/* SPDX-License-Identifier: BSD-3-Clause */
/* What the posix port promises beyond the other hosts': fork, threads that are cancelled, names,
 * stacks and priorities. */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

#include "arch/cistern_threads.h"
#include "cistern/pool.h"
#include "lwip/sys.h"

#define PATIENCE_MS 20000

/* --- threads of the tests -------------------------------------------------------------------- */

static pthread_t start(void *(*body)(void *argument), void *argument)
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, body, argument), 0);
    return thread;
}

static void join(pthread_t thread)
{
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static sys_sem_t new_semaphore(u8_t count)
{
    sys_sem_t sem;
    assert_int_equal(sys_sem_new(&sem, count), ERR_OK);
    return sem;
}

static void take(sys_sem_t *sem)
{
    assert_int_not_equal(sys_arch_sem_wait(sem, PATIENCE_MS), SYS_ARCH_TIMEOUT);
}

/* The letter of the state that the system gives a thread of this process, and its priority there.
 */
static char thread_state(int thread, long *priority)
{
    char path[64];
    char state = '?';
    (void)snprintf(path, sizeof path, "/proc/self/task/%d/stat", thread);
    FILE *const file = fopen(path, "r");
    if (file != NULL) {
        const int read = fscanf(
            file, "%*d (%*[^)]) %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %ld",
            &state, priority);
        state = (read == 2) ? state : '?';
        (void)fclose(file);
    }
    return state;
}

/* Returns when the thread has slept for a while. `thread` is written by it before it waits. */
static void await_sleep(atomic_int *thread)
{
    long priority;
    int quiet = 0;
    for (int i = 0; i < PATIENCE_MS && quiet < 5; ++i) {
        const int id = atomic_load(thread);
        quiet = (id != 0 && thread_state(id, &priority) == 'S') ? quiet + 1 : 0;
        sys_msleep(1);
    }
    assert_int_equal(quiet, 5);
}

/* --- faults ---------------------------------------------------------------------------------- */

/* What `provoke` prints on stderr with the port's own fault handler. */
static void stderr_of(void (*provoke)(void), char *text, size_t length)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    const int saved = dup(STDERR_FILENO);
    (void)dup2(ends[1], STDERR_FILENO);
    (void)cistern_fault_set_handler(NULL);
    provoke();
    (void)dup2(saved, STDERR_FILENO);
    (void)close(saved);
    (void)close(ends[1]);
    const ssize_t count = read(ends[0], text, length - 1);
    (void)close(ends[0]);
    text[(count > 0) ? count : 0] = '\0';
}

static void free_twice(void)
{
    sys_sem_t sem = new_semaphore(0);
    sys_sem_free(&sem);
    sys_sem_free(&sem);
}

static void fault_is_one_line_on_stderr(void **state)
{
    (void)state;
    char text[512];
    stderr_of(free_twice, text, sizeof text);
    assert_non_null(strstr(text, "double free"));
    assert_non_null(strstr(text, "semaphore"));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void failed_assertion_says_where_and_aborts(void **state)
{
    (void)state;
    int ends[2];
    char text[256] = "";
    int status = 0;
    assert_int_equal(pipe(ends), 0);
    const pid_t child = fork();
    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        (void)signal(SIGABRT, SIG_DFL);
        cistern_host_assert_failed("the message", "the_file.c", 4711);
        _exit(0);
    }
    (void)close(ends[1]);
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    (void)close(ends[0]);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_string_equal(text, "Assertion \"the message\" failed at line 4711 in the_file.c\n");
}

/* --- a pool of the tests ---------------------------------------------------------------------- */

static _Alignas(64) unsigned char pool_memory[CISTERN_POOL_BYTES(1, 16, 0)];
static _Alignas(64) unsigned char pool_work[CISTERN_POOL_CACHED_BYTES(1, 2)];
static cistern_pool_extras_t pool_extras;
static cistern_pool_t pool;
static void *only;

/* A pool of one block, which the test has. */
static void make_pool(cistern_pool_strategy_t strategy)
{
    const cistern_pool_config_t config = {
        .name = "pool", .count = 1, .size = 16, .memory = pool_memory, .extras = &pool_extras};
    pool_extras = (cistern_pool_extras_t){
        .strategy = strategy, .work = pool_work, .work_bytes = sizeof pool_work, .threads = 2};
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_OK);
    only = cistern_pool_get(&pool);
    assert_non_null(only);
}

typedef struct pool_waiter {
    atomic_int id;
    void *block;
} pool_waiter_t;

static void *wait_for_the_block(void *argument)
{
    pool_waiter_t *const waiter = argument;
    waiter->id = (int)gettid();
    (void)cistern_pool_get_wait(&pool, PATIENCE_MS, &waiter->block);
    return NULL;
}

/* --- fork ------------------------------------------------------------------------------------ */

/* The exit status of a child that runs `body`; a child that hangs is killed by its alarm. */
static int status_of_child(bool (*body)(void))
{
    int status = -1;
    const pid_t child = fork();
    if (child == 0) {
        (void)alarm(PATIENCE_MS / 1000);
        _exit(body() ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

typedef struct shared {
    atomic_bool stop;
    atomic_int sleeper;
    sys_sem_t sem;
    sys_mbox_t mbox;
    sys_mutex_t mutex;
} shared_t;

static shared_t shared;

/* Uses everything without pause, so that a fork meets each lock taken. */
static void *use_everything(void *argument)
{
    (void)argument;
    while (!shared.stop) {
        sys_arch_unprotect(sys_arch_protect());
        sys_sem_signal(&shared.sem);
        (void)sys_arch_sem_wait(&shared.sem, 0);
        (void)sys_mbox_trypost(&shared.mbox, &shared);
        (void)sys_arch_mbox_tryfetch(&shared.mbox, NULL);
        sys_mutex_lock(&shared.mutex);
        sys_mutex_unlock(&shared.mutex);
    }
    return NULL;
}

static bool child_uses_everything(void)
{
    sys_sem_t sem;
    sys_arch_unprotect(sys_arch_protect());
    sys_sem_signal(&shared.sem);
    const bool signalled = sys_arch_sem_wait(&shared.sem, 1000) != SYS_ARCH_TIMEOUT;
    while (sys_arch_mbox_tryfetch(&shared.mbox, NULL) == 0) {
    }
    const bool posted = sys_mbox_trypost(&shared.mbox, &shared) == ERR_OK &&
                        sys_arch_mbox_fetch(&shared.mbox, NULL, 1000) != SYS_ARCH_TIMEOUT;
    sys_mutex_lock(&shared.mutex);
    sys_mutex_unlock(&shared.mutex);
    const bool made = sys_sem_new(&sem, 0) == ERR_OK;
    sys_sem_free(&sem);
    return signalled && posted && made && faults.count == 0;
}

static void make_shared(void)
{
    shared.stop = false;
    shared.sleeper = 0;
    shared.sem = new_semaphore(0);
    assert_int_equal(sys_mbox_new(&shared.mbox, 4), ERR_OK);
    assert_int_equal(sys_mutex_new(&shared.mutex), ERR_OK);
}

static void end_shared(void)
{
    while (sys_arch_mbox_tryfetch(&shared.mbox, NULL) == 0) {
    }
    sys_sem_free(&shared.sem);
    sys_mbox_free(&shared.mbox);
    sys_mutex_free(&shared.mutex);
    assert_no_fault();
}

static void fork_amid_busy_threads_gives_a_child_that_works(void **state)
{
    (void)state;
    make_shared();
    const pthread_t a = start(use_everything, NULL);
    const pthread_t b = start(use_everything, NULL);
    for (unsigned i = 0; i < 40; ++i) {
        assert_int_equal(status_of_child(child_uses_everything), 0);
    }
    shared.stop = true;
    join(a);
    join(b);
    end_shared();
}

static void *fetch_once(void *argument)
{
    (void)argument;
    shared.sleeper = (int)gettid();
    (void)sys_arch_mbox_fetch(&shared.mbox, NULL, 0);
    return NULL;
}

/* The thread that waits exists in the parent only. */
static bool child_keeps_its_message(void)
{
    void *msg = NULL;
    sys_mbox_post(&shared.mbox, &shared);
    const bool fetched = sys_arch_mbox_tryfetch(&shared.mbox, &msg) == 0 && msg == &shared;
    sys_mbox_free(&shared.mbox);
    return fetched && faults.count == 0;
}

static void fork_leaves_waiting_threads_behind(void **state)
{
    (void)state;
    make_shared();
    const pthread_t thread = start(fetch_once, NULL);
    await_sleep(&shared.sleeper);
    assert_int_equal(status_of_child(child_keeps_its_message), 0);
    sys_mbox_post(&shared.mbox, NULL);
    join(thread);
    end_shared();
}

static bool child_unlocks_what_it_held(void)
{
    sys_arch_unprotect(0);
    sys_mutex_unlock(&shared.mutex);
    sys_mutex_lock(&shared.mutex);
    sys_mutex_unlock(&shared.mutex);
    sys_mutex_free(&shared.mutex);
    return faults.count == 0;
}

static void fork_inside_a_section_and_with_a_mutex_held_keeps_both(void **state)
{
    (void)state;
    make_shared();
    sys_mutex_lock(&shared.mutex);
    const sys_prot_t level = sys_arch_protect();
    const int status = status_of_child(child_unlocks_what_it_held);
    sys_arch_unprotect(level);
    sys_mutex_unlock(&shared.mutex);
    assert_int_equal(status, 0);
    end_shared();
}

static const cistern_pool_strategy_t shared_strategies[] = {
    CISTERN_POOL_CRITICAL, CISTERN_POOL_MUTEX, CISTERN_POOL_CACHED};
enum { SHARED_STRATEGIES = sizeof shared_strategies / sizeof shared_strategies[0] };

static atomic_bool inside; /* a thread, a pool */

static bool child_gets_what_it_puts(void)
{
    return !inside && cistern_pool_put(&pool, only) == CISTERN_OK &&
           cistern_pool_get(&pool) == only && faults.count == 0;
}

static void fork_leaves_threads_that_wait_for_a_block_behind(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SHARED_STRATEGIES; ++i) {
        pool_waiter_t waiter = {0, NULL};
        make_pool(shared_strategies[i]);
        const pthread_t thread = start(wait_for_the_block, &waiter);
        await_sleep(&waiter.id);
        assert_int_equal(status_of_child(child_gets_what_it_puts), 0);
        assert_int_equal(cistern_pool_put(&pool, only), CISTERN_OK);
        join(thread);
        assert_ptr_equal(waiter.block, only);
        assert_int_equal(cistern_pool_unregister(&pool), CISTERN_OK);
    }
    assert_no_fault();
}

static bool stay_inside(void *block, size_t index, void *argument)
{
    (void)block;
    (void)index;
    (void)argument;
    inside = true;
    sys_msleep(50);
    inside = false;
    return true;
}

/* Lives on until the semaphore is signalled. */
static void *look_at_the_pool(void *argument)
{
    (void)cistern_pool_walk(&pool, stay_inside, NULL);
    take(argument);
    return NULL;
}

/* The fork waits until the thread has left the pool. */
static void fork_while_a_thread_has_a_pool_gives_a_child_that_can_use_it(void **state)
{
    (void)state;
    sys_sem_t done = new_semaphore(0);
    for (unsigned i = 0; i < SHARED_STRATEGIES; ++i) {
        make_pool(shared_strategies[i]);
        inside = false;
        const pthread_t thread = start(look_at_the_pool, &done);
        while (!inside) {
            sys_msleep(1);
        }
        assert_int_equal(status_of_child(child_gets_what_it_puts), 0);
        sys_sem_signal(&done);
        join(thread);
        assert_int_equal(cistern_pool_unregister(&pool), CISTERN_OK);
    }
    sys_sem_free(&done);
    assert_no_fault();
}

/* A thread with a number of its own, which it keeps until the semaphore is signalled. */
typedef struct numbered {
    atomic_uint number;
    sys_sem_t done;
    pthread_t thread;
} numbered_t;

enum { NO_NUMBER = 1000 };

static void *take_a_number(void *argument)
{
    numbered_t *const numbered = argument;
    numbered->number = cistern_port_thread_slot();
    take(&numbered->done);
    return NULL;
}

static void start_numbered(numbered_t *numbered)
{
    numbered->number = NO_NUMBER;
    numbered->done = new_semaphore(0);
    numbered->thread = start(take_a_number, numbered);
    while (numbered->number == NO_NUMBER) {
        sys_msleep(1);
    }
}

static void end_numbered(numbered_t *numbered)
{
    sys_sem_signal(&numbered->done);
    join(numbered->thread);
    sys_sem_free(&numbered->done);
}

/* The runtime of ThreadSanitizer starts no thread in the child of a process with threads. */
#ifdef __SANITIZE_THREAD__
#    define CHILD_HAS_THREADS 0
#else
#    define CHILD_HAS_THREADS 1
#endif

static numbered_t numbered[2];

static bool has_the_number_of(const numbered_t *thread)
{
    return thread->number == numbered[0].number || thread->number == numbered[1].number;
}

static bool child_gives_their_numbers_again(void)
{
    static numbered_t own[2];
    if (!CHILD_HAS_THREADS) {
        return true;
    }
    start_numbered(&own[0]);
    start_numbered(&own[1]);
    return own[0].number != own[1].number && has_the_number_of(&own[0]) &&
           has_the_number_of(&own[1]);
}

static void fork_frees_the_numbers_of_the_threads_left_behind_in_the_child_alone(void **state)
{
    (void)state;
    numbered_t later;
    const uint32_t mine = cistern_port_thread_slot();
    start_numbered(&numbered[0]);
    start_numbered(&numbered[1]);
    assert_int_equal(status_of_child(child_gives_their_numbers_again), 0);
    start_numbered(&later);
    assert_false(has_the_number_of(&later));
    assert_int_not_equal(later.number, mine);
    end_numbered(&later);
    end_numbered(&numbered[1]);
    end_numbered(&numbered[0]);
    assert_no_fault();
}

/* --- the section ----------------------------------------------------------------------------- */

typedef struct entrant {
    atomic_int id;
    atomic_bool was_inside;
} entrant_t;

static void *enter_once(void *argument)
{
    entrant_t *const entrant = argument;
    entrant->id = (int)gettid();
    const sys_prot_t level = sys_arch_protect();
    entrant->was_inside = true;
    sys_arch_unprotect(level);
    return NULL;
}

/* Leaves the section and is back before a thread that sleeps can be woken. */
static void leave_and_return(void)
{
    sys_arch_unprotect(0);
    (void)sys_arch_protect();
}

static void who_was_woken_in_vain_has_the_section_next(void **state)
{
    (void)state;
    unsigned in_vain = 0;
    for (unsigned i = 0; i < 20; ++i) {
        entrant_t entrant = {0, false};
        (void)sys_arch_protect();
        const pthread_t thread = start(enter_once, &entrant);
        await_sleep(&entrant.id);
        leave_and_return();
        if (!entrant.was_inside) {
            await_sleep(&entrant.id);
            leave_and_return();
            assert_true(entrant.was_inside);
            ++in_vain;
        }
        sys_arch_unprotect(0);
        join(thread);
    }
    assert_no_fault();
    if (in_vain == 0) {
        skip(); /* no thread was, as on a processor that a tool shares out */
    }
}

/* --- threads that are cancelled -------------------------------------------------------------- */

typedef struct sleeper {
    sys_sem_t *sem;
    atomic_int id;
} sleeper_t;

static void *sleep_on(void *argument)
{
    sleeper_t *const sleeper = argument;
    sleeper->id = (int)gettid();
    (void)sys_arch_sem_wait(sleeper->sem, 0);
    return NULL;
}

static void cancelled_waiter_leaves_its_place_to_the_next(void **state)
{
    (void)state;
    sys_sem_t sem = new_semaphore(0);
    sleeper_t sleepers[2] = {{&sem, 0}, {&sem, 0}};
    const pthread_t first = start(sleep_on, &sleepers[0]);
    await_sleep(&sleepers[0].id);
    const pthread_t second = start(sleep_on, &sleepers[1]);
    await_sleep(&sleepers[1].id);
    assert_int_equal(pthread_cancel(first), 0);
    join(first);
    sys_sem_signal(&sem);
    join(second);
    sys_sem_free(&sem);
    assert_no_fault();
}

static void cancelled_waiter_of_a_pool_leaves_its_place_to_the_next(void **state)
{
    (void)state;
    for (unsigned i = 0; i < SHARED_STRATEGIES; ++i) {
        pool_waiter_t waiters[2] = {{0, NULL}, {0, NULL}};
        make_pool(shared_strategies[i]);
        const pthread_t first = start(wait_for_the_block, &waiters[0]);
        await_sleep(&waiters[0].id);
        const pthread_t second = start(wait_for_the_block, &waiters[1]);
        await_sleep(&waiters[1].id);
        assert_int_equal(pthread_cancel(first), 0);
        join(first);
        assert_int_equal(cistern_pool_put(&pool, only), CISTERN_OK);
        join(second);
        assert_ptr_equal(waiters[1].block, only);
        assert_int_equal(cistern_pool_put(&pool, only), CISTERN_OK);
        assert_true(cistern_pool_check(&pool));
        assert_int_equal(cistern_pool_unregister(&pool), CISTERN_OK);
    }
    assert_no_fault();
}

/* --- what a thread was asked to be ----------------------------------------------------------- */

typedef struct portrait {
    sys_sem_t done;
    char name[32];
    size_t stack;
    int policy;
    int priority;
} portrait_t;

static void look_at_oneself(void *argument)
{
    portrait_t *const portrait = argument;
    pthread_attr_t attributes;
    struct sched_param parameters;
    (void)pthread_getname_np(pthread_self(), portrait->name, sizeof portrait->name);
    (void)pthread_getattr_np(pthread_self(), &attributes);
    (void)pthread_attr_getstacksize(&attributes, &portrait->stack);
    (void)pthread_attr_destroy(&attributes);
    (void)pthread_getschedparam(pthread_self(), &portrait->policy, &parameters);
    portrait->priority = parameters.sched_priority;
    sys_sem_signal(&portrait->done);
}

static portrait_t portrait_of(const char *name, int stacksize, int prio)
{
    portrait_t portrait = {.done = new_semaphore(0)};
    (void)sys_thread_new(name, look_at_oneself, &portrait, stacksize, prio);
    take(&portrait.done);
    sys_sem_free(&portrait.done);
    return portrait;
}

static void thread_has_the_name_it_was_given(void **state)
{
    (void)state;
    assert_string_equal(portrait_of("tcpip_thread", 0, 0).name, "tcpip_thread");
    assert_string_equal(portrait_of("a name of more than 15", 0, 0).name, "a name of more ");
}

static void thread_has_the_stack_it_was_given(void **state)
{
    (void)state;
    const int more_than_the_system_gives = 48 * 1024 * 1024;
    assert_true(portrait_of("small", 1024, 0).stack >= (size_t)PTHREAD_STACK_MIN + 1024);
    assert_true(portrait_of("large", more_than_the_system_gives, 0).stack >=
                (size_t)more_than_the_system_gives);
}

static bool realtime_is_permitted(void)
{
    const struct sched_param parameters = {.sched_priority = 2};
    const struct sched_param normal = {.sched_priority = 0};
    const bool permitted = pthread_setschedparam(pthread_self(), SCHED_RR, &parameters) == 0;
    (void)pthread_setschedparam(pthread_self(), SCHED_OTHER, &normal);
    return permitted;
}

static void thread_has_the_priority_it_was_given_where_permitted(void **state)
{
    (void)state;
    const portrait_t normal = portrait_of("normal", 0, 0);
    const portrait_t of_lwip = portrait_of("lwip", 0, 1);
    const portrait_t low = portrait_of("low", 0, 2);
    const portrait_t high = portrait_of("high", 0, 6);
    assert_int_equal(normal.policy, SCHED_OTHER);
    assert_int_equal(of_lwip.policy, SCHED_OTHER);
    if (realtime_is_permitted()) {
        assert_int_equal(low.policy, SCHED_RR);
        assert_int_equal(high.priority, low.priority + 4);
    } else {
        assert_int_equal(high.policy, SCHED_OTHER);
    }
}

static void make_a_normal_thread(void *argument)
{
    *(portrait_t *)argument = portrait_of("normal", 0, 0);
    sys_sem_signal(&shared.sem);
}

static void thread_without_a_priority_is_normal_whoever_makes_it(void **state)
{
    (void)state;
    portrait_t made;
    if (!realtime_is_permitted()) {
        skip();
    }
    shared.sem = new_semaphore(0);
    (void)sys_thread_new("urgent", make_a_normal_thread, &made, 0, 5);
    take(&shared.sem);
    sys_sem_free(&shared.sem);
    assert_int_equal(made.policy, SCHED_OTHER);
    assert_int_equal(made.priority, 0);
}

/* --- mutexes --------------------------------------------------------------------------------- */

typedef struct inheritance {
    sys_mutex_t mutex;
    sys_sem_t release;
    sys_sem_t done;
    atomic_int low;
    atomic_int high;
} inheritance_t;

static void hold(void *argument)
{
    inheritance_t *const test = argument;
    sys_mutex_lock(&test->mutex);
    test->low = (int)gettid();
    (void)sys_arch_sem_wait(&test->release, 0);
    sys_mutex_unlock(&test->mutex);
    sys_sem_signal(&test->done);
}

static void want(void *argument)
{
    inheritance_t *const test = argument;
    test->high = (int)gettid();
    sys_mutex_lock(&test->mutex);
    sys_mutex_unlock(&test->mutex);
    sys_sem_signal(&test->done);
}

/* The system shows a real-time priority p as -1 - p. */
static void mutex_lends_its_holder_the_priority_of_who_waits(void **state)
{
    (void)state;
    static inheritance_t test;
    long priority = 0;
    if (!realtime_is_permitted()) {
        skip();
    }
    test.release = new_semaphore(0);
    test.done = new_semaphore(0);
    assert_int_equal(sys_mutex_new(&test.mutex), ERR_OK);
    (void)sys_thread_new("low", hold, &test, 0, 2);
    await_sleep(&test.low);
    (void)thread_state(test.low, &priority);
    assert_int_equal(priority, -3);
    (void)sys_thread_new("high", want, &test, 0, 7);
    await_sleep(&test.high);
    (void)thread_state(test.low, &priority);
    assert_int_equal(priority, -8);
    sys_sem_signal(&test.release);
    take(&test.done);
    take(&test.done);
    sys_mutex_free(&test.mutex);
    sys_sem_free(&test.release);
    sys_sem_free(&test.done);
    assert_no_fault();
}

/* --- sleep ----------------------------------------------------------------------------------- */

static void on_signal(int number)
{
    (void)number;
}

static void sleep_is_not_cut_short_by_signals(void **state)
{
    (void)state;
    const struct itimerval often = {{0, 3000}, {0, 3000}};
    const struct itimerval never = {{0, 0}, {0, 0}};
    const struct sigaction action = {.sa_handler = on_signal};
    struct sigaction before;
    (void)sigaction(SIGALRM, &action, &before);
    (void)setitimer(ITIMER_REAL, &often, NULL);
    const u32_t start_ms = sys_now();
    sys_msleep(50);
    const u32_t slept = sys_now() - start_ms;
    (void)setitimer(ITIMER_REAL, &never, NULL);
    (void)sigaction(SIGALRM, &before, NULL);
    assert_true(slept >= 49);
}

static void say_that_it_ran(void *argument)
{
    *(atomic_bool *)argument = true;
}

static void joinable_thread_is_joined_by_the_name_that_its_start_gave(void **state)
{
    (void)state;
    atomic_bool ran = false;
    const sys_thread_t thread = sys_thread_new_joinable("joined", say_that_it_ran, &ran, 0, 1);
    join(thread);
    assert_true(ran);
    assert_no_fault();
}

typedef struct signalled {
    atomic_int id;
    u32_t waited;
} signalled_t;

static void *wait_for_the_semaphore(void *argument)
{
    signalled_t *const thread = argument;
    thread->id = (int)gettid();
    thread->waited = sys_arch_sem_wait(&shared.sem, 0);
    return NULL;
}

static void wait_is_not_ended_by_signals(void **state)
{
    (void)state;
    const struct sigaction action = {.sa_handler = on_signal};
    struct sigaction before;
    signalled_t waiter = {0, SYS_ARCH_TIMEOUT};
    (void)sigaction(SIGUSR1, &action, &before);
    make_shared();
    const pthread_t thread = start(wait_for_the_semaphore, &waiter);
    for (int i = 0; i < 3; ++i) {
        await_sleep(&waiter.id);
        assert_int_equal(pthread_kill(thread, SIGUSR1), 0);
    }
    await_sleep(&waiter.id);
    sys_sem_signal(&shared.sem);
    join(thread);
    (void)sigaction(SIGUSR1, &before, NULL);
    assert_int_not_equal(waiter.waited, SYS_ARCH_TIMEOUT);
    end_shared();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(fault_is_one_line_on_stderr),
        test(failed_assertion_says_where_and_aborts),
        test(fork_amid_busy_threads_gives_a_child_that_works),
        test(fork_leaves_waiting_threads_behind),
        test(fork_inside_a_section_and_with_a_mutex_held_keeps_both),
        test(fork_leaves_threads_that_wait_for_a_block_behind),
        test(fork_while_a_thread_has_a_pool_gives_a_child_that_can_use_it),
        test(fork_frees_the_numbers_of_the_threads_left_behind_in_the_child_alone),
        test(who_was_woken_in_vain_has_the_section_next),
        test(cancelled_waiter_leaves_its_place_to_the_next),
        test(cancelled_waiter_of_a_pool_leaves_its_place_to_the_next),
        test(thread_has_the_name_it_was_given),
        test(thread_has_the_stack_it_was_given),
        test(thread_has_the_priority_it_was_given_where_permitted),
        test(thread_without_a_priority_is_normal_whoever_makes_it),
        test(mutex_lends_its_holder_the_priority_of_who_waits),
        test(sleep_is_not_cut_short_by_signals),
        test(wait_is_not_ended_by_signals),
        test(joinable_thread_is_joined_by_the_name_that_its_start_gave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
