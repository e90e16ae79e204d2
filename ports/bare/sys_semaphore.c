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

typedef struct semaphore {
    sys_object_t object;
    u32_t units;
    thread_list_t waiters;
} semaphore_t;

static semaphore_t sem_slots[CISTERN_BARE_SEMAPHORES];
static sys_object_list_t sem_list;

const sys_object_table_t sys_object_semaphores = {
    SYS_OBJECT_SLOTS("semaphore", sem_slots, sem_list, sem)};

static semaphore_t *sem_find(const sys_sem_t *sem)
{
    return (semaphore_t *)sys_object_find(&sys_object_semaphores, sys_sem_name(sem));
}

err_t sys_sem_new(sys_sem_t *sem, u8_t count)
{
    if (sem == NULL) {
        return ERR_ARG;
    }
    const cistern_critical_t level = cistern_critical_enter();
    semaphore_t *const semaphore =
        (semaphore_t *)bare_object_new(&sys_object_semaphores, &sem->name);
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
        sys_object_refuse_name(&sys_object_semaphores, sys_sem_name(sem));
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
        sys_object_refuse_name(&sys_object_semaphores, sys_sem_name(sem));
    } else {
        bare_object_refuse_wait(&sys_object_semaphores, sys_sem_name(sem));
    }
    return SYS_ARCH_TIMEOUT;
}

static const char *sem_in_use(const sys_object_t *object)
{
    const semaphore_t *const semaphore = (const semaphore_t *)object;
    return (semaphore->waiters.first != NULL) ? "refused free: a thread waits for it" : NULL;
}

void sys_sem_free(sys_sem_t *sem)
{
    bare_object_free(&sys_object_semaphores, sys_sem_name(sem), sem_in_use);
}

#endif
