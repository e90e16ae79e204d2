/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_names.h (common) - what names a semaphore, mutex or mailbox on hosts with threads.
 *
 * A name is a slot number and the generation of its use. Slots come from pools and are used again,
 * each time with a new generation: the name of a freed object differs from those of later ones, for
 * 2^32 uses of the same slot. A variable of zeros names nothing.
 *
 * Nothing of lwIP is included: an lwipopts.h that includes arch/sys_arch.h is read before lwIP's types
 * and the defaults of its options are defined.
 *
 * Options, for lwipopts.h:
 *
 * | option                  | default | effect                                                 |
 * |-------------------------|---------|--------------------------------------------------------|
 * | CISTERN_HOST_SEMAPHORES | 1024    | semaphores that can live at once; about 200 bytes each |
 * | CISTERN_HOST_MUTEXES    | 256     | mutexes that can live at once                          |
 * | CISTERN_HOST_MAILBOXES  | 1024    | mailboxes that can live at once, without their rings   |
 * | CISTERN_HOST_MBOX_SIZE  | 128     | messages of a mailbox made with a size <= 0            |
 */
#ifndef CISTERN_ARCH_SYS_NAMES_H
#define CISTERN_ARCH_SYS_NAMES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sys_host_name {
    uint32_t slot;
    uint32_t generation; /* 0 names nothing */
} sys_host_name_t;

typedef struct sys_host_sem {
    sys_host_name_t name;
} sys_sem_t;

typedef struct sys_host_mbox {
    sys_host_name_t name;
} sys_mbox_t;

#if !LWIP_COMPAT_MUTEX
typedef struct sys_host_mutex {
    sys_host_name_t name;
} sys_mutex_t;
#endif

/* The names of no object, to initialise and to set; to compare, use sys_sem_valid and
 * sys_mbox_valid. */
#ifdef __cplusplus
#    define SYS_SEM_NULL  (sys_sem_t())
#    define SYS_MBOX_NULL (sys_mbox_t())
#else
#    define SYS_SEM_NULL  ((sys_sem_t){{0, 0}})
#    define SYS_MBOX_NULL ((sys_mbox_t){{0, 0}})
#endif

/* Makes a binary semaphore: it holds one unit at most, signals beyond that are lost. Fails as
 * sys_sem_new does; every other call takes it like a counting one. An extension of these ports. */
int8_t sys_sem_new_binary(sys_sem_t *sem, uint8_t count);

/* The number of threads that wait for a semaphore, mutex or mailbox now, for tests and diagnosis. A
 * thread that is counted is served after all threads that were counted before it. Linear in the
 * objects that were ever made. Thread. An extension of these ports. */
uint32_t sys_host_waiting(void);

#ifdef __cplusplus
}
#endif

#include "arch/thread_sem.h" /* its calls take a sys_sem_t */

#endif
