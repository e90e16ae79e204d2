/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/core_lock.h (common) - the TCP/IP core's lock and its checker, to be included by lwipopts.h.
 *
 * Takes the place of lwIP's own lock when its tree is built with this port. It includes nothing, so
 * that lwipopts.h can include it before any option is known.
 */
#ifndef LWIP_ARCH_CORE_LOCK_H
#define LWIP_ARCH_CORE_LOCK_H

#ifdef __cplusplus
extern "C" {
#endif

/* Locks the core, waiting as long as another thread holds it; with priority inheritance. Does not
 * nest: refused, with a fault, if the calling thread holds it. Thread. */
void sys_lock_tcpip_core(void);

/* Unlocks the core. Refused, with a fault, if the calling thread does not hold it. Thread. */
void sys_unlock_tcpip_core(void);

/* Marks the calling thread as the core's. From then on the checker below reports faults. Thread. */
void sys_mark_tcpip_thread(void);

/* Reports a fault if a core thread was marked and the caller may not use the core now: it does not
 * hold the lock or, with LWIP_TCPIP_CORE_LOCKING 0, is not the marked thread. Thread. */
void sys_check_core_locking(void);

#ifdef __cplusplus
}
#endif

#ifndef LOCK_TCPIP_CORE
#    define LOCK_TCPIP_CORE() sys_lock_tcpip_core()
#endif
#ifndef UNLOCK_TCPIP_CORE
#    define UNLOCK_TCPIP_CORE() sys_unlock_tcpip_core()
#endif
#ifndef LWIP_MARK_TCPIP_THREAD
#    define LWIP_MARK_TCPIP_THREAD() sys_mark_tcpip_thread()
#endif
#ifndef LWIP_ASSERT_CORE_LOCKED
#    define LWIP_ASSERT_CORE_LOCKED() sys_check_core_locking()
#endif

#endif
