/* mem_custom.c - lwIP's heap on the C library's, or on the user's allocator.
 *
 *   without MEM_STATS   | payload ...                  what the allocator gave
 *   with MEM_STATS      | size | pad | payload ...     size: bytes asked for, to count them back
 *
 * Words: the allocator is MEM_CUSTOM_MALLOC, _FREE and _CALLOC, by default malloc, free and calloc.
 *
 * Invariant (with MEM_STATS)
 *   I1  lwip_stats.mem.used is the sum of the sizes in front of the live payloads.
 */
#include "lwip/opt.h"

#include "lwip/mem.h"

#if MEM_CUSTOM_ALLOCATOR

#    include <stdbool.h>
#    include <stddef.h>
#    include <stdint.h>
#    include <stdlib.h>

#    include "cistern/critical.h"
#    include "lwip/stats.h"

#    if MEM_LIBC_MALLOC
#        ifndef MEM_CUSTOM_MALLOC
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
typedef union helper {
    size_t size;
    max_align_t align;
} helper_t;

#        define HELPER_BYTES LWIP_MEM_ALIGN_SIZE(sizeof(helper_t))

static void *count_failure(void)
{
    const cistern_critical_t state = cistern_critical_enter();
    MEM_STATS_INC(err);
    cistern_critical_leave(state);
    return NULL;
}

/* Counts `block`, got for `size` bytes or NULL, and gives its payload. */
static void *count_in(void *block, size_t size)
{
    if (block == NULL) {
        return count_failure();
    }
    helper_t *const helper = block;
    helper->size = size;
    const cistern_critical_t state = cistern_critical_enter();
    MEM_STATS_INC_USED(used, size);
    cistern_critical_leave(state);
    return (u8_t *)block + HELPER_BYTES;
}

/* Counts a payload as freed, and gives its block. */
static void *count_out(void *mem)
{
    helper_t *const helper = (void *)((u8_t *)mem - HELPER_BYTES);
    const cistern_critical_t state = cistern_critical_enter();
    MEM_STATS_DEC_USED(used, helper->size);
    cistern_critical_leave(state);
    return helper;
}

#    else

#        define HELPER_BYTES 0U

static inline void *count_failure(void)
{
    return NULL;
}

static inline void *count_in(void *block, size_t size)
{
    (void)size;
    return block;
}

static inline void *count_out(void *mem)
{
    return mem;
}

#    endif

void mem_init(void) {}

void *mem_malloc(mem_size_t size)
{
    if (size == 0) {
        return NULL;
    }
    if (size > SIZE_MAX - HELPER_BYTES) {
        return count_failure();
    }
    return count_in(MEM_CUSTOM_MALLOC(size + HELPER_BYTES), size);
}

void *mem_calloc(mem_size_t count, mem_size_t size)
{
    if (count == 0 || size == 0) {
        return NULL;
    }
    if (count > (SIZE_MAX - HELPER_BYTES) / size) {
        return count_failure();
    }
    return count_in(MEM_CUSTOM_CALLOC(1, count * size + HELPER_BYTES), count * size);
}

void mem_free(void *mem)
{
    if (mem != NULL) {
        MEM_CUSTOM_FREE(count_out(mem));
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
