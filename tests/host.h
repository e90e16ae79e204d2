/* SPDX-License-Identifier: BSD-3-Clause */
/* host.h - what tests need of the host that runs them: host_posix.c or host_win32.c. */
#ifndef CISTERN_TESTS_HOST_H
#define CISTERN_TESTS_HOST_H

#include <stddef.h>

/* Calls function(argument) in a new thread of the system's, one that no port started, and returns
 * when that thread is gone, with all that belonged to it. */
void host_run_in_thread(void (*function)(void *argument), void *argument);

/* A copy of `bytes` that ends where readable memory ends: a read past it stops the program. */
char *host_copy_before_unreadable_memory(const char *bytes, size_t length);

#endif
