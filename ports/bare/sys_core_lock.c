/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_core_lock.c (bare) - the lock of the TCP/IP core, and the check that callers hold it.
 *
 * Vocabulary: the core thread is the one that was marked; before one is marked the program is
 * starting up and may do everything.
 *
 * Invariants, outside the critical section:
 *   (I1) holder is the thread that has the mutex, NULL if there is none; one that ended with it does
 *        not have it any more
 */
#include "arch/core_lock.h" /* before the options, as in lwipopts.h */

#include "sys_kernel.h"

#if !NO_SYS

#    include "arch/cistern_port.h"
#    include "cistern/fault.h"

static sys_mutex_t core_mutex;
static const thread_t *core_holder;
static const thread_t *core_thread;

static void core_raise_fault(const char *reason)
{
    const cistern_fault_t fault = {.kind = CISTERN_FAULT_ARGUMENT,
                                   .object = &core_mutex,
                                   .name = "core lock",
                                   .owner = reason};
    cistern_fault_raise(&fault);
}

/* Makes the mutex on its first use, whoever comes first. True if there is one. */
static bool core_make(void)
{
    const cistern_critical_t level = cistern_critical_enter();
    const bool made = sys_mutex_valid(&core_mutex) || sys_mutex_new(&core_mutex) == ERR_OK;
    cistern_critical_leave(level);
    return made;
}

static bool core_is_holder(void)
{
    return core_holder != NULL && core_holder == bare_thread_running() &&
           bare_mutex_is_mine(&core_mutex) && !cistern_cpu_in_interrupt();
}

/* Why a lock is refused; NULL if it is not. */
static const char *core_refusal_to_lock(void)
{
    if (!bare_thread_may_wait()) {
        return "a lock in an interrupt or a protected section";
    }
    if (core_is_holder()) {
        return "a lock by the thread that holds it";
    }
    return core_make() ? NULL : "no mutex is left for it";
}

void sys_lock_tcpip_core(void)
{
    const char *const reason = core_refusal_to_lock();
    if (reason != NULL) {
        core_raise_fault(reason);
        return;
    }
    sys_mutex_lock(&core_mutex);
    core_holder = bare_thread_running();
}

void sys_unlock_tcpip_core(void)
{
    if (!core_is_holder()) {
        core_raise_fault("an unlock by a thread that does not hold it");
        return;
    }
    core_holder = NULL;
    sys_mutex_unlock(&core_mutex);
}

void sys_mark_tcpip_thread(void)
{
    core_thread = bare_thread_running();
}

/* Why the caller may not use the core now; NULL if it may. */
static const char *core_refusal_to_use(void)
{
    if (cistern_cpu_in_interrupt()) {
        return "a core function in an interrupt";
    }
    if (core_thread == NULL) {
        return NULL;
    }
    if (LWIP_TCPIP_CORE_LOCKING) {
        return core_is_holder() ? NULL : "a core function without the core lock";
    }
    return (core_thread == bare_thread_running()) ? NULL
                                                  : "a core function outside the core thread";
}

void sys_check_core_locking(void)
{
    const char *const reason = core_refusal_to_use();
    if (reason != NULL) {
        core_raise_fault(reason);
    }
}

#endif
