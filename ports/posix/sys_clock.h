/* sys_clock.h (posix) - the monotonic clock, in the units that waiting needs. */
#ifndef CISTERN_POSIX_SYS_CLOCK_H
#define CISTERN_POSIX_SYS_CLOCK_H

#include <time.h>

#include "lwip/arch.h"

/* Nanoseconds since some start. */
u64_t clock_nanoseconds(void);

/* The absolute time `ms` milliseconds after `start` nanoseconds. */
struct timespec clock_after_ms(u64_t start, u32_t ms);

/* Whole milliseconds since `start` nanoseconds; never the value that means a timeout. */
u32_t clock_ms_since(u64_t start);

#endif
