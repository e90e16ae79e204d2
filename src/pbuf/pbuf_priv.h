/* pbuf_priv.h - what the files of this folder share: misuse, reference counts, positions in a
 * chain.
 */
#ifndef CISTERN_PBUF_PRIV_H
#define CISTERN_PBUF_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "cistern/critical.h"
#include "cistern/fault.h"
#include "lwip/def.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "trail.h"

#ifndef LWIP_PBUF_CUSTOM_DATA_INIT
#    define LWIP_PBUF_CUSTOM_DATA_INIT(p)
#endif

/* --- misuse ----------------------------------------------------------------------------------- */

/* Reports misuse of `p`, naming the pool that the address lies in. Outside critical sections. */
void pbuf_misuse(cistern_fault_kind_t kind, const struct pbuf *p);

/* True iff the fields of the address can be looked at. */
static inline bool pbuf_can_be_read(const struct pbuf *p)
{
    return p != NULL && ((mem_ptr_t)p & (LWIP_POINTER_ALIGNMENT - 1U)) == 0;
}

/* True iff the address is that of freed memory that was filled with poison, so that no field can
 * tell that it was freed (I3 of pbuf.c): from check level 2 on. */
#if CISTERN_CHECK >= 2
bool pbuf_is_poisoned(const struct pbuf *p);
#else
static inline bool pbuf_is_poisoned(const struct pbuf *p)
{
    (void)p;
    return false;
}
#endif

/* Gives up one reference of several. Returns the count before; where that was 1 it still is. A
 * fault (0, nothing changed) iff `p` cannot be read, has no reference, or is no element of the pool
 * that its type names. */
LWIP_PBUF_REF_T pbuf_drop_shared(struct pbuf *p);

/* Calls a custom fragment's own function: false, after a fault, iff it has none or `p` is none. */
bool pbuf_hand_back_custom(struct pbuf *p);

/* True iff both pointers are there; else an argument fault of `p`. */
static inline bool pbuf_given(const struct pbuf *p, const void *other)
{
    const bool given = p != NULL && other != NULL;
    if (!given) {
        pbuf_misuse(CISTERN_FAULT_ARGUMENT, p);
    }
    return given;
}

/* --- sources ---------------------------------------------------------------------------------- */

/* The pools of lwIP's list stand in the order of the sources that name them. */
_Static_assert(MEMP_PBUF_POOL == MEMP_PBUF + 1 && PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF_POOL ==
                                                      PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF + 1,
               "pbuf_pool_of counts on it");

/* True iff heap or pools are meant. */
static inline bool pbuf_is_source(unsigned source)
{
    return source <= PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF_POOL;
}

/* The pool of a source that is not the heap. */
static inline memp_t pbuf_pool_of(unsigned source)
{
    return (memp_t)(source + MEMP_PBUF - PBUF_TYPE_ALLOC_SRC_MASK_STD_MEMP_PBUF);
}

/* --- making ----------------------------------------------------------------------------------- */

/* The struct alone; tot_len is len, since a fragment starts as the last one. */
static inline void pbuf_set_up(struct pbuf *p, void *payload, pbuf_len_t length, pbuf_type type,
                               u8_t flags)
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
    pbuf_trail_made(p);
}

/* Counts a request that was not made to the heap as one that it failed; NULL. */
void *pbuf_count_failure(void);

/* An element; NULL iff the pool is empty. */
static inline void *pbuf_take_element(void)
{
    void *const element = memp_malloc(MEMP_PBUF_POOL);
    if (element == NULL) {
        PBUF_POOL_IS_EMPTY();
    }
    return element;
}

/* As many elements as it takes: pbuf_alloc's way where one is not enough. Bounded by the number of
 * elements in the pool. */
struct pbuf *pbuf_alloc_elements(size_t room, pbuf_len_t length);

/* --- reference counts -------------------------------------------------------------------------
 * Several contexts may change a count at once: with the port's atomic operations where it has them,
 * else inside the critical section. Who reads a 1 holds the only reference, so that nobody else can
 * change it any more: the common case needs neither.
 *
 * A count that reached its highest value stays there: nobody knows any more how many there are. */

#define PBUF_REF_PINNED ((LWIP_PBUF_REF_T) ~(LWIP_PBUF_REF_T)0)

#ifdef cistern_port_atomic_replace
static inline LWIP_PBUF_REF_T pbuf_ref_read(const struct pbuf *p)
{
    return cistern_port_atomic_read(&p->ref);
}

static inline void pbuf_ref_write(struct pbuf *p, LWIP_PBUF_REF_T count)
{
    cistern_port_atomic_write(&p->ref, count);
}

static inline bool pbuf_ref_replace(struct pbuf *p, LWIP_PBUF_REF_T before, LWIP_PBUF_REF_T after)
{
    return cistern_port_atomic_replace(&p->ref, &before, after);
}
#else
static inline LWIP_PBUF_REF_T pbuf_ref_read(const struct pbuf *p)
{
    return *(const volatile LWIP_PBUF_REF_T *)&p->ref;
}

static inline void pbuf_ref_write(struct pbuf *p, LWIP_PBUF_REF_T count)
{
    p->ref = count;
}

static inline bool pbuf_ref_replace(struct pbuf *p, LWIP_PBUF_REF_T before, LWIP_PBUF_REF_T after)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool unchanged = p->ref == before;
    if (unchanged) {
        p->ref = after;
    }
    cistern_critical_leave(state);
    return unchanged;
}
#endif

/* Both return the count before, and change nothing if it was 0 or pinned, nor does pbuf_ref_drop if
 * it was 1. They repeat only when another context changed the count in between. */

static inline LWIP_PBUF_REF_T pbuf_ref_take(struct pbuf *p)
{
    LWIP_PBUF_REF_T before;
    do {
        before = pbuf_ref_read(p);
    } while (before != 0 && before != PBUF_REF_PINNED &&
             !pbuf_ref_replace(p, before, (LWIP_PBUF_REF_T)(before + 1)));
    return before;
}

static inline LWIP_PBUF_REF_T pbuf_ref_drop(struct pbuf *p)
{
    LWIP_PBUF_REF_T before;
    do {
        before = pbuf_ref_read(p);
    } while (before > 1 && before != PBUF_REF_PINNED &&
             !pbuf_ref_replace(p, before, (LWIP_PBUF_REF_T)(before - 1)));
    return before;
}

/* --- positions -------------------------------------------------------------------------------- */

/* A position in a chain: byte `offset`, counted from fragment `at`, which may lie behind it. */
typedef struct pbuf_cursor {
    const struct pbuf *at;
    pbuf_len_t offset;
} pbuf_cursor_t;

/* Moves the cursor into the fragment that holds its byte, past empty ones; at is NULL at the end of
 * the chain. Visits each fragment once in the life of the cursor. */
static inline void pbuf_cursor_settle(pbuf_cursor_t *cursor)
{
    while (cursor->at != NULL && cursor->offset >= cursor->at->len) {
        cursor->offset = (pbuf_len_t)(cursor->offset - cursor->at->len);
        cursor->at = cursor->at->next;
    }
}

/* The bytes at the cursor that lie in one piece: how many, at most `limit`, and where. 0 at the
 * end. */
static inline pbuf_len_t pbuf_cursor_piece(pbuf_cursor_t *cursor, pbuf_len_t limit, u8_t **data)
{
    pbuf_cursor_settle(cursor);
    if (cursor->at == NULL) {
        return 0;
    }
    const pbuf_len_t here = (pbuf_len_t)(cursor->at->len - cursor->offset);
    *data = (u8_t *)cursor->at->payload + cursor->offset;
    return LWIP_MIN(here, limit);
}

static inline void pbuf_cursor_advance(pbuf_cursor_t *cursor, pbuf_len_t bytes)
{
    cursor->offset = (pbuf_len_t)(cursor->offset + bytes);
}

/* True iff `length` bytes from `offset` on lie inside the packet. */
static inline bool pbuf_holds(const struct pbuf *p, pbuf_len_t offset, pbuf_len_t length)
{
    return offset <= p->tot_len && length <= p->tot_len - offset;
}

#endif
