/* memp_stats.h - how memp.c writes the statistics of its pools.
 *
 *   one lock for everything:  get or put, and stats_write in the same critical section
 *   lock-free pools:          get or put, then stats_publish; what failed is counted in a section
 *
 * Clients read lwip_stats.memp[i] directly, so that its numbers have to be right when no call is
 * under way. Behind a lock-free pool they are published: written, and written again until the pool
 * still has that number after the write.
 *
 * Invariant (lock-free pools)
 *   (P1)  once every call has ended, `used` and `max` are the pool's own numbers. Each call writes
 *         after it changed the pool. The last write of all is behind every change, and whoever did
 *         it has then read the pool again and found the number that it wrote.
 */
#ifndef CISTERN_SRC_MEMP_STATS_H
#define CISTERN_SRC_MEMP_STATS_H

#include <string.h>

#include "cistern/critical.h"
#include "lwip/memp.h"
#include "lwip/stats.h"
#include "../pool/pool_plain.h"

#if MEMP_STATS

static inline void stats_attach(memp_t type)
{
    lwip_stats.memp[type] = memp_pools[type]->stats;
}

#    if defined LWIP_DEBUG || LWIP_STATS_DISPLAY
static inline void stats_name(const struct memp_desc *desc)
{
    desc->stats->name = desc->desc;
}
#    else
static inline void stats_name(const struct memp_desc *desc)
{
    (void)desc;
}
#    endif

static inline void stats_clear(const struct memp_desc *desc)
{
    memset(desc->stats, 0, sizeof *desc->stats);
    desc->stats->avail = (mem_size_t)desc->num;
    stats_name(desc);
}

/* Writes what a call did to a pool, of which `used` elements are in use now, into its statistics.
 * Call it inside the critical section. */
static inline void stats_write(const struct memp_desc *desc, size_t used, pool_outcome_t outcome)
{
    struct stats_mem *const stats = desc->stats;
    if (outcome == POOL_GOT_NONE) {
        ++stats->err;
    }
    if (outcome == POOL_REFUSED) {
        ++stats->illegal;
    }
    stats->used = (mem_size_t)used;
    if (outcome == POOL_GOT && stats->used > stats->max) {
        stats->max = stats->used;
    }
}

#else

static inline void stats_attach(memp_t type)
{
    (void)type;
}

static inline void stats_clear(const struct memp_desc *desc)
{
    (void)desc;
}

static inline void stats_write(const struct memp_desc *desc, size_t used, pool_outcome_t outcome)
{
    (void)desc;
    (void)used;
    (void)outcome;
}

#endif

/* --- lock-free pools -------------------------------------------------------------------------- */

#if CISTERN_MEMP_LOCK_FREE && MEMP_STATS

#    ifdef CISTERN_PORT_LL

/* One processor: what its contexts write and read has one order. */
static inline mem_size_t number_read(const mem_size_t *number)
{
    return *(const volatile mem_size_t *)number;
}

static inline void number_write(mem_size_t *number, mem_size_t value)
{
    *(volatile mem_size_t *)number = value;
}

#    else

#        include <stdatomic.h>

/* The fields are plain in lwIP's struct. An object of the same size and alignment as an atomic one
 * is taken for one, which holds for every atomic type without a lock. */
typedef _Atomic(mem_size_t) number_t;
_Static_assert(sizeof(number_t) == sizeof(mem_size_t) && _Alignof(number_t) == _Alignof(mem_size_t),
               "CISTERN_MEMP_LOCK_FREE: an atomic mem_size_t has another layout than a plain one");

static inline mem_size_t number_read(const mem_size_t *number)
{
    return atomic_load_explicit((const number_t *)number, memory_order_relaxed);
}

/* More than a store: after it the pool must not look older than it did to any who wrote the number
 * before (P1). An exchange acquires what they had seen. */
#        if ATOMIC_SHORT_LOCK_FREE == 2
static inline void number_write(mem_size_t *number, mem_size_t value)
{
    (void)atomic_exchange_explicit((number_t *)number, value, memory_order_acq_rel);
}
#        else
/* A processor that exchanges words only, such as RV32A: a pool that looked older behind the second
 * fence would put this write's fences before the first one of the other, and so the write too. */
static inline void number_write(mem_size_t *number, mem_size_t value)
{
    atomic_thread_fence(memory_order_seq_cst);
    atomic_store_explicit((number_t *)number, value, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
}
#        endif

#    endif

/* Each further round is one in which another call changed the pool. */
static inline void stats_publish_used(const struct memp_desc *desc)
{
    size_t used;
    do {
        used = pool_lock_free_used(desc->pool);
        number_write(&desc->stats->used, (mem_size_t)used);
    } while (pool_lock_free_used(desc->pool) != used);
}

/* This number only grows, so that a call which finds it there need not write it. Each further round
 * is one in which it grew, or a call that was late wrote an older one. */
static inline void stats_publish_most(const struct memp_desc *desc)
{
    mem_size_t most = (mem_size_t)pool_lock_free_most_used(desc->pool);
    while (number_read(&desc->stats->max) != most) {
        number_write(&desc->stats->max, most);
        most = (mem_size_t)pool_lock_free_most_used(desc->pool);
    }
}

/* A call that failed is rare: its count may take the section. */
static inline void stats_count_failure(const struct memp_desc *desc)
{
    const cistern_critical_t state = cistern_critical_enter();
    ++desc->stats->err;
    cistern_critical_leave(state);
}

static inline void stats_count_refusal(const struct memp_desc *desc)
{
    const cistern_critical_t state = cistern_critical_enter();
    ++desc->stats->illegal;
    cistern_critical_leave(state);
}

/* Brings the numbers up to date after a get, or a put. */
static inline void stats_publish_get(const struct memp_desc *desc)
{
    stats_publish_most(desc);
    stats_publish_used(desc);
}

static inline void stats_publish_put(const struct memp_desc *desc)
{
    stats_publish_used(desc);
}

#elif CISTERN_MEMP_LOCK_FREE

static inline void stats_count_failure(const struct memp_desc *desc)
{
    (void)desc;
}

static inline void stats_count_refusal(const struct memp_desc *desc)
{
    (void)desc;
}

static inline void stats_publish_get(const struct memp_desc *desc)
{
    (void)desc;
}

static inline void stats_publish_put(const struct memp_desc *desc)
{
    (void)desc;
}

#endif

#endif
