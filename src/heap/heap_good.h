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
 * A list is doubly linked: in its first block `before` is a mark that names the list, so that a
 * block is taken out without its size; in its last one `after` is NONE. Links and marks have tags,
 * so that zeros are neither.
 */
#include "bits.h"

/* A link is an index and 4: zeros are none, and as no state is 0 a link is no word of a header. A
 * mark is the complement of a list's number, above every index; NONE, where a link to the next
 * block would be, is that of list 0. */
#define HEAP_LINK       ((size_t)4)
#define HEAP_MARK(list) ((cistern_heap_index_t) ~(4U * (list) + 3U))
#define HEAP_NONE       HEAP_MARK((size_t)0)

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
    heap->map[list / CISTERN_HEAP_WORD_BITS] |= (size_t)1 << (list % CISTERN_HEAP_WORD_BITS);
}

/* The list's bit is set. */
static inline void heap_map_clear(cistern_heap_t *heap, size_t list)
{
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

static inline bool heap_is_mark(size_t word)
{
    return word >= HEAP_MARK(HEAP_LISTS - 1U);
}

/* The list that a mark names. */
static inline size_t heap_marked(size_t mark)
{
    return (cistern_heap_index_t)~mark / 4U;
}

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
    if (block + bytes == heap->end) {
        heap->top = (cistern_heap_index_t)block;
        return;
    }
    const size_t list = heap_list_of(bytes);
    const size_t first = heap->heads[list];
    heap_links_t *const links = heap_links(heap, block);
    links->before = HEAP_MARK(list);
    links->after = (cistern_heap_index_t)first;
    heap->heads[list] = (cistern_heap_index_t)(block + HEAP_LINK);
    if (first != HEAP_NONE) {
        heap_links(heap, first - HEAP_LINK)->before = (cistern_heap_index_t)(block + HEAP_LINK);
    } else {
        heap_map_set(heap, list);
    }
}

/* The word that names `block`, whose `before` is this; NULL if that is damaged. */
static inline cistern_heap_index_t *heap_word_to(cistern_heap_t *heap, size_t block, size_t before)
{
    cistern_heap_index_t *word = NULL;
    if (heap_is_mark(before)) {
        word = &heap->heads[heap_marked(before)];
    } else if (heap_is_link(heap, before)) {
        word = &heap_links(heap, before - HEAP_LINK)->after;
    } else {
        return NULL;
    }
    return heap_names(word, block) ? word : NULL;
}

/* Takes a block that ends at `limit` out of its list, or makes it the top no more. False if a link
 * is damaged: then nothing has been changed.
 *   .. before <-> block <-> after ..      .. before <-> after ..   */
static inline bool heap_unlink(cistern_heap_t *heap, size_t block, size_t limit)
{
    if (limit == heap->end) {
        heap->top = heap->end;
        return true;
    }
    const size_t before = heap_links(heap, block)->before;
    const size_t after = heap_links(heap, block)->after;
    cistern_heap_index_t *const word = heap_word_to(heap, block, before);
    if (word == NULL) {
        return false;
    }
    if (after != HEAP_NONE) {
        if (!heap_relink(heap, after, block, before)) {
            return false;
        }
    } else if (heap_is_mark(before)) {
        heap_map_clear(heap, heap_marked(before));
    }
    *word = (cistern_heap_index_t)after;
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
        if (heap_free_end(heap, block) - block >= need ||
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
static inline size_t heap_find(const cistern_heap_t *heap, size_t need)
{
    const size_t own = heap_list_of(need);
    size_t list = heap_map_next(heap, own);
    if (list == own) {
        const size_t first = heap->heads[own] - HEAP_LINK;
        if (heap_free_end(heap, first) - first >= need) {
            return first;
        }
        list = heap_map_next(heap, own + 1U);
    }
    if (list == HEAP_LISTS) {
        return heap_find_last(heap, own, need);
    }
    return heap->heads[list] - HEAP_LINK;
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
    size_t before = HEAP_MARK(list);
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
