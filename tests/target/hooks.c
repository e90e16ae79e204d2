/* SPDX-License-Identifier: BSD-3-Clause */
/* hooks.c - the bare port's hooks for programs that run in an emulator: everything goes to the
 * host's console by semihosting, and a failed assertion ends the run with a status that is not 0.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cistern_bare.h"

static const char *or_dash(const char *text)
{
    return (text != NULL) ? text : "-";
}

void cistern_bare_fault_hook(const cistern_fault_t *fault)
{
    (void)printf("cistern: fault: %s: object %s (%p), address %p, owner %s\n",
                 cistern_fault_text(fault->kind), or_dash(fault->name), fault->object,
                 fault->address, or_dash(fault->owner));
}

void cistern_bare_assert_failed(const char *message, const char *file, int line)
{
    (void)printf("Assertion \"%s\" failed at line %d in %s\n", message, line, file);
    abort();
}

void cistern_bare_diag(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
}

/* Numbers without a secret: the emulator has none, and no test needs one. */
uint32_t cistern_bare_random(void)
{
    static uint32_t state = 1;
    state = state * 1664525U + 1013904223U;
    return state;
}
