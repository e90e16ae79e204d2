/* SPDX-License-Identifier: BSD-3-Clause */
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
 * A list is doubly linked; its mark is before its first block, and NONE after its last.
 */
#include "bits.h"

/* A link to the next block is an index and 4: zeros are none, and as no state is 0 such a link is no
 * word of a header. NONE is above every index. A link to the block before is an index and 6: what is
 * read where damage leads is one word or the other of a block's links, and no word passes for both. It
 * is no word of a header either: that would name 4 bytes of a block's own header, where no block is. */
#define HEAP_LINK ((size_t)4)
#define HEAP_BACK ((size_t)6)
#define HEAP_NONE ((size_t)(cistern_heap_index_t) ~(cistern_heap_index_t)3U)

/* Before the first block of a list stands four times the list's number, and these bits, of which no
 * link has the lowest: what takes the block out need not find the list by its size. Where damage makes
 * a header lead to a mark, it passes for a boundary of a block in quarantine, which no caller is given. */
#define HEAP_MARK HEAP_QUARANTINE

#define HEAP_LISTS     ((unsigned)CISTERN_HEAP_LISTS)
#define HEAP_WORD_BITS ((unsigned)CISTERN_HEAP_WORD_BITS)
#define HEAP_MAP_WORDS ((unsigned)CISTERN_HEAP_MAP_WORDS)

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
    heap->map[list / HEAP_WORD_BITS] |= (size_t)1 << (list % HEAP_WORD_BITS);
}

/* The list's bit is set. */
static inline void heap_map_clear(cistern_heap_t *heap, size_t list)
{
    CISTERN_ASSERT((heap->map[list / HEAP_WORD_BITS] >> (list % HEAP_WORD_BITS)) & 1U);
    heap->map[list / HEAP_WORD_BITS] ^= (size_t)1 << (list % HEAP_WORD_BITS);
}

/* Moves `list` to the first one from it on that is not empty; false if there is none. At most a step
 * for each word of the map: two or three for 16-bit indices, seven for others. */
static inline bool heap_map_find(const cistern_heap_t *heap, unsigned *list)
{
    unsigned word = *list / HEAP_WORD_BITS;
    size_t bits = heap->map[word] >> (*list % HEAP_WORD_BITS);
    if (bits != 0) {
        *list += heap_lowest_bit(bits);
        return true;
    }
    while (++word != HEAP_MAP_WORDS) {
        bits = heap->map[word];
        if (bits != 0) {
            *list = word * HEAP_WORD_BITS + heap_lowest_bit(bits);
            return true;
        }
    }
    return false;
}

/* The last list that is not empty, or HEAP_LISTS. */
static inline unsigned heap_map_last(const cistern_heap_t *heap)
{
    for (unsigned word = HEAP_MAP_WORDS; word-- != 0;) {
        if (heap->map[word] != 0) {
            return word * HEAP_WORD_BITS + heap_highest_bit((heap_bits_t)heap->map[word]);
        }
    }
    return HEAP_LISTS;
}

/* --- links -------------------------------------------------------------------------------------
 */

/* What is before the first block of a list. */
static inline cistern_heap_index_t heap_mark(size_t list)
{
    CISTERN_ASSERT(list < HEAP_LISTS); /* I5 */
    return (cistern_heap_index_t)(list * 4U + HEAP_MARK);
}

#if CISTERN_CHECK >= 1

/* True if a word of a list may be a link: a block that is as far from the end as a header and two
 * links are, so that these lie within the arena. */
static inline bool heap_is_link(const cistern_heap_t *heap, size_t word)
{
    const size_t block = word - HEAP_LINK;
    return block < heap->most && heap_is_aligned(block);
}

/* True if a mark may be one. */
static inline bool heap_is_list(size_t list)
{
    return list < HEAP_LISTS;
}

/* True if a word of the list names `block` by a link of this kind, HEAP_LINK or HEAP_BACK. */
static inline bool heap_names(const cistern_heap_index_t *word, size_t block, size_t kind)
{
    return *word == block + kind;
}

#else

static inline bool heap_is_link(const cistern_heap_t *heap, size_t word)
{
    (void)heap;
    (void)word;
    return true;
}

static inline bool heap_is_list(size_t list)
{
    (void)list;
    return true;
}

static inline bool heap_names(const cistern_heap_index_t *word, size_t block, size_t kind)
{
    (void)word;
    (void)block;
    (void)kind;
    return true;
}

#endif

/* Makes `before` the one before the block that the link `after` of `block` names. False if the link
 * is damaged. */
static inline bool heap_relink(cistern_heap_t *heap, size_t after, size_t block,
                               cistern_heap_index_t before)
{
    if (!heap_is_link(heap, after)) {
        return false;
    }
    heap_links_t *const links = heap_links(heap, after - HEAP_LINK);
    if (!heap_names(&links->before, block, HEAP_BACK)) {
        return false;
    }
    links->before = before;
    return true;
}

/* --- the index ---------------------------------------------------------------------------------
 */

static inline void heap_index_reset(cistern_heap_t *heap)
{
    heap->top = heap->end;
    (void)memset(heap->map, 0, sizeof(heap->map));
    for (unsigned list = 0; list < HEAP_LISTS; ++list) {
        heap->heads[list] = HEAP_NONE;
    }
}

/*   head -> first ..      head -> block -> first ..   */
static inline void heap_push(cistern_heap_t *heap, size_t block, size_t bytes)
{
    const size_t list = heap_list_of(bytes);
    CISTERN_ASSERT(list < HEAP_LISTS);                    /* I5 */
    CISTERN_ASSERT(bytes >= heap->min);                   /* I1 */
    CISTERN_ASSERT(heap_state(heap, block) == HEAP_FREE); /* I5 */
    heap_links_t *const links = heap_links(heap, block);
    const cistern_heap_index_t first = heap->heads[list];
    heap->heads[list] = (cistern_heap_index_t)(block + HEAP_LINK);
    links->after = first;
    if (first != HEAP_NONE) {
        heap_links(heap, first - HEAP_LINK)->before = (cistern_heap_index_t)(block + HEAP_BACK);
    } else {
        heap_map_set(heap, list);
    }
    links->before = heap_mark(list);
}

/* Puts a free block into its list, or makes it the top: the one that ends where the arena does. */
static inline void heap_link(cistern_heap_t *heap, size_t block, size_t bytes)
{
    CISTERN_ASSERT(block + bytes <= heap->end); /* I1 */
    if (block + bytes == heap->end) {
        heap->top = (cistern_heap_index_t)block;
    } else {
        heap_push(heap, block, bytes);
    }
}

/* Takes a block that is not the top out of its list. False if a link is damaged: then nothing has
 * been changed.
 *   .. before <-> block <-> after ..      .. before <-> after ..   */
static inline bool heap_unlink(cistern_heap_t *heap, size_t block)
{
    CISTERN_ASSERT(block < heap->end && block != heap->top); /* I5 */
    CISTERN_ASSERT(heap_state(heap, block) == HEAP_FREE);    /* I5 */
    const cistern_heap_index_t before = heap_links(heap, block)->before;
    const cistern_heap_index_t after = heap_links(heap, block)->after;
    const bool is_first = (before & 1U) != 0;
    if (is_first ? !heap_is_list(before / 4U)
                 : !heap_is_link(heap, before - HEAP_BACK + HEAP_LINK)) {
        return false;
    }
    cistern_heap_index_t *const word =
        is_first ? &heap->heads[before / 4U] : &heap_links(heap, before - HEAP_BACK)->after;
    if (!heap_names(word, block, HEAP_LINK)) {
        return false;
    }
    if (after != HEAP_NONE) {
        if (!heap_relink(heap, after, block, before)) {
            return false;
        }
    } else if (is_first) {
        heap_map_clear(heap, before / 4U);
    }
    *word = after;
    return true;
}

/* True if the block is the top, whatever its header says; or the sentinel, where there is no top. */
static inline bool heap_is_top(const cistern_heap_t *heap, size_t block)
{
    return block == heap->top;
}

/* True if the block was the top: it is no more. What its header and the sentinel's say need not be
 * verified, as both are written anew. */
static inline bool heap_leave_top(cistern_heap_t *heap, size_t block)
{
    const bool is_top = heap_is_top(heap, block);
    if (is_top) {
        heap->top = heap->end;
    }
    return is_top;
}

/* Takes the first block out of a list. False if a link is damaged.
 *   head -> block <-> after ..      head -> after ..   */
static inline bool heap_pop(cistern_heap_t *heap, size_t list, size_t block)
{
    const cistern_heap_index_t after = heap_links(heap, block)->after;
    CISTERN_ASSERT(list < HEAP_LISTS && heap_names(&heap->heads[list], block, HEAP_LINK)); /* I5 */
    if (after == HEAP_NONE) {
        heap_map_clear(heap, list);
    } else if (!heap_relink(heap, after, block, heap_mark(list))) {
        return false;
    }
    heap->heads[list] = after;
    return true;
}

/* One of the blocks behind the first of a list that has at least `need` bytes, or HEAP_NOWHERE. At
 * most CISTERN_HEAP_SEARCH - 1 steps. A block whose link leads nowhere is given as it is: the
 * caller cannot take it out, and finds the damage. */
static size_t heap_search(const cistern_heap_t *heap, size_t list, size_t need)
{
    CISTERN_ASSERT(list < HEAP_LISTS); /* I5 */
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

/* Cuts from the top. What its header and the sentinel's say need not be verified, as both are written
 * anew. */
static inline void *heap_serve_top(cistern_heap_t *heap, size_t need)
{
    const size_t top = heap->top;
    const size_t end = heap->end;
    CISTERN_ASSERT(top <= end && (top & heap->slack) == 0); /* I5 */
    if (end - top < need) {
        return heap_fail(heap);
    }
    heap->top = heap->end;
    return heap_cut(heap, top, need, end);
}

/* True if a block that ends at `limit` has `need` bytes. A limit that damage left below the block
 * is a negative distance; where no arena is half the address space one comparison sees both. */
static inline bool heap_spans(size_t block, size_t limit, size_t need)
{
    return CISTERN_HEAP_BYTES <= SIZE_MAX / 2U ? (ptrdiff_t)(limit - block) >= (ptrdiff_t)need
                                               : limit > block && limit - block >= need;
}

/* Serves from a block of a list, which must be large enough. */
HEAP_APART void *heap_serve_block(cistern_heap_t *heap, size_t block, size_t need)
{
    const size_t limit = heap_at(heap, block)->next - HEAP_FREE;
    CISTERN_ASSERT(block < heap->end && need >= heap->min); /* I1 */
    if (!heap_spans(block, limit, need) || !heap_names_back(heap, limit, block, HEAP_FREE) ||
        !heap_unlink(heap, block)) {
        return HEAP_DAMAGED;
    }
    return heap_cut(heap, block, need, limit);
}

/* Serves from the first block of a list, which must be large enough. That it is the first spares
 * instructions, but not bytes. */
#ifdef __OPTIMIZE_SIZE__
static inline void *heap_serve_list(cistern_heap_t *heap, size_t list, size_t need)
{
    CISTERN_ASSERT(list < HEAP_LISTS && heap->heads[list] != HEAP_NONE); /* I5 */
    return heap_serve_block(heap, heap->heads[list] - HEAP_LINK, need);
}
#else
static inline void *heap_serve_list(cistern_heap_t *heap, size_t list, size_t need)
{
    CISTERN_ASSERT(list < HEAP_LISTS && heap->heads[list] != HEAP_NONE); /* I5 */
    const size_t block = heap->heads[list] - HEAP_LINK;
    const size_t limit = heap_at(heap, block)->next - HEAP_FREE;
    if (!heap_spans(block, limit, need) || !heap_names_back(heap, limit, block, HEAP_FREE) ||
        !heap_pop(heap, list, block)) {
        return HEAP_DAMAGED;
    }
    return heap_cut(heap, block, need, limit);
}
#endif

/* Serves what the first block of its own list is too small for: from the lists above, the blocks
 * behind that one, or the top. */
HEAP_APART void *heap_serve_later(cistern_heap_t *heap, size_t own, size_t need)
{
    unsigned list = (unsigned)own + 1U;
    if (heap_map_find(heap, &list)) {
        return heap_serve_list(heap, list, need);
    }
    const size_t block = heap_search(heap, own, need);
    return block != HEAP_NOWHERE ? heap_serve_block(heap, block, need) : heap_serve_top(heap, need);
}

/* Serves from the first list that is not empty: its first block is too small only if the list is the
 * request's own. */
HEAP_APART void *heap_serve_first(cistern_heap_t *heap, size_t list, size_t need)
{
    const size_t block = heap->heads[list] - HEAP_LINK;
    const size_t limit = heap_at(heap, block)->next - HEAP_FREE;
    return heap_spans(block, limit, need) ? heap_serve_list(heap, list, need)
                                          : heap_serve_later(heap, list, need);
}

/* Serves a request from the lists or the top. Constant time. */
static inline void *heap_serve(cistern_heap_t *heap, size_t need)
{
    unsigned list = (unsigned)heap_list_of(need);
    return heap_map_find(heap, &list) ? heap_serve_first(heap, list, need)
                                      : heap_serve_top(heap, need);
}

size_t cistern_heap_index_largest(const cistern_heap_t *heap)
{
    size_t largest = (size_t)heap->end - heap->top;
    const unsigned list = heap_map_last(heap);
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
static bool heap_list_check(const cistern_heap_t *heap, unsigned list, size_t *bytes,
                            size_t *blocks)
{
    size_t before = heap_mark(list);
    size_t word = heap->heads[list];
    const bool marked = ((heap->map[list / HEAP_WORD_BITS] >> (list % HEAP_WORD_BITS)) & 1U) != 0;
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
        before = word - HEAP_LINK + HEAP_BACK;
        word = heap_links(heap, block)->after;
    }
    return true;
}

bool cistern_heap_index_check(const cistern_heap_t *heap, size_t free_bytes, size_t free_blocks)
{
    size_t bytes = free_bytes;
    size_t blocks = free_blocks;
    for (unsigned list = 0; list < HEAP_LISTS; ++list) {
        if (!heap_list_check(heap, list, &bytes, &blocks)) {
            return false;
        }
    }
    return bytes == (size_t)heap->end - heap->top && blocks == (heap->top != heap->end ? 1U : 0U);
}
