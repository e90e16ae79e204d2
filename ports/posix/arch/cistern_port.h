/* arch/cistern_port.h (posix) - what the engines need of the port: see cistern/critical.h.
 *
 * One lock for the whole process; sections nest, also across modules. It is the same lock as lwIP's
 * SYS_ARCH_PROTECT. */
#ifndef CISTERN_ARCH_PORT_H
#define CISTERN_ARCH_PORT_H

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
 * A state that does not match is a fault: one that is not inside any section is refused; one that
 * skips inner sections leaves these too. A thread that ends inside a section is a fault as well,
 * and the section ends with it. Constant time. The thread that entered. */
void cistern_critical_leave(cistern_critical_t state);

#ifdef __cplusplus
}
#endif

#endif
