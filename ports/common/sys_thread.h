/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_thread.h (common) - what a thread is started with, for the ports' sys_thread_new. */
#ifndef CISTERN_COMMON_SYS_THREAD_H
#define CISTERN_COMMON_SYS_THREAD_H

#include "lwip/sys.h"

/* What Linux keeps of a thread's name, with its end. */
#define THREAD_NAME_LENGTH 16

typedef struct thread_start {
    lwip_thread_fn function;
    void *argument;
    char name[THREAD_NAME_LENGTH];
} thread_start_t;

/* Writes down what a thread is to run. NULL, after a fault, if there is no function or no memory.
 * The thread that is made owns it: thread_run. */
thread_start_t *thread_start_new(const char *name, lwip_thread_fn function, void *argument);

/* A fault: the system gives no thread for it. Ends it. */
void thread_start_refuse(thread_start_t *start);

/* Ends it and runs the function. In the new thread. */
void thread_run(thread_start_t *start);

#endif
