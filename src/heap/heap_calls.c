/* SPDX-License-Identifier: BSD-3-Clause */
/* heap_calls.c - the calls of cistern/heap.h that change a heap. Words and invariants: see heap.c.
 */
#include "heap_calls.h"

static bool heap_is_power_of_two(size_t value)
{
    return value != 0 && (value & (value - 1U)) == 0;
}

void *(cistern_heap_alloc)(cistern_heap_t *heap, size_t size)
{
    return heap_alloc_call(heap, size, heap_unobserved);
}

void *(cistern_heap_aligned_alloc)(cistern_heap_t *heap, size_t alignment, size_t size)
{
    if (!heap_is_power_of_two(alignment)) {
        return NULL;
    }
    if (alignment <= (size_t)heap->slack + 1U) {
        return heap_alloc_call(heap, size, heap_unobserved);
    }
    return heap_alloc_aligned(heap, alignment, size, heap_unobserved);
}

/* A product that overflows is a request for more than there can be. */
void *(cistern_heap_calloc)(cistern_heap_t *heap, size_t count, size_t size)
{
    const bool fits = size == 0 || count <= SIZE_MAX / size;
    void *const memory = heap_alloc_call(heap, fits ? count * size : SIZE_MAX, heap_unobserved);
    return memory != NULL ? memset(memory, 0, count * size) : NULL;
}

/* Moves a live block to one of `size` bytes. The old one stays where there is none. All that a caller
 * can have in the block is copied: what its tag says may be damaged, and no sign of it. */
static void *heap_move(cistern_heap_t *heap, void *memory, size_t alignment, size_t size)
{
    CISTERN_ASSERT(memory != NULL && size != 0);
    CISTERN_ASSERT(heap_is_power_of_two(alignment));
    const size_t block = heap_offset(heap, heap_payload_of(heap, memory));
    const size_t old_size = heap_caller_size(heap, heap_payload_bytes(heap, block));
    void *const moved = (cistern_heap_aligned_alloc)(heap, alignment, size);
    if (moved != NULL) {
        (void)memcpy(moved, memory, old_size < size ? old_size : size);
        (void)(cistern_heap_free)(heap, memory);
    }
    return moved;
}

void *(cistern_heap_aligned_realloc)(cistern_heap_t *heap, void *memory, size_t alignment,
                                     size_t size)
{
    if (memory == NULL) {
        return (cistern_heap_aligned_alloc)(heap, alignment, size);
    }
    if (size == 0) {
        (void)(cistern_heap_free)(heap, memory);
        return NULL;
    }
    if (!heap_is_power_of_two(alignment)) {
        return NULL;
    }
    const cistern_error_t error = heap_resize(heap, memory, size, true, heap_unobserved);
    if (error == CISTERN_ERROR_SIZE) {
        return heap_move(heap, memory, alignment, size);
    }
    return error == CISTERN_OK ? memory : NULL;
}

void *(cistern_heap_realloc)(cistern_heap_t *heap, void *memory, size_t size)
{
    return (cistern_heap_aligned_realloc)(heap, memory, 1U, size);
}

cistern_error_t cistern_heap_trim(cistern_heap_t *heap, void *memory, size_t size)
{
    return heap_resize(heap, memory, size, false, heap_unobserved);
}

cistern_error_t(cistern_heap_free)(cistern_heap_t *heap, void *memory)
{
    return heap_free_call(heap, memory, heap_unobserved);
}

void cistern_heap_reset_max_used(cistern_heap_t *heap)
{
    const cistern_critical_t state = cistern_critical_enter();
    heap->max_used = heap->used;
    CISTERN_ASSERT(heap->used + heap->quarantined <= heap->end); /* I4 */
    cistern_critical_leave(state);
}

#if CISTERN_CHECK >= 3

cistern_error_t cistern_heap_free_at(cistern_heap_t *heap, void *memory, const char *file, int line)
{
    const cistern_error_t error = (cistern_heap_free)(heap, memory);
    if (memory != NULL && error == CISTERN_OK) {
        cistern_heap_remember(heap, memory, file, line);
    }
    return error;
}

#endif
