/* guard.h - guards around payloads, poison in free blocks, and who allocated what: check levels
 * 2, 3.
 *
 *   a block's payload as the engine sees it:
 *   | tag: size [file line] | guard before .. | the caller's bytes ... | guard after | unused |
 *   ^ raw                                     ^ raw + front, aligned
 *
 *   a free block's:
 *   | links | poison poison poison ................................................ |
 *
 * Words: raw is the payload as the engine sees it; front is the distance to what the caller gets.
 *
 * Invariants
 *   G1  The tag's size is what was asked for; both guards hold GUARD.
 *   G2  A free block's payload behind the links holds POISON (level 2 and up).
 * Without guards front is 0 and everything here compiles to nothing.
 */
#ifndef CISTERN_HEAP_GUARD_H
#define CISTERN_HEAP_GUARD_H

#include <string.h>

#include "cistern/fault.h"
#include "cistern/heap.h"

#define GUARD  0xb5
#define POISON 0xdb

/* True iff all of `bytes` from `from` on have this value. */
static inline bool is_filled(const unsigned char *from, size_t bytes, unsigned char value)
{
    for (size_t i = 0; i < bytes; ++i) {
        if (from[i] != value) {
            return false;
        }
    }
    return true;
}

#if CISTERN_CHECK >= 2

static inline void poison(unsigned char *from, size_t bytes)
{
    (void)memset(from, POISON, bytes);
}

static inline bool is_poisoned(const unsigned char *from, size_t bytes)
{
    return is_filled(from, bytes, POISON);
}

#else

static inline void poison(unsigned char *from, size_t bytes)
{
    (void)from;
    (void)bytes;
}

static inline bool is_poisoned(const unsigned char *from, size_t bytes)
{
    (void)from;
    (void)bytes;
    return true;
}

#endif

#if CISTERN_HEAP_GUARDED

typedef struct heap_tag {
    size_t size; /* bytes asked for */
    const char *file;
    int line;
} heap_tag_t;

#    define HEAP_TAG_BYTES sizeof(heap_tag_t)

/* Bytes from raw to what the caller gets: a multiple of the alignment. */
static inline size_t front(const cistern_heap_t *heap)
{
    return (sizeof(heap_tag_t) + CISTERN_HEAP_GUARD_BEFORE + ~heap->keep) & heap->keep;
}

/* What to ask the engine for, so that the caller gets `size` bytes; nothing for nothing. */
static inline size_t raw_size(const cistern_heap_t *heap, size_t size)
{
    const size_t more = front(heap) + CISTERN_HEAP_GUARD_AFTER;
    if (size == 0) {
        return 0;
    }
    return size < SIZE_MAX - more ? size + more : SIZE_MAX;
}

/* Bytes for the caller in a raw payload of `bytes`. */
static inline size_t caller_size(const cistern_heap_t *heap, size_t bytes)
{
    const size_t more = front(heap) + CISTERN_HEAP_GUARD_AFTER;
    return bytes > more ? bytes - more : 0;
}

/* Tags may lie at addresses that suit the block's alignment only. */
static inline heap_tag_t tag_of(const unsigned char *raw)
{
    heap_tag_t tag;
    (void)memcpy(&tag, raw, sizeof(tag));
    return tag;
}

static inline void put_guard(unsigned char *from, size_t bytes)
{
    (void)memset(from, GUARD, bytes);
}

/* Makes tag and guards of a raw payload, or NULL; what the caller gets. */
static inline void *dress(const cistern_heap_t *heap, unsigned char *raw, size_t size)
{
    const heap_tag_t tag = {.size = size};
    if (raw == NULL) {
        return NULL;
    }
    (void)memcpy(raw, &tag, sizeof(tag));
    put_guard(raw + sizeof(tag), front(heap) - sizeof(tag));
    put_guard(raw + front(heap) + size, CISTERN_HEAP_GUARD_AFTER);
    return raw + front(heap);
}

/* Notes who allocated a raw payload. */
static inline void tag_owner(unsigned char *raw, const char *file, int line)
{
    const heap_tag_t tag = {.size = tag_of(raw).size, .file = file, .line = line};
    (void)memcpy(raw, &tag, sizeof(tag));
}

/* What is wrong with tag and guards (G1) of a live raw payload of `bytes`. */
static inline cistern_fault_kind_t guard_kind(const cistern_heap_t *heap, const unsigned char *raw,
                                              size_t bytes)
{
    const heap_tag_t tag = tag_of(raw);
    if (tag.size == 0 || tag.size > caller_size(heap, bytes) ||
        !is_filled(raw + sizeof(tag), front(heap) - sizeof(tag), GUARD)) {
        return CISTERN_FAULT_UNDERFLOW;
    }
    return is_filled(raw + front(heap) + tag.size, CISTERN_HEAP_GUARD_AFTER, GUARD)
               ? CISTERN_FAULT_NONE
               : CISTERN_FAULT_OVERFLOW;
}

/* Bytes that the caller of a live, sound raw payload may use. */
static inline size_t usable_by_caller(const cistern_heap_t *heap, const unsigned char *raw,
                                      size_t bytes)
{
    (void)heap;
    (void)bytes;
    return tag_of(raw).size;
}

/* A block that was sealed off after damage: its tag has no size, which no live block has. */
static inline void seal(unsigned char *raw)
{
    const heap_tag_t tag = {0};
    (void)memcpy(raw, &tag, sizeof(tag));
}

static inline bool is_sealed(const unsigned char *raw)
{
    return tag_of(raw).size == 0;
}

/* Shows a live block as its caller knows it. */
static inline void describe(const cistern_heap_t *heap, cistern_heap_block_t *block)
{
    const heap_tag_t tag = tag_of(block->address);
    block->address = (const unsigned char *)block->address + front(heap);
    block->size = tag.size;
    block->file = tag.file;
    block->line = tag.line;
}

#else

#    define HEAP_TAG_BYTES 0U

static inline void seal(unsigned char *raw)
{
    (void)raw;
}

static inline bool is_sealed(const unsigned char *raw)
{
    (void)raw;
    return false;
}

static inline size_t front(const cistern_heap_t *heap)
{
    (void)heap;
    return 0;
}

static inline size_t raw_size(const cistern_heap_t *heap, size_t size)
{
    (void)heap;
    return size;
}

static inline size_t caller_size(const cistern_heap_t *heap, size_t bytes)
{
    (void)heap;
    return bytes;
}

static inline void *dress(const cistern_heap_t *heap, unsigned char *raw, size_t size)
{
    (void)heap;
    (void)size;
    return raw;
}

static inline cistern_fault_kind_t guard_kind(const cistern_heap_t *heap, const unsigned char *raw,
                                              size_t bytes)
{
    (void)heap;
    (void)raw;
    (void)bytes;
    return CISTERN_FAULT_NONE;
}

static inline size_t usable_by_caller(const cistern_heap_t *heap, const unsigned char *raw,
                                      size_t bytes)
{
    (void)heap;
    (void)raw;
    return bytes;
}

static inline void describe(const cistern_heap_t *heap, cistern_heap_block_t *block)
{
    (void)heap;
    (void)block;
}

#endif

/* --- who (level 3) ------------------------------------------------------------------------------
 */

#if CISTERN_CHECK >= 3

static inline void forget_history(cistern_heap_t *heap)
{
    heap->events = 0;
}

/* Fills in who had to do with a fault's address: the latest free in the history, else who allocated
 * it, if it is live. At most CISTERN_HEAP_HISTORY steps. */
static inline void name_culprit(const cistern_heap_t *heap, cistern_fault_t *fault)
{
    const size_t known =
        heap->events < CISTERN_HEAP_HISTORY ? heap->events : (size_t)CISTERN_HEAP_HISTORY;
    for (size_t ago = 1; ago <= known && fault->address != NULL; ++ago) {
        const cistern_heap_event_t *const event =
            &heap->history[(heap->events - ago) % CISTERN_HEAP_HISTORY];
        if (event->address == fault->address) {
            fault->file = event->file;
            fault->line = event->line;
            return;
        }
    }
    if (fault->kind == CISTERN_FAULT_OVERFLOW) {
        const heap_tag_t tag = tag_of((const unsigned char *)fault->address - front(heap));
        fault->file = tag.file;
        fault->line = tag.line;
    }
}

#else

static inline void forget_history(cistern_heap_t *heap)
{
    (void)heap;
}

static inline void name_culprit(const cistern_heap_t *heap, cistern_fault_t *fault)
{
    (void)heap;
    (void)fault;
}

#endif

#endif
