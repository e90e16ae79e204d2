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
 * and nothing is lost. Where they do not, the gap is put into quarantine from low to high, since
 * what stood there is unknown. Boundaries in it that are sound by themselves are unmade, so that no free
 * takes a block that the sums count as quarantined.
 *
 * A mend may be wrong, as damage can have written what leads somewhere. Its witness are the sums of
 * the heap, which lie out of the arena: a first walk adds up what the mends would make of it, and
 * mends nothing, as what stands where a header is missing may be the bytes of a caller. Where the
 * sums are as before, another walk mends every gap; where they are not, it puts every gap into
 * quarantine. Damage that wrote both sides of a boundary alike leaves no gap, and other sums: where a
 * free block in which a chain begins passes for a gap and the sums are right then, it is one, and the
 * live blocks in it stay blocks. Then the index and the sums are made anew from what is known.
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

#endif

#if CISTERN_CHECK >= 1 && CISTERN_DIAGNOSIS

/* True if the block ends at a sound boundary, whatever its state. */
static bool heap_is_sound(const cistern_heap_t *heap, size_t block)
{
    const size_t word = heap_at(heap, block)->next;
    const size_t state = word & HEAP_STATES;
    const size_t next = word - state;
    CISTERN_ASSERT(block < heap->end); /* I1 */
    return state != 0 && next >= block + heap->min && next <= heap->end &&
           (next & heap->slack) == 0 && heap_at(heap, next)->prev == block + state;
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

/* The first block from `high` on at which a chain begins, or the sentinel. */
static size_t heap_high(const cistern_heap_t *heap, size_t high)
{
    CISTERN_ASSERT((high & heap->slack) == 0); /* I1 */
    while (high < heap->end && !heap_is_chain(heap, high)) {
        high += (size_t)heap->slack + 1U;
    }
    return high < heap->end ? high : heap->end;
}

/* True if a block is free and a chain begins in it: the headers of live blocks, where damage wrote
 * both sides of a boundary alike, as those of merged blocks are unmade (I6). Or those of an earlier
 * heap in this memory. */
static bool heap_is_suspect(const cistern_heap_t *heap, size_t block)
{
    return heap_state(heap, block) == HEAP_FREE &&
           heap_high(heap, block + heap->min) < heap_next(heap, block);
}

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

/* What a walk over all blocks does: it adds up what they are when every gap is mended, and mends
 * none; or it mends every gap; or it puts every gap into quarantine. */
typedef enum heap_pass { HEAP_ADD_UP, HEAP_MEND, HEAP_GIVE_UP } heap_pass_t;

typedef struct heap_total {
    size_t bytes;
    size_t blocks;
} heap_total_t;

/* What a walk found. */
typedef struct heap_findings {
    cistern_heap_t *heap;
    size_t damaged; /* the first block whose header was damaged, or HEAP_NOWHERE */
    bool trusts;    /* every sound block and chain, else none that is suspect */
    heap_pass_t pass;
    heap_total_t total[HEAP_STATES + 1U]; /* by state */
} heap_findings_t;

/* Adds a block up to `next` to the sums, and writes its boundary. */
static void heap_visit(heap_findings_t *findings, size_t block, size_t next, size_t state)
{
    CISTERN_ASSERT(block < next && next <= findings->heap->end); /* I1 */
    findings->total[state].bytes += next - block;
    ++findings->total[state].blocks;
    if (findings->pass != HEAP_ADD_UP) {
        heap_join(findings->heap, block, next, state);
    }
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

/* True if both ends of a gap lead to one header in between. */
static bool heap_ends_agree(const cistern_heap_t *heap, size_t low, size_t high)
{
    const size_t up = heap_at(heap, low)->next;
    const size_t down = heap_at(heap, high)->prev;
    const size_t middle = up & ~HEAP_STATES;
    return (up & HEAP_STATES) != 0 && (down & HEAP_STATES) != 0 &&
           middle == (down & ~HEAP_STATES) && middle >= low + heap->min &&
           middle + heap->min <= high && (middle & heap->slack) == 0 &&
           !heap_is_contested(heap, low, high, middle);
}

/* Puts what lies between `low` and `high` into quarantine for good: no block that begins there is
 * held, and none passes for a live one. It would where one end is sound and the word for the other
 * leads to bytes of a caller, who writes what agrees: a boundary between two headers in the gap is
 * unmade. One with a header out of it is not, as what agrees there by chance is a caller's. */
static void heap_give_up(cistern_heap_t *heap, size_t low, size_t high)
{
    CISTERN_ASSERT(low < high && high <= heap->end); /* I1 */
    heap_unhold(heap, low, high);
    for (size_t block = low + heap->min; block < high; block += (size_t)heap->slack + 1U) {
        const size_t next = heap_next(heap, block);
        if (next < high && heap_is_sound(heap, block)) {
            heap_at(heap, block)->next = 0;
        }
    }
}

/* Where a gap that begins at `low` ends: at the next chain. That may be bytes of a caller: in doubt it
 * is looked for from where the word of `low` leads. */
static size_t heap_gap_end(const cistern_heap_t *heap, size_t low, bool doubt)
{
    const size_t up = heap_next(heap, low);
    const size_t least = low + heap->min;
    return heap_high(heap, doubt && up >= least && (up & heap->slack) == 0 ? up : least);
}

/* Visits what a gap that begins at `low` holds: one block, or two, or unknown bytes. Where it
 * ends. */
static size_t heap_visit_gap(heap_findings_t *findings, size_t low, bool doubt)
{
    cistern_heap_t *const heap = findings->heap;
    const size_t high = heap_gap_end(heap, low, doubt);
    const size_t up = heap_at(heap, low)->next;
    const size_t down = heap_at(heap, high)->prev;
    const bool leads_up = up - 1U - high < HEAP_STATES;
    const bool leads_down = down - 1U - low < HEAP_STATES;
    const bool may_mend = findings->pass != HEAP_GIVE_UP;
    size_t damaged = low;
    size_t block = low;
    size_t state = HEAP_QUARANTINE;
    CISTERN_ASSERT(low < high && high <= heap->end); /* I1 */
    if (may_mend && leads_up != leads_down) {
        damaged = leads_up ? high : low;
        state = (leads_up ? up : down) & HEAP_STATES;
    } else if (may_mend && heap_ends_agree(heap, low, high)) {
        block = up & ~HEAP_STATES;
        damaged = block;
        state = down & HEAP_STATES;
        heap_visit(findings, low, block, up & HEAP_STATES);
    } else if (findings->pass != HEAP_ADD_UP) {
        heap_give_up(heap, low, high);
    }
    heap_visit(findings, block, high, state);
    findings->damaged = findings->damaged != HEAP_NOWHERE ? findings->damaged : damaged;
    return high;
}

/* Visits every block and every gap. Each step goes up, and a gap is passed over once. */
static void heap_walk(heap_findings_t *findings, heap_pass_t pass)
{
    const cistern_heap_t *const heap = findings->heap;
    size_t block = 0;
    findings->pass = pass;
    (void)memset(findings->total, 0, sizeof(findings->total));
    while (block != heap->end) {
        size_t next = heap_next(heap, block);
        const bool is_sound = heap_is_sound(heap, block);
        if (is_sound && (findings->trusts || !heap_is_suspect(heap, block))) {
            heap_visit(findings, block, next, heap_state(heap, block));
        } else {
            next = heap_visit_gap(findings, block, !findings->trusts && !is_sound);
        }
        block = next;
    }
}

/* Repairs the ring through the sentinel, whose words are never a caller's bytes: which block's header
 * was damaged, or HEAP_NOWHERE. */
static size_t heap_mend_ring(const cistern_heap_t *heap)
{
    const size_t end = heap->end;
    if (end == 0) {
        return HEAP_NOWHERE;
    }
    const bool is_first = heap_at(heap, 0)->prev != end + HEAP_USED;
    const bool is_sound = !is_first && heap_at(heap, end)->next == HEAP_USED;
    CISTERN_ASSERT((end & heap->slack) == 0); /* I1 */
    heap_join(heap, end, 0, HEAP_USED);
    return is_sound ? HEAP_NOWHERE : is_first ? 0 : end;
}

/* True if a walk found what the sums say (I4). */
static bool heap_adds_up(const heap_findings_t *findings)
{
    const cistern_heap_t *const heap = findings->heap;
    return findings->total[HEAP_USED].bytes == heap->used &&
           findings->total[HEAP_USED].blocks == heap->blocks &&
           findings->total[HEAP_QUARANTINE].bytes == heap->quarantined;
}

/* Repairs the gaps, by mends if these stand, and makes the sums anew (I4). */
static void heap_settle(cistern_heap_t *heap, heap_findings_t *findings, bool stands)
{
    heap_walk(findings, stands ? HEAP_MEND : HEAP_GIVE_UP);
    heap->used = findings->total[HEAP_USED].bytes;
    heap->blocks = (cistern_heap_index_t)findings->total[HEAP_USED].blocks;
    heap->quarantined = (cistern_heap_index_t)findings->total[HEAP_QUARANTINE].bytes;
    CISTERN_ASSERT(heap->used + heap->quarantined <= heap->end); /* I4 */
    CISTERN_ASSERT((heap->used == 0) == (heap->blocks == 0));    /* I4 */
}

/* Makes the index anew of a sound chain (I3, I5). Damage may have left free blocks behind a free one:
 * they are joined first, one by one. */
static void heap_rebuild(cistern_heap_t *heap)
{
    size_t block = 0;
    cistern_heap_index_reset(heap);
    while (block != heap->end) {
        const size_t next = heap_next(heap, block);
        const bool is_free = heap_state(heap, block) == HEAP_FREE;
        if (is_free && heap_state(heap, next) == HEAP_FREE) {
            heap_join(heap, block, heap_next(heap, next), HEAP_FREE);
            heap_forget(heap, next);
            heap_poison(heap_payload(heap, next), HEAP_LINKS_BYTES);
            continue;
        }
        if (is_free) {
            cistern_heap_index_add(heap, block, next - block);
        }
        block = next;
    }
    heap->max_used = heap->used > heap->max_used ? heap->used : heap->max_used;
    CISTERN_ASSERT(heap->used + heap->quarantined <= heap->end); /* I4 */
}

cistern_fault_kind_t cistern_heap_classify(const cistern_heap_t *heap, const void *payload)
{
    const size_t offset = heap_offset(heap, payload);
    if (offset >= heap->end || offset + heap_front(heap) >= heap->end) {
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

/* True if what mends would make of the heap adds up to what the sums say: where every sound block and
 * chain is trusted, or else where none is that is suspect. If neither does, all are trusted. `ring` is the
 * block whose header was damaged where the ring closes, or HEAP_NOWHERE. */
static bool heap_try(heap_findings_t *findings, size_t ring)
{
    unsigned tries = 3;
    do {
        findings->damaged = ring;
        findings->trusts = tries != 2;
        heap_walk(findings, HEAP_ADD_UP);
    } while (!heap_adds_up(findings) && --tries != 0);
    return tries != 0;
}

/* Finds out what is to be reported, and repairs what is damaged: true if the call may be tried once
 * more. Where both sides of a boundary were damaged alike, no header shows it, but the sums do. Inside
 * the critical section. */
static bool heap_diagnose(cistern_heap_t *heap, const void *payload, bool is_alloc,
                          heap_outcome_t *outcome)
{
    heap_findings_t findings;
    findings.heap = heap;
    const bool stands = heap_try(&findings, heap_mend_ring(heap));
    *outcome = (heap_outcome_t){stands ? CISTERN_FAULT_LINK : CISTERN_FAULT_HEADER, payload};
    if (findings.damaged != HEAP_NOWHERE) {
        *outcome = (heap_outcome_t){CISTERN_FAULT_HEADER, heap_payload(heap, findings.damaged)};
    } else if (stands && !is_alloc && !cistern_heap_is_live(heap, payload)) {
        outcome->kind = cistern_heap_classify(heap, payload);
        return false;
    }
    heap_settle(heap, &findings, stands);
    heap_rebuild(heap);
    CISTERN_ASSERT(heap->used <= heap->max_used); /* I4 */
    return is_alloc || cistern_heap_is_live(heap, payload);
}

bool cistern_heap_repair(cistern_heap_t *heap, const void *payload, bool is_alloc,
                         heap_changed_t *changed)
{
    heap_outcome_t outcome;
    const cistern_critical_t state = cistern_critical_enter();
    const bool again = heap_diagnose(heap, payload, is_alloc, &outcome);
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

bool cistern_heap_repair(cistern_heap_t *heap, const void *payload, bool is_alloc,
                         heap_changed_t *changed)
{
    const heap_outcome_t outcome = {CISTERN_FAULT_HEADER, payload};
    (void)is_alloc;
    (void)changed;
    cistern_heap_report(heap, &outcome);
    return false;
}

#endif

/* At level 0 there is nothing here: ISO C wants a translation unit to hold something. */
typedef int heap_repair_is_optional_t;
