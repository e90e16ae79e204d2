/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_lock_free.c - pools without a lock and without masking an interrupt.
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
 * reads a block that has a new owner. For clients that read it, a free block's first word holds the
 * plain pointer as well; nothing here reads it. The first free block's link counts the free ones,
 * so that their number changes in the same step as the list.
 *
 * Invariants:
 *   (I11) a free block's link counts the blocks from it to the end of the list. It changes only
 *         with the head, so that what was read of links before a replacement holds if that succeeds
 *   (I12) each replacement adds 1 to version, so that a head which left and came back is another
 *         one, unless exactly a multiple of 2^bits replacements came in between. index takes only
 *         the bits that n needs; version has the rest, at least VERSION_BITS. With load-linked it
 *         is not needed
 *   (I13) link i is USED while block i is its user's. Only the one put that changes it from USED to
 *         CLAIMED may put the block: two puts at once are one double free
 */
#include "pool_atomics.h"
#include "pool_guard.h"

#if POOL_HAS_ATOMICS

#    define POOL_LF_HALF    (sizeof(pool_cell_t) * CHAR_BIT / 2U)
#    define POOL_LF_MOST    (((pool_cell_t)1 << POOL_LF_HALF) - 1U) /* above each count and index */
#    define POOL_LF_USED    (~(pool_cell_t)0)
#    define POOL_LF_CLAIMED (POOL_LF_USED - 1U)

typedef struct pool_lf {
    pool_word_atomic_t head;
    pool_cell_atomic_t min_free;
    pool_cell_atomic_t failures;
    pool_word_t mask; /* of the index in head */
    pool_cell_atomic_t link[];
} pool_lf_t;

_Static_assert(sizeof(pool_lf_t) <= CISTERN_POOL_LOCK_FREE_BYTES(0), "work does not fit");
_Static_assert(sizeof(pool_cell_t) <=
                   CISTERN_POOL_LOCK_FREE_BYTES(1) - CISTERN_POOL_LOCK_FREE_BYTES(0),
               "link does not fit");

static pool_lf_t *pool_lf_of(const cistern_pool_t *pool)
{
    return (pool_lf_t *)pool->extras->work;
}

/* --- heads and links ------------------------------------------------------------------------- */

static size_t pool_lf_index(const pool_lf_t *work, pool_word_t head)
{
    return (size_t)(head & work->mask);
}

/* The head after `old`, whose list starts at `index` (I12). The sum wraps within version. */
static pool_word_t pool_lf_head_after(const pool_lf_t *work, pool_word_t old, size_t index)
{
    return ((old | work->mask) + 1U) | (pool_word_t)index;
}

static size_t pool_lf_next(pool_cell_t link)
{
    return (size_t)(link & POOL_LF_MOST);
}

static pool_cell_t pool_lf_link(size_t next, size_t free)
{
    return ((pool_cell_t)free << POOL_LF_HALF) | (pool_cell_t)next;
}

/* The link of a block; of none, that none is free. */
static pool_cell_t pool_lf_link_at(const cistern_pool_t *pool, const pool_lf_t *work, size_t index)
{
    return (index < pool->count) ? pool_cell_load(&work->link[index])
                                 : pool_lf_link(pool->count, 0);
}

static size_t pool_lf_free(pool_cell_t link)
{
    return (size_t)(link >> POOL_LF_HALF);
}

static void pool_lf_count_up(pool_cell_atomic_t *counter)
{
    pool_cell_t old = pool_cell_load(counter);
    while (old < UINT16_MAX && !pool_cell_replace(counter, old, old + 1U)) {
        old = pool_cell_load(counter);
    }
}

static void pool_lf_count_down_to(pool_cell_atomic_t *counter, size_t value)
{
    pool_cell_t old = pool_cell_load(counter);
    while (value < old && !pool_cell_replace(counter, old, (pool_cell_t)value)) {
        old = pool_cell_load(counter);
    }
}

/* --- the list -------------------------------------------------------------------------------- */

/* Blocks that were taken off the list at once, linked as they were. */
typedef struct taken {
    size_t first;  /* index of the first one */
    size_t n;      /* how many */
    size_t before; /* how many were free before */
} pool_lf_taken_t;

static size_t pool_lf_at_most(size_t wanted, size_t free, size_t kept)
{
    const size_t there = (free > kept) ? free - kept : 0;
    return (wanted < there) ? wanted : there;
}

/* Takes up to `wanted` blocks off the list, but leaves `kept`. Each round that fails is one in
 * which another context's get or put succeeded; what it read of links may be anything (I11). */
static pool_lf_taken_t pool_lf_pop(const cistern_pool_t *pool, pool_lf_t *work, size_t wanted,
                                   size_t kept)
{
    pool_lf_taken_t taken;
    pool_word_t old;
    size_t behind;
    do {
        old = pool_word_open(&work->head);
        taken.first = pool_lf_index(work, old);
        pool_cell_t link = pool_lf_link_at(pool, work, taken.first);
        taken.before = pool_lf_free(link);
        taken.n = pool_lf_at_most(wanted, taken.before, kept);
        if (taken.n == 0 && pool_word_load(&work->head) == old) {
            pool_word_abandon(&work->head);
            return taken;
        }
        for (size_t left = taken.n; left > 1; --left) {
            link = pool_lf_link_at(pool, work, pool_lf_next(link));
        }
        behind = pool_lf_next(link);
    } while (!pool_word_close(&work->head, old, pool_lf_head_after(work, old, behind)));
    pool_lf_count_down_to(&work->min_free, taken.before - taken.n);
    CISTERN_ASSERT(taken.n <= wanted && taken.n <= taken.before); /* (I11) */
    CISTERN_ASSERT(taken.n == 0 || taken.first < pool->count);
    return taken;
}

/* Puts `n` claimed blocks on the list, the first of which is the last one put; behind each but the
 * last one its link leads to the next. Returns how many were free before. */
static size_t pool_lf_push(const cistern_pool_t *pool, pool_lf_t *work, size_t first, size_t n)
{
    pool_word_t old;
    pool_word_t seen;
    size_t before;
    CISTERN_ASSERT(first < pool->count && n > 0);
    do {
        old = pool_word_load(&work->head);
        before = pool_lf_free(pool_lf_link_at(pool, work, pool_lf_index(work, old)));
        size_t index = first;
        for (size_t left = n; left > 0; --left) {
            const size_t next = (left > 1) ? pool_lf_next(pool_cell_load(&work->link[index]))
                                           : pool_lf_index(work, old);
            cistern_block_t *const block = (cistern_block_t *)pool_block_at(pool, index);
            block->next =
                (next == pool->count) ? NULL : (cistern_block_t *)pool_block_at(pool, next);
            pool_cell_store(&work->link[index], pool_lf_link(next, before + left));
            index = next;
        }
        seen = pool_word_open(&work->head);
    } while (seen != old ||
             !pool_word_close(&work->head, old, pool_lf_head_after(work, old, first)));
    return before;
}

/* --- get ------------------------------------------------------------------------------------- */

/* What the content of a free block is. Nothing follows its first word, which a put writes: that it
 * leads out of the pool is a user's write. */
static cistern_fault_kind_t pool_lf_judge(const cistern_pool_t *pool, const void *block)
{
    const cistern_block_t *const next = ((const cistern_block_t *)block)->next;
    const bool leads_out = CISTERN_CHECK >= 2 && next != NULL && !pool_has_touched(pool, next);
    return leads_out ? CISTERN_FAULT_POISON : pool_check_poison(pool, block);
}

/* Gives a block that was taken to its user. What was damaged while it was free is repaired, and it
 * is free again: then false. */
static bool pool_lf_hand_out(cistern_pool_t *pool, pool_lf_t *work, void *block,
                             const cistern_pool_place_t *at)
{
    const cistern_pool_finding_t finding = {pool_lf_judge(pool, block), block};
    if (finding.kind == CISTERN_FAULT_NONE) {
        cistern_pool_remember(pool, block, CISTERN_POOL_GET, at);
        return true;
    }
    pool_write_poison(pool, block);
    pool_write_guards(pool, block);
    (void)pool_lf_push(pool, work, pool_index(pool, block), 1);
    (void)pool_report_alone(pool, &finding);
    return false;
}

static pool_lf_taken_t pool_lf_take(const cistern_pool_t *pool, size_t wanted, bool privileged)
{
    pool_lf_t *const work = pool_lf_of(pool);
    const pool_lf_taken_t taken =
        pool_lf_pop(pool, work, wanted, privileged ? 0 : pool->extras->reserve);
    if (taken.n < wanted) {
        pool_lf_count_up(&work->failures);
        pool_lf_count_down_to(&work->min_free, taken.before - taken.n);
    }
    return taken;
}

static size_t pool_lf_get_bulk(cistern_pool_t *pool, void **blocks, size_t wanted, bool privileged,
                               const cistern_pool_place_t *at)
{
    pool_lf_t *const work = pool_lf_of(pool);
    const pool_lf_taken_t taken = pool_lf_take(pool, wanted, privileged);
    size_t index = taken.first;
    size_t got = 0;
    for (size_t left = taken.n; left > 0; --left) {
        const size_t next = pool_lf_next(pool_cell_load(&work->link[index]));
        pool_cell_store(&work->link[index], POOL_LF_USED);
        blocks[got] = pool_block_at(pool, index);
        got += pool_lf_hand_out(pool, work, blocks[got], at) ? 1U : 0U;
        index = next;
    }
    CISTERN_ASSERT(got <= taken.n);
    pool_announce_fall(pool, taken.before, taken.before - taken.n);
    return got;
}

static void *pool_lf_get(cistern_pool_t *pool, const cistern_pool_place_t *at)
{
    pool_lf_t *const work = pool_lf_of(pool);
    const pool_lf_taken_t taken = pool_lf_take(pool, 1, false);
    if (taken.n == 0) {
        return NULL;
    }
    void *const block = pool_block_at(pool, taken.first);
    CISTERN_ASSERT(taken.n == 1U);
    pool_cell_store(&work->link[taken.first], POOL_LF_USED);
    const bool whole = pool_lf_hand_out(pool, work, block, at);
    pool_announce_fall(pool, taken.before, taken.before - taken.n);
    return whole ? block : NULL;
}

/* --- put ------------------------------------------------------------------------------------- */

/* Takes a block from its user (I13); false and a finding if it is no block in use. A damaged guard
 * is a finding, too, and repaired. */
static bool pool_lf_claim(cistern_pool_t *pool, pool_lf_t *work, void *block,
                          cistern_pool_finding_t *finding)
{
    const size_t index = pool_index(pool, block);
    finding->address = block;
    if (CISTERN_CHECK >= 1 &&
        (index >= pool->count ||
         !pool_cell_replace(&work->link[index], POOL_LF_USED, POOL_LF_CLAIMED))) {
        finding->kind = pool_judge_stranger(pool, block);
        return false;
    }
    finding->kind = pool_check_guards(pool, block);
    if (finding->kind != CISTERN_FAULT_NONE) {
        pool_write_guards(pool, block);
    }
    pool_write_poison(pool, block);
    CISTERN_ASSERT(index < pool->count); /* (I13) */
    return true;
}

static cistern_error_t pool_lf_put(cistern_pool_t *pool, void *block, bool *was_empty,
                                   const cistern_pool_place_t *at)
{
    pool_lf_t *const work = pool_lf_of(pool);
    cistern_pool_finding_t finding;
    if (!pool_lf_claim(pool, work, block, &finding)) {
        return pool_report_alone(pool, &finding);
    }
    cistern_pool_remember(pool, block, CISTERN_POOL_PUT, at);
    const bool had_none = pool_lf_push(pool, work, pool_index(pool, block), 1) == 0;
    (void)pool_report_alone(pool, &finding);
    if (had_none) {
        pool_announce_available(pool, was_empty);
    }
    return CISTERN_OK;
}

/* In one replacement. Of accepted blocks with damaged guards one is reported. */
static size_t pool_lf_put_run(cistern_pool_t *pool, void *const *blocks, size_t count,
                              const cistern_pool_place_t *at)
{
    pool_lf_t *const work = pool_lf_of(pool);
    cistern_pool_finding_t finding = {CISTERN_FAULT_NONE, NULL};
    cistern_pool_finding_t accepted = finding;
    size_t first = pool->count;
    size_t n = 0;
    while (n < count && blocks[n] != NULL && pool_lf_claim(pool, work, blocks[n], &finding)) {
        const size_t index = pool_index(pool, blocks[n]);
        cistern_pool_remember(pool, blocks[n++], CISTERN_POOL_PUT, at);
        pool_cell_store(&work->link[index], pool_lf_link(first, 0));
        accepted = (finding.kind != CISTERN_FAULT_NONE) ? finding : accepted;
        finding.kind = CISTERN_FAULT_NONE;
        first = index;
    }
    if (n > 0 && pool_lf_push(pool, work, first, n) == 0) {
        pool_announce_available(pool, NULL);
    }
    CISTERN_ASSERT(n <= count);
    (void)pool_report_alone(pool, &accepted);
    (void)pool_report_alone(pool, &finding);
    return n;
}

/* --- life and inspection ------------------------------------------------------------------------
 */

/* Bits that hold 0 .. count. */
static unsigned pool_lf_bits_for(size_t count)
{
    unsigned bits = 1;
    while (bits < POOL_LF_HALF && (count >> bits) > 0) {
        ++bits;
    }
    return bits;
}

static bool pool_lf_fits(const cistern_pool_extras_t *extras, size_t count)
{
    return extras->work != NULL && count < POOL_LF_MOST &&
           pool_lf_bits_for(count) + POOL_VERSION_BITS <= sizeof(pool_word_t) * CHAR_BIT &&
           extras->work_bytes >= CISTERN_POOL_LOCK_FREE_BYTES(count);
}

static void pool_lf_prepare(cistern_pool_t *pool)
{
    pool_lf_t *const work = pool_lf_of(pool);
    work->mask = ((pool_word_t)1 << pool_lf_bits_for(pool->count)) - 1U;
    pool_cell_store(&work->failures, 0);
    CISTERN_ASSERT(pool->count <= work->mask); /* (I12) */
}

/* Blocks have no key here: `link` says what is free. */
static void pool_lf_fill(cistern_pool_t *pool)
{
    pool_lf_t *const work = pool_lf_of(pool);
    for (size_t i = 0; i < pool->count; ++i) {
        if (pool_has_keys(pool)) {
            ((cistern_keyed_block_t *)pool_block_at(pool, i))->key = 0;
            pool_write_poison(pool, pool_block_at(pool, i));
        }
        pool_cell_store(&work->link[i], pool_lf_link(i + 1U, pool->count - i));
    }
    pool_cell_store(&work->min_free, (pool_cell_t)pool->count);
    pool_word_store(&work->head, 0);
}

/* How many blocks are free at one moment. */
static size_t pool_lf_free_now(const cistern_pool_t *pool, const pool_lf_t *work)
{
    pool_word_t head;
    size_t free;
    do {
        head = pool_word_load(&work->head);
        free = pool_lf_free(pool_lf_link_at(pool, work, pool_lf_index(work, head)));
    } while (pool_word_load(&work->head) != head);
    CISTERN_ASSERT(free <= pool->count); /* (I11) */
    return free;
}

/* There is nothing to stop, and no field of the pool is written: a signal handler may read too. */
static cistern_critical_t pool_lf_stop(cistern_pool_t *pool)
{
    (void)pool;
    return (cistern_critical_t){0};
}

static void pool_lf_go(cistern_pool_t *pool, cistern_critical_t state)
{
    (void)pool;
    (void)state;
}

static void pool_lf_numbers(const cistern_pool_t *pool, cistern_pool_stats_t *stats)
{
    const pool_lf_t *const work = pool_lf_of(pool);
    const size_t least = pool_cell_load(&work->min_free);
    stats->free = pool_lf_free_now(pool, work);
    stats->min_free = (least < stats->free) ? least : stats->free;
    stats->failures = pool_cell_load(&work->failures);
}

static bool pool_lf_uses(const cistern_pool_t *pool, const void *block)
{
    const size_t index = pool_index(pool, block);
    return index < pool->count && pool_cell_load(&pool_lf_of(pool)->link[index]) == POOL_LF_USED;
}

/* (I11), (I13): follows the list for as many links as there are blocks free. Exact only when no
 * other context is inside a call. */
static bool pool_lf_is_whole(const cistern_pool_t *pool)
{
    const pool_lf_t *const work = pool_lf_of(pool);
    const size_t free = pool_lf_free_now(pool, work);
    size_t index = pool_lf_index(work, pool_word_load(&work->head));
    size_t used = 0;
    for (size_t left = free; left > 0; --left) {
        if (pool_lf_free(pool_lf_link_at(pool, work, index)) != left ||
            pool_lf_judge(pool, pool_block_at(pool, index)) != CISTERN_FAULT_NONE) {
            return false;
        }
        index = pool_lf_next(pool_cell_load(&work->link[index]));
    }
    for (size_t i = 0; i < pool->count; ++i) {
        used += (pool_cell_load(&work->link[i]) == POOL_LF_USED) ? 1U : 0U;
    }
    return index == pool->count && (used + free == pool->count || CISTERN_CHECK == 0);
}

static void pool_lf_reset(cistern_pool_t *pool)
{
    pool_lf_t *const work = pool_lf_of(pool);
    pool_cell_store(&work->min_free, (pool_cell_t)pool_lf_free_now(pool, work));
}

/* A pool that init refused is plain, and has no block. */
size_t cistern_pool_lock_free_used(const cistern_pool_t *pool)
{
    return pool_is_plain(pool) ? 0 : pool->count - pool_lf_free_now(pool, pool_lf_of(pool));
}

size_t cistern_pool_lock_free_most_used(const cistern_pool_t *pool)
{
    return pool_is_plain(pool) ? 0
                               : pool->count - (size_t)pool_cell_load(&pool_lf_of(pool)->min_free);
}

const struct cistern_pool_strategy cistern_pool_lock_free = {
    .fits = pool_lf_fits,
    .prepare = pool_lf_prepare,
    .fill = pool_lf_fill,
    .get = pool_lf_get,
    .get_bulk = pool_lf_get_bulk,
    .put = pool_lf_put,
    .put_run = pool_lf_put_run,
    .stop = pool_lf_stop,
    .go = pool_lf_go,
    .numbers = pool_lf_numbers,
    .uses = pool_lf_uses,
    .uses_now = pool_lf_uses,
    .is_whole = pool_lf_is_whole,
    .reset_low_water = pool_lf_reset,
};

#elif CISTERN_MEMP_LOCK_FREE

#    error "This processor has no atomic operations without a lock: set CISTERN_MEMP_LOCK_FREE to 0"

#elif CISTERN_POOL_EXTRAS

/* A processor without atomic operations: init refuses lock-free pools. */
const struct cistern_pool_strategy cistern_pool_lock_free = {.fits = pool_never_fits};

#endif
