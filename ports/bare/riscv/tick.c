/* tick.c (bare, RISC-V) - the machine timer as the source of ticks (privileged architecture 1.12,
 * section 3.2.1).
 *
 * (I1) next is the time of the next interrupt: each is one interval after the one before, however
 *      late it was served, so that no tick is lost
 */
#include "arch/cistern_port.h"
#include "tick.h"
#include "trap.h"

#define MIE_TIMER_INTERRUPT 0x80U

static uint64_t next;
static uint32_t interval;

/* The high word goes out of the way first, so that no early interrupt comes in between. */
static void set_compare(uint64_t time)
{
    CLINT_MTIMECMP_HIGH = UINT32_MAX;
    CLINT_MTIMECMP_LOW = (uint32_t)time;
    CLINT_MTIMECMP_HIGH = (uint32_t)(time >> 32);
}

/* Read again when the low word wrapped in between; once at most, in practice. */
static uint64_t time_now(void)
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
    next += interval;
    set_compare(next);
    cistern_bare_tick();
}

void cistern_bare_tick_start(uint32_t clock_hz)
{
    const uint32_t cycles = tick_cycles(clock_hz, UINT32_MAX);
    if (cycles == 0) {
        return;
    }
    const cistern_critical_t state = cistern_critical_enter();
    bare_trap_install();
    interval = cycles;
    next = time_now() + interval;
    set_compare(next);
    __asm__ volatile("csrs mie, %0" : : "r"(MIE_TIMER_INTERRUPT));
    cistern_critical_leave(state);
    __asm__ volatile("csrsi mstatus, 8");
}
