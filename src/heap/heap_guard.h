/* SPDX-License-Identifier: BSD-3-Clause */
/* heap_guard.h - guards around payloads and poison in free blocks: check levels 2 and 3.
 *
 *   a block's payload as the engine sees it:
 *   | tag: size [file line] | guard before .. | the caller's bytes ... | guard after | unused |
 *   ^ payload                                 ^ payload + front, aligned
 *
 *   a free block's:
 *   | links | poison poison poison ................................................ |
 *
 * Words: front is the distance from a payload to what the caller gets. A payload gets its tag
 * and guards when it is handed out, and is verified when it comes back, both outside the critical
 * section: in between it is in transit, which its tag says.
 *
 * Invariants
 *   G1  The tag's size is what was asked for, and both guards hold HEAP_GUARD; or the tag
 *       says that the block is in transit.
 *   G2  A free block's payload behind the links holds HEAP_POISON (level 2 and up).
 * Without guards front is 0 and everything here compiles to nothing.
 */
#ifndef CISTERN_HEAP_GUARD_H
#define CISTERN_HEAP_GUARD_H

#include "heap_private.h"

#if CISTERN_CHECK >= 2

static inline void heap_poison(unsigned char *from, size_t bytes)
{
    (void)memset(from, HEAP_POISON, bytes);
}

#else

static inline void heap_poison(unsigned char *from, size_t bytes)
{
    (void)from;
    (void)bytes;
}

#endif

#if CISTERN_HEAP_GUARDED

/* As a size: in transit. */
#    define HEAP_IN_TRANSIT (SIZE_MAX - 4660U)

typedef struct heap_tag {
    size_t size; /* bytes asked for, or HEAP_IN_TRANSIT */
#    if CISTERN_CHECK >= 3
    const char *file; /* who allocated it */
    int line;
#    endif
} heap_tag_t;

#    define HEAP_TAG_BYTES sizeof(heap_tag_t)
#    define HEAP_AFTER     ((size_t)CISTERN_HEAP_GUARD_AFTER)

/* Bytes from a payload to what the caller gets: a multiple of the alignment. */
static inline size_t heap_front_of(size_t unit)
{
    return (sizeof(heap_tag_t) + CISTERN_HEAP_GUARD_BEFORE + unit - 1U) & (0U - unit);
}

static inline size_t heap_front(const cistern_heap_t *heap)
{
    return heap_front_of((size_t)heap->slack + 1U);
}

/* What to ask the engine for, so that the caller gets `size` bytes; nothing for nothing. */
static inline size_t heap_raw_size(const cistern_heap_t *heap, size_t size)
{
    const size_t extra = heap_front(heap) + HEAP_AFTER;
    if (size == 0) {
        return 0;
    }
    return size < SIZE_MAX - extra ? size + extra : SIZE_MAX;
}

/* Bytes for the caller in a payload of `bytes`. */
static inline size_t heap_caller_size(const cistern_heap_t *heap, size_t bytes)
{
    const size_t extra = heap_front(heap) + HEAP_AFTER;
    return bytes > extra ? bytes - extra : 0;
}

/* The payload of what a caller got; also of what was never handed out. */
static inline void *heap_payload_of(const cistern_heap_t *heap, const void *memory)
{
    return memory != NULL ? (void *)((uintptr_t)memory - heap_front(heap)) : NULL;
}

/* What the caller gets of a payload. */
static inline const void *heap_memory_of(const cistern_heap_t *heap, const void *payload)
{
    return (const void *)((uintptr_t)payload + heap_front(heap));
}

/* Tags may lie at addresses that suit the block's alignment only. */
static inline heap_tag_t heap_tag_of(const unsigned char *payload)
{
    heap_tag_t tag;
    (void)memcpy(&tag, payload, sizeof(tag));
    return tag;
}

/* Makes a payload in transit. */
static inline void heap_hide(unsigned char *payload)
{
    const size_t in_transit = HEAP_IN_TRANSIT;
    (void)memcpy(payload, &in_transit, sizeof(in_transit));
}

/* What is damaged of tag and guards (G1) of a live payload of `bytes`. */
cistern_fault_kind_t cistern_heap_guard_kind(const cistern_heap_t *heap,
                                             const unsigned char *payload, size_t bytes);

/* True if a free payload of `bytes` holds poison behind the links (G2). */
bool cistern_heap_is_poisoned(const unsigned char *payload, size_t bytes);

/* True if a block was held back because its guards were broken. */
bool cistern_heap_is_held(const cistern_heap_t *heap, size_t block);

/* Makes blocks that were held, from `low` on and before `high`, held no more: damage has made them
 * part of what is in quarantine for good. */
void cistern_heap_unhold(cistern_heap_t *heap, size_t low, size_t high);

/* Verifies the poison of a payload that cistern_heap_take gave, and makes tag and guards: what the
 * caller gets. NULL for NULL. */
void *cistern_heap_add_guards(cistern_heap_t *heap, void *payload, size_t size);

/* Takes back what a caller got: as cistern_heap_free. */
cistern_error_t cistern_heap_free_guarded(cistern_heap_t *heap, void *memory,
                                          heap_changed_t *changed);

/* Changes the size of what a caller got, where it is. */
cistern_error_t cistern_heap_resize_guarded(cistern_heap_t *heap, void *memory, size_t size,
                                            bool may_grow, heap_changed_t *changed);

#else

#    define HEAP_TAG_BYTES 0U
#    define HEAP_AFTER     ((size_t)0)

static inline size_t heap_front_of(size_t unit)
{
    (void)unit;
    return 0;
}

static inline size_t heap_front(const cistern_heap_t *heap)
{
    (void)heap;
    return 0;
}

static inline size_t heap_raw_size(const cistern_heap_t *heap, size_t size)
{
    (void)heap;
    return size;
}

static inline size_t heap_caller_size(const cistern_heap_t *heap, size_t bytes)
{
    (void)heap;
    return bytes;
}

static inline const void *heap_payload_of(const cistern_heap_t *heap, const void *memory)
{
    (void)heap;
    return memory;
}

static inline const void *heap_memory_of(const cistern_heap_t *heap, const void *payload)
{
    (void)heap;
    return payload;
}

static inline void heap_hide(unsigned char *payload)
{
    (void)payload;
}

static inline void *cistern_heap_add_guards(const cistern_heap_t *heap, void *payload, size_t size)
{
    (void)heap;
    (void)size;
    return payload;
}

#endif

#if CISTERN_CHECK >= 3

/* Fills in who had to do with a fault's address: the latest free in the history, else who allocated
 * it. At most CISTERN_HEAP_HISTORY steps. */
void cistern_heap_name_user(const cistern_heap_t *heap, cistern_fault_t *fault);

/* Puts into the history who has freed a block. */
void cistern_heap_remember(cistern_heap_t *heap, const void *memory, const char *file, int line);

#else

static inline void cistern_heap_name_user(const cistern_heap_t *heap, cistern_fault_t *fault)
{
    (void)heap;
    (void)fault;
}

#endif

#endif
