/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/rtos_sem.h - the kernel's counting semaphore, for ports/rtos. */
#ifndef ARCH_RTOS_SEM_H
#define ARCH_RTOS_SEM_H

#include "kernel.h"

typedef kernel_sem_t rtos_sem_t;

#endif
