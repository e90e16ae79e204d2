/* SPDX-License-Identifier: BSD-3-Clause */
/* heap_calls.h - a call of a heap: the critical section around it, and what is outside of that.
 *
 *   | enter | take, give or resize | changed | leave |   repair, and once more, where damage is met
 *
 * `changed` is for a face that keeps a copy of the numbers: the copy is never an old one. It is a
 * constant at each use, so that a call without one pays nothing. A repair leaves no damage behind,
 * so that nothing here goes on for ever. With guards the calls go through heap_guard.c.
 */
#ifndef CISTERN_HEAP_CALLS_H
#define CISTERN_HEAP_CALLS_H

#include "cistern/trace.h"
#include "heap_guard.h"

static inline void heap_unobserved(const cistern_heap_t *heap)
{
    (void)heap;
}

static inline void *heap_alloc(cistern_heap_t *heap, size_t size, heap_changed_t *changed)
{
    const cistern_critical_t state = cistern_critical_enter();
    void *payload = cistern_heap_take(heap, heap_raw_size(heap, size));
    changed(heap);
    cistern_critical_leave(state);
    if (heap_is_none(payload)) {
        payload = cistern_heap_take_again(heap, payload, heap_raw_size(heap, size), changed);
    }
    payload = cistern_heap_dress(heap, payload, size);
    CISTERN_TRACE_ON_ALLOC(heap, payload, size);
    return payload;
}

static inline void *heap_alloc_aligned(cistern_heap_t *heap, size_t alignment, size_t size,
                                       heap_changed_t *changed)
{
    void *payload = NULL;
    unsigned tries = HEAP_TRIES;
    do {
        const cistern_critical_t state = cistern_critical_enter();
        payload = cistern_heap_take_aligned(heap, alignment, heap_raw_size(heap, size));
        changed(heap);
        cistern_critical_leave(state);
    } while (heap_is_damaged(payload) && --tries != 0 &&
             cistern_heap_repair(heap, payload, changed));
    payload = heap_is_damaged(payload) ? NULL : cistern_heap_dress(heap, payload, size);
    CISTERN_TRACE_ON_ALLOC(heap, payload, size);
    return payload;
}

#if CISTERN_HEAP_GUARDED

static inline cistern_error_t heap_free(cistern_heap_t *heap, void *memory, heap_changed_t *changed)
{
    const cistern_error_t error = cistern_heap_free_dressed(heap, memory, changed);
    CISTERN_TRACE_ON_FREE(heap, memory, error == CISTERN_OK);
    return error;
}

static inline cistern_error_t heap_resize(cistern_heap_t *heap, void *memory, size_t size,
                                          bool may_grow, heap_changed_t *changed)
{
    const cistern_error_t error =
        cistern_heap_resize_dressed(heap, memory, size, may_grow, changed);
    CISTERN_TRACE_ON_TRIM(heap, memory, size, error == CISTERN_OK);
    return error;
}

#else

static inline cistern_error_t heap_free(cistern_heap_t *heap, void *memory, heap_changed_t *changed)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool done = cistern_heap_give(heap, memory);
    changed(heap);
    cistern_critical_leave(state);
    const cistern_error_t error =
        done ? CISTERN_OK : cistern_heap_give_again(heap, memory, changed);
    CISTERN_TRACE_ON_FREE(heap, memory, error == CISTERN_OK);
    return error;
}

static inline cistern_error_t heap_resize(cistern_heap_t *heap, void *memory, size_t size,
                                          bool may_grow, heap_changed_t *changed)
{
    cistern_error_t error = CISTERN_OK;
    unsigned tries = HEAP_TRIES;
    do {
        const cistern_critical_t state = cistern_critical_enter();
        error = cistern_heap_resize(heap, memory, size, may_grow);
        changed(heap);
        cistern_critical_leave(state);
    } while (error == CISTERN_ERROR_FAULT && --tries != 0 &&
             cistern_heap_repair(heap, memory, changed));
    CISTERN_TRACE_ON_TRIM(heap, memory, size, error == CISTERN_OK);
    return error;
}

#endif

#endif
