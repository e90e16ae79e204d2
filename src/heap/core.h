/* core.h - the heap for one width of index: what heap_16.c, heap_32.c and heap_size.c are.
 *
 * Before it: HEAP_INDEX, the unsigned type of an index, its width HEAP_BITS, HEAP(name), which names
 * the width's functions, and for good fit HEAP_LIST_COUNT and HEAP_LIST_HEADS. Words and invariants:
 * see heap.c.
 */
#include <string.h>

#include "cistern/critical.h"
#include "bits.h"
#include "guard.h"
#include "widths.h"

/* In a header's words: the block before the boundary is in use. Indices are even, so it is free. */
#define USED ((size_t)1)

/* No block that is large enough. */
#define NO_BLOCK SIZE_MAX

/* A block: its header, and where a free block's payload begins its place in a list of free blocks. */
typedef struct block {
    HEAP_INDEX prev;   /* index of the predecessor; USED iff the predecessor is in use */
    HEAP_INDEX next;   /* index of the successor; USED iff this block is in use */
    HEAP_INDEX after;  /* the next in the list */
    HEAP_INDEX before; /* the one before in the list */
} block_t;

#define HEAD offsetof(block_t, after)

/* What a walk over all blocks adds up. */
typedef struct heap_sums {
    size_t free_bytes;
    size_t free_blocks;
    size_t used_bytes;
    size_t used_blocks;
} heap_sums_t;

/* What the index gives for a request. */
typedef struct found {
    size_t block;  /* or NO_BLOCK */
    size_t list;   /* good fit: whose first block it is */
} found_t;

static inline block_t *block_at(const cistern_heap_t *heap, size_t block)
{
    return (block_t *)(void *)(heap->base + block);
}

/* The index in a word of a header: with checks, whatever was done to the word, it is one at which a
 * header may be read if it is not beyond the end. */
#if CISTERN_CHECK >= 1
static inline size_t index_in(const cistern_heap_t *heap, size_t word)
{
    return word & heap->keep;
}
#else
static inline size_t index_in(const cistern_heap_t *heap, size_t word)
{
    (void)heap;
    return word & ~USED;
}
#endif

static inline size_t next_of(const cistern_heap_t *heap, size_t block)
{
    return index_in(heap, block_at(heap, block)->next);
}

/* The same for a free block: level 0 takes the word as it is. */
static inline size_t free_end(const cistern_heap_t *heap, size_t block)
{
    const size_t next = block_at(heap, block)->next;
    return CISTERN_CHECK >= 1 ? index_in(heap, next) : next;
}

static inline size_t prev_of(const cistern_heap_t *heap, size_t block)
{
    return index_in(heap, block_at(heap, block)->prev);
}

static inline bool is_used(const cistern_heap_t *heap, size_t block)
{
    return (block_at(heap, block)->next & USED) != 0;
}

/* Makes `block` end at `next`; `state` is USED or 0. */
static inline void join(const cistern_heap_t *heap, size_t block, size_t next, size_t state)
{
    block_at(heap, block)->next = (HEAP_INDEX)(next | state);
    block_at(heap, next)->prev = (HEAP_INDEX)(block | state);
}

/* The payload, as the engine sees it, of what a caller got. */
static inline unsigned char *raw_of(const cistern_heap_t *heap, const void *memory)
{
    return (unsigned char *)(uintptr_t)((uintptr_t)memory - front(heap));
}

/* Where a caller's block would begin: beyond the end for a foreign address. */
static inline size_t offset_of(const cistern_heap_t *heap, const void *memory)
{
    return (size_t)((uintptr_t)raw_of(heap, memory) - HEAD - (uintptr_t)heap->base);
}

/* The same as an index. */
static inline size_t index_of(const cistern_heap_t *heap, const void *memory)
{
    const size_t offset = offset_of(heap, memory);
    return CISTERN_CHECK >= 1 ? index_in(heap, offset) : offset;
}

/* True iff a block of this arena could ever hold `size` bytes, and size is not 0. */
static inline bool can_hold(const cistern_heap_t *heap, size_t size)
{
    return size - 1U < heap->most;
}

/* Block bytes for a request of `size`, which the arena can hold. */
static inline size_t block_bytes(const cistern_heap_t *heap, size_t size)
{
    const size_t bytes = (size + heap->more) & heap->keep;
    return bytes > heap->min ? bytes : heap->min;
}

/* --- checks -------------------------------------------------------------------------------------
 * Each is true at level 0. What they answer for is that the call may go on, and write. */

#if CISTERN_CHECK >= 1

/* True iff a block is free by its own account. */
static inline bool is_free(const cistern_heap_t *heap, size_t block)
{
    return !is_used(heap, block);
}

/* True iff the successor of `block` tells the same of their boundary (I2), with this state. */
static inline bool reaches(const cistern_heap_t *heap, size_t block, size_t state)
{
    const size_t next = next_of(heap, block);
    return next <= heap->end && block_at(heap, next)->prev == block + state;
}

/* True iff the predecessor of `block` tells the same of their boundary. */
static inline bool follows(const cistern_heap_t *heap, size_t block)
{
    const size_t prev = prev_of(heap, block);
    const size_t state = block_at(heap, block)->prev & USED;
    return prev <= heap->end && block_at(heap, prev)->next == block + state;
}

/* True iff the address is that of a block in use. From an address that is only near one the offset
 * is not what the neighbours have. */
static inline bool is_live(const cistern_heap_t *heap, const void *memory)
{
    const size_t offset = offset_of(heap, memory);
    const size_t block = index_of(heap, memory);
    return offset < heap->end && reaches(heap, block, offset - block + USED) &&
           follows(heap, block);
}

/* Unmakes the header of a block that merged into its predecessor (I6). */
static inline void forget(const cistern_heap_t *heap, size_t block)
{
    block_at(heap, block)->prev = 0;
    block_at(heap, block)->next = 0;
}

#else

static inline bool is_free(const cistern_heap_t *heap, size_t block)
{
    (void)heap;
    (void)block;
    return true;
}

static inline bool reaches(const cistern_heap_t *heap, size_t block, size_t state)
{
    (void)heap;
    (void)block;
    (void)state;
    return true;
}

static inline bool is_live(const cistern_heap_t *heap, const void *memory)
{
    (void)heap;
    return memory != NULL;
}

static inline void forget(const cistern_heap_t *heap, size_t block)
{
    (void)heap;
    (void)block;
}

#endif

#if CISTERN_HEAP_FIT_IS_FIRST
#    include "first.h"
#else
#    include "good.h"
#endif

/* What a free block's payload has behind the links. */
static inline unsigned char *rest_of(const cistern_heap_t *heap, size_t block)
{
    return heap->base + block + HEAD + HEAP_LINKS_BYTES;
}

static inline size_t rest_bytes(const cistern_heap_t *heap, size_t block)
{
    return next_of(heap, block) - block - HEAD - HEAP_LINKS_BYTES;
}

/* True iff a free block that the index gave may be given away. */
static inline bool is_sound(const cistern_heap_t *heap, size_t block)
{
    return is_free(heap, block) && reaches(heap, block, 0) &&
           is_poisoned(rest_of(heap, block), rest_bytes(heap, block));
}

/* True iff the guards of a live block are whole (G1). */
static inline bool is_whole(const cistern_heap_t *heap, size_t block)
{
    const size_t bytes = next_of(heap, block) - block - HEAD;
    return guard_kind(heap, heap->base + block + HEAD, bytes) == CISTERN_FAULT_NONE;
}

/* Counts one more block in use, of `bytes`. */
static inline void account(cistern_heap_t *heap, size_t bytes)
{
    ++heap->blocks;
    heap->used += bytes;
    if (heap->used > heap->max_used) {
        heap->max_used = heap->used;
    }
}

#include "damage.h"

/* --- life ------------------------------------------------------------------------------------- */

/* Least payload: what the index or the guards need in it. */
#define HEAP_LEAST                                                                                 \
    (HEAP_LINKS_BYTES > HEAP_TAG_BYTES ? HEAP_LINKS_BYTES : HEAP_TAG_BYTES != 0 ? HEAP_TAG_BYTES : 1U)

/* True iff an index can name the last of `bytes`, which is not 0. */
static inline bool can_index(size_t bytes)
{
    return (uint64_t)(bytes - 1U) >> HEAP_ARENA_BITS == 0;
}

/* Lays one free block and the sentinel out. */
static void lay_out(cistern_heap_t *heap)
{
    join(heap, 0, heap->end, 0);
    join(heap, heap->end, 0, USED);
    poison(heap->base + HEAD, heap->end - HEAD);
    index_reset(heap);
    index_insert(heap, 0, heap->end);
}

cistern_error_t(HEAP(init))(cistern_heap_t *heap, const cistern_heap_config_t *config)
{
    if (heap == NULL || config == NULL || config->memory == NULL ||
        (config->alignment & (config->alignment - 1U)) != 0) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const size_t asked = config->alignment != 0 ? config->alignment : sizeof(void *);
    const size_t unit = asked > sizeof(HEAP_INDEX) ? asked : sizeof(HEAP_INDEX);
    const size_t keep = 0U - unit;
    const size_t skip = (size_t)(0U - (uintptr_t)config->memory - HEAD) & (unit - 1U);
    const size_t outside = skip + HEAD;
    const size_t payload = config->min_size > HEAP_LEAST ? config->min_size : HEAP_LEAST;
    if (!can_index(config->bytes) || outside >= config->bytes || payload >= config->bytes) {
        return CISTERN_ERROR_SIZE;
    }
    const size_t end = (config->bytes - outside) & keep;
    const size_t min = (payload + HEAD + unit - 1U) & keep;
    if (min - 1U >= end) {
        return CISTERN_ERROR_SIZE;
    }
    heap->base = (unsigned char *)config->memory + skip;
    heap->end = end;
    heap->most = end - HEAD;
    heap->more = HEAD + unit - 1U;
    heap->keep = keep;
    heap->min = min;
    heap->used = 0;
    heap->max_used = 0;
    heap->blocks = 0;
    heap->failures = 0;
    heap->name = config->name;
#if CISTERN_CRITICAL
    heap->note = config->note;
#endif
    heap->index_bits = HEAP_BITS;
    forget_history(heap);
    lay_out(heap);
    return CISTERN_OK;
}

/* --- use -------------------------------------------------------------------------------------- */

/* Answers a request for which there is no block. Ends the critical section. */
static void *fail(cistern_heap_t *heap, size_t size, cistern_critical_t state)
{
    count_failure(heap, size);
    cistern_critical_leave(state);
    return NULL;
}

/* Gives `block`, which is in no list and reaches to `limit`, `need` bytes and the rest to a new
 * free block, unless that would be too small.
 *   | block ................. | limit        | block need | rest ...... | limit       */
static inline void place(cistern_heap_t *heap, size_t block, size_t limit, size_t need)
{
    size_t bytes = limit - block;
    if (bytes - need >= heap->min) {
        join(heap, block + need, limit, 0);
        index_insert(heap, block + need, bytes - need);
        bytes = need;
    }
    join(heap, block, block + bytes, USED);
    account(heap, bytes);
}

void *(HEAP(alloc))(cistern_heap_t *heap, size_t size)
{
    const cistern_critical_t state = cistern_critical_enter();
    const size_t raw = raw_size(heap, size);
    if (!can_hold(heap, raw)) {
        return fail(heap, size, state);
    }
    const size_t need = block_bytes(heap, raw);
    const found_t found = index_find(heap, need);
    if (found.block == NO_BLOCK) {
        return fail(heap, size, state);
    }
    if (!is_sound(heap, found.block) || !index_take(heap, found)) {
        return refuse_found(heap, found.block, state);
    }
    place(heap, found.block, free_end(heap, found.block), need);
    void *const memory = dress(heap, heap->base + found.block + HEAD, size);
    leave_changed(heap, state);
    return memory;
}

/* How far into `block` one must begin so that its payload is aligned, when what lies before becomes
 * a free block: the distance must be enough for one, else the next aligned address is taken. */
static size_t gap_before(const cistern_heap_t *heap, size_t block, size_t alignment)
{
    const uintptr_t payload = (uintptr_t)heap->base + block + HEAD + front(heap);
    const size_t gap = (size_t)(0U - payload) & (alignment - 1U);
    if (gap == 0 || gap >= heap->min) {
        return gap;
    }
    return gap + ((heap->min - gap + alignment - 1U) & (0U - alignment));
}

/*   | block ..................... |      | block (free) | aligned need | rest |   */
void *(HEAP(aligned_alloc))(cistern_heap_t *heap, size_t alignment, size_t size)
{
    if (alignment == 0 || (alignment & (alignment - 1U)) != 0) {
        return NULL;
    }
    if (alignment <= 0U - heap->keep) {
        return (HEAP(alloc))(heap, size);
    }
    const cistern_critical_t state = cistern_critical_enter();
    const size_t raw = raw_size(heap, size);
    const size_t slack = alignment + heap->min;
    if (!can_hold(heap, raw) || slack > heap->end - block_bytes(heap, raw)) {
        return fail(heap, size, state);
    }
    const size_t need = block_bytes(heap, raw);
    const found_t found = index_find(heap, need + slack);
    if (found.block == NO_BLOCK) {
        return fail(heap, size, state);
    }
    if (!is_sound(heap, found.block) || !index_take(heap, found)) {
        return refuse_found(heap, found.block, state);
    }
    const size_t limit = free_end(heap, found.block);
    const size_t gap = gap_before(heap, found.block, alignment);
    if (gap != 0) {
        join(heap, found.block, found.block + gap, 0);
        index_insert(heap, found.block, gap);
    }
    place(heap, found.block + gap, limit, need);
    void *const memory = dress(heap, heap->base + found.block + gap + HEAD, size);
    leave_changed(heap, state);
    return memory;
}

/* Makes a live block, and its free neighbours, one free block. False iff a neighbour is damaged:
 * then no header has been changed, the index may have been.
 *   | prev free | block | next free | limit      | prev (or block) free ......... | limit   */
static inline bool release(cistern_heap_t *heap, size_t block)
{
    const size_t next = next_of(heap, block);
    size_t start = block;
    size_t limit = next;
    if ((block_at(heap, block)->prev & USED) == 0) {
        start = prev_of(heap, block);
        if (!index_remove(heap, start, block - start)) {
            return false;
        }
    }
    if (!is_used(heap, next)) {
        limit = free_end(heap, next);
        if (!reaches(heap, next, 0) || !index_remove(heap, next, limit - next)) {
            return false;
        }
        forget(heap, next);
    }
    if (start != block) {
        forget(heap, block);
    }
    join(heap, start, limit, 0);
    poison(heap->base + start + HEAD, limit - start - HEAD);
    heap->used -= next - block;
    --heap->blocks;
    index_insert(heap, start, limit - start);
    return true;
}

cistern_error_t(HEAP(free))(cistern_heap_t *heap, void *memory)
{
    const cistern_critical_t state = cistern_critical_enter();
    const size_t block = index_of(heap, memory);
    const bool done = is_live(heap, memory) && is_whole(heap, block) && release(heap, block);
    if (!done && memory != NULL) {
        return refuse(heap, memory, state, heap);
    }
    leave_changed(heap, state);
    return CISTERN_OK;
}

/* Gives a live block `need` bytes of those up to `limit`, its end or that of a free successor. False
 * iff the successor is damaged.
 *   | block | next free ... | limit      | block need .. | rest | limit   */
static bool extend(cistern_heap_t *heap, size_t block, size_t limit, size_t need)
{
    const size_t next = next_of(heap, block);
    if (limit != next) {
        if (!index_remove(heap, next, limit - next)) {
            return false;
        }
        forget(heap, next);
    }
    heap->used -= next - block;
    --heap->blocks;
    poison(heap->base + block + need, limit - block - need);
    place(heap, block, limit, need);
    return true;
}

/* Changes the size of the block at `memory` where it is; *old_size is what it had. OK, ERROR_FAULT,
 * which has been reported, or ERROR_SIZE iff it does not fit there, or would grow and may not. */
cistern_error_t(HEAP(resize))(cistern_heap_t *heap, void *memory, size_t size, bool may_grow,
                              size_t *old_size)
{
    const cistern_critical_t state = cistern_critical_enter();
    const size_t block = index_of(heap, memory);
    if (!is_live(heap, memory) || !is_whole(heap, block)) {
        return refuse(heap, memory, state, heap);
    }
    const size_t next = next_of(heap, block);
    unsigned char *const raw = heap->base + block + HEAD;
    *old_size = usable_by_caller(heap, raw, next - block - HEAD);
    if (!is_used(heap, next) && !reaches(heap, next, 0)) {
        return refuse(heap, memory, state, heap);
    }
    const size_t limit = is_used(heap, next) ? next : free_end(heap, next);
    const size_t wanted = raw_size(heap, size);
    if (!can_hold(heap, wanted) || limit - block < block_bytes(heap, wanted) ||
        (size > *old_size && !may_grow)) {
        cistern_critical_leave(state);
        return CISTERN_ERROR_SIZE;
    }
    if (!extend(heap, block, limit, block_bytes(heap, wanted))) {
        return refuse(heap, memory, state, heap);
    }
    (void)dress(heap, raw, size);
    leave_changed(heap, state);
    return CISTERN_OK;
}

#include "look.h"
