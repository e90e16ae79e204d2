/* SPDX-License-Identifier: BSD-3-Clause */
/* platform.c (bare) - the hooks' defaults, and lwIP's names for protection.
 *
 *   fault no handler took --> cistern_bare_last_fault --> cistern_bare_fault_hook --> stop
 *                                                          a hook of the program's --> refusal
 *
 * Each default is a weak definition, which gcc, clang, armclang and IAR spell alike.
 */
#include <stdbool.h>

#include "arch/cistern_port.h"
#include "cistern_bare.h"
#include "lwip/sys.h"
#include "sys_kernel.h"

#define PLATFORM_WEAK __attribute__((weak))

cistern_fault_t cistern_bare_last_fault;

/* The text is short, since every device that does not replace this has it. */
PLATFORM_WEAK void cistern_bare_fault_hook(const cistern_fault_t *fault)
{
    cistern_bare_assert_failed("cistern_bare_last_fault", fault->file, fault->line);
}

void cistern_port_fault(const cistern_fault_t *fault)
{
    const cistern_critical_t state = cistern_critical_enter();
    cistern_bare_last_fault = *fault;
    cistern_critical_leave(state);
    cistern_bare_fault_hook(fault);
}

PLATFORM_WEAK void cistern_bare_idle(void)
{
    cistern_cpu_wait();
}

PLATFORM_WEAK void cistern_bare_assert_failed(const char *message, const char *file, int line)
{
    (void)message;
    (void)file;
    (void)line;
    (void)cistern_critical_enter();
    for (volatile bool stopped = true; stopped;) {
    }
}

PLATFORM_WEAK void cistern_bare_diag(const char *format, ...)
{
    (void)format;
}

void sys_init(void)
{
    bare_kernel_start();
}

sys_prot_t sys_arch_protect(void)
{
    return cistern_critical_enter();
}

void sys_arch_unprotect(sys_prot_t pval)
{
    cistern_critical_leave(pval);
}
