/* SPDX-License-Identifier: BSD-3-Clause */
/* memp_heap.h - elements that come from the heap, of which a pool only keeps the number.
 *
 *   struct memp_desc (const) --account--> used
 *
 * Invariant
 *   (H1) account->used is the number of elements that the heap has given out; with CISTERN_MEMP_LIMIT
 *        it never exceeds num. A free into a wrong pool makes it too low there, and stops at 0
 */
#ifndef CISTERN_SRC_MEMP_HEAP_H
#define CISTERN_SRC_MEMP_HEAP_H

#include "cistern/critical.h"
#include "cistern/fault.h"
#include "lwip/mem.h"
#include "memp_stats.h"

/* Whether a pool may have so many elements. */
static inline bool memp_is_allowed(const struct memp_desc *desc, size_t used)
{
    return !CISTERN_MEMP_LIMIT || used <= desc->num;
}

static inline size_t memp_used(const struct memp_desc *desc)
{
    const cistern_critical_t state = cistern_critical_enter();
    const size_t used = desc->account->used;
    cistern_critical_leave(state);
    return used;
}

static inline bool memp_reserve(const struct memp_desc *desc)
{
    struct memp_account *const account = desc->account;
    const cistern_critical_t state = cistern_critical_enter();
    const bool within_limit = memp_is_allowed(desc, account->used + 1);
    CISTERN_ASSERT(memp_is_allowed(desc, account->used)); /* (H1) */
    if (within_limit) {
        ++account->used;
    } else {
        MEMP_COUNT(++desc->stats->err);
    }
    cistern_critical_leave(state);
    return within_limit;
}

/* Gives up one element of the limit; returns whether the limit was reached. */
static inline bool memp_release(const struct memp_desc *desc)
{
    struct memp_account *const account = desc->account;
    const cistern_critical_t state = cistern_critical_enter();
    const bool was_full = account->used == desc->num;
    CISTERN_ASSERT(memp_is_allowed(desc, account->used)); /* (H1) */
    account->used -= account->used != 0 ? 1U : 0U;
    MEMP_COUNT(memp_stats_put(desc, account->used));
    cistern_critical_leave(state);
    return was_full;
}

static inline void memp_count_heap(const struct memp_desc *desc, bool got)
{
    LWIP_UNUSED_ARG(desc); /* without statistics */
    const cistern_critical_t state = cistern_critical_enter();
    if (got) {
        MEMP_COUNT(memp_stats_get(desc, desc->account->used));
    } else {
        MEMP_COUNT(++desc->stats->err);
    }
    cistern_critical_leave(state);
}

static inline void memp_count_refusal(const struct memp_desc *desc)
{
    LWIP_UNUSED_ARG(desc); /* without statistics */
    const cistern_critical_t state = cistern_critical_enter();
    MEMP_COUNT(++desc->stats->illegal);
    cistern_critical_leave(state);
}

/* A size that mem_size_t cannot express is more than can be asked for. */
static inline void *memp_heap_get(size_t bytes)
{
    const mem_size_t size = (mem_size_t)bytes;
    CISTERN_ASSERT(bytes > 0);
    return size == bytes ? mem_malloc(size) : NULL;
}

static inline void *memp_get_at(const struct memp_desc *desc, const cistern_pool_place_t *at)
{
    (void)at;
    if (!memp_reserve(desc)) {
        return NULL;
    }
    void *const mem = memp_heap_get(desc->size);
    if (mem == NULL) {
        (void)memp_release(desc);
    }
    memp_count_heap(desc, mem != NULL);
    memp_clear_poison(desc, mem);
    return mem;
}

/* Whether a block of the heap is another pool's or the program's: this pool has no element in use. */
static inline bool memp_is_of_others(const struct memp_desc *desc, const void *mem)
{
    const bool of_others = memp_used(desc) == 0 && mem_is_in_use(mem);
    if (of_others) {
        const cistern_fault_t fault = {
            .kind = CISTERN_FAULT_WRONG_POOL, .object = desc, .address = mem, .name = desc->desc};
        cistern_fault_raise(&fault);
    }
    return of_others;
}

/* The heap judges the address, and reports it, before its element is counted as free (H1). */
static inline bool memp_put(const struct memp_desc *desc, void *mem, bool *was_empty,
                            const cistern_pool_place_t *at)
{
    (void)at;
    if (memp_is_of_others(desc, mem) || !mem_try_free(mem)) {
        memp_count_refusal(desc);
        return false;
    }
    const bool was_full = memp_release(desc);
    if (was_empty != NULL) {
        *was_empty = was_full;
    }
    return true;
}

#endif
