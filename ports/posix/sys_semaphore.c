/* sys_semaphore.c (posix) - semaphores: a gate in a slot.
 *
 *   slot   | object: lock, generation | units: the gate | limit |
 *
 * Invariants:
 *   I1  At most `limit` units are available: a binary semaphore has limit 1.
 */
#define _GNU_SOURCE 1
#include "lwip/sys.h"

#if !NO_SYS

#    include "sys_gate.h"
#    include "sys_object.h"

#    ifndef CISTERN_POSIX_SEMAPHORES
#        define CISTERN_POSIX_SEMAPHORES 1024
#    endif

typedef struct semaphore {
    object_t object;
    gate_t units;
    u32_t limit;
} semaphore_t;

static void prepare(object_t *object)
{
    (void)object;
}

static void forked(object_t *object)
{
    gate_forget_waiters(&((semaphore_t *)object)->units);
}

static semaphore_t slots[CISTERN_POSIX_SEMAPHORES];

object_table_t object_semaphores = {.kind = "semaphore",
                                    .slots = slots,
                                    .slot_size = sizeof slots[0],
                                    .count = CISTERN_POSIX_SEMAPHORES,
                                    .prepare = prepare,
                                    .forked = forked,
                                    OBJECT_STATS(sem)};

static err_t create(sys_sem_t *sem, u32_t count, u32_t limit)
{
    if (sem == NULL) {
        return ERR_ARG;
    }
    semaphore_t *const semaphore = (semaphore_t *)object_new(&object_semaphores, &sem->name);
    if (semaphore == NULL) {
        return ERR_MEM;
    }
    gate_init(&semaphore->units, count);
    semaphore->limit = limit;
    object_unlock(&semaphore->object);
    return ERR_OK;
}

err_t sys_sem_new(sys_sem_t *sem, u8_t count)
{
    return create(sem, count, UINT32_MAX);
}

err_t sys_sem_new_binary(sys_sem_t *sem, u8_t count)
{
    return create(sem, (count != 0) ? 1U : 0U, 1U);
}

void sys_sem_signal(sys_sem_t *sem)
{
    semaphore_t *const semaphore = (semaphore_t *)object_lock(&object_semaphores, &sem->name);
    if (semaphore == NULL) {
        return;
    }
    if (semaphore->units.available < semaphore->limit) {
        gate_give(&semaphore->units);
    }
    object_unlock(&semaphore->object);
}

u32_t sys_arch_sem_wait(sys_sem_t *sem, u32_t timeout)
{
    semaphore_t *const semaphore = (semaphore_t *)object_lock(&object_semaphores, &sem->name);
    if (semaphore == NULL) {
        return SYS_ARCH_TIMEOUT;
    }
    const u32_t waited = gate_wait(&semaphore->units, &semaphore->object.lock, timeout);
    object_unlock(&semaphore->object);
    return waited;
}

void sys_sem_free(sys_sem_t *sem)
{
    semaphore_t *const semaphore =
        (semaphore_t *)object_lock_to_end(&object_semaphores, &sem->name);
    if (semaphore == NULL) {
        return;
    }
    if (semaphore->units.inside == 0) {
        object_end(&object_semaphores, &semaphore->object);
    } else {
        object_unlock(&semaphore->object);
        object_refuse(&object_semaphores, &sem->name, "a free while a thread waits");
    }
}

int sys_sem_valid(sys_sem_t *sem)
{
    return object_is_live(&object_semaphores, &sem->name);
}

void sys_sem_set_invalid(sys_sem_t *sem)
{
    *sem = (sys_sem_t){0};
}

#endif
