/* platform.c (common) - faults and failed assertions on stderr. Without state. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "lwip/arch.h"
#include "cistern/fault.h"

static const char *or_dash(const char *text)
{
    return (text != NULL) ? text : "-";
}

/* One call of printf per fault, so that lines of several threads do not mix. */
void cistern_port_fault(const cistern_fault_t *fault)
{
    (void)fprintf(stderr,
                  "cistern: fault: %s: object %s (%p), address %p, owner %s, last user %s:%d\n",
                  cistern_fault_text(fault->kind), or_dash(fault->name), fault->object,
                  fault->address, or_dash(fault->owner), or_dash(fault->file), fault->line);
}

void cistern_host_assert_failed(const char *message, const char *file, int line)
{
    (void)fprintf(stderr, "Assertion \"%s\" failed at line %d in %s\n", message, line, file);
    (void)fflush(NULL);
    abort();
}
