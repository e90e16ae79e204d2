/* SPDX-License-Identifier: BSD-3-Clause */
/* suite_semaphore.c - semaphores and mutexes. */
#include "suite.h"

static sys_sem_t new_semaphore(u8_t count)
{
    sys_sem_t sem;
    require(sys_sem_new(&sem, count) == ERR_OK);
    return sem;
}

static bool has_unit(sys_sem_t *sem)
{
    return sys_arch_sem_wait(sem, 1) != SYS_ARCH_TIMEOUT;
}

/* --- counting and waiting --------------------------------------------------------------------- */

void semaphore_has_as_many_units_as_it_was_made_with(void)
{
    for (u8_t count = 0; count <= 3; ++count) {
        sys_sem_t sem = new_semaphore(count);
        for (u8_t i = 0; i < count; ++i) {
            require(has_unit(&sem));
        }
        require(!has_unit(&sem));
        sys_sem_free(&sem);
    }
    require(sys_sem_new(NULL, 0) == ERR_ARG);
}

void semaphore_keeps_signals_that_no_thread_waits_for(void)
{
    sys_sem_t sem = new_semaphore(0);
    sys_sem_signal(&sem);
    sys_sem_signal(&sem);
    require(has_unit(&sem));
    require(has_unit(&sem));
    require(!has_unit(&sem));
    sys_sem_free(&sem);
}

void semaphore_wait_times_out_after_its_timeout_and_not_before(void)
{
    sys_sem_t sem = new_semaphore(0);
    const u32_t start = sys_now();
    require(sys_arch_sem_wait(&sem, 60) == SYS_ARCH_TIMEOUT);
    require(sys_now() - start >= 60);
    sys_sem_free(&sem);
}

typedef struct delayed_signal {
    sys_sem_t *sem;
    u32_t ms;
} delayed_signal_t;

static void signal_later(void *argument)
{
    const delayed_signal_t *const delayed = argument;
    sys_msleep(delayed->ms);
    sys_sem_signal(delayed->sem);
}

void semaphore_wait_returns_the_milliseconds_it_waited(void)
{
    sys_sem_t sem = new_semaphore(0);
    delayed_signal_t delayed = {&sem, 100};
    task_t task;
    const u32_t start = sys_now();
    task_start(&task, signal_later, &delayed);
    const u32_t waited = sys_arch_sem_wait(&sem, 0);
    const u32_t passed = sys_now() - start;
    require(waited != SYS_ARCH_TIMEOUT);
    require(waited <= passed);
    require(waited + 1 >= 100 - (passed - waited));
    task_join(&task);
    sys_sem_free(&sem);
}

/* --- several waiters -------------------------------------------------------------------------- */

#define WAITERS 6

/* Who went on, in order. */
typedef struct arrivals {
    sys_sem_t sem;
    unsigned count;
    unsigned who[WAITERS];
} arrivals_t;

typedef struct waiter {
    arrivals_t *arrivals;
    unsigned number;
} waiter_t;

static void wait_and_arrive(void *argument)
{
    const waiter_t *const waiter = argument;
    arrivals_t *const arrivals = waiter->arrivals;
    (void)sys_sem_wait(&arrivals->sem);
    SYS_ARCH_LOCKED(arrivals->who[arrivals->count++] = waiter->number);
}

void semaphore_wakes_its_waiters_in_the_order_they_came(void)
{
    arrivals_t arrivals = {.sem = new_semaphore(0)};
    waiter_t waiters[WAITERS];
    task_t tasks[WAITERS];
    for (unsigned i = 0; i < WAITERS; ++i) {
        waiters[i] = (waiter_t){&arrivals, i};
        task_start_and_block(&tasks[i], wait_and_arrive, &waiters[i]);
    }
    for (unsigned i = 0; i < WAITERS; ++i) {
        sys_sem_signal(&arrivals.sem);
        task_join(&tasks[i]);
        require(arrivals.count == i + 1 && arrivals.who[i] == i);
    }
    sys_sem_free(&arrivals.sem);
}

typedef struct timed_wait {
    sys_sem_t *sem;
    u32_t result;
    u32_t end;
} timed_wait_t;

static void wait_100_ms(void *argument)
{
    timed_wait_t *const wait = argument;
    wait->result = sys_arch_sem_wait(wait->sem, 100);
    wait->end = sys_now();
}

/* Six others are woken, 80 ms apart, while one waits for 100 ms behind them. With a timeout that starts
 * again each time, its wait would end 100 ms after the last of them was woken, at the earliest. */
void semaphore_timeout_does_not_start_again_when_others_are_woken(void)
{
    arrivals_t arrivals = {.sem = new_semaphore(0)};
    waiter_t waiters[WAITERS];
    task_t tasks[WAITERS];
    for (unsigned i = 0; i < WAITERS; ++i) {
        waiters[i] = (waiter_t){&arrivals, i};
        task_start_and_block(&tasks[i], wait_and_arrive, &waiters[i]);
    }
    timed_wait_t timed = {.sem = &arrivals.sem};
    task_t last;
    u32_t last_signal = 0;
    task_start(&last, wait_100_ms, &timed);
    for (unsigned i = 0; i < WAITERS; ++i) {
        sys_msleep(80);
        last_signal = sys_now();
        sys_sem_signal(&arrivals.sem);
    }
    task_join(&last);
    require(timed.result == SYS_ARCH_TIMEOUT);
    require((s32_t)(timed.end - last_signal) < 100);
    for (unsigned i = 0; i < WAITERS; ++i) {
        task_join(&tasks[i]);
    }
    sys_sem_free(&arrivals.sem);
}

void semaphore_that_timed_out_takes_no_later_signal(void)
{
    sys_sem_t sem = new_semaphore(0);
    timed_wait_t timed = {.sem = &sem};
    task_t task;
    task_start(&task, wait_100_ms, &timed);
    task_join(&task);
    require(timed.result == SYS_ARCH_TIMEOUT);
    sys_sem_signal(&sem);
    require(has_unit(&sem));
    require(!has_unit(&sem));
    sys_sem_free(&sem);
}

static void signal_it(void *argument)
{
    sys_sem_signal(argument);
}

void semaphore_signalled_from_an_interrupt_wakes_its_waiter(void)
{
    arrivals_t arrivals = {.sem = new_semaphore(0)};
    waiter_t waiter = {&arrivals, 0};
    task_t task;
    task_start_and_block(&task, wait_and_arrive, &waiter);
    suite_from_interrupt(signal_it, &arrivals.sem);
    task_join(&task);
    require(!has_unit(&arrivals.sem));
    sys_sem_free(&arrivals.sem);
}

/* --- life ------------------------------------------------------------------------------------- */

void semaphore_with_a_waiter_is_not_freed(void)
{
    arrivals_t arrivals = {.sem = new_semaphore(0)};
    waiter_t waiter = {&arrivals, 0};
    task_t task;
    task_start_and_block(&task, wait_and_arrive, &waiter);
    sys_sem_free(&arrivals.sem);
    require(faults_taken() == 1);
    require(sys_sem_valid(&arrivals.sem));
    sys_sem_signal(&arrivals.sem);
    task_join(&task);
    sys_sem_free(&arrivals.sem);
    require(faults_taken() == 0);
}

void semaphore_that_was_freed_is_refused(void)
{
    sys_sem_t sem = new_semaphore(1);
    sys_sem_t old = sem;
    sys_sem_free(&sem);
    require(faults_taken() == 0);
    sys_sem_t next = new_semaphore(0);

    require(!sys_sem_valid(&old));
    sys_sem_signal(&old);
    require(faults_taken() == 1);
    require(sys_arch_sem_wait(&old, 0) == SYS_ARCH_TIMEOUT);
    require(faults_taken() == 1);
    sys_sem_free(&old);
    require(faults_taken() == 1);

    require(sys_sem_valid(&next) && !has_unit(&next));
    sys_sem_free(&next);
    require(faults_taken() == 0);
}

void semaphore_is_valid_from_new_to_set_invalid(void)
{
    sys_sem_t sem = new_semaphore(0);
    sys_sem_t same = sem;
    require(sys_sem_valid(&sem) && sys_sem_valid_val(sem));
    sys_sem_set_invalid(&sem);
    sys_sem_set_invalid(NULL);
    require(!sys_sem_valid(&sem) && !sys_sem_valid_val(sem));
    sys_sem_signal(&sem);
    require(faults_taken() == 1);
    require(sys_sem_valid(&same));
    sys_sem_free(&same);
    sys_sem_set_invalid_val(same);
    require(!sys_sem_valid(&same));
    sys_sem_t nothing = SYS_SEM_NULL;
    require(!sys_sem_valid(&nothing));
}

void semaphores_run_out_with_ERR_MEM_and_are_counted(void)
{
    static sys_sem_t all[SUITE_MOST_OBJECTS];
    const struct stats_syselem *const stats = &lwip_stats.sys.sem;
    const u32_t used = stat_of(&stats->used);
    const u32_t errors = stat_of(&stats->err);
    unsigned made = 0;
    err_t error = ERR_OK;
    while (made < SUITE_MOST_OBJECTS && (error = sys_sem_new(&all[made], 0)) == ERR_OK) {
        ++made;
    }
    require(made > 0 && made < SUITE_MOST_OBJECTS && error == ERR_MEM);
    require(!sys_sem_valid(&all[made]));
    require(stat_of(&stats->used) == used + made);
    require(stat_of(&stats->max) == used + made);
    require(stat_of(&stats->err) == errors + 1);
    for (unsigned i = 0; i < made; ++i) {
        sys_sem_free(&all[i]);
    }
    require(stat_of(&stats->used) == used);
    sys_sem_t again = new_semaphore(0);
    sys_sem_free(&again);
    require(faults_taken() == 0);
}

/* --- mutexes ---------------------------------------------------------------------------------- */

static sys_mutex_t new_mutex(void)
{
    sys_mutex_t mutex;
    require(sys_mutex_new(&mutex) == ERR_OK);
    return mutex;
}

typedef struct guarded {
    sys_mutex_t mutex;
    unsigned long sum;
    bool locked;
} guarded_t;

static void add_many(void *argument)
{
    guarded_t *const guarded = argument;
    for (unsigned i = 0; i < 2 * SUITE_ROUNDS; ++i) {
        sys_mutex_lock(&guarded->mutex);
        guarded->sum = guarded->sum + 1;
        sys_mutex_unlock(&guarded->mutex);
    }
}

void mutex_lets_one_thread_in_at_a_time(void)
{
    guarded_t guarded = {.mutex = new_mutex()};
    task_t tasks[4];
    for (unsigned i = 0; i < 4; ++i) {
        task_start(&tasks[i], add_many, &guarded);
    }
    for (unsigned i = 0; i < 4; ++i) {
        task_join(&tasks[i]);
    }
    require(guarded.sum == 4UL * 2 * SUITE_ROUNDS);
    sys_mutex_free(&guarded.mutex);
    require(faults_taken() == 0);
}

static void lock_once(void *argument)
{
    guarded_t *const guarded = argument;
    sys_mutex_lock(&guarded->mutex);
    guarded->locked = true;
    sys_mutex_unlock(&guarded->mutex);
}

void mutex_blocks_until_its_holder_unlocks(void)
{
    guarded_t guarded = {.mutex = new_mutex()};
    task_t task;
    sys_mutex_lock(&guarded.mutex);
    task_start_and_block(&task, lock_once, &guarded);
    require(!guarded.locked);
    sys_mutex_unlock(&guarded.mutex);
    task_join(&task);
    require(guarded.locked);
    sys_mutex_free(&guarded.mutex);
    require(faults_taken() == 0);
}

void mutex_is_valid_from_new_to_set_invalid(void)
{
    sys_mutex_t mutex = new_mutex();
    sys_mutex_t same = mutex;
    require(sys_mutex_valid(&mutex));
    sys_mutex_set_invalid(&mutex);
    sys_mutex_set_invalid(NULL);
    require(!sys_mutex_valid(&mutex));
    require(sys_mutex_valid(&same));
    sys_mutex_free(&same);
    require(faults_taken() == 0);
    require(!sys_mutex_valid(&same));
    sys_mutex_free(&same);
    require(faults_taken() == 1);
}

void mutexes_run_out_with_ERR_MEM_and_are_counted(void)
{
    static sys_mutex_t all[SUITE_MOST_OBJECTS];
    unsigned made = 0;
    err_t error = ERR_OK;
    while (made < SUITE_MOST_OBJECTS && (error = sys_mutex_new(&all[made])) == ERR_OK) {
        ++made;
    }
    require(made > 0 && made < SUITE_MOST_OBJECTS && error == ERR_MEM);
    require(!sys_mutex_valid(&all[made]));
#if !LWIP_COMPAT_MUTEX
    require(stat_of(&lwip_stats.sys.mutex.max) == stat_of(&lwip_stats.sys.mutex.used));
    require(stat_of(&lwip_stats.sys.mutex.err) >= 1);
#endif
    for (unsigned i = 0; i < made; ++i) {
        sys_mutex_free(&all[i]);
    }
    require(faults_taken() == 0);
}
