/* cistern_port.c (lwip) - faults on a port written for lwIP: a line through its LWIP_PLATFORM_DIAG.
 * Without state. */
/* First, as the engines read it: before lwip/sys.h. */
#include "cistern/config.h"

#include "arch/cistern_port.h"
#include "cistern/fault.h"
#include "lwip/sys.h"

#if !CISTERN_CRITICAL && defined CISTERN_CRITICAL_BY_PORT
_Static_assert(sizeof CISTERN_LWIP_TEXT(SYS_ARCH_PROTECT(CISTERN_LWIP_LEVEL)) == 1,
               "SYS_LIGHTWEIGHT_PROT is 0 and SYS_ARCH_PROTECT stands in sys_arch.h, where the "
               "engines do not see it: define CISTERN_CRITICAL 1 in lwipopts.h");
#endif

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
