/* cistern_port.c (lwip) - faults on a port written for lwIP: a line through its LWIP_PLATFORM_DIAG.
 * Without state. */
#include "lwip/arch.h"

#include "cistern/fault.h"

static const char *or_dash(const char *text)
{
    return (text != NULL) ? text : "-";
}

void cistern_port_fault(const cistern_fault_t *fault)
{
    LWIP_PLATFORM_DIAG(("cistern: fault: %s: object %s, owner %s\n",
                        cistern_fault_text(fault->kind), or_dash(fault->name),
                        or_dash(fault->owner)));
}
