/* core.h - the heap for one width of index; heap.c includes it once for each width.
 *
 * Before it: HEAP_INDEX, the unsigned type of an index, and HEAP(name), which makes a name of this
 * width's own. Words and invariants: see heap.c.
 */

#define header_t        HEAP(header_t)
#define links_t         HEAP(links_t)
#define header_at       HEAP(header_at)
#define links_at        HEAP(links_at)
#define next_of         HEAP(next_of)
#define prev_of         HEAP(prev_of)
#define is_used         HEAP(is_used)
#define index_of        HEAP(index_of)
#define block_bytes     HEAP(block_bytes)
#define can_hold        HEAP(can_hold)
#define within          HEAP(within)
#define agrees          HEAP(agrees)
#define forget          HEAP(forget)
#define is_live         HEAP(is_live)
#define neighbours_kind HEAP(neighbours_kind)
#define free_kind       HEAP(free_kind)
#define reaches         HEAP(reaches)
#define diagnose        HEAP(diagnose)
#define recover         HEAP(recover)
#define refuse          HEAP(refuse)
#define found_kind      HEAP(found_kind)
#define join            HEAP(join)
#define enlist          HEAP(enlist)
#define content_check   HEAP(content_check)
#define repair          HEAP(repair)
#define step_check      HEAP(step_check)
#define place           HEAP(place)
#define account         HEAP(account)
#define index_reset     HEAP(index_reset)
#define index_insert    HEAP(index_insert)
#define index_remove    HEAP(index_remove)
#define index_find      HEAP(index_find)
#define index_sound     HEAP(index_sound)
#define index_largest   HEAP(index_largest)
#define index_check     HEAP(index_check)
#define list_head       HEAP(list_head)
#define list_first      HEAP(list_first)
#define list_look       HEAP(list_look)
#define list_check      HEAP(list_check)
#define can_follow      HEAP(can_follow)
#define can_step        HEAP(can_step)

/* Every block starts with one. */
typedef struct header_t {
    HEAP_INDEX prev; /* index of the predecessor; USED iff the predecessor is in use */
    HEAP_INDEX next; /* index of the successor; USED iff this block is in use */
} header_t;

/* At the start of a free block's payload: its place in a list of free blocks. */
typedef struct links_t {
    HEAP_INDEX next;
    HEAP_INDEX prev;
} links_t;

#define HEAD sizeof(header_t)

static inline header_t *header_at(const cistern_heap_t *heap, size_t block)
{
    return (header_t *)(void *)(heap->base + block);
}

static inline links_t *links_at(const cistern_heap_t *heap, size_t block)
{
    return (links_t *)(void *)(heap->base + block + HEAD);
}

static inline size_t next_of(const cistern_heap_t *heap, size_t block)
{
    return header_at(heap, block)->next & ~USED;
}

static inline size_t prev_of(const cistern_heap_t *heap, size_t block)
{
    return header_at(heap, block)->prev & ~USED;
}

static inline bool is_used(const cistern_heap_t *heap, size_t block)
{
    return (header_at(heap, block)->next & USED) != 0;
}

/* Makes `block` end at `next`; `state` is USED or 0. */
static inline void join(const cistern_heap_t *heap, size_t block, size_t next, size_t state)
{
    header_at(heap, block)->next = (HEAP_INDEX)(next | state);
    header_at(heap, next)->prev = (HEAP_INDEX)(block | state);
}

/* Index of the block whose payload is at `memory`; beyond the arena's end for a foreign address. */
static inline size_t index_of(const cistern_heap_t *heap, const void *memory)
{
    return (size_t)((uintptr_t)memory - (uintptr_t)heap->base) - HEAD;
}

/* True iff a block of this arena could ever hold `size` bytes, and size is not 0. */
static inline bool can_hold(const cistern_heap_t *heap, size_t size)
{
    return size - 1U < heap->end - HEAD;
}

/* Block bytes for a request of `size`, which the arena can hold. The sum cannot overflow: size +
 * HEAD
 * <= end, which is a multiple of mask + 1. */
static inline size_t block_bytes(const cistern_heap_t *heap, size_t size)
{
    const size_t bytes = (size + HEAD + heap->mask) & ~heap->mask;
    return bytes > heap->min ? bytes : heap->min;
}

#if CISTERN_CHECK >= 1

/* True iff a header may be read at `block`. */
static inline bool within(const cistern_heap_t *heap, size_t block)
{
    return block <= heap->end && (block & heap->mask) == 0;
}

/* True iff the successor of `block`, which is within, tells the same of their boundary (I2). */
static inline bool reaches(const cistern_heap_t *heap, size_t block)
{
    const size_t end = header_at(heap, block)->next;
    const size_t next = end & ~USED;
    return within(heap, next) && header_at(heap, next)->prev == (block | (end & USED));
}

/* True iff both neighbours of `block`, which is within, tell the same as it does (I2). */
static inline bool agrees(const cistern_heap_t *heap, size_t block)
{
    const size_t start = header_at(heap, block)->prev;
    const size_t prev = start & ~USED;
    return reaches(heap, block) && within(heap, prev) &&
           header_at(heap, prev)->next == (block | (start & USED));
}

/* Unmakes the header of a block that merges into its predecessor (I6). */
static inline void forget(const cistern_heap_t *heap, size_t block)
{
    const header_t none = {0, 0};
    *header_at(heap, block) = none;
}

#else

static inline bool agrees(const cistern_heap_t *heap, size_t block)
{
    (void)heap;
    (void)block;
    return true;
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

/* Counts one more block in use, of `bytes`. */
static inline void account(cistern_heap_t *heap, size_t bytes)
{
    const size_t used = heap->used + bytes;
    heap->used = used;
    heap->max_used = used > heap->max_used ? used : heap->max_used;
    ++heap->blocks;
}

#if CISTERN_CHECK >= 1

static inline bool is_live(const cistern_heap_t *heap, size_t block)
{
    return block < heap->end && within(heap, block) && agrees(heap, block) && is_used(heap, block);
}

/* What is wrong with a free block whose start is known to be right, before it is taken out of the
 * index: NONE, HEADER or LINK. */
static inline cistern_fault_kind_t free_kind(const cistern_heap_t *heap, size_t block)
{
    if (!reaches(heap, block)) {
        return CISTERN_FAULT_HEADER;
    }
    return index_sound(heap, block) ? CISTERN_FAULT_NONE : CISTERN_FAULT_LINK;
}

/* The same for the neighbours of a live block; one that is in use does not matter. The boundary
 * with the predecessor was compared when the block was found live. */
static inline cistern_fault_kind_t neighbours_kind(const cistern_heap_t *heap, size_t next,
                                                   size_t prev)
{
    if (!is_used(heap, prev) && !index_sound(heap, prev)) {
        return CISTERN_FAULT_LINK;
    }
    return is_used(heap, next) ? CISTERN_FAULT_NONE : free_kind(heap, next);
}

/* The same for a block that the index gave, and POISON if it was written to (G2). */
static inline cistern_fault_kind_t found_kind(const cistern_heap_t *heap, size_t block)
{
    if (is_used(heap, block) || !reaches(heap, block)) {
        return CISTERN_FAULT_HEADER;
    }
    if (!index_sound(heap, block)) {
        return CISTERN_FAULT_LINK;
    }
    const size_t poisoned = block + HEAD + HEAP_LINKS_BYTES;
    return is_poisoned(heap->base + poisoned, next_of(heap, block) - poisoned)
               ? CISTERN_FAULT_NONE
               : CISTERN_FAULT_POISON;
}

/* Why `block` is not live. Walks up to it: each step goes up, so at most end / min of them. */
static cistern_fault_kind_t diagnose(const cistern_heap_t *heap, size_t block)
{
    if (block >= heap->end) {
        return CISTERN_FAULT_FOREIGN_FREE;
    }
    if (!within(heap, block)) {
        return CISTERN_FAULT_MISALIGNED;
    }
    size_t at = 0;
    size_t next = next_of(heap, at);
    while (next <= block && next > at && within(heap, next)) {
        at = next;
        next = next_of(heap, at);
    }
    if (next <= at || (at == block && !agrees(heap, at))) {
        return CISTERN_FAULT_HEADER;
    }
    return is_used(heap, at) ? CISTERN_FAULT_INTERIOR_FREE : CISTERN_FAULT_DOUBLE_FREE;
}

/* Adds `block`, which agrees with its neighbours, to what the heap knows of. */
static void enlist(cistern_heap_t *heap, size_t block)
{
    const size_t bytes = next_of(heap, block) - block;
    if (is_used(heap, block)) {
        account(heap, bytes);
    } else {
        index_insert(heap, block, bytes);
    }
}

/* Makes the heap whole again after damage: goes up to the first damaged boundary, down from the end
 * to the last one, and seals what lies between off as one block in use, which nobody can free. |
 * sound | damaged .. | sound | end      | sound | sealed ... | sound | end Each step goes up, or
 * down, so at most end / min of them each way. */
static void recover(cistern_heap_t *heap)
{
    index_reset(heap);
    heap->used = 0;
    heap->blocks = 0;
    size_t before = heap->end;
    size_t low = 0;
    while (low != heap->end && reaches(heap, low) && next_of(heap, low) > low) {
        enlist(heap, low);
        before = low;
        low = next_of(heap, low);
    }
    size_t high = heap->end;
    size_t prev = prev_of(heap, high);
    while (prev > low && prev < high && within(heap, prev) && reaches(heap, prev)) {
        high = prev;
        prev = prev_of(heap, high);
        enlist(heap, high);
    }
    join(heap, heap->end, 0, USED);
    if (low < high) {
        join(heap, before, low, header_at(heap, before)->next & USED);
        join(heap, low, high, USED);
        seal(heap->base + low + HEAD);
        enlist(heap, low);
    }
}

/* Answers a call with its fault; damage, other than misuse, is repaired. */
static cistern_fault_kind_t refuse(cistern_heap_t *heap, cistern_fault_kind_t kind)
{
    if (kind == CISTERN_FAULT_HEADER || kind == CISTERN_FAULT_LINK) {
        recover(heap);
    }
    return kind;
}

#else

static inline bool is_live(const cistern_heap_t *heap, size_t block)
{
    (void)heap;
    (void)block;
    return true;
}

static inline cistern_fault_kind_t neighbours_kind(const cistern_heap_t *heap, size_t next,
                                                   size_t prev)
{
    (void)heap;
    (void)next;
    (void)prev;
    return CISTERN_FAULT_NONE;
}

static inline cistern_fault_kind_t found_kind(const cistern_heap_t *heap, size_t block)
{
    (void)heap;
    (void)block;
    return CISTERN_FAULT_NONE;
}

static inline cistern_fault_kind_t diagnose(const cistern_heap_t *heap, size_t block)
{
    (void)heap;
    (void)block;
    return CISTERN_FAULT_NONE;
}

static inline cistern_fault_kind_t refuse(cistern_heap_t *heap, cistern_fault_kind_t kind)
{
    (void)heap;
    return kind;
}

#endif

/* Gives `block`, which is in no list and reaches to `limit`, `need` bytes and the rest to a new
 * free block, unless that would be too small. | block ................. | limit        | block need
 * | rest ...... | limit       */
static inline void place(cistern_heap_t *heap, size_t block, size_t limit, size_t need)
{
    const size_t rest = block + need;
    if (limit - rest < heap->min) {
        join(heap, block, limit, USED);
        account(heap, limit - block);
        return;
    }
    join(heap, block, rest, USED);
    join(heap, rest, limit, 0);
    index_insert(heap, rest, limit - rest);
    account(heap, need);
}

/* Lays one free block and the sentinel out in `memory`. False iff it is too small. `alignment` is
 * at most `bytes`. */
static bool HEAP(make)(cistern_heap_t *heap, const cistern_heap_config_t *config, size_t alignment)
{
    const size_t unit = alignment > sizeof(HEAP_INDEX) ? alignment : sizeof(HEAP_INDEX);
    const size_t engine = HEAP_LINKS_BYTES > HEAP_TAG_BYTES ? HEAP_LINKS_BYTES : HEAP_TAG_BYTES;
    const size_t least = engine != 0 ? engine : 1U;
    const size_t payload = config->min_size > least ? config->min_size : least;
    const uintptr_t start = (uintptr_t)config->memory + HEAD + unit - 1U;
    const size_t skip =
        (size_t)((start & ~((uintptr_t)unit - 1U)) - HEAD - (uintptr_t)config->memory);
    const size_t outside = skip + HEAD + HEAP_LINKS_BYTES;
    if (payload >= config->bytes || outside >= config->bytes) {
        return false;
    }
    const size_t min = (payload + HEAD + unit - 1U) & ~(unit - 1U);
    const size_t end = (config->bytes - outside) & ~(unit - 1U);
    if (end < min) {
        return false;
    }
    heap->base = (unsigned char *)config->memory + skip;
    heap->end = end;
    heap->mask = unit - 1U;
    heap->min = min;
    join(heap, 0, end, 0);
    join(heap, end, 0, USED);
    poison(heap->base + HEAD, end - HEAD);
    index_reset(heap);
    index_insert(heap, 0, end);
    return true;
}

/* After a fault of a block that the index gave: makes the heap fit for the next call. NULL. */
static void *repair(cistern_heap_t *heap, size_t block, cistern_fault_kind_t kind)
{
    if (kind == CISTERN_FAULT_POISON) {
        const size_t poisoned = block + HEAD + HEAP_LINKS_BYTES;
        poison(heap->base + poisoned, next_of(heap, block) - poisoned);
    }
    (void)refuse(heap, kind);
    return NULL;
}

static void *HEAP(alloc)(cistern_heap_t *heap, size_t size, cistern_fault_kind_t *fault)
{
    if (!can_hold(heap, size)) {
        return count_failure(heap, size);
    }
    const size_t need = block_bytes(heap, size);
    const size_t block = index_find(heap, need);
    if (block == NO_BLOCK) {
        return count_failure(heap, size);
    }
    *fault = found_kind(heap, block);
    if (*fault != CISTERN_FAULT_NONE) {
        return repair(heap, block, *fault);
    }
    index_remove(heap, block);
    place(heap, block, next_of(heap, block), need);
    return heap->base + block + HEAD;
}

/* As alloc; what lies before the aligned address becomes a free block, for which the distance must
 * be enough: else the next aligned address is taken.
 *   | block ..................... |      | block (free) | aligned need | rest | */
static void *HEAP(aligned_alloc)(cistern_heap_t *heap, size_t alignment, size_t size,
                                 cistern_fault_kind_t *fault)
{
    const size_t slack = alignment + heap->min;
    if (!can_hold(heap, size) || slack > heap->end - block_bytes(heap, size)) {
        return count_failure(heap, size);
    }
    const size_t need = block_bytes(heap, size);
    const size_t block = index_find(heap, need + slack);
    if (block == NO_BLOCK) {
        return count_failure(heap, size);
    }
    *fault = found_kind(heap, block);
    if (*fault != CISTERN_FAULT_NONE) {
        return repair(heap, block, *fault);
    }
    const size_t limit = next_of(heap, block);
    const uintptr_t payload = (uintptr_t)heap->base + block + HEAD + front(heap);
    size_t gap = (size_t)(((payload + alignment - 1U) & ~((uintptr_t)alignment - 1U)) - payload);
    gap +=
        (gap != 0 && gap < heap->min) ? (heap->min + alignment - 1U - gap) & ~(alignment - 1U) : 0;
    index_remove(heap, block);
    if (gap != 0) {
        join(heap, block, block + gap, 0);
        index_insert(heap, block, gap);
    }
    place(heap, block + gap, limit, need);
    return heap->base + block + gap + HEAD;
}

/*   | prev free | block | next free | limit      | prev (or block) free ......... | limit   */
static cistern_fault_kind_t HEAP(free)(cistern_heap_t *heap, const void *memory)
{
    const size_t block = index_of(heap, memory);
    if (!is_live(heap, block)) {
        return refuse(heap, diagnose(heap, block));
    }
    const size_t next = next_of(heap, block);
    const size_t prev = prev_of(heap, block);
    const cistern_fault_kind_t kind = neighbours_kind(heap, next, prev);
    if (kind != CISTERN_FAULT_NONE) {
        return refuse(heap, kind);
    }
    size_t start = block;
    size_t limit = next;
    if (!is_used(heap, next)) {
        index_remove(heap, next);
        limit = next_of(heap, next);
        forget(heap, next);
    }
    if (!is_used(heap, prev)) {
        index_remove(heap, prev);
        forget(heap, block);
        start = prev;
    }
    join(heap, start, limit, 0);
    poison(heap->base + start + HEAD, limit - start - HEAD);
    index_insert(heap, start, limit - start);
    heap->used -= next - block;
    --heap->blocks;
    return CISTERN_FAULT_NONE;
}

/* Payload bytes of the block at `memory`; 0, with *fault set, iff it is no block in use. */
static size_t HEAP(usable_size)(const cistern_heap_t *heap, const void *memory,
                                cistern_fault_kind_t *fault)
{
    const size_t block = index_of(heap, memory);
    if (!is_live(heap, block)) {
        *fault = diagnose(heap, block);
        return 0;
    }
    return next_of(heap, block) - block - HEAD;
}

/* Gives the live block at `memory` room for `size` bytes where it is, up to the end of a free
 * successor. False iff it does not fit or, with *fault set, the successor is not sound.
 *   | block | next free ... | limit      | block need .. | rest | limit   */
static bool HEAP(resize)(cistern_heap_t *heap, const void *memory, size_t size,
                         cistern_fault_kind_t *fault)
{
    const size_t block = index_of(heap, memory);
    const size_t next = next_of(heap, block);
    *fault = neighbours_kind(heap, next, heap->end);
    if (*fault != CISTERN_FAULT_NONE) {
        return false;
    }
    const size_t limit = is_used(heap, next) ? next : next_of(heap, next);
    if (!can_hold(heap, size) || limit - block < block_bytes(heap, size)) {
        return false;
    }
    if (limit != next) {
        index_remove(heap, next);
        forget(heap, next);
    }
    heap->used -= next - block;
    --heap->blocks;
    const size_t rest = block + block_bytes(heap, size);
    poison(heap->base + rest, limit - rest);
    place(heap, block, limit, rest - block);
    return true;
}

static size_t HEAP(largest)(const cistern_heap_t *heap)
{
    const size_t bytes = index_largest(heap);
    return bytes != 0 ? bytes - HEAD : 0;
}

/* Each step goes up, so at most end / min of them. */
static size_t HEAP(walk)(const cistern_heap_t *heap, cistern_heap_visit_t *visit, void *context)
{
    size_t shown = 0;
    size_t block = 0;
    while (block < heap->end) {
        const size_t next = next_of(heap, block);
        if (next <= block || next > heap->end || (next & heap->mask) != 0) {
            return shown;
        }
        cistern_heap_block_t seen = {.address = heap->base + block + HEAD,
                                     .size = next - block - HEAD,
                                     .used = is_used(heap, block)};
        if (seen.used) {
            describe(heap, &seen);
        }
        ++shown;
        if (!visit(&seen, context)) {
            return shown;
        }
        block = next;
    }
    return shown;
}

/* True iff the step from `block` to its successor keeps I1, I2 and I3. */
static bool step_check(const cistern_heap_t *heap, size_t block)
{
    const header_t header = *header_at(heap, block);
    const size_t next = header.next & ~USED;
    return next > block && next <= heap->end && (next & heap->mask) == 0 &&
           next - block >= heap->min &&
           header_at(heap, next)->prev == (block | (header.next & USED)) &&
           ((header.next | header.prev) & USED) != 0;
}

/* True iff what a block holds beside the caller's bytes is as it was left (G1, G2). */
static bool content_check(const cistern_heap_t *heap, size_t block)
{
    const unsigned char *const raw = heap->base + block + HEAD;
    const size_t bytes = next_of(heap, block) - block - HEAD;
    if (is_used(heap, block)) {
        return is_sealed(raw) || guard_kind(heap, raw, bytes) == CISTERN_FAULT_NONE;
    }
    return is_poisoned(raw + HEAP_LINKS_BYTES, bytes - HEAP_LINKS_BYTES);
}

/* Verifies I1 to I4 along the arena, then leaves I5 to the index. Each step goes up. */
static bool HEAP(check)(const cistern_heap_t *heap)
{
    heap_sums_t sums = {0, 0, 0, 0};
    size_t block = 0;
    while (block != heap->end) {
        if (!step_check(heap, block) || !content_check(heap, block)) {
            return false;
        }
        const size_t bytes = next_of(heap, block) - block;
        const bool used = is_used(heap, block);
        sums.used_bytes += used ? bytes : 0;
        sums.used_blocks += used ? 1U : 0;
        sums.free_bytes += used ? 0 : bytes;
        sums.free_blocks += used ? 0 : 1U;
        block += bytes;
    }
    return header_at(heap, block)->next == USED && header_at(heap, 0)->prev == (block | USED) &&
           sums.used_bytes == heap->used && sums.used_blocks == heap->blocks &&
           heap->used <= heap->max_used && index_check(heap, &sums);
}

#undef HEAD
#undef header_t
#undef links_t
#undef header_at
#undef links_at
#undef next_of
#undef prev_of
#undef is_used
#undef index_of
#undef block_bytes
#undef can_hold
#undef within
#undef agrees
#undef forget
#undef is_live
#undef neighbours_kind
#undef free_kind
#undef reaches
#undef diagnose
#undef recover
#undef refuse
#undef found_kind
#undef join
#undef enlist
#undef step_check
#undef content_check
#undef repair
#undef place
#undef account
#undef index_reset
#undef index_insert
#undef index_remove
#undef index_find
#undef index_sound
#undef index_largest
#undef index_check
#undef list_head
#undef list_first
#undef list_look
#undef list_check
#undef can_follow
#undef can_step
#undef HEAP_LINKS_BYTES
#undef HEAP_LIST_COUNT
