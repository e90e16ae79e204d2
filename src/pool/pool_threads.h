/* pool_threads.h - what the pool engine takes from a port that has threads; nothing from one that
 * has not. Such a port's arch/cistern_port.h defines CISTERN_PORT_THREADS 1 and its
 * arch/cistern_threads.h gives a mutex, an event, numbers of threads and an asymmetric fence. */
#ifndef CISTERN_SRC_POOL_THREADS_H
#define CISTERN_SRC_POOL_THREADS_H

#include "cistern/critical.h"

#if CISTERN_POOL_EXTRAS && defined CISTERN_PORT_THREADS
#    define POOL_THREADS 1
#    include "arch/cistern_threads.h"
#else
#    define POOL_THREADS 0
#endif

#endif
