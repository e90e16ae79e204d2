/* look.h - the calls that look at a heap and change nothing. Included by core.h. */

size_t(HEAP(usable_size))(const cistern_heap_t *heap, const void *memory)
{
    if (memory == NULL) {
        return 0;
    }
    const cistern_critical_t state = cistern_critical_enter();
    const size_t block = index_of(heap, memory);
    if (!is_live(heap, memory) || !is_whole(heap, block)) {
        (void)refuse(heap, memory, state, NULL);
        return 0;
    }
    const size_t bytes = next_of(heap, block) - block - HEAD;
    const size_t size = usable_by_caller(heap, raw_of(heap, memory), bytes);
    cistern_critical_leave(state);
    return size;
}

bool(HEAP(is_in_use))(const cistern_heap_t *heap, const void *memory)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool in_use = memory != NULL && is_live(heap, memory);
    cistern_critical_leave(state);
    return in_use;
}

size_t(HEAP(largest))(const cistern_heap_t *heap)
{
    const cistern_critical_t state = cistern_critical_enter();
    const size_t bytes = index_largest(heap);
    cistern_critical_leave(state);
    return bytes != 0 ? caller_size(heap, bytes - HEAD) : 0;
}

/* Each step goes up, so at most end / min of them. */
size_t(HEAP(walk))(const cistern_heap_t *heap, cistern_heap_visit_t *visit, void *context)
{
    size_t shown = 0;
    size_t block = 0;
    bool goes_on = true;
    const cistern_critical_t state = cistern_critical_enter();
    while (goes_on && block < heap->end) {
        const size_t next = next_of(heap, block);
        if (next <= block || next > heap->end) {
            break;
        }
        cistern_heap_block_t seen = {.address = heap->base + block + HEAD,
                                     .size = next - block - HEAD,
                                     .used = is_used(heap, block)};
        if (seen.used) {
            describe(heap, &seen);
        }
        ++shown;
        goes_on = visit(&seen, context);
        block = next;
    }
    cistern_critical_leave(state);
    return shown;
}

/* True iff the step from `block` to its successor keeps I1, I2 and I3. */
static bool step_check(const cistern_heap_t *heap, size_t block)
{
    const block_t *const header = block_at(heap, block);
    const size_t next = header->next & ~USED;
    return next > block && next <= heap->end && (next & heap->keep) == next &&
           next - block >= heap->min &&
           block_at(heap, next)->prev == (block | (header->next & USED)) &&
           ((header->next | header->prev) & USED) != 0;
}

/* True iff what a block holds beside the caller's bytes is as it was left (G1, G2). */
static bool content_check(const cistern_heap_t *heap, size_t block)
{
    if (is_used(heap, block)) {
        return is_sealed(heap->base + block + HEAD) || is_whole(heap, block);
    }
    return is_poisoned(rest_of(heap, block), rest_bytes(heap, block));
}

/* Verifies I1 to I4 along the arena, then leaves I5 to the index. Each step goes up. */
static bool chain_check(const cistern_heap_t *heap)
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
    return block_at(heap, block)->next == USED && block_at(heap, 0)->prev == (block | USED) &&
           sums.used_bytes == heap->used && sums.used_blocks == heap->blocks &&
           heap->used <= heap->max_used && index_check(heap, &sums);
}

bool(HEAP(check))(const cistern_heap_t *heap)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool sound = chain_check(heap);
    cistern_critical_leave(state);
    return sound;
}
