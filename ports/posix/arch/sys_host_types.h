/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_host_types.h (posix) - the system's locks: see sys_host.h. */
#ifndef CISTERN_ARCH_SYS_HOST_TYPES_H
#define CISTERN_ARCH_SYS_HOST_TYPES_H

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef pthread_mutex_t host_lock_t;
typedef pthread_cond_t host_wake_t;
typedef pthread_mutex_t host_owned_t;
typedef pthread_once_t host_once_t;

/* Where the system's semaphore can wait on the monotonic clock, it is the parker: who is woken
 * needs no lock to go on, while with a lock and a condition variable the system switches to the
 * woken thread and back again to who still has the lock. ThreadSanitizer does not know
 * sem_clockwait. */
#if defined __GLIBC__ && !defined __SANITIZE_THREAD__
#    if __GLIBC__ > 2 || __GLIBC_MINOR__ >= 30
#        include <semaphore.h>
#        define HOST_PARKER 1
typedef sem_t host_parker_t;
#    endif
#endif

typedef struct host_watch {
    pthread_key_t key;
    void (*ended)(void);
} host_watch_t;

#define HOST_ONCE_INITIALIZER PTHREAD_ONCE_INIT

/* Locks are held for a few instructions: where the system has a mutex that spins a little before it
 * sleeps, that is the one to take. */
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
#    define HOST_LOCK_INITIALIZER PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
#else
#    define HOST_LOCK_INITIALIZER PTHREAD_MUTEX_INITIALIZER
#endif

void host_lock_init(host_lock_t *lock);

static inline void host_lock_end(host_lock_t *lock)
{
    (void)pthread_mutex_destroy(lock);
}

static inline void host_lock(host_lock_t *lock)
{
    (void)pthread_mutex_lock(lock);
}

static inline void host_unlock(host_lock_t *lock)
{
    (void)pthread_mutex_unlock(lock);
}

/* On the monotonic clock. */
void host_wake_init(host_wake_t *wake);

static inline void host_wake_end(host_wake_t *wake)
{
    (void)pthread_cond_destroy(wake);
}

static inline void host_wake(host_wake_t *wake)
{
    (void)pthread_cond_signal(wake);
}

static inline void host_doze(host_wake_t *wake, host_lock_t *lock)
{
    int state;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
    (void)pthread_cond_wait(wake, lock);
    (void)pthread_setcancelstate(state, &state);
}

/* Has host_lends_priority say yes from now on: a thread with a priority was made. */
void host_expect_priorities(void);

/* With priority inheritance, where the system has it. */
bool host_owned_init(host_owned_t *owned);

static inline bool host_owned_try(host_owned_t *owned)
{
    return pthread_mutex_trylock(owned) == 0;
}

static inline void host_owned_lock(host_owned_t *owned)
{
    (void)pthread_mutex_lock(owned);
}

static inline void host_owned_unlock(host_owned_t *owned)
{
    (void)pthread_mutex_unlock(owned);
}

/* The system's mutex knows its holder by a number that is another one in the child. */
static inline void host_owned_renew(host_owned_t *owned)
{
    (void)host_owned_init(owned);
}

static inline void host_watch_forks(void (*before)(void), void (*in_parent)(void),
                                    void (*in_child)(void))
{
    (void)pthread_atfork(before, in_parent, in_child);
}

#if defined __x86_64__ || defined __i386__
static inline void host_relax(void)
{
    __builtin_ia32_pause();
}
#elif defined __aarch64__
static inline void host_relax(void)
{
    __asm__ volatile("yield");
}
#else
static inline void host_relax(void) {}
#endif

static inline void host_yield(void)
{
    (void)sched_yield();
}

#endif
