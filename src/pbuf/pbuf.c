/* SPDX-License-Identifier: BSD-3-Clause */
/* pbuf.c - packet buffers: making, sharing, freeing.
 *
 * Words: see lwip/pbuf.h. A fragment's *source* is where its struct comes from: heap or a pool.
 *
 *   PBUF_RAM    heap block   | struct pbuf | headroom | payload, length bytes |
 *                            ^ p             ^ PBUF_STRUCT_SIZE, aligned as the heap's blocks
 *   PBUF_POOL   elements     | struct pbuf | headroom | payload |--next-->| struct pbuf | payload |
 *   PBUF_REF    MEMP_PBUF    | struct pbuf |   payload --> the caller's memory
 *
 * I1  tot_len of a fragment is its len plus tot_len of the next one (modulo 65536 in pbuf_cat).
 * I2  a fragment's ref is the number of pointers to it: the callers' and the fragment before.
 * I3  ref is 0 if the fragment has been given back; it is set before memory goes back, so that a
 *     second free of memory that is not in use again sees it. At level 2 and up poison follows, and
 *     the block's own state says that it is free.
 * I4  with STRUCT_DATA_CONTIGUOUS, p + PBUF_STRUCT_SIZE <= payload, unless the fragment is custom.
 *
 * The common case, one fragment with one reference, goes straight through: heap and pools judge the
 * address, and nothing is judged twice.
 */
#include "../memp/memp_calls.h"
#include "pbuf_priv.h"

#ifndef LWIP_PBUF_CUSTOM_DATA_INIT
#    define LWIP_PBUF_CUSTOM_DATA_INIT(p)
#endif

LWIP_MEMPOOL_PROTOTYPE(PBUF);
LWIP_MEMPOOL_PROTOTYPE(PBUF_POOL);

/* --- making ----------------------------------------------------------------------------------- */

static inline bool pbuf_fits(size_t most, size_t headroom, pbuf_len_t length)
{
    const size_t bytes = headroom + length;
    return bytes >= length && bytes <= most;
}

/* The struct alone; tot_len is len, since a fragment starts as the last one. */
static inline struct pbuf *pbuf_set_up(struct pbuf *p, void *payload, pbuf_len_t length,
                                       pbuf_type type)
{
    CISTERN_ASSERT(p != NULL && pbuf_is_aligned(p));
    p->next = NULL;
    p->payload = payload;
    p->tot_len = length;
    p->len = length;
    p->type_internal = (u8_t)type;
    p->flags = 0;
    p->ref = 1;
    p->if_idx = 0;
    LWIP_PBUF_CUSTOM_DATA_INIT(p);
    if (CISTERN_CHECK >= 3) {
        pbuf_history_made(p);
    }
    return p;
}

static inline struct pbuf *pbuf_begin(struct pbuf *p, size_t headroom, pbuf_len_t length,
                                      pbuf_type type)
{
    return pbuf_set_up(p, (u8_t *)p + PBUF_STRUCT_SIZE + headroom, length, type);
}

/* The most bytes behind the struct that a request to the heap can express. */
#define PBUF_HEAP_MOST                                                                             \
    (((size_t)(mem_size_t)-1 & ~((size_t)LWIP_ALIGNMENT - 1U)) - PBUF_STRUCT_SIZE)

static PBUF_APART struct pbuf *pbuf_alloc_block(size_t headroom, pbuf_len_t length)
{
    if (!pbuf_fits(PBUF_HEAP_MOST, headroom, length)) {
        return NULL;
    }
    const size_t bytes = PBUF_STRUCT_SIZE + LWIP_MEM_ALIGN_SIZE(headroom + length);
    CISTERN_ASSERT(bytes <= (mem_size_t)-1 && bytes >= PBUF_STRUCT_SIZE + length);
    struct pbuf *const p = (struct pbuf *)mem_malloc((mem_size_t)bytes);
    return p != NULL ? pbuf_begin(p, headroom, length, PBUF_RAM) : NULL;
}

struct pbuf *pbuf_alloc_elements(size_t headroom, pbuf_len_t length)
{
    struct pbuf *head = NULL;
    struct pbuf **link = &head;
    if (headroom > PBUF_POOL_PAYLOAD_SIZE()) {
        (void)pbuf_refuse(CISTERN_FAULT_ARGUMENT, NULL);
        return NULL;
    }
    for (pbuf_len_t left = length; head == NULL || left > 0; headroom = 0) {
        struct pbuf *const p = (struct pbuf *)memp_malloc(MEMP_PBUF_POOL);
        *link = p;
        if (p == NULL) {
            PBUF_POOL_IS_EMPTY();
            if (head != NULL) {
                (void)pbuf_free(head);
            }
            return NULL;
        }
        CISTERN_ASSERT(headroom <= PBUF_POOL_PAYLOAD_SIZE());
        const size_t space = PBUF_POOL_PAYLOAD_SIZE() - headroom;
        (void)pbuf_begin(p, headroom, left, PBUF_POOL);
        p->len = (pbuf_len_t)LWIP_MIN(left, space);
        left = (pbuf_len_t)(left - p->len);
        link = &p->next;
    }
    CISTERN_ASSERT(head != NULL && head->tot_len == length); /* I1 */
    return head;
}

static struct pbuf *pbuf_alloc_element(size_t headroom, pbuf_len_t length)
{
    struct pbuf *const p = pbuf_fits(PBUF_POOL_PAYLOAD_SIZE(), headroom, length)
                               ? (struct pbuf *)memp_get_usual(&memp_PBUF_POOL)
                               : NULL;
    return p != NULL ? pbuf_begin(p, headroom, length, PBUF_POOL)
                     : pbuf_alloc_elements(headroom, length);
}

struct pbuf *pbuf_alloc(pbuf_layer layer, pbuf_len_t length, pbuf_type type)
{
    if (type == PBUF_POOL) {
        return pbuf_alloc_element(LWIP_MEM_ALIGN_SIZE((size_t)layer), length);
    }
    if (type == PBUF_RAM) {
        return pbuf_alloc_block(LWIP_MEM_ALIGN_SIZE((size_t)layer), length);
    }
    return pbuf_alloc_reference(NULL, length, type);
}

/* Of an unusual get, or a type that is none. */
static PBUF_APART struct pbuf *pbuf_alloc_struct(void *payload, pbuf_len_t length, pbuf_type type)
{
    if (type != PBUF_REF && type != PBUF_ROM) {
        (void)pbuf_refuse(CISTERN_FAULT_ARGUMENT, NULL);
        return NULL;
    }
    struct pbuf *const p = (struct pbuf *)memp_malloc(MEMP_PBUF);
    return p != NULL ? pbuf_set_up(p, payload, length, type) : NULL;
}

struct pbuf *pbuf_alloc_reference(void *payload, pbuf_len_t length, pbuf_type type)
{
    struct pbuf *const p =
        type == PBUF_REF || type == PBUF_ROM ? (struct pbuf *)memp_get_usual(&memp_PBUF) : NULL;
    return p != NULL ? pbuf_set_up(p, payload, length, type)
                     : pbuf_alloc_struct(payload, length, type);
}

#if LWIP_SUPPORT_CUSTOM_PBUF
struct pbuf *pbuf_alloced_custom(pbuf_layer l, pbuf_len_t length, pbuf_type type,
                                 struct pbuf_custom *p, void *payload_mem,
                                 pbuf_len_t payload_mem_len)
{
    const size_t headroom = LWIP_MEM_ALIGN_SIZE((size_t)l);
    if (!pbuf_is_place(p, true) || !pbuf_fits(payload_mem_len, headroom, length)) {
        return NULL;
    }
    p->payload_mem = payload_mem;
    u8_t *const payload = payload_mem != NULL ? (u8_t *)payload_mem + headroom : NULL;
    (void)pbuf_set_up(&p->pbuf, payload, length, type);
    p->pbuf.flags = PBUF_FLAG_IS_CUSTOM;
    CISTERN_ASSERT(headroom + length <= payload_mem_len);
    return &p->pbuf;
}
#endif

/* --- freeing ---------------------------------------------------------------------------------- */

/* At level 0 heap and pools take back what they are given. */
#if CISTERN_CHECK >= 1
static inline bool pbuf_release_to_heap(struct pbuf *p)
{
    return mem_try_free(p);
}

static inline bool pbuf_release_to_pool(memp_t pool, struct pbuf *p)
{
    return memp_try_free(pool, p);
}
#else
static inline bool pbuf_release_to_heap(struct pbuf *p)
{
    mem_free(p);
    return true;
}

static inline bool pbuf_release_to_pool(memp_t pool, struct pbuf *p)
{
    memp_free(pool, p);
    return true;
}
#endif

/* Gives a fragment without references to its source: false if that does not take it. */
static inline bool pbuf_release(struct pbuf *p)
{
    CISTERN_ASSERT(CISTERN_PBUF_REF(p) == 0); /* I3 */
    const unsigned source = pbuf_get_allocsrc(p);
    if (pbuf_is_custom(p) || source > PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF_POOL) {
        return pbuf_release_custom(p);
    }
    return source == PBUF_TYPE_ALLOC_SRC_MASK_STD_HEAP
               ? pbuf_release_to_heap(p)
               : pbuf_release_to_pool(pbuf_pool_of(source), p);
}

/* As pbuf_free, for all there is. */
static PBUF_APART pbuf_len_t pbuf_free_chain(struct pbuf *p)
{
    size_t freed = 0;
    if (p == NULL) {
        (void)pbuf_refuse(CISTERN_FAULT_ARGUMENT, p);
        return 0;
    }
    do {
        if (!pbuf_is_alone(p) && !pbuf_drop_shared(p)) {
            break;
        }
        CISTERN_ASSERT(CISTERN_PBUF_REF(p) == 1); /* I2 */
        struct pbuf *const next = p->next;
        pbuf_ref_write(p, 0); /* I3 */
        pbuf_history_set_live(p, false);
        if (!pbuf_release(p)) {
            pbuf_ref_write(p, 1);
            pbuf_history_set_live(p, true);
            break;
        }
        ++freed;
        p = next;
    } while (p != NULL);
    return (pbuf_len_t)LWIP_MIN(freed, PBUF_NOT_FOUND);
}

/* The same for one fragment of the heap. */
static PBUF_APART pbuf_len_t pbuf_free_block(struct pbuf *p)
{
    CISTERN_ASSERT(p->next == NULL && CISTERN_PBUF_REF(p) == 1); /* I2 */
    pbuf_ref_write(p, 0);                                        /* I3 */
    if (pbuf_release_to_heap(p)) {
        return 1;
    }
    pbuf_ref_write(p, 1);
    return 0;
}

/* The same for one fragment of a pool. */
static inline pbuf_len_t pbuf_free_element(struct pbuf *p, memp_t pool)
{
    CISTERN_ASSERT(p->next == NULL && CISTERN_PBUF_REF(p) == 1); /* I2 */
    pbuf_ref_write(p, 0);                                        /* I3 */
    if (memp_put_usual(memp_pools[pool], p)) {
        return 1;
    }
    pbuf_ref_write(p, 1);
    return pbuf_free_chain(p);
}

/* True if a fragment is the last of its chain, that of its caller alone, and not custom. */
static inline bool pbuf_is_usual(const struct pbuf *p)
{
    return PBUF_IN_PLACE && CISTERN_CHECK <= 1 && p != NULL && pbuf_is_alone(p) &&
           p->next == NULL && !pbuf_is_custom(p);
}

pbuf_len_t pbuf_free(struct pbuf *p)
{
    if (!pbuf_is_usual(p)) {
        return pbuf_free_chain(p);
    }
    const unsigned source = pbuf_get_allocsrc(p);
    if (pbuf_is_pool(source)) {
        return pbuf_free_element(p, pbuf_pool_of(source));
    }
    return source == PBUF_TYPE_ALLOC_SRC_MASK_STD_HEAP ? pbuf_free_block(p) : pbuf_free_chain(p);
}

/* --- with the caller's place ------------------------------------------------------------------ */

#if CISTERN_CHECK >= 3

void cistern_pbuf_ref_at(struct pbuf *p, const char *file, int line)
{
    (void)pbuf_history_used(p, file, line);
    pbuf_ref(p);
}

/* Records the place at each fragment that pbuf_free will come to. */
pbuf_len_t cistern_pbuf_free_at(struct pbuf *p, const char *file, int line)
{
    pbuf_walk_t walk = pbuf_walk_from(p);
    while (walk.at != NULL && pbuf_history_used(walk.at, file, line) && pbuf_is_alone(walk.at) &&
           pbuf_walk_step(&walk)) {
    }
    return pbuf_free(p);
}

#endif
