/* damage.h - after a check has failed: what kind of fault it is, and making the heap whole again.
 * Included by core.h. Nothing here runs before; it is linear, and out of the way of what does.
 */

#if CISTERN_CHECK >= 1

/* Why `block`, an index from a caller's address, is not live; HEADER if it cannot be said. Walks up
 * to it: each step goes up, so at most end / min of them. */
static cistern_fault_kind_t diagnose(const cistern_heap_t *heap, size_t block)
{
    if (block >= heap->end) {
        return CISTERN_FAULT_FOREIGN_FREE;
    }
    if ((block & heap->keep) != block) {
        return CISTERN_FAULT_MISALIGNED;
    }
    size_t at = 0;
    size_t next = next_of(heap, at);
    while (next <= block && next > at) {
        at = next;
        next = next_of(heap, at);
    }
    const size_t state = block_at(heap, at)->next & USED;
    if (next <= at || (at == block && (!reaches(heap, at, state) || !follows(heap, at)))) {
        return CISTERN_FAULT_HEADER;
    }
    return state != 0 ? CISTERN_FAULT_INTERIOR_FREE : CISTERN_FAULT_DOUBLE_FREE;
}

/* What is wrong with the block at `memory`, or with a neighbour, for which a call was refused. */
static cistern_fault_kind_t kind_of(const cistern_heap_t *heap, const void *memory)
{
    const size_t block = index_of(heap, memory);
    if (!is_live(heap, memory)) {
        return diagnose(heap, offset_of(heap, memory));
    }
    const size_t next = next_of(heap, block);
    const cistern_fault_kind_t guards =
        guard_kind(heap, heap->base + block + HEAD, next - block - HEAD);
    if (guards != CISTERN_FAULT_NONE) {
        return guards;
    }
    return is_used(heap, next) || reaches(heap, next, 0) ? CISTERN_FAULT_LINK
                                                         : CISTERN_FAULT_HEADER;
}

/* The same for a free block that the index gave. */
static cistern_fault_kind_t kind_of_found(const cistern_heap_t *heap, size_t block)
{
    if (!is_free(heap, block) || !reaches(heap, block, 0)) {
        return CISTERN_FAULT_HEADER;
    }
    return is_sound(heap, block) ? CISTERN_FAULT_LINK : CISTERN_FAULT_POISON;
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

/* Makes the heap whole again: goes up to the first damaged boundary, down from the end to the last
 * one, and seals what lies between off as one block in use, which nobody can free.
 *   | sound | damaged .. | sound | end      | sound | sealed ... | sound | end
 * Each step goes up, or down, so at most end / min of them each way. */
static void recover(cistern_heap_t *heap)
{
    index_reset(heap);
    heap->used = 0;
    heap->blocks = 0;
    size_t before = heap->end;
    size_t low = 0;
    while (low != heap->end && reaches(heap, low, block_at(heap, low)->next & USED) &&
           next_of(heap, low) > low) {
        enlist(heap, low);
        before = low;
        low = next_of(heap, low);
    }
    size_t high = heap->end;
    size_t prev = prev_of(heap, high);
    while (prev > low && prev < high && reaches(heap, prev, block_at(heap, prev)->next & USED)) {
        high = prev;
        prev = prev_of(heap, high);
        enlist(heap, high);
    }
    join(heap, heap->end, 0, USED);
    if (low < high) {
        join(heap, before, low, block_at(heap, before)->next & USED);
        join(heap, low, high, USED);
        seal(heap->base + low + HEAD);
        enlist(heap, low);
    }
}

/* Ends the critical section of a call that met a fault, and tells of it. Damage is mended, unless
 * the call may change nothing: `mended` is the heap, or NULL. */
static void give_up(const cistern_heap_t *heap, const void *memory, cistern_fault_kind_t kind,
                    cistern_critical_t state, cistern_heap_t *mended)
{
    if (mended != NULL && (kind == CISTERN_FAULT_HEADER || kind == CISTERN_FAULT_LINK)) {
        recover(mended);
    }
    leave_changed(heap, state);
    cistern_heap_raise(heap, memory, kind);
}

/* Answers a call with an address that is no live block, or with a damaged neighbour. */
static cistern_error_t refuse(const cistern_heap_t *heap, const void *memory,
                              cistern_critical_t state, cistern_heap_t *mended)
{
    give_up(heap, memory, kind_of(heap, memory), state, mended);
    return CISTERN_ERROR_FAULT;
}

/* Answers a request for which the index gave a damaged block. One that was written to is poisoned
 * anew, for the next call. */
static void *refuse_found(cistern_heap_t *heap, size_t block, cistern_critical_t state)
{
    const cistern_fault_kind_t kind = kind_of_found(heap, block);
    if (kind == CISTERN_FAULT_POISON) {
        poison(rest_of(heap, block), rest_bytes(heap, block));
    }
    give_up(heap, NULL, kind, state, heap);
    return NULL;
}

#else

static inline cistern_error_t refuse(const cistern_heap_t *heap, const void *memory,
                                     cistern_critical_t state, const cistern_heap_t *mended)
{
    (void)heap;
    (void)memory;
    (void)mended;
    cistern_critical_leave(state);
    return CISTERN_OK;
}

static inline void *refuse_found(const cistern_heap_t *heap, size_t block, cistern_critical_t state)
{
    (void)heap;
    (void)block;
    cistern_critical_leave(state);
    return NULL;
}

#endif
