/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_time.c (bare) - the clock that a timer interrupt drives.
 *
 *   timer interrupt --> cistern_bare_tick --> ticks --> sys_now, sys_jiffies, waits
 *
 * (I1) ticks counts the calls of cistern_bare_tick, modulo 2^32; sys_now follows modulo 2^32 too,
 *      so differences of either are right across the wrap
 */
#include "arch/cistern_port.h"
#include "cistern_bare.h"
#include "lwip/sys.h"
#include "sys_kernel.h"

static volatile u32_t time_ticks;

/* Inside the critical section: 32 bits take several instructions on a narrow processor. */
u32_t bare_time_ticks(void)
{
    const cistern_critical_t state = cistern_critical_enter();
    const u32_t now = time_ticks;
    cistern_critical_leave(state);
    return now;
}

void cistern_bare_tick(void)
{
    const cistern_critical_t state = cistern_critical_enter();
    time_ticks = time_ticks + 1U;
    cistern_critical_leave(state);
    bare_kernel_tick(bare_time_ticks());
}

#ifndef sys_jiffies
/* A jiffy is a tick. */
u32_t sys_jiffies(void)
{
    return bare_time_ticks();
}
#endif

#ifndef sys_now
u32_t sys_now(void)
{
    return bare_time_ticks() * (u32_t)CISTERN_BARE_MS_PER_TICK;
}
#endif
