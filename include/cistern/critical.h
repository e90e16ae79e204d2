/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/critical.h - the critical section that guards engine state: the port's (cistern/port.h), or
 * with CISTERN_CRITICAL 0 nothing.
 */
#ifndef CISTERN_CRITICAL_H
#define CISTERN_CRITICAL_H

#include "cistern/config.h"

#if CISTERN_CRITICAL
#    include "cistern/port.h"
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
