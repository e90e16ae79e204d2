/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip/priv/memp_priv.h - what a pool of lwIP's face is made of. */
#ifndef LWIP_HDR_MEMP_PRIV_H
#define LWIP_HDR_MEMP_PRIV_H

#include "cistern/pool_core.h"
#include "lwip/arch.h"
#include "lwip/mem.h"
#include "lwip/opt.h"
#include "lwip/priv/memp_check.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The link that a free element carries in its first bytes. */
struct memp {
    struct memp *next;
};

/* Bytes of an element that are not the user's: none, since the engine counts its guards itself. */
#define MEMP_SIZE          0
#define MEMP_ALIGN_SIZE(x) LWIP_MEM_ALIGN_SIZE(x)

#if CISTERN_MEMP_LOCK_FREE && MEMP_MEM_MALLOC
#    error "The heap is not lock-free: set MEMP_MEM_MALLOC or CISTERN_MEMP_LOCK_FREE to 0"
#endif
#if CISTERN_MEMP_LOCK_FREE && (MEMP_SANITY_CHECK || MEMP_OVERFLOW_CHECK >= 2)
#    error "MEMP_SANITY_CHECK and MEMP_OVERFLOW_CHECK 2 need a lock: CISTERN_MEMP_LOCK_FREE to 0"
#endif

/* Bytes that an element takes: at least a link and, from check level 1 on, a key. */
#if CISTERN_CHECK >= 1
#    define MEMP_LEAST (2U * sizeof(void *))
#else
#    define MEMP_LEAST sizeof(void *)
#endif
#define MEMP_ELEMENT_BYTES(size) ((size_t)(size) < MEMP_LEAST ? MEMP_LEAST : (size_t)(size))
#define MEMP_STRIDE(size)        CISTERN_POOL_STRIDE(MEMP_ELEMENT_BYTES(size), LWIP_ALIGNMENT)

/* Bytes of memory of a pool of `num` elements of `size` bytes. */
#define MEMP_POOL_BYTES(num, size) CISTERN_POOL_BYTES(num, MEMP_ELEMENT_BYTES(size), LWIP_ALIGNMENT)

#if MEM_USE_POOLS
/* Numbers the malloc pools: MEMP_POOL_FIRST .. MEMP_POOL_LAST, in the order listed. The first is as many
 * pools behind that of number 0 as the list has before START, the last one less than before END. */
typedef enum {
    MEMP_POOL_HELPER_FIRST = 0
#    define LWIP_MEMPOOL(name, num, size, desc) +1
#    define LWIP_MALLOC_MEMPOOL(num, size)      +1
#    define LWIP_MALLOC_MEMPOOL_START           , MEMP_OF_LINE(MEMP_POOL_HELPER_FROM_START_, __LINE__) = 0
#    define LWIP_MALLOC_MEMPOOL_END
#    include "lwip/priv/memp_std.h"
    ,
    MEMP_POOL_HELPER_LAST = -1
#    define LWIP_MEMPOOL(name, num, size, desc) +1
#    define LWIP_MALLOC_MEMPOOL(num, size)      +1
#    define LWIP_MALLOC_MEMPOOL_START
#    define LWIP_MALLOC_MEMPOOL_END , MEMP_OF_LINE(MEMP_POOL_HELPER_FROM_END_, __LINE__) = 0
#    include "lwip/priv/memp_std.h"
} memp_pool_helper_t;

#    define MEMP_POOL_FIRST ((memp_t)MEMP_POOL_HELPER_FIRST)
#    define MEMP_POOL_LAST  ((memp_t)MEMP_POOL_HELPER_LAST)

#endif

struct stats_mem;

#if MEMP_MEM_MALLOC
/* The account of a pool whose elements come from the heap. */
struct memp_account {
    size_t used; /* elements taken now */
};
#elif CISTERN_CHECK >= 1
/* The part of a pool that changes. At level 0 that is the list alone. */
struct memp_state {
    cistern_block_t *list; /* free elements; first, so that memp_desc's tab leads here */
    size_t used;           /* how many are in use */
    size_t quarantined;    /* after damage: neither free nor in use */
};
#endif

/* A pool as its declaration describes it: constant, so that it can live in flash. With
 * CISTERN_MEMP_LAID_OUT 1 it is not, and a program lays pools out at run time. */
#ifndef CISTERN_MEMP_LAID_OUT
#    define CISTERN_MEMP_LAID_OUT 0
#endif
#if CISTERN_MEMP_LAID_OUT
#    define CISTERN_MEMP_CONST
#else
#    define CISTERN_MEMP_CONST const
#endif

struct memp_desc {
    const char *desc;
#if MEMP_STATS
    struct stats_mem *stats;
#endif
    size_t size; /* bytes of an element, as declared */
    size_t num;  /* elements */
#if MEMP_MEM_MALLOC
    struct memp_account *account;
#else
    u8_t *base;                    /* the memory; elements start at its first aligned address */
    struct memp **tab;             /* head of the list of free elements */
#    if CISTERN_MEMP_LOCK_FREE
    cistern_pool_t *pool;          /* the engine's pool; tab is not kept up to date */
    cistern_pool_extras_t *extras; /* filled in by init */
    u8_t *work;                    /* CISTERN_POOL_LOCK_FREE_BYTES(num), for the strategy */
#    elif CISTERN_CHECK >= 1
    size_t inverse; /* of the odd part of the stride, modulo the word size */
    u8_t shift;     /* stride = odd << shift */
#    endif
#endif
};

/* The same as memp_init, memp_malloc and memp_free, for one pool by its description.
 * NULL instead of a description is an LWIP_ERROR. LWIP_HOOK_MEMP_AVAILABLE is not run. */
void memp_init_pool(const struct memp_desc *desc);
void *memp_malloc_pool(const struct memp_desc *desc);
void memp_free_pool(const struct memp_desc *desc, void *mem);

/* Sets a pool's memory: MEMP_POOL_BYTES(num, size) bytes, aligned to LWIP_ALIGNMENT, for `num`
 * elements of `size` bytes. It takes effect with the next memp_init_pool, and no element may be in
 * use. Constant time. Thread context. */
#if CISTERN_MEMP_LAID_OUT
void memp_lay_out(struct memp_desc *desc, size_t num, size_t size, void *memory);
#endif

/* memp_malloc_pool with the caller's place, which level 3 keeps in the element's history. */
#if MEMP_OVERFLOW_CHECK || CISTERN_CHECK >= 3
void *memp_malloc_pool_fn(const struct memp_desc *desc, const char *file, const int line);
#    define memp_malloc_pool(desc) memp_malloc_pool_fn((desc), __FILE__, __LINE__)
#endif
#if CISTERN_CHECK >= 3
/* memp_free_pool with the caller's place, which level 3 keeps in the element's history. */
void memp_free_pool_at(const struct memp_desc *desc, void *mem, const char *file, int line);
#    define memp_free_pool(desc, mem) memp_free_pool_at((desc), (mem), __FILE__, __LINE__)
#endif

/* --- inspection -------------------------------------------------------------------------------
 * lwIP's pools are constants, and only with CISTERN_MEMP_LOCK_FREE in the registry: those of the list
 * are memp_pools[], private ones have a name each. Any context that the critical section covers. */

/* Copies the numbers of a pool, all from one moment; min_free and failures are those of its
 * statistics, and num and 0 without. The name is NULL where neither faults nor an option show names:
 * at check level 0 and with CISTERN_DIAGNOSIS 0. At check level 0 linear in the number of free elements. */
void memp_pool_stats(const struct memp_desc *desc, cistern_pool_stats_t *stats);

/* True if every invariant of the pool holds: see cistern_pool_check. Linear in its elements. */
bool memp_pool_check(const struct memp_desc *desc);

/* True if an element of the pool starts at an address; and one in use, which at check level 0 is
 * the same, and with MEMP_MEM_MALLOC is never known. Constant time, the second one linear if the
 * element holds the key of a free one. */
bool memp_pool_owns(const struct memp_desc *desc, const void *mem);
bool memp_pool_uses(const struct memp_desc *desc, const void *mem);

/* The pool of the list that an address is an element of, or NULL. Linear in the number of pools.
 * Any context. */
const struct memp_desc *memp_pool_find(const void *mem);

#ifdef __cplusplus
}
#endif

#endif
