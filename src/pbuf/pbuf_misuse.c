/* pbuf_misuse.c - packet buffers: what is wrong with one, and the seldom ways of making and of
 * freeing it. */
#include "cistern/heap.h"
#include "lwip/stats.h"
#include "pbuf_priv.h"

void *pbuf_count_failure(void)
{
    const cistern_critical_t state = cistern_critical_enter();
    MEM_STATS_INC(err);
    cistern_critical_leave(state);
    return NULL;
}

void pbuf_misuse(cistern_fault_kind_t kind, const struct pbuf *p)
{
    const struct memp_desc *const pool = memp_pool_find(p);
    cistern_fault_t fault = {
        .kind = kind,
        .object = p,
        .address = p,
        .name = "pbuf",
        .owner = pool != NULL ? pool->desc : NULL,
    };
    pbuf_trail_name(p, &fault);
    cistern_fault_raise(&fault);
}

#if CISTERN_CHECK >= 2

#    if MEM_CUSTOM_ALLOCATOR || MEM_USE_POOLS
static bool is_in_free_heap(const struct pbuf *p)
{
    (void)p;
    return false;
}
#    else
typedef struct search {
    const struct pbuf *p;
    bool found;
} search_t;

static bool look_into(const cistern_heap_block_t *block, void *context)
{
    search_t *const search = context;
    search->found = !block->used && (mem_ptr_t)search->p - (mem_ptr_t)block->address < block->size;
    return !search->found;
}

/* Walks the heap, which has no question about one address that is not a fault where it is free. */
static bool is_in_free_heap(const struct pbuf *p)
{
    search_t search = {p, false};
    (void)cistern_heap_walk(mem_heap(), look_into, &search);
    return search.found;
}
#    endif

bool pbuf_is_poisoned(const struct pbuf *p)
{
    const struct memp_desc *const pool = memp_pool_find(p);
    return pool != NULL ? !memp_pool_uses(pool, p) : is_in_free_heap(p);
}

#endif

/* True iff the address can be a fragment of the source that it names: looks, writes nothing. Of the
 * heap mem_free asks more. */
#if CISTERN_CHECK >= 1 && !MEMP_MEM_MALLOC
static bool comes_from_its_source(const struct pbuf *p)
{
    const unsigned source = pbuf_get_allocsrc(p);
    if ((p->flags & PBUF_FLAG_IS_CUSTOM) != 0 || source == PBUF_TYPE_ALLOC_SRC_MASK_STD_HEAP) {
        return true;
    }
    return pbuf_is_source(source) && memp_pool_owns(memp_pools[pbuf_pool_of(source)], p);
}
#else
static bool comes_from_its_source(const struct pbuf *p)
{
    (void)p;
    return true;
}
#endif

/* What is wrong with an address whose references somebody wants to drop; FAULT_NONE if nothing is.
 */
static cistern_fault_kind_t fault_of(const struct pbuf *p)
{
    if (!pbuf_can_be_read(p)) {
        return p == NULL ? CISTERN_FAULT_ARGUMENT : CISTERN_FAULT_MISALIGNED;
    }
    if (pbuf_is_poisoned(p)) {
        return CISTERN_FAULT_REFERENCE;
    }
    return comes_from_its_source(p) ? CISTERN_FAULT_NONE : CISTERN_FAULT_FOREIGN_FREE;
}

LWIP_PBUF_REF_T pbuf_drop_shared(struct pbuf *p)
{
    LWIP_PBUF_REF_T before = 0;
    cistern_fault_kind_t kind = fault_of(p);
    if (kind == CISTERN_FAULT_NONE) {
        before = pbuf_ref_drop(p);
        kind = CISTERN_FAULT_REFERENCE;
    }
    if (before == 0) {
        pbuf_misuse(kind, p);
    }
    return before;
}

#if LWIP_SUPPORT_CUSTOM_PBUF
static pbuf_free_custom_fn function_of(struct pbuf *p)
{
    return (p->flags & PBUF_FLAG_IS_CUSTOM) != 0
               ? ((struct pbuf_custom *)(void *)p)->custom_free_function
               : NULL;
}
#else
typedef void (*pbuf_free_custom_fn)(struct pbuf *p);

static pbuf_free_custom_fn function_of(struct pbuf *p)
{
    (void)p;
    return NULL;
}
#endif

bool pbuf_hand_back_custom(struct pbuf *p)
{
    const pbuf_free_custom_fn function = function_of(p);
    const bool custom = (p->flags & PBUF_FLAG_IS_CUSTOM) != 0;
    if (function == NULL) {
        pbuf_misuse(custom ? CISTERN_FAULT_ARGUMENT : CISTERN_FAULT_FOREIGN_FREE, p);
        return false;
    }
    function(p);
    return true;
}
