/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/critical.h - the critical section that guards engine state: the port's (cistern/port.h), or
 * with CISTERN_CRITICAL 0 nothing.
 */
#ifndef CISTERN_CRITICAL_H
#define CISTERN_CRITICAL_H

#include "cistern/config.h"

#ifdef __cplusplus
extern "C" {
#endif

/* See cistern/agree.h. */
#if CISTERN_CRITICAL
CISTERN_AGREE(CISTERN_CRITICAL, 1);
#else
CISTERN_AGREE(CISTERN_CRITICAL, 0);
#endif

#ifdef __cplusplus
}
#endif

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
