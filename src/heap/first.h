/* first.h - first fit: the lowest free block that is large enough. Included by core.h.
 *
 * The index is one number, `lowest`: no free block lies below it, and a block or the sentinel
 * starts there (I5). Free blocks carry no links.
 */

/* Bytes of a free block's payload that the index takes. */
#define HEAP_LINKS_BYTES 0U

static inline void index_reset(cistern_heap_t *heap)
{
    heap->index.lowest = heap->end;
}

static inline void index_insert(cistern_heap_t *heap, size_t block, size_t bytes)
{
    (void)bytes;
    heap->index.lowest = block < heap->index.lowest ? block : heap->index.lowest;
}

static inline bool index_remove(cistern_heap_t *heap, size_t block, size_t bytes)
{
    heap->index.lowest = block == heap->index.lowest ? block + bytes : heap->index.lowest;
    return true;
}

#if CISTERN_CHECK >= 1

/* True iff the walk may go on from `block`: up, and to a block that agrees. */
static inline bool can_step(const cistern_heap_t *heap, size_t block)
{
    return next_of(heap, block) > block &&
           reaches(heap, block, block_at(heap, block)->next & USED);
}

#else

static inline bool can_step(const cistern_heap_t *heap, size_t block)
{
    (void)heap;
    (void)block;
    return true;
}

#endif

static inline bool index_take(cistern_heap_t *heap, found_t found)
{
    return index_remove(heap, found.block, next_of(heap, found.block) - found.block);
}

/* The lowest free block of at least `need` bytes, or none; a block whose successor does not agree is
 * given as it is, for the caller to refuse. Each step goes up, so at most end / min of them. */
static found_t index_find(const cistern_heap_t *heap, size_t need)
{
    found_t found = {.block = heap->index.lowest};
    while (found.block != heap->end) {
        const size_t next = next_of(heap, found.block);
        if (!can_step(heap, found.block) ||
            (!is_used(heap, found.block) && next - found.block >= need)) {
            return found;
        }
        found.block = next;
    }
    found.block = NO_BLOCK;
    return found;
}

/* Bytes of the largest free block, or 0. Ends at damage; each step goes up. */
static size_t index_largest(const cistern_heap_t *heap)
{
    size_t largest = 0;
    size_t block = heap->index.lowest;
    while (block < heap->end && next_of(heap, block) > block) {
        const size_t bytes = next_of(heap, block) - block;
        largest = !is_used(heap, block) && bytes > largest ? bytes : largest;
        block += bytes;
    }
    return largest;
}

/* Verifies I5: the blocks from `lowest` on hold all the free bytes there are. */
static bool index_check(const cistern_heap_t *heap, const heap_sums_t *sums)
{
    size_t bytes = 0;
    size_t block = 0;
    while (block < heap->index.lowest) {
        block = next_of(heap, block);
    }
    const bool starts_a_block = block == heap->index.lowest;
    while (block != heap->end) {
        bytes += is_used(heap, block) ? 0 : next_of(heap, block) - block;
        block = next_of(heap, block);
    }
    return starts_a_block && bytes == sums->free_bytes;
}
