/* mem.c - lwIP's heap on one arena of cistern/heap.h.
 *
 *   arena, or LWIP_RAM_HEAP_POINTER
 *   | what cistern_heap_init makes of it: LWIP_RAM_HEAP_SIZE bytes                         |
 *
 * Words: the arena is the memory; the heap is the engine's object over it. lwip_stats.mem is a copy
 * of the heap's own numbers, in bytes with headers.
 *
 * Invariant
 *   I1  Outside critical sections lwip_stats.mem.used and .max are the heap's: it tells of each
 *       change inside the section in which it was made.
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
#    include "illegal.h"

#    if LWIP_ALLOW_MEM_FREE_FROM_OTHER_CONTEXT && !CISTERN_CRITICAL
#        error "LWIP_ALLOW_MEM_FREE_FROM_OTHER_CONTEXT needs a lock: set SYS_LIGHTWEIGHT_PROT to 1"
#    endif

/* Smallest payload: lwIP's, so that freed blocks are of use to later requests. */
#    ifndef MIN_SIZE
#        define MIN_SIZE 12
#    endif

#    ifdef LWIP_RAM_HEAP_POINTER
#        ifndef LWIP_RAM_HEAP_SIZE
#            define LWIP_RAM_HEAP_SIZE MEM_SIZE
#        endif
#    else
#        ifndef LWIP_RAM_HEAP_SIZE
#            define LWIP_RAM_HEAP_SIZE sizeof(ram_heap)
#        endif
LWIP_DECLARE_MEMORY_ALIGNED(ram_heap, CISTERN_HEAP_ARENA_BYTES(MEM_SIZE, LWIP_ALIGNMENT));
#        define LWIP_RAM_HEAP_POINTER ram_heap
#    endif

static cistern_heap_t heap;

/* The whole heap is verified after each call, with the critical section held; damage is a fault. */
#    if MEM_SANITY_CHECK || MEM_OVERFLOW_CHECK >= 2
static void sanity_check(void)
{
    if (!cistern_heap_check(&heap)) {
        const cistern_fault_t fault = {
            .kind = CISTERN_FAULT_HEADER, .object = &heap, .name = heap.name};
        cistern_fault_raise(&fault);
    }
}
#    else
static inline void sanity_check(void) {}
#    endif

#    if MEM_STATS
static inline mem_size_t clamped(size_t bytes)
{
    return (mem_size_t)(bytes < (mem_size_t)-1 ? bytes : (mem_size_t)-1);
}

/* Copies the numbers that change (I1). */
static void copy_numbers(const cistern_heap_t *changed)
{
    lwip_stats.mem.used = clamped(changed->used);
    lwip_stats.mem.max = clamped(changed->max_used);
}

static void start_stats(void)
{
    lwip_stats.mem.avail = clamped(heap.end);
    copy_numbers(&heap);
}

/* Counts requests that failed and frees that were refused: rare, so in a section of its own. */
static void count(unsigned failed, unsigned illegal)
{
    const cistern_critical_t state = cistern_critical_enter();
    lwip_stats.mem.err = (STAT_COUNTER)(lwip_stats.mem.err + failed);
    lwip_stats.mem.illegal = (STAT_COUNTER)(lwip_stats.mem.illegal + illegal);
    cistern_critical_leave(state);
}
#    else
static void start_stats(void) {}

static void count(unsigned failed, unsigned illegal)
{
    (void)failed;
    (void)illegal;
}
#    endif

/* Without a critical section the heap tells nobody of its changes: each call looks. */
#    if MEM_STATS && !CISTERN_CRITICAL
static inline void look(void)
{
    copy_numbers(&heap);
}
#    else
static inline void look(void) {}
#    endif

struct cistern_heap *mem_heap(void)
{
    return &heap;
}

void mem_init(void)
{
    const cistern_heap_config_t config = {
        .name = "HEAP",
        .memory = LWIP_RAM_HEAP_POINTER,
        .bytes = LWIP_RAM_HEAP_SIZE,
        .alignment = LWIP_ALIGNMENT,
#    if MEM_STATS && CISTERN_CRITICAL
        .note = copy_numbers,
#    endif
        .min_size = MIN_SIZE
    };
    const cistern_heap_t none = {0};
    heap = none;
    const cistern_error_t error = cistern_heap_init(&heap, &config);
    LWIP_ASSERT("mem_init: MEM_SIZE is too small for a heap, or too large for its indices",
                error == CISTERN_OK);
    LWIP_UNUSED_ARG(error);
    start_stats();
}

/* Hands out what a request got; `asked` tells whether it was for anything. */
static inline void *handed_out(void *mem, bool asked)
{
    if (mem == NULL && asked) {
        count(1, 0);
    }
    look();
    sanity_check();
    return mem;
}

void *(mem_malloc)(mem_size_t size)
{
    return handed_out(cistern_heap_alloc(&heap, size), size != 0);
}

void *(mem_calloc)(mem_size_t count, mem_size_t size)
{
    return handed_out(cistern_heap_calloc(&heap, count, size), count != 0 && size != 0);
}

/* Ends a call that gave memory back: false iff it was refused that. */
static inline bool handed_back(cistern_error_t error)
{
    const bool illegal = error == CISTERN_ERROR_FAULT;
    if (illegal) {
        count(0, 1);
    }
    look();
    sanity_check();
    return !illegal;
}

bool mem_try_free(void *mem)
{
    return handed_back(cistern_heap_free(&heap, mem));
}

static inline void freed(cistern_error_t error)
{
    if (!handed_back(error)) {
        LWIP_MEM_ILLEGAL_FREE("mem_free: not a block in use of this heap");
    }
}

void(mem_free)(void *mem)
{
    freed(cistern_heap_free(&heap, mem));
}

#    if CISTERN_CHECK >= 3

void *mem_owned(void *mem, const char *file, int line)
{
    return cistern_heap_tag(&heap, mem, file, line);
}

void mem_free_at(void *mem, const char *file, int line)
{
    freed(cistern_heap_free_at(&heap, mem, file, line));
}

#    endif

bool mem_is_in_use(const void *mem)
{
    return cistern_heap_is_in_use(&heap, mem);
}

void *mem_trim(void *mem, mem_size_t size)
{
    const cistern_error_t error = cistern_heap_trim(&heap, mem, size);
    if (!handed_back(error)) {
        LWIP_MEM_ILLEGAL_FREE("mem_trim: not a block in use of this heap");
    }
    return error == CISTERN_OK ? mem : NULL;
}

#endif
