/* lwip/mem.h - the heap: lwIP's interface.
 *
 * What it stands on is chosen in lwipopts.h:
 * | options                               | mem_malloc takes from                      |
 * |---------------------------------------|--------------------------------------------|
 * | (default)                             | one arena of MEM_SIZE bytes, cistern/heap.h |
 * | MEM_LIBC_MALLOC                       | malloc of the C library                     |
 * | MEM_CUSTOM_ALLOCATOR                  | MEM_CUSTOM_MALLOC / _FREE / _CALLOC         |
 * | MEM_USE_POOLS                         | the malloc pools listed in lwippools.h      |
 */
#ifndef LWIP_HDR_MEM_H
#define LWIP_HDR_MEM_H

#include "lwip/arch.h"
#include "lwip/opt.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef MEM_CUSTOM_ALLOCATOR
#    define MEM_CUSTOM_ALLOCATOR MEM_LIBC_MALLOC
#endif

#if MEM_CUSTOM_ALLOCATOR
typedef size_t mem_size_t;
#    define MEM_SIZE_F SZT_F
#elif MEM_USE_POOLS
typedef u16_t mem_size_t;
#    define MEM_SIZE_F U16_F
#elif MEM_SIZE > 64000L
typedef u32_t mem_size_t;
#    define MEM_SIZE_F U32_F
#else
typedef u16_t mem_size_t;
#    define MEM_SIZE_F U16_F
#endif

/* Prepares the heap; call it once, before any other call here. Thread context. */
void mem_init(void);

/* Allocates `size` bytes, aligned to MEM_ALIGNMENT and at least to a pointer.
 * Fails (NULL, and err in the statistics) iff no free block is large enough; size 0 gives NULL.
 * Constant time with MEM_FIT good. The caller owns the memory until mem_free. */
void *mem_malloc(mem_size_t size);

/* Allocates an array of `count` elements of `size` bytes, all zero.
 * Fails as mem_malloc, and when count * size does not fit mem_size_t. Linear in the size. */
void *mem_calloc(mem_size_t count, mem_size_t size);

/* Gives memory back. NULL is ignored. An address that is not a live block of this heap is a fault:
 * it is counted (illegal), reported, LWIP_MEM_ILLEGAL_FREE is run, and nothing changes. */
void mem_free(void *mem);

/* Shrinks a block to `size` bytes in place and returns `mem`. Growing is refused: NULL, the block
 * stays as it was. Does nothing (returns mem) with pools or a custom allocator. */
void *mem_trim(void *mem, mem_size_t size);

#ifdef __cplusplus
}
#endif

#endif
