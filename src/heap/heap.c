/* SPDX-License-Identifier: BSD-3-Clause */
/* heap.c - the heap engine: blocks of any size from one arena.
 *
 * Words. The arena is memory from `base` on; an index is the offset of a byte of it. A block is a
 * header and a payload; it is free, in use, or in quarantine. Its neighbours are the blocks before
 * and after it in memory. The sentinel is a header, in use, after the last block; the chain of
 * neighbours is a ring through it, so that no block lacks a neighbour. The index of free blocks
 * finds one that is large enough: heap_first.h or heap_good.h. The top is the free block before the
 * sentinel, if that one is free: good fit keeps it in no list.
 *
 *   base                    block                                   top            end
 *   | prev next | payload   | prev next | links or payload    | ... | prev next |  | sentinel |
 *               ^ aligned               ^ aligned: what the caller gets
 *
 *   Header of a block at index b (16-bit indices: 4 bytes; 32: 8; size_t: 2 * sizeof(size_t))
 *     prev   index of the predecessor, the sentinel for the first block; lowest two bits: its state
 *     next   index of the successor; lowest two bits: the state of this block
 *   so that each boundary between blocks is described twice, once from either side. A write past
 *   a payload's end meets prev first: both neighbours' frees find it. No state is 0: zeros are no
 *   header. Two words of one value name two places that cannot both name this one: no pattern is
 *   one.
 *
 * The arena starts so that payloads, not headers, are aligned: a header of 4 bytes costs 4 bytes at
 * every alignment. With CISTERN_HEAP_CACHE_LINE a header has a line of its own.
 *
 * Invariants
 *   I1  Blocks start at multiples of the alignment, from 0 on; each has at least `min` bytes and
 *       ends where the next one starts; the last one ends at `end`, where the sentinel is.
 *   I2  Neighbours agree: prev(next(b)) = b and next(prev(b)) = b, for the sentinel too, and both
 *       sides of a boundary say the same state of the block before it.
 *   I3  No two free blocks are neighbours.
 *   I4  `used` is the sum of the bytes of the blocks in use, `blocks` their number, and
 *       `quarantined` the sum of the bytes of those in quarantine.
 *   I5  The index holds every free block and nothing else: see heap_first.h and heap_good.h.
 *   I6  A header that ceases to be one is overwritten (check level 1 and up), so that an address
 *       kept from an earlier life finds nothing there that agrees with its neighbours.
 *
 * heap_calls.h puts the critical section around the calls here, heap_guard.h the guards around
 * their payloads; heap_repair.c is entered when a check fails.
 */
#include "cistern/trace.h"
#include "heap_calls.h"

/* What the index serves a request with. */
HEAP_APART void *heap_hand_out(cistern_heap_t *heap, size_t block, size_t limit);
HEAP_APART void *heap_cut(cistern_heap_t *heap, size_t block, size_t need, size_t limit);
static void *heap_fail(cistern_heap_t *heap);

#if CISTERN_HEAP_FIT_IS_FIRST
#    include "heap_first.h"
#else
#    include "heap_good.h"
#endif

/* --- life ------------------------------------------------------------------------------------- */

void cistern_heap_lay_out(cistern_heap_t *heap)
{
    CISTERN_ASSERT((heap->end & heap->slack) == 0 && (heap->min & heap->slack) == 0); /* I1 */
    CISTERN_ASSERT(heap->min >= HEAP_LEAST_BLOCK && heap->min <= heap->end);          /* I1 */
    heap_join(heap, 0, heap->end, HEAP_FREE);
    heap_join(heap, heap->end, 0, HEAP_USED);
    heap_poison(heap_payload(heap, 0), heap->end - HEAP_HEAD);
    heap_index_reset(heap);
    heap_link(heap, 0, heap->end);
}

cistern_error_t cistern_heap_init(cistern_heap_t *heap, const cistern_heap_config_t *config)
{
    return heap_prepare(heap, config);
}

/* --- what is in use ------------------------------------------------------------------------- */

#if CISTERN_CHECK >= 1

static inline bool heap_is_live(const cistern_heap_t *heap, const void *payload)
{
    const size_t offset = heap_offset(heap, payload);
    return offset < heap->end && heap_is_aligned(offset) && heap_ends(heap, offset, HEAP_USED) &&
           heap_begins(heap, offset);
}

bool cistern_heap_is_live(const cistern_heap_t *heap, const void *payload)
{
    return heap_is_live(heap, payload);
}

#else

static inline bool heap_is_live(const cistern_heap_t *heap, const void *payload)
{
    return cistern_heap_is_live(heap, payload);
}

#endif

/* --- alloc -------------------------------------------------------------------------------------
 */

/* Block bytes for a payload of `size`, which the arena can hold. */
static inline size_t heap_block_bytes(const cistern_heap_t *heap, size_t size)
{
    const size_t slack = heap->slack;
    const size_t bytes = (size + HEAP_HEAD + slack) & ~slack;
    CISTERN_ASSERT(bytes >= size + HEAP_HEAD); /* I1 */
    return bytes > heap->min ? bytes : heap->min;
}

/* Answers a request for which there is no block. */
static void *heap_fail(cistern_heap_t *heap)
{
    if (heap->failures != (cistern_heap_index_t)-1) {
        ++heap->failures;
    }
    return NULL;
}

/* Hands a block out that is in no list and ends at `limit`: its payload. */
HEAP_APART void *heap_hand_out(cistern_heap_t *heap, size_t block, size_t limit)
{
    CISTERN_ASSERT(limit - block >= heap->min && limit <= heap->end); /* I1 */
    heap_join(heap, block, limit, HEAP_USED);
    ++heap->blocks;
    heap->used += limit - block;
    if (heap->used > heap->max_used) {
        heap->max_used = heap->used;
    }
    CISTERN_ASSERT(heap->used <= heap->end && heap->blocks != 0); /* I4 */
    heap_hide(heap_payload(heap, block));
    return heap_payload(heap, block);
}

/* Hands out `need` bytes of a block that is in no list and ends at `limit`, and makes a free block of
 * the rest, unless that would be too small.
 *   | block ................. | limit        | block need | rest ...... | limit       */
HEAP_APART void *heap_cut(cistern_heap_t *heap, size_t block, size_t need, size_t limit)
{
    const size_t rest = block + need;
    CISTERN_ASSERT(limit - block >= need && need >= heap->min); /* I1 */
    if (limit - rest >= heap->min) {
        heap_join(heap, rest, limit, HEAP_FREE);
        heap_link(heap, rest, limit - rest);
        limit = rest;
    }
    return heap_hand_out(heap, block, limit);
}

/* Size 0 is no failure. */
void *cistern_heap_take(cistern_heap_t *heap, size_t size)
{
    if (size - 1U >= heap->most) {
        return size != 0 ? heap_fail(heap) : NULL;
    }
    return heap_serve(heap, heap_block_bytes(heap, size));
}

/* How far into `block` one must begin so that what the caller gets is aligned, when what lies
 * before becomes a free block: the distance must be enough for one, else the next aligned address
 * is taken. */
static size_t heap_gap(const cistern_heap_t *heap, size_t block, size_t alignment)
{
    CISTERN_ASSERT((alignment & (alignment - 1U)) == 0 && alignment > heap->slack);
    CISTERN_ASSERT(block < heap->end && (block & heap->slack) == 0); /* I1 */
    const uintptr_t memory = (uintptr_t)heap_payload(heap, block) + heap_front(heap);
    const size_t gap = (size_t)(0U - memory) & (alignment - 1U);
    if (gap == 0 || gap >= heap->min) {
        return gap;
    }
    return gap + ((heap->min - gap + alignment - 1U) & (0U - alignment));
}

/* What lies before the aligned block was free, so that its predecessor is not (I3): it becomes a
 * free block of its own, without a neighbour that could be damaged.
 *   | block ..................... |      | block (free) | aligned need | rest (free) |   */
void *cistern_heap_take_aligned(cistern_heap_t *heap, size_t alignment, size_t size)
{
    const size_t slack = alignment + heap->min;
    const size_t max_used = heap->max_used;
    const size_t least =
        heap->min - HEAP_HEAD; /* what remains behind the gap is a block too (I1) */
    const size_t bytes = size < least ? least : size;
    unsigned char *const payload = (unsigned char *)cistern_heap_take(
        heap, size == 0 || bytes > SIZE_MAX - slack ? size : bytes + slack);
    if (payload == NULL || payload == HEAP_DAMAGED) {
        return payload;
    }
    const size_t block = heap_offset(heap, payload);
    const size_t gap = heap_gap(heap, block, alignment);
    if (gap != 0) {
        heap_join(heap, block + gap, heap_next(heap, block), HEAP_USED);
        heap_join(heap, block, block + gap, HEAP_FREE);
        heap_hide(payload + gap);
        heap_poison(payload, HEAP_LEAST);
        heap_link(heap, block, gap);
        heap->used -= gap;
    }
    (void)cistern_heap_resize(heap, payload + gap, size, false);
    heap->max_used = heap->used > max_used ? heap->used : max_used;
    return payload + gap;
}

/* --- free --------------------------------------------------------------------------------------
 */

/* Makes a free block that begins at `start` and ends at `limit` of a live one of `bytes`, and of
 * neighbours that are in the index no more. */
HEAP_APART bool heap_set_free(cistern_heap_t *heap, size_t start, size_t limit, size_t bytes)
{
    CISTERN_ASSERT(heap->used >= bytes && heap->blocks != 0); /* I4 */
    heap->used -= bytes;
    --heap->blocks;
    CISTERN_ASSERT((heap->used == 0) == (heap->blocks == 0)); /* I4 */
    heap_join(heap, start, limit, HEAP_FREE);
    heap_link(heap, start, limit - start);
    return true;
}

/* Ends the lives of the header of a live block that merges, with its neighbours, from `start` to
 * `limit`, and of its successor's (I6); then as heap_set_free. */
static inline bool heap_fuse(cistern_heap_t *heap, size_t start, size_t block, size_t limit)
{
    CISTERN_ASSERT(start <= block && block < limit && limit <= heap->end); /* I1 */
    const size_t next = heap_at(heap, block)->next - HEAP_USED;
    heap_poison(heap_payload(heap, block), HEAP_LEAST);
    if (limit != next) {
        heap_forget(heap, next);
        heap_poison(heap_payload(heap, next), HEAP_LINKS_BYTES);
    }
    if (start != block) {
        heap_forget(heap, block);
    }
    return heap_set_free(heap, start, limit, next - block);
}

/* Frees a live block whose successor is free and in a list; what it takes in before it begins at
 * `start`. False if the successor is damaged.
 *   | start .. | block | next free | limit
 *   | start free ................. | limit   */
HEAP_APART bool heap_merge_listed(cistern_heap_t *heap, size_t start, size_t block)
{
    const size_t next = heap_at(heap, block)->next - HEAP_USED;
    const size_t limit = heap_at(heap, next)->next - HEAP_FREE;
    return heap_ends(heap, next, HEAP_FREE) && heap_unlink(heap, next) &&
           heap_fuse(heap, start, block, limit);
}

/* Frees a live block; what it takes in before it begins at `start`. */
HEAP_APART bool heap_merge_next(cistern_heap_t *heap, size_t start, size_t block)
{
    const size_t next = heap_at(heap, block)->next - HEAP_USED;
    size_t limit = next;
    CISTERN_ASSERT(heap_state(heap, block) == HEAP_USED && start <= block); /* I2 */
    if (heap_leave_top(heap, next)) {
        limit = heap->end;
    } else if (heap_state(heap, next) == HEAP_FREE) {
        return heap_merge_listed(heap, start, block);
    }
    return heap_fuse(heap, start, block, limit);
}

/* False if the payload is none of a block in use, or damage is in the way: then no header has been
 * changed, the index may have been. */
bool cistern_heap_give(cistern_heap_t *heap, const void *payload)
{
    const size_t block = heap_offset(heap, payload);
    if (!heap_is_live(heap, payload)) {
        return false;
    }
    size_t start = block;
    if ((heap_at(heap, block)->prev & HEAP_STATES) == HEAP_FREE) {
        start = heap_at(heap, block)->prev - HEAP_FREE;
        if (!heap_unlink(heap, start)) {
            return false;
        }
    }
    return heap_merge_next(heap, start, block);
}

/* --- resize ------------------------------------------------------------------------------------
 */

/* Gives a live block `need` bytes of those up to `limit`, its end or that of a free successor.
 * False if the successor is damaged.
 *   | block | next free ... | limit      | block need .. | rest | limit   */
static bool heap_extend(cistern_heap_t *heap, size_t block, size_t limit, size_t need)
{
    CISTERN_ASSERT(limit - block >= need && limit <= heap->end); /* I1 */
    const size_t next = heap_next(heap, block);
    if (limit != next) {
        if (!heap_leave_top(heap, next) && !heap_unlink(heap, next)) {
            return false;
        }
        heap_forget(heap, next);
        heap_poison(heap_payload(heap, next), HEAP_LINKS_BYTES);
    }
    heap->used -= next - block;
    --heap->blocks;
    (void)heap_cut(heap, block, need, limit);
    return true;
}

cistern_error_t cistern_heap_resize(cistern_heap_t *heap, const void *payload, size_t size,
                                    bool may_grow)
{
    if (!heap_is_live(heap, payload)) {
        return CISTERN_ERROR_FAULT;
    }
    const size_t block = heap_offset(heap, payload);
    const size_t next = heap_next(heap, block);
    size_t limit = next;
    if (heap_is_top(heap, next)) {
        limit = heap->end;
    } else if (heap_state(heap, next) == HEAP_FREE) {
        if (!heap_ends(heap, next, HEAP_FREE)) {
            return CISTERN_ERROR_FAULT;
        }
        limit = heap_next(heap, next);
    }
    if (size - 1U >= heap->most || limit - block < heap_block_bytes(heap, size) ||
        (size > next - block - HEAP_HEAD && !may_grow)) {
        return CISTERN_ERROR_SIZE;
    }
    return heap_extend(heap, block, limit, heap_block_bytes(heap, size)) ? CISTERN_OK
                                                                         : CISTERN_ERROR_FAULT;
}

/* --- for heap_repair.c --------------------------------------------------------------------------
 */

void cistern_heap_index_reset(cistern_heap_t *heap)
{
    heap_index_reset(heap);
}

void cistern_heap_index_add(cistern_heap_t *heap, size_t block, size_t bytes)
{
    heap_link(heap, block, bytes);
}
