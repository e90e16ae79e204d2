/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_arch.h - threads of a station in virtual time: see coroutines.c. */
#ifndef CISTERN_TRUTH_SYS_ARCH_H
#define CISTERN_TRUTH_SYS_ARCH_H

typedef struct coroutine_queue *sys_mbox_t;
typedef struct coroutine_queue *sys_sem_t;
typedef struct coroutine *sys_thread_t;
typedef int sys_prot_t;

#define SYS_MBOX_NULL              NULL
#define SYS_SEM_NULL               NULL
#define sys_mbox_valid(mbox)       (*(mbox) != NULL)
#define sys_sem_valid(sem)         (*(sem) != NULL)
#define sys_mbox_set_invalid(mbox) (*(mbox) = NULL)
#define sys_sem_set_invalid(sem)   (*(sem) = NULL)

#endif
