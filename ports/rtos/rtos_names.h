/* SPDX-License-Identifier: BSD-3-Clause */
/* rtos_names.h - the types of semaphores and mailboxes under ports/rtos, for a port's arch/sys_arch.h. */
#ifndef CISTERN_RTOS_NAMES_H
#define CISTERN_RTOS_NAMES_H

#include "../oslayer/sys_name.h"

#endif
