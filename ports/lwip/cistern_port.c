/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern_port.c (lwip) - faults on a port written for lwIP: a line through its LWIP_PLATFORM_DIAG.
 * Without state. */
#include "cistern/fault.h"
#include "lwip/arch.h"

static const char *cistern_port_text(const char *text)
{
    return (text != NULL) ? text : "-";
}

void cistern_port_fault(const cistern_fault_t *fault)
{
    LWIP_PLATFORM_DIAG(("cistern: fault: %s: object %s, owner %s\n",
                        cistern_fault_text(fault->kind), cistern_port_text(fault->name),
                        cistern_port_text(fault->owner)));
}
