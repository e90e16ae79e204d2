/* cistern/critical.h - the critical section that guards engine state.
 *
 * A port gives arch/cistern_port.h, which defines
 *   cistern_critical_t             what must be remembered to restore the previous state
 *   cistern_critical_enter()       enters; nestable; returns the previous state
 *   cistern_critical_leave(state)  restores it; calls pair up in reverse order
 * With CISTERN_CRITICAL 0 none of them is needed and nothing is locked.
 */
#ifndef CISTERN_CRITICAL_H
#define CISTERN_CRITICAL_H

#include "cistern/config.h"

#if CISTERN_CRITICAL
#    include "arch/cistern_port.h"
#else
typedef int cistern_critical_t;

static inline cistern_critical_t cistern_critical_enter(void)
{
    return 0;
}

static inline void cistern_critical_leave(cistern_critical_t state)
{
    (void)state;
}
#endif

#endif
