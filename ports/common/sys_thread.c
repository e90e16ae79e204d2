/* sys_thread.c (common) - starting threads, and the semaphore that belongs to each. */
#include "lwip/sys.h"

#if !NO_SYS

#    include <stdlib.h>
#    include <string.h>

#    include "cistern/fault.h"
#    include "sys_host.h"
#    include "sys_thread.h"

/* --- starting --------------------------------------------------------------------------------- */

static void raise_fault(const char *name, const char *reason)
{
    const cistern_fault_t fault = {
        .kind = CISTERN_FAULT_ARGUMENT, .name = (name != NULL) ? name : "thread", .owner = reason};
    cistern_fault_raise(&fault);
}

thread_start_t *thread_start_new(const char *name, lwip_thread_fn function, void *argument)
{
    if (function == NULL) {
        raise_fault(name, "a thread without a function");
        return NULL;
    }
    thread_start_t *const start = calloc(1, sizeof *start);
    if (start == NULL) {
        raise_fault(name, "no memory for a thread");
        return NULL;
    }
    *start = (thread_start_t){.function = function, .argument = argument};
    (void)strncpy(start->name, (name != NULL) ? name : "lwip", THREAD_NAME_LENGTH - 1);
    return start;
}

void thread_start_refuse(thread_start_t *start)
{
    raise_fault(start->name, "a thread that the system does not give");
    free(start);
}

void thread_run(thread_start_t *start)
{
    const lwip_thread_fn function = start->function;
    void *const argument = start->argument;
    free(start);
    function(argument);
}

/* --- a thread's semaphore --------------------------------------------------------------------- */

static host_once_t once = HOST_ONCE_INITIALIZER;
static host_watch_t watch;
static _Thread_local sys_sem_t own;

static void create_watch(void)
{
    host_watch_create(&watch, sys_arch_netconn_sem_free);
}

void sys_arch_netconn_sem_alloc(void)
{
    if (sys_sem_valid(&own)) {
        return;
    }
    host_once(&once, create_watch);
    host_watch_thread(&watch);
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
