/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/heap.h - blocks of any size from one arena: the engine under mem_malloc.
 *
 *   arena  | block | block | block ........ | top (free) | sentinel |
 *   block  | header: previous, next | payload ......... |
 *
 * A header links a block to its physical neighbours by index, not by pointer: the byte offset from
 * the arena's start. A program has one width of index, CISTERN_HEAP_INDEX_BITS of cistern/config.h.
 * `alignment` is that of payloads. All sizes are in bytes; `block bytes` include the header,
 * `payload bytes` do not.
 *
 * A block is in use, free, or in quarantine: what remains unknown after damage is neither handed
 * out nor freed.
 *
 * Every call but init may come from any context that the port's critical section covers, and holds
 * that section for as long as the time bound says.
 *
 * This header differs by option in two places: what a cistern_heap_t keeps to find free blocks
 * depends on CISTERN_HEAP_FIT and CISTERN_HEAP_BYTES; with check level 3 it has a history, and
 * calls that allocate or free pass the caller's file and line on.
 */
#ifndef CISTERN_HEAP_H
#define CISTERN_HEAP_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cistern/config.h"
#include "cistern/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- geometry --------------------------------------------------------------------------------- */

/* Where in an arena something is, or a number of bytes of it. */
#if CISTERN_HEAP_INDEX_BITS == 16
typedef uint16_t cistern_heap_index_t;
#elif CISTERN_HEAP_INDEX_BITS == 32
#    if SIZE_MAX <= 0xffffU
#        error "size_t has 16 bits here: heaps larger than 64 KB cannot be"
#    endif
typedef uint32_t cistern_heap_index_t;
#else
typedef size_t cistern_heap_index_t;
#endif

/* Blocks start at multiples of the alignment, and at least of this. */
#if CISTERN_HEAP_CACHE_LINE
#    define CISTERN_HEAP_UNIT ((size_t)CISTERN_HEAP_CACHE_LINE)
#elif CISTERN_HEAP_INDEX_BITS == 64
#    define CISTERN_HEAP_UNIT sizeof(cistern_heap_index_t)
#else
#    define CISTERN_HEAP_UNIT ((size_t)4)
#endif

/* Bytes of arena, of any alignment, that give blocks at least `bytes` in all; a power of two as
 * alignment. Of these a block of n bytes takes n and its header. */
#define CISTERN_HEAP_ARENA_BYTES(bytes, alignment)                                                 \
    ((size_t)(bytes) + 2U * sizeof(cistern_heap_index_t) +                                         \
     2U * ((size_t)(alignment) > CISTERN_HEAP_UNIT ? (size_t)(alignment) : CISTERN_HEAP_UNIT))

/* --- types ------------------------------------------------------------------------------------ */

/* Good fit: a list for each class of size, see src/heap/heap_good.h. 2^SHIFT classes for each power
 * of two; below FROM all have the same width, which saves lists. */
#if CISTERN_HEAP_INDEX_BITS == 16
#    define CISTERN_HEAP_LIST_SHIFT 3U
#    define CISTERN_HEAP_LIST_FROM  64U
#elif CISTERN_HEAP_INDEX_BITS == 32 && SIZE_MAX > 0xffffffffU
#    define CISTERN_HEAP_LIST_SHIFT 4U
#    define CISTERN_HEAP_LIST_FROM  0U
#else
#    define CISTERN_HEAP_LIST_SHIFT 3U
#    define CISTERN_HEAP_LIST_FROM  0U
#endif

/* The logarithm of a constant, rounded down. */
#define CISTERN_HEAP_LOG2_4(n) (((n) >= 2) + ((n) >= 4) + ((n) >= 8))
#define CISTERN_HEAP_LOG2_8(n)                                                                     \
    ((n) >> 4 ? 4 + CISTERN_HEAP_LOG2_4((n) >> 4) : CISTERN_HEAP_LOG2_4(n))
#define CISTERN_HEAP_LOG2_16(n)                                                                    \
    ((n) >> 8 ? 8 + CISTERN_HEAP_LOG2_8((n) >> 8) : CISTERN_HEAP_LOG2_8(n))
#define CISTERN_HEAP_LOG2_32(n)                                                                    \
    ((n) >> 16 ? 16 + CISTERN_HEAP_LOG2_16((n) >> 16) : CISTERN_HEAP_LOG2_16(n))
#define CISTERN_HEAP_LOG2(n)                                                                       \
    (unsigned)((n) >> 32 ? 32 + CISTERN_HEAP_LOG2_16((n) >> 32) : CISTERN_HEAP_LOG2_32(n))

/* The class of a constant number of bytes, counted from 0 bytes on; the number of lists, from the
 * least block, its header and two links, on; and the words of a map with a bit for each and one
 * behind. Where this does not compile, MEM_SIZE of lwipopts.h uses a name of lwip/opt.h, which this
 * engine does not read: set CISTERN_HEAP_BYTES. */
#define CISTERN_HEAP_CLASS_SHIFT(n)                                                                \
    (CISTERN_HEAP_LOG2((n) | CISTERN_HEAP_LIST_FROM) - CISTERN_HEAP_LIST_SHIFT)
#define CISTERN_HEAP_CLASS(n)                                                                      \
    ((CISTERN_HEAP_CLASS_SHIFT(n) << CISTERN_HEAP_LIST_SHIFT) +                                    \
     (unsigned)((n) >> CISTERN_HEAP_CLASS_SHIFT(n)))
#define CISTERN_HEAP_FIRST_CLASS CISTERN_HEAP_CLASS((uint64_t)(4U * sizeof(cistern_heap_index_t)))
#define CISTERN_HEAP_LISTS                                                                         \
    (CISTERN_HEAP_CLASS((uint64_t)(CISTERN_HEAP_BYTES)) - CISTERN_HEAP_FIRST_CLASS + 1U)
#define CISTERN_HEAP_WORD_BITS (sizeof(size_t) * CHAR_BIT)
#define CISTERN_HEAP_MAP_WORDS (CISTERN_HEAP_LISTS / CISTERN_HEAP_WORD_BITS + 1U)

#if CISTERN_CHECK >= 3
/* Who freed what. */
typedef struct cistern_heap_event {
    const void *address;
    const char *file;
    int line;
} cistern_heap_event_t;
#endif

/* A heap. Opaque but for its size: read it through cistern_heap_stats. All zero it is an empty heap
 * from which every request fails. */
typedef struct cistern_heap {
    unsigned char *base;              /* address of block 0 */
    const char *name;                 /* the caller's string, or NULL */
    size_t used;                      /* bytes of the blocks in use */
    size_t max_used;                  /* high-water mark of used */
    cistern_heap_index_t end;         /* index of the sentinel: bytes that blocks can take */
    cistern_heap_index_t most;        /* the largest payload that there could ever be */
    cistern_heap_index_t slack;       /* alignment of blocks - 1 */
    cistern_heap_index_t min;         /* smallest block */
    cistern_heap_index_t blocks;      /* blocks in use */
    cistern_heap_index_t failures;    /* requests that found no block; saturates */
    cistern_heap_index_t quarantined; /* bytes in quarantine */
#if CISTERN_HEAP_FIT_IS_FIRST
    cistern_heap_index_t lowest; /* no free block lies below this block */
#else
    cistern_heap_index_t top;                       /* the last block if it is free, else the end */
    cistern_heap_index_t heads[CISTERN_HEAP_LISTS]; /* first free block of each list */
    size_t map[CISTERN_HEAP_MAP_WORDS];             /* bit c: list c is not empty */
#endif
#if CISTERN_HEAP_GUARDED
    cistern_heap_index_t
        held[CISTERN_HEAP_QUARANTINE]; /* blocks whose guards were broken, by age */
    uint8_t holding;                   /* where in `held` the next one goes */
#endif
#if CISTERN_CHECK >= 3
    cistern_heap_event_t history[CISTERN_HEAP_HISTORY]; /* the latest frees, as a ring */
    size_t events;                                      /* how many there were in all */
#endif
} cistern_heap_t;

/* How a heap is to be made. */
typedef struct cistern_heap_config {
    const char *name; /* for listings and faults; stored, not copied; may be NULL */
    void *memory;     /* the arena, of any alignment */
    size_t bytes;     /* its length */
    size_t alignment; /* of payloads: a power of two; 0 for that of a pointer */
    size_t min_size;  /* smallest payload: smaller requests take this much; 0 for the least */
} cistern_heap_config_t;

/* A consistent picture of a heap. Byte counts are of blocks, headers included, so that
 * bytes = used + free + quarantined. */
typedef struct cistern_heap_stats {
    const char *name;
    size_t bytes;       /* what blocks can take in all */
    size_t used;        /* blocks in use; 0 when nothing is allocated */
    size_t max_used;    /* highest since init or reset */
    size_t free;        /* free blocks */
    size_t blocks;      /* number of blocks in use */
    size_t failures;    /* requests that failed for lack of memory; saturates at an index's most */
    size_t quarantined; /* what was damaged and is neither in use nor free */
} cistern_heap_stats_t;

/* One block, as a walk shows it. */
typedef struct cistern_heap_block {
    const void *address; /* of the payload */
    size_t size;         /* payload bytes that the block has */
    bool used;
    bool quarantined; /* not used either: damaged, or held back after its guard was broken */
    const char *file; /* who allocated it, or freed it last (level 3), or NULL */
    int line;         /* the same */
} cistern_heap_block_t;

/* --- life ------------------------------------------------------------------------------------- */

/* Makes one heap of an arena. Blocks that were handed out before from it are forgotten.
 * Fails if and only if heap, config or memory is NULL or alignment is no power of two
 * (ERROR_ARGUMENT), or the arena cannot hold one block and the sentinel, or is larger than
 * CISTERN_HEAP_BYTES (ERROR_SIZE). A failure changes nothing. Linear in the number of lists. Thread
 * context, before any other call. The arena belongs to the heap from now on. */
cistern_error_t cistern_heap_init(cistern_heap_t *heap, const cistern_heap_config_t *config);

/* --- use -------------------------------------------------------------------------------------- */

/* Allocates `size` bytes, aligned as the heap is. Fails (NULL, counted in `failures`) if and only
 * if size is 0 (not counted) or above cistern_heap_largest. From check level 1 on, damage of a free
 * block is a fault: the heap is repaired (linear, once per fault), and the call served from what is
 * sound; with CISTERN_DIAGNOSIS 0 it fails. Level 2 reports in addition a block that was written to
 * while it was free (outside the critical section, linear in `size`), and hands it out. Good fit:
 * constant time. First fit: linear in the number of blocks. The caller owns the block until free;
 * its content is undefined. */
void *cistern_heap_alloc(cistern_heap_t *heap, size_t size);

/* As cistern_heap_alloc, with an alignment of its own: a power of two, of any size. Fails in
 * addition if alignment is 0 or no power of two. It needs a free block that holds size + alignment
 * + the smallest block, whatever remains before and after goes back. */
void *cistern_heap_aligned_alloc(cistern_heap_t *heap, size_t alignment, size_t size);

/* As cistern_heap_alloc for count * size bytes, all zero. Fails in addition (counted) if the
 * product does not fit size_t. Linear in the bytes, outside the critical section. */
void *cistern_heap_calloc(cistern_heap_t *heap, size_t count, size_t size);

/* Changes the size of a block, in place where its successor allows, else by moving it. NULL instead
 * of a block allocates; size 0 frees and returns NULL. On failure (as alloc and free) it returns
 * NULL and the block is as it was. In place: as alloc. Moving: linear in the bytes, the copy
 * outside the critical section. A block that moves has the heap's alignment. */
void *cistern_heap_realloc(cistern_heap_t *heap, void *memory, size_t size);

/* As cistern_heap_realloc for a block of cistern_heap_aligned_alloc: it has the alignment, a power
 * of two, wherever it moves. Fails in addition if alignment is 0 or no power of two. */
void *cistern_heap_aligned_realloc(cistern_heap_t *heap, void *memory, size_t alignment,
                                   size_t size);

/* Shrinks a block to `size` bytes in place; what becomes free is available at once, if it is large
 * enough for a block or its successor is free. Fails if and only if the block has fewer than `size`
 * bytes or size is 0 (ERROR_SIZE), or the address is no block in use (as free, ERROR_FAULT); the
 * block is then as it was. Constant time. */
cistern_error_t cistern_heap_trim(cistern_heap_t *heap, void *memory, size_t size);

/* Gives a block back; it merges with free neighbours. NULL is ignored (OK). From check level 1 on,
 * fails if and only if the address is not a block in use of this heap, or lies in what damage has
 * made unknown (ERROR_FAULT, after one call of the fault handler); a refusal changes nothing but
 * for the repair. Damage elsewhere that the call meets is repaired and reported with the address of
 * the damaged block, and the call is served; with CISTERN_DIAGNOSIS 0 it is refused. A broken guard
 * (level 2) is reported, and the block taken back (OK) after CISTERN_HEAP_QUARANTINE more frees.
 * An address inside a block is a block in use if the bytes there, and those at two places that they
 * name, are forged headers.
 * Constant time; level 2 fills the block with poison, outside the critical section; after a fault
 * linear. */
cistern_error_t cistern_heap_free(cistern_heap_t *heap, void *memory);

/* --- inspection ------------------------------------------------------------------------------- */

/* Bytes that may be used at `memory`: at least what was asked for. 0 for NULL; from check level 1
 * on what is not a block in use is a fault, as in free, and 0. Constant time. */
size_t cistern_heap_usable_size(const cistern_heap_t *heap, const void *memory);

/* True if `memory` is the start of a block in use, as cistern_heap_free would accept it; what is
 * none is no fault. At check level 0 true for every address but NULL. Constant time. */
bool cistern_heap_is_in_use(const cistern_heap_t *heap, const void *memory);

/* The largest size that cistern_heap_alloc would serve now; 0 when there is none. Good fit: the
 * largest of the top and the first CISTERN_HEAP_SEARCH blocks of the last list that is not empty,
 * so that a block behind these may be larger, by less than the list's width; constant time. First
 * fit: the largest free block; linear in the number of blocks. */
size_t cistern_heap_largest(const cistern_heap_t *heap);

/* Copies the numbers of a heap, all from one moment. Constant time. */
void cistern_heap_stats(const cistern_heap_t *heap, cistern_heap_stats_t *stats);

/* Starts the high-water mark anew from what is in use now. Constant time. */
void cistern_heap_reset_max_used(cistern_heap_t *heap);

/* Called for a block of a walk; false ends the walk. */
typedef bool cistern_heap_visit_t(const cistern_heap_block_t *block, void *context);

/* Shows every block, in ascending order of address, to `visit`, which must not call into this heap.
 * Returns how many it has shown. Ends early at a damaged header. Linear in the number of blocks,
 * with the critical section held. */
size_t cistern_heap_walk(const cistern_heap_t *heap, cistern_heap_visit_t *visit, void *context);

/* Verifies every invariant of a heap: true if all hold. Never looks outside the arena, and ends on
 * any damage. Linear in the number of blocks, with the critical section held. */
bool cistern_heap_check(const cistern_heap_t *heap);

/* --- who (check level 3) ---------------------------------------------------------------------- */

#if CISTERN_CHECK >= 3

/* Stores in a block, which is live or NULL, who allocated it; returns it. `file` is kept, not
 * copied. Constant time. */
void *cistern_heap_tag(cistern_heap_t *heap, void *memory, const char *file, int line);

/* cistern_heap_free; the history keeps who freed the block. Constant time. */
cistern_error_t cistern_heap_free_at(cistern_heap_t *heap, void *memory, const char *file,
                                     int line);

#    define cistern_heap_alloc(heap, size)                                                         \
        cistern_heap_tag((heap), cistern_heap_alloc((heap), (size)), __FILE__, __LINE__)
#    define cistern_heap_aligned_alloc(heap, alignment, size)                                      \
        cistern_heap_tag((heap), cistern_heap_aligned_alloc((heap), (alignment), (size)),          \
                         __FILE__, __LINE__)
#    define cistern_heap_calloc(heap, count, size)                                                 \
        cistern_heap_tag((heap), cistern_heap_calloc((heap), (count), (size)), __FILE__, __LINE__)
#    define cistern_heap_realloc(heap, memory, size)                                               \
        cistern_heap_tag((heap), cistern_heap_realloc((heap), (memory), (size)), __FILE__, __LINE__)
#    define cistern_heap_aligned_realloc(heap, memory, alignment, size)                            \
        cistern_heap_tag((heap),                                                                   \
                         cistern_heap_aligned_realloc((heap), (memory), (alignment), (size)),      \
                         __FILE__, __LINE__)
#    define cistern_heap_free(heap, memory)                                                        \
        cistern_heap_free_at((heap), (memory), __FILE__, __LINE__)

#endif

#ifdef __cplusplus
}
#endif

#endif
