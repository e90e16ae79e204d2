/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_host_types.h (win32) - the system's locks: see sys_host.h. For the port's own files:
 * no header that users include brings in windows.h. */
#ifndef CISTERN_ARCH_SYS_HOST_TYPES_H
#define CISTERN_ARCH_SYS_HOST_TYPES_H

#ifndef WIN32_LEAN_AND_MEAN
#    define WIN32_LEAN_AND_MEAN 1
#endif
#ifndef NOMINMAX
#    define NOMINMAX 1
#endif
#include <windows.h>

#include <stdbool.h>

typedef SRWLOCK host_lock_t;
typedef CONDITION_VARIABLE host_wake_t;
typedef SRWLOCK host_owned_t;
typedef INIT_ONCE host_once_t;

typedef struct host_watch {
    DWORD index; /* of fiber-local storage, whose callback the system calls when a thread ends */
    void (*ended)(void);
} host_watch_t;

#define HOST_LOCK_INITIALIZER SRWLOCK_INIT
#define HOST_ONCE_INITIALIZER INIT_ONCE_STATIC_INIT

static inline void host_lock_init(host_lock_t *lock)
{
    InitializeSRWLock(lock);
}

/* Neither a lock nor a condition variable of this system holds anything to be given back. */
static inline void host_lock_end(host_lock_t *lock)
{
    (void)lock;
}

static inline void host_lock(host_lock_t *lock)
{
    AcquireSRWLockExclusive(lock);
}

static inline void host_unlock(host_lock_t *lock)
{
    ReleaseSRWLockExclusive(lock);
}

static inline void host_wake_init(host_wake_t *wake)
{
    InitializeConditionVariable(wake);
}

static inline void host_wake_end(host_wake_t *wake)
{
    (void)wake;
}

static inline void host_wake(host_wake_t *wake)
{
    WakeConditionVariable(wake);
}

static inline void host_doze(host_wake_t *wake, host_lock_t *lock)
{
    (void)SleepConditionVariableSRW(wake, lock, INFINITE, 0);
}

static inline bool host_owned_init(host_owned_t *owned)
{
    InitializeSRWLock(owned);
    return true;
}

static inline bool host_owned_try(host_owned_t *owned)
{
    return TryAcquireSRWLockExclusive(owned) != 0;
}

static inline void host_owned_lock(host_owned_t *owned)
{
    AcquireSRWLockExclusive(owned);
}

static inline void host_owned_unlock(host_owned_t *owned)
{
    ReleaseSRWLockExclusive(owned);
}

/* Processes of this system do not fork. */
static inline void host_owned_renew(host_owned_t *owned)
{
    (void)owned;
}

static inline void host_watch_forks(void (*before)(void), void (*in_parent)(void),
                                    void (*in_child)(void))
{
    (void)before;
    (void)in_parent;
    (void)in_child;
}

static inline void host_relax(void)
{
    YieldProcessor();
}

static inline void host_yield(void)
{
    (void)SwitchToThread();
}

#endif
