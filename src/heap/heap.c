/* heap.c - the heap engine: blocks of any size from one arena.
 *
 * Words. The arena is memory from `base` on; an index is the offset of a byte of it. A block is a
 * header and a payload; it is in use or free. Its neighbours are the blocks before and after it in
 * memory. The sentinel is a header, in use, after the last block; the chain of neighbours is a ring
 * through it, so that no block lacks a neighbour. The index of free blocks finds one that is large
 * enough: by first.h or by good.h.
 *
 *   base                    block                                          end
 *   | prev next | payload   | prev next | links or payload    | ...        | sentinel |
 *               ^ aligned               ^ aligned: what the caller gets
 *
 *   Header of a block at index b (16-bit indices: 4 bytes; 32: 8; size_t: 2 * sizeof(size_t))
 *     prev   index of the predecessor, the sentinel for the first block; lowest bit: that is in use
 *     next   index of the successor; lowest bit: this block is in use
 *   so that each boundary between blocks is described twice, once from either side. A write past
 *   a payload's end meets prev first: both neighbours' frees will notice.
 *
 * The arena starts so that payloads, not headers, are aligned: a header of 4 bytes costs 4 bytes at
 * every alignment.
 *
 * Invariants
 *   I1  Blocks start at multiples of mask + 1, a power of two, from 0 on; each has at least `min`
 * bytes and ends where the next one starts; the last one ends at `end`, where the sentinel is. I2
 * Neighbours agree: prev(next(b)) = b and next(prev(b)) = b, for the sentinel too, and both sides
 * of a boundary tell the same state of the block before it. I3  No two free blocks are neighbours.
 *   I4  `used` is the sum of the bytes of the blocks in use and `blocks` their number.
 *   I5  The index holds every free block and nothing else: see first.h and good.h.
 *   I6  A header that ceases to be one is set to 0 (check level 1 and up), so that an address kept
 *       from an earlier life finds nothing there that agrees with its neighbours.
 */
#include "cistern/heap.h"

#include <string.h>

#include "cistern/critical.h"
#include "cistern/fault.h"
#include "bits.h"
#include "guard.h"
#if CISTERN_HEAP_FIT_IS_GOOD
#    include "map.h"
#endif

/* In a header's next: the block is in use. Indices are even, so its bit is free. */
#define USED ((size_t)1)

/* No block that is large enough. */
#define NO_BLOCK SIZE_MAX

/* What a walk over all blocks adds up. */
typedef struct heap_sums {
    size_t free_bytes;
    size_t free_blocks;
    size_t used_bytes;
    size_t used_blocks;
} heap_sums_t;

/* Counts a request for which there was no block, and answers it. Size 0 is no failure. */
static void *count_failure(cistern_heap_t *heap, size_t size)
{
    heap->failures += (size != 0 && heap->failures < SIZE_MAX) ? 1U : 0U;
    return NULL;
}

#if CISTERN_HEAP_HAS_16
#    define HEAP_INDEX uint16_t
#    define HEAP(name) name##16
#    include "core.h"
#    undef HEAP_INDEX
#    undef HEAP
#endif
#if CISTERN_HEAP_HAS_32
#    define HEAP_INDEX uint32_t
#    define HEAP(name) name##32
#    include "core.h"
#    undef HEAP_INDEX
#    undef HEAP
#endif
#if CISTERN_HEAP_HAS_SIZE
#    define HEAP_INDEX size_t
#    define HEAP(name) name##_size
#    include "core.h"
#    undef HEAP_INDEX
#    undef HEAP
#endif

/* Calls the function for a width of index. */
#if CISTERN_HEAP_INDEX_BITS == 16
#    define HEAP_CALL(bits, name, ...) name##16(__VA_ARGS__)
#elif CISTERN_HEAP_INDEX_BITS == 32
#    define HEAP_CALL(bits, name, ...) name##32(__VA_ARGS__)
#elif CISTERN_HEAP_INDEX_BITS == 64
#    define HEAP_CALL(bits, name, ...) name##_size(__VA_ARGS__)
#elif CISTERN_HEAP_HAS_SIZE
#    define HEAP_CALL(bits, name, ...)                                                             \
        ((bits) == 16   ? name##16(__VA_ARGS__)                                                    \
         : (bits) == 32 ? name##32(__VA_ARGS__)                                                    \
                        : name##_size(__VA_ARGS__))
#elif CISTERN_HEAP_HAS_32
#    define HEAP_CALL(bits, name, ...)                                                             \
        ((bits) == 16 ? name##16(__VA_ARGS__) : name##32(__VA_ARGS__))
#else
#    define HEAP_CALL(bits, name, ...) name##16(__VA_ARGS__)
#endif

/* Width of index for an arena of `bytes`: the one compiled in, else the narrowest that can name the
 * arena's last byte. */
#if CISTERN_HEAP_INDEX_BITS != 0
static uint8_t bits_for(size_t bytes)
{
    (void)bytes;
    return CISTERN_HEAP_INDEX_BITS;
}
#else
static uint8_t bits_for(size_t bytes)
{
    const size_t last = bytes - 1U;
    return last <= UINT16_MAX ? 16 : (uint8_t)(((last >> 15U) >> 15U) >> 2U == 0 ? 32 : 64);
}
#endif

/* True iff the indices that are compiled in can name the last of `bytes`, which is not 0. */
static bool can_index(size_t bytes)
{
    const size_t last = bytes - 1U;
    return (last >> (CISTERN_HEAP_ARENA_BITS - 1U)) >> 1U == 0;
}

static void raise_fault(const cistern_heap_t *heap, const void *address, cistern_fault_kind_t kind)
{
    cistern_fault_t fault = {.kind = kind, .object = heap, .address = address, .name = heap->name};
    name_culprit(heap, &fault);
    cistern_fault_raise(&fault);
}

/* Tells of misuse found at `address`, outside the critical section. NONE is no misuse. */
static inline void report(const cistern_heap_t *heap, const void *address,
                          cistern_fault_kind_t kind)
{
    if (kind != CISTERN_FAULT_NONE) {
        raise_fault(heap, address, kind);
    }
}

cistern_error_t cistern_heap_init(cistern_heap_t *heap, const cistern_heap_config_t *config)
{
    if (heap == NULL || config == NULL || config->memory == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const size_t alignment = config->alignment != 0 ? config->alignment : sizeof(void *);
    if ((alignment & (alignment - 1U)) != 0) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const uint8_t bits = bits_for(config->bytes);
    if (config->bytes < alignment || !can_index(config->bytes) ||
        !HEAP_CALL(bits, make, heap, config, alignment)) {
        return CISTERN_ERROR_SIZE;
    }
    heap->used = 0;
    heap->max_used = 0;
    heap->blocks = 0;
    heap->failures = 0;
    heap->name = config->name;
    heap->index_bits = bits;
    forget_history(heap);
    return CISTERN_OK;
}

/* The payload, as the engine sees it, of what a caller got. */
static inline unsigned char *raw_of(const cistern_heap_t *heap, const void *memory)
{
    return (unsigned char *)(uintptr_t)((uintptr_t)memory - front(heap));
}

/* Bytes that the caller of a live block may use; 0, with *fault set, iff it is no live block or its
 * guards are damaged. In the critical section. */
static inline size_t sound_size(const cistern_heap_t *heap, const void *memory,
                                cistern_fault_kind_t *fault)
{
    const unsigned char *const raw = raw_of(heap, memory);
    const size_t bytes = HEAP_CALL(heap->index_bits, usable_size, heap, raw, fault);
    if (*fault == CISTERN_FAULT_NONE) {
        *fault = guard_kind(heap, raw, bytes);
    }
    return *fault == CISTERN_FAULT_NONE ? usable_by_caller(heap, raw, bytes) : 0;
}

void *(cistern_heap_alloc)(cistern_heap_t *heap, size_t size)
{
    cistern_fault_kind_t fault = CISTERN_FAULT_NONE;
    const cistern_critical_t state = cistern_critical_enter();
    void *const raw = HEAP_CALL(heap->index_bits, alloc, heap, raw_size(heap, size), &fault);
    void *const memory = dress(heap, raw, size);
    cistern_critical_leave(state);
    report(heap, NULL, fault);
    return memory;
}

void *(cistern_heap_aligned_alloc)(cistern_heap_t *heap, size_t alignment, size_t size)
{
    if (alignment == 0 || (alignment & (alignment - 1U)) != 0) {
        return NULL;
    }
    if (alignment <= heap->mask + 1U) {
        return (cistern_heap_alloc)(heap, size);
    }
    cistern_fault_kind_t fault = CISTERN_FAULT_NONE;
    const cistern_critical_t state = cistern_critical_enter();
    void *const raw =
        HEAP_CALL(heap->index_bits, aligned_alloc, heap, alignment, raw_size(heap, size), &fault);
    void *const memory = dress(heap, raw, size);
    cistern_critical_leave(state);
    report(heap, NULL, fault);
    return memory;
}

void *(cistern_heap_calloc)(cistern_heap_t *heap, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        const cistern_critical_t state = cistern_critical_enter();
        void *const none = count_failure(heap, size);
        cistern_critical_leave(state);
        return none;
    }
    void *const memory = (cistern_heap_alloc)(heap, count * size);
    return memory != NULL ? memset(memory, 0, count * size) : NULL;
}

/* Changes a block's size where it is: OK, ERROR_SIZE or ERROR_FAULT, which has been reported. */
static cistern_error_t resize_in_place(cistern_heap_t *heap, void *memory, size_t size,
                                       bool may_grow, size_t *old_size)
{
    cistern_fault_kind_t fault = CISTERN_FAULT_NONE;
    unsigned char *const raw = raw_of(heap, memory);
    const cistern_critical_t state = cistern_critical_enter();
    *old_size = sound_size(heap, memory, &fault);
    const bool done = fault == CISTERN_FAULT_NONE && (may_grow || size <= *old_size) &&
                      HEAP_CALL(heap->index_bits, resize, heap, raw, raw_size(heap, size), &fault);
    (void)HEAP_CALL(heap->index_bits, refuse, heap, fault);
    (void)dress(heap, done ? raw : NULL, size);
    cistern_critical_leave(state);
    report(heap, memory, fault);
    if (fault != CISTERN_FAULT_NONE) {
        return CISTERN_ERROR_FAULT;
    }
    return done ? CISTERN_OK : CISTERN_ERROR_SIZE;
}

/* Moves a block to one of `size` bytes. The old one stays where there is none. */
static void *move(cistern_heap_t *heap, void *memory, size_t old_size, size_t size)
{
    void *const moved = (cistern_heap_alloc)(heap, size);
    if (moved != NULL) {
        (void)memcpy(moved, memory, old_size < size ? old_size : size);
        (void)(cistern_heap_free)(heap, memory);
    }
    return moved;
}

void *(cistern_heap_realloc)(cistern_heap_t *heap, void *memory, size_t size)
{
    if (memory == NULL) {
        return (cistern_heap_alloc)(heap, size);
    }
    if (size == 0) {
        (void)(cistern_heap_free)(heap, memory);
        return NULL;
    }
    size_t old_size = 0;
    const cistern_error_t error = resize_in_place(heap, memory, size, true, &old_size);
    if (error == CISTERN_ERROR_SIZE) {
        return move(heap, memory, old_size, size);
    }
    return error == CISTERN_OK ? memory : NULL;
}

cistern_error_t cistern_heap_trim(cistern_heap_t *heap, void *memory, size_t size)
{
    size_t old_size = 0;
    return resize_in_place(heap, memory, size, false, &old_size);
}

/* Gives a block back whose guards are whole. In the critical section. */
#if CISTERN_HEAP_GUARDED
static inline cistern_fault_kind_t free_sound(cistern_heap_t *heap, const void *memory)
{
    cistern_fault_kind_t fault = CISTERN_FAULT_NONE;
    (void)sound_size(heap, memory, &fault);
    if (fault == CISTERN_FAULT_OVERFLOW || fault == CISTERN_FAULT_UNDERFLOW) {
        return fault;
    }
    return HEAP_CALL(heap->index_bits, free, heap, raw_of(heap, memory));
}
#else
static inline cistern_fault_kind_t free_sound(cistern_heap_t *heap, const void *memory)
{
    return HEAP_CALL(heap->index_bits, free, heap, memory);
}
#endif

cistern_error_t(cistern_heap_free)(cistern_heap_t *heap, void *memory)
{
    if (memory == NULL) {
        return CISTERN_OK;
    }
    const cistern_critical_t state = cistern_critical_enter();
    const cistern_fault_kind_t fault = free_sound(heap, memory);
    cistern_critical_leave(state);
    report(heap, memory, fault);
    return fault == CISTERN_FAULT_NONE ? CISTERN_OK : CISTERN_ERROR_FAULT;
}

size_t cistern_heap_usable_size(const cistern_heap_t *heap, const void *memory)
{
    if (memory == NULL) {
        return 0;
    }
    cistern_fault_kind_t fault = CISTERN_FAULT_NONE;
    const cistern_critical_t state = cistern_critical_enter();
    const size_t size = sound_size(heap, memory, &fault);
    cistern_critical_leave(state);
    report(heap, memory, fault);
    return size;
}

size_t cistern_heap_largest(const cistern_heap_t *heap)
{
    const cistern_critical_t state = cistern_critical_enter();
    const size_t size = HEAP_CALL(heap->index_bits, largest, heap);
    cistern_critical_leave(state);
    return caller_size(heap, size);
}

void cistern_heap_stats(const cistern_heap_t *heap, cistern_heap_stats_t *stats)
{
    const cistern_critical_t state = cistern_critical_enter();
    stats->name = heap->name;
    stats->bytes = heap->end;
    stats->used = heap->used;
    stats->max_used = heap->max_used;
    stats->free = heap->end - heap->used;
    stats->blocks = heap->blocks;
    stats->failures = heap->failures;
    cistern_critical_leave(state);
}

void cistern_heap_reset_max_used(cistern_heap_t *heap)
{
    const cistern_critical_t state = cistern_critical_enter();
    heap->max_used = heap->used;
    cistern_critical_leave(state);
}

size_t cistern_heap_walk(const cistern_heap_t *heap, cistern_heap_visit_t *visit, void *context)
{
    const cistern_critical_t state = cistern_critical_enter();
    const size_t shown = HEAP_CALL(heap->index_bits, walk, heap, visit, context);
    cistern_critical_leave(state);
    return shown;
}

bool cistern_heap_check(const cistern_heap_t *heap)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool sound = HEAP_CALL(heap->index_bits, check, heap);
    cistern_critical_leave(state);
    return sound;
}

#if CISTERN_CHECK >= 3

void *cistern_heap_tag(cistern_heap_t *heap, void *memory, const char *file, int line)
{
    if (memory != NULL) {
        const cistern_critical_t state = cistern_critical_enter();
        tag_owner(raw_of(heap, memory), file, line);
        cistern_critical_leave(state);
    }
    return memory;
}

cistern_error_t cistern_heap_free_at(cistern_heap_t *heap, void *memory, const char *file, int line)
{
    const cistern_error_t error = (cistern_heap_free)(heap, memory);
    if (memory != NULL && error == CISTERN_OK) {
        const cistern_heap_event_t event = {.address = memory, .file = file, .line = line};
        const cistern_critical_t state = cistern_critical_enter();
        heap->history[heap->events % CISTERN_HEAP_HISTORY] = event;
        ++heap->events;
        cistern_critical_leave(state);
    }
    return error;
}

#endif
