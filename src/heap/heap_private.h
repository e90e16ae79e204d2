/* SPDX-License-Identifier: BSD-3-Clause */
/* heap_private.h - blocks and what their boundaries say: for the files of src/heap, and for lwIP's
 * heap, which does more in the same critical section. Words and invariants: see heap.c. */
#ifndef CISTERN_HEAP_PRIVATE_H
#define CISTERN_HEAP_PRIVATE_H

#include <string.h>

#include "cistern/critical.h"
#include "cistern/fault.h"
#include "cistern/heap.h"

/* What the lowest two bits of a header's word say: the state of the block before the boundary that
 * the word names. No state is 0, so that zeros are no word of a header. */
#define HEAP_FREE       ((size_t)1)
#define HEAP_USED       ((size_t)2)
#define HEAP_QUARANTINE ((size_t)3)
#define HEAP_STATES     ((size_t)3)

/* What guards (level 2) and free blocks hold. */
#define HEAP_GUARD  0xb5
#define HEAP_POISON 0xdb

/* Instead of an index: none. */
#define HEAP_NOWHERE SIZE_MAX

/* The same where damage is in the way. */
#define HEAP_ASTRAY (SIZE_MAX - 1U)

typedef struct heap_header {
    cistern_heap_index_t prev; /* index of the predecessor, and its state */
    cistern_heap_index_t next; /* index of the successor, and this block's state */
} heap_header_t;

/* Where a free block's payload begins: its place in a list. */
typedef struct heap_links {
    cistern_heap_index_t after;  /* the next in the list */
    cistern_heap_index_t before; /* the one before in the list */
} heap_links_t;

/* Bytes of a free block's payload that the index takes. */
#if CISTERN_HEAP_FIT_IS_FIRST
#    define HEAP_LINKS_BYTES ((size_t)0)
#else
#    define HEAP_LINKS_BYTES sizeof(heap_links_t)
#endif

/* Bytes from a block to its payload. */
#if CISTERN_HEAP_CACHE_LINE
#    define HEAP_HEAD ((size_t)CISTERN_HEAP_CACHE_LINE)
#else
#    define HEAP_HEAD sizeof(heap_header_t)
#endif

/* No block is smaller. */
#define HEAP_LEAST_BLOCK (sizeof(heap_header_t) + HEAP_LINKS_BYTES)

/* What cistern_heap_take returns when it meets damage: no payload has this address. */
#define HEAP_DAMAGED ((void *)(uintptr_t)1)

/* What a call met, to be reported outside the critical section. */
typedef struct heap_outcome {
    cistern_fault_kind_t kind; /* or FAULT_NONE */
    const void *address;       /* of a payload, as the engine sees it */
} heap_outcome_t;

/* Hook for a heap whose numbers may have changed, still inside the critical section. */
typedef void heap_changed_t(const cistern_heap_t *heap);

/* A function of its own: called last of all, it spares its caller the registers that it needs. Where
 * size matters, the compiler decides. AGAIN is the same in a header. */
#if defined __GNUC__ && !defined __OPTIMIZE_SIZE__
#    define HEAP_APART __attribute__((noinline)) static
#    define HEAP_AGAIN __attribute__((noinline, unused)) static
#else
#    define HEAP_APART static
#    define HEAP_AGAIN static inline
#endif

static inline heap_header_t *heap_at(const cistern_heap_t *heap, size_t block)
{
    return (heap_header_t *)(void *)(heap->base + block);
}

static inline unsigned char *heap_payload(const cistern_heap_t *heap, size_t block)
{
    return heap->base + block + HEAP_HEAD;
}

static inline size_t heap_next(const cistern_heap_t *heap, size_t block)
{
    return heap_at(heap, block)->next & ~HEAP_STATES;
}

static inline size_t heap_prev(const cistern_heap_t *heap, size_t block)
{
    return heap_at(heap, block)->prev & ~HEAP_STATES;
}

static inline size_t heap_payload_bytes(const cistern_heap_t *heap, size_t block)
{
    return heap_next(heap, block) - block - HEAP_HEAD;
}

static inline size_t heap_state(const cistern_heap_t *heap, size_t block)
{
    return heap_at(heap, block)->next & HEAP_STATES;
}

/* Makes `block` end at `next`, in a state. */
static inline void heap_join(const cistern_heap_t *heap, size_t block, size_t next, size_t state)
{
    CISTERN_ASSERT(block <= heap->end && next <= heap->end && block != next); /* I1 */
    CISTERN_ASSERT(state != 0 && state <= HEAP_STATES);                       /* I2 */
    heap_at(heap, block)->next = (cistern_heap_index_t)(next + state);
    heap_at(heap, next)->prev = (cistern_heap_index_t)(block + state);
}

/* Where the block of a payload begins: beyond the end for a foreign address. */
static inline size_t heap_offset(const cistern_heap_t *heap, const void *payload)
{
    return (size_t)((uintptr_t)payload - HEAP_HEAD - (uintptr_t)heap->base);
}

/* --- what is verified on the way ----------------------------------------------------------------
 * At level 0 all of it is true. */

#if CISTERN_CHECK >= 1

/* True if a header can be at this place. An alignment of the heap's own that is larger is not
 * verified: what the neighbours say is the proof, and this one is cheaper. */
static inline bool heap_is_aligned(size_t block)
{
    return (block & (CISTERN_HEAP_UNIT - 1U)) == 0;
}

/* True if `next`, which the header of `block` names, says that `block` ends there, in this state
 * (I2). Reads within the arena whatever it is. */
static inline bool heap_names_back(const cistern_heap_t *heap, size_t next, size_t block,
                                   size_t state)
{
    return next <= heap->end && heap_is_aligned(next) && heap_at(heap, next)->prev == block + state;
}

/* True if both sides describe the end of `block` alike (I2), with this state, and it is a block's
 * size behind its beginning (I1): a word that leads back, or to its own block, has no size. */
static inline bool heap_ends(const cistern_heap_t *heap, size_t block, size_t state)
{
    const size_t next = heap_at(heap, block)->next - state;
    return next >= block + HEAP_LEAST_BLOCK && heap_names_back(heap, next, block, state);
}

/* True if `prev` lies a block's size before `block`. A sum that is wider than an index has no
 * overflow. */
static inline bool heap_is_before(size_t prev, size_t block)
{
    return sizeof(cistern_heap_index_t) < sizeof(size_t)
               ? prev + HEAP_LEAST_BLOCK <= block
               : prev < block && block - prev >= HEAP_LEAST_BLOCK;
}

/* The same of the beginning of `block`, whatever the state; before the first block is the sentinel.
 */
static inline bool heap_begins(const cistern_heap_t *heap, size_t block)
{
    const size_t word = heap_at(heap, block)->prev;
    const size_t state = word & HEAP_STATES;
    const size_t prev = word - state;
    if (!heap_is_before(prev, block)) {
        return block == 0 && word == heap->end + HEAP_USED &&
               heap_at(heap, heap->end)->next == HEAP_USED;
    }
    return state != 0 && heap_is_aligned(prev) && heap_at(heap, prev)->next == block + state;
}

/* True if the payload is that of a block in use. From an address that is only near one the offset
 * is not what the neighbours have. */
bool cistern_heap_is_live(const cistern_heap_t *heap, const void *payload);

/* Unmakes the header of a block that merged into its predecessor (I6): with zeros, or with poison,
 * which the bytes of a free block hold. */
static inline void heap_forget(const cistern_heap_t *heap, size_t block)
{
    CISTERN_ASSERT(block < heap->end && (block & heap->slack) == 0); /* I1 */
    if (CISTERN_CHECK >= 2) {
        (void)memset(heap_at(heap, block), HEAP_POISON, HEAP_HEAD);
    } else {
        *heap_at(heap, block) = (heap_header_t){0, 0};
    }
}

#else

static inline bool heap_names_back(const cistern_heap_t *heap, size_t next, size_t block,
                                   size_t state)
{
    (void)heap;
    (void)next;
    (void)block;
    (void)state;
    return true;
}

static inline bool heap_ends(const cistern_heap_t *heap, size_t block, size_t state)
{
    (void)heap;
    (void)block;
    (void)state;
    return true;
}

static inline bool cistern_heap_is_live(const cistern_heap_t *heap, const void *payload)
{
    (void)heap;
    return payload != NULL;
}

static inline void heap_forget(const cistern_heap_t *heap, size_t block)
{
    (void)heap;
    (void)block;
}

#endif

/* --- heap.c, inside the critical section: on payloads as the engine sees them -------------------
 */

/* Makes one free block and the sentinel of an arena that the heap's fields describe. */
void cistern_heap_lay_out(cistern_heap_t *heap);

/* A block of at least `size` bytes; NULL if none is free, which is counted, HEAP_DAMAGED if damage
 * is in the way. */
void *cistern_heap_take(cistern_heap_t *heap, size_t size);

/* The same with an alignment that is larger than the heap's, for what the caller gets. */
void *cistern_heap_take_aligned(cistern_heap_t *heap, size_t alignment, size_t size);

/* Gives a block back. False if it is none in use, or damage is in the way. */
bool cistern_heap_give(cistern_heap_t *heap, const void *payload);

/* Changes the size of a block where it is. ERROR_SIZE if it does not fit there, ERROR_FAULT if it
 * is no block in use, or damage is in the way. */
cistern_error_t cistern_heap_resize(cistern_heap_t *heap, const void *payload, size_t size,
                                    bool may_grow);

/* What heap_repair.c makes the index of free blocks anew with. */
void cistern_heap_index_reset(cistern_heap_t *heap);
void cistern_heap_index_add(cistern_heap_t *heap, size_t block, size_t bytes);

/* True if the index holds what a walk over all blocks has added up (I5). */
bool cistern_heap_index_check(const cistern_heap_t *heap, size_t free_bytes, size_t free_blocks);

/* Bytes of the largest block that cistern_heap_take would find; 0 if there is none. */
size_t cistern_heap_index_largest(const cistern_heap_t *heap);

/* --- heap_repair.c: when a call did not go on ---------------------------------------------------
 */

#if CISTERN_CHECK >= 1

/* Finds out why a call with this payload, or an alloc, did not go on, repairs what is damaged, and
 * reports it. True if the call can be made once more, and then meets no damage. */
bool cistern_heap_repair(cistern_heap_t *heap, const void *payload, bool is_alloc,
                         heap_changed_t *changed);

/* True if that is no payload: NULL, or HEAP_DAMAGED. One comparison. */
static inline bool heap_is_none(const void *payload)
{
    return (uintptr_t)payload <= (uintptr_t)HEAP_DAMAGED;
}

/* A payload, or NULL. */
static inline void *heap_found(void *payload)
{
    return heap_is_none(payload) ? NULL : payload;
}

/* What a payload is that is none of a block in use, as far as the blocks before it are sound. */
cistern_fault_kind_t cistern_heap_classify(const cistern_heap_t *heap, const void *payload);

/* Reports a fault, if there is one, outside the critical section. */
void cistern_heap_report(const cistern_heap_t *heap, const heap_outcome_t *outcome);

#else

static inline bool cistern_heap_repair(cistern_heap_t *heap, const void *payload, bool is_alloc,
                                       heap_changed_t *changed)
{
    (void)heap;
    (void)payload;
    (void)is_alloc;
    (void)changed;
    return false;
}

static inline bool heap_is_none(const void *payload)
{
    (void)payload;
    return false;
}

static inline void *heap_found(void *payload)
{
    return payload;
}

static inline void cistern_heap_report(const cistern_heap_t *heap, const heap_outcome_t *outcome)
{
    (void)heap;
    (void)outcome;
}

#endif

#endif
