/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_port.h (common) - what the engines need of the port: see cistern/port.h.
 *
 * One lock for the whole process; sections nest, also across modules. It is the same lock as lwIP's
 * SYS_ARCH_PROTECT. */
#ifndef CISTERN_ARCH_PORT_H
#define CISTERN_ARCH_PORT_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* arch/cistern_threads.h has what the pool engine needs of threads. */
#define CISTERN_PORT_THREADS 1

typedef int cistern_critical_t; /* depth of nesting before the call, 0 and up */

/* Enters the process-wide critical section; nests; returns the depth before.
 * Never fails. Blocks until the lock is free: other threads hold it for the length of one pool or
 * heap operation. Threads only: a signal handler must not call it. Sections survive fork(): the
 * child's only thread is as deep inside as the thread that forked. */
cistern_critical_t cistern_critical_enter(void);

/* Leaves it; `state` is what the matching enter returned.
 * A state that does not match is a fault: outside every section the call is refused; a state of an
 * outer section leaves the inner ones too. A thread that ends inside a section is also a fault, and
 * the section ends with it. Constant time. Only the thread that entered may call it. */
void cistern_critical_leave(cistern_critical_t state);

/* Counts that threads share without the lock: read, write, and replace if unchanged. A thread that
 * reads what another has replaced sees all that the other wrote before. */
#define cistern_port_atomic_read(address) __atomic_load_n((address), __ATOMIC_ACQUIRE)
#define cistern_port_atomic_write(address, value)                                                  \
    __atomic_store_n((address), (value), __ATOMIC_RELAXED)
#define cistern_port_atomic_replace(address, expected, value)                                      \
    __atomic_compare_exchange_n((address), (expected), (value), false, __ATOMIC_ACQ_REL,           \
                                __ATOMIC_ACQUIRE)

/* The address that the function of this expression returns to: see cistern/trace.h. */
#ifndef CISTERN_TRACE_OWNER
#    define CISTERN_TRACE_OWNER __builtin_return_address(0)
#endif

#ifdef __cplusplus
}
#endif

#endif
