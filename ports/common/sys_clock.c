/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_clock.c (common) - time. Everything counts on the system's clock that never steps. No state.
 */
#include "sys_clock.h"

#include "lwip/sys.h"
#include "sys_host.h"

#define CLOCK_NS_PER_MS UINT64_C(1000000)

u64_t clock_after_ms(u64_t start, u32_t ms)
{
    return start + (u64_t)ms * CLOCK_NS_PER_MS;
}

u32_t clock_ms_since(u64_t start)
{
    const u64_t ms = (host_nanoseconds() - start) / CLOCK_NS_PER_MS;
    return (ms < SYS_ARCH_TIMEOUT) ? (u32_t)ms : SYS_ARCH_TIMEOUT - 1U;
}

/* Fuzz tests of lwIP's move the time. */
#ifdef LWIP_FUZZ_SYS_NOW
#    define CLOCK_OFFSET sys_now_offset
#else
#    define CLOCK_OFFSET 0U
#endif

/* The clock of the system, not of the process: differences are what counts. */
u32_t sys_now(void)
{
    return (u32_t)(host_nanoseconds() / CLOCK_NS_PER_MS) + CLOCK_OFFSET;
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

void sys_msleep(u32_t ms)
{
    if (ms != 0) {
        host_sleep_until(clock_after_ms(host_nanoseconds(), ms));
    }
}

#endif
