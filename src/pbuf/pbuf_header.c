/* pbuf_header.c - packet buffers: length, and headers in front.
 *
 *   pbuf_realloc(p, 5)        | 0 1 2 3 |-->| 4 5 6 7 |-->| 8 9 |   =>   | 0 1 2 3 |-->| 4 |
 *   pbuf_add_header(p, 2)     |     | room | data |                 =>   |     |    | data    |
 *
 * I1, I2 and I4 of pbuf.c hold before and after each call.
 *
 * pbuf_add_header and pbuf_remove_header are in lwip/pbuf.h, to be compiled where they are called;
 * the copies for who takes their address, or compiles for size, are here.
 */
#include "pbuf_priv.h"

extern inline size_t cistern_pbuf_room(const struct pbuf *p);
extern inline void cistern_pbuf_move_start(struct pbuf *p, size_t bytes);
extern inline u8_t pbuf_add_header(struct pbuf *p, size_t header_size_increment);
extern inline u8_t pbuf_remove_header(struct pbuf *p, size_t header_size);

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

u8_t cistern_pbuf_refuse_header(const struct pbuf *p)
{
    if (p == NULL) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, p);
    }
    return 1;
}

u8_t pbuf_add_header_force(struct pbuf *p, size_t header_size_increment)
{
    const bool own = p == NULL || (p->type_internal & PBUF_TYPE_FLAG_STRUCT_DATA_CONTIGUOUS) != 0;
    if (own || header_size_increment > (size_t)(PBUF_NOT_FOUND - p->tot_len)) {
        return pbuf_add_header(p, header_size_increment);
    }
    cistern_pbuf_move_start(p, (size_t)0 - header_size_increment);
    return 0;
}

u8_t pbuf_header(struct pbuf *p, s16_t header_size)
{
    return header_size < 0 ? pbuf_remove_header(p, (size_t)(-(s32_t)header_size))
                           : pbuf_add_header(p, (size_t)header_size);
}

u8_t pbuf_header_force(struct pbuf *p, s16_t header_size)
{
    return header_size < 0 ? pbuf_remove_header(p, (size_t)(-(s32_t)header_size))
                           : pbuf_add_header_force(p, (size_t)header_size);
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
