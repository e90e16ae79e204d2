/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_thread.c (common) - starting threads, and the semaphore that belongs to each.
 *
 * Options, for lwipopts.h, with LWIP_NETCONN_SEM_PER_THREAD 1:
 * | option                                 | default | effect                                      |
 * |----------------------------------------|---------|---------------------------------------------|
 * | LWIP_NETCONN_THREAD_SEM_GET()          | port's  | the calling thread's semaphore              |
 * | LWIP_NETCONN_THREAD_SEM_ALLOC(), _FREE | port's  | makes it before its first use, ends it      |
 */
#include "lwip/sys.h"

#if !NO_SYS

#    include <stdlib.h>
#    include <string.h>

#    include "cistern/fault.h"
#    include "sys_host.h"
#    include "sys_thread.h"

/* --- starting --------------------------------------------------------------------------------- */

static void thread_raise_fault(const char *name, const char *reason)
{
    const cistern_fault_t fault = {
        .kind = CISTERN_FAULT_ARGUMENT, .name = (name != NULL) ? name : "thread", .owner = reason};
    cistern_fault_raise(&fault);
}

thread_start_t *thread_start_new(const char *name, lwip_thread_fn function, void *argument)
{
    if (function == NULL) {
        thread_raise_fault(name, "a thread without a function");
        return NULL;
    }
    thread_start_t *const start = calloc(1, sizeof *start);
    if (start == NULL) {
        thread_raise_fault(name, "no memory for a thread");
        return NULL;
    }
    *start = (thread_start_t){.function = function, .argument = argument};
    (void)strncpy(start->name, (name != NULL) ? name : "lwip", THREAD_NAME_LENGTH - 1);
    return start;
}

void thread_start_refuse(thread_start_t *start)
{
    thread_raise_fault(start->name, "a thread that the system does not give");
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

static host_once_t thread_once = HOST_ONCE_INITIALIZER;
static host_watch_t thread_watch;
static _Thread_local sys_sem_t thread_semaphore;

static void thread_create_watch(void)
{
    host_watch_create(&thread_watch, sys_arch_netconn_sem_free);
}

void sys_arch_netconn_sem_alloc(void)
{
    if (sys_sem_valid(&thread_semaphore)) {
        return;
    }
    host_once(&thread_once, thread_create_watch);
    host_watch_thread(&thread_watch);
    (void)sys_sem_new(&thread_semaphore, 0);
}

void sys_arch_netconn_sem_free(void)
{
    if (sys_sem_valid(&thread_semaphore)) {
        sys_sem_free(&thread_semaphore);
        sys_sem_set_invalid(&thread_semaphore);
    }
}

sys_sem_t *sys_arch_netconn_sem_get(void)
{
    sys_arch_netconn_sem_alloc();
    return sys_sem_valid(&thread_semaphore) ? &thread_semaphore : NULL;
}

#endif
