/* SPDX-License-Identifier: BSD-3-Clause */
/* pbuf_priv.h - what the files of this folder share: misuse, walks along a chain, cursors, history.
 *
 *   pbuf_extra.c, pbuf_search.c --> pbuf_data.c --> pbuf_chain.c --> pbuf.c --> pbuf_ref.c
 *                                                         pbuf_history.c, pbuf_ooseq.c
 *
 * A file calls those to its right only.
 */
#ifndef CISTERN_PBUF_PRIV_H
#define CISTERN_PBUF_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "cistern/critical.h"
#include "cistern/fault.h"
#include "cistern/pbuf.h"
#include "lwip/def.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"

/* The functions are defined and called here whatever macros of the same names do. */
#undef pbuf_add_header
#undef pbuf_remove_header
#undef pbuf_skip
#undef pbuf_alloc
#undef pbuf_alloc_reference
#undef pbuf_alloced_custom
#undef pbuf_clone
#undef pbuf_coalesce
#undef pbuf_free
#undef pbuf_ref
#undef cistern_pbuf_pull
#undef cistern_pbuf_from_pieces
#undef cistern_pbuf_external

/* 1: the usual case is served where it is asked for, without a call, since size does not matter. */
#ifdef __OPTIMIZE_SIZE__
#    define PBUF_IN_PLACE 0
#else
#    define PBUF_IN_PLACE 1
#endif

/* Of a function that serves what is not usual: in line it would cost the usual case registers. */
#if PBUF_IN_PLACE && defined __GNUC__
#    define PBUF_APART __attribute__((noinline))
#else
#    define PBUF_APART
#endif
/* Of a function that is worth a call only where size counts. */
#if PBUF_IN_PLACE
#    define PBUF_INLINE inline
#elif defined __GNUC__
#    define PBUF_INLINE __attribute__((noinline))
#else
#    define PBUF_INLINE
#endif

/* --- misuse ----------------------------------------------------------------------------------- */

#if CISTERN_CHECK >= 1

/* Raises a fault that names `p`, the pool that it lies in and, at level 3, who had it last. Outside
 * critical sections. Linear in the number of pools. */
void pbuf_report(cistern_fault_kind_t kind, const struct pbuf *p);

/* The same; false, for the caller to answer. */
static inline bool pbuf_refuse(cistern_fault_kind_t kind, const struct pbuf *p)
{
    pbuf_report(kind, p);
    return false;
}

/* True if `p` has references; else false, after a fault. Constant time, but for the fault, and at
 * level 2 and up linear in the number of pools where the count is above CISTERN_PBUF_FEW. */
bool pbuf_judge(const struct pbuf *p);

/* The same; where size does not matter the usual case is decided without a call. */
static inline bool pbuf_is_usable(const struct pbuf *p)
{
    return (PBUF_IN_PLACE && cistern_pbuf_is_held(p)) || pbuf_judge(p);
}

#else

static inline bool pbuf_refuse(cistern_fault_kind_t kind, const struct pbuf *p)
{
    (void)kind;
    (void)p;
    return false;
}

static inline bool pbuf_is_usable(const struct pbuf *p)
{
    return p != NULL;
}

#endif

/* pbuf_is_usable, and the caller's other pointer is there. */
static inline bool pbuf_is_given(const struct pbuf *p, const void *other)
{
    return pbuf_is_usable(p) && (other != NULL || pbuf_refuse(CISTERN_FAULT_ARGUMENT, p));
}

/* True if a fragment that holds bytes has a payload; else false, after a fault. */
static inline bool pbuf_has_payload(const struct pbuf *p)
{
    return CISTERN_CHECK == 0 || p->payload != NULL || pbuf_refuse(CISTERN_FAULT_ARGUMENT, p);
}

/* --- sizes ------------------------------------------------------------------------------------ */

_Static_assert((long)(PBUF_POOL_SIZE) == 0 || (long)(PBUF_POOL_BUFSIZE) >= 1,
               "PBUF_POOL_BUFSIZE is the bytes of an element: set it to 1 or more");
_Static_assert((LWIP_PBUF_REF_T)-1 > 0, "LWIP_PBUF_REF_T must be unsigned");
_Static_assert((long)(PBUF_LINK_HLEN) >= 0, "PBUF_LINK_HLEN is bytes: set it to 0 or more");
_Static_assert((long)(PBUF_LINK_ENCAPSULATION_HLEN) >= 0,
               "PBUF_LINK_ENCAPSULATION_HLEN is bytes: set it to 0 or more");
_Static_assert((long)(ETH_PAD_SIZE) >= 0, "ETH_PAD_SIZE is bytes: set it to 0 or more");

/* --- sources ---------------------------------------------------------------------------------- */

/* The pools of lwIP's list stand in the order of the sources that name them. */
_Static_assert(MEMP_PBUF_POOL == MEMP_PBUF + 1 && PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF_POOL ==
                                                      PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF + 1,
               "pbuf_pool_of counts on it");

static inline bool pbuf_is_pool(unsigned source)
{
    return source - PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF <=
           PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF_POOL - PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF;
}

/* The pool of a source that is one. */
static inline memp_t pbuf_pool_of(unsigned source)
{
    CISTERN_ASSERT(pbuf_is_pool(source));
    return (memp_t)(source + MEMP_PBUF - PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF);
}

static inline bool pbuf_is_custom(const struct pbuf *p)
{
    return (p->flags & PBUF_FLAG_IS_CUSTOM) != 0;
}

static inline bool pbuf_is_aligned(const struct pbuf *p)
{
    return ((mem_ptr_t)p & (LWIP_POINTER_ALIGNMENT - 1U)) == 0;
}

/* True if memory of the caller can hold a fragment, and what else the call asks for is given; else
 * false, after a fault. */
static inline bool pbuf_is_place(const void *place, bool given)
{
    const struct pbuf *const p = (const struct pbuf *)place;
    if (p == NULL || !given) {
        return pbuf_refuse(CISTERN_FAULT_ARGUMENT, NULL);
    }
    return CISTERN_CHECK == 0 || pbuf_is_aligned(p) || pbuf_refuse(CISTERN_FAULT_MISALIGNED, p);
}

/* --- references --------------------------------------------------------------------------------
 */

#ifdef cistern_port_atomic_write
static inline void pbuf_ref_write(struct pbuf *p, LWIP_PBUF_REF_T count)
{
    cistern_port_atomic_write(&p->ref, count);
}
#else
static inline void pbuf_ref_write(struct pbuf *p, LWIP_PBUF_REF_T count)
{
    p->ref = count;
}
#endif

/* True if the count of an address that is not NULL can be read, and is 1: then the caller has the
 * only reference. */
static inline bool pbuf_is_alone(const struct pbuf *p)
{
    return (CISTERN_CHECK == 0 || pbuf_is_aligned(p)) && CISTERN_PBUF_REF(p) == 1;
}

/* Gives up a reference where the count is not 1: true if it was the last one after all. False, and
 * nothing changed but for that, after a fault if `p` is not usable or no element of its pool. */
bool pbuf_drop_shared(struct pbuf *p);

/* Calls a custom fragment's own function: false, after a fault, if it has none or `p` is none. */
bool pbuf_release_custom(struct pbuf *p);

/* --- walks ------------------------------------------------------------------------------------
 * A walk visits the fragments of a chain, each of which has references. It ends in front of one
 * that has none, and when it goes in a circle, after a fault either way. `mark` follows `at` in
 * leaps of 1, 2, 4, ... steps, so that a circle of n fragments, m steps from the head, is found
 * within 3 * max(m, n) steps (R. P. Brent: "An improved Monte Carlo factorization algorithm",
 * 1980).
 */

typedef struct pbuf_walk {
    struct pbuf *at; /* NULL behind the last fragment */
#if CISTERN_CHECK >= 1
    const struct pbuf *mark; /* NULL once the chain was found to be damaged */
    size_t steps;
#endif
} pbuf_walk_t;

#if CISTERN_CHECK >= 1

/* Starts at a fragment that is usable, or at NULL. */
static inline pbuf_walk_t pbuf_walk_from(const struct pbuf *p)
{
    return (pbuf_walk_t){LWIP_CONST_CAST(struct pbuf *, p), p, 0};
}

/* One step, unless that closes a circle: then false. */
static inline bool pbuf_walk_step(pbuf_walk_t *walk)
{
    CISTERN_ASSERT(walk->at != NULL && walk->mark != NULL);
    struct pbuf *const next = walk->at->next;
    walk->at = next;
    if (next == walk->mark) {
        return false;
    }
    ++walk->steps;
    if ((walk->steps & (walk->steps - 1U)) == 0 && next != NULL) {
        walk->mark = next;
    }
    return true;
}

/* One step of a walk that is not at its end. */
void pbuf_walk_next(pbuf_walk_t *walk);

/* The same; most fragments are the last of their chain or lead to a sound one. */
static inline void pbuf_walk_on(pbuf_walk_t *walk)
{
    struct pbuf *const next = walk->at->next;
    if (PBUF_IN_PLACE && next == NULL) {
        walk->at = NULL;
    } else if (PBUF_IN_PLACE && walk->steps == 0 && next != walk->mark &&
               cistern_pbuf_is_held(next)) {
        (void)pbuf_walk_step(walk);
    } else {
        pbuf_walk_next(walk);
    }
}

/* True if the walk has ended at damage. */
static inline bool pbuf_walk_failed(const pbuf_walk_t *walk)
{
    return walk->mark == NULL;
}

/* Goes on to the last fragment, if it is not behind it. */
void pbuf_walk_far(pbuf_walk_t *walk);

#else

static inline pbuf_walk_t pbuf_walk_from(const struct pbuf *p)
{
    return (pbuf_walk_t){LWIP_CONST_CAST(struct pbuf *, p)};
}

static inline void pbuf_walk_on(pbuf_walk_t *walk)
{
    walk->at = walk->at->next;
}

static inline bool pbuf_walk_failed(const pbuf_walk_t *walk)
{
    (void)walk;
    return false;
}

static inline void pbuf_walk_far(pbuf_walk_t *walk)
{
    while (walk->at != NULL && walk->at->next != NULL) {
        pbuf_walk_on(walk);
    }
}

#endif

/* The same; most walks stand there. */
static inline void pbuf_walk_to_last(pbuf_walk_t *walk)
{
    if (!PBUF_IN_PLACE || walk->at == NULL || walk->at->next != NULL) {
        pbuf_walk_far(walk);
    }
}

/* True if a walk meets no damage up to the end of the chain, and has met none; else false, after a
 * fault. Level 0 does not ask. */
static inline bool pbuf_walk_is_sound(pbuf_walk_t *walk)
{
    if (CISTERN_CHECK >= 1) {
        pbuf_walk_to_last(walk);
    }
    return !pbuf_walk_failed(walk);
}

/* The last fragment of a chain; NULL, after a fault, if the chain is damaged or not usable. */
struct pbuf *pbuf_last(struct pbuf *p);

/* --- cursors ---------------------------------------------------------------------------------- */

/* A position in a chain: byte `offset`, counted from the fragment of the walk, which may lie behind
 * it. */
typedef struct pbuf_cursor {
    pbuf_walk_t walk;
    pbuf_len_t offset;
} pbuf_cursor_t;

/* Starts at byte `offset` of a chain that is usable. */
static inline pbuf_cursor_t pbuf_cursor_from(const struct pbuf *p, pbuf_len_t offset)
{
    return (pbuf_cursor_t){pbuf_walk_from(p), offset};
}

/* Moves the cursor into the fragment that holds its byte, past empty ones. Returns that, or NULL at
 * the end of the chain. Visits each fragment once in the life of the cursor. */
struct pbuf *pbuf_cursor_settle(pbuf_cursor_t *cursor);

/* The bytes at the cursor that lie in one piece: how many, at most `limit`, and where. 0 at the
 * end, and after a fault where a fragment with a length has no payload. */
pbuf_len_t pbuf_cursor_find(pbuf_cursor_t *cursor, pbuf_len_t limit, u8_t **data);

/* The same; most pieces lie in the fragment that the cursor stands in. */
static inline pbuf_len_t pbuf_cursor_piece(pbuf_cursor_t *cursor, pbuf_len_t limit, u8_t **data)
{
    const struct pbuf *const p = cursor->walk.at;
    if (!PBUF_IN_PLACE || p == NULL || cursor->offset >= p->len || p->payload == NULL) {
        return pbuf_cursor_find(cursor, limit, data);
    }
    *data = (u8_t *)p->payload + cursor->offset;
    return (pbuf_len_t)LWIP_MIN(p->len - cursor->offset, limit);
}

static inline void pbuf_cursor_advance(pbuf_cursor_t *cursor, pbuf_len_t bytes)
{
    cursor->offset = (pbuf_len_t)(cursor->offset + bytes);
}

/* True if `length` bytes from `offset` on lie inside the packet. */
static inline bool pbuf_holds(const struct pbuf *p, pbuf_len_t offset, pbuf_len_t length)
{
    return offset <= p->tot_len && length <= p->tot_len - offset;
}

/* One more, but for the highest count, which stays. */
static inline pbuf_len_t pbuf_count_up(pbuf_len_t count)
{
    const pbuf_len_t more = (pbuf_len_t)(count + 1U);
    return more != 0 ? more : count;
}

/* --- parts of others -------------------------------------------------------------------------- */

/* As many elements as it takes, where one is not enough. Bounded by the elements in the pool. */
struct pbuf *pbuf_alloc_elements(size_t headroom, pbuf_len_t length);

/* Bytes in front of the payload of a usable fragment that are its own. */
size_t pbuf_headroom(const struct pbuf *p);

/* Copies between a usable packet, from `offset` on, and memory outside: with `in` to the packet.
 * Returns how many bytes that were. */
pbuf_len_t pbuf_transfer_far(const struct pbuf *p, pbuf_len_t offset, void *outside,
                             pbuf_len_t length, bool in);

/* True if bytes of a packet lie in its first fragment, and it was worth asking. */
static inline bool pbuf_is_near(const struct pbuf *p, pbuf_len_t offset, pbuf_len_t length)
{
    return PBUF_IN_PLACE && offset <= p->len && length <= p->len - offset && p->payload != NULL;
}

/* The same; most bytes lie in the first fragment. */
static inline pbuf_len_t pbuf_transfer(const struct pbuf *p, pbuf_len_t offset, void *outside,
                                       pbuf_len_t length, bool in)
{
    if (!pbuf_is_near(p, offset, length)) {
        return pbuf_transfer_far(p, offset, outside, length, in);
    }
    CISTERN_ASSERT(offset + length <= p->len);
    u8_t *const inside = (u8_t *)p->payload + offset;
    MEMCPY(in ? inside : outside, in ? outside : inside, length);
    return length;
}

/* Gives `heir`, which takes the place of `p`, what p was marked with. */
void pbuf_inherit(struct pbuf *heir, const struct pbuf *p);

/* --- history (level 3) ------------------------------------------------------------------------ */

#if CISTERN_CHECK >= 3

/* A fragment was made; is used at a place, false if it has no live record; is about to be given
 * back, so that others may take its memory (live false), or was refused (true). */
void pbuf_history_made(const struct pbuf *p);
bool pbuf_history_used(const struct pbuf *p, const char *file, int line);
void pbuf_history_set_live(const struct pbuf *p, bool live);

/* Names the holder and the last user in a fault, where they are known. */
void pbuf_history_name(const struct pbuf *p, cistern_fault_t *fault);

#else

static inline void pbuf_history_made(const struct pbuf *p)
{
    (void)p;
}

static inline void pbuf_history_set_live(const struct pbuf *p, bool live)
{
    (void)p;
    (void)live;
}

static inline void pbuf_history_name(const struct pbuf *p, cistern_fault_t *fault)
{
    (void)p;
    (void)fault;
}

#endif

#endif
