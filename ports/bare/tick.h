/* tick.h - what the processors' own timers share. */
#ifndef CISTERN_BARE_TICK_H
#define CISTERN_BARE_TICK_H

#include "cistern/fault.h"
#include "cistern_bare.h"

/* Cycles of the timer's clock from tick to tick; 0, after a fault, iff that is none or more than
 * `most`, which the timer can count. */
static inline uint32_t tick_cycles(uint32_t clock_hz, uint32_t most)
{
    const uint32_t cycles = clock_hz / CISTERN_BARE_TICKS_PER_SECOND;
    if (cycles > 0 && cycles <= most) {
        return cycles;
    }
    const cistern_fault_t fault = {.kind = CISTERN_FAULT_ARGUMENT,
                                   .name = "tick",
                                   .owner = "of no cycle, or of more than the timer counts"};
    cistern_fault_raise(&fault);
    return 0;
}

#endif
