/* SPDX-License-Identifier: BSD-3-Clause */
/* heap_first.h - first fit: the lowest free block that is large enough. Included by heap.c.
 *
 * The index is one number, `lowest`: no free block lies below it, and a block or the sentinel
 * starts there (I5). Free blocks carry no links. The top is the last block that the walk meets.
 */

static inline void heap_index_reset(cistern_heap_t *heap)
{
    heap->lowest = heap->end;
}

static inline void heap_link(cistern_heap_t *heap, size_t block, size_t bytes)
{
    (void)bytes;
    CISTERN_ASSERT(bytes >= heap->min && block + bytes <= heap->end); /* I1 */
    CISTERN_ASSERT(heap_state(heap, block) == HEAP_FREE);             /* I5 */
    if (block < heap->lowest) {
        heap->lowest = (cistern_heap_index_t)block;
    }
}

static inline bool heap_unlink(cistern_heap_t *heap, size_t block)
{
    CISTERN_ASSERT(heap_state(heap, block) == HEAP_FREE); /* I5 */
    if (block == heap->lowest) {
        heap->lowest = (cistern_heap_index_t)heap_next(heap, block);
    }
    return true;
}

/* There is no top. */
static inline bool heap_is_top(const cistern_heap_t *heap, size_t block)
{
    (void)heap;
    (void)block;
    return false;
}

static inline bool heap_leave_top(const cistern_heap_t *heap, size_t block)
{
    (void)heap;
    (void)block;
    return false;
}

/* True if the walk may not go on from `block`: with checks, if it does not lead up to one that
 * agrees. */
static inline bool heap_is_astray(const cistern_heap_t *heap, size_t block)
{
    return !heap_ends(heap, block, heap_state(heap, block));
}

/* Serves a request from the lowest free block of at least `need` bytes. Each step goes up, so at
 * most end / min of them. */
static inline void *heap_serve(cistern_heap_t *heap, size_t need)
{
    CISTERN_ASSERT(heap->lowest <= heap->end && need >= heap->min); /* I1, I5 */
    size_t block = heap->lowest;
    while (block != heap->end) {
        const size_t next = heap_next(heap, block);
        if (heap_is_astray(heap, block)) {
            return HEAP_DAMAGED;
        }
        if (heap_state(heap, block) == HEAP_FREE && next - block >= need) {
            (void)heap_unlink(heap, block);
            return heap_cut(heap, block, need, next);
        }
        block = next;
    }
    return heap_fail(heap);
}

/* Ends at damage; each step goes up. */
size_t cistern_heap_index_largest(const cistern_heap_t *heap)
{
    size_t largest = 0;
    size_t block = heap->lowest;
    while (block != heap->end) {
        const size_t next = heap_next(heap, block);
        if (heap_is_astray(heap, block)) {
            return largest;
        }
        if (heap_state(heap, block) == HEAP_FREE && next - block > largest) {
            largest = next - block;
        }
        block = next;
    }
    return largest;
}

/* The blocks from `lowest` on hold all the free bytes there are. */
bool cistern_heap_index_check(const cistern_heap_t *heap, size_t free_bytes, size_t free_blocks)
{
    size_t bytes = 0;
    size_t blocks = 0;
    size_t block = 0;
    while (block < heap->lowest) {
        block = heap_next(heap, block);
    }
    const bool starts_a_block = block == heap->lowest;
    for (; block != heap->end; block = heap_next(heap, block)) {
        if (heap_state(heap, block) == HEAP_FREE) {
            bytes += heap_next(heap, block) - block;
            ++blocks;
        }
    }
    return starts_a_block && bytes == free_bytes && blocks == free_blocks;
}
