/* arch/cistern_port.h (posix) - what the engines need of the port: see cistern/critical.h.
 *
 * One recursive mutex for the whole process, so that sections nest, also across modules. It is the
 * same lock as lwIP's SYS_ARCH_PROTECT. */
#ifndef CISTERN_ARCH_PORT_H
#define CISTERN_ARCH_PORT_H

#ifdef __cplusplus
extern "C" {
#endif

typedef int cistern_critical_t; /* nesting depth before the call */

/* Enters the process-wide critical section; nests; returns the depth before.
 * Blocks until the lock is free. Threads only: a signal handler must not call it. */
cistern_critical_t cistern_critical_enter(void);

/* Leaves it; `state` is what the matching enter returned. */
void cistern_critical_leave(cistern_critical_t state);

#ifdef __cplusplus
}
#endif

#endif
