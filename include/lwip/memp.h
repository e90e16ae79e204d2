/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/memp.h - pools: lwIP's interface.
 *
 * MEMP_<name> numbers each pool of lwip/priv/memp_std.h and of the user's lwippools.h; a module may
 * also declare private pools with LWIP_MEMPOOL_DECLARE. All work as the pools of cistern/pool.h do,
 * on geometry that is known when compiling; memp_pool_stats and memp_pool_check
 * (lwip/priv/memp_priv.h) inspect them. */
#ifndef LWIP_HDR_MEMP_H
#define LWIP_HDR_MEMP_H

#include "lwip/opt.h" /* of include/standalone, or of lwIP's tree: docs/from-lwip.md */

#include "lwip/arch.h"
#include "lwip/priv/options_agree.h"
#include "lwip/priv/memp_check.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
#define LWIP_MEMPOOL(name, num, size, desc) MEMP_##name,
#include "lwip/priv/memp_std.h"
    MEMP_MAX
} memp_t;

/* What mem_malloc stores before the memory that it takes from a malloc pool. */
struct memp_malloc_helper {
    memp_t poolnr;
#if MEMP_OVERFLOW_CHECK || (LWIP_STATS && MEM_STATS)
    u16_t size;
#endif
};

#ifdef __cplusplus
}
#endif

#include "lwip/priv/memp_priv.h"
#include "lwip/stats.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const struct memp_desc *const memp_pools[MEMP_MAX];

/* --- private pools ----------------------------------------------------------------------------
 * LWIP_MEMPOOL_DECLARE(name, num, size, desc) at file scope makes the pool and its memory;
 * LWIP_MEMPOOL_PROTOTYPE(name) makes it known in another file; LWIP_MEMPOOL_INIT(name) before use.
 * To place the memory in a section, declare it with an attribute in cc.h beforehand:
 *   extern u8_t __attribute__((section(".fast"))) memp_memory_<name>_base[];
 */

#define LWIP_MEMPOOL_PROTOTYPE(name) extern CISTERN_MEMP_CONST struct memp_desc memp_##name

/* A pool's name, where it is shown: no fault shows it at check level 0 or without diagnosis. */
#if (CISTERN_CHECK >= 1 && CISTERN_DIAGNOSIS) || CISTERN_TRACE || MEMP_OVERFLOW_CHECK ||           \
    MEM_USE_POOLS || LWIP_STATS_DISPLAY || defined LWIP_DEBUG
#    define LWIP_MEMPOOL_NAME(desc) (desc)
#else
#    define LWIP_MEMPOOL_NAME(desc) NULL
#endif

#if MEMP_STATS
#    define LWIP_MEMPOOL_DECLARE_STATS(name)   static struct stats_mem memp_stats_##name;
#    define LWIP_MEMPOOL_STATS_REFERENCE(name) &memp_stats_##name,
#else
#    define LWIP_MEMPOOL_DECLARE_STATS(name)
#    define LWIP_MEMPOOL_STATS_REFERENCE(name)
#endif

/* An array whose size is not a size_t would be a smaller one, without a warning. */
#define LWIP_MEMPOOL_ASSERT_FITS(name, num, size)                                                  \
    CISTERN_STATIC_ASSERT(                                                                         \
        (unsigned long long)(size) <= (size_t)-1 / 4U &&                                           \
            (unsigned long long)(num) <=                                                           \
                (size_t)-1 / 2U / (MEMP_STRIDE(size) + CISTERN_POOL_RECORD_BYTES),                 \
        "pool " #name " is larger than the memory that a pointer reaches: the number of its"       \
        " elements and their size must not be negative, and smaller");

#if MEMP_MEM_MALLOC

#    define LWIP_MEMPOOL_DECLARE(name, num, size, desc)                                            \
        LWIP_MEMPOOL_DECLARE_STATS(name)                                                           \
        static struct memp_account memp_account_##name;                                            \
        CISTERN_MEMP_CONST struct memp_desc memp_##name = {                                        \
            LWIP_MEMPOOL_NAME(desc), LWIP_MEMPOOL_STATS_REFERENCE(name)(size), (num),              \
            &memp_account_##name};

#else

#    define LWIP_MEMPOOL_DECLARE(name, num, size, desc)                                            \
        LWIP_MEMPOOL_ASSERT_FITS(name, num, size)                                                  \
        LWIP_DECLARE_MEMORY_ALIGNED(memp_memory_##name##_base, MEMP_POOL_BYTES(num, size));        \
        LWIP_MEMPOOL_DECLARE_STATS(name)                                                           \
        LWIP_MEMPOOL_DECLARE_STATE(name, num)                                                      \
        CISTERN_MEMP_CONST struct memp_desc memp_##name = {                                        \
            LWIP_MEMPOOL_NAME(desc), LWIP_MEMPOOL_STATS_REFERENCE(name)(size), (num),              \
            memp_memory_##name##_base, LWIP_MEMPOOL_STATE(name, size)};

/* What changes of a pool, and what is derived from its element's size. */
#    if CISTERN_MEMP_LOCK_FREE
#        ifdef __cplusplus
#            define LWIP_MEMPOOL_ALIGN_WORK alignas(64)
#        else
#            define LWIP_MEMPOOL_ALIGN_WORK _Alignas(64)
#        endif
#        define LWIP_MEMPOOL_DECLARE_STATE(name, num)                                              \
            static cistern_pool_t memp_pool_##name;                                                \
            static cistern_pool_extras_t memp_extras_##name;                                       \
            LWIP_MEMPOOL_ALIGN_WORK static u8_t memp_work_##name[CISTERN_POOL_LOCK_FREE_BYTES(num)];
#        define LWIP_MEMPOOL_STATE(name, size)                                                     \
            (struct memp **)(void *)&memp_pool_##name.free_list, &memp_pool_##name,                \
                &memp_extras_##name, memp_work_##name
#    elif CISTERN_CHECK >= 1
#        define LWIP_MEMPOOL_DECLARE_STATE(name, num) static struct memp_state memp_state_##name;
#        define LWIP_MEMPOOL_STATE(name, size)                                                     \
            (struct memp **)(void *)&memp_state_##name.list,                                       \
                CISTERN_POOL_INVERSE((int)MEMP_STRIDE(size) >>                                     \
                                     CISTERN_POOL_SHIFT((int)MEMP_STRIDE(size))),                  \
                CISTERN_POOL_SHIFT((int)MEMP_STRIDE(size))
#    else
#        define LWIP_MEMPOOL_DECLARE_STATE(name, num) static struct memp *memp_tab_##name;
#        define LWIP_MEMPOOL_STATE(name, size)        &memp_tab_##name
#    endif

#endif

#define LWIP_MEMPOOL_INIT(name)    memp_init_pool(&memp_##name)
#define LWIP_MEMPOOL_ALLOC(name)   memp_malloc_pool(&memp_##name)
#define LWIP_MEMPOOL_FREE(name, x) memp_free_pool(&memp_##name, (x))

/* Makes every element of every pool of the list free. Must be called before any other call here;
 * elements in use become invalid. Linear in the number of elements. Thread context. */
void memp_init(void);

/* Takes an element of a pool. Fails (NULL, and err in its statistics) if every element is in use,
 * or the first free one is damaged, which is a fault and repaired; also, without err, for a type
 * that is no pool: an LWIP_ERROR, which is silent without LWIP_DEBUG. With MEMP_MEM_MALLOC it fails
 * when mem_malloc does. Constant time but for a repair, which is linear in the elements; levels 2
 * and 3 are linear in an element's size. Any context that the port's critical section covers. The
 * caller owns the element until memp_free. Its content is undefined; at check levels 2 and 3 it is
 * zeros. */
void *memp_malloc(memp_t type);

/* Gives an element back to its pool. NULL is ignored. A type that is no pool is an LWIP_ERROR. From
 * check level 1 on an address that is not an element in use of that pool is a fault: reported,
 * counted (illegal) and refused. Time as memp_malloc; linear in the free elements if the element
 * holds the key of a free one. Contexts as memp_malloc. From level 2 on a broken guard is a fault,
 * and counted (but for CISTERN_MEMP_LOCK_FREE), and the element is taken back. With MEMP_MEM_MALLOC
 * only the heap is asked: an element of another pool is accepted, and counted in the wrong one,
 * unless this pool has no element in use. If lwipopts.h defines
 * LWIP_HOOK_MEMP_AVAILABLE(type), it is run after a free into a pool that had no free element. It
 * may be declared in the header that LWIP_HOOK_FILENAME names, and may take and free elements. */
void memp_free(memp_t type, void *mem);

/* memp_malloc with the caller's place, which level 3 keeps in the element's history. `file` is
 * stored, not copied. */
#if MEMP_OVERFLOW_CHECK || CISTERN_CHECK >= 3
void *memp_malloc_fn(memp_t type, const char *file, const int line);
#    define memp_malloc(type) memp_malloc_fn((type), __FILE__, __LINE__)
#endif
#if CISTERN_CHECK >= 3
/* memp_free with the caller's place, as above. */
void memp_free_at(memp_t type, void *mem, const char *file, int line);
#    define memp_free(type, mem) memp_free_at((type), (mem), __FILE__, __LINE__)
#endif

/* As memp_free, but returns false if the element was refused. `type` must be that of a pool, and
 * `mem` not NULL. */
bool memp_try_free(memp_t type, void *mem);

#ifdef __cplusplus
}
#endif

#endif
