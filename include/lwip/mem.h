/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/mem.h - the heap: lwIP's interface.
 *
 * What it stands on is chosen in lwipopts.h:
 * | options                               | mem_malloc takes from                       |
 * |---------------------------------------|---------------------------------------------|
 * | (default)                             | one arena of MEM_SIZE bytes, cistern/heap.h |
 * | MEM_LIBC_MALLOC                       | malloc of the C library                     |
 * | MEM_CUSTOM_ALLOCATOR                  | MEM_CUSTOM_MALLOC / _FREE / _CALLOC         |
 * | MEM_USE_POOLS                         | the malloc pools listed in lwippools.h      |
 * With check level 3 calls on the arena record the caller's file and line: mem_malloc, mem_calloc
 * and mem_free are then macros too; a name without arguments is still that of the function. */
#ifndef LWIP_HDR_MEM_H
#define LWIP_HDR_MEM_H

#include <stdbool.h>

#include "lwip/opt.h" /* of include/standalone, or of lwIP's tree: docs/from-lwip.md */

#include "cistern/config.h"
#include "lwip/arch.h"
#include "lwip/priv/options_agree.h"

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

/* lwipopts.h may also define:
 *   LWIP_RAM_HEAP_POINTER     address of the arena, also one that is known only at run time
 *   LWIP_RAM_HEAP_SIZE        the length of that arena in bytes, likewise; default MEM_SIZE
 *   MIN_SIZE                  smallest block that is handed out, in bytes; default 12
 *   MEM_SANITY_CHECK          1: each call verifies the whole heap; damage is a fault
 *   MEM_OVERFLOW_CHECK        1: guards around each block, verified by its free;
 *                             2: each call verifies all of them
 *   LWIP_MEM_ILLEGAL_FREE(m)  run after a refused free; default LWIP_ASSERT(m, 0)
 *   LWIP_ALLOW_MEM_FREE_FROM_OTHER_CONTEXT
 *                             1: mem_free may be called where only the port's critical section
 *                             reaches, as in an interrupt; here that holds for every call, so 1
 *                             demands no more than that this section exists
 */

/* Prepares the heap; must be called before any other call here. Blocks of an earlier start become
 * invalid. An arena that cannot hold a heap (LWIP_RAM_HEAP_POINTER, _SIZE) is a fault, and every
 * request fails. Constant time; with guards linear in the arena. Thread context. */
void mem_init(void);

/* Allocates `size` bytes, aligned to MEM_ALIGNMENT and at least to a pointer. Fails (NULL, and err
 * in the statistics) exactly when size is above cistern_heap_largest: no free block is large
 * enough, or with good fit only one that has CISTERN_HEAP_SEARCH others of its class before it.
 * Size 0 gives NULL and counts nothing; before mem_init every request fails. With the malloc pools
 * it fails when the first pool whose elements are large enough is empty, or with
 * MEM_USE_POOLS_TRY_BIGGER_POOL all such pools are. A custom allocator must keep the alignment:
 * memory that does not goes back to it, a fault and a failure, from check level 1 on; the C
 * library's is refused when compiling where it does not. Constant time with MEM_FIT
 * good; linear in the number of blocks with first, in that of malloc pools with these. Any context
 * that the port's critical section covers. The caller owns the memory until mem_free; its content
 * is undefined. */
void *mem_malloc(mem_size_t size);

/* Allocates an array of `count` elements of `size` bytes, all zero. Fails as mem_malloc for count *
 * size bytes, also (with err) where the product overflows. Linear in the bytes, outside the
 * critical section. Contexts and ownership as mem_malloc. */
void *mem_calloc(mem_size_t count, mem_size_t size);

/* Gives memory back. NULL is ignored. From check level 1 on an address that is not that of a block
 * in use of this heap is a fault: it is reported and counted (illegal), LWIP_MEM_ILLEGAL_FREE is
 * run, and nothing changes. A custom allocator decides itself what it does with such an address.
 * Constant time; after a fault linear in the number of blocks; with the malloc pools linear in
 * their number. Contexts as mem_malloc. */
void mem_free(void *mem);

/* As mem_free, but returns false if the memory was refused, which is reported and counted, and does
 * not run LWIP_MEM_ILLEGAL_FREE. `mem` must not be NULL. A custom allocator never refuses. */
bool mem_try_free(void *mem);

/* True if `mem` is the address of a block in use of mem_malloc; another address is no fault. With a
 * custom allocator true for every address but NULL, and on an arena at check level 0 too. Constant
 * time; with the malloc pools linear in their number. Contexts as mem_malloc. */
bool mem_is_in_use(const void *mem);

/* Shrinks a block in place to `size` bytes, 0 to the smallest block, and returns `mem`. Fails
 * (NULL, and the block is as it was) if the block is smaller, or the address is not that of a block
 * in use, which is a fault as in mem_free. With pools or a custom allocator it does nothing and
 * returns mem. Constant time; after a fault linear. Contexts as mem_malloc. */
void *mem_trim(void *mem, mem_size_t size);

#if !MEM_CUSTOM_ALLOCATOR && !MEM_USE_POOLS
/* The heap that these calls use, for cistern_heap_largest, _stats, _walk and _check; never NULL.
 * Constant time. Any context. */
struct cistern_heap;
struct cistern_heap *mem_heap(void);

#    if CISTERN_CHECK >= 3
/* Records the place of the caller who allocated `mem`, which mem_malloc or mem_calloc has just
 * returned; returns it. `file` is stored, not copied. Constant time. Contexts as mem_malloc. */
void *mem_owned(void *mem, const char *file, int line);

/* As mem_free; the heap's history keeps the caller's place. `file` is stored, not copied. */
void mem_free_at(void *mem, const char *file, int line);

#        define mem_malloc(size)        mem_owned(mem_malloc(size), __FILE__, __LINE__)
#        define mem_calloc(count, size) mem_owned(mem_calloc((count), (size)), __FILE__, __LINE__)
#        define mem_free(mem)           mem_free_at((mem), __FILE__, __LINE__)
#    endif
#endif

#ifdef __cplusplus
}
#endif

#endif
