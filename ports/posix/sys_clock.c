/* sys_clock.c (posix) - time. Everything counts on CLOCK_MONOTONIC, which never steps. No state. */
#define _GNU_SOURCE 1
#include "sys_clock.h"

#include <errno.h>
#include <stdint.h>

#include "lwip/sys.h"

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S  UINT64_C(1000000000)

u64_t clock_nanoseconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (u64_t)now.tv_sec * NS_PER_S + (u64_t)now.tv_nsec;
}

struct timespec clock_after_ms(u64_t start, u32_t ms)
{
    const u64_t end = start + (u64_t)ms * NS_PER_MS;
    return (struct timespec){.tv_sec = (time_t)(end / NS_PER_S), .tv_nsec = (long)(end % NS_PER_S)};
}

u32_t clock_ms_since(u64_t start)
{
    const u64_t ms = (clock_nanoseconds() - start) / NS_PER_MS;
    return (ms < SYS_ARCH_TIMEOUT) ? (u32_t)ms : SYS_ARCH_TIMEOUT - 1U;
}

/* The clock of the system, not of the process: differences are what counts. */
u32_t sys_now(void)
{
    return (u32_t)(clock_nanoseconds() / NS_PER_MS);
}

/* A tick of this port is one millisecond. */
u32_t sys_jiffies(void)
{
    return sys_now();
}

#if NO_SYS

/* Without threads and their objects there is nothing to prepare. */
void sys_init(void) {}

#else

/* The end is absolute, so that signals on the way do not make the wait longer. */
void sys_msleep(u32_t ms)
{
    if (ms == 0) {
        return;
    }
    const struct timespec end = clock_after_ms(clock_nanoseconds(), ms);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR) {
    }
}

#endif
