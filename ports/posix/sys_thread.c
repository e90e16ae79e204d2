/* sys_thread.c (posix) - threads, and what belongs to one: its name and its semaphore. */
#define _GNU_SOURCE 1
#include "lwip/sys.h"

#if !NO_SYS

#    include <limits.h>
#    include <sched.h>
#    include <stdbool.h>
#    include <stdlib.h>
#    include <string.h>
#    include <unistd.h>

#    include "cistern/fault.h"

#    ifndef CISTERN_POSIX_THREAD_POLICY
#        define CISTERN_POSIX_THREAD_POLICY SCHED_RR
#    endif

/* What Linux keeps of a thread's name, with its end. */
#    define NAME_LENGTH 16

typedef struct start {
    lwip_thread_fn function;
    void *argument;
    char name[NAME_LENGTH];
} start_t;

static void raise_fault(const char *name, const char *reason)
{
    const cistern_fault_t fault = {
        .kind = CISTERN_FAULT_ARGUMENT, .name = (name != NULL) ? name : "thread", .owner = reason};
    cistern_fault_raise(&fault);
}

/* --- starting --------------------------------------------------------------------------------- */

static void *run(void *argument)
{
    const start_t start = *(const start_t *)argument;
    free(argument);
#    ifdef __linux__
    (void)pthread_setname_np(pthread_self(), start.name);
#    endif
    start.function(start.argument);
    return NULL;
}

/* Bytes of stack, in whole pages: what was asked for, for the thread's own use, and on top what the
 * system itself puts on a stack. */
static size_t stack_bytes(int stacksize)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t bytes = (size_t)stacksize + (size_t)PTHREAD_STACK_MIN;
    return (bytes + page - 1U) / page * page;
}

static struct sched_param scheduling(int prio)
{
    const int lowest = sched_get_priority_min(CISTERN_POSIX_THREAD_POLICY);
    const int highest = sched_get_priority_max(CISTERN_POSIX_THREAD_POLICY);
    const int steps = highest - lowest;
    return (struct sched_param){.sched_priority = (prio - 1 < steps) ? lowest + prio - 1 : highest};
}

static void set_priority(pthread_attr_t *attributes, int prio)
{
    const struct sched_param parameters = scheduling(prio);
    (void)pthread_attr_setinheritsched(attributes, PTHREAD_EXPLICIT_SCHED);
    (void)pthread_attr_setschedpolicy(attributes, CISTERN_POSIX_THREAD_POLICY);
    (void)pthread_attr_setschedparam(attributes, &parameters);
}

/* Creates the thread; with a priority that the system does not grant, without it. */
static bool create(pthread_t *thread, pthread_attr_t *attributes, int prio, start_t *start)
{
    if (prio > 0) {
        set_priority(attributes, prio);
        if (pthread_create(thread, attributes, run, start) == 0) {
            return true;
        }
        (void)pthread_attr_setinheritsched(attributes, PTHREAD_INHERIT_SCHED);
    }
    return pthread_create(thread, attributes, run, start) == 0;
}

static bool launch(pthread_t *thread, int detach, int stacksize, int prio, start_t *start)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) {
        return false;
    }
    (void)pthread_attr_setdetachstate(&attributes, detach);
    if (stacksize > 0) {
        (void)pthread_attr_setstacksize(&attributes, stack_bytes(stacksize));
    }
    const bool created = create(thread, &attributes, prio, start);
    (void)pthread_attr_destroy(&attributes);
    return created;
}

static start_t *new_start(const char *name, lwip_thread_fn thread, void *arg)
{
    start_t *const start = calloc(1, sizeof *start);
    if (start != NULL) {
        *start = (start_t){.function = thread, .argument = arg};
        (void)strncpy(start->name, (name != NULL) ? name : "lwip", NAME_LENGTH - 1);
    }
    return start;
}

static sys_thread_t start_thread(const char *name, lwip_thread_fn thread, void *arg, int detach,
                                 int stacksize, int prio)
{
    if (thread == NULL) {
        raise_fault(name, "a thread without a function");
        return (sys_thread_t)0;
    }
    pthread_t made = (pthread_t)0;
    start_t *const start = new_start(name, thread, arg);
    if (start == NULL || !launch(&made, detach, stacksize, prio, start)) {
        free(start);
        raise_fault(name, "a thread that the system does not give");
        return (sys_thread_t)0;
    }
    return made;
}

sys_thread_t sys_thread_new(const char *name, lwip_thread_fn thread, void *arg, int stacksize,
                            int prio)
{
    return start_thread(name, thread, arg, PTHREAD_CREATE_DETACHED, stacksize, prio);
}

sys_thread_t sys_thread_new_joinable(const char *name, lwip_thread_fn thread, void *arg,
                                     int stacksize, int prio)
{
    return start_thread(name, thread, arg, PTHREAD_CREATE_JOINABLE, stacksize, prio);
}

/* --- a thread's semaphore --------------------------------------------------------------------- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t end_key;
static _Thread_local sys_sem_t own;

static void thread_ends(void *value)
{
    (void)value;
    sys_arch_netconn_sem_free();
}

static void create_key(void)
{
    (void)pthread_key_create(&end_key, thread_ends);
}

void sys_arch_netconn_sem_alloc(void)
{
    if (sys_sem_valid(&own)) {
        return;
    }
    (void)pthread_once(&once, create_key);
    (void)pthread_setspecific(end_key, &own);
    (void)sys_sem_new(&own, 0);
}

void sys_arch_netconn_sem_free(void)
{
    if (sys_sem_valid(&own)) {
        sys_sem_free(&own);
        sys_sem_set_invalid(&own);
    }
}

sys_sem_t *sys_arch_netconn_sem_get(void)
{
    sys_arch_netconn_sem_alloc();
    return sys_sem_valid(&own) ? &own : NULL;
}

#endif
