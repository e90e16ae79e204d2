/* pbuf_chain.c - packet buffers: chains of fragments.
 *
 *   pbuf_cat(h, t)       h --> h2     +  t --> t2        =>   h --> h2 --> t --> t2
 *   pbuf_dechain(h)      h --> h2 --> h3                 =>   h     +  h2 --> h3
 *
 * I1 and I2 of pbuf.c hold before and after each call.
 */
#include "pbuf_priv.h"

struct pbuf *pbuf_alloc_elements(size_t room, pbuf_len_t length)
{
    struct pbuf *head = NULL;
    struct pbuf **link = &head;
    if (room > PBUF_POOL_PAYLOAD_SIZE()) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, NULL);
        return NULL;
    }
    do {
        struct pbuf *const p = pbuf_take_element();
        *link = p;
        if (p == NULL) {
            break;
        }
        const size_t space = PBUF_POOL_PAYLOAD_SIZE() - room;
        pbuf_set_up(p, (u8_t *)p + PBUF_STRUCT_SIZE + room, length, PBUF_POOL, 0);
        p->len = (pbuf_len_t)LWIP_MIN(length, space);
        length = (pbuf_len_t)(length - p->len);
        link = &p->next;
        room = 0;
    } while (length > 0);
    if (length > 0 && head != NULL) {
        pbuf_free(head);
        head = NULL;
    }
    return head;
}

pbuf_len_t pbuf_clen(const struct pbuf *p)
{
    pbuf_len_t fragments = 0;
    for (; p != NULL; p = p->next) {
        ++fragments;
    }
    return fragments;
}

/* The last fragment of `head`; NULL iff `tail` is a part of it, so that a cycle would come about.
 */
static struct pbuf *last_before(struct pbuf *head, const struct pbuf *tail)
{
    struct pbuf *p = head;
    while (p != tail && p->next != NULL) {
        p = p->next;
    }
    return p != tail ? p : NULL;
}

static bool cat(struct pbuf *head, struct pbuf *tail)
{
    if (!pbuf_given(head, tail)) {
        return false;
    }
    struct pbuf *const last = last_before(head, tail);
    if (last == NULL) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, tail);
        return false;
    }
    for (struct pbuf *p = head; p != NULL; p = p->next) {
        p->tot_len = (pbuf_len_t)(p->tot_len + tail->tot_len);
    }
    last->next = tail;
    return true;
}

void pbuf_cat(struct pbuf *head, struct pbuf *tail)
{
    (void)cat(head, tail);
}

void pbuf_chain(struct pbuf *head, struct pbuf *tail)
{
    if (cat(head, tail)) {
        pbuf_ref(tail);
    }
}

struct pbuf *pbuf_dechain(struct pbuf *p)
{
    if (p == NULL) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, p);
        return NULL;
    }
    struct pbuf *const tail = p->next;
    if (tail == NULL) {
        return NULL;
    }
    tail->tot_len = (pbuf_len_t)(p->tot_len - p->len);
    p->tot_len = p->len;
    p->next = NULL;
    return pbuf_free(tail) > 0 ? NULL : tail;
}

void pbuf_split_64k(struct pbuf *p, struct pbuf **rest)
{
    if (rest == NULL) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, p);
        return;
    }
    *rest = NULL;
    if (p == NULL) {
        return;
    }
    struct pbuf *last = p;
    pbuf_len_t length = p->len;
    while (last->next != NULL && last->next->len <= PBUF_NOT_FOUND - length) {
        last = last->next;
        length = (pbuf_len_t)(length + last->len);
    }
    struct pbuf *const second = last->next;
    if (second == NULL) {
        return;
    }
    last->next = NULL;
    for (struct pbuf *q = p; q != NULL; q = q->next) {
        q->tot_len = (pbuf_len_t)(q->tot_len - second->tot_len);
    }
    second->flags = (u8_t)(second->flags | (p->flags & PBUF_FLAG_TCP_FIN));
    *rest = second;
}

struct pbuf *pbuf_skip(struct pbuf *in, pbuf_len_t in_offset, pbuf_len_t *out_offset)
{
    struct pbuf *p = in;
    while (p != NULL && in_offset >= p->len) {
        in_offset = (pbuf_len_t)(in_offset - p->len);
        p = p->next;
    }
    if (out_offset != NULL) {
        *out_offset = in_offset;
    }
    return p;
}
