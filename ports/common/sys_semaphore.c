/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_semaphore.c (common) - semaphores: a gate in a slot.
 *
 *   slot   | object: lock, generation | gate | units | limit |
 *
 * Invariants, whenever the lock is free:
 *   I1  gate.granted <= units: a unit stays here until the thread it was granted to takes it.
 *   I2  At most `limit` units are there for the taking: a binary semaphore has limit 1.
 */
#include "lwip/sys.h"

#if !NO_SYS

#    include "sys_gate.h"
#    include "sys_object.h"

#    ifndef CISTERN_HOST_SEMAPHORES
#        define CISTERN_HOST_SEMAPHORES 1024
#    endif
#    if CISTERN_HOST_SEMAPHORES < 1
#        error "CISTERN_HOST_SEMAPHORES must be at least 1: see arch/sys_names.h"
#    endif

typedef struct semaphore {
    object_t object;
    gate_t gate;
    u32_t units;
    u32_t limit;
} semaphore_t;

static bool sem_prepare(object_t *object)
{
    (void)object;
    return true;
}

static u32_t sem_waiting(object_t *object)
{
    return gate_waiting(&((semaphore_t *)object)->gate);
}

static void sem_forked(object_t *object)
{
    gate_forget_waiters(&((semaphore_t *)object)->gate);
}

static u32_t sem_stock(gate_t *gate)
{
    return ((const semaphore_t *)gate->owner)->units;
}

static semaphore_t sem_slots[CISTERN_HOST_SEMAPHORES];
static sys_object_list_t sem_list;

static const object_kind_t sem_kind = {
    .sides = 1,
    .side_size = sizeof(semaphore_t),
    .prepare = sem_prepare,
    .forked = sem_forked,
    .waiting = sem_waiting,
};

const sys_object_table_t sys_object_semaphores = {
    SYS_OBJECT_SLOTS("semaphore", sem_slots, sem_list, sem),
    .port = &sem_kind,
};

static err_t sem_create(sys_sem_t *sem, u32_t count, u32_t limit)
{
    if (sem == NULL) {
        return ERR_ARG;
    }
    semaphore_t *const semaphore = (semaphore_t *)object_new(&sys_object_semaphores, &sem->name);
    if (semaphore == NULL) {
        return ERR_MEM;
    }
    gate_init(&semaphore->gate, sem_stock, semaphore, false);
    semaphore->units = count;
    semaphore->limit = limit;
    object_unlock_sides(&sys_object_semaphores, &semaphore->object);
    return ERR_OK;
}

err_t sys_sem_new(sys_sem_t *sem, u8_t count)
{
    return sem_create(sem, count, UINT32_MAX);
}

err_t sys_sem_new_binary(sys_sem_t *sem, u8_t count)
{
    return sem_create(sem, (count != 0) ? 1U : 0U, 1U);
}

static semaphore_t *sem_lock_object(const sys_sem_t *sem)
{
    return (semaphore_t *)object_lock(&sys_object_semaphores, sys_sem_name(sem), 0);
}

void sys_sem_signal(sys_sem_t *sem)
{
    semaphore_t *const semaphore = sem_lock_object(sem);
    if (semaphore == NULL) {
        return;
    }
    semaphore->units += (semaphore->units - semaphore->gate.granted < semaphore->limit) ? 1U : 0U;
    gate_waiter_t *const granted = gate_admit(&semaphore->gate);
    object_unlock(&semaphore->object);
    gate_wake(granted);
}

u32_t sys_arch_sem_wait(sys_sem_t *sem, u32_t timeout)
{
    semaphore_t *const semaphore = sem_lock_object(sem);
    if (semaphore == NULL) {
        return SYS_ARCH_TIMEOUT;
    }
    const u32_t waited = gate_wait(&semaphore->gate, &semaphore->object.lock, timeout);
    semaphore->units -= (waited != SYS_ARCH_TIMEOUT) ? 1U : 0U;
    object_unlock(&semaphore->object);
    return waited;
}

void sys_sem_free(sys_sem_t *sem)
{
    semaphore_t *const semaphore =
        (semaphore_t *)object_lock_to_end(&sys_object_semaphores, sys_sem_name(sem));
    if (semaphore == NULL) {
        return;
    }
    if (semaphore->gate.inside == 0) {
        object_end(&sys_object_semaphores, &semaphore->object);
    } else {
        object_unlock_sides(&sys_object_semaphores, &semaphore->object);
        sys_object_refuse(&sys_object_semaphores, sys_sem_name(sem),
                          "refused free: a thread waits for it");
    }
}

#endif
