/* cistern/pool.h - fixed-size blocks from a pool: the engine under both faces.
 *
 *   memory      | block 0 | block 1 | ... | block n-1 | state bytes (check level 1 and up) |
 *               ^ base              stride
 *   free_list --> block 2 --> block 0 --> NULL        last in, first out; links in the first word
 *
 * A block is free or in use. A free block's first word is a plain pointer to the next free block; a
 * block in use belongs to the caller wholly. Words: `size` is what the user asked for, `stride`
 * what a block takes, both in bytes; `count` is the number of blocks.
 *
 * This header differs by option in one place: with CISTERN_CHECK 0 a pool has no `inverse`, no
 * `states` and no state bytes.
 */
#ifndef CISTERN_POOL_H
#define CISTERN_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cistern/config.h"
#include "cistern/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* --- geometry ---------------------------------------------------------------------------------
 * For sizes that are known when compiling; cistern_pool_init checks the same at run time.
 * Alignments are powers of two. Blocks are aligned at least to a pointer. */

#define CISTERN_POOL_ALIGN_UP(bytes, alignment)                                                    \
    (((size_t)(bytes) + (size_t)(alignment)-1U) & ~((size_t)(alignment)-1U))

/* Alignment of a pointer; of a block's link. */
#define CISTERN_POOL_LINK_ALIGNMENT offsetof(struct cistern_pool_link_probe, link)
struct cistern_pool_link_probe {
    char first;
    void *link;
};

#define CISTERN_POOL_ALIGNMENT(alignment)                                                          \
    ((size_t)(alignment) < CISTERN_POOL_LINK_ALIGNMENT ? CISTERN_POOL_LINK_ALIGNMENT               \
                                                       : (size_t)(alignment))

/* Bytes from one block to the next: room for `size` bytes and for a link, aligned. */
#define CISTERN_POOL_STRIDE(size, alignment)                                                       \
    CISTERN_POOL_ALIGN_UP((size_t)(size) < sizeof(void *) ? sizeof(void *) : (size_t)(size),       \
                          CISTERN_POOL_ALIGNMENT(alignment))

#if CISTERN_CHECK >= 1
#    define CISTERN_POOL_STATE_BYTES(count) ((size_t)(count))
#else
#    define CISTERN_POOL_STATE_BYTES(count) ((size_t)0)
#endif

/* Bytes of memory that a pool of `count` blocks needs, from an aligned address on. */
#define CISTERN_POOL_BYTES(count, size, alignment)                                                 \
    ((size_t)(count)*CISTERN_POOL_STRIDE(size, alignment) + CISTERN_POOL_STATE_BYTES(count))

/* --- types ------------------------------------------------------------------------------------ */

/* A free block, as the pool sees it. */
typedef struct cistern_block {
    struct cistern_block *next;
} cistern_block_t;

/* A pool. Read its fields as you like; write none of them. `free` and `min_free` are exact when no
 * other context is inside a call. */
typedef struct cistern_pool {
    size_t size;                /* bytes asked for per block */
    size_t count;               /* blocks in all */
    size_t free;                /* blocks free now */
    size_t min_free;            /* low-water mark of `free` since init, clear or reset */
    uint8_t flags;              /* for the faces; the engine keeps it */
    uint8_t alignment_log2;     /* of the blocks */
    uint8_t stride_shift;       /* stride = odd << stride_shift */
    uint8_t reserved;           /* 0 */
    uintptr_t base;             /* address of block 0 */
    struct cistern_pool *next;  /* in the registry, in order of registration */
    cistern_block_t *free_list; /* last freed first */
    const char *name;           /* the caller's string, or NULL */
#if CISTERN_CHECK >= 1
    size_t inverse;        /* of the odd part of stride, modulo the word size */
    unsigned char *states; /* one byte per block, behind the last block */
#endif
    size_t failures; /* gets that found the pool empty; saturates */
} cistern_pool_t;

/* How a pool is to be made. */
typedef struct cistern_pool_config {
    const char *name; /* for listings and faults; stored, not copied; may be NULL */
    size_t count;     /* blocks; 0 makes a pool that is always empty */
    size_t size;      /* bytes per block, at least 1 */
    size_t alignment; /* of the blocks: a power of two, 0 for a pointer's */
    void *memory;     /* CISTERN_POOL_BYTES bytes, aligned; may be NULL iff count is 0 */
    size_t bytes;     /* length of memory, checked against the geometry; 0: taken as sufficient */
    uint8_t flags;    /* initial value of `flags` */
} cistern_pool_config_t;

/* A consistent picture of a pool. */
typedef struct cistern_pool_stats {
    const char *name;
    size_t size;     /* bytes per block, as asked for */
    size_t stride;   /* bytes per block, as taken */
    size_t count;    /* blocks */
    size_t free;     /* free now */
    size_t min_free; /* lowest since init, clear or reset */
    size_t failures; /* gets that failed */
} cistern_pool_stats_t;

/* --- life ------------------------------------------------------------------------------------- */

/* Makes a pool of `config` and registers it; a pool that is registered already keeps its place in
 * the list, so that init again is safe. Blocks that were handed out before are forgotten.
 * Fails iff pool, config or size is zero, memory is NULL with blocks, or the alignment is no power
 * of two (ERROR_ARGUMENT); memory is not aligned (ERROR_ALIGNMENT); the geometry does not fit
 * `bytes` or the address space (ERROR_SIZE). A failure changes and registers nothing.
 * Linear in the number of blocks and of pools. Thread context. The memory belongs to the pool until
 * it is unregistered and no block is in use. */
cistern_error_t cistern_pool_init(cistern_pool_t *pool, const cistern_pool_config_t *config);

/* Takes a pool off the registry; its blocks stay usable. Fails (ERROR_ARGUMENT) iff pool is NULL or
 * not registered. Linear in the number of pools. Thread context. */
cistern_error_t cistern_pool_unregister(cistern_pool_t *pool);

/* Makes every block free again, in ascending order of address, and resets the low-water mark.
 * Blocks in use become invalid. Fails (ERROR_ARGUMENT) iff pool is NULL. Linear in the number of
 * blocks, with the critical section held. */
cistern_error_t cistern_pool_clear(cistern_pool_t *pool);

/* --- use -------------------------------------------------------------------------------------- */

/* Takes a block, last freed first. Fails (NULL, counted in `failures`) iff every block is in use or
 * pool is NULL. At check level 1 a damaged link is a fault: the free list is rebuilt from the state
 * bytes (linear, once per fault) and this call returns NULL; nothing is lost.
 * Constant time. Any context that the critical section covers. The caller owns the block until put;
 * its content is undefined. */
void *cistern_pool_get(cistern_pool_t *pool);

/* Gives a block back. Fails iff an argument is NULL (ERROR_ARGUMENT) or, from check level 1 on, the
 * address is not a block in use of this pool: double, foreign, interior or misaligned, or a block
 * of another pool (ERROR_FAULT, after one call of the fault handler). A refusal changes nothing.
 * Constant time. Same contexts as get. The pool owns the block afterwards. */
cistern_error_t cistern_pool_put(cistern_pool_t *pool, void *block);

/* The same as put; *was_empty tells whether no block was free before. Undefined on failure. */
cistern_error_t cistern_pool_put_noting(cistern_pool_t *pool, void *block, bool *was_empty);

/* Looks whether put would accept the block, and reports the fault exactly as put does if not;
 * changes nothing. Fails as put does. At check level 0 it fails only on NULL. Constant time. */
cistern_error_t cistern_pool_verify(const cistern_pool_t *pool, const void *block);

/* --- looking ---------------------------------------------------------------------------------- */

/* Bytes from one block to the next. Constant time, any context. */
size_t cistern_pool_stride(const cistern_pool_t *pool);

/* True iff `address` is where a block of this pool starts, free or in use. False for NULL.
 * Constant time, any context. */
bool cistern_pool_owns(const cistern_pool_t *pool, const void *address);

/* Copies the numbers of a pool, all from one moment. Any context. */
void cistern_pool_stats(const cistern_pool_t *pool, cistern_pool_stats_t *stats);

/* Starts the low-water mark anew from the blocks that are free now. Any context. */
void cistern_pool_reset_low_water(cistern_pool_t *pool);

/* Verifies every invariant of a pool: true iff all hold. Never follows a link out of the pool and
 * ends on a cyclic list. Linear in the number of blocks, with the critical section held. */
bool cistern_pool_check(const cistern_pool_t *pool);

/* --- registry --------------------------------------------------------------------------------- */

/* All pools of every face, in order of registration. The list itself is the object named
 * CISTERN_POOL_REGISTRY; no header declares it, since Mynewt clients declare it themselves, as
 * STAILQ_HEAD(, os_mempool). */

/* The pool after `pool` in the registry, the first one for NULL; NULL at the end.
 * Constant time. Pools must not be unregistered during a walk. */
cistern_pool_t *cistern_pool_next(const cistern_pool_t *pool);

/* The registered pool that `address` is a block of, or NULL. Linear in the number of pools. */
const cistern_pool_t *cistern_pool_find(const void *address);

/* True iff the pool is registered. Linear in the number of pools. */
bool cistern_pool_is_registered(const cistern_pool_t *pool);

#ifdef __cplusplus
}
#endif

#endif
