/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_wait.c - threads that wait for a block of a pool.
 *
 *   waiters --> longest waiting --> ... --> shortest waiting --> NULL
 *               block: NULL, or the block that a put handed over
 *
 * Vocabulary: a waiter is a thread inside cistern_pool_get_wait, on whose stack it lives; it is in
 * line from the moment it finds no block until it has one or gives up.
 *
 * Invariants, besides those of pool.c and pool_locked.c (I9):
 *   (I10) a waiter that is served is out of line: it has a block, or was woken because the block
 * that was to be handed over was damaged, and then asks anew
 */
#include "cistern/trace.h"
#include "pool_guard.h"
#include "pool_threads.h"

#if CISTERN_POOL_EXTRAS

#    undef cistern_pool_get
#    undef cistern_pool_put

#    if POOL_WAITS

typedef struct pool_parked {
    pool_waiter_t waiter; /* first: what the strategies see */
    void *block;
    bool served;
    cistern_port_event_t event;
    cistern_pool_t *pool;
} pool_parked_t;

/* Under the lock, so that the waiter still lives. */
static void pool_wake(pool_waiter_t *waiter, void *block)
{
    pool_parked_t *const self = (pool_parked_t *)waiter;
    CISTERN_ASSERT(!self->served); /* (I10) */
    self->block = block;
    self->served = true;
    cistern_port_event_set(&self->event);
}

/* The link that leads to a waiter, or the last one. Bound: the number of waiting threads. */
static pool_waiter_t **pool_link_to_waiter(cistern_pool_t *pool, const pool_waiter_t *waiter)
{
    pool_waiter_t **link = &pool->extras->waiters;
    while (*link != NULL && *link != waiter) {
        link = &(*link)->next;
    }
    return link;
}

/* Ends a wait; afterwards the line has no trace of the waiter. */
static void pool_leave_line(pool_parked_t *self)
{
    cistern_pool_t *const pool = self->pool;
    const cistern_critical_t state = pool_stop(pool);
    if (!self->served) {
        *pool_link_to_waiter(pool, &self->waiter) = self->waiter.next;
        pool_count_failure(pool);
    }
    pool_go(pool, state);
    cistern_port_event_destroy(&self->event);
}

/* The thread that waits is cancelled: a block that was handed over meanwhile is for the next. */
static void pool_wait_cancelled(void *argument)
{
    pool_parked_t *const self = argument;
    pool_leave_line(self);
    if (self->block != NULL) {
        (void)cistern_pool_put(self->pool, self->block);
    }
}

/* Waits in line. Enters with the pool stopped and leaves it. False if the time is over. */
static bool pool_wait_in_line(cistern_pool_t *pool, cistern_critical_t state, uint32_t milliseconds,
                              void **block)
{
    pool_parked_t self = {.waiter = {.next = NULL, .accept = pool_wake}, .pool = pool};
    cistern_port_event_init(&self.event);
    *pool_link_to_waiter(pool, &self.waiter) = &self.waiter;
    pool_go(pool, state);
    cistern_port_event_wait(&self.event, milliseconds, pool_wait_cancelled, &self);
    pool_leave_line(&self);
    CISTERN_ASSERT(self.served || self.block == NULL); /* (I10) */
    *block = self.block;
    return self.served;
}

static bool pool_can_wait(const cistern_pool_t *pool)
{
    return pool != NULL && !pool_is_plain(pool) && pool_strategy(pool)->can_wait;
}

cistern_error_t cistern_pool_get_wait(cistern_pool_t *pool, uint32_t milliseconds, void **block)
{
    bool in_time = true;
    if (block == NULL || !pool_can_wait(pool)) {
        return CISTERN_ERROR_ARGUMENT;
    }
    *block = NULL;
    do { /* once more if another thread took the free block in between, or it was damaged */
        const cistern_critical_t state = pool_stop(pool);
        if (milliseconds > 0 && pool->free <= pool_reserve(pool)) {
            in_time = pool_wait_in_line(pool, state, milliseconds, block);
            CISTERN_TRACE_ON_WAIT(pool, *block, in_time);
        } else {
            pool_go(pool, state);
            *block = cistern_pool_get(pool);
        }
    } while (*block == NULL && in_time && milliseconds > 0);
    CISTERN_ASSERT(*block == NULL || cistern_pool_owns(pool, *block));
    return (*block != NULL) ? CISTERN_OK : CISTERN_ERROR_TIMEOUT;
}

#    else

cistern_error_t cistern_pool_get_wait(cistern_pool_t *pool, uint32_t milliseconds, void **block)
{
    (void)pool;
    (void)milliseconds;
    (void)block;
    return CISTERN_ERROR_ARGUMENT;
}

#    endif

#endif
