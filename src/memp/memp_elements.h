/* SPDX-License-Identifier: BSD-3-Clause */
/* memp_elements.h - where the elements of lwIP's pools come from, as the options say. Each file
 * gives memp_start, memp_get_at, memp_put and memp_is_whole of one pool.
 *
 *   MEMP_MEM_MALLOC 1          memp_heap.h        the heap; CISTERN_MEMP_LIMIT: up to the pool's number
 *   CISTERN_MEMP_LOCK_FREE 1   memp_lock_free.h   the engine's lock-free pools
 *   neither                    memp_section.h     pools behind the port's critical section
 */
#ifndef CISTERN_SRC_MEMP_ELEMENTS_H
#define CISTERN_SRC_MEMP_ELEMENTS_H

#include "lwip/opt.h"

#include "cistern/trace.h"

#if MEMP_MEM_MALLOC
#    include "memp_heap.h"
#elif CISTERN_MEMP_LOCK_FREE
#    include "memp_lock_free.h"
#else
#    include "memp_section.h"
#endif

/* Makes every element of a pool free. Linear in their number. */
void memp_start(const struct memp_desc *desc);

/* True if the invariants of a pool hold. Linear. */
bool memp_is_whole(const struct memp_desc *desc);

/* Hooks of cistern/trace.h. Lock-free pools are the engine's, which has its own. */
#if CISTERN_TRACE && (MEMP_MEM_MALLOC || !CISTERN_MEMP_LOCK_FREE)
static inline void memp_trace_describe(const struct memp_desc *desc)
{
    const cistern_trace_object_t object = {.id = (uintptr_t)desc,
                                           .size = desc->size,
                                           .stride = MEMP_STRIDE(desc->size),
                                           .count = desc->num,
                                           .kind = CISTERN_TRACE_OBJECT_POOL};
    cistern_trace_describe(&object, desc->desc);
}
#    define MEMP_TRACE_ON_START(desc)    CISTERN_TRACE_NOTE_MADE(memp_trace_describe(desc), desc)
#    define MEMP_TRACE_ON_GET(desc, mem) CISTERN_TRACE_ON_GET(desc, mem)
#    define MEMP_TRACE_ON_PUT(desc, mem) CISTERN_TRACE_ON_PUT(desc, mem, true)
#else
#    define MEMP_TRACE_ON_START(desc)    ((void)0)
#    define MEMP_TRACE_ON_GET(desc, mem) ((void)0)
#    define MEMP_TRACE_ON_PUT(desc, mem) ((void)0)
#endif

#endif
