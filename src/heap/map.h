/* map.h - which lists of free blocks are not empty: a bitmap of two levels, for good fit.
 *
 *   summary  0 0 1            bit w: word w of the map is not 0
 *   map      ... 0 1 0 0 1    bit c: list c is not empty
 */
#ifndef CISTERN_HEAP_MAP_H
#define CISTERN_HEAP_MAP_H

#include "cistern/heap.h"
#include "bits.h"

#define WORD_BITS CISTERN_HEAP_WORD_BITS
#define NO_LIST   SIZE_MAX

_Static_assert(CISTERN_HEAP_MAP_WORDS < WORD_BITS, "one summary word covers the map");
_Static_assert(CISTERN_HEAP_LISTS(CISTERN_HEAP_ARENA_BITS) % WORD_BITS != 0,
               "the list after the last one is still in the map's last word");

#define LIST_LINEAR 64U /* good fit: below this size the lists are 8 bytes wide ... */
#define LIST_LOG2   6U  /* (its logarithm) */
#define LIST_SHIFT  3U  /* ... and above it there are 2^3 of them for each power of two */

/* What a list's first block has instead of an index of its predecessor. */
#define LIST_MARK(list) ((list)*2U + 1U)

/* Good fit: the list for blocks of `bytes`. */
static inline size_t list_of(size_t bytes)
{
    const unsigned log2 = highest_bit(bytes | LIST_LINEAR);
    return (((size_t)log2 - LIST_LOG2) << LIST_SHIFT) + (bytes >> (log2 - LIST_SHIFT));
}

static inline void map_set(cistern_heap_index_t *index, size_t list)
{
    index->map[list / WORD_BITS] |= (size_t)1 << (list % WORD_BITS);
    index->summary |= (size_t)1 << (list / WORD_BITS);
}

static inline void map_clear(cistern_heap_index_t *index, size_t list)
{
    const size_t word = list / WORD_BITS;
    index->map[word] &= ~((size_t)1 << (list % WORD_BITS));
    if (index->map[word] == 0) {
        index->summary &= ~((size_t)1 << word);
    }
}

static inline bool map_get(const cistern_heap_index_t *index, size_t list)
{
    return ((index->map[list / WORD_BITS] >> (list % WORD_BITS)) & 1U) != 0;
}

/* The first list from `list` on that is not empty, or NO_LIST. */
static inline size_t map_next(const cistern_heap_index_t *index, size_t list)
{
    size_t word = list / WORD_BITS;
    size_t bits = index->map[word] & (SIZE_MAX << (list % WORD_BITS));
    if (bits == 0) {
        const size_t words = index->summary & (SIZE_MAX << (word + 1U));
        if (words == 0) {
            return NO_LIST;
        }
        word = lowest_bit(words);
        bits = index->map[word];
    }
    return word * WORD_BITS + lowest_bit(bits);
}

/* The last list that is not empty, or NO_LIST. */
static inline size_t map_last(const cistern_heap_index_t *index)
{
    if (index->summary == 0) {
        return NO_LIST;
    }
    const size_t word = highest_bit(index->summary);
    return word * WORD_BITS + highest_bit(index->map[word]);
}

#endif
