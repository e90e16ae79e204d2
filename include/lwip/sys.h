/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/sys.h - the OS layer: semaphores, mutexes, mailboxes, threads, protection and time.
 *
 * The port implements it; the names, and what they promise, are the same on every port. An object
 * (semaphore, mutex, mailbox) is named by a variable of the user's, sys_sem_t, sys_mutex_t or
 * sys_mbox_t; every call takes the address of that variable. All times are in milliseconds. A
 * timeout is counted from the call, on a clock that never steps.
 *
 * "Refused" below means: the call is misuse, the fault handler is called once (cistern/fault.h),
 * and nothing else happens. "Thread" is a thread, never an interrupt or signal handler. A call that
 * waits must be made outside every protected section: the section keeps out what it waits for.
 *
 * | option                | effect                                                              |
 * |-----------------------|---------------------------------------------------------------------|
 * | NO_SYS 1              | semaphores, mutexes, mailboxes and threads are empty macros         |
 * | LWIP_COMPAT_MUTEX 1   | a mutex is a semaphore with count 1; no priority inheritance        |
 * | LWIP_COMPAT_MUTEX_ALLOWED | defined: it may be so with a core lock                          |
 * | SYS_LIGHTWEIGHT_PROT 0| SYS_ARCH_PROTECT is empty: only one context may use the library     |
 * | SYS_ARCH_PROTECT, _UNPROTECT, _DECL_PROTECT | macros of the port's own, in cc.h or          |
 * |                       | sys_arch.h: in place of sys_arch_protect, with SYS_LIGHTWEIGHT_PROT |
 * |                       | 0 as well                                                           |
 * | SYS_ARCH_INC, _DEC, _GET, _SET, _LOCKED | the port's own, where it has better than the      |
 * |                       | above around an access to a variable                                |
 * | LWIP_MARK_TCPIP_THREAD| macro that the TCP/IP thread runs first; default: nothing           |
 * | LWIP_FUZZ_SYS_NOW     | sys_now adds sys_now_offset, which the fuzz test defines            |
 */
#ifndef LWIP_HDR_SYS_H
#define LWIP_HDR_SYS_H

#include "lwip/opt.h" /* of include/standalone, or of lwIP's tree: docs/from-lwip.md */

#include "lwip/arch.h"
#include "lwip/err.h"

/* Before the port's header, which reads it. */
#ifndef LWIP_COMPAT_MUTEX
#    define LWIP_COMPAT_MUTEX 0
#endif

#if !NO_SYS
#    include "arch/sys_arch.h"
#endif

#ifndef LWIP_MARK_TCPIP_THREAD
#    define LWIP_MARK_TCPIP_THREAD()
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What a wait or fetch returns when time ran out. */
#define SYS_ARCH_TIMEOUT 0xffffffffUL

/* What a fetch that does not wait returns when there is no message. */
#define SYS_MBOX_EMPTY SYS_ARCH_TIMEOUT

#if NO_SYS

typedef u8_t sys_sem_t;
typedef u8_t sys_mutex_t;
typedef u8_t sys_mbox_t;

#    define sys_sem_new(sem, count) ERR_OK
#    define sys_sem_signal(sem)
#    define sys_sem_wait(sem)
#    define sys_arch_sem_wait(sem, timeout)
#    define sys_sem_free(sem)
#    define sys_sem_valid(sem)     0
#    define sys_sem_valid_val(sem) 0
#    define sys_sem_set_invalid(sem)
#    define sys_sem_set_invalid_val(sem)
#    define sys_mutex_new(mutex) ERR_OK
#    define sys_mutex_lock(mutex)
#    define sys_mutex_unlock(mutex)
#    define sys_mutex_free(mutex)
#    define sys_mutex_valid(mutex) 0
#    define sys_mutex_set_invalid(mutex)
#    define sys_mbox_new(mbox, size) ERR_OK
#    define sys_mbox_fetch(mbox, msg)
#    define sys_mbox_tryfetch(mbox, msg)
#    define sys_mbox_post(mbox, msg)
#    define sys_mbox_trypost(mbox, msg)
#    define sys_mbox_trypost_fromisr(mbox, msg)
#    define sys_mbox_free(mbox)
#    define sys_mbox_valid(mbox)     0
#    define sys_mbox_valid_val(mbox) 0
#    define sys_mbox_set_invalid(mbox)
#    define sys_mbox_set_invalid_val(mbox)
#    define sys_thread_new(name, thread, arg, stacksize, prio)
#    define sys_msleep(ms)

#else

/* What a thread runs. */
typedef void (*lwip_thread_fn)(void *arg);

/* --- semaphores ------------------------------------------------------------------------------- */

/* Makes a semaphore with `count` units in it.
 * Fails if sem is NULL (ERR_ARG), or no semaphore is left (ERR_MEM; counted in
 * lwip_stats.sys.sem); after a failure *sem is invalid. Constant time. Thread. The caller owns it
 * until sys_sem_free. */
err_t sys_sem_new(sys_sem_t *sem, u8_t count);

/* Adds a unit: the thread that has waited longest goes on, or the count rises.
 * Refused if *sem is no live semaphore. Constant time. Thread; interrupt where the port says so.
 */
void sys_sem_signal(sys_sem_t *sem);

/* Takes a unit, waiting at most `timeout` ms for it; 0 waits for ever. Returns the ms waited, or
 * SYS_ARCH_TIMEOUT if none came in time, or the call was refused: *sem is no live semaphore.
 * Waiting threads are served in the order in which they came. Thread. */
u32_t sys_arch_sem_wait(sys_sem_t *sem, u32_t timeout);

#    define sys_sem_wait(sem) sys_arch_sem_wait((sem), 0)

/* Ends a semaphore. Refused if *sem is no live semaphore (a second free too), or a thread waits
 * for it. Constant time. Thread. *sem is no longer valid afterwards. */
void sys_sem_free(sys_sem_t *sem);

#    ifndef sys_sem_valid
/* Nonzero if *sem names a semaphore that lives. Constant time. Thread. */
int sys_sem_valid(sys_sem_t *sem);
#    endif

#    ifndef sys_sem_set_invalid
/* Makes *sem name nothing; NULL is ignored. Does not free. Never fails. Constant time. Any context.
 */
void sys_sem_set_invalid(sys_sem_t *sem);
#    endif

/* The same for a variable instead of its address. */
#    ifndef sys_sem_valid_val
#        define sys_sem_valid_val(sem) sys_sem_valid(&(sem))
#    endif
#    ifndef sys_sem_set_invalid_val
#        define sys_sem_set_invalid_val(sem) sys_sem_set_invalid(&(sem))
#    endif

/* --- mutexes ---------------------------------------------------------------------------------- */

#    if LWIP_COMPAT_MUTEX

#        if LWIP_TCPIP_CORE_LOCKING && !defined LWIP_COMPAT_MUTEX_ALLOWED
#            error                                                                                 \
                "LWIP_COMPAT_MUTEX loses priority inheritance: define LWIP_COMPAT_MUTEX_ALLOWED too"
#        endif
#        define sys_mutex_t                  sys_sem_t
#        define sys_mutex_new(mutex)         sys_sem_new((mutex), 1)
#        define sys_mutex_lock(mutex)        ((void)sys_sem_wait(mutex))
#        define sys_mutex_unlock(mutex)      sys_sem_signal(mutex)
#        define sys_mutex_free(mutex)        sys_sem_free(mutex)
#        define sys_mutex_valid(mutex)       sys_sem_valid(mutex)
#        define sys_mutex_set_invalid(mutex) sys_sem_set_invalid(mutex)

#    else

/* Makes a mutex, unlocked.
 * Fails if mutex is NULL (ERR_ARG), or no mutex is left (ERR_MEM; counted in
 * lwip_stats.sys.mutex); after a failure *mutex is invalid. Constant time. Thread. The caller owns
 * it until free. */
err_t sys_mutex_new(sys_mutex_t *mutex);

/* Locks, waiting as long as another thread holds it. That thread meanwhile runs at the priority of
 * the highest that waits, where the system can do that. Does not nest.
 * Refused if *mutex is no live mutex, or the calling thread holds it already. Thread. */
void sys_mutex_lock(sys_mutex_t *mutex);

/* Unlocks. Refused if *mutex is no live mutex, or the calling thread does not hold it.
 * Constant time. Thread. */
void sys_mutex_unlock(sys_mutex_t *mutex);

/* Ends a mutex. Refused if *mutex is no live mutex (a second free too), or it is locked.
 * Constant time. Thread. *mutex is no longer valid afterwards. */
void sys_mutex_free(sys_mutex_t *mutex);

#        ifndef sys_mutex_valid
/* Nonzero if *mutex names a mutex that lives. Constant time. Thread. */
int sys_mutex_valid(sys_mutex_t *mutex);
#        endif

#        ifndef sys_mutex_set_invalid
/* Makes *mutex name nothing; NULL is ignored. Does not free. Never fails. Constant time. Any
 * context.
 */
void sys_mutex_set_invalid(sys_mutex_t *mutex);
#        endif

#    endif

/* --- mailboxes --------------------------------------------------------------------------------
 * A queue of pointers, first in first out; NULL is a message like any other. A mailbox never reads
 * what a pointer points at, which is the receiver's from the fetch on. */

/* Makes a mailbox that holds exactly `size` messages; size <= 0 takes the port's documented
 * default. Fails if mbox is NULL (ERR_ARG), or no mailbox or no memory for the messages is left
 * (ERR_MEM; counted in lwip_stats.sys.mbox); after a failure *mbox is invalid. Thread. The caller
 * owns it until sys_mbox_free. */
err_t sys_mbox_new(sys_mbox_t *mbox, int size);

/* Posts `msg`, waiting as long as the mailbox is full. Threads that wait to post are served in the
 * order in which they came, and so are those that wait to fetch.
 * Refused if *mbox is no live mailbox. Thread. */
void sys_mbox_post(sys_mbox_t *mbox, void *msg);

/* Posts `msg` without waiting. Fails if the mailbox is full, or threads wait to post before this
 * one (ERR_MEM, counted in lwip_stats.sys.mbox.err); refused if *mbox is no live mailbox
 * (ERR_ARG). Constant time. Thread; interrupt where the port says so. */
err_t sys_mbox_trypost(sys_mbox_t *mbox, void *msg);

/* The same from an interrupt, where the port says so; also ERR_NEED_SCHED where the port uses it. */
err_t sys_mbox_trypost_fromisr(sys_mbox_t *mbox, void *msg);

/* Takes the oldest message, waiting at most `timeout` ms for one; 0 waits for ever. Returns the ms
 * waited, or SYS_ARCH_TIMEOUT if none came in time, or the call was refused: *mbox is no live
 * mailbox. *msg is then NULL. msg may be NULL: the message is taken and dropped. Thread. */
u32_t sys_arch_mbox_fetch(sys_mbox_t *mbox, void **msg, u32_t timeout);

#    ifndef sys_arch_mbox_tryfetch
/* Takes the oldest message without waiting: 0, or SYS_MBOX_EMPTY if there is none, or the call was
 * refused. *msg and msg as in sys_arch_mbox_fetch. Constant time. Thread; interrupt where the port
 * says so. */
u32_t sys_arch_mbox_tryfetch(sys_mbox_t *mbox, void **msg);
#    endif

#    define sys_mbox_fetch(mbox, msg)    sys_arch_mbox_fetch((mbox), (msg), 0)
#    define sys_mbox_tryfetch(mbox, msg) sys_arch_mbox_tryfetch((mbox), (msg))

/* Ends a mailbox. Refused if *mbox is no live mailbox (a second free too), messages are in it, or
 * a thread waits at it; each refusal is counted in lwip_stats.sys.mbox.err. Thread. *mbox is no
 * longer valid afterwards. */
void sys_mbox_free(sys_mbox_t *mbox);

#    ifndef sys_mbox_valid
/* Nonzero if *mbox names a mailbox that lives. Constant time. Thread. */
int sys_mbox_valid(sys_mbox_t *mbox);
#    endif

#    ifndef sys_mbox_set_invalid
/* Makes *mbox name nothing; NULL is ignored. Does not free. Never fails. Constant time. Any
 * context.
 */
void sys_mbox_set_invalid(sys_mbox_t *mbox);
#    endif

/* The same for a variable instead of its address. */
#    ifndef sys_mbox_valid_val
#        define sys_mbox_valid_val(mbox) sys_mbox_valid(&(mbox))
#    endif
#    ifndef sys_mbox_set_invalid_val
#        define sys_mbox_set_invalid_val(mbox) sys_mbox_set_invalid(&(mbox))
#    endif

/* --- threads ---------------------------------------------------------------------------------- */

/* Starts a thread that runs thread(arg) and ends when it returns. `name` is for people and is
 * copied. `stacksize` is in bytes; 0 takes the port's default. A thread with a higher `prio` is
 * more urgent; 0 is no priority. The port's arch/sys_arch.h or page says how it uses both. A thread
 * that cannot be made is a fault, and the result names no thread. Thread. */
sys_thread_t sys_thread_new(const char *name, lwip_thread_fn thread, void *arg, int stacksize,
                            int prio);

#    ifndef sys_msleep
/* Waits `ms` milliseconds at least; 0 returns at once. Thread. */
void sys_msleep(u32_t ms);
#    endif

#endif

/* --- start and time --------------------------------------------------------------------------- */

/* Prepares the port. Must be called before any other call here; a second call does nothing. Thread.
 */
void sys_init(void);

#ifndef sys_jiffies
/* Ticks since an arbitrary start; wraps at 32 bits. The port defines how long a tick is. Any
 * context. */
u32_t sys_jiffies(void);
#endif

#ifdef LWIP_FUZZ_SYS_NOW
/* What sys_now adds to the time; wraps with it. */
extern u32_t sys_now_offset;
#endif

#ifndef sys_now
/* Milliseconds since an arbitrary start, on a clock that never goes back. Wraps at 32 bits: only
 * differences have a meaning. Any context. */
u32_t sys_now(void);
#endif

/* --- protection -------------------------------------------------------------------------------
 * A short section that no other context of the library, thread or interrupt, can interrupt:
 *
 *   SYS_ARCH_DECL_PROTECT(level);      a declaration, after the others
 *   SYS_ARCH_PROTECT(level);
 *   ...                                may call functions that protect themselves: sections nest
 *   SYS_ARCH_UNPROTECT(level);
 */

#if defined SYS_ARCH_DECL_PROTECT || defined SYS_ARCH_PROTECT || defined SYS_ARCH_UNPROTECT
#    if !defined SYS_ARCH_DECL_PROTECT || !defined SYS_ARCH_PROTECT || !defined SYS_ARCH_UNPROTECT
#        error                                                                                     \
            "A port's own section is three macros: define all of SYS_ARCH_DECL_PROTECT, SYS_ARCH_PROTECT and SYS_ARCH_UNPROTECT"
#    endif
#endif

#if !defined SYS_ARCH_PROTECT && SYS_LIGHTWEIGHT_PROT

#    define SYS_ARCH_DECL_PROTECT(lev) sys_prot_t lev
#    define SYS_ARCH_PROTECT(lev)      lev = sys_arch_protect()
#    define SYS_ARCH_UNPROTECT(lev)    sys_arch_unprotect(lev)

/* Enters a protected section and returns the state before; nests. Thread, interrupt. */
sys_prot_t sys_arch_protect(void);

/* Restores the state that the matching sys_arch_protect returned. Thread, interrupt. */
void sys_arch_unprotect(sys_prot_t pval);

#elif !defined SYS_ARCH_PROTECT

#    define SYS_ARCH_DECL_PROTECT(lev)
#    define SYS_ARCH_PROTECT(lev)
#    define SYS_ARCH_UNPROTECT(lev)

#endif

/* Add to, take from, read and write a variable that several contexts use. */
#ifndef SYS_ARCH_INC
#    define SYS_ARCH_INC(var, val) SYS_ARCH_LOCKED((var) += (val))
#endif
#ifndef SYS_ARCH_DEC
#    define SYS_ARCH_DEC(var, val) SYS_ARCH_LOCKED((var) -= (val))
#endif
#ifndef SYS_ARCH_GET
#    define SYS_ARCH_GET(var, ret) SYS_ARCH_LOCKED((ret) = (var))
#endif
#ifndef SYS_ARCH_SET
#    define SYS_ARCH_SET(var, val) SYS_ARCH_LOCKED((var) = (val))
#endif

/* Runs one statement inside a protected section. */
#ifndef SYS_ARCH_LOCKED
#    define SYS_ARCH_LOCKED(code)                                                                  \
        do {                                                                                       \
            SYS_ARCH_DECL_PROTECT(sys_arch_level);                                                 \
            SYS_ARCH_PROTECT(sys_arch_level);                                                      \
            code;                                                                                  \
            SYS_ARCH_UNPROTECT(sys_arch_level);                                                    \
        } while (0)
#endif

#ifdef __cplusplus
}
#endif

#endif
