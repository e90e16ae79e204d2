/* heap.c - the heap engine: blocks of any size from one arena. Here are the words and the calls that
 * are alike for each width of index; core.h has the rest.
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
 *   I1  Blocks start at multiples of the alignment, from 0 on; each has at least `min` bytes and ends
 *       where the next one starts; the last one ends at `end`, where the sentinel is.
 *   I2  Neighbours agree: prev(next(b)) = b and next(prev(b)) = b, for the sentinel too, and both
 *       sides of a boundary tell the same state of the block before it.
 *   I3  No two free blocks are neighbours.
 *   I4  `used` is the sum of the bytes of the blocks in use and `blocks` their number.
 *   I5  The index holds every free block and nothing else: see first.h and good.h.
 *   I6  A header that ceases to be one is set to 0 (check level 1 and up), so that an address kept
 *       from an earlier life finds nothing there that agrees with its neighbours.
 */
#include "cistern/heap.h"

#include <string.h>

#include "cistern/critical.h"
#include "cistern/fault.h"
#include "guard.h"
#include "widths.h"

void cistern_heap_raise(const cistern_heap_t *heap, const void *address, cistern_fault_kind_t kind)
{
    cistern_fault_t fault = {.kind = kind, .object = heap, .address = address, .name = heap->name};
    name_culprit(heap, &fault);
    cistern_fault_raise(&fault);
}

/* --- the calls that depend on the width -------------------------------------------------------- */

#if HEAP_WIDTHS > 1

/* The narrowest width of index that can name the last of `bytes`. */
static unsigned bits_for(size_t bytes)
{
    const size_t last = bytes - 1U;
    return last >> 16U == 0 ? 16U : last >> 16U >> 16U == 0 ? 32U : 64U;
}

cistern_error_t cistern_heap_init(cistern_heap_t *heap, const cistern_heap_config_t *config)
{
    const unsigned bits = config != NULL ? bits_for(config->bytes) : 16U;
    return HEAP_CALL(bits, init, heap, config);
}

void *(cistern_heap_alloc)(cistern_heap_t *heap, size_t size)
{
    return HEAP_CALL(heap->index_bits, alloc, heap, size);
}

void *(cistern_heap_aligned_alloc)(cistern_heap_t *heap, size_t alignment, size_t size)
{
    return HEAP_CALL(heap->index_bits, aligned_alloc, heap, alignment, size);
}

cistern_error_t(cistern_heap_free)(cistern_heap_t *heap, void *memory)
{
    return HEAP_CALL(heap->index_bits, free, heap, memory);
}

size_t cistern_heap_usable_size(const cistern_heap_t *heap, const void *memory)
{
    return HEAP_CALL(heap->index_bits, usable_size, heap, memory);
}

bool cistern_heap_is_in_use(const cistern_heap_t *heap, const void *memory)
{
    return HEAP_CALL(heap->index_bits, is_in_use, heap, memory);
}

size_t cistern_heap_largest(const cistern_heap_t *heap)
{
    return HEAP_CALL(heap->index_bits, largest, heap);
}

size_t cistern_heap_walk(const cistern_heap_t *heap, cistern_heap_visit_t *visit, void *context)
{
    return HEAP_CALL(heap->index_bits, walk, heap, visit, context);
}

bool cistern_heap_check(const cistern_heap_t *heap)
{
    return HEAP_CALL(heap->index_bits, check, heap);
}

#endif

/* --- the calls that do not -------------------------------------------------------------------- */

void *(cistern_heap_calloc)(cistern_heap_t *heap, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        const cistern_critical_t state = cistern_critical_enter();
        count_failure(heap, size);
        cistern_critical_leave(state);
        return NULL;
    }
    void *const memory = (cistern_heap_alloc)(heap, count * size);
    return memory != NULL ? memset(memory, 0, count * size) : NULL;
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
    const cistern_error_t error =
        HEAP_CALL(heap->index_bits, resize, heap, memory, size, true, &old_size);
    if (error == CISTERN_ERROR_SIZE) {
        return move(heap, memory, old_size, size);
    }
    return error == CISTERN_OK ? memory : NULL;
}

cistern_error_t cistern_heap_trim(cistern_heap_t *heap, void *memory, size_t size)
{
    size_t old_size = 0;
    return HEAP_CALL(heap->index_bits, resize, heap, memory, size, false, &old_size);
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
    leave_changed(heap, state);
}

#if CISTERN_CHECK >= 3

void *cistern_heap_tag(cistern_heap_t *heap, void *memory, const char *file, int line)
{
    if (memory != NULL) {
        const cistern_critical_t state = cistern_critical_enter();
        tag_owner((unsigned char *)memory - front(heap), file, line);
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
