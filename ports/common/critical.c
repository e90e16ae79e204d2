/* SPDX-License-Identifier: BSD-3-Clause */
/* critical.c (common) - the process-wide critical section, under the engines' name and under
 * lwIP's.
 *
 * Vocabulary: the lock is one for the process; the depth is how many sections the calling thread is
 * inside.
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
 * The depth is kept per thread here instead of an owner in the lock: a thread has another number in
 * a forked child, which could then never unlock it.
 */
#include <stdbool.h>
#include <stddef.h>

#include "arch/cistern_port.h"
#include "arch/cistern_threads.h"
#include "cistern/fault.h"
#include "lwip/sys.h"
#include "quick_lock.h"
#include "sys_host.h"

static host_once_t critical_watch_once = HOST_ONCE_INITIALIZER;
static host_watch_t critical_watch;
static quick_lock_t critical_lock;
static _Thread_local int critical_depth;
static _Thread_local bool critical_watched;

static void critical_raise_fault(const char *owner)
{
    const cistern_fault_t fault = {.kind = CISTERN_FAULT_ARGUMENT,
                                   .object = &critical_lock,
                                   .name = "critical section",
                                   .owner = owner};
    cistern_fault_raise(&fault);
}

/* Runs when a watched thread ends. */
static void critical_thread_ends(void)
{
    critical_watched = false;
    if (critical_depth > 0) {
        critical_depth = 0;
        quick_unlock(&critical_lock);
        critical_raise_fault("a thread that ended inside it");
    }
}

static void critical_before_fork(void)
{
    (void)cistern_critical_enter();
    cistern_host_before_fork();
    quick_lock_before_fork(&critical_lock);
}

static void critical_after_fork_in_parent(void)
{
    quick_lock_after_fork(&critical_lock);
    cistern_host_after_fork(false);
    cistern_critical_leave(critical_depth - 1);
}

static void critical_after_fork_in_child(void)
{
    quick_lock_in_child(&critical_lock);
    cistern_host_after_fork(true);
    cistern_critical_leave(critical_depth - 1);
}

static void critical_create_watch(void)
{
    quick_lock_init(&critical_lock);
    host_watch_create(&critical_watch, critical_thread_ends);
    host_watch_forks(critical_before_fork, critical_after_fork_in_parent,
                     critical_after_fork_in_child);
}

static void critical_watch_thread(void)
{
    host_once(&critical_watch_once, critical_create_watch);
    host_watch_thread(&critical_watch);
    critical_watched = true;
}

cistern_critical_t cistern_critical_enter(void)
{
    if (critical_depth == 0) {
        if (!critical_watched) {
            critical_watch_thread();
        }
        quick_lock(&critical_lock);
    }
    return critical_depth++;
}

void cistern_critical_leave(cistern_critical_t state)
{
    const int inside = critical_depth;
    if (state >= 0 && state < inside) {
        critical_depth = state;
        if (state == 0) {
            quick_unlock(&critical_lock);
        }
    }
    if (state != inside - 1) {
        critical_raise_fault("a leave that does not match its enter");
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
