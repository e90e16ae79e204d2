/* critical.c (posix) - the process-wide critical section, under the engines' name and under lwIP's.
 *
 * Vocabulary: the lock is one mutex; the depth is how many sections the calling thread is inside.
 *
 *   thread A   depth 2   |--- holds ---> +------+
 *   thread B   depth 0   ... waits ..... | lock |
 *   thread C   depth 0                   +------+
 *
 * Invariants:
 *   I1  A thread holds the lock if and only if its depth is above 0.
 *   I2  A thread that has ever held the lock has its end watched: ending inside a section reports a
 *       fault and gives the lock back, so that no other thread waits for a thread that is gone.
 *   I3  A fork happens with the lock held by the forking thread, so that the child's copy is whole;
 *       both processes go on at the depth they had before.
 *
 * The depth is kept per thread here instead of in a recursive mutex: a recursive mutex knows its
 * owner by a number that is another one in a forked child, which could then never unlock it.
 */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "arch/cistern_port.h"
#include "cistern/fault.h"
#include "lwip/sys.h"

/* Sections are a few instructions long: where the system has a mutex that spins a little before it
 * sleeps, that is the one to take. */
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
#    define LOCK_INITIALIZER PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
#else
#    define LOCK_INITIALIZER PTHREAD_MUTEX_INITIALIZER
#endif

static pthread_mutex_t lock = LOCK_INITIALIZER;
static pthread_once_t watch_once = PTHREAD_ONCE_INIT;
static pthread_key_t watch_key;
static _Thread_local int depth;
static _Thread_local bool watched;

static void raise_fault(const char *owner)
{
    const cistern_fault_t fault = {.kind = CISTERN_FAULT_ARGUMENT,
                                   .object = &lock,
                                   .name = "critical section",
                                   .owner = owner};
    cistern_fault_raise(&fault);
}

/* Goes back to a lower depth. */
static void restore(int outer)
{
    depth = outer;
    if (outer == 0) {
        (void)pthread_mutex_unlock(&lock);
    }
}

/* Runs when a watched thread ends. */
static void thread_ends(void *value)
{
    (void)value;
    watched = false;
    if (depth > 0) {
        restore(0);
        raise_fault("a thread that ended inside it");
    }
}

static void before_fork(void)
{
    (void)cistern_critical_enter();
}

static void after_fork(void)
{
    cistern_critical_leave(depth - 1);
}

static void create_watch(void)
{
    (void)pthread_key_create(&watch_key, thread_ends);
    (void)pthread_atfork(before_fork, after_fork, after_fork);
}

static void watch_thread(void)
{
    (void)pthread_once(&watch_once, create_watch);
    (void)pthread_setspecific(watch_key, &watched);
    watched = true;
}

cistern_critical_t cistern_critical_enter(void)
{
    if (depth == 0) {
        (void)pthread_mutex_lock(&lock);
        if (!watched) {
            watch_thread();
        }
    }
    return depth++;
}

void cistern_critical_leave(cistern_critical_t state)
{
    const int inside = depth;
    if (state >= 0 && state < inside) {
        restore(state);
    }
    if (state != inside - 1) {
        raise_fault("a leave that does not match its enter");
    }
}

sys_prot_t sys_arch_protect(void)
{
    return cistern_critical_enter();
}

void sys_arch_unprotect(sys_prot_t pval)
{
    cistern_critical_leave(pval);
}
