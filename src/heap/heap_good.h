/* heap_good.h - good fit in constant time: lists of free blocks by size. Included by heap.c.
 *
 *   map      ... 0 1 0 0 1    bit c: list c is not empty
 *   heads    ... . | . . |    first free block of each list; NONE where there is none
 *                  v     v
 *                block  block <-> block
 *   top      the last block, if it is free: in no list
 *
 * List c holds sizes of one class, an eighth of the power of two below wide: 128, 144, .. 240, 256,
 * 288 .. With 32-bit indices on 64-bit processors, where memory for lists is no matter, it is a
 * sixteenth. A request takes the first block of its own list if that is large enough, else the
 * first block of the next list that is not empty, where every block is, else one of the next few of
 * its own list, and only then cuts from the top. So the largest piece stays whole, and a device
 * with few blocks and a large rest needs no list.
 *
 * A list is doubly linked; NONE is before its first block and after its last.
 */
#include "bits.h"

/* A link is an index and 4: zeros are none, and as no state is 0 a link is no word of a header.
 * NONE is above every index. */
#define HEAP_LINK ((size_t)4)
#define HEAP_NONE ((size_t)(cistern_heap_index_t)~3U)

#define HEAP_LISTS ((size_t)CISTERN_HEAP_LISTS)

static inline heap_links_t *heap_links(const cistern_heap_t *heap, size_t block)
{
    return (heap_links_t *)(void *)heap_payload(heap, block);
}

/* The list for blocks of `bytes`. */
static inline size_t heap_list_of(size_t bytes)
{
    const unsigned shift =
        heap_highest_bit((heap_bits_t)(bytes | CISTERN_HEAP_LIST_FROM)) - CISTERN_HEAP_LIST_SHIFT;
    return ((size_t)shift << CISTERN_HEAP_LIST_SHIFT) + (bytes >> shift) - CISTERN_HEAP_FIRST_CLASS;
}

/* --- which lists are not empty ---------------------------------------------------------------- */

static inline void heap_map_set(cistern_heap_t *heap, size_t list)
{
    CISTERN_ASSERT(list < HEAP_LISTS);
    heap->map[list / CISTERN_HEAP_WORD_BITS] |= (size_t)1 << (list % CISTERN_HEAP_WORD_BITS);
}

/* The list's bit is set. */
static inline void heap_map_clear(cistern_heap_t *heap, size_t list)
{
    CISTERN_ASSERT((heap->map[list / CISTERN_HEAP_WORD_BITS] >> (list % CISTERN_HEAP_WORD_BITS)) &
                   1U);
    heap->map[list / CISTERN_HEAP_WORD_BITS] ^= (size_t)1 << (list % CISTERN_HEAP_WORD_BITS);
}

/* The first list from `list` on that is not empty, or HEAP_LISTS. At most a step for each word of
 * the map: two or three for 16-bit indices, seven for others. */
static inline size_t heap_map_next(const cistern_heap_t *heap, size_t list)
{
    size_t word = list / CISTERN_HEAP_WORD_BITS;
    size_t bits = heap->map[word] >> (list % CISTERN_HEAP_WORD_BITS);
    if (bits != 0) {
        return list + heap_lowest_bit(bits);
    }
    while (++word != CISTERN_HEAP_MAP_WORDS) {
        bits = heap->map[word];
        if (bits != 0) {
            return word * CISTERN_HEAP_WORD_BITS + heap_lowest_bit(bits);
        }
    }
    return HEAP_LISTS;
}

/* The last list that is not empty, or HEAP_LISTS. */
static inline size_t heap_map_last(const cistern_heap_t *heap)
{
    for (size_t word = CISTERN_HEAP_MAP_WORDS; word-- != 0;) {
        if (heap->map[word] != 0) {
            return word * CISTERN_HEAP_WORD_BITS + heap_highest_bit((heap_bits_t)heap->map[word]);
        }
    }
    return HEAP_LISTS;
}

/* --- links -------------------------------------------------------------------------------------
 */

#if CISTERN_CHECK >= 1

/* True if a word of a list may be a link. */
static inline bool heap_is_link(const cistern_heap_t *heap, size_t word)
{
    const size_t block = word - HEAP_LINK;
    return block < heap->end && (block & heap->slack) == 0;
}

/* True if `back`, a word of the list, names `block`. */
static inline bool heap_names(const cistern_heap_index_t *back, size_t block)
{
    return *back == block + HEAP_LINK;
}

#else

static inline bool heap_is_link(const cistern_heap_t *heap, size_t word)
{
    (void)heap;
    (void)word;
    return true;
}

static inline bool heap_names(const cistern_heap_index_t *back, size_t block)
{
    (void)back;
    (void)block;
    return true;
}

#endif

/* Makes `before` the one before the block that the link `after` of `block` names. False if the link
 * is damaged. */
static inline bool heap_relink(cistern_heap_t *heap, size_t after, size_t block, size_t before)
{
    if (!heap_is_link(heap, after)) {
        return false;
    }
    heap_links_t *const links = heap_links(heap, after - HEAP_LINK);
    if (!heap_names(&links->before, block)) {
        return false;
    }
    links->before = (cistern_heap_index_t)before;
    return true;
}

/* --- the index ---------------------------------------------------------------------------------
 */

static inline void heap_index_reset(cistern_heap_t *heap)
{
    heap->top = heap->end;
    (void)memset(heap->map, 0, sizeof(heap->map));
    for (size_t list = 0; list < HEAP_LISTS; ++list) {
        heap->heads[list] = HEAP_NONE;
    }
}

/*   head -> first ..      head -> block -> first ..   */
static inline void heap_link(cistern_heap_t *heap, size_t block, size_t bytes)
{
    CISTERN_ASSERT(bytes >= heap->min && block + bytes <= heap->end); /* I1 */
    CISTERN_ASSERT(heap_state(heap, block) == HEAP_FREE);             /* I5 */
    if (block + bytes == heap->end) {
        heap->top = (cistern_heap_index_t)block;
        return;
    }
    const size_t list = heap_list_of(bytes);
    CISTERN_ASSERT(list < HEAP_LISTS); /* I5 */
    const size_t first = heap->heads[list];
    heap_links(heap, block)->after = (cistern_heap_index_t)first;
    heap->heads[list] = (cistern_heap_index_t)(block + HEAP_LINK);
    if (first != HEAP_NONE) {
        heap_links(heap, first - HEAP_LINK)->before = (cistern_heap_index_t)(block + HEAP_LINK);
    } else {
        heap_map_set(heap, list);
    }
    heap_links(heap, block)->before = (cistern_heap_index_t)HEAP_NONE;
}

/* Takes a block that ends at `limit` out of its list, or makes it the top no more. False if a link
 * is damaged: then nothing has been changed.
 *   .. before <-> block <-> after ..      .. before <-> after ..   */
static inline bool heap_unlink(cistern_heap_t *heap, size_t block, size_t limit)
{
    CISTERN_ASSERT(limit <= heap->end);                   /* I1 */
    CISTERN_ASSERT(heap_state(heap, block) == HEAP_FREE); /* I5 */
    if (limit == heap->end) {
        heap->top = heap->end;
        return true;
    }
    const size_t before = heap_links(heap, block)->before;
    const size_t after = heap_links(heap, block)->after;
    cistern_heap_index_t *word = NULL;
    size_t list = HEAP_LISTS;
    if (before == HEAP_NONE) {
        list = heap_list_of(limit - block);
        word = &heap->heads[list];
    } else if (heap_is_link(heap, before)) {
        word = &heap_links(heap, before - HEAP_LINK)->after;
    } else {
        return false;
    }
    if (!heap_names(word, block)) {
        return false;
    }
    if (after != HEAP_NONE) {
        if (!heap_relink(heap, after, block, before)) {
            return false;
        }
    } else if (list != HEAP_LISTS) {
        heap_map_clear(heap, list);
    }
    *word = (cistern_heap_index_t)after;
    return true;
}

/* True if the block was the top: it is no more. What its header and the sentinel's say need not be
 * verified, as both are written anew. */
static inline bool heap_leave_top(cistern_heap_t *heap, size_t block)
{
    const bool is_top = block == heap->top;
    if (is_top) {
        heap->top = heap->end;
    }
    return is_top;
}

/* What the index gives for a request. */
typedef struct heap_found {
    size_t block; /* or HEAP_NOWHERE */
    size_t list;  /* whose first block it is, or HEAP_LISTS */
} heap_found_t;

/* Takes out what heap_find found. False if a link is damaged.
 *   head -> block <-> after ..      head -> after ..   */
static inline bool heap_take_out(cistern_heap_t *heap, heap_found_t found, size_t limit)
{
    if (found.list == HEAP_LISTS) {
        return heap_unlink(heap, found.block, limit);
    }
    const size_t after = heap_links(heap, found.block)->after;
    if (after == HEAP_NONE) {
        heap_map_clear(heap, found.list);
    } else if (!heap_relink(heap, after, found.block, HEAP_NONE)) {
        return false;
    }
    CISTERN_ASSERT(found.list < HEAP_LISTS); /* I5 */
    heap->heads[found.list] = (cistern_heap_index_t)after;
    return true;
}

/* One of the blocks behind the first of a list that has at least `need` bytes, or HEAP_NOWHERE. At
 * most CISTERN_HEAP_SEARCH - 1 steps. A block whose link leads nowhere is given as it is: the
 * caller cannot take it out, and finds the damage. */
static size_t heap_search(const cistern_heap_t *heap, size_t list, size_t need)
{
    size_t word = heap->heads[list];
    for (unsigned step = 0; step < CISTERN_HEAP_SEARCH && word != HEAP_NONE; ++step) {
        const size_t block = word - HEAP_LINK;
        word = heap_links(heap, block)->after;
        if (heap_next(heap, block) - block >= need ||
            (word != HEAP_NONE && !heap_is_link(heap, word))) {
            return block;
        }
    }
    return HEAP_NOWHERE;
}

/* What no list above serves: a block of the request's own list, or the top, or HEAP_NOWHERE. */
static inline size_t heap_find_last(const cistern_heap_t *heap, size_t list, size_t need)
{
    const size_t found = heap_search(heap, list, need);
    if (found == HEAP_NOWHERE && (size_t)heap->end - heap->top >= need) {
        return heap->top;
    }
    return found;
}

/* A free block of at least `need` bytes, or HEAP_NOWHERE. Constant time. With checks it may be one
 * that is damaged, for the caller to find. */
static inline heap_found_t heap_find(const cistern_heap_t *heap, size_t need)
{
    const size_t own = heap_list_of(need);
    heap_found_t found = {heap->heads[own] - HEAP_LINK, own};
    if (found.block != HEAP_NONE - HEAP_LINK &&
        heap_next(heap, found.block) - found.block >= need) {
        return found;
    }
    found.list = heap_map_next(heap, own + 1U);
    found.block = found.list != HEAP_LISTS ? heap->heads[found.list] - HEAP_LINK
                                           : heap_find_last(heap, own, need);
    return found;
}

size_t cistern_heap_index_largest(const cistern_heap_t *heap)
{
    size_t largest = (size_t)heap->end - heap->top;
    const size_t list = heap_map_last(heap);
    size_t word = list != HEAP_LISTS ? heap->heads[list] : HEAP_NONE;
    for (unsigned step = 0; step < CISTERN_HEAP_SEARCH && word != HEAP_NONE; ++step) {
        if (!heap_is_link(heap, word)) {
            break;
        }
        const size_t block = word - HEAP_LINK;
        const size_t bytes = heap_next(heap, block) - block;
        largest = bytes > largest ? bytes : largest;
        word = heap_links(heap, block)->after;
    }
    return largest;
}

/* Verifies one list and takes its blocks off the sums; ends on a loop, as these then run out. */
static bool heap_list_check(const cistern_heap_t *heap, size_t list, size_t *bytes, size_t *blocks)
{
    size_t before = HEAP_NONE;
    size_t word = heap->heads[list];
    const bool marked =
        ((heap->map[list / CISTERN_HEAP_WORD_BITS] >> (list % CISTERN_HEAP_WORD_BITS)) & 1U) != 0;
    if (marked != (word != HEAP_NONE)) {
        return false;
    }
    while (word != HEAP_NONE) {
        if (*blocks == 0 || !heap_is_link(heap, word)) {
            return false;
        }
        const size_t block = word - HEAP_LINK;
        const size_t size = heap_next(heap, block) - block;
        if (heap_state(heap, block) != HEAP_FREE || heap_links(heap, block)->before != before ||
            size > heap->end || heap_list_of(size) != list) {
            return false;
        }
        --*blocks;
        *bytes -= size;
        before = word;
        word = heap_links(heap, block)->after;
    }
    return true;
}

bool cistern_heap_index_check(const cistern_heap_t *heap, size_t free_bytes, size_t free_blocks)
{
    size_t bytes = free_bytes;
    size_t blocks = free_blocks;
    for (size_t list = 0; list < HEAP_LISTS; ++list) {
        if (!heap_list_check(heap, list, &bytes, &blocks)) {
            return false;
        }
    }
    return bytes == (size_t)heap->end - heap->top && blocks == (heap->top != heap->end ? 1U : 0U);
}
