/* pool_fork.c - the pools of a process that forks. Their critical section is the port's to keep;
 * here are the locks of their own, and the threads that wait for a block.
 *
 *   parent   | section | pool's lock | ...  fork  ... | pool's lock | section |
 *   child                                        |    | pool's lock | section |   waits for nobody
 *
 * (I19) a fork happens with every pool's lock held, taken inside the critical section in the order
 *       of the registry; who holds such a lock does not enter the section
 */
#include "pool_core.h"
#include "pool_extras.h"
#include "pool_threads.h"

#if POOL_THREADS

static bool has_own_lock(const cistern_pool_t *pool)
{
    return !is_plain(pool) && (pool->extras->strategy == CISTERN_POOL_MUTEX ||
                               pool->extras->strategy == CISTERN_POOL_CACHED);
}

static void before_fork(void)
{
    for (cistern_pool_t *pool = cistern_pool_next(NULL); pool != NULL;
         pool = cistern_pool_next(pool)) {
        if (has_own_lock(pool)) {
            (void)strategy_of(pool)->stop(pool);
        }
    }
}

/* The threads that waited do not exist in the child. */
static void after_fork(bool in_child)
{
    for (cistern_pool_t *pool = cistern_pool_next(NULL); pool != NULL;
         pool = cistern_pool_next(pool)) {
        if (in_child && !is_plain(pool)) {
            pool->extras->waiters = NULL;
        }
        if (has_own_lock(pool)) {
            strategy_of(pool)->go(pool, (cistern_critical_t){0});
        }
    }
}

void pool_watch_forks(void)
{
    cistern_port_on_fork(before_fork, after_fork);
}

#endif
