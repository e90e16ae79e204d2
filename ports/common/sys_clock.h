/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_clock.h (common) - the monotonic clock, in the units that waiting needs. */
#ifndef CISTERN_COMMON_SYS_CLOCK_H
#define CISTERN_COMMON_SYS_CLOCK_H

#include "lwip/opt.h"

#include "lwip/arch.h"

/* The absolute time `ms` milliseconds after `start`, both in nanoseconds. */
u64_t clock_after_ms(u64_t start, u32_t ms);

/* Whole milliseconds since `start` nanoseconds; never the value that means a timeout. */
u32_t clock_ms_since(u64_t start);

#endif
