/* pool_lockfree.c - pools without a lock and without masking an interrupt.
 *
 *   work   | head | min_free | failures | link 0 | link 1 | ... | link n-1 |
 *   head   | version | free | index of the first free block, n: none |
 *   link i   index of the next free block, n: none; USED; or CLAIMED
 *
 * Vocabulary: a head is replaced when it changes from one value to another in a single step, by
 * compare and swap or by the port's load-linked and store-conditional.
 *
 * Links stand in the work memory and not in the blocks, so that a get which loses a race never
 * reads a block that has a new owner. For clients that look, a free block's first word holds the
 * plain pointer as well; nothing here reads it.
 *
 * Invariants:
 *   (I9)  head's free is the length of the list that its index starts
 *   (I10) each replacement adds 1 to version, so that a head which left and came back is another
 * one. index and free take only the bits that n needs; version has the rest, at least VERSION_BITS.
 * With load-linked it is not needed, and may have none (I11) link i is USED while block i is its
 * user's. Only the one put that changes it from USED to CLAIMED may put the block: two puts at once
 * are one double free
 */
#include "pool_core.h"
#include "pool_extras.h"
#include "pool_words.h"

#if POOL_WORDS

#    define USED    UINT32_MAX
#    define CLAIMED (UINT32_MAX - 1U)

typedef struct work {
    word_atomic_t head;
    half_atomic_t min_free;
    half_atomic_t failures;
    uint32_t bits; /* of an index, and of free */
    half_atomic_t link[];
} work_t;

_Static_assert(sizeof(work_t) <= CISTERN_POOL_LOCK_FREE_BYTES(0), "work does not fit");

static work_t *work_of(const cistern_pool_t *pool)
{
    return pool->extras->work;
}

/* --- heads ----------------------------------------------------------------------------------- */

static word_t mask_of(const work_t *work)
{
    return ((word_t)1 << work->bits) - 1U;
}

static uint32_t index_in(const work_t *work, word_t head)
{
    return (uint32_t)(head & mask_of(work));
}

static uint32_t free_in(const work_t *work, word_t head)
{
    return (uint32_t)((head >> work->bits) & mask_of(work));
}

/* The head after `old`, with `free` blocks from `index` on (I10). The sum wraps within version. */
static word_t head_after(const work_t *work, word_t old, uint32_t free, uint32_t index)
{
    const word_t low = ((word_t)free << work->bits) | ((word_t)index & mask_of(work));
    const word_t low_mask = (mask_of(work) << work->bits) | mask_of(work);
    return ((old & ~low_mask) + low_mask + 1U) | low;
}

/* Bits that hold 0 .. count. */
static uint32_t bits_for(size_t count)
{
    uint32_t bits = 1;
    while (bits < 31 && (count >> bits) > 0) {
        ++bits;
    }
    return bits;
}

/* --- get ------------------------------------------------------------------------------------- */

static void count_up(half_atomic_t *counter)
{
    uint32_t old = half_load(counter);
    while (old < UINT32_MAX && !half_replace(counter, old, old + 1U)) {
        old = half_load(counter);
    }
}

static void count_down_to(half_atomic_t *counter, uint32_t value)
{
    uint32_t old = half_load(counter);
    while (value < old && !half_replace(counter, old, value)) {
        old = half_load(counter);
    }
}

/* Takes the first free block off the list. Each round that fails is one in which another context's
 * get or put succeeded. */
static void *pop_first(const cistern_pool_t *pool, work_t *work)
{
    word_t old;
    word_t new;
    do {
        old = word_open(&work->head);
        const uint32_t index = index_in(work, old);
        if (index == pool->count) {
            word_abandon(&work->head);
            count_up(&work->failures);
            count_down_to(&work->min_free, 0);
            return NULL;
        }
        new = head_after(work, old, free_in(work, old) - 1U, half_load(&work->link[index]));
    } while (!word_close(&work->head, old, new));
    const uint32_t index = index_in(work, old);
    half_store(&work->link[index], USED);
    count_down_to(&work->min_free, free_in(work, new));
    return block_at(pool, index);
}

/* Puts a claimed block on the list; returns how many were free before. */
static uint32_t push_first(const cistern_pool_t *pool, work_t *work, cistern_block_t *block)
{
    const uint32_t index = (uint32_t)index_of(pool, block);
    word_t old;
    word_t seen = word_load(&work->head);
    do {
        old = seen;
        const uint32_t next = index_in(work, old);
        block->next = (next == pool->count) ? NULL : block_at(pool, next);
        half_store(&work->link[index], next);
        seen = word_open(&work->head);
    } while (seen != old ||
             !word_close(&work->head, old, head_after(work, old, free_in(work, old) + 1U, index)));
    return free_in(work, old);
}

/* A block that is taken, or NULL. What was damaged while it was free is repaired, and it is free
 * again. */
static void *get_one(const cistern_pool_t *pool, work_t *work)
{
    void *const block = pop_first(pool, work);
    const cistern_fault_kind_t kind =
        (block == NULL) ? CISTERN_FAULT_NONE : trail_of_free(pool, block);
    if (kind == CISTERN_FAULT_NONE) {
        return block;
    }
    trail_set_free(pool, block);
    trail_repair_guards(pool, block);
    (void)push_first(pool, work, block);
    (void)pool_report(pool, kind, block, pool->name);
    return NULL;
}

static void *get(cistern_pool_t *pool, const char *file, int line)
{
    void *const block = get_one(pool, work_of(pool));
    if (block != NULL) {
        trail_note(pool, block, CISTERN_POOL_GET, file, line);
    }
    return block;
}

static size_t get_many(cistern_pool_t *pool, void **blocks, size_t wanted, bool privileged,
                       const char *file, int line)
{
    size_t got = 0;
    (void)privileged;
    while (got < wanted && (blocks[got] = get(pool, file, line)) != NULL) {
        ++got;
    }
    return got;
}

static cistern_error_t put(cistern_pool_t *pool, void *block, bool *was_empty, const char *file,
                           int line)
{
    work_t *const work = work_of(pool);
    const size_t index = index_of(pool, block);
    if (CISTERN_CHECK >= 1 &&
        (index >= pool->count || !half_replace(&work->link[index], USED, CLAIMED))) {
        return pool_refuse(pool, block);
    }
    const cistern_fault_kind_t kind = trail_guards(pool, block);
    if (kind != CISTERN_FAULT_NONE) {
        trail_repair_guards(pool, block);
        half_store(&work->link[index], USED);
        return pool_report(pool, kind, block, pool->name);
    }
    trail_set_free(pool, block);
    trail_note(pool, block, CISTERN_POOL_PUT, file, line);
    *was_empty = push_first(pool, work, block) == 0;
    return CISTERN_OK;
}

static size_t put_many(cistern_pool_t *pool, void *const *blocks, size_t count, const char *file,
                       int line)
{
    size_t accepted = 0;
    bool was_empty;
    for (size_t i = 0; i < count; ++i) {
        accepted +=
            (blocks[i] != NULL && put(pool, blocks[i], &was_empty, file, line) == CISTERN_OK) ? 1U
                                                                                              : 0U;
    }
    return accepted;
}

/* --- life and looking ------------------------------------------------------------------------ */

static bool fits(const cistern_pool_extras_t *extras, size_t count)
{
    return extras->work != NULL && extras->reserve == 0 && extras->on_low == NULL &&
           extras->on_available == NULL && count < CLAIMED &&
           2U * bits_for(count) + VERSION_BITS <= sizeof(word_t) * CHAR_BIT &&
           extras->work_bytes >= CISTERN_POOL_LOCK_FREE_BYTES(count);
}

static void start(cistern_pool_t *pool)
{
    work_t *const work = work_of(pool);
    work->bits = bits_for(pool->count);
    for (uint32_t i = 0; i < pool->count; ++i) {
        half_store(&work->link[i], i + 1U);
    }
    half_store(&work->min_free, (uint32_t)pool->count);
    half_store(&work->failures, 0);
    word_store(&work->head, (word_t)pool->count << work->bits);
}

/* The numbers of one moment; there is nothing to stop. Where it is used for the public fields, two
 * contexts may write the same field at once: each writes a value that was right. */
static cistern_critical_t stop(cistern_pool_t *pool)
{
    const cistern_critical_t state = cistern_critical_enter();
    work_t *const work = work_of(pool);
    pool->free = free_in(work, word_load(&work->head));
    pool->min_free = half_load(&work->min_free);
    pool->min_free = (pool->min_free < pool->free) ? pool->min_free : pool->free;
    pool->failures = half_load(&work->failures);
    return state;
}

static void go(cistern_pool_t *pool, cistern_critical_t state)
{
    (void)pool;
    cistern_critical_leave(state);
}

static bool uses(const cistern_pool_t *pool, const void *block)
{
    const size_t index = index_of(pool, block);
    return index < pool->count && half_load(&work_of(pool)->link[index]) == USED;
}

/* (I9), (I11): follows the list for as many links as there are blocks free. Exact only when no
 * other context is inside a call. */
static bool is_sound(const cistern_pool_t *pool)
{
    const work_t *const work = work_of(pool);
    uint32_t index = index_in(work, word_load(&work->head));
    size_t used = 0;
    for (size_t left = pool->free; left > 0; --left) {
        if (index >= pool->count ||
            trail_of_free(pool, block_at(pool, index)) != CISTERN_FAULT_NONE) {
            return false;
        }
        index = half_load(&work->link[index]);
    }
    for (size_t i = 0; i < pool->count; ++i) {
        used += (half_load(&work->link[i]) == USED) ? 1U : 0U;
    }
    return index == pool->count && (used + pool->free == pool->count || CISTERN_CHECK == 0);
}

static void reset_low_water(cistern_pool_t *pool)
{
    work_t *const work = work_of(pool);
    half_store(&work->min_free, free_in(work, word_load(&work->head)));
}

const strategy_t strategy_lock_free = {
    .fits = fits,
    .start = start,
    .get = get,
    .get_many = get_many,
    .put = put,
    .put_many = put_many,
    .stop = stop,
    .go = go,
    .uses = uses,
    .uses_now = uses,
    .is_sound = is_sound,
    .reset_low_water = reset_low_water,
};

#else

/* A processor without atomic operations: init refuses lock-free pools. */
const strategy_t strategy_lock_free = {.fits = strategy_never_fits};

#endif
