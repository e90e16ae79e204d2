/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_thread.c (posix) - threads with name, stack and priority. No state. */
#define _GNU_SOURCE 1
#include "lwip/sys.h"

#if !NO_SYS

#    include <limits.h>
#    include <sched.h>
#    include <stdbool.h>
#    include <unistd.h>

#    include "sys_host.h"
#    include "sys_thread.h"

#    ifndef CISTERN_POSIX_THREAD_POLICY
#        define CISTERN_POSIX_THREAD_POLICY SCHED_RR
#    endif
#    ifndef CISTERN_POSIX_NORMAL_PRIORITY
#        define CISTERN_POSIX_NORMAL_PRIORITY 1
#    endif
#    if CISTERN_POSIX_NORMAL_PRIORITY < 0
#        error "CISTERN_POSIX_NORMAL_PRIORITY must be at least 0: see arch/sys_arch.h"
#    endif

/* POSIX itself has no names for threads. */
#    ifdef __linux__
static void thread_set_name(const char *name)
{
    (void)pthread_setname_np(pthread_self(), name);
}
#    else
static void thread_set_name(const char *name)
{
    (void)name;
}
#    endif

static void *thread_main(void *argument)
{
    thread_start_t *const start = argument;
    thread_set_name(start->name);
    thread_run(start);
    return NULL;
}

/* Bytes of stack, in whole pages: what was asked for, for the thread's own use, and on top what the
 * system itself puts on a stack. */
static size_t thread_stack_bytes(int stacksize)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t bytes = (size_t)stacksize + (size_t)PTHREAD_STACK_MIN;
    return (bytes + page - 1U) / page * page;
}

static int thread_system_priority(int prio)
{
    const int lowest = sched_get_priority_min(CISTERN_POSIX_THREAD_POLICY);
    const int highest = sched_get_priority_max(CISTERN_POSIX_THREAD_POLICY);
    const int steps = highest - lowest;
    return (prio - 1 < steps) ? lowest + prio - 1 : highest;
}

static void thread_set_scheduling(pthread_attr_t *attributes, int policy, int priority)
{
    const struct sched_param parameters = {.sched_priority = priority};
    (void)pthread_attr_setinheritsched(attributes, PTHREAD_EXPLICIT_SCHED);
    (void)pthread_attr_setschedpolicy(attributes, policy);
    (void)pthread_attr_setschedparam(attributes, &parameters);
}

/* Normal scheduling is that of the thread which makes the new one, unless that is real-time. */
static void thread_set_normal(pthread_attr_t *attributes)
{
    int policy = SCHED_OTHER;
    struct sched_param parameters;
    (void)pthread_getschedparam(pthread_self(), &policy, &parameters);
    if (policy == SCHED_FIFO || policy == SCHED_RR) {
        thread_set_scheduling(attributes, SCHED_OTHER, 0);
    } else {
        (void)pthread_attr_setinheritsched(attributes, PTHREAD_INHERIT_SCHED);
    }
}

/* Creates the thread; with a priority that the system does not grant, without it. */
static bool thread_create(pthread_t *thread, pthread_attr_t *attributes, int prio,
                          thread_start_t *start)
{
    if (prio > CISTERN_POSIX_NORMAL_PRIORITY) {
        thread_set_scheduling(attributes, CISTERN_POSIX_THREAD_POLICY,
                              thread_system_priority(prio));
        if (pthread_create(thread, attributes, thread_main, start) == 0) {
            host_expect_priorities();
            return true;
        }
    }
    thread_set_normal(attributes);
    return pthread_create(thread, attributes, thread_main, start) == 0;
}

static bool thread_launch(pthread_t *thread, int detach, int stacksize, int prio,
                          thread_start_t *start)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    (void)pthread_attr_setdetachstate(&attributes, detach);
    if (stacksize > 0) {
        (void)pthread_attr_setstacksize(&attributes, thread_stack_bytes(stacksize));
    }
    const bool created = thread_create(thread, &attributes, prio, start);
    (void)pthread_attr_destroy(&attributes);
    return created;
}

static sys_thread_t thread_start(thread_start_t *start, int detach, int stacksize, int prio)
{
    pthread_t made = (pthread_t)0;
    if (start == NULL) {
        return (sys_thread_t)0;
    }
    if (!thread_launch(&made, detach, stacksize, prio, start)) {
        thread_start_refuse(start);
        return (sys_thread_t)0;
    }
    return made;
}

sys_thread_t sys_thread_new(const char *name, lwip_thread_fn thread, void *arg, int stacksize,
                            int prio)
{
    return thread_start(thread_start_new(name, thread, arg), PTHREAD_CREATE_DETACHED, stacksize,
                        prio);
}

sys_thread_t sys_thread_new_joinable(const char *name, lwip_thread_fn thread, void *arg,
                                     int stacksize, int prio)
{
    return thread_start(thread_start_new(name, thread, arg), PTHREAD_CREATE_JOINABLE, stacksize,
                        prio);
}

#endif
