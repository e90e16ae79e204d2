/* arch/sys_arch.h (posix) - what names a semaphore, mutex, mailbox or thread on this port.
 *
 * A name is a slot number and the generation of its use. Slots come from pools and are used again,
 * each time with a new generation, so a name that was freed is told from the live one after it for
 * as long as 2^32 uses of the same slot. A variable of zeros names nothing.
 *
 * Options, for lwipopts.h:
 * | option                      | default | effect                                                |
 * |-----------------------------|---------|-------------------------------------------------------|
 * | CISTERN_POSIX_SEMAPHORES    | 1024    | semaphores that can live at once; about 100 bytes each
 * | | CISTERN_POSIX_MUTEXES       | 256     | mutexes that can live at once | |
 * CISTERN_POSIX_MAILBOXES     | 1024    | mailboxes that can live at once, without their rings   |
 * | CISTERN_POSIX_MBOX_SIZE     | 128     | messages of a mailbox made with a size <= 0 | |
 * CISTERN_POSIX_THREAD_POLICY | SCHED_RR| scheduling policy of threads with a priority above 0   |
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

#ifdef __cplusplus
}
#endif

#endif
