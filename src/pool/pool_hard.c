/* pool_hard.c - the rare ends of get and put: an empty pool, damage, misuse, and pools with extras.
 * The invariants (I1) to (I6) are stated in pool.c. */
#include "pool_plain.h"

/* --- faults ---------------------------------------------------------------------------------- */

cistern_error_t pool_report(const cistern_pool_t *pool, cistern_fault_kind_t kind,
                            const void *address, const char *owner)
{
    cistern_fault_t fault = {
        .kind = kind,
        .object = pool,
        .address = address,
        .name = pool->name,
        .owner = owner,
    };
    if (cistern_pool_owns(pool, address)) {
        const cistern_pool_event_t last = trail_event(pool, address, 0);
        fault.file = last.file;
        fault.line = last.line;
    }
    cistern_fault_raise(&fault);
    return CISTERN_ERROR_FAULT;
}

static bool is_inside(const cistern_pool_t *pool, const void *address)
{
    return (uintptr_t)address - pool->base < pool->count * cistern_pool_stride(pool);
}

cistern_error_t pool_refuse(const cistern_pool_t *pool, const void *address)
{
    if (address == NULL) {
        return CISTERN_ERROR_ARGUMENT;
    }
    if (cistern_pool_owns(pool, address)) {
        return pool_report(pool, CISTERN_FAULT_DOUBLE_FREE, address, pool->name);
    }
    if (is_inside(pool, address)) {
        const bool aligned = pool_is_aligned((uintptr_t)address, CISTERN_POOL_LINK_ALIGNMENT);
        return pool_report(pool, aligned ? CISTERN_FAULT_INTERIOR_FREE : CISTERN_FAULT_MISALIGNED,
                           address, pool->name);
    }
    const cistern_pool_t *const other = cistern_pool_find(address);
    if (other != NULL) {
        return pool_report(pool, CISTERN_FAULT_WRONG_POOL, address, other->name);
    }
    return pool_report(pool, CISTERN_FAULT_FOREIGN_FREE, address, NULL);
}

/* --- the free list --------------------------------------------------------------------------- */

/* Builds the free list anew from the states (I6). */
static void rebuild(cistern_pool_t *pool)
{
    pool->free_list = NULL;
    pool->free = 0;
    for (size_t i = pool->count; i > 0; --i) {
        void *const block = block_at(pool, i - 1);
        if (state_is_free(pool, block)) {
            state_set(pool, block, BLOCK_FREE);
            push(pool, block);
        }
    }
}

/* Writes the link of a free block that leads to a new one (I1); false if it leads to none. A link
 * that was written over with NULL is none: behind it there are more blocks than the new ones. */
static bool lead_to_new(cistern_pool_t *pool, cistern_block_t *block)
{
    cistern_block_t *const next = list_after(pool, block, pool->free);
    const bool is_new = next != NULL && state_is(pool, next, BLOCK_NEW) &&
                        index_of(pool, next) + pool->free - 1U == pool->count;
    if (is_new) {
        state_set(pool, next, BLOCK_FREE);
        block->next = next;
    }
    return is_new;
}

void *pool_pop_hard(cistern_pool_t *pool, trouble_t *trouble)
{
    cistern_block_t *const block = pool->free_list;
    if (block == NULL || CISTERN_CHECK == 0) {
        count_failure(pool);
        return NULL;
    }
    const cistern_fault_kind_t kind = trail_of_free(pool, block);
    if (kind != CISTERN_FAULT_NONE) { /* beyond the link: repaired where it is */
        trail_set_free(pool, block);
        trail_repair_guards(pool, block);
    } else if (lead_to_new(pool, block)) {
        return pop(pool);
    } else {
        rebuild(pool);
    }
    *trouble = (trouble_t){.kind = (kind != CISTERN_FAULT_NONE) ? kind : CISTERN_FAULT_LINK,
                           .address = block};
    return NULL;
}

/* --- plain pools ----------------------------------------------------------------------------- */

void *pool_get_hard_told(cistern_pool_t *pool, cistern_critical_t state, const char *file, int line,
                         pool_note_t *note, const void *about)
{
    trouble_t trouble = {CISTERN_FAULT_NONE, NULL};
    void *const block = pool_pop_hard(pool, &trouble);
    if (block != NULL) {
        trail_note(pool, block, CISTERN_POOL_GET, file, line);
    }
    tell(pool, note, about, (block != NULL) ? POOL_GOT : POOL_GOT_NONE);
    cistern_critical_leave(state);
    return get_ended(pool, block, &trouble);
}

void *pool_get_hard(cistern_pool_t *pool, cistern_critical_t state)
{
    return pool_get_hard_told(pool, state, NULL, 0, NULL, NULL);
}

cistern_error_t pool_put_hard_told(const cistern_pool_t *pool, cistern_critical_t state,
                                   const void *block, cistern_fault_kind_t kind, pool_note_t *note,
                                   const void *about)
{
    tell(pool, note, about, POOL_REFUSED);
    cistern_critical_leave(state);
    return put_refused(pool, block, kind);
}

cistern_error_t pool_put_hard(const cistern_pool_t *pool, cistern_critical_t state,
                              const void *block)
{
    return pool_put_hard_told(pool, state, block, CISTERN_FAULT_DOUBLE_FREE, NULL, NULL);
}

/* --- pools with extras ----------------------------------------------------------------------- */

/* Tells the note, if there is one, while the pool is stopped and its numbers are right. */
static void tell_stopped(cistern_pool_t *pool, pool_note_t *note, const void *about,
                         pool_outcome_t outcome)
{
    if (note != NULL) {
        const cistern_critical_t state = strategy_of(pool)->stop(pool);
        note(pool, about, outcome);
        strategy_of(pool)->go(pool, state);
    }
}

void *pool_get_shared(cistern_pool_t *pool, const char *file, int line, pool_note_t *note,
                      const void *about)
{
    void *const block = strategy_of(pool)->get(pool, file, line);
    tell_stopped(pool, note, about, (block != NULL) ? POOL_GOT : POOL_GOT_NONE);
    return block;
}

cistern_error_t pool_put_shared(cistern_pool_t *pool, void *block, bool *was_empty,
                                const char *file, int line, pool_note_t *note, const void *about)
{
    if (was_empty != NULL) {
        *was_empty = false;
    }
    const cistern_error_t error = strategy_of(pool)->put(pool, block, was_empty, file, line);
    tell_stopped(pool, note, about, (error == CISTERN_OK) ? POOL_TAKEN_BACK : POOL_REFUSED);
    return error;
}
