/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_semaphore.c (bare) - counting semaphores.
 *
 *   slot   | object | units | waiters --> thread --> thread --> NULL
 *
 * Invariants, outside the critical section:
 *   (I1) while a thread waits there is no unit: a signal hands its unit to the first who waits
 */
#include "sys_object.h"

#if !NO_SYS

#    include "arch/cistern_port.h"

typedef struct semaphore {
    object_t object;
    u32_t units;
    thread_list_t waiters;
} semaphore_t;

static OBJECT_SLOTS(semaphore_t, CISTERN_BARE_SEMAPHORES) sem_slots;

object_table_t bare_object_semaphores = {.kind = "semaphore",
                                         .slots = sem_slots.slot,
                                         .slot_size = sizeof(semaphore_t),
                                         .count = CISTERN_BARE_SEMAPHORES,
                                         OBJECT_STATS(sem) /* */
                                             .tickets = sem_slots.tickets.ticket};

static const sys_bare_name_t *sem_name_of(const sys_sem_t *sem)
{
    return (sem != NULL) ? &sem->name : NULL;
}

static semaphore_t *sem_find(const sys_sem_t *sem)
{
    return (semaphore_t *)bare_object_find(&bare_object_semaphores, sem_name_of(sem));
}

err_t sys_sem_new(sys_sem_t *sem, u8_t count)
{
    if (sem == NULL) {
        return ERR_ARG;
    }
    const cistern_critical_t level = cistern_critical_enter();
    semaphore_t *const semaphore =
        (semaphore_t *)bare_object_new(&bare_object_semaphores, &sem->name);
    if (semaphore != NULL) {
        semaphore->units = count;
        bare_list_start(&semaphore->waiters);
    }
    cistern_critical_leave(level);
    return (semaphore != NULL) ? ERR_OK : ERR_MEM;
}

/* (inside) */
static void sem_give(semaphore_t *semaphore)
{
    if (semaphore->waiters.first != NULL) {
        bare_thread_wake(semaphore->waiters.first);
    } else {
        semaphore->units += (semaphore->units < UINT32_MAX) ? 1U : 0U;
    }
}

void sys_sem_signal(sys_sem_t *sem)
{
    const cistern_critical_t level = cistern_critical_enter();
    semaphore_t *const semaphore = sem_find(sem);
    if (semaphore != NULL) {
        sem_give(semaphore);
    }
    cistern_critical_leave(level);
    if (semaphore == NULL) {
        bare_object_refuse_name(&bare_object_semaphores, sem_name_of(sem));
    }
}

u32_t sys_arch_sem_wait(sys_sem_t *sem, u32_t timeout)
{
    const bool may_wait = bare_thread_may_wait();
    const cistern_critical_t level = cistern_critical_enter();
    semaphore_t *const semaphore = sem_find(sem);
    const bool taken = semaphore != NULL && semaphore->units > 0;
    const bool wait = semaphore != NULL && !taken && may_wait;
    if (taken) {
        --semaphore->units;
    } else if (wait) {
        bare_thread_block(&semaphore->waiters, timeout);
    }
    cistern_critical_leave(level);
    if (taken || wait) {
        return taken ? 0 : bare_thread_wait();
    }
    if (semaphore == NULL) {
        bare_object_refuse_name(&bare_object_semaphores, sem_name_of(sem));
    } else {
        bare_object_refuse_wait(&bare_object_semaphores, sem_name_of(sem));
    }
    return SYS_ARCH_TIMEOUT;
}

void sys_sem_free(sys_sem_t *sem)
{
    const cistern_critical_t level = cistern_critical_enter();
    semaphore_t *const semaphore = sem_find(sem);
    const bool in_use = semaphore != NULL && semaphore->waiters.first != NULL;
    if (semaphore != NULL && !in_use) {
        bare_object_end(&bare_object_semaphores, &semaphore->object);
    }
    cistern_critical_leave(level);
    if (semaphore == NULL) {
        bare_object_refuse_free(&bare_object_semaphores, sem_name_of(sem));
    } else if (in_use) {
        bare_object_refuse(&bare_object_semaphores, sem_name_of(sem),
                           "refused free: a thread waits for it");
    }
}

int sys_sem_valid(sys_sem_t *sem)
{
    return bare_object_is_live(&bare_object_semaphores, sem_name_of(sem));
}

void sys_sem_set_invalid(sys_sem_t *sem)
{
    if (sem != NULL) {
        *sem = (sys_sem_t){0};
    }
}

#endif
