/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_fork.c - the pools of a process that forks. Their critical section is the port's to keep;
 * here are the locks of their own, and the threads that wait for a block.
 *
 *   parent   | section | pool's lock | ...  fork  ... | pool's lock | section |
 *   child                                        |    | pool's lock | section |   waits for nobody
 *
 * (I21) a fork happens with every pool's lock held, taken inside the critical section in the order
 *       of the registry; who holds such a lock does not enter the section
 */
#include "pool_private.h"
#include "pool_threads.h"

#if POOL_THREADS

static bool pool_has_own_lock(const cistern_pool_t *pool)
{
    return !pool_is_plain(pool) && pool_strategy(pool)->has_own_lock;
}

static void pool_before_fork(void)
{
    for (cistern_pool_t *pool = cistern_pool_next(NULL); pool != NULL;
         pool = cistern_pool_next(pool)) {
        if (pool_has_own_lock(pool)) {
            (void)(pool_strategy(pool)->stop)(pool);
        }
    }
}

/* The threads that waited do not exist in the child. */
static void pool_after_fork(bool in_child)
{
    for (cistern_pool_t *pool = cistern_pool_next(NULL); pool != NULL;
         pool = cistern_pool_next(pool)) {
        if (in_child && !pool_is_plain(pool)) {
            pool->extras->waiters = NULL;
        }
        if (pool_has_own_lock(pool)) {
            (pool_strategy(pool)->go)(pool, (cistern_critical_t){0});
        }
    }
}

void pool_watch_forks(void)
{
    cistern_port_on_fork(pool_before_fork, pool_after_fork);
}

#endif
