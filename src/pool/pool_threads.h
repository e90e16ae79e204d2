/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_threads.h - what the pool engine takes from a port that has threads; nothing from one that
 * has not. In arch/cistern_port.h a port defines
 *   CISTERN_PORT_THREADS 1   arch/cistern_threads.h gives a mutex, an event, numbers of threads and
 *                            an asymmetric fence
 *   CISTERN_PORT_EVENTS 1    instead: arch/cistern_events.h gives an event, so that threads can
 * wait for blocks; one processor, whose pools the critical section guards
 */
#ifndef CISTERN_SRC_POOL_THREADS_H
#define CISTERN_SRC_POOL_THREADS_H

#include "cistern/critical.h"

#if CISTERN_POOL_EXTRAS && defined CISTERN_PORT_THREADS
#    define POOL_THREADS 1
#    define POOL_WAITS   1
#    include "arch/cistern_threads.h"
#elif CISTERN_POOL_EXTRAS && defined CISTERN_PORT_EVENTS
#    define POOL_THREADS 0
#    define POOL_WAITS   1
#    include "arch/cistern_events.h"
#else
#    define POOL_THREADS 0
#    define POOL_WAITS   0
#endif

/* Has forks keep the pools whole. While a pool is made. */
#if POOL_THREADS
void pool_watch_forks(void);
#else
static inline void pool_watch_forks(void) {}
#endif

#endif
