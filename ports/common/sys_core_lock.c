/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_core_lock.c (common) - the lock of the TCP/IP core, and the check that callers hold it.
 *
 * Vocabulary: the core thread is the one that was marked; before one is marked the program is
 * starting up and may do everything.
 *
 * Invariants:
 *   I1  core_held is true in the thread that holds the lock, and in no other.
 */
#include "arch/core_lock.h" /* before the options, as in lwipopts.h */

#include "lwip/sys.h"

#if !NO_SYS

#    include <stdatomic.h>
#    include <stdbool.h>

#    include "cistern/fault.h"
#    include "sys_host.h"

static host_once_t core_once = HOST_ONCE_INITIALIZER;
static sys_mutex_t core_mutex;
static atomic_bool core_thread_marked;
static _Thread_local bool core_held;
static _Thread_local bool core_is_mine;

static void core_raise_fault(const char *reason)
{
    const cistern_fault_t fault = {.kind = CISTERN_FAULT_ARGUMENT,
                                   .object = &core_mutex,
                                   .name = "core lock",
                                   .owner = reason};
    cistern_fault_raise(&fault);
}

static void core_create(void)
{
    if (sys_mutex_new(&core_mutex) != ERR_OK) {
        core_raise_fault("no mutex is left for it");
    }
}

void sys_lock_tcpip_core(void)
{
    if (core_held) {
        core_raise_fault("a lock by the thread that holds it");
        return;
    }
    host_once(&core_once, core_create);
    sys_mutex_lock(&core_mutex); /* refused where none could be made */
    core_held = sys_mutex_valid(&core_mutex);
}

void sys_unlock_tcpip_core(void)
{
    if (!core_held) {
        core_raise_fault("an unlock by a thread that does not hold it");
        return;
    }
    core_held = false;
    sys_mutex_unlock(&core_mutex);
}

void sys_mark_tcpip_thread(void)
{
    core_is_mine = true;
    core_thread_marked = true;
}

#    if LWIP_TCPIP_CORE_LOCKING
static bool core_may_be_used(void)
{
    return core_held || !core_thread_marked;
}
#    else
static bool core_may_be_used(void)
{
    return core_is_mine || !core_thread_marked;
}
#    endif

void sys_check_core_locking(void)
{
    if (!core_may_be_used()) {
        core_raise_fault(LWIP_TCPIP_CORE_LOCKING ? "a core function without the core lock"
                                                 : "a core function outside the core thread");
    }
}

#endif
