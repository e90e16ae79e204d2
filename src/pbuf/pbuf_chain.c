/* SPDX-License-Identifier: BSD-3-Clause */
/* pbuf_chain.c - packet buffers: chains of fragments, the length of a packet, headers in front.
 *
 *   pbuf_cat(h, t)            h --> h2     +  t --> t2            =>   h --> h2 --> t --> t2
 *   pbuf_dechain(h)           h --> h2 --> h3                     =>   h     +  h2 --> h3
 *   pbuf_realloc(p, 5)        | 0 1 2 3 |-->| 4 5 6 7 |-->| 8 9 | =>   | 0 1 2 3 |-->| 4 |
 *   pbuf_add_header(p, 2)     |     | headroom | data |           =>   |     |        |   data |
 *   pbuf_free_header(p, 5)    | 0 1 2 3 |-->| 4 5 6 7 |           =>              | 5 6 7 |
 *
 * I1, I2 and I4 of pbuf.c hold before and after each call.
 * I5  what a call rewrites, or cuts off, it has walked before, to its end: a damaged chain is
 *     refused as it is. What is cut off never leads back to the head.
 */
#include "pbuf_priv.h"

/* --- walks ------------------------------------------------------------------------------------ */

struct pbuf *pbuf_last(struct pbuf *p)
{
    if (!pbuf_is_usable(p)) {
        return NULL;
    }
    pbuf_walk_t walk = pbuf_walk_from(p);
    pbuf_walk_to_last(&walk);
    CISTERN_ASSERT(pbuf_walk_failed(&walk) == (walk.at == NULL));
    return walk.at;
}

static PBUF_APART pbuf_len_t pbuf_count_fragments(const struct pbuf *p)
{
    pbuf_len_t fragments = 0;
    if (p == NULL || !pbuf_is_usable(p)) {
        return 0;
    }
    for (pbuf_walk_t walk = pbuf_walk_from(p); walk.at != NULL; pbuf_walk_on(&walk)) {
        fragments = pbuf_count_up(fragments);
    }
    CISTERN_ASSERT(fragments != 0);
    return fragments;
}

pbuf_len_t pbuf_clen(const struct pbuf *p)
{
    const bool one = PBUF_IN_PLACE && cistern_pbuf_is_held(p) && p->next == NULL;
    return one ? (pbuf_len_t)1 : pbuf_count_fragments(p);
}

/* --- chains ----------------------------------------------------------------------------------- */

/* The last fragment of `head`, where `tail` can be put behind it; else NULL, after a fault. Chains
 * that share a fragment end in the same one. */
#if CISTERN_CHECK >= 1
static struct pbuf *pbuf_last_before(struct pbuf *head, struct pbuf *tail)
{
    struct pbuf *const last = pbuf_last(head);
    const struct pbuf *const end = last != NULL ? pbuf_last(tail) : NULL;
    if (last != NULL && last == end) {
        (void)pbuf_refuse(CISTERN_FAULT_ARGUMENT, tail);
        return NULL;
    }
    return end != NULL ? last : NULL;
}
#else
static struct pbuf *pbuf_last_before(struct pbuf *head, const struct pbuf *tail)
{
    return tail != NULL ? pbuf_last(head) : NULL;
}
#endif

/* True if the packets were joined: the reference to `tail` is the chain's now. */
static bool pbuf_join(struct pbuf *head, struct pbuf *tail)
{
    struct pbuf *const last = pbuf_last_before(head, tail);
    if (last == NULL) {
        return false;
    }
    CISTERN_ASSERT(last->next == NULL && last != tail);
    last->next = tail;
    for (struct pbuf *p = head; p != tail; p = p->next) {
        p->tot_len = (pbuf_len_t)(p->tot_len + tail->tot_len);
    }
    return true;
}

void pbuf_cat(struct pbuf *head, struct pbuf *tail)
{
    (void)pbuf_join(head, tail);
}

void pbuf_chain(struct pbuf *head, struct pbuf *tail)
{
    if (pbuf_join(head, tail)) {
        pbuf_ref(tail);
    }
}

struct pbuf *pbuf_dechain(struct pbuf *p)
{
    struct pbuf *const tail = pbuf_is_usable(p) ? p->next : NULL;
    if (tail == NULL) {
        return NULL;
    }
    const bool usable = pbuf_is_usable(tail);
    pbuf_walk_t walk = pbuf_walk_from(tail);
    if (usable && !pbuf_walk_is_sound(&walk)) { /* I5 */
        return NULL;
    }
    const pbuf_len_t behind = (pbuf_len_t)(p->tot_len - p->len);
    p->tot_len = p->len;
    p->next = NULL;
    if (!usable) {
        return NULL;
    }
    tail->tot_len = behind;
    return pbuf_free(tail) > 0 ? NULL : tail;
}

void pbuf_split_64k(struct pbuf *p, struct pbuf **rest)
{
    if (rest == NULL) {
        (void)pbuf_refuse(CISTERN_FAULT_ARGUMENT, p);
        return;
    }
    *rest = NULL;
    if (p == NULL || !pbuf_is_usable(p)) {
        return;
    }
    pbuf_walk_t walk = pbuf_walk_from(p);
    struct pbuf *last = p;
    pbuf_len_t length = 0;
    while (walk.at != NULL && walk.at->len <= PBUF_NOT_FOUND - length) {
        last = walk.at;
        length = (pbuf_len_t)(length + last->len);
        pbuf_walk_on(&walk);
    }
    CISTERN_ASSERT(length >= last->len);
    struct pbuf *const second = walk.at;
    if (second == NULL || !pbuf_walk_is_sound(&walk)) { /* I5 */
        return;
    }
    last->next = NULL;
    for (struct pbuf *q = p; q != NULL; q = q->next) {
        q->tot_len = (pbuf_len_t)(q->tot_len - second->tot_len);
    }
    CISTERN_ASSERT(second != p && last->next == NULL);
    second->flags = (u8_t)(second->flags | (p->flags & PBUF_FLAG_TCP_FIN));
    *rest = second;
}

/* --- length ----------------------------------------------------------------------------------- */

/* Gives what lies behind the first `length` payload bytes of a heap fragment back to the heap,
 * unless its payload was set to memory that cannot be its own. */
static void pbuf_trim(struct pbuf *p, pbuf_len_t length)
{
    CISTERN_ASSERT(length <= p->len);
    const bool of_heap = pbuf_match_allocsrc(p, PBUF_RAM) && (p->flags & PBUF_FLAG_IS_CUSTOM) == 0;
    const size_t most = (mem_size_t)-1;
    const size_t offset = (size_t)((mem_ptr_t)p->payload - (mem_ptr_t)p);
    const bool own = CISTERN_CHECK == 0 ||
                     (offset >= PBUF_STRUCT_SIZE && offset <= most && length <= most - offset);
    if (of_heap && own && length != p->len) {
        (void)mem_trim(p, (mem_size_t)(offset + length));
    }
}

void pbuf_realloc(struct pbuf *p, pbuf_len_t size)
{
    if (!pbuf_is_usable(p) || size >= p->tot_len) {
        return;
    }
    const pbuf_len_t cut = (pbuf_len_t)(p->tot_len - size);
    pbuf_len_t left = size;
    pbuf_walk_t walk = pbuf_walk_from(p);
    while (walk.at != NULL && left > walk.at->len) {
        left = (pbuf_len_t)(left - walk.at->len);
        pbuf_walk_on(&walk);
    }
    struct pbuf *const last = walk.at;
    if (!pbuf_walk_is_sound(&walk) || last == NULL) { /* I5 */
        (void)(pbuf_walk_failed(&walk) || pbuf_refuse(CISTERN_FAULT_CHAIN, p));
        return;
    }
    for (; p != last; p = p->next) {
        p->tot_len = (pbuf_len_t)(p->tot_len - cut);
    }
    CISTERN_ASSERT(left <= last->len && left <= size);
    struct pbuf *const behind = last->next;
    pbuf_trim(last, left);
    last->len = left;
    last->tot_len = left;
    last->next = NULL;
    if (behind != NULL) {
        (void)pbuf_free(behind);
    }
}

/* --- headers ---------------------------------------------------------------------------------- */

/* Where the headroom of a fragment of type PBUF_RAM or PBUF_POOL begins, or 0. */
#if LWIP_SUPPORT_CUSTOM_PBUF
static mem_ptr_t pbuf_memory_start(const struct pbuf *p)
{
    return (p->flags & PBUF_FLAG_IS_CUSTOM) != 0
               ? (mem_ptr_t)((const struct pbuf_custom *)(const void *)p)->payload_mem
               : (mem_ptr_t)p + PBUF_STRUCT_SIZE;
}
#else
static mem_ptr_t pbuf_memory_start(const struct pbuf *p)
{
    return (mem_ptr_t)p + PBUF_STRUCT_SIZE;
}
#endif

/* What a length holds, and less than the distance to a payload below the memory, which wraps. */
#define PBUF_HEADROOM_LIMIT                                                                        \
    (PBUF_NOT_FOUND < (mem_ptr_t)-1 / 2U ? PBUF_NOT_FOUND : (mem_ptr_t)-1 / 2U)

/* None in front of a payload that was set anew, below the memory or far above. */
size_t pbuf_headroom(const struct pbuf *p)
{
    const mem_ptr_t start = pbuf_memory_start(p);
    const mem_ptr_t before = (mem_ptr_t)p->payload - start;
    const bool own = (p->type_internal & PBUF_TYPE_FLAG_STRUCT_DATA_CONTIGUOUS) != 0;
    return own && start != 0 && before <= PBUF_HEADROOM_LIMIT ? before : 0;
}

/* Moves the start of the data on by `bytes`, modulo the width of size_t: 0, or 1, after a fault, where
 * it was never set. */
static u8_t pbuf_move(struct pbuf *p, size_t bytes)
{
    if (p->payload == NULL && bytes != 0) {
        (void)pbuf_refuse(CISTERN_FAULT_ARGUMENT, p);
        return 1;
    }
    cistern_pbuf_move_start(p, bytes);
    return 0;
}

/* Moves payload back: with force also that of others, which lies where it may. */
static u8_t pbuf_extend(struct pbuf *p, size_t bytes, bool force)
{
    if (!pbuf_is_usable(p) || bytes > (size_t)(PBUF_NOT_FOUND - p->tot_len)) {
        return 1;
    }
    const bool own = (p->type_internal & PBUF_TYPE_FLAG_STRUCT_DATA_CONTIGUOUS) != 0;
    const bool fits = (force && !own) || bytes <= pbuf_headroom(p);
    return fits ? pbuf_move(p, (size_t)0 - bytes) : (u8_t)1;
}

u8_t pbuf_add_header(struct pbuf *p, size_t header_size_increment)
{
    return pbuf_extend(p, header_size_increment, false);
}

u8_t pbuf_add_header_force(struct pbuf *p, size_t header_size_increment)
{
    return pbuf_extend(p, header_size_increment, true);
}

u8_t pbuf_remove_header(struct pbuf *p, size_t header_size)
{
    return pbuf_is_usable(p) && header_size <= p->len ? pbuf_move(p, header_size) : (u8_t)1;
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

/* Gives up the caller's reference to one fragment, and takes one to what is behind it: its own, or
 * one more where others hold it. */
static void pbuf_give_up(struct pbuf *p)
{
    if (pbuf_is_alone(p)) {
        p->next = NULL;
    } else {
        pbuf_ref(p->next);
    }
    (void)pbuf_free(p);
}

struct pbuf *pbuf_free_header(struct pbuf *q, pbuf_len_t size)
{
    if (q == NULL || !pbuf_is_usable(q)) {
        return NULL;
    }
    pbuf_len_t left = size;
    pbuf_walk_t walk = pbuf_walk_from(q);
    while (walk.at != NULL && left > 0 && left >= walk.at->len) {
        left = (pbuf_len_t)(left - walk.at->len);
        pbuf_walk_on(&walk);
    }
    struct pbuf *const first = walk.at;
    if (!pbuf_walk_is_sound(&walk)) { /* I5 */
        return q;
    }
    while (q != first) {
        struct pbuf *const next = q->next;
        pbuf_give_up(q);
        q = next;
    }
    CISTERN_ASSERT(q == NULL || left == 0 || left < q->len);
    if (left > 0 && q != NULL) {
        (void)pbuf_remove_header(q, left);
    }
    return q;
}
