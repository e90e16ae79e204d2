/* arch/cistern_port.h (lwip) - the engines' critical section on a port written for lwIP.
 *
 * For those who have a port of lwIP's already (arch/cc.h, arch/sys_arch.h, sys_arch.c) and keep it:
 * put ports/lwip on the include path beside it and compile ports/lwip/cistern_port.c. The section
 * is then the port's own SYS_ARCH_PROTECT, function or macro. What the port's protection covers
 * (threads, interrupts, nesting) is what the engines are covered against.
 */
#ifndef CISTERN_ARCH_PORT_H
#define CISTERN_ARCH_PORT_H

#include "lwip/sys.h"

typedef sys_prot_t cistern_critical_t;

/* Enters the port's protected section and returns the state before. Contexts as the port has it. */
static inline cistern_critical_t cistern_critical_enter(void)
{
    SYS_ARCH_DECL_PROTECT(level);
    SYS_ARCH_PROTECT(level);
    return level;
}

/* Restores the state that the matching enter returned. */
static inline void cistern_critical_leave(cistern_critical_t state)
{
    SYS_ARCH_UNPROTECT(state);
}

#endif
