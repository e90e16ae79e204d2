/* SPDX-License-Identifier: BSD-3-Clause */
/* pbuf_extra.c - packet buffers: what cistern/pbuf.h has beside lwIP's calls.
 *
 *   cistern_pbuf_insert(h, a, c)   h --> a --> b           =>   h --> a --> c --> c2 --> b
 *   cistern_pbuf_remove(h, a)      h --> a --> b           =>   h --> b      +   a
 *   cistern_pbuf_pull(h, 5)        | 0 1 2 | 3 4 5 6 |     =>   | 0 1 2 3 4 | 5 6 |
 *
 * I1 and I2 of pbuf.c hold before and after each call.
 */
#include "cistern/pbuf.h"

#include "cistern/chksum.h"
#include "cistern/heap.h"
#include "lwip/inet_chksum.h"
#include "pbuf_priv.h"

/* --- headroom and tailroom -------------------------------------------------------------------- */

size_t cistern_pbuf_headroom(const struct pbuf *p)
{
    return pbuf_is_usable(p) ? pbuf_headroom(p) : 0;
}

#if MEM_CUSTOM_ALLOCATOR || MEM_USE_POOLS
/* Another allocator does not say how long its blocks are: no more than the data is sure. */
static mem_ptr_t pbuf_heap_end(const struct pbuf *p)
{
    return (mem_ptr_t)p->payload + p->len;
}
#else
static mem_ptr_t pbuf_heap_end(const struct pbuf *p)
{
    return (mem_ptr_t)p + cistern_heap_usable_size(mem_heap(), p);
}
#endif

/* Where a fragment's own memory ends; 0 for foreign payload. */
static mem_ptr_t pbuf_memory_end(const struct pbuf *p)
{
    if ((p->flags & PBUF_FLAG_IS_CUSTOM) != 0) {
        return 0;
    }
    if (pbuf_match_type(p, PBUF_POOL)) {
        return (mem_ptr_t)p + PBUF_STRUCT_SIZE + PBUF_POOL_PAYLOAD_SIZE();
    }
    return pbuf_match_type(p, PBUF_RAM) ? pbuf_heap_end(p) : 0;
}

size_t cistern_pbuf_tailroom(const struct pbuf *p)
{
    if (!pbuf_is_usable(p)) {
        return 0;
    }
    const mem_ptr_t end = pbuf_memory_end(p);
    const mem_ptr_t data_end = (mem_ptr_t)p->payload + p->len;
    return end > data_end ? end - data_end : 0;
}

/* --- fragments -------------------------------------------------------------------------------- */

/* The fragment of the usable chain `head` whose successor is `fragment`; NULL if there is none. */
static struct pbuf *pbuf_before(const struct pbuf *head, const struct pbuf *fragment)
{
    pbuf_walk_t walk = pbuf_walk_from(head);
    while (walk.at != NULL && walk.at->next != fragment) {
        pbuf_walk_on(&walk);
    }
    return walk.at;
}

/* True if the chains have no fragment in common, so that they end in different ones; else false,
 * after a fault, as where one is damaged. */
static bool pbuf_are_apart(struct pbuf *a, struct pbuf *b)
{
    const struct pbuf *const end_of_a = pbuf_last(a);
    const struct pbuf *const end_of_b = end_of_a != NULL ? pbuf_last(b) : NULL;
    if (end_of_b == NULL) {
        return false;
    }
    return end_of_a != end_of_b || pbuf_refuse(CISTERN_FAULT_ARGUMENT, b);
}

bool cistern_pbuf_insert(struct pbuf *head, struct pbuf *after, struct pbuf *chain)
{
    if (!pbuf_are_apart(head, chain) || !pbuf_is_usable(after) ||
        (head != after && pbuf_before(head, after) == NULL) ||
        chain->tot_len > PBUF_NOT_FOUND - head->tot_len) {
        return false;
    }
    const pbuf_len_t added = chain->tot_len;
    const pbuf_len_t behind = (pbuf_len_t)(after->tot_len - after->len);
    for (struct pbuf *p = head; p != after->next; p = p->next) {
        p->tot_len = (pbuf_len_t)(p->tot_len + added);
    }
    struct pbuf *last = chain;
    for (struct pbuf *p = chain; p != NULL; p = p->next) {
        p->tot_len = (pbuf_len_t)(p->tot_len + behind);
        last = p;
    }
    CISTERN_ASSERT(last->next == NULL);
    last->next = after->next;
    after->next = chain;
    CISTERN_ASSERT(head->tot_len >= added);
    return true;
}

bool cistern_pbuf_remove(struct pbuf *head, struct pbuf *fragment)
{
    if (pbuf_last(head) == NULL || !pbuf_is_usable(fragment)) {
        return false;
    }
    struct pbuf *const before = pbuf_before(head, fragment);
    if (before == NULL || head == fragment) {
        return false;
    }
    for (struct pbuf *p = head; p != fragment; p = p->next) {
        p->tot_len = (pbuf_len_t)(p->tot_len - fragment->len);
    }
    CISTERN_ASSERT(before->next == fragment && fragment != head);
    before->next = fragment->next;
    fragment->next = NULL;
    fragment->tot_len = fragment->len;
    return true;
}

/* How many bytes a pull of `length` takes to the front: these alone, or to the end of the fragment
 * that holds the last of them where others hold one of the fragments too, since theirs must stay as
 * they are. 0 if that is more than a length holds, and, after a fault, if the chain is damaged or does
 * not hold what its tot_len says. */
static pbuf_len_t pbuf_pulled(const struct pbuf *p, pbuf_len_t length)
{
    bool shared = false;
    size_t held = 0;
    pbuf_walk_t walk = pbuf_walk_from(p);
    for (; walk.at != NULL && held < length; pbuf_walk_on(&walk)) {
        held += walk.at->len;
        shared = shared || CISTERN_PBUF_REF(walk.at) != 1;
    }
    if (!pbuf_walk_is_sound(&walk) || held < length) {
        (void)(pbuf_walk_failed(&walk) || pbuf_refuse(CISTERN_FAULT_CHAIN, p));
        return 0;
    }
    CISTERN_ASSERT(held >= length && length > p->len);
    const size_t pulled = shared ? held : length;
    return pulled <= PBUF_NOT_FOUND ? (pbuf_len_t)pulled : (pbuf_len_t)0;
}

struct pbuf *cistern_pbuf_pull(struct pbuf *p, pbuf_layer layer, pbuf_len_t length)
{
    if (!pbuf_is_usable(p) || length > p->tot_len) {
        return NULL;
    }
    if (length <= p->len) {
        return p;
    }
    const pbuf_len_t pulled = pbuf_pulled(p, length);
    struct pbuf *const front = pulled != 0 ? pbuf_alloc(layer, pulled, PBUF_RAM) : NULL;
    if (front == NULL) {
        return NULL;
    }
    if (pbuf_transfer(p, 0, front->payload, pulled, false) != pulled) {
        (void)pbuf_free(front);
        return NULL;
    }
    CISTERN_ASSERT(front->len == pulled && pulled >= length);
    pbuf_inherit(front, p);
    struct pbuf *const rest = pbuf_free_header(p, pulled);
    if (rest != NULL) {
        pbuf_cat(front, rest);
    }
    return front;
}

/* --- numbers ---------------------------------------------------------------------------------- */

#define PBUF_WIDEST 4U

static bool pbuf_is_width(unsigned bytes)
{
    return bytes >= 1 && bytes <= PBUF_WIDEST;
}

bool cistern_pbuf_get_be(const struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t *value)
{
    uint8_t read[PBUF_WIDEST];
    if (!pbuf_is_given(p, value) || !pbuf_is_width(bytes) ||
        pbuf_copy_partial(p, read, (pbuf_len_t)bytes, offset) != bytes) {
        return false;
    }
    CISTERN_ASSERT(bytes <= PBUF_WIDEST);
    uint32_t number = 0;
    for (unsigned i = 0; i < bytes; ++i) {
        number = number << 8 | read[i];
    }
    *value = number;
    return true;
}

bool cistern_pbuf_get_le(const struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t *value)
{
    if (!cistern_pbuf_get_be(p, offset, bytes, value)) {
        return false;
    }
    *value = LWIP_SWAP32(*value) >> (8U * (PBUF_WIDEST - bytes));
    return true;
}

bool cistern_pbuf_put_le(struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t value)
{
    uint8_t written[PBUF_WIDEST];
    for (unsigned i = 0; i < PBUF_WIDEST; ++i) {
        written[i] = (uint8_t)(value >> (8U * i));
    }
    return pbuf_is_given(p, written) && pbuf_is_width(bytes) &&
           pbuf_take_at(p, written, (pbuf_len_t)bytes, offset) == ERR_OK;
}

bool cistern_pbuf_put_be(struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t value)
{
    const uint32_t turned = pbuf_is_width(bytes)
                                ? LWIP_SWAP32(value) >> (8U * (PBUF_WIDEST - bytes))
                                : 0; /* refused below */
    return cistern_pbuf_put_le(p, offset, bytes, turned);
}

/* --- pieces ----------------------------------------------------------------------------------- */

size_t cistern_pbuf_to_pieces(const struct pbuf *p, pbuf_len_t offset, pbuf_len_t length,
                              cistern_piece_t *pieces, size_t count, size_t *described)
{
    if (!pbuf_is_given(p, pieces)) {
        return 0;
    }
    pbuf_cursor_t cursor = pbuf_cursor_from(p, offset);
    pbuf_len_t covered = 0;
    size_t used = 0;
    while (used < count && covered < length) {
        u8_t *data = NULL;
        const pbuf_len_t piece = pbuf_cursor_piece(&cursor, (pbuf_len_t)(length - covered), &data);
        if (piece == 0) {
            break;
        }
        pieces[used++] = (cistern_piece_t){data, piece};
        covered = (pbuf_len_t)(covered + piece);
        pbuf_cursor_advance(&cursor, piece);
    }
    CISTERN_ASSERT(used <= count && covered <= length);
    if (described != NULL) {
        *described = covered;
    }
    return used;
}

struct pbuf *cistern_pbuf_from_pieces(const cistern_piece_t *pieces, size_t count)
{
    struct pbuf *chain = NULL;
    if (pieces == NULL) {
        (void)pbuf_refuse(CISTERN_FAULT_ARGUMENT, NULL);
        return NULL;
    }
    /* From the last to the first: each fragment is put before what is there, in constant time. */
    for (size_t i = count; i > 0; --i) {
        const pbuf_len_t behind = chain != NULL ? chain->tot_len : (pbuf_len_t)0;
        const size_t length = pieces[i - 1].length;
        struct pbuf *const p =
            length <= (size_t)(PBUF_NOT_FOUND - behind)
                ? pbuf_alloc_reference(pieces[i - 1].base, (pbuf_len_t)length, PBUF_REF)
                : NULL;
        if (p == NULL) {
            if (chain != NULL) {
                (void)pbuf_free(chain);
            }
            return NULL;
        }
        CISTERN_ASSERT(p->next == NULL && p->len == length);
        p->next = chain;
        p->tot_len = (pbuf_len_t)(p->tot_len + behind);
        chain = p;
    }
    return chain;
}

/* --- sums ------------------------------------------------------------------------------------- */

pbuf_len_t cistern_pbuf_copy_sum(const struct pbuf *p, void *target, pbuf_len_t length,
                                 pbuf_len_t offset, uint16_t *sum)
{
    if (!pbuf_is_given(p, target) || !pbuf_is_given(p, sum)) {
        return 0;
    }
    pbuf_cursor_t from = pbuf_cursor_from(p, offset);
    pbuf_len_t copied = 0;
    *sum = 0;
    while (copied < length) {
        u8_t *data = NULL;
        const pbuf_len_t piece = pbuf_cursor_piece(&from, (pbuf_len_t)(length - copied), &data);
        if (piece == 0) {
            break;
        }
        const uint16_t part = LWIP_CHKSUM_COPY((uint8_t *)target + copied, data, piece);
        *sum = cistern_chksum_add(*sum, (copied & 1U) != 0 ? cistern_chksum_swap(part) : part);
        copied = (pbuf_len_t)(copied + piece);
        pbuf_cursor_advance(&from, piece);
    }
    CISTERN_ASSERT(copied <= length);
    return copied;
}

/* --- memory with an owner --------------------------------------------------------------------- */

#if LWIP_SUPPORT_CUSTOM_PBUF
static void pbuf_destroy_external(struct pbuf *p)
{
    const cistern_pbuf_external_t *const external = (const cistern_pbuf_external_t *)(void *)p;
    external->destroy(external->context, external->memory);
}

struct pbuf *cistern_pbuf_external(cistern_pbuf_external_t *external, void *memory,
                                   pbuf_len_t length, cistern_pbuf_destroy_t *destroy,
                                   void *context)
{
    if (!pbuf_is_place(external, destroy != NULL)) {
        return NULL;
    }
    external->destroy = destroy;
    external->context = context;
    external->memory = memory;
    external->custom.custom_free_function = pbuf_destroy_external;
    return pbuf_alloced_custom(PBUF_RAW, length, PBUF_REF, &external->custom, memory, length);
}
#endif
