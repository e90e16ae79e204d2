/* sys_host.c (posix) - what ports/common needs of the system: see sys_host.h. No state. */
#define _GNU_SOURCE 1
#include "sys_host.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#    include <linux/membarrier.h>
#    include <sys/syscall.h>
#endif

#include "lwip/arch.h"
#include "lwip/opt.h"

#ifndef CISTERN_POSIX_MUTEX_PROTOCOL
#    define CISTERN_POSIX_MUTEX_PROTOCOL PTHREAD_PRIO_INHERIT
#endif

#define NS_PER_S UINT64_C(1000000000)

/* --- time ------------------------------------------------------------------------------------- */

uint64_t host_nanoseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static struct timespec time_at(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / NS_PER_S), .tv_nsec = (long)(ns % NS_PER_S)};
}

/* The end is absolute, so that signals on the way do not make the wait longer. */
void host_sleep_until(uint64_t end)
{
    const struct timespec time = time_at(end);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR) {
    }
}

/* --- locks ------------------------------------------------------------------------------------ */

/* The kind that spins a little before it sleeps, where there is one. */
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
#    define LOCK_TYPE PTHREAD_MUTEX_ADAPTIVE_NP
#else
#    define LOCK_TYPE PTHREAD_MUTEX_DEFAULT
#endif

void host_lock_init(host_lock_t *lock)
{
    pthread_mutexattr_t attributes;
    (void)pthread_mutexattr_init(&attributes);
    (void)pthread_mutexattr_settype(&attributes, LOCK_TYPE);
    (void)pthread_mutex_init(lock, &attributes);
    (void)pthread_mutexattr_destroy(&attributes);
}

bool host_owned_init(host_owned_t *owned)
{
    pthread_mutexattr_t attributes;
    (void)pthread_mutexattr_init(&attributes);
    (void)pthread_mutexattr_setprotocol(&attributes, CISTERN_POSIX_MUTEX_PROTOCOL);
    (void)pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    const int error = pthread_mutex_init(owned, &attributes);
    (void)pthread_mutexattr_destroy(&attributes);
    return error == 0;
}

bool host_owned_lock(host_owned_t *owned)
{
    const bool abandoned = pthread_mutex_lock(owned) == EOWNERDEAD;
    if (abandoned) {
        (void)pthread_mutex_consistent(owned);
    }
    return abandoned;
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

bool host_wait(host_wake_t *wake, host_lock_t *lock, uint64_t deadline,
               void (*cancelled)(void *argument), void *argument)
{
    int error = 0;
    pthread_cleanup_push(cancelled, argument);
    if (deadline == HOST_FOREVER) {
        error = pthread_cond_wait(wake, lock);
    } else {
        const struct timespec time = time_at(deadline);
        error = pthread_cond_timedwait(wake, lock, &time);
    }
    pthread_cleanup_pop(0);
    return error == ETIMEDOUT;
}

/* --- threads ---------------------------------------------------------------------------------- */

void host_once(host_once_t *once, void (*function)(void))
{
    (void)pthread_once(once, function);
}

static void thread_ends(void *watch)
{
    ((const host_watch_t *)watch)->ended();
}

void host_watch_create(host_watch_t *watch, void (*ended)(void))
{
    watch->ended = ended;
    (void)pthread_key_create(&watch->key, thread_ends);
}

void host_watch_thread(host_watch_t *watch)
{
    (void)pthread_setspecific(watch->key, watch);
}

bool host_is_parallel(void)
{
    return sysconf(_SC_NPROCESSORS_ONLN) > 1;
}

/* --- the heavy fence -------------------------------------------------------------------------- */

#if defined __linux__ && defined SYS_membarrier

bool host_fence_available(void)
{
    return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

void host_fence_heavy(void)
{
    (void)syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

#else

bool host_fence_available(void)
{
    return false;
}

void host_fence_heavy(void) {}

#endif

/* --- random numbers --------------------------------------------------------------------------- */

uint32_t cistern_posix_random(void)
{
    uint32_t bits;
    if (getentropy(&bits, sizeof bits) != 0) {
        LWIP_PLATFORM_ASSERT("the system gives random numbers");
    }
    return bits;
}
