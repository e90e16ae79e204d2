/* SPDX-License-Identifier: BSD-3-Clause */
/* pbuf_data.c - packet buffers: the bytes of a packet, wherever its fragments lie.
 *
 *   packet      | 0 1 2 3 4 5 6 7 8 9 |
 *   fragments   | 0 1 2 | | 3 4 5 6 7 8 | 9 |       an empty fragment is legal anywhere
 *                     ^ cursor --> ^                moves on piece by piece, never back
 *
 * I1  each call walks a chain once: a cursor visits every fragment at most once.
 * I2  what a call would not wholly fit is refused before the first byte is written.
 */
#include "lwip/inet_chksum.h"
#include "pbuf_priv.h"

/* --- positions -------------------------------------------------------------------------------- */

struct pbuf *pbuf_cursor_settle(pbuf_cursor_t *cursor)
{
    while (cursor->walk.at != NULL && cursor->offset >= cursor->walk.at->len) {
        cursor->offset = (pbuf_len_t)(cursor->offset - cursor->walk.at->len);
        pbuf_walk_on(&cursor->walk);
    }
    CISTERN_ASSERT(cursor->walk.at == NULL || cursor->offset < cursor->walk.at->len);
    return cursor->walk.at;
}

pbuf_len_t pbuf_cursor_find(pbuf_cursor_t *cursor, pbuf_len_t limit, u8_t **data)
{
    const struct pbuf *const p = pbuf_cursor_settle(cursor);
    if (p == NULL) {
        return 0;
    }
    if (!pbuf_has_payload(p)) {
        cursor->walk.at = NULL;
        return 0;
    }
    CISTERN_ASSERT(cursor->offset < p->len);
    const pbuf_len_t here = (pbuf_len_t)(p->len - cursor->offset);
    *data = (u8_t *)p->payload + cursor->offset;
    return LWIP_MIN(here, limit);
}

struct pbuf *(pbuf_skip)(struct pbuf *in, pbuf_len_t in_offset, pbuf_len_t *out_offset)
{
    pbuf_cursor_t cursor = pbuf_cursor_from(in, in_offset);
    if (in == NULL || !pbuf_is_usable(in)) {
        return NULL;
    }
    struct pbuf *const p = pbuf_cursor_settle(&cursor);
    if (out_offset != NULL) {
        *out_offset = cursor.offset;
    }
    return p;
}

/* --- copying ---------------------------------------------------------------------------------- */

/* Copies on from the cursor, which moves behind the bytes copied. */
static PBUF_INLINE pbuf_len_t pbuf_transfer_on(pbuf_cursor_t *cursor, u8_t *outside,
                                               pbuf_len_t length, bool in)
{
    pbuf_len_t left = length;
    while (left > 0) {
        u8_t *inside = NULL;
        const pbuf_len_t piece = pbuf_cursor_piece(cursor, left, &inside);
        if (piece == 0) {
            break;
        }
        CISTERN_ASSERT(piece <= left); /* I2 */
        MEMCPY(in ? inside : outside, in ? outside : inside, piece);
        outside += piece;
        left = (pbuf_len_t)(left - piece);
        pbuf_cursor_advance(cursor, piece);
    }
    return (pbuf_len_t)(length - left);
}

PBUF_APART pbuf_len_t pbuf_transfer_far(const struct pbuf *p, pbuf_len_t offset, void *outside,
                                        pbuf_len_t length, bool in)
{
    pbuf_cursor_t cursor = pbuf_cursor_from(p, offset);
    return pbuf_transfer_on(&cursor, (u8_t *)outside, length, in);
}

pbuf_len_t pbuf_copy_partial(const struct pbuf *p, void *dataptr, pbuf_len_t len, pbuf_len_t offset)
{
    return pbuf_is_given(p, dataptr) ? pbuf_transfer(p, offset, dataptr, len, false) : 0;
}

static err_t pbuf_fill(struct pbuf *p, const void *bytes, pbuf_len_t length, pbuf_len_t offset)
{
    if (!pbuf_holds(p, offset, length)) {
        return ERR_MEM;
    }
    return pbuf_transfer(p, offset, (void *)(mem_ptr_t)bytes, length, true) == length ? ERR_OK
                                                                                      : ERR_VAL;
}

err_t pbuf_take(struct pbuf *buf, const void *dataptr, pbuf_len_t len)
{
    return pbuf_is_given(buf, dataptr) ? pbuf_fill(buf, dataptr, len, 0) : ERR_ARG;
}

err_t pbuf_take_at(struct pbuf *buf, const void *dataptr, pbuf_len_t len, pbuf_len_t offset)
{
    if (!pbuf_is_given(buf, dataptr)) {
        return ERR_ARG;
    }
    return offset < buf->tot_len ? pbuf_fill(buf, dataptr, len, offset) : ERR_MEM;
}

/* The last fragment that tot_len of `p` counts, though empty ones or, in a queue, another packet
 * may follow. NULL if the chain is damaged, or holds less. */
static const struct pbuf *pbuf_last_counted(const struct pbuf *p)
{
    pbuf_walk_t walk = pbuf_walk_from(p);
    while (walk.at != NULL && walk.at->tot_len != walk.at->len) {
        pbuf_walk_on(&walk);
    }
    return walk.at;
}

/* The same where no fragment follows: NULL for a queue. */
static const struct pbuf *pbuf_last_of_one(const struct pbuf *p)
{
    const struct pbuf *const last = pbuf_last_counted(p);
    return last != NULL && last->next == NULL ? last : NULL;
}

static err_t pbuf_copy_scattered(struct pbuf *p_to, const struct pbuf *p_from, pbuf_len_t copy_len,
                                 pbuf_len_t offset)
{
    pbuf_cursor_t from = pbuf_cursor_from(p_from, 0);
    pbuf_cursor_t to = pbuf_cursor_from(p_to, offset);
    while (copy_len > 0) {
        u8_t *source = NULL;
        const pbuf_len_t piece = pbuf_cursor_piece(&from, copy_len, &source);
        if (piece == 0 || pbuf_transfer_on(&to, source, piece, true) != piece) {
            return ERR_VAL; /* a chain whose tot_len is not what its fragments hold */
        }
        pbuf_cursor_advance(&from, piece);
        copy_len = (pbuf_len_t)(copy_len - piece);
    }
    return ERR_OK;
}

/* Copies bytes that tot_len says are there, to where they are known to fit. */
static err_t pbuf_copy_known(struct pbuf *p_to, const struct pbuf *p_from, pbuf_len_t copy_len,
                             pbuf_len_t offset)
{
    if (!pbuf_is_near(p_to, offset, copy_len)) {
        return pbuf_copy_scattered(p_to, p_from, copy_len, offset);
    }
    u8_t *const target = (u8_t *)p_to->payload + offset;
    return pbuf_transfer(p_from, 0, target, copy_len, false) == copy_len ? ERR_OK : ERR_VAL;
}

static PBUF_APART err_t pbuf_copy_chain(struct pbuf *p_to, const struct pbuf *p_from,
                                        pbuf_len_t copy_len, pbuf_len_t offset)
{
    if (copy_len > p_from->tot_len || !pbuf_holds(p_to, offset, copy_len)) {
        return ERR_ARG;
    }
    const struct pbuf *const end_to = pbuf_last_of_one(p_to);
    const struct pbuf *const end_from = end_to != NULL ? pbuf_last_of_one(p_from) : NULL;
    if (end_from == NULL) {
        return ERR_VAL;
    }
    if (CISTERN_CHECK >= 1 && end_to == end_from) { /* as they end, so they share */
        (void)pbuf_refuse(CISTERN_FAULT_ARGUMENT, p_from);
        return ERR_ARG;
    }
    return pbuf_copy_known(p_to, p_from, copy_len, offset);
}

/* True if a packet is one fragment. */
static inline bool pbuf_is_one(const struct pbuf *p)
{
    return p->next == NULL && p->len == p->tot_len;
}

/* Copies between packets that are usable; most are received in one piece, and many sent in one. */
static inline err_t pbuf_copy_packet(struct pbuf *p_to, const struct pbuf *p_from,
                                     pbuf_len_t copy_len, pbuf_len_t offset)
{
    if (!pbuf_is_near(p_from, 0, copy_len) || !pbuf_is_near(p_to, offset, copy_len) ||
        !pbuf_is_one(p_from) || !pbuf_is_one(p_to) || p_from == p_to) {
        return pbuf_copy_chain(p_to, p_from, copy_len, offset);
    }
    CISTERN_ASSERT(copy_len <= p_from->tot_len && pbuf_holds(p_to, offset, copy_len)); /* I2 */
    MEMCPY((u8_t *)p_to->payload + offset, p_from->payload, copy_len);
    return ERR_OK;
}

err_t pbuf_copy_partial_pbuf(struct pbuf *p_to, const struct pbuf *p_from, pbuf_len_t copy_len,
                             pbuf_len_t offset)
{
    return pbuf_is_usable(p_to) && pbuf_is_usable(p_from)
               ? pbuf_copy_packet(p_to, p_from, copy_len, offset)
               : ERR_ARG;
}

err_t pbuf_copy(struct pbuf *p_to, const struct pbuf *p_from)
{
    return pbuf_is_usable(p_to) && pbuf_is_usable(p_from)
               ? pbuf_copy_packet(p_to, p_from, p_from->tot_len, 0)
               : ERR_ARG;
}

void *pbuf_get_contiguous(const struct pbuf *p, void *buffer, size_t bufsize, pbuf_len_t len,
                          pbuf_len_t offset)
{
    u8_t *data = NULL;
    pbuf_cursor_t from = pbuf_cursor_from(p, offset);
    if (!pbuf_is_usable(p)) {
        return NULL;
    }
    if (pbuf_cursor_piece(&from, len, &data) == len) {
        return data; /* NULL at the end of the packet */
    }
    if (data == NULL || buffer == NULL || bufsize < len) {
        return NULL;
    }
    CISTERN_ASSERT(from.walk.at != NULL && from.offset < from.walk.at->len);
    return pbuf_transfer(from.walk.at, from.offset, buffer, len, false) == len ? buffer : NULL;
}

/* --- whole packets ---------------------------------------------------------------------------- */

struct pbuf *pbuf_clone(pbuf_layer l, pbuf_type type, struct pbuf *p)
{
    if (!pbuf_is_usable(p)) {
        return NULL;
    }
    if (type != PBUF_RAM && type != PBUF_POOL) {
        (void)pbuf_refuse(CISTERN_FAULT_ARGUMENT, p);
        return NULL;
    }
    const struct pbuf *const last = pbuf_last_counted(p);
    if (last == NULL || (last->next != NULL && last->next->tot_len != 0)) {
        return NULL;
    }
    struct pbuf *const clone = pbuf_alloc(l, p->tot_len, type);
    CISTERN_ASSERT(clone == NULL || clone->tot_len == p->tot_len);
    if (clone != NULL && pbuf_copy_known(clone, p, p->tot_len, 0) != ERR_OK) {
        (void)pbuf_free(clone);
        return NULL;
    }
    return clone;
}

/* if_idx is followed by the members that the application has added. */
void pbuf_inherit(struct pbuf *heir, const struct pbuf *p)
{
    CISTERN_ASSERT(heir != p);
    const size_t from = offsetof(struct pbuf, if_idx);
    heir->flags = (u8_t)(p->flags & ~PBUF_FLAG_IS_CUSTOM);
    MEMCPY((u8_t *)heir + from, (const u8_t *)p + from, sizeof *p - from);
}

struct pbuf *pbuf_coalesce(struct pbuf *p, pbuf_layer layer)
{
    if (!pbuf_is_usable(p)) {
        return NULL;
    }
    struct pbuf *const whole = p->next != NULL ? pbuf_clone(layer, PBUF_RAM, p) : NULL;
    if (whole == NULL) {
        return p;
    }
    CISTERN_ASSERT(whole->tot_len == p->tot_len && whole->next == NULL);
    pbuf_inherit(whole, p);
    (void)pbuf_free(p);
    return whole;
}

/* --- filling and summing ---------------------------------------------------------------------- */

err_t pbuf_fill_chksum(struct pbuf *p, pbuf_len_t start_offset, const void *dataptr, pbuf_len_t len,
                       u16_t *chksum)
{
    u8_t *target = NULL;
    if (!pbuf_is_given(p, dataptr) || !pbuf_is_given(p, chksum)) {
        return ERR_ARG;
    }
    if (len == 0 || start_offset > p->len || len > p->len - start_offset) {
        return ERR_ARG;
    }
    pbuf_cursor_t cursor = pbuf_cursor_from(p, start_offset);
    if (pbuf_cursor_piece(&cursor, len, &target) == 0) {
        return ERR_ARG;
    }
    CISTERN_ASSERT(cursor.walk.at == p);
    u32_t sum = LWIP_CHKSUM_COPY(target, dataptr, len);
    if ((start_offset & 1U) != 0) {
        sum = SWAP_BYTES_IN_WORD(sum);
    }
    sum += *chksum;
    sum = FOLD_U32T(sum);
    *chksum = (u16_t)FOLD_U32T(sum);
    return ERR_OK;
}

/* --- single bytes ----------------------------------------------------------------------------- */

/* Where the byte at `offset` lies, or NULL past the end. */
static u8_t *pbuf_byte_at(const struct pbuf *p, pbuf_len_t offset)
{
    u8_t *data = NULL;
    pbuf_cursor_t cursor = pbuf_cursor_from(p, offset);
    if (pbuf_is_usable(p)) {
        (void)pbuf_cursor_piece(&cursor, 1, &data);
    }
    return data;
}

int pbuf_try_get_at(const struct pbuf *p, pbuf_len_t offset)
{
    const u8_t *const byte = pbuf_byte_at(p, offset);
    return byte != NULL ? *byte : -1;
}

u8_t pbuf_get_at(const struct pbuf *p, pbuf_len_t offset)
{
    const u8_t *const byte = pbuf_byte_at(p, offset);
    return byte != NULL ? *byte : 0;
}

void pbuf_put_at(struct pbuf *p, pbuf_len_t offset, u8_t data)
{
    u8_t *const byte = pbuf_byte_at(p, offset);
    if (byte != NULL) {
        *byte = data;
    }
}

/* --- comparing -------------------------------------------------------------------------------- */

/* Index of the first byte that differs; `n` if none does. */
static pbuf_len_t pbuf_first_difference(const u8_t *a, const u8_t *b, pbuf_len_t n)
{
    pbuf_len_t i = 0;
    if (memcmp(a, b, n) == 0) {
        return n;
    }
    while (i < n && a[i] == b[i]) {
        ++i;
    }
    return i;
}

pbuf_len_t pbuf_memcmp(const struct pbuf *p, pbuf_len_t offset, const void *s2, pbuf_len_t n)
{
    if (!pbuf_is_given(p, s2) || !pbuf_holds(p, offset, n)) {
        return PBUF_NOT_FOUND;
    }
    pbuf_cursor_t cursor = pbuf_cursor_from(p, offset);
    pbuf_len_t same = 0;
    while (same < n) {
        u8_t *data = NULL;
        const pbuf_len_t piece = pbuf_cursor_piece(&cursor, (pbuf_len_t)(n - same), &data);
        if (piece == 0) { /* a chain whose tot_len is not what its fragments hold */
            return PBUF_NOT_FOUND;
        }
        const pbuf_len_t equal = pbuf_first_difference(data, (const u8_t *)s2 + same, piece);
        CISTERN_ASSERT(equal <= piece && piece <= n - same);
        same = (pbuf_len_t)(same + equal);
        if (equal < piece) {
            return pbuf_count_up(same);
        }
        pbuf_cursor_advance(&cursor, piece);
    }
    return 0;
}
