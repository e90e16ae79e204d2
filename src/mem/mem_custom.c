/* SPDX-License-Identifier: BSD-3-Clause */
/* mem_custom.c - lwIP's heap on the C library's, or on the user's allocator.
 *
 *   without MEM_STATS   | payload ...                  what the allocator gave
 *   with MEM_STATS      | size | pad | payload ...     size: bytes asked for, to count them back
 *
 * Words: the allocator is MEM_CUSTOM_MALLOC, _FREE and _CALLOC; with MEM_LIBC_MALLOC malloc, free and
 * calloc, or what lwipopts.h defines of mem_clib_malloc, _free and _calloc.
 *
 * Invariant (with MEM_STATS)
 *   I1  lwip_stats.mem.used is the sum of the sizes in front of the live payloads.
 *
 * Options, for lwipopts.h:
 * | option                                          | default | effect                               |
 * |-------------------------------------------------|---------|--------------------------------------|
 * | MEM_CUSTOM_MALLOC, _FREE, _CALLOC               | none    | the functions of MEM_CUSTOM_ALLOCATOR |
 * | mem_clib_malloc, mem_clib_free, mem_clib_calloc | malloc, free, calloc | those of MEM_LIBC_MALLOC |
 */
#include "lwip/opt.h"

#include "lwip/mem.h"

#if MEM_CUSTOM_ALLOCATOR

#    include <stdbool.h>
#    include <stddef.h>
#    include <stdint.h>
#    include <stdlib.h>
#    include <string.h>

#    include "cistern/critical.h"
#    include "cistern/fault.h"
#    include "cistern/trace.h"
#    include "lwip/debug.h"
#    include "lwip/stats.h"

#    if MEM_LIBC_MALLOC
/* Names of lwIP up to 2.2.0, which projects have whose heap is that of their system. The opt.h of
 * later ones, which drop them, defines the others as the C library's. */
#        ifdef mem_clib_malloc
#            undef MEM_CUSTOM_MALLOC
#            undef MEM_CUSTOM_CALLOC
#            define MEM_CUSTOM_MALLOC mem_clib_malloc
#        endif
#        ifdef mem_clib_free
#            undef MEM_CUSTOM_FREE
#            define MEM_CUSTOM_FREE mem_clib_free
#        endif
#        if defined mem_clib_calloc
#            undef MEM_CUSTOM_CALLOC
#            define MEM_CUSTOM_CALLOC mem_clib_calloc
#        elif defined mem_clib_malloc
#            define MEM_CUSTOM_CALLOC mem_cleared
#        endif
#        ifndef MEM_CUSTOM_MALLOC
_Static_assert(MEM_ALIGNMENT <= _Alignof(max_align_t),
               "malloc does not align to MEM_ALIGNMENT: set MEM_LIBC_MALLOC to 0, or "
               "MEM_CUSTOM_ALLOCATOR to 1 with functions that do");
#            define MEM_CUSTOM_MALLOC malloc
#        endif
#        ifndef MEM_CUSTOM_FREE
#            define MEM_CUSTOM_FREE free
#        endif
#        ifndef MEM_CUSTOM_CALLOC
#            define MEM_CUSTOM_CALLOC calloc
#        endif
#    endif
#    if !defined MEM_CUSTOM_MALLOC || !defined MEM_CUSTOM_FREE || !defined MEM_CUSTOM_CALLOC
#        error "MEM_CUSTOM_ALLOCATOR needs MEM_CUSTOM_MALLOC, MEM_CUSTOM_FREE and MEM_CUSTOM_CALLOC"
#    endif

#    if MEM_STATS

/* In front of each payload, which stays aligned for any type and to MEM_ALIGNMENT. */
typedef union mem_helper {
    size_t size;
    max_align_t align;
} mem_helper_t;

#        define MEM_HELPER_BYTES LWIP_MEM_ALIGN_SIZE(sizeof(mem_helper_t))

static void *mem_count_failure(void)
{
    const cistern_critical_t state = cistern_critical_enter();
    MEM_STATS_INC(err);
    cistern_critical_leave(state);
    return NULL;
}

/* Counts `block`, got for `size` bytes or NULL, and gives its payload. */
static void *mem_count_in(void *block, size_t size)
{
    if (block == NULL) {
        return mem_count_failure();
    }
    mem_helper_t *const helper = block;
    helper->size = size;
    const cistern_critical_t state = cistern_critical_enter();
    MEM_STATS_INC_USED(used, size);
    cistern_critical_leave(state);
    return (u8_t *)block + MEM_HELPER_BYTES;
}

/* Counts a payload as freed, and gives its block. */
static void *mem_count_out(void *mem)
{
    mem_helper_t *const helper = (void *)((u8_t *)mem - MEM_HELPER_BYTES);
    const cistern_critical_t state = cistern_critical_enter();
    MEM_STATS_DEC_USED(used, helper->size);
    cistern_critical_leave(state);
    return helper;
}

#    else

#        define MEM_HELPER_BYTES 0U

static inline void *mem_count_failure(void)
{
    return NULL;
}

static inline void *mem_count_in(void *block, size_t size)
{
    (void)size;
    return block;
}

static inline void *mem_count_out(void *mem)
{
    return mem;
}

#    endif

/* What the allocator gave: it must keep the alignment. Memory that does not is given back. */
#    if CISTERN_CHECK >= 1
static inline void *mem_aligned(void *mem)
{
    if ((mem_ptr_t)mem % LWIP_ALIGNMENT == 0) {
        return mem;
    }
    const cistern_fault_t fault = {
        .kind = CISTERN_FAULT_MISALIGNED, .address = mem, .name = "MEM_CUSTOM_MALLOC"};
    MEM_CUSTOM_FREE(mem);
    cistern_fault_raise(&fault);
    return NULL;
}
#    else
static inline void *mem_aligned(void *mem)
{
    LWIP_ASSERT("MEM_CUSTOM_MALLOC must align to MEM_ALIGNMENT",
                (mem_ptr_t)mem % MEM_ALIGNMENT == 0);
    return mem;
}
#    endif

#    if defined mem_clib_malloc && !defined mem_clib_calloc
/* The C library's calloc would take from another heap than mem_clib_free gives back to. */
static void *mem_cleared(size_t count, size_t size)
{
    void *const mem = MEM_CUSTOM_MALLOC(count * size);
    return (mem != NULL) ? memset(mem, 0, count * size) : NULL;
}
#    endif

void mem_init(void)
{
    CISTERN_TRACE_ON_MALLOC();
}

void *mem_malloc(mem_size_t size)
{
    if (size == 0) {
        return NULL;
    }
    if (size > SIZE_MAX - MEM_HELPER_BYTES) {
        return mem_count_failure();
    }
    void *const mem = mem_count_in(mem_aligned(MEM_CUSTOM_MALLOC(size + MEM_HELPER_BYTES)), size);
    CISTERN_TRACE_ON_ALLOC(cistern_trace_malloc, mem, size);
    return mem;
}

void *mem_calloc(mem_size_t count, mem_size_t size)
{
    if (count == 0 || size == 0) {
        return NULL;
    }
    if (count > (SIZE_MAX - MEM_HELPER_BYTES) / size) {
        return mem_count_failure();
    }
    void *const mem = mem_count_in(
        mem_aligned(MEM_CUSTOM_CALLOC(1, count * size + MEM_HELPER_BYTES)), count * size);
    CISTERN_TRACE_ON_ALLOC(cistern_trace_malloc, mem, count * size);
    return mem;
}

void mem_free(void *mem)
{
    if (mem != NULL) {
        CISTERN_TRACE_ON_FREE(cistern_trace_malloc, mem, true);
        MEM_CUSTOM_FREE(mem_count_out(mem));
    }
}

bool mem_try_free(void *mem)
{
    mem_free(mem);
    return true;
}

bool mem_is_in_use(const void *mem)
{
    return mem != NULL;
}

void *mem_trim(void *mem, mem_size_t size)
{
    (void)size;
    return mem;
}

#endif
