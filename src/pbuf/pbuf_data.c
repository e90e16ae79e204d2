/* pbuf_data.c - packet buffers: the bytes of a packet, wherever its fragments lie.
 *
 *   packet      | 0 1 2 3 4 5 6 7 8 9 |
 *   fragments   | 0 1 2 | | 3 4 5 6 7 8 | 9 |       an empty fragment is legal anywhere
 *                     ^ cursor --> ^                moves on piece by piece, never back
 *
 * I1  each call walks a chain once: a cursor visits every fragment at most once.
 * I2  what a call would not wholly fit is refused before the first byte is written.
 */
#include "pbuf_priv.h"

/* --- copying ---------------------------------------------------------------------------------- */

/* Copies up to `len` bytes of a packet to memory outside, or from there with `in`, when it only
 * reads what is outside. Returns how many there were. */
static pbuf_len_t transfer(const struct pbuf *p, pbuf_len_t offset, void *outside, pbuf_len_t len,
                           bool in)
{
    u8_t *next = outside;
    pbuf_len_t left = len;
    for (; p != NULL && left > 0; p = p->next) {
        if (offset >= p->len) {
            offset = (pbuf_len_t)(offset - p->len);
            continue;
        }
        u8_t *const inside = (u8_t *)p->payload + offset;
        const pbuf_len_t piece = (pbuf_len_t)LWIP_MIN(left, p->len - offset);
        MEMCPY(in ? inside : next, in ? next : inside, piece);
        next += piece;
        left = (pbuf_len_t)(left - piece);
        offset = 0;
    }
    return (pbuf_len_t)(len - left);
}

pbuf_len_t pbuf_copy_partial(const struct pbuf *p, void *dataptr, pbuf_len_t len, pbuf_len_t offset)
{
    return pbuf_given(p, dataptr) ? transfer(p, offset, dataptr, len, false) : 0;
}

err_t pbuf_take(struct pbuf *buf, const void *dataptr, pbuf_len_t len)
{
    if (!pbuf_given(buf, dataptr)) {
        return ERR_ARG;
    }
    if (len > buf->tot_len) {
        return ERR_MEM;
    }
    (void)transfer(buf, 0, (void *)(mem_ptr_t)dataptr, len, true);
    return ERR_OK;
}

err_t pbuf_take_at(struct pbuf *buf, const void *dataptr, pbuf_len_t len, pbuf_len_t offset)
{
    if (!pbuf_given(buf, dataptr)) {
        return ERR_ARG;
    }
    if (offset >= buf->tot_len || !pbuf_holds(buf, offset, len)) {
        return ERR_MEM;
    }
    (void)transfer(buf, offset, (void *)(mem_ptr_t)dataptr, len, true);
    return ERR_OK;
}

/* What hangs behind the last fragment that `p` counts: nothing, empty fragments, or a packet. */
static const struct pbuf *behind(const struct pbuf *p)
{
    while (p->next != NULL && p->tot_len != p->len) {
        p = p->next;
    }
    return p->next;
}

/* Copies bytes that are known to be there, to where they are known to fit. */
static err_t copy(struct pbuf *p_to, const struct pbuf *p_from, pbuf_len_t copy_len,
                  pbuf_len_t offset)
{
    pbuf_cursor_t from = {p_from, 0};
    pbuf_cursor_t to = {p_to, offset};
    while (copy_len > 0) {
        u8_t *source;
        u8_t *target;
        const pbuf_len_t here = pbuf_cursor_piece(&from, copy_len, &source);
        const pbuf_len_t piece = here > 0 ? pbuf_cursor_piece(&to, here, &target) : 0;
        if (piece == 0) {
            return ERR_VAL; /* a chain whose tot_len is not what its fragments hold */
        }
        MEMCPY(target, source, piece);
        pbuf_cursor_advance(&from, piece);
        pbuf_cursor_advance(&to, piece);
        copy_len = (pbuf_len_t)(copy_len - piece);
    }
    return ERR_OK;
}

err_t pbuf_copy_partial_pbuf(struct pbuf *p_to, const struct pbuf *p_from, pbuf_len_t copy_len,
                             pbuf_len_t offset)
{
    if (!pbuf_given(p_to, p_from)) {
        return ERR_ARG;
    }
    if (copy_len > p_from->tot_len || !pbuf_holds(p_to, offset, copy_len)) {
        return ERR_ARG;
    }
    if (behind(p_to) != NULL || behind(p_from) != NULL) {
        return ERR_VAL;
    }
    return copy(p_to, p_from, copy_len, offset);
}
err_t pbuf_copy(struct pbuf *p_to, const struct pbuf *p_from)
{
    return pbuf_copy_partial_pbuf(p_to, p_from, (pbuf_len_t)(p_from != NULL ? p_from->tot_len : 0),
                                  0);
}

void *pbuf_get_contiguous(const struct pbuf *p, void *buffer, size_t bufsize, pbuf_len_t len,
                          pbuf_len_t offset)
{
    if (!pbuf_given(p, p)) {
        return NULL;
    }
    pbuf_cursor_t from = {p, offset};
    u8_t *data = NULL;
    pbuf_cursor_settle(&from);
    if (from.at == NULL) {
        return NULL;
    }
    if (pbuf_cursor_piece(&from, len, &data) == len) {
        return data;
    }
    if (buffer == NULL || bufsize < len) {
        return NULL;
    }
    return pbuf_copy_partial(from.at, buffer, len, from.offset) == len ? buffer : NULL;
}

struct pbuf *pbuf_clone(pbuf_layer l, pbuf_type type, struct pbuf *p)
{
    if (p == NULL || (type != PBUF_RAM && type != PBUF_POOL)) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, p);
        return NULL;
    }
    const struct pbuf *const next = behind(p);
    if (next != NULL && next->tot_len != 0) {
        return NULL;
    }
    struct pbuf *const clone = pbuf_alloc(l, p->tot_len, type);
    if (clone != NULL && copy(clone, p, p->tot_len, 0) != ERR_OK) {
        pbuf_free(clone);
        return NULL;
    }
    return clone;
}

struct pbuf *pbuf_coalesce(struct pbuf *p, pbuf_layer layer)
{
    if (!pbuf_given(p, p)) {
        return NULL;
    }
    struct pbuf *const whole = p->next != NULL ? pbuf_clone(layer, PBUF_RAM, p) : NULL;
    if (whole == NULL) {
        return p;
    }
    pbuf_free(p);
    return whole;
}

/* --- single bytes ----------------------------------------------------------------------------- */

/* Where the byte at `offset` lies, or NULL past the end. */
static u8_t *byte_at(const struct pbuf *p, pbuf_len_t offset)
{
    pbuf_cursor_t cursor = {p, offset};
    u8_t *data = NULL;
    if (pbuf_given(p, p)) {
        (void)pbuf_cursor_piece(&cursor, 1, &data);
    }
    return data;
}

int pbuf_try_get_at(const struct pbuf *p, pbuf_len_t offset)
{
    const u8_t *const byte = byte_at(p, offset);
    return byte != NULL ? *byte : -1;
}

u8_t pbuf_get_at(const struct pbuf *p, pbuf_len_t offset)
{
    const u8_t *const byte = byte_at(p, offset);
    return byte != NULL ? *byte : 0;
}

void pbuf_put_at(struct pbuf *p, pbuf_len_t offset, u8_t data)
{
    u8_t *const byte = byte_at(p, offset);
    if (byte != NULL) {
        *byte = data;
    }
}

/* --- comparing -------------------------------------------------------------------------------- */

/* Index of the first byte that differs; `n` if none does. */
static pbuf_len_t first_difference(const u8_t *a, const u8_t *b, pbuf_len_t n)
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
    if (!pbuf_given(p, s2) || !pbuf_holds(p, offset, n)) {
        return PBUF_NOT_FOUND;
    }
    pbuf_cursor_t cursor = {p, offset};
    pbuf_len_t same = 0;
    while (same < n) {
        u8_t *data;
        const pbuf_len_t piece = pbuf_cursor_piece(&cursor, (pbuf_len_t)(n - same), &data);
        const pbuf_len_t equal =
            piece > 0 ? first_difference(data, (const u8_t *)s2 + same, piece) : 0;
        same = (pbuf_len_t)(same + equal);
        if (equal < piece || piece == 0) {
            return same < PBUF_NOT_FOUND ? (pbuf_len_t)(same + 1U) : PBUF_NOT_FOUND;
        }
        pbuf_cursor_advance(&cursor, piece);
    }
    return 0;
}
