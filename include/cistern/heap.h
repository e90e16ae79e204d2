/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/heap.h - blocks of any size from one arena: the engine under mem_malloc.
 *
 *   arena  | block | block | block ........ | top (free) | sentinel |
 *   block  | header: previous, next | payload ......... |
 *
 * A header names the blocks before and after it in memory by index, not by pointer: bytes from the
 * first header on. All heaps of a program have indices of one width, CISTERN_HEAP_INDEX_BITS of
 * cistern/config.h. `alignment` is that of payloads. All sizes are in bytes; those of blocks
 * include the header, those of payloads do not.
 *
 * A block is in use, free, or in quarantine: what remains unknown after damage is neither handed
 * out nor freed.
 *
 * A call verifies, from check level 1 on, that both sides of each boundary that it uses agree.
 * Damage that wrote both alike, or one so that it leads to bytes which agree, is found by
 * cistern_heap_check and by the next repair, from what all blocks add up to: until then the heap is
 * what its headers say.
 *
 * Every call but init may come from any context that the port's critical section covers, and holds
 * that section for as long as its time bound says, unless its comment says otherwise.
 *
 * A heap, a config and a struct for numbers must not be NULL, but in cistern_heap_init.
 *
 * This header differs by option in two places: what a cistern_heap_t keeps to find free blocks
 * depends on CISTERN_HEAP_FIT and CISTERN_HEAP_BYTES; with check level 3 it has a history, and
 * calls that allocate or free pass the caller's file and line on. */
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

/* An index: a place in an arena, or a number of bytes of it. */
#if CISTERN_HEAP_INDEX_BITS == 16
typedef uint16_t cistern_heap_index_t;
#elif CISTERN_HEAP_INDEX_BITS == 32
#    if SIZE_MAX <= 0xffffU
#        error "size_t has 16 bits here: set CISTERN_HEAP_BYTES to 65536 or less"
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

/* Length of an arena, at any address, in which blocks have at least `bytes` in all: for each its
 * payload and a header of two indices. `alignment` is a power of two. */
#define CISTERN_HEAP_ARENA_BYTES(bytes, alignment)                                                 \
    ((size_t)(bytes) + 2U * sizeof(cistern_heap_index_t) +                                         \
     2U * ((size_t)(alignment) > CISTERN_HEAP_UNIT ? (size_t)(alignment) : CISTERN_HEAP_UNIT))

/* --- types ------------------------------------------------------------------------------------ */

/* Good fit: a list for each class of size, see src/heap/heap_good.h. 2^SHIFT classes for each power
 * of two; below FROM all have the same width, which saves lists.
 * A host that replays the heap of a target of 32 bits defines CISTERN_HEAP_OF_32_BITS. */
#if CISTERN_HEAP_INDEX_BITS == 16
#    define CISTERN_HEAP_LIST_SHIFT 3U
#    define CISTERN_HEAP_LIST_FROM  64U
#elif CISTERN_HEAP_INDEX_BITS == 32 && SIZE_MAX > 0xffffffffU && !defined CISTERN_HEAP_OF_32_BITS
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
    ((n) >> 32 ? 32 + CISTERN_HEAP_LOG2_16((n) >> 32) : CISTERN_HEAP_LOG2_32(n))

/* The class of a constant number of bytes, counted from 0 bytes on; the number of lists, from the
 * least block, its header and two links, on; and the words of a map with a bit for each and one
 * behind. Where this does not compile, MEM_SIZE of lwipopts.h uses a name of lwip/opt.h, which this
 * engine does not read: set CISTERN_HEAP_BYTES. */
#define CISTERN_HEAP_CLASS_SHIFT(n)                                                                \
    (CISTERN_HEAP_LOG2((n) | CISTERN_HEAP_LIST_FROM) - CISTERN_HEAP_LIST_SHIFT)
#define CISTERN_HEAP_CLASS(n)                                                                      \
    ((CISTERN_HEAP_CLASS_SHIFT(n) << CISTERN_HEAP_LIST_SHIFT) +                                    \
     ((n) >> CISTERN_HEAP_CLASS_SHIFT(n)))
#define CISTERN_HEAP_FIRST_CLASS                                                                   \
    ((unsigned)CISTERN_HEAP_CLASS((uint64_t)(4U * sizeof(cistern_heap_index_t))))
#define CISTERN_HEAP_LISTS                                                                         \
    ((unsigned)CISTERN_HEAP_CLASS((uint64_t)(CISTERN_HEAP_BYTES)) - CISTERN_HEAP_FIRST_CLASS + 1U)
#define CISTERN_HEAP_WORD_BITS (sizeof(size_t) * CHAR_BIT)
#define CISTERN_HEAP_MAP_WORDS (CISTERN_HEAP_LISTS / CISTERN_HEAP_WORD_BITS + 1U)

#if CISTERN_CHECK >= 3
/* A free: which block, and the caller's place. */
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
        held[CISTERN_HEAP_QUARANTINE]; /* blocks whose guards were broken, a ring; 0: none */
    uint8_t holding;                   /* where in `held` the next one goes */
#endif
#if CISTERN_CHECK >= 3
    cistern_heap_event_t history[CISTERN_HEAP_HISTORY]; /* the latest frees, as a ring */
    size_t events;                                      /* how many there were in all */
#endif
} cistern_heap_t;

/* What the size of a heap and of its arena depends on: see cistern/agree.h. */
#if CISTERN_HEAP_FIT_IS_FIRST
#    define CISTERN_AGREE_HEAP_BYTES 0
#else
#    define CISTERN_AGREE_HEAP_BYTES CISTERN_HEAP_CLASS(CISTERN_HEAP_BYTES)
#endif
#if CISTERN_HEAP_GUARDED
#    define CISTERN_AGREE_QUARANTINE CISTERN_HEAP_QUARANTINE
#else
#    define CISTERN_AGREE_QUARANTINE 0
#endif
#if CISTERN_CHECK >= 3
#    define CISTERN_AGREE_HEAP_HISTORY CISTERN_HEAP_HISTORY
#else
#    define CISTERN_AGREE_HEAP_HISTORY 0
#endif
#define CISTERN_AGREE_NUMBER CISTERN_AGREE_HEAP_BYTES
#include "cistern/agree_digits.h"
CISTERN_AGREE(CISTERN_HEAP_BYTES, CISTERN_AGREE_DIGITS);
#define CISTERN_AGREE_NUMBER CISTERN_HEAP_CACHE_LINE
#include "cistern/agree_digits.h"
CISTERN_AGREE(CISTERN_HEAP_CACHE_LINE, CISTERN_AGREE_DIGITS);
#define CISTERN_AGREE_NUMBER CISTERN_AGREE_QUARANTINE
#include "cistern/agree_digits.h"
CISTERN_AGREE(CISTERN_HEAP_QUARANTINE, CISTERN_AGREE_DIGITS);
#define CISTERN_AGREE_NUMBER CISTERN_AGREE_HEAP_HISTORY
#include "cistern/agree_digits.h"
CISTERN_AGREE(CISTERN_HEAP_HISTORY, CISTERN_AGREE_DIGITS);

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
    size_t failures;    /* requests that failed for lack of memory; stays at an index's maximum */
    size_t quarantined; /* blocks in quarantine */
} cistern_heap_stats_t;

/* One block, as a walk shows it. */
typedef struct cistern_heap_block {
    const void *address; /* of the payload */
    size_t size;         /* payload bytes that the block has */
    bool used;
    bool quarantined; /* not used either: damaged, or held back after its guard was broken */
    const char *file; /* of the caller who allocated it (level 3), or NULL */
    int line;         /* the same */
} cistern_heap_block_t;

/* --- life ------------------------------------------------------------------------------------- */

/* Makes one heap of an arena. Blocks of an earlier heap in it become invalid. Fails exactly when
 * heap, config or memory is NULL, or alignment is neither 0 nor a power of two (ERROR_ARGUMENT), or
 * the arena cannot hold one block of min_size, with its guards, and the sentinel, or is larger than
 * CISTERN_HEAP_BYTES (ERROR_SIZE). A failure changes nothing. Linear in the number of lists, and
 * with guards in the bytes of the arena. Thread context, while no other context uses the heap; no
 * lock is taken. The arena belongs to the heap from now on. */
cistern_error_t cistern_heap_init(cistern_heap_t *heap, const cistern_heap_config_t *config);

/* --- use -------------------------------------------------------------------------------------- */

/* Allocates `size` bytes, aligned as the heap is. Fails (NULL) exactly when size is 0, or above
 * cistern_heap_largest (counted in `failures`). From check level 1 on, damage of a free block is a
 * fault: the heap is repaired (linear, once per fault), and the call is served from what is sound;
 * with CISTERN_DIAGNOSIS 0 it fails. Level 2 also reports a block that was written to while it was
 * free, and hands it out (linear in `size`, outside the critical section). Good fit: constant time.
 * First fit: linear in the number of blocks. The caller owns the block until free; its content is
 * undefined. */
void *cistern_heap_alloc(cistern_heap_t *heap, size_t size);

/* As cistern_heap_alloc, with an alignment of the block's own: a power of two of any size. Fails in
 * addition if alignment is 0 or no power of two (not counted). An alignment above the heap's needs
 * a free block for size + alignment + the smallest block; what remains of it before and after
 * becomes free again. */
void *cistern_heap_aligned_alloc(cistern_heap_t *heap, size_t alignment, size_t size);

/* As cistern_heap_alloc for count * size bytes, which it sets to zero outside the critical section:
 * linear in them. Fails in addition (counted) if the product does not fit size_t. */
void *cistern_heap_calloc(cistern_heap_t *heap, size_t count, size_t size);

/* Changes the size of a block: in place if its successor is free and large enough, else by moving
 * it. For NULL it allocates; with size 0 it frees and returns NULL. Fails (NULL, and the block is
 * as it was) where alloc would, or if `memory` is no block in use, a fault as in free. Constant
 * time in place; as alloc, and linear in the bytes copied outside the critical section, where it
 * moves. The caller owns the block that is returned; one that moved has the heap's alignment. */
void *cistern_heap_realloc(cistern_heap_t *heap, void *memory, size_t size);

/* As cistern_heap_realloc for a block of cistern_heap_aligned_alloc: it keeps the alignment, a
 * power of two, when it moves. Fails in addition if alignment is 0 or no power of two, unless size
 * is 0. */
void *cistern_heap_aligned_realloc(cistern_heap_t *heap, void *memory, size_t alignment,
                                   size_t size);

/* Shrinks a block to `size` bytes in place. The rest becomes free if it is large enough for a block
 * or its successor is free. Fails exactly when the block has fewer than `size` bytes or size is 0
 * (ERROR_SIZE), or the address is no block in use (ERROR_FAULT, as free); the block is then as it
 * was. Constant time; after a fault linear. */
cistern_error_t cistern_heap_trim(cistern_heap_t *heap, void *memory, size_t size);

/* Gives a block back; it merges with free neighbours. NULL is ignored (OK). Fails, from check level
 * 1 on, exactly when the address is not that of a block in use of this heap, or lies in what damage
 * has made unknown (ERROR_FAULT, after one call of the fault handler); a refusal changes nothing
 * except by repair. Damage elsewhere that the call meets is reported with the address of the
 * damaged block and repaired, and the call is served; with CISTERN_DIAGNOSIS 0 it is refused. A
 * broken guard (level 2) is a fault, but the block is accepted (OK): it stays in quarantine for
 * CISTERN_HEAP_QUARANTINE more frees. At level 0 the address must be NULL or a block in use. An
 * address inside a block is not refused if the bytes before it, and those at the two places that
 * they name, were forged as headers. Constant time; level 2 fills the block with poison, outside
 * the critical section; after a fault linear. */
cistern_error_t cistern_heap_free(cistern_heap_t *heap, void *memory);

/* --- inspection ------------------------------------------------------------------------------- */

/* Bytes that may be used at `memory`: at least what was asked for, with guards exactly that. 0 for
 * NULL, and after a fault: from check level 1 on for what is not a block in use, as in free, and
 * with guards for a block whose guard is broken. Constant time; after a fault linear. */
size_t cistern_heap_usable_size(const cistern_heap_t *heap, const void *memory);

/* True if `memory` is the address of a block in use, as cistern_heap_free would accept it; another
 * address is no fault. At check level 0 true for every address but NULL. Constant time. */
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

/* Calls `visit` for every block, in ascending order of address, until it returns false or a header
 * is damaged. Returns how many calls it made. `visit` must not be NULL, must be short, and must not
 * call into this heap. Linear in the number of blocks, with the critical section held. */
size_t cistern_heap_walk(const cistern_heap_t *heap, cistern_heap_visit_t *visit, void *context);

/* Verifies every invariant of a heap: true if all hold. Never reads outside the arena, and ends on
 * any damage. Linear in the number of blocks, with guards in the bytes of the arena, with the
 * critical section held. */
bool cistern_heap_check(const cistern_heap_t *heap);

/* --- callers (check level 3) ------------------------------------------------------------------ */

#if CISTERN_CHECK >= 3

/* Stores the place of the caller who allocated a block in that block, which is in use or NULL.
 * Returns the block. `file` is stored, not copied. Constant time. */
void *cistern_heap_tag(cistern_heap_t *heap, void *memory, const char *file, int line);

/* cistern_heap_free; the heap's history keeps the caller's place. `file` is stored, not copied. */
cistern_error_t cistern_heap_free_at(cistern_heap_t *heap, void *memory, const char *file,
                                     int line);

/* Macros of the calls' names pass the caller's place on. They evaluate `heap` twice. */
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
