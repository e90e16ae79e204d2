/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_objects.c - pools and heaps as a trace describes them.
 *
 *   cistern_pool_t, cistern_heap_t --> cistern_trace_object_t --> the table in trace.c
 */
#include "cistern/trace.h"

#if CISTERN_TRACE

#    include "cistern/heap.h"
#    include "cistern/pool.h"

void cistern_trace_pool(const cistern_pool_t *pool)
{
    const cistern_trace_object_t object = {.id = (uintptr_t)pool,
                                           .size = pool->size,
                                           .stride = cistern_pool_stride(pool),
                                           .count = pool->count,
                                           .kind = CISTERN_TRACE_OBJECT_POOL};
    cistern_trace_describe(&object, pool->name);
}

void cistern_trace_pools(void)
{
    for (const cistern_pool_t *pool = cistern_pool_next(NULL); pool != NULL;
         pool = cistern_pool_next(pool)) {
        cistern_trace_pool(pool);
    }
}

void cistern_trace_heap(const cistern_heap_t *heap)
{
    const cistern_trace_object_t object = {.id = (uintptr_t)heap,
                                           .size = heap->end,
                                           .stride = 2U * sizeof(cistern_heap_index_t),
                                           .count = (size_t)heap->slack + 1U,
                                           .kind = CISTERN_TRACE_OBJECT_HEAP};
    cistern_trace_describe(&object, heap->name);
}

/* lwIP's heap on pools or on another allocator: of its memory nothing is known. */
void cistern_trace_describe_malloc(void)
{
    const cistern_trace_object_t object = {.id = (uintptr_t)cistern_trace_malloc,
                                           .count = sizeof(uintptr_t),
                                           .kind = CISTERN_TRACE_OBJECT_HEAP};
    cistern_trace_describe(&object, "malloc");
}

#endif
