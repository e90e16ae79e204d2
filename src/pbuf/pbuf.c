/* pbuf.c - packet buffers: making, sharing, freeing; length and headers.
 *
 * Words: see lwip/pbuf.h. `room` is header room.
 *
 *   PBUF_RAM    heap block   | struct pbuf | room | payload, length bytes |
 *                            ^ p             ^ PBUF_STRUCT_SIZE, aligned as the heap's blocks
 *   PBUF_POOL   elements     | struct pbuf | room | payload |--next-->| struct pbuf | payload |
 *   PBUF_REF    MEMP_PBUF    | struct pbuf |   payload --> the caller's memory
 *
 * I1  tot_len of a fragment is its len plus tot_len of the next one (modulo 65536 in pbuf_cat).
 * I2  a fragment's ref is the number of pointers to it: the callers' and the fragment before.
 * I3  ref is 0 iff the fragment has been given back; it is set before memory goes back, so that a
 *     second free of memory that nobody took yet sees it.
 * I4  with STRUCT_DATA_CONTIGUOUS, p + PBUF_STRUCT_SIZE <= payload.
 */
#include "pbuf_priv.h"

#ifndef LWIP_PBUF_CUSTOM_DATA_INIT
#    define LWIP_PBUF_CUSTOM_DATA_INIT(p)
#endif

/* --- misuse ----------------------------------------------------------------------------------- */

void pbuf_misuse(cistern_fault_kind_t kind, const struct pbuf *p)
{
    const cistern_pool_t *const pool = cistern_pool_find(p);
    const cistern_fault_t fault = {
        .kind = kind,
        .object = p,
        .address = p,
        .name = "pbuf",
        .owner = pool != NULL ? pool->name : NULL,
    };
    cistern_fault_raise(&fault);
}

/* The pool that a fragment's type names; MEMP_MAX for none. */
static memp_t pool_of(const struct pbuf *p)
{
    const unsigned source = pbuf_get_allocsrc(p);
    if (source == PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF_POOL) {
        return MEMP_PBUF_POOL;
    }
    return source == PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF ? MEMP_PBUF : MEMP_MAX;
}

/* True iff the address can be a fragment of the source that it names: looks, writes nothing. Of the
 * heap mem_free asks more. */
#if CISTERN_CHECK >= 1 && !MEMP_MEM_MALLOC
static bool comes_from_its_source(const struct pbuf *p)
{
    const memp_t pool = pool_of(p);
    if ((p->flags & PBUF_FLAG_IS_CUSTOM) != 0) {
        return true;
    }
    return pool != MEMP_MAX ? cistern_pool_owns(memp_pools[pool]->pool, p)
                            : pbuf_match_allocsrc(p, PBUF_RAM);
}
#else
static bool comes_from_its_source(const struct pbuf *p)
{
    (void)p;
    return true;
}
#endif

/* What is wrong with an address that somebody wants to free; FAULT_NONE if nothing is. */
static cistern_fault_kind_t fault_of(const struct pbuf *p)
{
    if (p == NULL) {
        return CISTERN_FAULT_ARGUMENT;
    }
    if (((mem_ptr_t)p & (LWIP_POINTER_ALIGNMENT - 1U)) != 0) {
        return CISTERN_FAULT_MISALIGNED;
    }
    return comes_from_its_source(p) ? CISTERN_FAULT_NONE : CISTERN_FAULT_FOREIGN_FREE;
}

/* --- making ----------------------------------------------------------------------------------- */

/* The struct alone; tot_len is len, since a fragment starts as the last one. */
static void set_up(struct pbuf *p, void *payload, pbuf_len_t length, pbuf_type type, u8_t flags)
{
    p->next = NULL;
    p->payload = payload;
    p->tot_len = length;
    p->len = length;
    p->type_internal = (u8_t)type;
    p->flags = flags;
    p->ref = 1;
    p->if_idx = 0;
    LWIP_PBUF_CUSTOM_DATA_INIT(p);
}

/* Where the payload starts behind the struct and the header room. */
static void *payload_behind(struct pbuf *p, size_t room)
{
    return LWIP_MEM_ALIGN((u8_t *)p + PBUF_STRUCT_SIZE + room);
}

/* A request that mem_size_t cannot express is made for its highest value, which no heap of that
 * type can serve: so it fails where the others fail, and is counted there. */
static struct pbuf *alloc_heap(size_t room, pbuf_len_t length)
{
    const size_t behind = LWIP_MEM_ALIGN_SIZE(room) + LWIP_MEM_ALIGN_SIZE((size_t)length);
    const size_t bytes = PBUF_STRUCT_SIZE + behind;
    const bool fits = behind >= length && bytes >= behind && (mem_size_t)bytes == bytes;
    struct pbuf *const p = mem_malloc(fits ? (mem_size_t)bytes : (mem_size_t) ~(mem_size_t)0);
    if (p != NULL) {
        set_up(p, payload_behind(p, room), length, PBUF_RAM, 0);
    }
    return p;
}

/* One element with up to `length` bytes, or NULL. */
static struct pbuf *alloc_element(size_t room, pbuf_len_t length)
{
    struct pbuf *const p = memp_malloc(MEMP_PBUF_POOL);
    if (p == NULL) {
        PBUF_POOL_IS_EMPTY();
        return NULL;
    }
    const size_t space = PBUF_POOL_PAYLOAD_SIZE() - LWIP_MEM_ALIGN_SIZE(room);
    set_up(p, payload_behind(p, room), length < space ? length : (pbuf_len_t)space, PBUF_POOL, 0);
    p->tot_len = length;
    return p;
}

/* Bounded by the number of elements in the pool. */
static struct pbuf *alloc_pool(size_t room, pbuf_len_t length)
{
    if (LWIP_MEM_ALIGN_SIZE(room) > PBUF_POOL_PAYLOAD_SIZE()) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, NULL);
        return NULL;
    }
    struct pbuf *const head = alloc_element(room, length);
    struct pbuf *last = head;
    while (last != NULL && last->len < last->tot_len) {
        last->next = alloc_element(0, (pbuf_len_t)(last->tot_len - last->len));
        last = last->next;
    }
    if (last == NULL && head != NULL) {
        pbuf_free(head);
        return NULL;
    }
    return head;
}

struct pbuf *pbuf_alloc(pbuf_layer layer, pbuf_len_t length, pbuf_type type)
{
    switch (type) {
    case PBUF_RAM:
        return alloc_heap((size_t)layer, length);
    case PBUF_POOL:
        return alloc_pool((size_t)layer, length);
    case PBUF_ROM:
    case PBUF_REF:
        return pbuf_alloc_reference(NULL, length, type);
    default:
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, NULL);
        return NULL;
    }
}

struct pbuf *pbuf_alloc_reference(void *payload, pbuf_len_t length, pbuf_type type)
{
    if (type != PBUF_REF && type != PBUF_ROM) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, NULL);
        return NULL;
    }
    struct pbuf *const p = memp_malloc(MEMP_PBUF);
    if (p != NULL) {
        set_up(p, payload, length, type, 0);
    }
    return p;
}

#if LWIP_SUPPORT_CUSTOM_PBUF
struct pbuf *pbuf_alloced_custom(pbuf_layer l, pbuf_len_t length, pbuf_type type,
                                 struct pbuf_custom *p, void *payload_mem,
                                 pbuf_len_t payload_mem_len)
{
    const size_t room = LWIP_MEM_ALIGN_SIZE((size_t)l);
    if (p == NULL) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, NULL);
        return NULL;
    }
    if (room > payload_mem_len || length > payload_mem_len - room) {
        return NULL;
    }
    set_up(&p->pbuf, payload_mem != NULL ? (u8_t *)payload_mem + room : NULL, length, type,
           PBUF_FLAG_IS_CUSTOM);
    return &p->pbuf;
}
#endif

/* --- sharing and freeing ---------------------------------------------------------------------- */

void pbuf_ref(struct pbuf *p)
{
    if (p == NULL) {
        return;
    }
    const LWIP_PBUF_REF_T before = pbuf_ref_take(p);
    if (before == 0 || before == PBUF_REF_PINNED - 1) {
        pbuf_misuse(CISTERN_FAULT_REFERENCE, p);
    }
}

#if LWIP_SUPPORT_CUSTOM_PBUF
static bool give_back_custom(struct pbuf *p)
{
    struct pbuf_custom *const custom = (struct pbuf_custom *)(void *)p;
    const bool is_custom = (p->flags & PBUF_FLAG_IS_CUSTOM) != 0;
    if (is_custom && custom->custom_free_function != NULL) {
        custom->custom_free_function(p);
    } else if (is_custom) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, p);
    }
    return is_custom;
}
#else
static bool give_back_custom(struct pbuf *p)
{
    (void)p;
    return false;
}
#endif

/* Gives a fragment's memory to where it came from. It has no reference any more (I3). */
static void give_back(struct pbuf *p)
{
    const memp_t pool = pool_of(p);
    if (give_back_custom(p)) {
        return;
    }
    if (pool != MEMP_MAX) {
        memp_free(pool, p);
    } else {
        mem_free(p);
    }
}

/* Gives up one reference: true iff it was the last, the fragment is gone, and *next follows it. */
static bool release(struct pbuf *p, struct pbuf **next)
{
    const cistern_fault_kind_t kind = fault_of(p);
    if (kind != CISTERN_FAULT_NONE) {
        pbuf_misuse(kind, p);
        return false;
    }
    *next = p->next;
    const LWIP_PBUF_REF_T before = pbuf_ref_drop(p);
    if (before == 0) {
        pbuf_misuse(CISTERN_FAULT_REFERENCE, p);
    } else if (before == 1) {
        give_back(p);
    }
    return before == 1;
}

pbuf_len_t pbuf_free(struct pbuf *p)
{
    pbuf_len_t freed = 0;
    do {
        if (!release(p, &p)) {
            break;
        }
        ++freed;
    } while (p != NULL);
    return freed;
}

/* --- length ----------------------------------------------------------------------------------- */

/* Gives what lies behind the first `length` payload bytes of a heap fragment back to the heap. */
static void trim(struct pbuf *p, pbuf_len_t length)
{
    const bool of_heap = pbuf_match_allocsrc(p, PBUF_RAM) && (p->flags & PBUF_FLAG_IS_CUSTOM) == 0;
    if (of_heap && length != p->len) {
        (void)mem_trim(p, (mem_size_t)((size_t)((u8_t *)p->payload - (u8_t *)p) + length));
    }
}

void pbuf_realloc(struct pbuf *p, pbuf_len_t size)
{
    if (p == NULL) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, p);
        return;
    }
    if (size >= p->tot_len) {
        return;
    }
    const pbuf_len_t cut = (pbuf_len_t)(p->tot_len - size);
    pbuf_len_t left = size;
    while (left > p->len && p->next != NULL) {
        left = (pbuf_len_t)(left - p->len);
        p->tot_len = (pbuf_len_t)(p->tot_len - cut);
        p = p->next;
    }
    trim(p, left);
    p->len = left;
    p->tot_len = left;
    if (p->next != NULL) {
        pbuf_free(p->next);
        p->next = NULL;
    }
}

/* --- headers ---------------------------------------------------------------------------------- */

/* True iff `bytes` of header room lie between struct and payload (I4). */
static bool has_room(const struct pbuf *p, size_t bytes)
{
    const mem_ptr_t start = (mem_ptr_t)p + PBUF_STRUCT_SIZE;
    const mem_ptr_t payload = (mem_ptr_t)p->payload;
    return payload >= start && payload - start >= bytes;
}

static u8_t add_header(struct pbuf *p, size_t bytes, bool force)
{
    if (p == NULL) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, p);
        return 1;
    }
    if (bytes > (size_t)(PBUF_NOT_FOUND - p->tot_len)) {
        return 1;
    }
    const bool contiguous = (p->type_internal & PBUF_TYPE_FLAG_STRUCT_DATA_CONTIGUOUS) != 0;
    const bool allowed = bytes == 0 || (contiguous ? has_room(p, bytes) : force);
    if (!allowed) {
        return 1;
    }
    p->payload = (u8_t *)p->payload - bytes;
    p->len = (pbuf_len_t)(p->len + bytes);
    p->tot_len = (pbuf_len_t)(p->tot_len + bytes);
    return 0;
}

u8_t pbuf_add_header(struct pbuf *p, size_t header_size_increment)
{
    return add_header(p, header_size_increment, false);
}

u8_t pbuf_add_header_force(struct pbuf *p, size_t header_size_increment)
{
    return add_header(p, header_size_increment, true);
}

u8_t pbuf_remove_header(struct pbuf *p, size_t header_size)
{
    if (p == NULL) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, p);
        return 1;
    }
    if (header_size > p->len) {
        return 1;
    }
    p->payload = (u8_t *)p->payload + header_size;
    p->len = (pbuf_len_t)(p->len - header_size);
    p->tot_len = (pbuf_len_t)(p->tot_len - header_size);
    return 0;
}

static u8_t move_header(struct pbuf *p, s16_t bytes, bool force)
{
    return bytes < 0 ? pbuf_remove_header(p, (size_t)(-(s32_t)bytes))
                     : add_header(p, (size_t)bytes, force);
}

u8_t pbuf_header(struct pbuf *p, s16_t header_size)
{
    return move_header(p, header_size, false);
}

u8_t pbuf_header_force(struct pbuf *p, s16_t header_size)
{
    return move_header(p, header_size, true);
}

struct pbuf *pbuf_free_header(struct pbuf *q, pbuf_len_t size)
{
    struct pbuf *p = q;
    while (p != NULL && size >= p->len && size > 0) {
        struct pbuf *const used_up = p;
        size = (pbuf_len_t)(size - p->len);
        p = p->next;
        used_up->next = NULL; /* its reference to p goes to the caller */
        used_up->tot_len = used_up->len;
        pbuf_free(used_up);
    }
    if (p != NULL && size > 0) {
        pbuf_remove_header(p, size);
    }
    return p;
}
