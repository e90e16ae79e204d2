/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern_port.c (lwip) - faults on a port written for lwIP: a line through its LWIP_PLATFORM_DIAG.
 * Without state. */
#include "cistern/fault.h"
#include "lwip/arch.h"

void cistern_port_fault(const cistern_fault_t *fault)
{
    LWIP_PLATFORM_DIAG((CISTERN_FAULT_FORMAT, CISTERN_FAULT_VALUES(fault)));
}
