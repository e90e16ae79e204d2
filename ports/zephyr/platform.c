/* SPDX-License-Identifier: BSD-3-Clause */
/* platform.c (zephyr) - time, protection, random numbers and faults, from the kernel's calls.
 *
 *   sys_now ----------> k_uptime_get_32       sys_arch_protect --> irq_lock
 *   LWIP_RAND --------> sys_rand_get          fault without a handler --> printk
 *
 * Without state.
 */
#include <stddef.h>

#include <zephyr/kernel.h>
#include <zephyr/random/random.h>
#include <zephyr/sys/printk.h>

#include "arch/cistern_port.h"
#include "cistern/fault.h"
#include "lwip/sys.h"

void sys_init(void) {}

u32_t sys_now(void)
{
    return k_uptime_get_32();
}

u32_t sys_jiffies(void)
{
    return k_cycle_get_32();
}

sys_prot_t sys_arch_protect(void)
{
    return cistern_critical_enter();
}

void sys_arch_unprotect(sys_prot_t pval)
{
    cistern_critical_leave(pval);
}

uint32_t cistern_zephyr_random(void)
{
    uint32_t value;
    sys_rand_get(&value, sizeof value);
    return value;
}

/* The program goes on: the call that found the fault refuses. cistern_fault_set_handler has faults
 * go elsewhere. */
void cistern_port_fault(const cistern_fault_t *fault)
{
    printk(CISTERN_FAULT_FORMAT, CISTERN_FAULT_VALUES(fault));
}
