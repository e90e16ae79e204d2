/* SPDX-License-Identifier: BSD-3-Clause */
/* sections.h - counts how often the library enters its critical section: the linker sends each enter,
 * and each leave to the test, through here (--wrap). */
#ifndef CISTERN_TESTS_SECTIONS_H
#define CISTERN_TESTS_SECTIONS_H

#include "cistern/critical.h"

static unsigned sections; /* entered since the last look */

cistern_critical_t __real_cistern_critical_enter(void);
void __real_cistern_critical_leave(cistern_critical_t state);
cistern_critical_t __wrap_cistern_critical_enter(void);
void __wrap_cistern_critical_leave(cistern_critical_t state); /* the test's */

cistern_critical_t __wrap_cistern_critical_enter(void)
{
    ++sections;
    return __real_cistern_critical_enter();
}

#endif
