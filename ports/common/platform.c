/* SPDX-License-Identifier: BSD-3-Clause */
/* platform.c (common) - faults and failed assertions on stderr. Without state. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "lwip/opt.h"

#include "lwip/arch.h"
#include "cistern/fault.h"
#include "sys_host.h"

/* One write for each fault, so that lines of several threads do not mix; and without stdio's lock,
 * which the thread that a signal handler interrupted may hold. */
void cistern_port_fault(const cistern_fault_t *fault)
{
    char line[400];
    const int length =
        snprintf(line, sizeof line, CISTERN_FAULT_FORMAT, CISTERN_FAULT_VALUES(fault));
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
