/* SPDX-License-Identifier: BSD-3-Clause */
/* tick.c (bare, RISC-V) - the machine timer as the source of ticks (privileged architecture 1.12,
 * section 3.2.1).
 *
 * (I1) next is the time of the next interrupt: each is one interval after the one before, however
 *      late it was served, so that no tick is lost
 */
#include "arch/cistern_port.h"
#include "tick.h"
#include "trap.h"

#define TICK_MIE_TIMER 0x80U

static uint64_t tick_next;
static uint32_t tick_interval;

/* The high word goes out of the way first, so that no early interrupt comes in between. */
static void tick_set_compare(uint64_t time)
{
    CLINT_MTIMECMP_HIGH = UINT32_MAX;
    CLINT_MTIMECMP_LOW = (uint32_t)time;
    CLINT_MTIMECMP_HIGH = (uint32_t)(time >> 32);
}

/* Read again when the low word wrapped in between; once at most, in practice. */
static uint64_t tick_time(void)
{
    uint32_t high;
    uint32_t low;
    do {
        high = CLINT_MTIME_HIGH;
        low = CLINT_MTIME_LOW;
    } while (high != CLINT_MTIME_HIGH);
    return ((uint64_t)high << 32) | low;
}

void cistern_bare_timer_interrupt(void)
{
    tick_next += tick_interval;
    tick_set_compare(tick_next);
    cistern_bare_tick();
}

void cistern_bare_tick_start(uint32_t clock_hz)
{
    const uint32_t cycles = tick_cycles(clock_hz, 1, UINT32_MAX);
    if (cycles == 0) {
        return;
    }
    const cistern_critical_t state = cistern_critical_enter();
    bare_trap_install();
    tick_interval = cycles;
    tick_next = tick_time() + tick_interval;
    tick_set_compare(tick_next);
    __asm__ volatile("csrs mie, %0" : : "r"(TICK_MIE_TIMER));
    cistern_critical_leave(state);
    __asm__ volatile("csrsi mstatus, 8");
}
