/* pool_lockfree.c - pools without a lock and without masking an interrupt.
 *
 *   work   | head | min_free | failures | mask | link 0 | link 1 | ... | link n-1 |
 *   head   | version | index of the first free block, n: none |
 *   link i   | how many blocks are free from i on | index of the next free block, n: none |
 *            or USED, or CLAIMED
 *
 * Vocabulary: a head is replaced when it changes from one value to another in a single step, by
 * compare and swap or by the port's load-linked and store-conditional.
 *
 * Links stand in the work memory and not in the blocks, so that a get which loses a race never
 * reads a block that has a new owner. For clients that look, a free block's first word holds the
 * plain pointer as well; nothing here reads it. The first free block's link counts the free ones,
 * so that their number changes in the same step as the list.
 *
 * Invariants:
 *   (I9)  a free block's link counts the blocks from it to the end of the list. It changes only
 *         with the head, so that what was read of links before a replacement holds if that succeeds
 *   (I10) each replacement adds 1 to version, so that a head which left and came back is another
 *         one, unless exactly a multiple of 2^bits replacements came in between. index takes only
 *         the bits that n needs; version has the rest, at least VERSION_BITS. With load-linked it
 *         is not needed
 *   (I11) link i is USED while block i is its user's. Only the one put that changes it from USED to
 *         CLAIMED may put the block: two puts at once are one double free
 */
#include "pool_core.h"
#include "pool_extras.h"
#include "pool_words.h"

#if POOL_WORDS

#    define HALF    (sizeof(cell_t) * CHAR_BIT / 2U)
#    define MOST    (((cell_t)1 << HALF) - 1U) /* above each count and index */
#    define USED    (~(cell_t)0)
#    define CLAIMED (USED - 1U)

typedef struct work {
    word_atomic_t head;
    cell_atomic_t min_free;
    cell_atomic_t failures;
    word_t mask; /* of the index in head */
    cell_atomic_t link[];
} work_t;

_Static_assert(sizeof(work_t) <= CISTERN_POOL_LOCK_FREE_BYTES(0), "work does not fit");
_Static_assert(sizeof(cell_t) <= CISTERN_POOL_LOCK_FREE_BYTES(1) - CISTERN_POOL_LOCK_FREE_BYTES(0),
               "link does not fit");

static work_t *work_of(const cistern_pool_t *pool)
{
    return pool->extras->work;
}

/* --- heads and links ------------------------------------------------------------------------- */

static size_t index_in(const work_t *work, word_t head)
{
    return (size_t)(head & work->mask);
}

/* The head after `old`, whose list starts at `index` (I10). The sum wraps within version. */
static word_t head_after(const work_t *work, word_t old, size_t index)
{
    return ((old | work->mask) + 1U) | (word_t)index;
}

static size_t next_in(cell_t link)
{
    return (size_t)(link & MOST);
}

static cell_t link_to(size_t next, size_t free)
{
    return ((cell_t)free << HALF) | (cell_t)next;
}

/* The link of a block; of none, that none is free. */
static cell_t link_at(const cistern_pool_t *pool, const work_t *work, size_t index)
{
    return (index < pool->count) ? cell_load(&work->link[index]) : link_to(pool->count, 0);
}

static size_t free_in(cell_t link)
{
    return (size_t)(link >> HALF);
}

static void count_up(cell_atomic_t *counter)
{
    cell_t old = cell_load(counter);
    while (old < UINT16_MAX && !cell_replace(counter, old, old + 1U)) {
        old = cell_load(counter);
    }
}

static void count_down_to(cell_atomic_t *counter, size_t value)
{
    cell_t old = cell_load(counter);
    while (value < old && !cell_replace(counter, old, (cell_t)value)) {
        old = cell_load(counter);
    }
}

/* --- the list -------------------------------------------------------------------------------- */

/* Blocks that were taken off the list at once, linked as they were. */
typedef struct taken {
    size_t first;  /* index of the first one */
    size_t n;      /* how many */
    size_t before; /* how many were free before */
} taken_t;

static size_t at_most(size_t wanted, size_t free, size_t kept)
{
    const size_t there = (free > kept) ? free - kept : 0;
    return (wanted < there) ? wanted : there;
}

/* Takes up to `wanted` blocks off the list, but leaves `kept`. Each round that fails is one in
 * which another context's get or put succeeded; what it read of links may be anything (I9). */
static taken_t pop_some(const cistern_pool_t *pool, work_t *work, size_t wanted, size_t kept)
{
    taken_t taken;
    word_t old;
    size_t behind;
    do {
        old = word_open(&work->head);
        taken.first = index_in(work, old);
        cell_t link = link_at(pool, work, taken.first);
        taken.before = free_in(link);
        taken.n = at_most(wanted, taken.before, kept);
        if (taken.n == 0 && word_load(&work->head) == old) {
            word_abandon(&work->head);
            return taken;
        }
        for (size_t left = taken.n; left > 1; --left) {
            link = link_at(pool, work, next_in(link));
        }
        behind = next_in(link);
    } while (!word_close(&work->head, old, head_after(work, old, behind)));
    count_down_to(&work->min_free, taken.before - taken.n);
    return taken;
}

/* Puts `n` claimed blocks on the list, the first of which is the last one put; behind each but the
 * last one its link leads to the next. Returns how many were free before. */
static size_t push_some(const cistern_pool_t *pool, work_t *work, size_t first, size_t n)
{
    word_t old;
    word_t seen;
    size_t before;
    do {
        old = word_load(&work->head);
        before = free_in(link_at(pool, work, index_in(work, old)));
        size_t index = first;
        for (size_t left = n; left > 0; --left) {
            const size_t next =
                (left > 1) ? next_in(cell_load(&work->link[index])) : index_in(work, old);
            cistern_block_t *const block = block_at(pool, index);
            block->next = (next == pool->count) ? NULL : block_at(pool, next);
            cell_store(&work->link[index], link_to(next, before + left));
            index = next;
        }
        seen = word_open(&work->head);
    } while (seen != old || !word_close(&work->head, old, head_after(work, old, first)));
    return before;
}

/* --- get ------------------------------------------------------------------------------------- */

/* Gives a block that was taken to its user. What was damaged while it was free is repaired, and it
 * is free again: then false. */
static bool hand_out(const cistern_pool_t *pool, work_t *work, void *block, const char *file,
                     int line)
{
    const cistern_fault_kind_t kind = trail_of_free(pool, block);
    if (kind == CISTERN_FAULT_NONE) {
        trail_note(pool, block, CISTERN_POOL_GET, file, line);
        return true;
    }
    trail_set_free(pool, block);
    trail_repair_guards(pool, block);
    (void)push_some(pool, work, index_of(pool, block), 1);
    (void)pool_report(pool, kind, block, pool->name);
    return false;
}

static taken_t take_some(const cistern_pool_t *pool, size_t wanted, bool privileged)
{
    work_t *const work = work_of(pool);
    const taken_t taken = pop_some(pool, work, wanted, privileged ? 0 : pool->extras->reserve);
    if (taken.n < wanted) {
        count_up(&work->failures);
        count_down_to(&work->min_free, taken.before - taken.n);
    }
    return taken;
}

static size_t get_many(cistern_pool_t *pool, void **blocks, size_t wanted, bool privileged,
                       const char *file, int line)
{
    work_t *const work = work_of(pool);
    const taken_t taken = take_some(pool, wanted, privileged);
    size_t index = taken.first;
    size_t got = 0;
    for (size_t left = taken.n; left > 0; --left) {
        const size_t next = next_in(cell_load(&work->link[index]));
        cell_store(&work->link[index], USED);
        blocks[got] = block_at(pool, index);
        got += hand_out(pool, work, blocks[got], file, line) ? 1U : 0U;
        index = next;
    }
    extras_announce_fall(pool, taken.before, taken.before - taken.n);
    return got;
}

static void *get(cistern_pool_t *pool, const char *file, int line)
{
    work_t *const work = work_of(pool);
    const taken_t taken = take_some(pool, 1, false);
    if (taken.n == 0) {
        return NULL;
    }
    void *const block = block_at(pool, taken.first);
    cell_store(&work->link[taken.first], USED);
    const bool whole = hand_out(pool, work, block, file, line);
    extras_announce_fall(pool, taken.before, taken.before - taken.n);
    return whole ? block : NULL;
}

/* --- put ------------------------------------------------------------------------------------- */

/* Takes a block from its user, if it is one in use and its guards are whole (I11). */
static cistern_fault_kind_t claim(const cistern_pool_t *pool, work_t *work, void *block,
                                  const char *file, int line)
{
    const size_t index = index_of(pool, block);
    const bool claimed = (CISTERN_CHECK == 0) ? block != NULL
                                              : index < pool->count &&
                                                    cell_replace(&work->link[index], USED, CLAIMED);
    if (!claimed) {
        return CISTERN_FAULT_DOUBLE_FREE;
    }
    const cistern_fault_kind_t kind = trail_guards(pool, block);
    if (kind != CISTERN_FAULT_NONE) {
        trail_repair_guards(pool, block);
        cell_store(&work->link[index], USED);
        return kind;
    }
    trail_set_free(pool, block);
    trail_note(pool, block, CISTERN_POOL_PUT, file, line);
    return CISTERN_FAULT_NONE;
}

static cistern_error_t put(cistern_pool_t *pool, void *block, bool *was_empty, const char *file,
                           int line)
{
    work_t *const work = work_of(pool);
    const cistern_fault_kind_t kind = claim(pool, work, block, file, line);
    if (kind != CISTERN_FAULT_NONE) {
        return put_refused(pool, block, kind);
    }
    const bool had_none = push_some(pool, work, index_of(pool, block), 1) == 0;
    if (had_none) {
        extras_announce_available(pool, was_empty);
    }
    return CISTERN_OK;
}

/* In one replacement. */
static size_t put_run(cistern_pool_t *pool, void *const *blocks, size_t count, const char *file,
                      int line)
{
    work_t *const work = work_of(pool);
    cistern_fault_kind_t kind = CISTERN_FAULT_NONE;
    size_t first = pool->count;
    size_t n = 0;
    while (n < count && blocks[n] != NULL &&
           (kind = claim(pool, work, blocks[n], file, line)) == CISTERN_FAULT_NONE) {
        const size_t index = index_of(pool, blocks[n++]);
        cell_store(&work->link[index], link_to(first, 0));
        first = index;
    }
    if (n > 0 && push_some(pool, work, first, n) == 0) {
        extras_announce_available(pool, NULL);
    }
    if (kind != CISTERN_FAULT_NONE) {
        (void)put_refused(pool, blocks[n], kind);
    }
    return n;
}

/* --- life and looking ------------------------------------------------------------------------ */

/* Bits that hold 0 .. count. */
static unsigned bits_for(size_t count)
{
    unsigned bits = 1;
    while (bits < HALF && (count >> bits) > 0) {
        ++bits;
    }
    return bits;
}

static bool fits(const cistern_pool_extras_t *extras, size_t count)
{
    return extras->work != NULL && count < MOST &&
           bits_for(count) + VERSION_BITS <= sizeof(word_t) * CHAR_BIT &&
           extras->work_bytes >= CISTERN_POOL_LOCK_FREE_BYTES(count);
}

static void prepare(cistern_pool_t *pool)
{
    work_t *const work = work_of(pool);
    work->mask = ((word_t)1 << bits_for(pool->count)) - 1U;
    cell_store(&work->failures, 0);
}

static void fill(cistern_pool_t *pool)
{
    work_t *const work = work_of(pool);
    for (size_t i = 0; i < pool->count; ++i) {
        cell_store(&work->link[i], link_to(i + 1U, pool->count - i));
    }
    cell_store(&work->min_free, (cell_t)pool->count);
    word_store(&work->head, 0);
}

/* How many blocks are free at one moment. */
static size_t free_now(const cistern_pool_t *pool, const work_t *work)
{
    word_t head;
    size_t free;
    do {
        head = word_load(&work->head);
        free = free_in(link_at(pool, work, index_in(work, head)));
    } while (word_load(&work->head) != head);
    return free;
}

/* The numbers of one moment; there is nothing to stop. Where it is used for the public fields, two
 * contexts may write the same field at once: each writes a value that was right. */
static cistern_critical_t stop(cistern_pool_t *pool)
{
    const cistern_critical_t state = cistern_critical_enter();
    work_t *const work = work_of(pool);
    pool->free = free_now(pool, work);
    pool->min_free = cell_load(&work->min_free);
    pool->min_free = (pool->min_free < pool->free) ? pool->min_free : pool->free;
    pool->failures = (uint16_t)cell_load(&work->failures);
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
    return index < pool->count && cell_load(&work_of(pool)->link[index]) == USED;
}

/* (I9), (I11): follows the list for as many links as there are blocks free. Exact only when no
 * other context is inside a call. */
static bool is_sound(const cistern_pool_t *pool)
{
    const work_t *const work = work_of(pool);
    size_t index = index_in(work, word_load(&work->head));
    size_t used = 0;
    for (size_t left = pool->free; left > 0; --left) {
        if (free_in(link_at(pool, work, index)) != left ||
            trail_of_free(pool, block_at(pool, index)) != CISTERN_FAULT_NONE) {
            return false;
        }
        index = next_in(cell_load(&work->link[index]));
    }
    for (size_t i = 0; i < pool->count; ++i) {
        used += (cell_load(&work->link[i]) == USED) ? 1U : 0U;
    }
    return index == pool->count && (used + pool->free == pool->count || CISTERN_CHECK == 0);
}

static void reset_low_water(cistern_pool_t *pool)
{
    work_t *const work = work_of(pool);
    cell_store(&work->min_free, (cell_t)free_now(pool, work));
}

#    if CISTERN_MEMP_LOCK_FREE

/* A pool that init refused is plain, and has no block. */
size_t pool_lock_free_used(const cistern_pool_t *pool)
{
    return is_plain(pool) ? 0 : pool->count - free_now(pool, work_of(pool));
}

size_t pool_lock_free_most_used(const cistern_pool_t *pool)
{
    return is_plain(pool) ? 0 : pool->count - (size_t)cell_load(&work_of(pool)->min_free);
}

#    endif

const strategy_t strategy_lock_free = {
    .fits = fits,
    .prepare = prepare,
    .fill = fill,
    .get = get,
    .get_many = get_many,
    .put = put,
    .put_run = put_run,
    .stop = stop,
    .go = go,
    .uses = uses,
    .uses_now = uses,
    .is_sound = is_sound,
    .reset_low_water = reset_low_water,
};

#elif CISTERN_MEMP_LOCK_FREE

#    error "This processor has no atomic operations without a lock: set CISTERN_MEMP_LOCK_FREE to 0"

#else

/* A processor without atomic operations: init refuses lock-free pools. */
const strategy_t strategy_lock_free = {.fits = strategy_never_fits};

#endif
