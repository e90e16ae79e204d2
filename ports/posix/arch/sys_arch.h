/* arch/sys_arch.h (posix) - what names a semaphore, mutex, mailbox or thread on this port.
 *
 * A name is a slot number and the generation of its use. Slots come from pools and are used again,
 * each time with a new generation, so a name that was freed is told from the live one after it for
 * as long as 2^32 uses of the same slot. A variable of zeros names nothing.
 *
 * Options, for lwipopts.h:
 * | option                        | default              | effect                                |
 * |-------------------------------|----------------------|---------------------------------------|
 * | CISTERN_POSIX_SEMAPHORES      | 1024                 | semaphores that can live at once      |
 * | CISTERN_POSIX_MUTEXES         | 256                  | mutexes that can live at once         |
 * | CISTERN_POSIX_MAILBOXES       | 1024                 | mailboxes that can live at once       |
 * | CISTERN_POSIX_MBOX_SIZE       | 128                  | messages of one made with a size <= 0 |
 * | CISTERN_POSIX_THREAD_POLICY   | SCHED_RR             | of threads with a priority above 0    |
 * | CISTERN_POSIX_MUTEX_PROTOCOL  | PTHREAD_PRIO_INHERIT | _NONE where inheritance is broken, as |
 * |                               |                      | in emulation of another byte order    |
 */
#ifndef LWIP_ARCH_SYS_ARCH_H
#define LWIP_ARCH_SYS_ARCH_H

#include <pthread.h>

#include "lwip/arch.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sys_posix_name {
    u32_t slot;
    u32_t generation; /* 0 names nothing */
} sys_posix_name_t;

typedef struct sys_posix_sem {
    sys_posix_name_t name;
} sys_sem_t;

typedef struct sys_posix_mbox {
    sys_posix_name_t name;
} sys_mbox_t;

#if !LWIP_COMPAT_MUTEX
typedef struct sys_posix_mutex {
    sys_posix_name_t name;
} sys_mutex_t;
#endif

/* A thread; 0 names none. Threads are detached: nobody waits for their end. */
typedef pthread_t sys_thread_t;

/* Makes a binary semaphore: it holds one unit at most, signals beyond that are lost. Fails as
 * sys_sem_new does; every other call takes it like a counting one. An extension of this port. */
s8_t sys_sem_new_binary(sys_sem_t *sem, u8_t count);

/* Starts a thread as sys_thread_new does, but one whose end somebody waits for, once, with
 * pthread_join: after it nothing of the thread is left. An extension of this port. */
sys_thread_t sys_thread_new_joinable(const char *name, void (*thread)(void *arg), void *arg,
                                     int stacksize, int prio);

/* The calling thread's own semaphore, for LWIP_NETCONN_SEM_PER_THREAD: made on first use, freed
 * when the thread ends. NULL iff no semaphore is left. Thread. */
sys_sem_t *sys_arch_netconn_sem_get(void);

/* Makes it beforehand; gives it back before the thread ends. Neither is needed. Thread. */
void sys_arch_netconn_sem_alloc(void);
void sys_arch_netconn_sem_free(void);

#define LWIP_NETCONN_THREAD_SEM_ALLOC() sys_arch_netconn_sem_alloc()
#define LWIP_NETCONN_THREAD_SEM_FREE()  sys_arch_netconn_sem_free()
#define LWIP_NETCONN_THREAD_SEM_GET()   sys_arch_netconn_sem_get()

#ifdef __cplusplus
}
#endif

#endif
