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

/* --- life ------------------------------------------------------------------------------------- */

/* Least payload: what the index or the guards need in it. */
#define HEAP_LEAST                                                                                 \
    (HEAP_LINKS_BYTES > HEAP_TAG_BYTES ? HEAP_LINKS_BYTES                                          \
     : HEAP_TAG_BYTES != 0             ? HEAP_TAG_BYTES                                            \
                                       : 1U)

static inline size_t heap_unit(size_t alignment)
{
    const size_t asked = alignment != 0 ? alignment : sizeof(void *);
    return asked > CISTERN_HEAP_UNIT ? asked : CISTERN_HEAP_UNIT;
}

/* No index is so high that a link to it could be NONE of heap_good.h: some bytes of the largest
 * arena that a width can have are left out. */
#define HEAP_LIMIT ((size_t)(cistern_heap_index_t)-1 - 15U)

/* Bytes of the largest arena, as far as a size_t holds them. */
#define HEAP_LARGEST (CISTERN_HEAP_BYTES < SIZE_MAX ? (size_t)CISTERN_HEAP_BYTES : (size_t)SIZE_MAX)

/* As cistern_heap_init. In line, so that a face whose arena is known when compiling links no more of
 * it than depends on the address. */
static inline cistern_error_t heap_prepare(cistern_heap_t *heap,
                                           const cistern_heap_config_t *config)
{
    if (heap == NULL || config == NULL || config->memory == NULL ||
        (config->alignment & (config->alignment - 1U)) != 0) {
        return CISTERN_ERROR_ARGUMENT;
    }
    const size_t unit = heap_unit(config->alignment);
    const size_t skip = (size_t)(0U - (uintptr_t)config->memory - HEAP_HEAD) & (unit - 1U);
    const size_t outside = skip + sizeof(heap_header_t);
    const size_t payload = config->min_size > HEAP_LEAST ? config->min_size : HEAP_LEAST;
    if (config->bytes > HEAP_LARGEST || outside >= config->bytes || payload >= config->bytes ||
        unit > config->bytes) {
        return CISTERN_ERROR_SIZE;
    }
    const size_t room = config->bytes - outside;
    const size_t end = (room < HEAP_LIMIT ? room : HEAP_LIMIT) & (0U - unit);
    const size_t asked = CISTERN_HEAP_GUARDED && config->min_size != 0 ? config->min_size : 1U;
    const size_t least = heap_front_of(unit) + HEAP_AFTER + HEAP_HEAD + asked;
    const size_t min = (payload + HEAP_HEAD + unit - 1U) & (0U - unit);
    if (min > end || least > end) {
        return CISTERN_ERROR_SIZE;
    }
    (void)memset(heap, 0, sizeof(*heap));
    heap->base = (unsigned char *)config->memory + skip;
    heap->name = config->name;
    heap->end = (cistern_heap_index_t)end;
    heap->most = (cistern_heap_index_t)(end - HEAP_HEAD);
    heap->slack = (cistern_heap_index_t)(unit - 1U);
    heap->min = (cistern_heap_index_t)min;
    cistern_heap_lay_out(heap);
    CISTERN_TRACE_ON_HEAP(heap);
    return CISTERN_OK;
}

/* --- calls ------------------------------------------------------------------------------------ */

static inline void *heap_take(cistern_heap_t *heap, size_t size, heap_changed_t *changed);
static inline cistern_error_t heap_give(cistern_heap_t *heap, const void *payload,
                                        heap_changed_t *changed);

/* Once more after a repair, where a take gave `none`, which is no payload; and where a give refused a
 * payload, of which nothing is fine. */
HEAP_AGAIN void *heap_take_again(cistern_heap_t *heap, const void *none, size_t size,
                                 heap_changed_t *changed)
{
    return none != NULL && cistern_heap_repair(heap, NULL, true, changed)
               ? heap_take(heap, size, changed)
               : NULL;
}

HEAP_AGAIN cistern_error_t heap_give_again(cistern_heap_t *heap, const void *payload,
                                           heap_changed_t *changed)
{
    if (CISTERN_CHECK == 0 || payload == NULL) { /* at level 0 nothing else is refused */
        return CISTERN_OK;
    }
    return cistern_heap_repair(heap, payload, false, changed) ? heap_give(heap, payload, changed)
                                                              : CISTERN_ERROR_FAULT;
}

/* Takes a payload; NULL where there is none. */
static inline void *heap_take(cistern_heap_t *heap, size_t size, heap_changed_t *changed)
{
    const cistern_critical_t state = cistern_critical_enter();
    void *const payload = cistern_heap_take(heap, size);
    changed(heap);
    cistern_critical_leave(state);
    return heap_is_none(payload) ? heap_take_again(heap, payload, size, changed) : payload;
}

/* Gives a payload back. */
static inline cistern_error_t heap_give(cistern_heap_t *heap, const void *payload,
                                        heap_changed_t *changed)
{
    const cistern_critical_t state = cistern_critical_enter();
    const bool done = cistern_heap_give(heap, payload);
    changed(heap);
    cistern_critical_leave(state);
    return done ? CISTERN_OK : heap_give_again(heap, payload, changed);
}

static inline void *heap_alloc_call(cistern_heap_t *heap, size_t size, heap_changed_t *changed)
{
    void *const raw = heap_take(heap, heap_raw_size(heap, size), changed);
    void *const payload = cistern_heap_add_guards(heap, raw, size);
    CISTERN_TRACE_ON_ALLOC(heap, payload, size);
    return payload;
}

static inline void *heap_alloc_aligned(cistern_heap_t *heap, size_t alignment, size_t size,
                                       heap_changed_t *changed)
{
    void *payload = NULL;
    do {
        const cistern_critical_t state = cistern_critical_enter();
        payload = cistern_heap_take_aligned(heap, alignment, heap_raw_size(heap, size));
        changed(heap);
        cistern_critical_leave(state);
    } while (heap_is_none(payload) && payload != NULL &&
             cistern_heap_repair(heap, NULL, true, changed));
    payload = cistern_heap_add_guards(heap, heap_found(payload), size);
    CISTERN_TRACE_ON_ALLOC(heap, payload, size);
    return payload;
}

/* Changes the size of a payload's block where it is. */
static inline cistern_error_t heap_fit(cistern_heap_t *heap, const void *payload, size_t size,
                                       bool may_grow, heap_changed_t *changed)
{
    cistern_error_t error = CISTERN_OK;
    do {
        const cistern_critical_t state = cistern_critical_enter();
        error = cistern_heap_resize(heap, payload, size, may_grow);
        changed(heap);
        cistern_critical_leave(state);
    } while (error == CISTERN_ERROR_FAULT && cistern_heap_repair(heap, payload, false, changed));
    return error;
}

#if CISTERN_HEAP_GUARDED

static inline cistern_error_t heap_free_call(cistern_heap_t *heap, void *memory,
                                             heap_changed_t *changed)
{
    const cistern_error_t error = cistern_heap_free_guarded(heap, memory, changed);
    CISTERN_TRACE_ON_FREE(heap, memory, error == CISTERN_OK);
    return error;
}

static inline cistern_error_t heap_resize(cistern_heap_t *heap, void *memory, size_t size,
                                          bool may_grow, heap_changed_t *changed)
{
    const cistern_error_t error =
        cistern_heap_resize_guarded(heap, memory, size, may_grow, changed);
    CISTERN_TRACE_ON_TRIM(heap, memory, size, error == CISTERN_OK);
    return error;
}

#else

static inline cistern_error_t heap_free_call(cistern_heap_t *heap, void *memory,
                                             heap_changed_t *changed)
{
    const cistern_error_t error = heap_give(heap, memory, changed);
    CISTERN_TRACE_ON_FREE(heap, memory, error == CISTERN_OK);
    return error;
}

static inline cistern_error_t heap_resize(cistern_heap_t *heap, void *memory, size_t size,
                                          bool may_grow, heap_changed_t *changed)
{
    const cistern_error_t error = heap_fit(heap, memory, size, may_grow, changed);
    CISTERN_TRACE_ON_TRIM(heap, memory, size, error == CISTERN_OK);
    return error;
}

#endif

#endif
