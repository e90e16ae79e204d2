/* cistern/heap.h - blocks of any size from one arena: the engine under mem_malloc.
 *
 *   arena  | block | block | block ........ | sentinel |
 *   block  | header: next, previous | payload ......... |
 *
 * A header links a block to its physical neighbours by index, not by pointer: the byte offset from
 * the arena's start, in 16 bits for arenas up to 64 KB, 32 bits up to 4 GB, size_t above.
 * `alignment` is that of payloads. All sizes are in bytes; `block bytes` include the header,
 * `payload bytes` do not.
 *
 * Every call but init may come from any context that the port's critical section covers, and holds
 * that section for as long as the time bound says.
 *
 * This header differs by option in three places: what a cistern_heap_t keeps to find free blocks
 * depends on CISTERN_HEAP_FIT and CISTERN_HEAP_INDEX_BITS; with CISTERN_CRITICAL it can tell of
 * changes; with check level 3 it has a history, and calls that allocate or free note the caller's
 * file and line.
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

/* Bytes of arena, of any alignment, that give blocks at least `bytes` in all; a power of two as
 * alignment. Of these a block of n bytes takes n and its header. */
#define CISTERN_HEAP_ARENA_BYTES(bytes, alignment)                                                 \
    ((size_t)(bytes) + 2U * (size_t)(alignment) + 5U * sizeof(size_t))

/* --- types ------------------------------------------------------------------------------------ */

#if CISTERN_HEAP_INDEX_BITS > 16 && SIZE_MAX <= 0xffffU
#    error "size_t has 16 bits here: leave CISTERN_HEAP_INDEX_BITS at 0, or set it to 16"
#endif

/* Widths that are compiled in; SIZE is size_t where that is wider than 32 bits. */
#define CISTERN_HEAP_HAS_16 (CISTERN_HEAP_INDEX_BITS == 0 || CISTERN_HEAP_INDEX_BITS == 16)
#define CISTERN_HEAP_HAS_32                                                                        \
    ((CISTERN_HEAP_INDEX_BITS == 0 && SIZE_MAX > 0xffffU) || CISTERN_HEAP_INDEX_BITS == 32)
#define CISTERN_HEAP_HAS_SIZE                                                                      \
    ((CISTERN_HEAP_INDEX_BITS == 0 && SIZE_MAX > 0xffffffffU) || CISTERN_HEAP_INDEX_BITS == 64)

/* Good fit: lists of free blocks for each width of index, see src/heap/good.h. */
#define CISTERN_HEAP_LISTS_16 88U
#if SIZE_MAX > 0xffffffffU
#    define CISTERN_HEAP_LISTS_32   448U
#    define CISTERN_HEAP_LISTS_SIZE 344U
#else
#    define CISTERN_HEAP_LISTS_32   224U
#    define CISTERN_HEAP_LISTS_SIZE 224U
#endif

/* Words of a bitmap with a bit for each list, for 24 before the first and one after the last. */
#define CISTERN_HEAP_WORD_BITS (sizeof(size_t) * CHAR_BIT)
#if CISTERN_HEAP_HAS_32
#    define CISTERN_HEAP_LISTS CISTERN_HEAP_LISTS_32
#elif CISTERN_HEAP_HAS_SIZE
#    define CISTERN_HEAP_LISTS CISTERN_HEAP_LISTS_SIZE
#else
#    define CISTERN_HEAP_LISTS CISTERN_HEAP_LISTS_16
#endif
#define CISTERN_HEAP_MAP_WORDS ((CISTERN_HEAP_LISTS + 24U) / CISTERN_HEAP_WORD_BITS + 1U)

/* What finds free blocks. */
typedef struct cistern_heap_index {
#if CISTERN_HEAP_FIT_IS_FIRST
    size_t lowest; /* no free block lies below this block */
#else
    size_t summary;                     /* bit w: map[w] is not 0 */
    size_t map[CISTERN_HEAP_MAP_WORDS]; /* bit c: list c is not empty */
    union {
#    if CISTERN_HEAP_HAS_16
        uint16_t in_16[CISTERN_HEAP_LISTS_16];
#    endif
#    if CISTERN_HEAP_HAS_32
        uint32_t in_32[CISTERN_HEAP_LISTS_32];
#    endif
#    if CISTERN_HEAP_HAS_SIZE
        size_t in_size[CISTERN_HEAP_LISTS_SIZE];
#    endif
    } heads; /* first free block of each list */
#endif
} cistern_heap_index_t;

#if CISTERN_CHECK >= 3
/* Who freed what. */
typedef struct cistern_heap_event {
    const void *address;
    const char *file;
    int line;
} cistern_heap_event_t;
#endif

#if CISTERN_CRITICAL
/* Told of a heap whose numbers have changed, still inside the critical section, so that a copy of
 * them is never an old one. It may read the fields `used` and `max_used`; it must be short and not
 * call into the heap. */
struct cistern_heap;
typedef void cistern_heap_note_t(const struct cistern_heap *heap);
#endif

/* A heap. Opaque but for its size: read it through cistern_heap_stats. All zero it is an empty heap
 * from which every request fails. */
typedef struct cistern_heap {
    unsigned char *base; /* address of block 0 */
    size_t end;          /* index of the sentinel: bytes that blocks can take */
    size_t most;         /* the largest request that could ever be served */
    size_t more;         /* a request takes this much more, rounded down by `keep` */
    size_t keep;         /* the bits that an index of a block may have: all but alignment - 1 */
    size_t min;          /* smallest block */
    size_t used;         /* bytes of the blocks in use */
    size_t max_used;     /* high-water mark of used */
    size_t blocks;       /* blocks in use */
    size_t failures;     /* requests that found no block; saturates */
    const char *name;    /* the caller's string, or NULL */
#if CISTERN_CRITICAL
    cistern_heap_note_t *note; /* or NULL */
#endif
    uint8_t index_bits;  /* 16, 32, or 64 for size_t */
    cistern_heap_index_t index;
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
#if CISTERN_CRITICAL
    cistern_heap_note_t *note; /* who keeps a copy of the numbers is told of each change; or NULL */
#endif
} cistern_heap_config_t;

/* A consistent picture of a heap. Byte counts are of blocks, headers included, so that
 * bytes = used + free. */
typedef struct cistern_heap_stats {
    const char *name;
    size_t bytes;    /* what blocks can take in all */
    size_t used;     /* blocks in use; 0 when nothing is allocated */
    size_t max_used; /* highest since init or reset */
    size_t free;     /* free blocks */
    size_t blocks;   /* number of blocks in use */
    size_t failures; /* requests that failed for lack of memory */
} cistern_heap_stats_t;

/* One block, as a walk shows it. */
typedef struct cistern_heap_block {
    const void *address; /* of the payload */
    size_t size;         /* payload bytes that the block has */
    bool used;
    const char *file; /* who allocated it, or freed it last (level 3), or NULL */
    int line;         /* the same */
} cistern_heap_block_t;

/* --- life ------------------------------------------------------------------------------------- */

/* Makes one heap of an arena. Blocks that were handed out before from it are forgotten.
 * Fails iff heap, config or memory is NULL or alignment is no power of two (ERROR_ARGUMENT), or the
 * arena cannot hold one block and the sentinel, or is larger than the indices that are compiled in
 * (ERROR_SIZE). A failure changes nothing.
 * Constant time. Thread context, before any other call. The arena belongs to the heap from now on.
 */
cistern_error_t cistern_heap_init(cistern_heap_t *heap, const cistern_heap_config_t *config);

/* --- use -------------------------------------------------------------------------------------- */

/* Allocates `size` bytes, aligned as the heap is. Fails (NULL, counted in `failures`) iff size is 0
 * (not counted) or no block is found: with first fit, iff none is large enough; with good fit, iff
 * size is above cistern_heap_largest. From check level 1 on, a damaged free block is a fault: this
 * call returns NULL, what is damaged is sealed off as one block in use that nobody can free
 * (linear, once per fault), and the heap works on. Good fit: constant time. First fit: linear in
 * the number of blocks. The caller owns the block until free; its content is undefined. */
void *cistern_heap_alloc(cistern_heap_t *heap, size_t size);

/* As cistern_heap_alloc, with an alignment of its own: a power of two, of any size. Fails in
 * addition iff alignment is 0 or no power of two. It needs a free block that holds size + alignment
 * + the smallest block, whatever remains before and after goes back. */
void *cistern_heap_aligned_alloc(cistern_heap_t *heap, size_t alignment, size_t size);

/* As cistern_heap_alloc for count * size bytes, all zero. Fails in addition (counted) iff the
 * product does not fit size_t. Linear in the bytes, outside the critical section. */
void *cistern_heap_calloc(cistern_heap_t *heap, size_t count, size_t size);

/* Changes the size of a block, in place where its successor allows, else by moving it. NULL instead
 * of a block allocates; size 0 frees and returns NULL. On failure (as alloc and free) it returns
 * NULL and the block is as it was. In place: as alloc. Moving: linear in the bytes, the copy
 * outside the critical section. The alignment of an aligned_alloc is kept only in place. */
void *cistern_heap_realloc(cistern_heap_t *heap, void *memory, size_t size);

/* Shrinks a block to `size` bytes in place; what becomes free is available at once, if it is large
 * enough for a block or its successor is free. Fails iff the block has fewer than `size` bytes or
 * size is 0 (ERROR_SIZE), or the address is no block in use (as free, ERROR_FAULT); the block is
 * then as it was. Constant time. */
cistern_error_t cistern_heap_trim(cistern_heap_t *heap, void *memory, size_t size);

/* Gives a block back; it merges with free neighbours. NULL is ignored (OK). From check level 1 on,
 * fails iff the address is not a block in use of this heap, or a header or link that it leads to is
 * damaged (ERROR_FAULT, after one call of the fault handler); a refusal changes nothing, but for
 * damage, which is sealed off as in alloc. An address inside a block is a block in use if the bytes
 * there, and those at two places that they name, are forged headers.
 * Constant time; after a fault linear, to find out its kind. */
cistern_error_t cistern_heap_free(cistern_heap_t *heap, void *memory);

/* --- looking ---------------------------------------------------------------------------------- */

/* Bytes that may be used at `memory`: at least what was asked for. 0 for NULL; from check level 1
 * on what is not a block in use is a fault, as in free, and 0. Constant time. */
size_t cistern_heap_usable_size(const cistern_heap_t *heap, const void *memory);

/* True iff `memory` is the start of a block in use, as cistern_heap_free would accept it; what is
 * none is no fault. At check level 0 true for every address but NULL. Constant time. */
bool cistern_heap_is_in_use(const cistern_heap_t *heap, const void *memory);

/* The largest size that cistern_heap_alloc would serve now; 0 when there is none.
 * Good fit: constant time. First fit: linear in the number of blocks. */
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

/* Verifies every invariant of a heap: true iff all hold. Never looks outside the arena, and ends on
 * any damage. Linear in the number of blocks, with the critical section held. */
bool cistern_heap_check(const cistern_heap_t *heap);

/* --- who (check level 3) ---------------------------------------------------------------------- */

#if CISTERN_CHECK >= 3

/* Notes on a block, which is live or NULL, who allocated it; returns it. `file` is kept, not
 * copied. Constant time. */
void *cistern_heap_tag(cistern_heap_t *heap, void *memory, const char *file, int line);

/* cistern_heap_free, and notes in the history who freed the block. Constant time. */
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
#    define cistern_heap_free(heap, memory)                                                        \
        cistern_heap_free_at((heap), (memory), __FILE__, __LINE__)

#endif

#ifdef __cplusplus
}
#endif

#endif
