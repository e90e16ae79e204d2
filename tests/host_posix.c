/* SPDX-License-Identifier: BSD-3-Clause */
/* host_posix.c - host.h on POSIX. */
#define _GNU_SOURCE 1
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support.h"

#include "host.h"

/* --- threads ---------------------------------------------------------------------------------- */

typedef struct call {
    void (*function)(void *argument);
    void *argument;
} call_t;

static void *run(void *argument)
{
    const call_t *const call = argument;
    call->function(call->argument);
    return NULL;
}

void host_run_in_thread(void (*function)(void *argument), void *argument)
{
    call_t call = {function, argument};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run, &call), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

/* --- memory ----------------------------------------------------------------------------------- */

char *host_copy_before_unreadable_memory(const char *bytes, size_t length)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *const memory =
        mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    assert_int_equal(mprotect(memory + page, page, PROT_NONE), 0);
    return memcpy(memory + page - length, bytes, length);
}
