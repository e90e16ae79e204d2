/* good.h - good fit in constant time: lists of free blocks by size. Included by core.h.
 *
 *   map      ... 0 1 0 0 1    bit c: list c is not empty
 *   heads    ... . | . . |    first free block of each list; NONE where there is none
 *                  v     v
 *                block  block <-> block
 *
 * List c holds sizes of one class, an eighth of the power of two below wide: 128, 144, .. 240, 256,
 * 288 .. With 32-bit indices on 64-bit processors, where memory for lists is no matter, it is a
 * sixteenth. A request takes the first block of its own list if that is large enough, and else the
 * first block of the next list that is not empty, where every block is.
 *
 * A list is doubly linked; NONE is before its first block and after its last.
 */

#define HEAP_LINKS_BYTES (2U * sizeof(HEAP_INDEX))

/* 2^LIST_SHIFT lists for each power of two, from 2^LIST_LOG2 on. Below that there are as many again,
 * of one width: with 16-bit indices these are all sizes up to 64, in steps of 8, to have fewer lists;
 * with the others only half of that, as no block is smaller than 2^LIST_LOG2 / 2. */
#if HEAP_BITS == 16
#    define LIST_SHIFT 3U
#    define LIST_LOG2  6U
#    define LIST_FROM  64U
#elif HEAP_BITS == 32 && SIZE_MAX > 0xffffffffU
#    define LIST_SHIFT 4U
#    define LIST_LOG2  5U
#    define LIST_FROM  0U
#elif SIZE_MAX > 0xffffffffU
#    define LIST_SHIFT 3U
#    define LIST_LOG2  6U
#    define LIST_FROM  0U
#else
#    define LIST_SHIFT 3U
#    define LIST_LOG2  5U
#    define LIST_FROM  0U
#endif

/* The number of the first list: counted so that list_of is short. */
#define LIST_BASE ((LIST_LOG2 - LIST_SHIFT) << LIST_SHIFT)
#define NO_LIST   SIZE_MAX

/* In a list, instead of an index. No header has it: no block starts at 2, in use or not. */
#define NONE 3U

_Static_assert(HEAP_LIST_COUNT == (HEAP_ARENA_BITS - LIST_LOG2 + 1U) << LIST_SHIFT,
               "a list for each class");

#define WORD_BITS CISTERN_HEAP_WORD_BITS

_Static_assert(CISTERN_HEAP_MAP_WORDS < WORD_BITS, "one summary word covers the map");

/* The list for blocks of `bytes`. */
static inline size_t list_of(size_t bytes)
{
    const unsigned shift = highest_bit(bytes | LIST_FROM) - LIST_SHIFT;
    return ((size_t)shift << LIST_SHIFT) + (bytes >> shift);
}

static inline HEAP_INDEX *head_of(cistern_heap_t *heap, size_t list)
{
    return &heap->index.HEAP_LIST_HEADS[list - LIST_BASE];
}

static inline size_t first_of(const cistern_heap_t *heap, size_t list)
{
    return heap->index.HEAP_LIST_HEADS[list - LIST_BASE];
}

/* --- which lists are not empty ---------------------------------------------------------------- */

static inline void map_set(cistern_heap_t *heap, size_t list)
{
    heap->index.map[list / WORD_BITS] |= (size_t)1 << (list % WORD_BITS);
    heap->index.summary |= (size_t)1 << (list / WORD_BITS);
}

/* The list's bit is set. */
static inline void map_clear(cistern_heap_t *heap, size_t list)
{
    const size_t word = list / WORD_BITS;
    heap->index.map[word] &= ~((size_t)1 << (list % WORD_BITS));
    if (heap->index.map[word] == 0) {
        heap->index.summary &= ~((size_t)1 << word);
    }
}

/* The first list from `list` on that is not empty, or NO_LIST. */
static inline size_t map_next(const cistern_heap_t *heap, size_t list)
{
    const size_t word = list / WORD_BITS;
    const size_t bits = heap->index.map[word] >> (list % WORD_BITS);
    if (bits != 0) {
        return list + lowest_bit(bits);
    }
    const size_t words = heap->index.summary >> word >> 1U;
    if (words == 0) {
        return NO_LIST;
    }
    const size_t later = word + 1U + lowest_bit(words);
    return later * WORD_BITS + lowest_bit(heap->index.map[later]);
}

/* --- lists ------------------------------------------------------------------------------------ */

static void index_reset(cistern_heap_t *heap)
{
    heap->index.summary = 0;
    for (size_t word = 0; word < CISTERN_HEAP_MAP_WORDS; ++word) {
        heap->index.map[word] = 0;
    }
    for (size_t list = LIST_BASE; list < LIST_BASE + HEAP_LIST_COUNT; ++list) {
        *head_of(heap, list) = NONE;
    }
}

/*   head -> first ..      head -> block -> first ..   */
static inline void index_insert(cistern_heap_t *heap, size_t block, size_t bytes)
{
    const size_t list = list_of(bytes);
    const size_t first = first_of(heap, list);
    block_at(heap, block)->before = NONE;
    block_at(heap, block)->after = (HEAP_INDEX)first;
    *head_of(heap, list) = (HEAP_INDEX)block;
    if (first != NONE) {
        block_at(heap, first)->before = (HEAP_INDEX)block;
    } else {
        map_set(heap, list);
    }
}

/* The index in a link: as in a header's word, see index_in; without checks the word itself. */
static inline size_t link_in(const cistern_heap_t *heap, size_t word)
{
    return CISTERN_CHECK >= 1 ? index_in(heap, word) : word;
}

/* True iff a block may be at this index, and true iff `back`, a word of it, names `block`. */
#if CISTERN_CHECK >= 1
static inline bool can_be(const cistern_heap_t *heap, size_t index)
{
    return index < heap->end;
}

static inline bool names(const HEAP_INDEX *back, size_t block)
{
    return *back == block;
}
#else
static inline bool can_be(const cistern_heap_t *heap, size_t index)
{
    (void)heap;
    (void)index;
    return true;
}

static inline bool names(const HEAP_INDEX *back, size_t block)
{
    (void)back;
    (void)block;
    return true;
}
#endif

/* Makes `before` the one before the block that `word` names, so far `block`, and gives its index, or
 * NO_BLOCK if the link is damaged. */
static inline size_t relink(cistern_heap_t *heap, size_t word, size_t block, size_t before)
{
    const size_t after = link_in(heap, word);
    if (!can_be(heap, after) || !names(&block_at(heap, after)->before, block)) {
        return NO_BLOCK;
    }
    block_at(heap, after)->before = (HEAP_INDEX)before;
    return after;
}

/* Takes the first block out of a list. False iff its link is damaged.
 *   head -> block <-> after ..      head -> after ..   */
static inline bool index_take(cistern_heap_t *heap, found_t found)
{
    size_t after = block_at(heap, found.block)->after;
    if (after == NONE) {
        map_clear(heap, found.list);
    } else {
        after = relink(heap, after, found.block, NONE);
    }
    *head_of(heap, found.list) = (HEAP_INDEX)after;
    return after != NO_BLOCK;
}

/* Takes a block of `bytes` out of its list. False iff a link is damaged.
 *   .. before <-> block <-> after ..      .. before <-> after ..   */
static inline bool index_remove(cistern_heap_t *heap, size_t block, size_t bytes)
{
    size_t before = block_at(heap, block)->before;
    size_t after = block_at(heap, block)->after;
    HEAP_INDEX *word = NULL;
    if (before == NONE) {
        word = head_of(heap, list_of(bytes));
    } else {
        before = link_in(heap, before);
        if (!can_be(heap, before)) {
            return false;
        }
        word = &block_at(heap, before)->after;
    }
    if (!names(word, block)) {
        return false;
    }
    if (after != NONE) {
        after = relink(heap, after, block, before);
    } else if (before == NONE) {
        map_clear(heap, list_of(bytes));
    }
    *word = (HEAP_INDEX)after;
    return after != NO_BLOCK;
}

/* A free block of at least `need` bytes, or none. Constant time. With checks it may be one that is
 * damaged, for the caller to refuse. */
static inline found_t index_find(const cistern_heap_t *heap, size_t need)
{
    found_t found = {.list = list_of(need)};
    found.block = first_of(heap, found.list);
    if (found.block == NONE || (free_end(heap, found.block) - found.block < need &&
                                     reaches(heap, found.block, 0))) {
        found.list = map_next(heap, found.list + 1U);
        found.block = found.list != NO_LIST ? first_of(heap, found.list) : NO_BLOCK;
    }
    return found;
}

/* Bytes of the largest block that index_find would give, or 0. Constant time. */
static size_t index_largest(const cistern_heap_t *heap)
{
    if (heap->index.summary == 0) {
        return 0;
    }
    const size_t word = highest_bit(heap->index.summary);
    const size_t list = word * WORD_BITS + highest_bit(heap->index.map[word]);
    const size_t block = first_of(heap, list);
    return next_of(heap, block) - block;
}

/* Verifies one list and takes its blocks off the sums; ends on a loop, as these then run out. */
static bool list_check(const cistern_heap_t *heap, size_t list, heap_sums_t *sums)
{
    size_t before = NONE;
    size_t block = first_of(heap, list);
    const bool marked = ((heap->index.map[list / WORD_BITS] >> (list % WORD_BITS)) & 1U) != 0;
    if (marked != (block != NONE)) {
        return false;
    }
    while (block != NONE) {
        if (sums->free_blocks == 0 || block > heap->end || (block & heap->keep) != block) {
            return false;
        }
        const size_t bytes = next_of(heap, block) - block;
        if (is_used(heap, block) || block_at(heap, block)->before != before ||
            list_of(bytes) != list) {
            return false;
        }
        --sums->free_blocks;
        sums->free_bytes -= bytes;
        before = block;
        block = block_at(heap, block)->after;
    }
    return true;
}

/* Verifies I5: each free block is in the list of its size, and the maps name the lists. */
static bool index_check(const cistern_heap_t *heap, const heap_sums_t *sums)
{
    heap_sums_t left = *sums;
    for (size_t list = LIST_BASE; list < LIST_BASE + HEAP_LIST_COUNT; ++list) {
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
