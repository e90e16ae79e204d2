/* SPDX-License-Identifier: BSD-3-Clause */
/* memory.h - what the server asks this library for; built on lwIP's own memory code there is
 * nothing to ask. SERVER_OURS and CISTERN_TRACE are of the command line. */
#ifndef CISTERN_STACKS_MEMORY_H
#define CISTERN_STACKS_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#ifdef SERVER_OURS

#    include "cistern/fault.h"

static inline unsigned memory_faults(void)
{
    return (unsigned)cistern_fault_count();
}

#else

static inline unsigned memory_faults(void)
{
    return 0;
}

#endif

#if defined SERVER_OURS && CISTERN_TRACE

/* The trace of a run goes to that file; ends the program if it cannot be written whole. */
void memory_trace_open(const char *path);
void memory_trace_step(uint32_t now);
void memory_trace_close(void);

#else

static inline void memory_trace_open(const char *path)
{
    (void)path;
}

static inline void memory_trace_step(uint32_t now)
{
    (void)now;
}

static inline void memory_trace_close(void) {}

#endif

#endif
