/* SPDX-License-Identifier: BSD-3-Clause */
/* tick.h (bare) - what the processors' own timers share. */
#ifndef CISTERN_BARE_TICK_H
#define CISTERN_BARE_TICK_H

#include "cistern/fault.h"
#include "cistern_bare.h"

/* Reports that the timer was not started, and why. */
static inline void tick_refuse(const char *reason)
{
    const cistern_fault_t fault = {.kind = CISTERN_FAULT_ARGUMENT, .name = "tick", .owner = reason};
    cistern_fault_raise(&fault);
}

/* Cycles of the timer's clock from tick to tick; 0, after a fault, if they are fewer than `least`,
 * at which the timer stands still, or more than `most`, which it can count. */
static inline uint32_t tick_cycles(uint32_t clock_hz, uint32_t least, uint32_t most)
{
    const uint32_t cycles = clock_hz / CISTERN_BARE_TICKS_PER_SECOND;
    if (cycles >= least && cycles <= most) {
        return cycles;
    }
    tick_refuse("fewer cycles than the timer needs, or more than it counts");
    return 0;
}

#endif
