/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_host.c (posix) - what ports/common needs of the system: see sys_host.h. No state. */
#define _GNU_SOURCE 1
#include "sys_host.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#    include <sys/syscall.h>
#endif

#include "lwip/opt.h"

#include "lwip/arch.h"

#ifndef CISTERN_POSIX_MUTEX_PROTOCOL
#    define CISTERN_POSIX_MUTEX_PROTOCOL PTHREAD_PRIO_INHERIT
#endif

#define HOST_NS_PER_S UINT64_C(1000000000)

/* --- time ------------------------------------------------------------------------------------- */

uint64_t host_nanoseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * HOST_NS_PER_S + (uint64_t)now.tv_nsec;
}

static struct timespec host_time_at(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / HOST_NS_PER_S),
                             .tv_nsec = (long)(ns % HOST_NS_PER_S)};
}

/* The end is absolute, so that signals on the way do not make the wait longer. */
void host_sleep_until(uint64_t end)
{
    const struct timespec time = host_time_at(end);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {
    }
}

/* --- locks ------------------------------------------------------------------------------------ */

/* The kind that spins a little before it sleeps, where there is one. */
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
#    define HOST_LOCK_TYPE PTHREAD_MUTEX_ADAPTIVE_NP
#else
#    define HOST_LOCK_TYPE PTHREAD_MUTEX_DEFAULT
#endif

void host_lock_init(host_lock_t *lock)
{
    pthread_mutexattr_t attributes;
    (void)pthread_mutexattr_init(&attributes);
    (void)pthread_mutexattr_settype(&attributes, HOST_LOCK_TYPE);
    (void)pthread_mutex_init(lock, &attributes);
    (void)pthread_mutexattr_destroy(&attributes);
}

bool host_owned_init(host_owned_t *owned)
{
    pthread_mutexattr_t attributes;
    (void)pthread_mutexattr_init(&attributes);
    (void)pthread_mutexattr_setprotocol(&attributes, CISTERN_POSIX_MUTEX_PROTOCOL);
    const int error = pthread_mutex_init(owned, &attributes);
    (void)pthread_mutexattr_destroy(&attributes);
    return error == 0;
}

/* --- sleeping on a wake-up -------------------------------------------------------------------- */

void host_wake_init(host_wake_t *wake)
{
    pthread_condattr_t monotonic;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(wake, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
}

#ifndef HOST_PARKER

bool host_wait(host_wake_t *wake, host_lock_t *lock, uint64_t deadline,
               void (*cancelled)(void *argument), void *argument)
{
    int error = 0;
    pthread_cleanup_push(cancelled, argument);
    if (deadline == HOST_FOREVER) {
        error = pthread_cond_wait(wake, lock);
    } else {
        const struct timespec time = host_time_at(deadline);
        error = pthread_cond_timedwait(wake, lock, &time);
    }
    pthread_cleanup_pop(0);
    return error == ETIMEDOUT;
}

#else

void host_parker_init(host_parker_t *parker)
{
    (void)sem_init(parker, 0, 0);
}

void host_parker_end(host_parker_t *parker)
{
    (void)sem_destroy(parker);
}

void host_unpark(host_parker_t *parker)
{
    (void)sem_post(parker);
}

/* Waits until `time`, NULL for ever: 0, or what a wait that a signal did not end came to. It has no
 * variables in memory, as a thread that is cancelled never returns through here. */
static int host_park_until(host_parker_t *parker, const struct timespec *time)
{
    int result = 0;
    do {
        result = (time != NULL) ? sem_clockwait(parker, CLOCK_MONOTONIC, time) : sem_wait(parker);
    } while (result != 0 && errno == EINTR);
    return result;
}

bool host_park(host_parker_t *parker, uint64_t deadline, void (*cancelled)(void *argument),
               void *argument)
{
    const struct timespec time = host_time_at(deadline);
    int result = 0;
    pthread_cleanup_push(cancelled, argument);
    result = host_park_until(parker, (deadline != HOST_FOREVER) ? &time : NULL);
    pthread_cleanup_pop(0);
    return result == 0;
}

void host_park_uncancelled(host_parker_t *parker)
{
    int state;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    (void)host_park_until(parker, NULL);
    (void)pthread_setcancelstate(state, &state);
}

#endif

/* --- threads ---------------------------------------------------------------------------------- */

void host_once(host_once_t *once, void (*function)(void))
{
    (void)pthread_once(once, function);
}

static void host_thread_ends(void *watch)
{
    ((const host_watch_t *)watch)->ended();
}

void host_watch_create(host_watch_t *watch, void (*ended)(void))
{
    watch->ended = ended;
    (void)pthread_key_create(&watch->key, host_thread_ends);
}

void host_watch_thread(host_watch_t *watch)
{
    (void)pthread_setspecific(watch->key, watch);
}

/* --- processors ------------------------------------------------------------------------------- */

/* The system is asked again after this time, in units of 2^20 ns: the processors that a program may use
 * can change. */
#define HOST_PROCESSORS_VALID 10U

#ifdef __linux__
/* Those that this thread may run on, which is what a container or taskset leave of the machine. */
static bool host_ask_parallel(void)
{
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) != 0 || CPU_COUNT(&set) > 1;
}
#else
static bool host_ask_parallel(void)
{
    return sysconf(_SC_NPROCESSORS_ONLN) > 1;
}
#endif

bool host_is_parallel(void)
{
    static _Atomic uint32_t asked; /* not every processor has atomics of 64 bits */
    static atomic_bool parallel;
    const uint32_t now = (uint32_t)(host_nanoseconds() >> 20);
    if (now - atomic_load_explicit(&asked, memory_order_relaxed) > HOST_PROCESSORS_VALID) {
        atomic_store_explicit(&parallel, host_ask_parallel(), memory_order_relaxed);
        atomic_store_explicit(&asked, now, memory_order_relaxed);
    }
    return atomic_load_explicit(&parallel, memory_order_relaxed);
}

/* --- priorities ------------------------------------------------------------------------------- */

static atomic_bool host_has_priorities;

void host_expect_priorities(void)
{
    atomic_store_explicit(&host_has_priorities, true, memory_order_relaxed);
}

bool host_lends_priority(void)
{
    if (atomic_load_explicit(&host_has_priorities, memory_order_relaxed)) {
        return true;
    }
    const int policy = sched_getscheduler(0);
    const bool mine = policy == SCHED_FIFO || policy == SCHED_RR;
    if (mine) {
        host_expect_priorities();
    }
    return mine;
}

/* --- the heavy fence -------------------------------------------------------------------------- */

#if defined __linux__ && defined SYS_membarrier

/* Of linux/membarrier.h, which not every C library brings along. */
#    define HOST_MEMBARRIER          (1 << 3)
#    define HOST_MEMBARRIER_REGISTER (1 << 4)

bool host_fence_available(void)
{
    return syscall(SYS_membarrier, HOST_MEMBARRIER_REGISTER, 0, 0) == 0;
}

void host_fence_heavy(void)
{
    (void)syscall(SYS_membarrier, HOST_MEMBARRIER, 0, 0);
}

#else

bool host_fence_available(void)
{
    return false;
}

void host_fence_heavy(void) {}

#endif

/* --- messages --------------------------------------------------------------------------------- */

/* What interrupts the write, or is left of it, changes nothing: there is no place to report it. */
void host_write_error(const char *bytes, size_t length)
{
    const int before = errno;
    const ssize_t written = write(STDERR_FILENO, bytes, length);
    (void)written;
    errno = before;
}

/* --- random numbers --------------------------------------------------------------------------- */

uint32_t cistern_posix_random(void)
{
    uint32_t bits;
    if (getentropy(&bits, sizeof bits) != 0) {
        LWIP_PLATFORM_ASSERT("the system gives random numbers");
    }
    return bits;
}
