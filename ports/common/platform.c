/* SPDX-License-Identifier: BSD-3-Clause */
/* platform.c (common) - faults and failed assertions on stderr. Without state. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "lwip/opt.h"

#include "lwip/arch.h"
#include "cistern/fault.h"
#include "sys_host.h"

static const char *platform_or_dash(const char *text)
{
    return (text != NULL) ? text : "-";
}

/* One write for each fault, so that lines of several threads do not mix; and without stdio's lock,
 * which the thread that a signal handler interrupted may hold. */
void cistern_port_fault(const cistern_fault_t *fault)
{
    char line[400];
    const int length = snprintf(
        line, sizeof line,
        "cistern: fault: %s: object %s (%p), address %p, owner %s, last user %s:%d\n",
        cistern_fault_text(fault->kind), platform_or_dash(fault->name), fault->object,
        fault->address, platform_or_dash(fault->owner), platform_or_dash(fault->file), fault->line);
    if (length > 0) {
        host_write_error(line, ((size_t)length < sizeof line) ? (size_t)length : sizeof line - 1U);
    }
}

void cistern_host_assert_failed(const char *message, const char *file, int line)
{
    (void)fprintf(stderr, "Assertion \"%s\" failed at line %d in %s\n", message, line, file);
    (void)fflush(NULL);
    abort();
}
