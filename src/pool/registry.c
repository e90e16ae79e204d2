/* registry.c - the list of all pools, whatever face made them.
 *
 *   first --> pool --> pool --> NULL
 *   last -----------------^ its `next`; &first when there is no pool, NULL before the first one
 *
 * (I1) following `next` from first reaches each registered pool once and ends at NULL
 * (I2) last is the address of the link that holds that NULL
 */
#include "cistern/critical.h"
#include "cistern/pool.h"
#include "registry.h"

#define REGISTRY CISTERN_POOL_REGISTRY

/* Laid out as a STAILQ_HEAD, which is what Mynewt clients take it for. */
struct registry {
    cistern_pool_t *first;
    cistern_pool_t **last; /* where the next pool's address goes */
};

extern struct registry REGISTRY;
struct registry REGISTRY;

/* The link that leads to a pool, or the last one. Bound: the number of pools. */
static cistern_pool_t **link_to(const cistern_pool_t *pool)
{
    cistern_pool_t **link = &REGISTRY.first;
    while (*link != NULL && *link != pool) {
        link = &(*link)->next;
    }
    return link;
}

bool cistern_pool_is_registered(const cistern_pool_t *pool)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool registered = pool != NULL && *link_to(pool) == pool;
    cistern_critical_leave(state);
    return registered;
}

void cistern_pool_register(cistern_pool_t *pool)
{
    cistern_pool_t **const link = link_to(pool);
    if (*link == NULL) {
        pool->next = NULL;
        *link = pool;
        REGISTRY.last = &pool->next;
    }
}

cistern_error_t cistern_pool_unregister(cistern_pool_t *pool)
{
    if (pool == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const cistern_critical_t state = cistern_critical_enter();
    cistern_pool_t **const link = link_to(pool);
    const bool found = *link == pool;
    if (found) {
        *link = pool->next;
        if (pool->next == NULL) {
            REGISTRY.last = link;
        }
        pool->next = NULL;
    }
    cistern_critical_leave(state);
    return found ? CISTERN_OK : CISTERN_ERROR_ARGUMENT;
}

cistern_pool_t *cistern_pool_next(const cistern_pool_t *pool)
{
    const cistern_critical_t state = cistern_critical_enter();
    cistern_pool_t *const next = (pool == NULL) ? REGISTRY.first : pool->next;
    cistern_critical_leave(state);
    return next;
}

const cistern_pool_t *cistern_pool_find(const void *address)
{
    const cistern_critical_t state = cistern_critical_enter();
    const cistern_pool_t *pool = REGISTRY.first;
    while (pool != NULL && !cistern_pool_owns(pool, address)) {
        pool = pool->next;
    }
    cistern_critical_leave(state);
    return pool;
}
