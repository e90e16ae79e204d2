/* SPDX-License-Identifier: BSD-3-Clause */
/* mem.c - lwIP's heap on one arena of cistern/heap.h.
 *
 *   ram_heap, or LWIP_RAM_HEAP_POINTER
 *   | what cistern_heap_init makes of it: LWIP_RAM_HEAP_SIZE bytes                         |
 *
 * Words: the arena is the memory; mem_object is the engine's heap over it. lwip_stats.mem is a copy
 * of that heap's own numbers, in bytes with headers.
 *
 * Invariant
 *   I1  Outside critical sections lwip_stats.mem.used and .max are the heap's: they are copied
 * inside the section in which they change.
 *
 * Options, for lwipopts.h:
 * | option                   | default           | range | effect                                     |
 * |--------------------------|-------------------|-------|--------------------------------------------|
 * | MIN_SIZE                 | 12                | 0..   | bytes of the smallest payload; 0: the least |
 * | LWIP_MEM_ILLEGAL_FREE(m) | LWIP_ASSERT(m, 0) | macro | what runs after mem_free refused a free    |
 *
 * Its siblings are mem_custom.c (C library or user's allocator) and mem_pools.c.
 */
#include "lwip/opt.h"

#include "lwip/mem.h"

#if !MEM_CUSTOM_ALLOCATOR && !MEM_USE_POOLS

#    include "cistern/critical.h"
#    include "cistern/fault.h"
#    include "cistern/heap.h"
#    include "lwip/debug.h"
#    include "lwip/stats.h"
#    include "heap/heap_calls.h"
#    include "illegal.h"

#    if LWIP_ALLOW_MEM_FREE_FROM_OTHER_CONTEXT && !CISTERN_CRITICAL
#        error "LWIP_ALLOW_MEM_FREE_FROM_OTHER_CONTEXT needs a lock: set SYS_LIGHTWEIGHT_PROT to 1"
#    endif

/* Smallest payload: lwIP's, so that freed blocks are of use to later requests. */
#    ifndef MIN_SIZE
#        define MIN_SIZE 12
#    endif
_Static_assert((long)(MIN_SIZE) >= 0, "MIN_SIZE is the bytes of a payload: set it to 0 or more");

#    ifndef LWIP_RAM_HEAP_SIZE
#        if MEM_SIZE < 32
#            error "MEM_SIZE is the bytes of the heap: set it to 32 or more"
#        endif
_Static_assert((long)(MIN_SIZE) < (long)(MEM_SIZE), "MIN_SIZE is above MEM_SIZE: no block fits");
_Static_assert((unsigned long long)(CISTERN_HEAP_BYTES) >= (unsigned long long)(MEM_SIZE),
               "CISTERN_HEAP_BYTES, or what CISTERN_HEAP_INDEX_BITS sets it to, is below MEM_SIZE");
#    endif

/* What is known when compiling is no work of mem_init. */
#    ifdef LWIP_RAM_HEAP_POINTER
#        define MEM_CONFIG           const cistern_heap_config_t
#        define MEM_ADDRESS(pointer) (void *)(uintptr_t)(pointer)
#        ifndef LWIP_RAM_HEAP_SIZE
#            define LWIP_RAM_HEAP_SIZE MEM_SIZE
#        endif
#    else
#        define MEM_CONFIG           static const cistern_heap_config_t
#        define MEM_ADDRESS(pointer) (pointer)
#        ifdef LWIP_RAM_HEAP_SIZE
#            error                                                                                 \
                "LWIP_RAM_HEAP_SIZE is the length of LWIP_RAM_HEAP_POINTER: define both, or MEM_SIZE"
#        endif
#        define LWIP_RAM_HEAP_SIZE    sizeof(ram_heap)
LWIP_DECLARE_MEMORY_ALIGNED(ram_heap, CISTERN_HEAP_ARENA_BYTES(MEM_SIZE, LWIP_ALIGNMENT));
#        define LWIP_RAM_HEAP_POINTER ram_heap
#    endif

/* The heap's name, where it is shown: at check level 0 no fault shows it. */
#    if CISTERN_CHECK >= 1 || CISTERN_TRACE
#        define MEM_NAME "HEAP"
#    else
#        define MEM_NAME NULL
#    endif

static cistern_heap_t mem_object;

static void mem_raise(cistern_fault_kind_t kind)
{
    const cistern_fault_t fault = {.kind = kind, .object = &mem_object, .name = "HEAP"};
    cistern_fault_raise(&fault);
}

/* The whole heap is verified after each call, with the critical section held; damage is a fault. */
#    if MEM_SANITY_CHECK || MEM_OVERFLOW_CHECK >= 2
static void mem_sanity_check(void)
{
    if (!cistern_heap_check(&mem_object)) {
        mem_raise(CISTERN_FAULT_HEADER);
    }
}
#    else
static inline void mem_sanity_check(void) {}
#    endif

#    if MEM_STATS
/* Only a heap that is larger than mem_size_t can say needs a comparison. */
static inline mem_size_t mem_clamped(size_t bytes)
{
    const bool fits = CISTERN_HEAP_BYTES <= (mem_size_t)-1 || bytes < (mem_size_t)-1;
    return fits ? (mem_size_t)bytes : (mem_size_t)-1;
}

/* Copies the numbers that change (I1). */
static inline void mem_changed(const cistern_heap_t *heap)
{
    CISTERN_ASSERT(heap->used <= heap->max_used || heap->end == 0);
    CISTERN_ASSERT(heap->used <= heap->end);
    lwip_stats.mem.used = mem_clamped(heap->used);
    lwip_stats.mem.max = mem_clamped(heap->max_used);
}

static void mem_start_stats(void)
{
    lwip_stats.mem.avail = mem_clamped(mem_object.end);
    mem_changed(&mem_object);
}

/* Counts requests that failed and frees that were refused: rare, so in a section of its own. */
static void mem_count(unsigned failed, unsigned illegal)
{
    CISTERN_ASSERT(failed + illegal == 1U);
    const cistern_critical_t state = cistern_critical_enter();
    lwip_stats.mem.err = (STAT_COUNTER)(lwip_stats.mem.err + failed);
    lwip_stats.mem.illegal = (STAT_COUNTER)(lwip_stats.mem.illegal + illegal);
    cistern_critical_leave(state);
}
#    else
#        define mem_changed heap_unobserved

static inline void mem_start_stats(void) {}

static inline void mem_count(unsigned failed, unsigned illegal)
{
    (void)failed;
    (void)illegal;
}
#    endif

struct cistern_heap *mem_heap(void)
{
    return &mem_object;
}

/* An arena of which no heap can be made leaves one from which every request fails, and is a fault.
 * The pointer may be an integer constant: an address of the processor. */
void mem_init(void)
{
    MEM_CONFIG config = {.name = MEM_NAME,
                         .memory = MEM_ADDRESS(LWIP_RAM_HEAP_POINTER),
                         .bytes = LWIP_RAM_HEAP_SIZE,
                         .alignment = LWIP_ALIGNMENT,
                         .min_size = MIN_SIZE};
    const cistern_heap_t none = {0};
    mem_object = none;
    if (heap_prepare(&mem_object, &config) != CISTERN_OK) {
        mem_raise(CISTERN_FAULT_ARGUMENT);
    }
    mem_start_stats();
}

static inline void *mem_given(void *mem, bool asked)
{
    CISTERN_ASSERT(asked || mem == NULL);
    CISTERN_ASSERT((uintptr_t)mem % MEM_ALIGNMENT == 0);
    if (mem == NULL && asked) {
        mem_count(1, 0);
    }
    mem_sanity_check();
    return mem;
}

void *(mem_malloc)(mem_size_t size)
{
    return mem_given(heap_alloc_call(&mem_object, size, mem_changed), size != 0);
}

/* A product that overflows is a request for more than there can be. */
void *(mem_calloc)(mem_size_t count, mem_size_t size)
{
    const bool fits = size == 0 || count <= SIZE_MAX / size;
    const size_t bytes = fits ? (size_t)count * size : SIZE_MAX;
    void *const mem = mem_given(heap_alloc_call(&mem_object, bytes, mem_changed), bytes != 0);
    return mem != NULL ? memset(mem, 0, bytes) : NULL;
}

/* Ends a call that gave memory back: false if it was refused that. */
static inline bool mem_taken_back(cistern_error_t error)
{
    const bool illegal = error == CISTERN_ERROR_FAULT;
    if (illegal) {
        mem_count(0, 1);
    }
    mem_sanity_check();
    return !illegal;
}

static inline bool mem_give(void *mem)
{
    return mem_taken_back(heap_free_call(&mem_object, mem, mem_changed));
}

bool mem_try_free(void *mem)
{
    return mem_give(mem);
}

void(mem_free)(void *mem)
{
    if (!mem_give(mem)) {
        LWIP_MEM_ILLEGAL_FREE("mem_free: not a block in use of this heap");
    }
}

#    if CISTERN_CHECK >= 3

void *mem_owned(void *mem, const char *file, int line)
{
    return cistern_heap_tag(&mem_object, mem, file, line);
}

void mem_free_at(void *mem, const char *file, int line)
{
    if (!mem_give(mem)) {
        LWIP_MEM_ILLEGAL_FREE("mem_free: not a block in use of this heap");
    } else if (mem != NULL) {
        cistern_heap_remember(&mem_object, mem, file, line);
    }
}

#    endif

bool mem_is_in_use(const void *mem)
{
    return cistern_heap_is_in_use(&mem_object, mem);
}

void *mem_trim(void *mem, mem_size_t size)
{
    const size_t wanted = size != 0 ? size : 1U;
    const cistern_error_t error = heap_resize(&mem_object, mem, wanted, false, mem_changed);
    if (!mem_taken_back(error)) {
        LWIP_MEM_ILLEGAL_FREE("mem_trim: not a block in use of this heap");
    }
    return error == CISTERN_OK ? mem : NULL;
}

#endif
