/* SPDX-License-Identifier: BSD-3-Clause */
/* heap_repair.c - after a check has failed: what the fault is, and the repair of the heap. Nothing
 * here runs before; it is linear, and out of the way of what does. Words: see heap.c.
 *
 * A boundary is sound if both sides describe it alike. A gap lies between a block that begins at a
 * sound boundary and does not end at one (low), and the next block from which on boundaries are
 * sound again (high):
 *
 *   sound | low | ? ? ? ? ? ? ? ? ? | high | sound
 *         ^ known                   ^ known
 *
 * Two words still describe the gap, low's `next` and high's `prev`. Where one of them alone leads
 * to the other end, or both lead to one header in between, that boundary or header is written anew
 * and nothing is lost. Where they do not, the gap is put into quarantine from low to high: nobody
 * can say what stood there.
 *
 * A mend may be wrong, as damage can have written what leads somewhere. Its witness are the sums of
 * the heap, which lie out of the arena: where they are as before, every mend stands; where they are
 * not, every gap that was mended becomes quarantine. Then the index and the sums are made anew from
 * what is known.
 */
#include "heap_guard.h"

#if CISTERN_CHECK >= 1

void cistern_heap_report(const cistern_heap_t *heap, const heap_outcome_t *outcome)
{
    if (outcome->kind != CISTERN_FAULT_NONE) {
        cistern_fault_t fault = {
            .kind = outcome->kind,
            .object = heap,
            .address = outcome->address != NULL ? heap_memory_of(heap, outcome->address) : NULL,
            .name = heap->name};
        cistern_heap_name_user(heap, &fault);
        cistern_fault_raise(&fault);
    }
}

void *cistern_heap_take_again(cistern_heap_t *heap, const void *none, size_t size,
                              heap_changed_t *changed)
{
    if (none == NULL || !cistern_heap_repair(heap, none, changed)) {
        return NULL;
    }
    const cistern_critical_t state = cistern_critical_enter();
    void *const payload = cistern_heap_take(heap, size);
    changed(heap);
    cistern_critical_leave(state);
    return heap_is_damaged(payload) ? NULL : payload;
}

cistern_error_t cistern_heap_give_again(cistern_heap_t *heap, const void *payload,
                                        heap_changed_t *changed)
{
    if (payload == NULL) {
        return CISTERN_OK;
    }
    if (!cistern_heap_repair(heap, payload, changed)) {
        return CISTERN_ERROR_FAULT;
    }
    const cistern_critical_t state = cistern_critical_enter();
    const bool done = cistern_heap_give(heap, payload);
    changed(heap);
    cistern_critical_leave(state);
    return done ? CISTERN_OK : CISTERN_ERROR_FAULT;
}

#endif

#if CISTERN_CHECK >= 1 && CISTERN_DIAGNOSIS

/* A word of a header, taken apart. */
typedef struct heap_word {
    size_t block;
    size_t state; /* 0 if the word cannot be one */
} heap_word_t;

/* Takes a word apart that should name a block from `first` to `last`. */
static heap_word_t heap_read(const cistern_heap_t *heap, size_t word, size_t first, size_t last)
{
    heap_word_t read = {word & ~HEAP_STATES, word & HEAP_STATES};
    if (read.block < first || read.block > last || (read.block & heap->slack) != 0) {
        read.state = 0;
    }
    return read;
}

/* True if the block ends at a sound boundary, whatever its state. */
static bool heap_is_sound(const cistern_heap_t *heap, size_t block)
{
    CISTERN_ASSERT(block < heap->end); /* I1 */
    const heap_word_t next =
        heap_read(heap, heap_at(heap, block)->next, block + heap->min, heap->end);
    return next.state != 0 && heap_at(heap, next.block)->prev == block + next.state;
}

/* True if a chain begins at `block`: two sound boundaries in a row, or one to the sentinel. One
 * alone could be the bytes of a caller. */
static bool heap_is_chain(const cistern_heap_t *heap, size_t block)
{
    if (!heap_is_sound(heap, block)) {
        return false;
    }
    const size_t next = heap_next(heap, block);
    return next == heap->end || heap_is_sound(heap, next);
}

/* The next block behind `low` at which a chain begins, or the sentinel. */
static size_t heap_high(const cistern_heap_t *heap, size_t low)
{
    size_t high = low + heap->min;
    CISTERN_ASSERT(low < heap->end && (low & heap->slack) == 0); /* I1 */
    while (high < heap->end && !heap_is_chain(heap, high)) {
        high += (size_t)heap->slack + 1U;
    }
    return high < heap->end ? high : heap->end;
}

/* How many gaps one repair mends; those beyond become quarantine. */
#    define HEAP_MENDS 4U

/* A gap that was mended. What stood where a header was written may be the bytes of a caller: it
 * comes back if the mend does not stand. */
typedef struct heap_mended {
    size_t low;
    size_t high;
    size_t middle; /* the header that was written in between, or HEAP_NOWHERE */
    heap_header_t was;
} heap_mended_t;

/* What one repair found. */
typedef struct heap_findings {
    size_t damaged; /* the first block whose header was damaged, or HEAP_NOWHERE */
    size_t count;
    heap_mended_t mended[HEAP_MENDS];
} heap_findings_t;

#    if CISTERN_HEAP_GUARDED
static inline bool heap_is_held(const cistern_heap_t *heap, size_t block)
{
    return cistern_heap_is_held(heap, block);
}

static inline void heap_unhold(cistern_heap_t *heap, size_t low, size_t high)
{
    cistern_heap_unhold(heap, low, high);
}
#    else
static inline bool heap_is_held(const cistern_heap_t *heap, size_t block)
{
    (void)heap;
    (void)block;
    return false;
}

static inline void heap_unhold(cistern_heap_t *heap, size_t low, size_t high)
{
    (void)heap;
    (void)low;
    (void)high;
}
#    endif

/* Puts a gap into quarantine for good: it is no held block, even if one began there. */
static void heap_give_up(cistern_heap_t *heap, size_t low, size_t high)
{
    CISTERN_ASSERT(low < high && high <= heap->end);
    heap_unhold(heap, low, high);
    heap_join(heap, low, high, HEAP_QUARANTINE);
}

/* True if a header other than `middle` names both ends of the gap: then one bit in each of two words
 * may have moved the place that they lead to, which no sum shows. */
static bool heap_is_contested(const cistern_heap_t *heap, size_t low, size_t high, size_t middle)
{
    CISTERN_ASSERT(low < high && high <= heap->end); /* I1 */
    for (size_t block = low + heap->min; block < high; block += (size_t)heap->slack + 1U) {
        if (block != middle && heap_prev(heap, block) == low && heap_next(heap, block) == high) {
            return true;
        }
    }
    return false;
}

/* Repairs the gap from `low` to `high`: which block's header was damaged. */
static size_t heap_mend_gap(cistern_heap_t *heap, size_t low, size_t high,
                            heap_findings_t *findings)
{
    const heap_word_t next = heap_read(heap, heap_at(heap, low)->next, low + heap->min, high);
    const heap_word_t prev = heap_read(heap, heap_at(heap, high)->prev, low, high - heap->min);
    CISTERN_ASSERT(low < high && high <= heap->end); /* I1 */
    const bool leads_up = next.state != 0 && next.block == high;
    const bool leads_down = prev.state != 0 && prev.block == low;
    const bool agree = next.state != 0 && prev.state != 0 && next.block == prev.block &&
                       !heap_is_contested(heap, low, high, next.block);
    if ((leads_up == leads_down && !agree) || findings->count == HEAP_MENDS) {
        heap_give_up(heap, low, high);
        return low;
    }
    heap_mended_t *const mended = &findings->mended[findings->count++];
    *mended = (heap_mended_t){low, high, HEAP_NOWHERE, {0, 0}};
    if (agree) {
        mended->middle = next.block;
        mended->was = *heap_at(heap, next.block);
        heap_join(heap, low, next.block, next.state);
        heap_join(heap, next.block, high, prev.state);
        return next.block;
    }
    heap_join(heap, low, high, leads_up ? next.state : prev.state);
    return leads_up ? high : low;
}

/* Repairs every gap, and the ring through the sentinel. Each step goes up, and a gap is passed over
 * once. */
static void heap_mend(cistern_heap_t *heap, heap_findings_t *findings)
{
    const size_t end = heap->end;
    if (heap_at(heap, 0)->prev != end + HEAP_USED || heap_at(heap, end)->next != HEAP_USED) {
        findings->damaged = heap_at(heap, 0)->prev != end + HEAP_USED ? 0 : end;
        heap_join(heap, end, 0, HEAP_USED);
    }
    for (size_t block = 0; block != end; block = heap_next(heap, block)) {
        if (!heap_is_sound(heap, block)) {
            const size_t found = heap_mend_gap(heap, block, heap_high(heap, block), findings);
            findings->damaged = findings->damaged != HEAP_NOWHERE ? findings->damaged : found;
        }
    }
}

/* Makes the sums anew of a sound chain (I4). */
static void heap_count(cistern_heap_t *heap)
{
    heap->used = 0;
    heap->blocks = 0;
    heap->quarantined = 0;
    for (size_t block = 0; block != heap->end; block = heap_next(heap, block)) {
        const size_t state = heap_state(heap, block);
        const size_t bytes = heap_next(heap, block) - block;
        if (state == HEAP_USED) {
            heap->used += bytes;
            ++heap->blocks;
        } else if (state == HEAP_QUARANTINE) {
            heap->quarantined = (cistern_heap_index_t)(heap->quarantined + bytes);
        }
    }
    CISTERN_ASSERT(heap->used + heap->quarantined <= heap->end); /* I4 */
    CISTERN_ASSERT((heap->used == 0) == (heap->blocks == 0));    /* I4 */
}

/* Undoes a mend. */
static void heap_unmend(cistern_heap_t *heap, const heap_mended_t *mended)
{
    CISTERN_ASSERT(mended->low < mended->high && mended->high <= heap->end); /* I1 */
    CISTERN_ASSERT(mended->middle == HEAP_NOWHERE ||
                   (mended->middle > mended->low && mended->middle < mended->high)); /* I1 */
    if (mended->middle != HEAP_NOWHERE) {
        *heap_at(heap, mended->middle) = mended->was;
    }
    heap_give_up(heap, mended->low, mended->high);
}

/* Makes the sums anew, and decides whether the mends stand. */
static void heap_settle(cistern_heap_t *heap, const heap_findings_t *findings)
{
    const size_t used = heap->used;
    const size_t blocks = heap->blocks;
    const size_t quarantined = heap->quarantined;
    CISTERN_ASSERT(findings->count <= HEAP_MENDS);
    heap_count(heap);
    if (heap->used == used && heap->blocks == blocks && heap->quarantined == quarantined) {
        return;
    }
    for (size_t i = 0; i < findings->count; ++i) {
        heap_unmend(heap, &findings->mended[i]);
    }
    heap_count(heap);
    CISTERN_ASSERT(heap->used + heap->quarantined <= heap->end); /* I4 */
}

/* Joins a free block and the free ones behind it, which damage may have left. */
static void heap_absorb(cistern_heap_t *heap, size_t block)
{
    CISTERN_ASSERT(heap_state(heap, block) == HEAP_FREE); /* I3 */
    size_t next = heap_next(heap, block);
    while (next != heap->end && heap_state(heap, next) == HEAP_FREE) {
        const size_t limit = heap_next(heap, next);
        heap_forget(heap, next);
        heap_join(heap, block, limit, HEAP_FREE);
        next = limit;
    }
}

/* Makes the index anew of a sound chain (I3, I5). */
static void heap_rebuild(cistern_heap_t *heap)
{
    cistern_heap_index_reset(heap);
    for (size_t block = 0; block != heap->end; block = heap_next(heap, block)) {
        if (heap_state(heap, block) == HEAP_FREE) {
            heap_absorb(heap, block);
            cistern_heap_index_add(heap, block, heap_next(heap, block) - block);
        }
    }
    heap->max_used = heap->used > heap->max_used ? heap->used : heap->max_used;
    CISTERN_ASSERT(heap->used + heap->quarantined <= heap->end); /* I4 */
}

cistern_fault_kind_t cistern_heap_classify(const cistern_heap_t *heap, const void *payload)
{
    const size_t offset = heap_offset(heap, payload);
    if (offset >= heap->end) {
        return CISTERN_FAULT_FOREIGN_FREE;
    }
    if ((offset & heap->slack) != 0) {
        return CISTERN_FAULT_MISALIGNED;
    }
    size_t block = 0;
    while (heap_is_sound(heap, block) && heap_next(heap, block) <= offset) {
        block = heap_next(heap, block);
    }
    const size_t state = heap_state(heap, block);
    const bool is_start = state == HEAP_USED && offset == block;
    if (!heap_is_sound(heap, block) || is_start ||
        (state == HEAP_QUARANTINE && !heap_is_held(heap, block))) {
        return CISTERN_FAULT_HEADER; /* of a live block: its beginning is damaged */
    }
    return state == HEAP_USED ? CISTERN_FAULT_INTERIOR_FREE : CISTERN_FAULT_DOUBLE_FREE;
}

/* Finds out what is to be reported, and repairs what is damaged: true if the call may be tried once
 * more. Inside the critical section. */
static bool heap_diagnose(cistern_heap_t *heap, const void *payload, heap_outcome_t *outcome)
{
    heap_findings_t findings = {.damaged = HEAP_NOWHERE};
    if (heap->end != 0) {
        heap_mend(heap, &findings);
    }
    const size_t damaged = findings.damaged;
    const bool is_alloc = heap_is_damaged(payload);
    const bool is_link =
        damaged == HEAP_NOWHERE && (is_alloc || cistern_heap_is_live(heap, payload));
    outcome->address = is_alloc ? NULL : payload;
    outcome->kind = CISTERN_FAULT_LINK;
    if (damaged != HEAP_NOWHERE) {
        outcome->kind = CISTERN_FAULT_HEADER;
        outcome->address = heap_payload(heap, damaged);
    }
    if (damaged != HEAP_NOWHERE || is_link) {
        heap_settle(heap, &findings);
        heap_rebuild(heap);
        CISTERN_ASSERT(heap->used <= heap->max_used); /* I4 */
        return is_alloc || cistern_heap_is_live(heap, payload);
    }
    outcome->kind = cistern_heap_classify(heap, payload);
    return false;
}

bool cistern_heap_repair(cistern_heap_t *heap, const void *payload, heap_changed_t *changed)
{
    heap_outcome_t outcome;
    const cistern_critical_t state = cistern_critical_enter();
    const bool again = heap_diagnose(heap, payload, &outcome);
    changed(heap);
    cistern_critical_leave(state);
    cistern_heap_report(heap, &outcome);
    return again;
}

#elif CISTERN_CHECK >= 1

/* Without diagnosis: refused and counted. */
cistern_fault_kind_t cistern_heap_classify(const cistern_heap_t *heap, const void *payload)
{
    (void)heap;
    (void)payload;
    return CISTERN_FAULT_HEADER;
}

bool cistern_heap_repair(cistern_heap_t *heap, const void *payload, heap_changed_t *changed)
{
    const heap_outcome_t outcome = {CISTERN_FAULT_HEADER,
                                    heap_is_damaged(payload) ? NULL : payload};
    (void)changed;
    cistern_heap_report(heap, &outcome);
    return false;
}

#endif

/* At level 0 there is nothing here: ISO C wants a translation unit to hold something. */
typedef int heap_repair_is_optional_t;
