/* widths.h - the widths of index: how each one's functions are called, and which to call.
 *
 *   heap.c            core.h, once in each of
 *   public calls  ->  heap_16.c   heap_32.c   heap_size.c
 *
 * Where a single width is compiled in, its functions are the public ones: nothing is in between.
 */
#ifndef CISTERN_HEAP_WIDTHS_H
#define CISTERN_HEAP_WIDTHS_H

#include "cistern/critical.h"
#include "cistern/fault.h"
#include "cistern/heap.h"

#define HEAP_WIDTHS (CISTERN_HEAP_HAS_16 + CISTERN_HEAP_HAS_32 + CISTERN_HEAP_HAS_SIZE)

#if HEAP_WIDTHS == 1
#    define HEAP_NAME(name, width) cistern_heap_##name
#else
#    define HEAP_NAME(name, width) cistern_heap_##name##_##width
#endif

/* The functions of one width: as in cistern/heap.h, but for resize. */
#define HEAP_FUNCTIONS(width)                                                                      \
    cistern_error_t(HEAP_NAME(init, width))(cistern_heap_t * heap,                                 \
                                            const cistern_heap_config_t *config);                  \
    void *(HEAP_NAME(alloc, width))(cistern_heap_t * heap, size_t size);                           \
    void *(HEAP_NAME(aligned_alloc, width))(cistern_heap_t * heap, size_t alignment, size_t size); \
    cistern_error_t(HEAP_NAME(free, width))(cistern_heap_t * heap, void *memory);                  \
    cistern_error_t(HEAP_NAME(resize, width))(cistern_heap_t * heap, void *memory, size_t size,    \
                                              bool may_grow, size_t *old_size);                    \
    size_t(HEAP_NAME(usable_size, width))(const cistern_heap_t *heap, const void *memory);         \
    bool(HEAP_NAME(is_in_use, width))(const cistern_heap_t *heap, const void *memory);             \
    size_t(HEAP_NAME(largest, width))(const cistern_heap_t *heap);                                 \
    size_t(HEAP_NAME(walk, width))(const cistern_heap_t *heap, cistern_heap_visit_t *visit,        \
                                   void *context);                                                 \
    bool(HEAP_NAME(check, width))(const cistern_heap_t *heap)

HEAP_FUNCTIONS(16);
#if HEAP_WIDTHS > 1
HEAP_FUNCTIONS(32);
HEAP_FUNCTIONS(size);
#endif

/* Calls the function for a width of index. */
#if HEAP_WIDTHS == 1
#    define HEAP_CALL(bits, name, ...) (cistern_heap_##name)(__VA_ARGS__)
#elif CISTERN_HEAP_HAS_SIZE
#    define HEAP_CALL(bits, name, ...)                                                             \
        ((bits) == 16   ? (cistern_heap_##name##_16)(__VA_ARGS__)                                  \
         : (bits) == 32 ? (cistern_heap_##name##_32)(__VA_ARGS__)                                  \
                        : (cistern_heap_##name##_size)(__VA_ARGS__))
#else
#    define HEAP_CALL(bits, name, ...)                                                             \
        ((bits) == 16 ? (cistern_heap_##name##_16)(__VA_ARGS__)                                    \
                      : (cistern_heap_##name##_32)(__VA_ARGS__))
#endif

/* Tells of misuse found at `address`. Outside the critical section. */
void cistern_heap_raise(const cistern_heap_t *heap, const void *address, cistern_fault_kind_t kind);

/* Ends the critical section of a call that may have changed `used` or `max_used`. */
#if CISTERN_CRITICAL
static inline void leave_changed(const cistern_heap_t *heap, cistern_critical_t state)
{
    if (heap->note != NULL) {
        heap->note(heap);
    }
    cistern_critical_leave(state);
}
#else
static inline void leave_changed(const cistern_heap_t *heap, cistern_critical_t state)
{
    (void)heap;
    (void)state;
}
#endif

/* Counts a request for which there was no block. Size 0 is no failure. */
static inline void count_failure(cistern_heap_t *heap, size_t size)
{
    heap->failures += (size != 0 && heap->failures < SIZE_MAX) ? 1U : 0U;
}

#endif
