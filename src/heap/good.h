/* good.h - good fit in constant time: lists of free blocks by size. Included by core.h.
 *
 *   map      ... 0 1 0 0 1    bit c: list c is not empty
 *   heads    ... . | . . |    first free block of each list; the sentinel where there is none
 *                  v     v
 *                block  block <-> block
 *
 * List c holds sizes of one class: below 64 bytes 8 bytes wide, above that an eighth of the power
 * of two below: 64, 72, .. 120, 128, 144, .. 240, 256, 288 .. A request looks at the first
 * CISTERN_HEAP_LOOKS blocks of its own list, where not every block is large enough, and else takes
 * the first block of the next list that is not empty, where every block is.
 *
 * A list is doubly linked. The first block's `prev` link names its list, as 2 * c + 1: odd, as no
 * index is. The last block's `next` link is the sentinel, whose own links are written and never
 * followed: it takes the store that would otherwise need a branch.
 */

#define HEAP_LINKS_BYTES sizeof(links_t)

/* Lists for this width: see CISTERN_HEAP_LISTS. */
#define HEAP_LIST_COUNT (sizeof(((cistern_heap_t *)0)->index.heads.HEAP(in)) / sizeof(HEAP_INDEX))

static inline HEAP_INDEX *list_head(cistern_heap_t *heap, size_t list)
{
    return &heap->index.heads.HEAP(in)[list];
}

static inline size_t list_first(const cistern_heap_t *heap, size_t list)
{
    return heap->index.heads.HEAP(in)[list];
}

static void index_reset(cistern_heap_t *heap)
{
    const links_t none = {(HEAP_INDEX)heap->end, (HEAP_INDEX)heap->end};
    *links_at(heap, heap->end) = none;
    heap->index.summary = 0;
    for (size_t word = 0; word < CISTERN_HEAP_MAP_WORDS; ++word) {
        heap->index.map[word] = 0;
    }
    for (size_t list = 0; list < HEAP_LIST_COUNT; ++list) {
        *list_head(heap, list) = (HEAP_INDEX)heap->end;
    }
}

/*   head -> first ..      head -> block -> first ..   */
static inline void index_insert(cistern_heap_t *heap, size_t block, size_t bytes)
{
    const size_t list = list_of(bytes);
    const HEAP_INDEX first = *list_head(heap, list);
    const links_t links = {first, (HEAP_INDEX)LIST_MARK(list)};
    *links_at(heap, block) = links;
    links_at(heap, first)->prev = (HEAP_INDEX)block;
    *list_head(heap, list) = (HEAP_INDEX)block;
    map_set(&heap->index, list);
}

/*   .. prev <-> block <-> next ..      .. prev <-> next ..   */
static inline void index_remove(cistern_heap_t *heap, size_t block)
{
    const links_t links = *links_at(heap, block);
    links_at(heap, links.next)->prev = links.prev;
    if ((links.prev & 1U) == 0) {
        links_at(heap, links.prev)->next = links.next;
        return;
    }
    const size_t list = links.prev / 2U;
    *list_head(heap, list) = links.next;
    if (links.next == heap->end) {
        map_clear(&heap->index, list);
    }
}

#if CISTERN_CHECK >= 1

/* True iff the links of `block`, which is free and within, lead to blocks or a list that lead back
 * (I5). */
static inline bool index_sound(const cistern_heap_t *heap, size_t block)
{
    const links_t links = *links_at(heap, block);
    if (!within(heap, links.next) ||
        (links.next != heap->end && links_at(heap, links.next)->prev != block)) {
        return false;
    }
    if ((links.prev & 1U) != 0) {
        return links.prev / 2U < HEAP_LIST_COUNT && list_first(heap, links.prev / 2U) == block;
    }
    return within(heap, links.prev) && links_at(heap, links.prev)->next == block;
}

/* True iff a list may be followed from one of its blocks to `next`. */
static inline bool can_follow(const cistern_heap_t *heap, size_t next)
{
    return within(heap, next);
}

#else

static inline bool can_follow(const cistern_heap_t *heap, size_t next)
{
    (void)heap;
    (void)next;
    return true;
}

#endif

/* The first block of at least `need` bytes among the first CISTERN_HEAP_LOOKS of a list, or
 * NO_BLOCK. A block with a damaged link is given as it is, for the caller to refuse. */
static inline size_t list_look(const cistern_heap_t *heap, size_t list, size_t need)
{
    size_t block = list_first(heap, list);
    for (unsigned looks = 0; looks < CISTERN_HEAP_LOOKS && block != heap->end; ++looks) {
        const size_t next = links_at(heap, block)->next;
        if (next_of(heap, block) - block >= need || !can_follow(heap, next)) {
            return block;
        }
        block = next;
    }
    return NO_BLOCK;
}

/* A free block of at least `need` bytes, or NO_BLOCK. Constant time. */
static inline size_t index_find(const cistern_heap_t *heap, size_t need)
{
    const size_t own = list_of(need);
    const size_t block = list_look(heap, own, need);
    if (block != NO_BLOCK) {
        return block;
    }
    const size_t list = map_next(&heap->index, own + 1U);
    return list != NO_LIST ? list_first(heap, list) : NO_BLOCK;
}

/* Bytes of the largest block that index_find would give, or 0. Constant time. */
static size_t index_largest(const cistern_heap_t *heap)
{
    const size_t list = map_last(&heap->index);
    size_t block = list != NO_LIST ? list_first(heap, list) : heap->end;
    size_t largest = 0;
    for (unsigned looks = 0; looks < CISTERN_HEAP_LOOKS && block != heap->end; ++looks) {
        const size_t bytes = next_of(heap, block) - block;
        const size_t next = links_at(heap, block)->next;
        largest = bytes > largest ? bytes : largest;
        block = can_follow(heap, next) ? next : heap->end;
    }
    return largest;
}

/* Verifies one list and takes its blocks off the sums; ends on a loop, as these then run out. */
static bool list_check(const cistern_heap_t *heap, size_t list, heap_sums_t *sums)
{
    size_t before = LIST_MARK(list);
    size_t block = list_first(heap, list);
    while (block != heap->end) {
        if (sums->free_blocks == 0 || block > heap->end || (block & heap->mask) != 0) {
            return false;
        }
        const size_t bytes = next_of(heap, block) - block;
        if (is_used(heap, block) || links_at(heap, block)->prev != before ||
            list_of(bytes) != list) {
            return false;
        }
        --sums->free_blocks;
        sums->free_bytes -= bytes;
        before = block;
        block = links_at(heap, block)->next;
    }
    return map_get(&heap->index, list) == (list_first(heap, list) != heap->end);
}

/* Verifies I5: each free block is in the list of its size, and the maps name the lists. */
static bool index_check(const cistern_heap_t *heap, const heap_sums_t *sums)
{
    heap_sums_t left = *sums;
    for (size_t list = 0; list < HEAP_LIST_COUNT; ++list) {
        if (!list_check(heap, list, &left)) {
            return false;
        }
    }
    for (size_t word = 0; word < CISTERN_HEAP_MAP_WORDS; ++word) {
        if ((((heap->index.summary >> word) & 1U) != 0) != (heap->index.map[word] != 0)) {
            return false;
        }
    }
    return left.free_blocks == 0 && left.free_bytes == 0;
}
