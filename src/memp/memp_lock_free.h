/* SPDX-License-Identifier: BSD-3-Clause */
/* memp_lock_free.h - elements of the engine's lock-free pools, and statistics that follow them.
 *
 *   get or put of the pool, then stats_publish; what failed is counted in a section
 *
 * Clients read lwip_stats.memp[i] directly, so that its numbers have to be right when no call is
 * under way. They are published: written, and written again until the pool still has that number
 * after the write.
 *
 * Invariant
 *   (P1) once every call has ended, `used` and `max` are the pool's own numbers. Each call writes
 *        after it changed the pool. The last write of all is behind every change, and its writer
 * has then read the pool again and found the number that it wrote.
 */
#ifndef CISTERN_SRC_MEMP_LOCK_FREE_H
#define CISTERN_SRC_MEMP_LOCK_FREE_H

#include "cistern/critical.h"
#include "memp_stats.h"

#if MEMP_STATS

#    ifdef CISTERN_PORT_LL

/* One processor: what its contexts write and read has one order. */
static inline mem_size_t memp_number_read(const mem_size_t *number)
{
    return *(const volatile mem_size_t *)number;
}

static inline void memp_number_write(mem_size_t *number, mem_size_t value)
{
    *(volatile mem_size_t *)number = value;
}

#    else

#        include <stdatomic.h>

/* The fields are plain in lwIP's struct. An object of the same size and alignment as an atomic one
 * is taken for one, which holds for every atomic type without a lock. */
typedef _Atomic(mem_size_t) memp_number_t;
_Static_assert(sizeof(memp_number_t) == sizeof(mem_size_t) &&
                   _Alignof(memp_number_t) == _Alignof(mem_size_t),
               "CISTERN_MEMP_LOCK_FREE: an atomic mem_size_t has another layout than a plain one");

static inline mem_size_t memp_number_read(const mem_size_t *number)
{
    return atomic_load_explicit((const memp_number_t *)number, memory_order_relaxed);
}

/* More than a store: after it the pool must not look older than it did to any who wrote the number
 * before (P1). An exchange acquires what they had seen. */
#        if ATOMIC_SHORT_LOCK_FREE == 2
static inline void memp_number_write(mem_size_t *number, mem_size_t value)
{
    (void)atomic_exchange_explicit((memp_number_t *)number, value, memory_order_acq_rel);
}
#        else
/* A processor that exchanges words only, such as RV32A: a pool that looked older behind the second
 * fence would put this write's fences before the first one of the other, and so the write too. */
static inline void memp_number_write(mem_size_t *number, mem_size_t value)
{
    atomic_thread_fence(memory_order_seq_cst);
    atomic_store_explicit((memp_number_t *)number, value, memory_order_relaxed);
    atomic_thread_fence(memory_order_seq_cst);
}
#        endif

#    endif

/* Each further round is one in which another call changed the pool. */
static inline void memp_stats_publish_used(const struct memp_desc *desc)
{
    size_t used;
    do {
        used = cistern_pool_lock_free_used(desc->pool);
        memp_number_write(&desc->stats->used, memp_stats_clamp(used));
    } while (cistern_pool_lock_free_used(desc->pool) != used);
}

/* This number only grows, so that a call which finds it there need not write it. Each further round
 * is one in which it grew, or a call that was late wrote an older one. */
static inline void memp_stats_publish_most(const struct memp_desc *desc)
{
    mem_size_t most = memp_stats_clamp(cistern_pool_lock_free_most_used(desc->pool));
    while (memp_number_read(&desc->stats->max) != most) {
        memp_number_write(&desc->stats->max, most);
        most = memp_stats_clamp(cistern_pool_lock_free_most_used(desc->pool));
    }
}

/* A call that failed is rare: its count may take the section. */
static inline void memp_count_failure(const struct memp_desc *desc)
{
    const cistern_critical_t state = cistern_critical_enter();
    ++desc->stats->err;
    cistern_critical_leave(state);
}

static inline void memp_count_refusal(const struct memp_desc *desc)
{
    const cistern_critical_t state = cistern_critical_enter();
    ++desc->stats->illegal;
    cistern_critical_leave(state);
}

/* Brings the numbers up to date after a get, or a put. */
static inline void memp_stats_publish_get(const struct memp_desc *desc)
{
    memp_stats_publish_most(desc);
    memp_stats_publish_used(desc);
}

static inline void memp_stats_publish_put(const struct memp_desc *desc)
{
    memp_stats_publish_used(desc);
}

#endif

/* --- get and put ------------------------------------------------------------------------------ */

static inline void *memp_get_at(const struct memp_desc *desc, const cistern_pool_place_t *at)
{
    void *const mem = (at != NULL) ? cistern_pool_get_at(desc->pool, at->file, at->line)
                                   : (cistern_pool_get)(desc->pool);
    if (mem == NULL) {
        MEMP_COUNT(memp_count_failure(desc));
    }
    MEMP_COUNT(memp_stats_publish_get(desc));
    memp_clear_poison(desc, mem);
    return mem;
}

static inline bool memp_put(const struct memp_desc *desc, void *mem, bool *was_empty,
                            const cistern_pool_place_t *at)
{
    bool had_none;
    bool *const noted = (was_empty != NULL) ? was_empty : &had_none;
    const cistern_error_t error =
        (at != NULL) ? cistern_pool_put_noting_at(desc->pool, mem, noted, at->file, at->line)
                     : cistern_pool_put_noting(desc->pool, mem, noted);
    if (error != CISTERN_OK) {
        MEMP_COUNT(memp_count_refusal(desc));
        return false;
    }
    MEMP_COUNT(memp_stats_publish_put(desc));
    return true;
}

#endif
