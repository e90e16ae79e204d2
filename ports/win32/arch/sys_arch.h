/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/sys_arch.h (win32) - what names a semaphore, mutex, mailbox or thread on this port.
 * arch/sys_names.h lists the options. */
#ifndef LWIP_ARCH_SYS_ARCH_H
#define LWIP_ARCH_SYS_ARCH_H

#include "arch/sys_names.h"

/* A thread, by the system's number (DWORD); 0 names none. No call waits for a thread's end. */
typedef unsigned long sys_thread_t;

#endif
