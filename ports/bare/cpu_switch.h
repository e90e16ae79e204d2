/* cpu_switch.h (bare) - between the thread kernel and the processor's part of a context switch.
 * With NO_SYS 1 there is nothing to switch to. */
#ifndef CISTERN_BARE_CPU_SWITCH_H
#define CISTERN_BARE_CPU_SWITCH_H

static inline void *cpu_switch_next(void *stack)
{
    return stack;
}

#endif
