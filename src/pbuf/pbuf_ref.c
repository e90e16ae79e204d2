/* SPDX-License-Identifier: BSD-3-Clause */
/* pbuf_ref.c - packet buffers: references, and what is said of a fragment that has none.
 *
 *   count     0 freed | 1 one holder | 2, 3, ... | highest: pinned, for ever
 *
 * The invariants are those of pbuf.c. What is here is rare, or shared by the other files.
 */
#include "cistern/heap.h"
#include "pbuf_priv.h"

/* --- misuse ----------------------------------------------------------------------------------- */

#if CISTERN_CHECK >= 1

PBUF_APART void pbuf_report(cistern_fault_kind_t kind, const struct pbuf *p)
{
    const struct memp_desc *const pool = CISTERN_DIAGNOSIS ? memp_pool_find(p) : NULL;
    cistern_fault_t fault = {
        .kind = kind,
        .object = p,
        .address = p,
        .name = "pbuf",
        .owner = pool != NULL ? pool->desc : NULL,
    };
    pbuf_history_name(p, &fault);
    CISTERN_ASSERT(kind != CISTERN_FAULT_NONE);
    cistern_fault_raise(&fault);
}

#    if CISTERN_CHECK >= 2
#        if MEM_CUSTOM_ALLOCATOR || MEM_USE_POOLS
static bool pbuf_is_freed_to_heap(const struct pbuf *p)
{
    (void)p;
    return false;
}
#        else
/* The heap fills free memory with one byte: where the fields differ it is not asked. */
static bool pbuf_is_freed_to_heap(const struct pbuf *p)
{
    return p->type_internal == p->flags && p->flags == (u8_t)p->ref &&
           !cistern_heap_is_in_use(mem_heap(), p);
}
#        endif

/* Poison hides a count of 0 (I3), as a high one: then the block's own state answers. */
static bool pbuf_is_freed(const struct pbuf *p)
{
    if (cistern_pbuf_is_held(p)) {
        return false;
    }
    const struct memp_desc *const pool = memp_pool_find(p);
    return CISTERN_PBUF_REF(p) == 0 ||
           (pool != NULL ? !memp_pool_uses(pool, p) : pbuf_is_freed_to_heap(p));
}
#    else
static inline bool pbuf_is_freed(const struct pbuf *p)
{
    return !cistern_pbuf_is_held(p);
}
#    endif

bool pbuf_judge(const struct pbuf *p)
{
    if (p == NULL) {
        return pbuf_refuse(CISTERN_FAULT_ARGUMENT, p);
    }
    if (!pbuf_is_aligned(p)) {
        return pbuf_refuse(CISTERN_FAULT_MISALIGNED, p);
    }
    return !pbuf_is_freed(p) || pbuf_refuse(CISTERN_FAULT_REFERENCE, p);
}

void pbuf_walk_next(pbuf_walk_t *walk)
{
    CISTERN_ASSERT(walk->at != NULL && walk->mark != NULL);
    const bool closed = !pbuf_walk_step(walk);
    if (closed ? !pbuf_refuse(CISTERN_FAULT_CHAIN, walk->at)
               : walk->at != NULL && !pbuf_is_usable(walk->at)) {
        walk->at = NULL;
        walk->mark = NULL;
    }
}

void pbuf_walk_far(pbuf_walk_t *walk)
{
    while (walk->at != NULL && walk->at->next != NULL) {
        pbuf_walk_on(walk);
    }
}

#endif

/* --- reference counts -------------------------------------------------------------------------
 * Several contexts may change a count at once: with the port's atomic operations where it has them,
 * else inside the critical section. Who reads a 1 holds the only reference, so that no other
 * context can change it any more: the common case needs neither.
 *
 * A count that reached its highest value stays there: how many there are is not known any more. */

#define PBUF_REF_PINNED ((LWIP_PBUF_REF_T) ~(LWIP_PBUF_REF_T)0)

#ifdef cistern_port_atomic_replace
static inline bool pbuf_ref_replace(struct pbuf *p, LWIP_PBUF_REF_T before, LWIP_PBUF_REF_T after)
{
    return cistern_port_atomic_replace(&p->ref, &before, after);
}
#else
static inline bool pbuf_ref_replace(struct pbuf *p, LWIP_PBUF_REF_T before, LWIP_PBUF_REF_T after)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool unchanged = p->ref == before;
    if (unchanged) {
        p->ref = after;
    }
    cistern_critical_leave(state);
    return unchanged;
}
#endif

/* Adds 1, or -1 as the type expresses it, to a count that is not 0, is not pinned and would not
 * become 0. Returns the count before. Repeats only when another context changed the count in
 * between. */
static LWIP_PBUF_REF_T pbuf_ref_add(struct pbuf *p, LWIP_PBUF_REF_T change)
{
    CISTERN_ASSERT(change == 1 || change == (LWIP_PBUF_REF_T)-1);
    LWIP_PBUF_REF_T before;
    LWIP_PBUF_REF_T after;
    do {
        before = CISTERN_PBUF_REF(p);
        after = (LWIP_PBUF_REF_T)(before + change);
    } while (before != 0 && before != PBUF_REF_PINNED && after != 0 &&
             !pbuf_ref_replace(p, before, after));
    return before;
}

void pbuf_ref(struct pbuf *p)
{
    if (p != NULL && pbuf_is_usable(p) && pbuf_ref_add(p, 1) == PBUF_REF_PINNED - 1) {
        (void)pbuf_refuse(CISTERN_FAULT_REFERENCES, p);
    }
}

/* True if the address can be a fragment of the source that it names: reads alone. Of the heap
 * mem_free asks more. */
#if CISTERN_CHECK >= 1 && !MEMP_MEM_MALLOC
static bool pbuf_is_of_its_source(const struct pbuf *p)
{
    const unsigned source = pbuf_get_allocsrc(p);
    if (pbuf_is_custom(p) || source == PBUF_TYPE_ALLOC_SRC_MASK_STD_HEAP) {
        return true;
    }
    return source <= PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF_POOL &&
           memp_pool_owns(memp_pools[pbuf_pool_of(source)], p);
}
#else
static inline bool pbuf_is_of_its_source(const struct pbuf *p)
{
    (void)p;
    return true;
}
#endif

bool pbuf_drop_shared(struct pbuf *p)
{
    if (!pbuf_is_usable(p)) {
        return false;
    }
    CISTERN_ASSERT(pbuf_is_aligned(p) || CISTERN_CHECK == 0);
    if (!pbuf_is_of_its_source(p)) {
        return pbuf_refuse(CISTERN_FAULT_FOREIGN_FREE, p);
    }
    const LWIP_PBUF_REF_T before = pbuf_ref_add(p, (LWIP_PBUF_REF_T)-1);
    return before == 1 || (before == 0 && pbuf_refuse(CISTERN_FAULT_REFERENCE, p));
}

/* --- custom fragments --------------------------------------------------------------------------
 */

#if LWIP_SUPPORT_CUSTOM_PBUF
static pbuf_free_custom_fn pbuf_function_of(struct pbuf *p)
{
    return pbuf_is_custom(p) ? ((struct pbuf_custom *)(void *)p)->custom_free_function : NULL;
}
#else
typedef void (*pbuf_free_custom_fn)(struct pbuf *p);

static pbuf_free_custom_fn pbuf_function_of(struct pbuf *p)
{
    (void)p;
    return NULL;
}
#endif

bool pbuf_release_custom(struct pbuf *p)
{
    CISTERN_ASSERT(CISTERN_PBUF_REF(p) == 0); /* I3 */
    const pbuf_free_custom_fn function = pbuf_function_of(p);
    if (function == NULL) {
        return pbuf_refuse(pbuf_is_custom(p) ? CISTERN_FAULT_ARGUMENT : CISTERN_FAULT_FOREIGN_FREE,
                           p);
    }
    function(p);
    return true;
}
