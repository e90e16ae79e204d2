/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_name.h (oslayer) - what names a semaphore, mutex or mailbox, on every port with threads.
 *
 * A name is a slot of a table and the generation of its use: the name of a freed object differs from
 * those of later ones in the same slot, as a kernel's handle, an address, might not; after 2^16 uses
 * of a slot (2^32 where a port has wide names) it is given again. A variable of zeros names nothing.
 *
 * Nothing of lwIP is included: an lwipopts.h that includes arch/sys_arch.h is read before lwIP's types
 * and the defaults of its options are defined.
 */
#ifndef CISTERN_OSLAYER_SYS_NAME_H
#define CISTERN_OSLAYER_SYS_NAME_H

#include <stdint.h>

/* Half of a name; a port with room for it takes uint32_t. */
#ifndef SYS_NAME_PART
#    define SYS_NAME_PART uint16_t
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef SYS_NAME_PART sys_name_part_t;

typedef struct sys_name {
    sys_name_part_t slot;
    sys_name_part_t generation; /* 0 names nothing */
} sys_name_t;

/* Structs, so that no call takes an object of another kind. */
typedef struct sys_sem {
    sys_name_t name;
} sys_sem_t;

typedef struct sys_mbox {
    sys_name_t name;
} sys_mbox_t;

#if !LWIP_COMPAT_MUTEX
typedef struct sys_mutex {
    sys_name_t name;
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

#ifdef __cplusplus
}
#endif

#endif
