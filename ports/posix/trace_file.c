/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_file.c (posix) - a trace's way into a file.
 *
 *   program's threads --hooks--> ring --trace_file_thread, every millisecond--> file
 *
 * The thread advances the clock too: an event's time is that of the latest round. It takes nothing
 * from a pool or heap, so that it is not in the trace. */
#define _POSIX_C_SOURCE 200809L
#include "cistern/trace.h"

#if CISTERN_TRACE

#    include <pthread.h>
#    include <stdio.h>
#    include <time.h>

enum { TRACE_FILE_PERIOD = 1000000 /* ns */ };

static struct {
    FILE *file;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake; /* `closing` was set */
    bool closing;
    bool ok; /* all was written so far */
} trace_file = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

static bool trace_file_write(void *context, const void *bytes, size_t length)
{
    return length == 0 || fwrite(bytes, length, 1, context) == 1;
}

static void trace_file_tick(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const uint64_t ns = (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
    cistern_trace_tick((uint32_t)(ns / 1000U * CISTERN_TRACE_HZ / 1000000U));
}

static void trace_file_round(void)
{
    trace_file_tick();
    trace_file.ok = cistern_trace_drain(trace_file_write, trace_file.file) && trace_file.ok;
}

/* Waits for the end of a period, or for the close; under the lock. */
static void trace_file_wait(void)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += TRACE_FILE_PERIOD;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        ++until.tv_sec;
    }
    (void)pthread_cond_timedwait(&trace_file.wake, &trace_file.lock, &until);
}

static void *trace_file_thread(void *argument)
{
    pthread_mutex_lock(&trace_file.lock);
    while (!trace_file.closing) {
        trace_file_round();
        trace_file_wait();
    }
    pthread_mutex_unlock(&trace_file.lock);
    return argument;
}

bool cistern_trace_file_open(const char *path)
{
    trace_file.file = fopen(path, "wb");
    if (trace_file.file == NULL) {
        return false;
    }
    trace_file.closing = false;
    trace_file_tick();
    cistern_trace_start();
    cistern_trace_pools();
    trace_file.ok = cistern_trace_begin(trace_file_write, trace_file.file);
    if (!trace_file.ok || pthread_create(&trace_file.thread, NULL, trace_file_thread, NULL) != 0) {
        cistern_trace_stop();
        (void)fclose(trace_file.file);
        trace_file.file = NULL;
        return false;
    }
    return true;
}

bool cistern_trace_file_close(void)
{
    if (trace_file.file == NULL) {
        return false;
    }
    pthread_mutex_lock(&trace_file.lock);
    trace_file.closing = true;
    pthread_cond_signal(&trace_file.wake);
    pthread_mutex_unlock(&trace_file.lock);
    (void)pthread_join(trace_file.thread, NULL);
    trace_file_round();
    const bool closed = fclose(trace_file.file) == 0;
    trace_file.file = NULL;
    cistern_trace_stop();
    return closed && trace_file.ok && cistern_trace_lost() == 0;
}

#endif
