/* pbuf_more.c - packet buffers: room, fragments in the middle, numbers, pieces, memory with an
 * owner.
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
#include "pbuf_priv.h"

/* --- room ------------------------------------------------------------------------------------- */

size_t cistern_pbuf_headroom(const struct pbuf *p)
{
    return pbuf_given(p, p) ? cistern_pbuf_room(p) : 0;
}

#if MEM_CUSTOM_ALLOCATOR || MEM_USE_POOLS
/* Another allocator does not say how long its blocks are: no more than the data is sure. */
static mem_ptr_t heap_end(const struct pbuf *p)
{
    return (mem_ptr_t)p->payload + p->len;
}
#else
static mem_ptr_t heap_end(const struct pbuf *p)
{
    return (mem_ptr_t)p + cistern_heap_usable_size(mem_heap(), p);
}
#endif

/* Where a fragment's own memory ends; 0 for foreign payload. */
static mem_ptr_t end_of(const struct pbuf *p)
{
    if ((p->flags & PBUF_FLAG_IS_CUSTOM) != 0) {
        return 0;
    }
    if (pbuf_match_type(p, PBUF_POOL)) {
        return (mem_ptr_t)p + PBUF_STRUCT_SIZE + PBUF_POOL_PAYLOAD_SIZE();
    }
    return pbuf_match_type(p, PBUF_RAM) ? heap_end(p) : 0;
}

size_t cistern_pbuf_tailroom(const struct pbuf *p)
{
    if (!pbuf_given(p, p)) {
        return 0;
    }
    if (pbuf_is_poisoned(p) || pbuf_ref_read(p) == 0) {
        pbuf_misuse(CISTERN_FAULT_REFERENCE, p);
        return 0;
    }
    const mem_ptr_t end = end_of(p);
    const mem_ptr_t data_end = (mem_ptr_t)p->payload + p->len;
    return end > data_end ? end - data_end : 0;
}

/* --- fragments -------------------------------------------------------------------------------- */

static bool contains(const struct pbuf *chain, const struct pbuf *fragment)
{
    while (chain != NULL && chain != fragment) {
        chain = chain->next;
    }
    return chain != NULL;
}

/* True iff the two lists end in the same fragment, so that they share at least that one. */
static bool share_an_end(const struct pbuf *a, const struct pbuf *b)
{
    while (a->next != NULL) {
        a = a->next;
    }
    return contains(b, a);
}

bool cistern_pbuf_insert(struct pbuf *head, struct pbuf *after, struct pbuf *chain)
{
    if (!pbuf_given(head, after) || !pbuf_given(head, chain)) {
        return false;
    }
    if (!contains(head, after) || share_an_end(head, chain) ||
        chain->tot_len > PBUF_NOT_FOUND - head->tot_len) {
        return false;
    }
    const pbuf_len_t added = chain->tot_len;
    const pbuf_len_t behind = (pbuf_len_t)(after->tot_len - after->len);
    for (struct pbuf *p = head; p != after->next; p = p->next) {
        p->tot_len = (pbuf_len_t)(p->tot_len + added);
    }
    struct pbuf *last = chain;
    for (; last->next != NULL; last = last->next) {
        last->tot_len = (pbuf_len_t)(last->tot_len + behind);
    }
    last->tot_len = (pbuf_len_t)(last->tot_len + behind);
    last->next = after->next;
    after->next = chain;
    return true;
}

bool cistern_pbuf_remove(struct pbuf *head, struct pbuf *fragment)
{
    if (!pbuf_given(head, fragment) || head == fragment || !contains(head, fragment)) {
        return false;
    }
    struct pbuf *before = head;
    for (; before->next != fragment; before = before->next) {
        before->tot_len = (pbuf_len_t)(before->tot_len - fragment->len);
    }
    before->tot_len = (pbuf_len_t)(before->tot_len - fragment->len);
    before->next = fragment->next;
    fragment->next = NULL;
    fragment->tot_len = fragment->len;
    return true;
}

struct pbuf *cistern_pbuf_pull(struct pbuf *p, pbuf_layer layer, pbuf_len_t length)
{
    if (!pbuf_given(p, p) || length > p->tot_len) {
        return NULL;
    }
    if (length <= p->len) {
        return p;
    }
    struct pbuf *const front = pbuf_alloc(layer, length, PBUF_RAM);
    if (front == NULL) {
        return NULL;
    }
    (void)pbuf_copy_partial(p, front->payload, length, 0);
    struct pbuf *const rest = pbuf_free_header(p, length);
    if (rest != NULL) {
        pbuf_cat(front, rest);
    }
    return front;
}

/* --- numbers ---------------------------------------------------------------------------------- */

#define WIDEST 4U

static bool is_width(unsigned bytes)
{
    return bytes >= 1 && bytes <= WIDEST;
}

bool cistern_pbuf_get_be(const struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t *value)
{
    uint8_t read[WIDEST];
    if (!pbuf_given(p, value) || !is_width(bytes) ||
        pbuf_copy_partial(p, read, (pbuf_len_t)bytes, offset) != bytes) {
        return false;
    }
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
    *value = LWIP_SWAP32(*value) >> (8U * (WIDEST - bytes));
    return true;
}

bool cistern_pbuf_put_le(struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t value)
{
    uint8_t written[WIDEST];
    for (unsigned i = 0; i < WIDEST; ++i) {
        written[i] = (uint8_t)(value >> (8U * i));
    }
    return pbuf_given(p, written) && is_width(bytes) &&
           pbuf_take_at(p, written, (pbuf_len_t)bytes, offset) == ERR_OK;
}

bool cistern_pbuf_put_be(struct pbuf *p, pbuf_len_t offset, unsigned bytes, uint32_t value)
{
    const uint32_t turned =
        is_width(bytes) ? LWIP_SWAP32(value) >> (8U * (WIDEST - bytes)) : 0; /* refused below */
    return cistern_pbuf_put_le(p, offset, bytes, turned);
}

/* --- pieces ----------------------------------------------------------------------------------- */

size_t cistern_pbuf_to_pieces(const struct pbuf *p, pbuf_len_t offset, pbuf_len_t length,
                              cistern_piece_t *pieces, size_t count, size_t *described)
{
    if (!pbuf_given(p, pieces)) {
        return 0;
    }
    pbuf_cursor_t cursor = {p, offset};
    pbuf_len_t covered = 0;
    size_t used = 0;
    while (used < count && covered < length) {
        u8_t *data;
        const pbuf_len_t piece = pbuf_cursor_piece(&cursor, (pbuf_len_t)(length - covered), &data);
        if (piece == 0) {
            break;
        }
        pieces[used++] = (cistern_piece_t){data, piece};
        covered = (pbuf_len_t)(covered + piece);
        pbuf_cursor_advance(&cursor, piece);
    }
    if (described != NULL) {
        *described = covered;
    }
    return used;
}

struct pbuf *cistern_pbuf_from_pieces(const cistern_piece_t *pieces, size_t count)
{
    struct pbuf *chain = NULL;
    if (pieces == NULL) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, NULL);
        return NULL;
    }
    /* From the last to the first: each fragment is put before what is there, in constant time. */
    for (size_t i = count; i > 0; --i) {
        const size_t room = PBUF_NOT_FOUND - (chain != NULL ? chain->tot_len : 0U);
        const size_t length = pieces[i - 1].length;
        struct pbuf *const p =
            length <= room ? pbuf_alloc_reference(pieces[i - 1].base, (pbuf_len_t)length, PBUF_REF)
                           : NULL;
        if (p == NULL) {
            if (chain != NULL) {
                pbuf_free(chain);
            }
            return NULL;
        }
        if (chain != NULL) {
            pbuf_cat(p, chain);
        }
        chain = p;
    }
    return chain;
}

/* --- sums ------------------------------------------------------------------------------------- */

pbuf_len_t cistern_pbuf_copy_sum(const struct pbuf *p, void *target, pbuf_len_t length,
                                 pbuf_len_t offset, uint16_t *sum)
{
    if (!pbuf_given(p, target) || !pbuf_given(p, sum)) {
        return 0;
    }
    pbuf_cursor_t from = {p, offset};
    pbuf_len_t copied = 0;
    *sum = 0;
    while (copied < length) {
        u8_t *data;
        const pbuf_len_t piece = pbuf_cursor_piece(&from, (pbuf_len_t)(length - copied), &data);
        if (piece == 0) {
            break;
        }
        const uint16_t part = cistern_chksum_copy((uint8_t *)target + copied, data, piece);
        *sum = cistern_chksum_add(*sum, (copied & 1U) != 0 ? cistern_chksum_swap(part) : part);
        copied = (pbuf_len_t)(copied + piece);
        pbuf_cursor_advance(&from, piece);
    }
    return copied;
}

/* --- memory with an owner --------------------------------------------------------------------- */

#if LWIP_SUPPORT_CUSTOM_PBUF
static void destroy_external(struct pbuf *p)
{
    const cistern_pbuf_external_t *const external = (const cistern_pbuf_external_t *)(void *)p;
    external->destroy(external->context, external->memory);
}

struct pbuf *cistern_pbuf_external(cistern_pbuf_external_t *external, void *memory,
                                   pbuf_len_t length, cistern_pbuf_destroy_t *destroy,
                                   void *context)
{
    if (external == NULL || destroy == NULL) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, NULL);
        return NULL;
    }
    external->destroy = destroy;
    external->context = context;
    external->memory = memory;
    external->custom.custom_free_function = destroy_external;
    return pbuf_alloced_custom(PBUF_RAW, length, PBUF_REF, &external->custom, memory, length);
}
#endif
