/* SPDX-License-Identifier: BSD-3-Clause */
/* heap_inspect.c - the calls that inspect a heap and change nothing. Words and invariants: see
 * heap.c.
 */
#include "heap_guard.h"

/* What a walk over all blocks adds up. */
typedef struct heap_sums {
    size_t free_bytes;
    size_t free_blocks;
    size_t used_bytes;
    size_t used_blocks;
    size_t quarantined;
} heap_sums_t;

#if CISTERN_HEAP_GUARDED

static cistern_fault_kind_t heap_guard_kind(const cistern_heap_t *heap, const void *payload,
                                            size_t bytes)
{
    return cistern_heap_guard_kind(heap, (const unsigned char *)payload, bytes);
}

static size_t heap_size_for_caller(const cistern_heap_t *heap, const void *payload, size_t bytes)
{
    (void)heap;
    (void)bytes;
    return heap_tag_of((const unsigned char *)payload).size;
}

/* Shows a live block as its caller knows it; one in transit as it is. */
static void heap_describe(const cistern_heap_t *heap, cistern_heap_block_t *block)
{
    const heap_tag_t tag = heap_tag_of((const unsigned char *)block->address);
    if (tag.size <= heap_caller_size(heap, block->size)) {
        block->address = heap_memory_of(heap, block->address);
        block->size = tag.size;
    }
#    if CISTERN_CHECK >= 3
    block->file = tag.file;
    block->line = tag.line;
#    endif
}

/* True if what a block holds beside the caller's bytes is as it was left (G1, G2). */
static bool heap_content_check(const cistern_heap_t *heap, size_t block)
{
    const unsigned char *const payload = heap_payload(heap, block);
    const size_t bytes = heap_next(heap, block) - block - HEAP_HEAD;
    if (heap_state(heap, block) == HEAP_FREE) {
        return cistern_heap_is_poisoned(payload, bytes);
    }
    const cistern_fault_kind_t kind = cistern_heap_guard_kind(heap, payload, bytes);
    return heap_state(heap, block) == HEAP_QUARANTINE || kind == CISTERN_FAULT_NONE ||
           kind == CISTERN_FAULT_DOUBLE_FREE;
}

#else

static inline cistern_fault_kind_t heap_guard_kind(const cistern_heap_t *heap, const void *payload,
                                                   size_t bytes)
{
    (void)heap;
    (void)payload;
    (void)bytes;
    return CISTERN_FAULT_NONE;
}

static inline size_t heap_size_for_caller(const cistern_heap_t *heap, const void *payload,
                                          size_t bytes)
{
    (void)heap;
    (void)payload;
    return bytes;
}

static inline void heap_describe(const cistern_heap_t *heap, cistern_heap_block_t *block)
{
    (void)heap;
    (void)block;
}

static inline bool heap_content_check(const cistern_heap_t *heap, size_t block)
{
    (void)heap;
    (void)block;
    return true;
}

#endif

#if CISTERN_CHECK >= 1

/* Why a payload is that of no block in use; FAULT_NONE if it is one. */
static cistern_fault_kind_t heap_liveness(const cistern_heap_t *heap, const void *payload)
{
    return cistern_heap_is_live(heap, payload) ? CISTERN_FAULT_NONE
                                               : cistern_heap_classify(heap, payload);
}

#else

static inline cistern_fault_kind_t heap_liveness(const cistern_heap_t *heap, const void *payload)
{
    (void)heap;
    (void)payload;
    return CISTERN_FAULT_NONE;
}

#endif

size_t cistern_heap_usable_size(const cistern_heap_t *heap, const void *memory)
{
    if (memory == NULL) {
        return 0;
    }
    const void *const payload = heap_payload_of(heap, memory);
    heap_outcome_t outcome = {.address = payload};
    size_t size = 0;
    const cistern_critical_t state = cistern_critical_enter();
    outcome.kind = heap_liveness(heap, payload);
    if (outcome.kind == CISTERN_FAULT_NONE) {
        const size_t block = heap_offset(heap, payload);
        const size_t bytes = heap_next(heap, block) - block - HEAP_HEAD;
        outcome.kind = heap_guard_kind(heap, payload, bytes);
        size = heap_size_for_caller(heap, payload, bytes);
    }
    cistern_critical_leave(state);
    cistern_heap_report(heap, &outcome);
    return outcome.kind == CISTERN_FAULT_NONE ? size : 0;
}

bool cistern_heap_is_in_use(const cistern_heap_t *heap, const void *memory)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool in_use = memory != NULL && cistern_heap_is_live(heap, heap_payload_of(heap, memory));
    cistern_critical_leave(state);
    return in_use;
}

size_t cistern_heap_largest(const cistern_heap_t *heap)
{
    const cistern_critical_t state = cistern_critical_enter();
    const size_t bytes = cistern_heap_index_largest(heap);
    cistern_critical_leave(state);
    return bytes != 0 ? heap_caller_size(heap, bytes - HEAP_HEAD) : 0;
}

void cistern_heap_stats(const cistern_heap_t *heap, cistern_heap_stats_t *stats)
{
    const cistern_critical_t state = cistern_critical_enter();
    stats->name = heap->name;
    CISTERN_ASSERT(heap->used + heap->quarantined <= heap->end); /* I4 */
    stats->bytes = heap->end;
    stats->used = heap->used;
    stats->max_used = heap->max_used;
    stats->free = heap->end - heap->used - heap->quarantined;
    stats->blocks = heap->blocks;
    stats->failures = heap->failures;
    stats->quarantined = heap->quarantined;
    cistern_critical_leave(state);
}

/* Each step goes up, so at most end / min of them. */
size_t cistern_heap_walk(const cistern_heap_t *heap, cistern_heap_visit_t *visit, void *context)
{
    size_t shown = 0;
    size_t block = 0;
    bool goes_on = true;
    const cistern_critical_t state = cistern_critical_enter();
    while (goes_on && block < heap->end) {
        const size_t next = heap_next(heap, block);
        if (next <= block || next > heap->end || (next & heap->slack) != 0) {
            break;
        }
        cistern_heap_block_t seen = {.address = heap_payload(heap, block),
                                     .size = next - block - HEAP_HEAD,
                                     .used = heap_state(heap, block) == HEAP_USED,
                                     .quarantined = heap_state(heap, block) == HEAP_QUARANTINE};
        if (seen.used) {
            heap_describe(heap, &seen);
        }
        ++shown;
        CISTERN_ASSERT(visit != NULL);
        goes_on = visit(&seen, context);
        block = next;
    }
    cistern_critical_leave(state);
    return shown;
}

/* True if the step from `block` to its successor keeps I1, I2 and I3. */
static bool heap_step_check(const cistern_heap_t *heap, size_t block)
{
    CISTERN_ASSERT(block < heap->end); /* I1 */
    const heap_header_t *const header = heap_at(heap, block);
    const size_t next = header->next & ~HEAP_STATES;
    const size_t state = header->next & HEAP_STATES;
    return state != 0 && next > block && next <= heap->end && (next & heap->slack) == 0 &&
           next - block >= heap->min && heap_at(heap, next)->prev == block + state &&
           (state != HEAP_FREE || (header->prev & HEAP_STATES) != HEAP_FREE);
}

static void heap_add_up(heap_sums_t *sums, size_t bytes, size_t state)
{
    CISTERN_ASSERT(bytes != 0 && state != 0 && state <= HEAP_STATES); /* I1, I2 */
    if (state == HEAP_FREE) {
        sums->free_bytes += bytes;
        ++sums->free_blocks;
    } else if (state == HEAP_USED) {
        sums->used_bytes += bytes;
        ++sums->used_blocks;
    } else {
        sums->quarantined += bytes;
    }
}

/* Verifies I1 to I4 along the arena, then leaves I5 to the index. Each step goes up. */
static bool heap_chain_check(const cistern_heap_t *heap)
{
    heap_sums_t sums = {0, 0, 0, 0, 0};
    size_t block = 0;
    while (block != heap->end) {
        if (!heap_step_check(heap, block) || !heap_content_check(heap, block)) {
            return false;
        }
        const size_t next = heap_next(heap, block);
        heap_add_up(&sums, next - block, heap_state(heap, block));
        block = next;
    }
    return heap_at(heap, block)->next == HEAP_USED && heap_at(heap, 0)->prev == block + HEAP_USED &&
           sums.used_bytes == heap->used && sums.used_blocks == heap->blocks &&
           sums.quarantined == heap->quarantined && heap->used <= heap->max_used &&
           cistern_heap_index_check(heap, sums.free_bytes, sums.free_blocks);
}

bool cistern_heap_check(const cistern_heap_t *heap)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool sound = heap->end == 0 || heap_chain_check(heap);
    cistern_critical_leave(state);
    return sound;
}
