/* SPDX-License-Identifier: BSD-3-Clause */
/* trace.h - the trace of a run, into the file device.ctr of the host; with DEVICE_TRACE 0 nothing. */
#ifndef DEVICE_TRACE_H
#define DEVICE_TRACE_H

#include "board.h"
#include "lwip/sys.h"

#if DEVICE_TRACE

#    include "cistern/trace.h"

/* Before the first block is taken. Thread. */
static inline void trace_start(void)
{
    if (!cistern_trace_semihosting_open("device.ctr")) {
        board_panic("device.ctr cannot be written", __FILE__, __LINE__);
    }
}

/* From time to time, in one thread. A trace that lost events is not exact: it ends the run. */
static inline void trace_drain(void)
{
    cistern_trace_tick(sys_now());
    if (!cistern_trace_semihosting_drain() || cistern_trace_lost() != 0) {
        board_panic("the trace is not whole", __FILE__, __LINE__);
    }
}

#else

static inline void trace_start(void) {}

static inline void trace_drain(void) {}

#endif

#endif
