/* SPDX-License-Identifier: BSD-3-Clause */
/* memory_trace.c - the trace of a run, drained after each event of the server.
 *
 *   hooks --> ring --memory_trace_step--> file        the clock is the recording's */
#include <stdio.h>
#include <stdlib.h>

#include "cistern/trace.h"

#include "memory.h"

static FILE *trace;

static bool memory_trace_write(void *context, const void *bytes, size_t length)
{
    return length == 0 || fwrite(bytes, length, 1, context) == 1;
}

static void memory_trace_check(bool ok)
{
    if (!ok) {
        fprintf(stderr, "server: the trace cannot be written\n");
        exit(1);
    }
}

void memory_trace_open(const char *path)
{
    trace = fopen(path, "wb");
    memory_trace_check(trace != NULL && cistern_trace_begin(memory_trace_write, trace));
    cistern_trace_pools();
    cistern_trace_start();
}

void memory_trace_step(uint32_t now)
{
    cistern_trace_tick(now);
    memory_trace_check(cistern_trace_drain(memory_trace_write, trace));
}

void memory_trace_close(void)
{
    memory_trace_check(cistern_trace_drain(memory_trace_write, trace) &&
                       cistern_trace_lost() == 0 && fclose(trace) == 0);
    cistern_trace_stop();
}
