/* SPDX-License-Identifier: BSD-3-Clause */
/* sys_gate.h (common) - threads that wait for units, first come first served.
 *
 * What every wait of this port stands on. A unit is what its owner says: one count of a semaphore,
 * a message in a mailbox, a free place in one. The owner keeps the stock of units; the gate decides
 * whose turn it is to take one. A gate has no lock of its own: each call is made with the lock of
 * the object's side that the gate is part of, and returns with it.
 */
#ifndef CISTERN_COMMON_SYS_GATE_H
#define CISTERN_COMMON_SYS_GATE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "lwip/opt.h"

#include "lwip/arch.h"
#include "quick_lock.h"
#include "sys_host.h"

typedef struct gate_waiter gate_waiter_t;

typedef struct gate gate_t;

/* How many units there are now, those granted among them. Constant time. */
typedef u32_t gate_stock_t(gate_t *gate);

struct gate {
    gate_waiter_t *first; /* waited longest */
    gate_waiter_t *last;
    gate_stock_t *stock;
    void *owner;
    bool remote;   /* the stock may grow while another thread holds the lock */
    int spins;     /* how often to spin before queueing: grows when that helped, else shrinks */
    u32_t granted; /* units that belong to waiters which have not taken them yet */
    u32_t inside;  /* threads inside gate_wait, granted or not */
    atomic_uint waiting; /* length of the queue; may be read without the lock */
};

/* Makes a gate at which no thread waits. */
void gate_init(gate_t *gate, gate_stock_t *stock, void *owner, bool remote);

/* Asks for a unit without waiting: true if the caller may take one from the stock. Constant time.
 */
bool gate_try(gate_t *gate);

/* Asks for a unit, waiting at most `timeout` ms, 0 for ever. Returns the ms waited, and the caller
 * takes one from the stock; or SYS_ARCH_TIMEOUT. `lock` is free while the thread sleeps. A thread
 * that is cancelled gives up its turn, and frees the lock. */
u32_t gate_wait(gate_t *gate, quick_lock_t *lock, u32_t timeout);

/* Grants units to waiters as long as there are both. To be called when the stock grew. Returns
 * those of them that sleep, for gate_wake. Linear in the number of waiters that go on. */
gate_waiter_t *gate_admit(gate_t *gate);

/* Wakes what gate_admit returned; NULL is none. To be called soon, without the lock: a system
 * that switches to the woken thread at once would otherwise let it run into the lock. */
void gate_wake(gate_waiter_t *granted);

/* True if gate_admit may have something to do. Without the lock, after the stock grew by a
 * sequentially consistent store. */
bool gate_is_waited_at(gate_t *gate);

/* Threads in the queue. Any thread. */
u32_t gate_waiting(gate_t *gate);

/* In a forked child, where the waiting threads do not exist. */
void gate_forget_waiters(gate_t *gate);

#endif
