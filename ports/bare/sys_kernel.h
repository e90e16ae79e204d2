/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_kernel.h (bare) - what the rest of the port asks of the thread kernel. With NO_SYS 1 there is
 * no kernel, and each call compiles to nothing.
 *
 * Functions marked (inside) are called inside the critical section, which the caller leaves soon
 * after: the switch that they may ask for happens then. */
#ifndef CISTERN_BARE_SYS_KERNEL_H
#define CISTERN_BARE_SYS_KERNEL_H

#include "lwip/sys.h"

/* Ticks since start, modulo 2^32. Any context. */
u32_t bare_time_ticks(void);

#if NO_SYS

static inline void bare_kernel_start(void) {}

static inline void bare_kernel_tick(u32_t now)
{
    (void)now;
}

#else

#    include <stdbool.h>

#    include "arch/cistern_events.h"

#    define THREAD_NAME_LENGTH 16

typedef struct bare_thread thread_t;

typedef bare_thread_list_t thread_list_t;

struct bare_thread {
    void *stack;           /* where to resume; of no meaning while it runs */
    unsigned char *lowest; /* of its stack; NULL for main if its stack is not known */
    size_t scanned;        /* bytes of the gap below, since the scan began at its end */
    thread_list_t *list;   /* the list that it is on; NULL for a thread that ended or sleeps */
    thread_t *next;        /* on the list */
    thread_t *previous;    /* on the list */
    volatile bool blocked; /* it waits */
    bool timed_out;        /* its last wait ended by time */
    bool ended;            /* it does not run again */
    u8_t priority;         /* now; above own_priority while more urgent threads wait for it */
    u8_t own_priority;     /* as it was made */
    u32_t since;           /* tick at which the wait began */
    u32_t timeout;         /* of the wait, in ticks; 0: none */
    void *message;         /* on its way into or out of a mailbox */
    struct mutex *wanted;  /* the mutex that it waits for */
    struct mutex *held;    /* the mutexes that it holds */
    lwip_thread_fn function;
    void *argument;
    sys_sem_t semaphore; /* its own: sys_arch_netconn_sem_get */
    char name[THREAD_NAME_LENGTH];
};

/* Makes a list empty. By members: the compiler may make a call of memset out of one assignment. */
static inline void bare_list_start(thread_list_t *list)
{
    list->first = NULL;
    list->last = NULL;
}

/* Makes the caller the thread main; again does nothing. */
void bare_kernel_start(void);

/* Ends the waits whose time is over at tick `now`; lets equals take turns. */
void bare_kernel_tick(u32_t now);

/* The running thread; NULL before bare_kernel_start. In an interrupt, the interrupted one. */
thread_t *bare_thread_running(void);

/* True if the caller may wait: it is a thread, outside of any critical section. */
bool bare_thread_may_wait(void);

/* (inside) Makes the running thread wait on `list`, or on none, for `timeout` ms; 0: for ever. */
void bare_thread_block(thread_list_t *list, u32_t timeout);

/* After bare_thread_block, outside: returns when the wait is over. The ms waited, or
 * SYS_ARCH_TIMEOUT.
 */
u32_t bare_thread_wait(void);

/* (inside) Ends a wait. */
void bare_thread_wake(thread_t *thread);

/* (inside) Moves a thread to another priority. */
void bare_thread_set_priority(thread_t *thread, u8_t priority);

/* Called when a thread's function has returned: gives its mutexes back. */
void bare_mutexes_abandon(void);

/* True if the running thread holds the mutex; with LWIP_COMPAT_MUTEX always. Thread. */
bool bare_mutex_is_mine(const sys_mutex_t *mutex);

#endif

#endif
