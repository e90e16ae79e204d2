/* sys_gate.h (posix) - a counter of units that threads take and wait for, first come first served.
 *
 * What every wait of this port stands on: a semaphore is a gate; a mailbox is a ring with one gate
 * for its messages and one for its free places. A gate has no lock of its own: each call is made
 * with the lock of the object that the gate is part of, and returns with it.
 */
#ifndef CISTERN_POSIX_SYS_GATE_H
#define CISTERN_POSIX_SYS_GATE_H

#include <pthread.h>
#include <stdbool.h>

#include "lwip/arch.h"

typedef struct gate_waiter gate_waiter_t;

typedef struct gate {
    u32_t available;      /* units that anyone may take */
    u32_t granted;        /* units that belong to waiters which have not gone on yet */
    u32_t inside;         /* threads inside gate_wait, granted or not */
    gate_waiter_t *first; /* waited longest */
    gate_waiter_t *last;
} gate_t;

/* Makes a gate with `available` units and nobody waiting. */
void gate_init(gate_t *gate, u32_t available);

/* Takes a unit without waiting: true iff there was one. Constant time. */
bool gate_try(gate_t *gate);

/* Takes a unit, waiting at most `timeout` ms, 0 for ever. Returns the ms waited, or
 * SYS_ARCH_TIMEOUT. `lock` is free while the thread waits. A cancelled thread gives its unit back
 * and frees the lock. */
u32_t gate_wait(gate_t *gate, pthread_mutex_t *lock, u32_t timeout);

/* Adds a unit and, if there are waiters, gives it to the first. Constant time. */
void gate_give(gate_t *gate);

/* In a forked child, where the waiting threads do not exist: takes back what was granted to them.
 */
void gate_forget_waiters(gate_t *gate);

#endif
