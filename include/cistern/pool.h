/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/pool.h - fixed-size blocks from a pool: the engine under both faces.
 *
 *   memory      | block 0 | block 1 | ... | block n-1 |
 *               ^ base              stride
 *   free_list --> block 2 --> block 0 --> NULL        last in, first out
 *   free block  | link | key | ......... |            link: the next free block, a plain pointer
 *
 * A block is free or in use. A free block's first word is a plain pointer to the next free block
 * and its second word a key, from check level 1 on: put refuses a block that holds its key, since
 * it is free; get refuses a block whose key is damaged. All bytes of a block in use are the
 * caller's. Words: `size` is what the user asked for, `stride` what a block takes, both in bytes;
 * `count` is the number of blocks.
 *
 * Blocks of one word have no second one, and keep no key. Their put costs a walk of the free list
 * where their content is NULL or the address of a block; a damaged link loses the blocks behind it.
 *
 * A pointer that a call is given must not be NULL, but where its comment says what NULL does.
 *
 * This header differs by option:
 * | option                | what it adds                                                      |
 * |-----------------------|-------------------------------------------------------------------|
 * | CISTERN_CHECK 1       | `inverse`, `quarantined`, `slow` and `guard` in a pool            |
 * | CISTERN_CHECK 2       | CISTERN_POOL_GUARD bytes behind each block                        |
 * | CISTERN_CHECK 3       | a record of the last CISTERN_POOL_HISTORY events of each block    |
 * | CISTERN_POOL_EXTRAS 1 | `extras` in a pool, and all that is declared under "extras" below | */
#ifndef CISTERN_POOL_H
#define CISTERN_POOL_H

#include <limits.h>
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

/* Bytes of guard behind each block. An overflow of the block changes its first half, an underflow
 * of the next block its last half. */
#if CISTERN_CHECK >= 2
#    define CISTERN_POOL_GUARD 16U
#else
#    define CISTERN_POOL_GUARD 0U
#endif

/* Bytes from one block to the next where blocks follow each other without a guard: space for `size`
 * bytes and for a link, aligned. */
#define CISTERN_POOL_TIGHT_STRIDE(size, alignment)                                                 \
    CISTERN_POOL_ALIGN_UP(CISTERN_POOL_LEAST(size), CISTERN_POOL_ALIGNMENT(alignment))

/* The same with the guard that the check level adds. */
#define CISTERN_POOL_STRIDE(size, alignment)                                                       \
    CISTERN_POOL_TIGHT_STRIDE(CISTERN_POOL_LEAST(size) + CISTERN_POOL_GUARD, alignment)

/* Alignment alone makes space for a link, unless a pointer needs less than its size. */
#define CISTERN_POOL_LEAST(size)                                                                   \
    (CISTERN_POOL_LINK_ALIGNMENT < sizeof(void *) && (size_t)(size) < sizeof(void *)               \
         ? sizeof(void *)                                                                          \
         : (size_t)(size))

/* What happened to a block. */
typedef enum cistern_pool_action {
    CISTERN_POOL_NOTHING = 0,
    CISTERN_POOL_GET,
    CISTERN_POOL_PUT
} cistern_pool_action_t;

typedef struct cistern_pool_event {
    const char *file; /* of the caller, or NULL where it gave none */
    int line;
    cistern_pool_action_t action;
} cistern_pool_event_t;

typedef struct cistern_pool_record {
    cistern_pool_event_t event[CISTERN_POOL_HISTORY]; /* a ring */
    unsigned next;                                    /* where the next event goes */
} cistern_pool_record_t;

/* Bytes behind the last block that the records of one block take: none below level 3. */
#if CISTERN_CHECK >= 3
#    define CISTERN_POOL_RECORD_BYTES sizeof(cistern_pool_record_t)
#else
#    define CISTERN_POOL_RECORD_BYTES ((size_t)0)
#endif

/* Bytes of memory that a pool of `count` blocks needs, from an aligned address on. */
#define CISTERN_POOL_BYTES(count, size, alignment)                                                 \
    ((size_t)(count) * (CISTERN_POOL_STRIDE(size, alignment) + CISTERN_POOL_RECORD_BYTES))

/* --- types ------------------------------------------------------------------------------------ */

/* A free block, as the pool sees it. */
typedef struct cistern_block {
    struct cistern_block *next;
} cistern_block_t;

/* A pool. A program may read the fields and must not write them. `free`, `min_free` and `failures`
 * are exact when no other context is inside a call; a lock-free pool does not keep them, and those
 * of a cached pool may be old: cistern_pool_stats has the numbers of every pool. */
typedef struct cistern_pool {
    size_t size;          /* bytes asked for per block; of a static pool, up to its guard */
    size_t count;         /* blocks in all */
    size_t free;          /* blocks free now */
    size_t min_free;      /* low-water mark of `free` since init, clear or reset */
    uint8_t flags;        /* for the faces; the engine does not use it */
    uint8_t stride_shift; /* stride = odd << stride_shift */
    uint16_t failures;    /* gets that found the pool empty; stays at 65535 */
#if CISTERN_CHECK >= 1
    uint16_t quarantined; /* blocks that damage left unknown: never handed out; stays at 65535 */
    uint8_t slow;         /* not 0: CISTERN_POOL_KEYLESS, ...: no fast path serves this pool */
    uint8_t guard;        /* bytes behind each block that must not be written */
#endif
    uintptr_t base;             /* address of block 0 */
    struct cistern_pool *next;  /* in the registry, in order of registration */
    cistern_block_t *free_list; /* last freed first */
    const char *name;           /* the caller's string, or NULL */
    size_t touched;             /* blocks that were ever linked or handed out: the lowest ones */
#if CISTERN_CHECK >= 1
    size_t inverse; /* of the odd part of stride, modulo the word size */
#endif
#if CISTERN_POOL_EXTRAS
    struct cistern_pool_extras
        *extras; /* NULL: the port's critical section and nothing beside it */
#endif
} cistern_pool_t;

/* Bits of `slow`: why the fast paths do not serve a pool. */
#define CISTERN_POOL_KEYLESS 1U /* blocks have one word, or keep their content: no key */
#define CISTERN_POOL_SHARED  2U /* it has extras */
#define CISTERN_POOL_HOOKED  4U /* it has callbacks, which its face calls */

/* A strategy: a const table of functions, see "extras" below. */
typedef const struct cistern_pool_strategy *cistern_pool_strategy_t;

/* How a pool is to be made. */
typedef struct cistern_pool_config {
    const char *name; /* for listings and faults; stored, not copied; may be NULL */
    size_t count;     /* blocks; 0 makes a pool that is always empty */
    size_t size;      /* bytes per block, at least 1 */
    size_t alignment; /* of the blocks: a power of two, 0 for a pointer's */
    void *memory;     /* CISTERN_POOL_BYTES bytes, aligned; may be NULL if count is 0 */
    size_t bytes;     /* length of memory, checked against the geometry; 0: taken as sufficient */
    uint8_t flags;    /* initial value of `flags` */
    bool tight;       /* no guard at any level, for users who index the memory by size: memory is
                         then CISTERN_POOL_TIGHT_STRIDE bytes per block, and there is no history */
#if CISTERN_POOL_EXTRAS
    struct cistern_pool_extras *extras; /* how the pool is shared and what else it does, or NULL */
#endif
} cistern_pool_config_t;

/* A consistent picture of a pool. */
typedef struct cistern_pool_stats {
    const char *name;
    size_t size;        /* bytes per block, as asked for */
    size_t stride;      /* bytes per block, as taken */
    size_t count;       /* blocks */
    size_t free;        /* free now */
    size_t min_free;    /* lowest since init, clear or reset */
    size_t failures;    /* gets that failed; stays at 65535 */
    size_t quarantined; /* neither free nor in use, after damage; stays at 65535 */
} cistern_pool_stats_t;

/* --- life ------------------------------------------------------------------------------------- */

/* Makes a pool as `config` says and registers it; a pool that is registered already keeps its place
 * in the registry, and its blocks in use become invalid.
 * Fails exactly when
 *   - pool, config or size is 0, memory is NULL and count is not, alignment is neither 0 nor a power
 *     of two, or of the extras: strategy is NULL, `reserve` is above `count`, `work` is not aligned
 *     to 64 bytes or too small, or the port does not have what the strategy needs (ERROR_ARGUMENT)
 *   - memory is not aligned (ERROR_ALIGNMENT)
 *   - the geometry does not fit `bytes` or the address space (ERROR_SIZE)
 * A failure changes and registers nothing. Linear in the number of blocks and of pools, with the
 * critical section held. Thread context. The memory belongs to the pool until it is unregistered
 * and no block is in use. */
cistern_error_t cistern_pool_init(cistern_pool_t *pool, const cistern_pool_config_t *config);

/* Takes a pool off the registry; its blocks stay usable. Fails (ERROR_ARGUMENT) if pool is NULL or
 * not registered. Linear in the number of pools. Thread context. */
cistern_error_t cistern_pool_unregister(cistern_pool_t *pool);

/* Makes every block free again, in ascending order of address, and resets the low-water mark;
 * threads that wait are served first. Blocks in use become invalid. Fails (ERROR_ARGUMENT) if pool
 * is NULL. Linear in the number of blocks, with the pool's lock held. Contexts as get. While it
 * runs no other context may be inside a call on a lock-free pool, nor on a cached one, where
 * threads inside cistern_pool_get_wait are allowed. */
cistern_error_t cistern_pool_clear(cistern_pool_t *pool);

/* --- use -------------------------------------------------------------------------------------- */

/* Takes a block, last freed first. Fails (NULL) exactly when
 *   - every block is in use, or those that are free are reserved (counted in `failures`)
 *   - from check level 1 on, pool is NULL; at level 0 it must not be
 *   - the block that it would take is damaged, its link or key (level 1) or its poison or guard
 *     (level 2): a fault. The list is then built anew and blocks that damage leaves unknown are
 *     quarantined, with CISTERN_DIAGNOSIS 0 all that were listed; poison and guards are written
 *     anew. Linear in the number of blocks, once per fault.
 * Constant time but for that; level 2 compares CISTERN_POOL_POISON bytes, level 3 the whole block;
 * in the first word of a lock-free pool's block both see only what leads out of the pool.
 * Any context that the critical section covers, or for a pool with extras its strategy: where the
 * section is a lock, on hosts, no signal handler. The caller owns the block until put; its content
 * is undefined. At level 3 a macro of this name passes the caller's file and line on. */
void *cistern_pool_get(cistern_pool_t *pool);

/* Gives a block back. Fails exactly when, from check level 1 on,
 *   - an argument is NULL (ERROR_ARGUMENT)
 *   - the address is not that of a block in use of this pool: it is free already, foreign, inside a
 *     block, misaligned, or a block of another pool (ERROR_FAULT, after one call of the fault
 *     handler). The block stays as it was.
 * A free block whose key was written over passes for one in use. At level 0 neither may be given.
 * From level 2 on a guard around the block that was written to is a fault, and repaired, but the
 * block is taken back (OK). Constant time; levels 2 and 3 write as
 * much poison as get compares. Linear in the free blocks if the block holds the key of a free one,
 * and in the registered pools, outside the critical section, if the address is foreign; a lock-free
 * pool does not search for its owner. Contexts as get. The pool owns the block afterwards. */
cistern_error_t cistern_pool_put(cistern_pool_t *pool, void *block);

/* Get and put with the caller's place, which level 3 keeps in the block's history and the other
 * levels ignore. `file` is stored, not copied. All else as above. */
void *cistern_pool_get_at(cistern_pool_t *pool, const char *file, int line);
cistern_error_t cistern_pool_put_at(cistern_pool_t *pool, void *block, const char *file, int line);

/* Gives a block back as put does, and sets *was_empty to whether no block was free before and one
 * is now; for a cached pool, which does not know, to false. Fails as put, and if was_empty is NULL
 * (ERROR_ARGUMENT); *was_empty is then undefined. */
cistern_error_t cistern_pool_put_noting(cistern_pool_t *pool, void *block, bool *was_empty);

/* The same with the caller's place, as put_at has it. */
cistern_error_t cistern_pool_put_noting_at(cistern_pool_t *pool, void *block, bool *was_empty,
                                           const char *file, int line);

/* Returns what put would, and reports the same fault, but leaves the block in use. A damaged guard
 * is repaired, so that it is reported once. At check level 0 it fails only if an argument is NULL.
 * Time and contexts as put. */
cistern_error_t cistern_pool_verify(const cistern_pool_t *pool, void *block);

/* Takes up to `wanted` blocks into `blocks` and returns how many: fewer if the pool has no more
 * that are not reserved, which counts as one failure, or if a block is damaged; 0 if an argument is
 * NULL. Linear in their number. A plain pool's critical section, or its own lock, is held all the
 * time; that of a cached pool for one block at a time, and a lock-free one has none. Otherwise as
 * get. */
size_t cistern_pool_get_bulk(cistern_pool_t *pool, void **blocks, size_t wanted);

/* Gives `count` blocks back, in the order given. Returns how many were accepted; 0 if an argument
 * is NULL. Each that is refused is a fault of its own, and the others are given back; of a run of
 * blocks with damaged guards one is reported. A NULL among the blocks is passed over; at check
 * level 0 a cached pool must not be given one. Linear in their number. A plain pool's critical
 * section, or its own lock, is held from one refusal to the next. Otherwise as put. */
size_t cistern_pool_put_bulk(cistern_pool_t *pool, void *const *blocks, size_t count);

/* --- inspection ------------------------------------------------------------------------------- */

/* Bytes from one block to the next. Constant time, any context. */
size_t cistern_pool_stride(const cistern_pool_t *pool);

/* True if `address` is where a block of this pool starts, free or in use; false for NULL.
 * Constant time, any context. */
bool cistern_pool_owns(const cistern_pool_t *pool, const void *address);

/* True if `address` is a block of this pool that is in use. At check level 0 the same as
 * cistern_pool_owns. Time and contexts as put. */
bool cistern_pool_uses(const cistern_pool_t *pool, const void *address);

/* Calls `visit` for each block in use, in order of address, until it returns false. Returns how
 * many it visited; at check level 0, and for NULL, none. `visit` runs with the pool's lock held, a
 * plain pool's critical section: it must be short and must not call into the pool. Linear in the
 * number of blocks; for pools with extras, blocks of one word, and while a block in use holds the
 * key of a free one, in that number times the free blocks. Contexts as cistern_pool_stats. */
typedef bool cistern_pool_visit_t(void *block, size_t index, void *argument);
size_t cistern_pool_walk(const cistern_pool_t *pool, cistern_pool_visit_t *visit, void *argument);

/* Copies up to `max` of the last events of a block, latest first, and returns how many. 0 below
 * check level 3, for a pool without a history, and for an address that is no block of the pool.
 * Linear in max. Contexts as cistern_pool_stats. */
size_t cistern_pool_history(const cistern_pool_t *pool, const void *block,
                            cistern_pool_event_t *events, size_t max);

/* Copies the numbers of a pool, all from one moment; of a lock-free pool each from a moment of its
 * own. Constant time. Contexts as get. A cached pool is stopped for it, and drains its caches:
 * linear in the numbers of threads and of blocks in caches, from threads only. Its `free` and
 * `failures` are exact. Its `min_free` is exact if one thread alone used the pool since the numbers
 * were read last; else it may be too low, by at most what the caches of the other threads held. */
void cistern_pool_stats(const cistern_pool_t *pool, cistern_pool_stats_t *stats);

/* Starts the low-water mark anew from the blocks that are free now. Time and contexts as
 * cistern_pool_stats. */
void cistern_pool_reset_low_water(cistern_pool_t *pool);

/* Verifies every invariant of a pool: true if all hold; false for NULL. It never follows a link out
 * of the pool, and ends on a cyclic list. Linear in the number of blocks, and at levels 2 and 3 in
 * the bytes that are verified of each, with the pool's lock held. Contexts as cistern_pool_stats.
 * The answer may be false while other contexts are inside get or put of a lock-free or cached pool.
 */
bool cistern_pool_check(const cistern_pool_t *pool);

/* --- registry --------------------------------------------------------------------------------- */

/* All pools of every face, in order of registration. The list itself is the object named
 * CISTERN_POOL_REGISTRY; no header declares it, since Mynewt clients declare it themselves, as
 * STAILQ_HEAD(, os_mempool). */

/* The pool after `pool` in the registry, the first one for NULL; NULL at the end. Constant time.
 * Any context that the critical section covers. No pool may be unregistered during a walk. */
cistern_pool_t *cistern_pool_next(const cistern_pool_t *pool);

/* The registered pool that `address` is a block of, or NULL. Linear in the number of pools.
 * Contexts as cistern_pool_next. */
const cistern_pool_t *cistern_pool_find(const void *address);

/* Empties the registry without reading a pool and without a lock: for a system that starts anew,
 * whose pools' memory may have another use by now and whose critical section does not work yet.
 * Constant time. No other context may be inside a call of the registry. */
void cistern_pool_forget_all(void);

/* True if the pool is registered; false for NULL. Linear in the number of pools. Contexts as
 * cistern_pool_next. */
bool cistern_pool_is_registered(const cistern_pool_t *pool);

/* --- typed static pools -------------------------------------------------------------------------
 * CISTERN_POOL_DEFINE(frames, struct frame, 16, ); at file scope makes 16 blocks of struct frame,
 * aligned for it, and the functions
 *   cistern_error_t frames_init(void);           cistern_pool_enlist, once
 *   struct frame *frames_get(void);
 *   cistern_error_t frames_put(struct frame *);
 * The pool is `frames_pool`. The last argument goes before the memory: an attribute that places it
 * in a section, or nothing; the section must be zero at start, as static memory is.
 *
 * Everything is computed when compiling: such a pool works before frames_init, which only makes it
 * known to listings and to the diagnosis of blocks put into a wrong pool. From level 2 on frames_init
 * also poisons the blocks, unless one was taken before: those that were never used are then not.
 * Blocks that were never used are zero and their links are not written yet; the pool hands them out
 * in ascending order when no other is free. */
#define CISTERN_POOL_DEFINE(prefix, type, number, placement)                                       \
    placement static union {                                                                       \
        type first;                                                                                \
        void *link;                                                                                \
        unsigned char bytes[CISTERN_POOL_BYTES(number, sizeof(type), CISTERN_ALIGNOF(type))];      \
    } prefix##_memory;                                                                             \
    enum {                                                                                         \
        prefix##_stride = (int)CISTERN_POOL_STRIDE(sizeof(type), CISTERN_ALIGNOF(type)),           \
        prefix##_shift = CISTERN_POOL_SHIFT(prefix##_stride),                                      \
        prefix##_odd = prefix##_stride >> prefix##_shift                                           \
    };                                                                                             \
    CISTERN_STATIC_ASSERT(CISTERN_POOL_STRIDE(sizeof(type), CISTERN_ALIGNOF(type)) <= INT_MAX &&   \
                              (size_t)(number) < SIZE_MAX / 2U / (size_t)prefix##_stride,          \
                          "a static pool is too large");                                           \
    static cistern_pool_t prefix##_pool = {                                                        \
        (size_t)prefix##_stride - CISTERN_POOL_GUARD,                                              \
        (number),                                                                                  \
        (number),                                                                                  \
        (number),                                                                                  \
        0,                                                                                         \
        prefix##_shift,                                                                            \
        0,                                                                                         \
        CISTERN_POOL_STATE_FIELDS(prefix)(uintptr_t) & prefix##_memory,                            \
        NULL,                                                                                      \
        NULL,                                                                                      \
        #prefix,                                                                                   \
        0 CISTERN_POOL_INVERSE_FIELD(prefix) CISTERN_POOL_EXTRAS_FIELD};                           \
    static inline type *prefix##_get(void);                                                        \
    static inline cistern_error_t prefix##_init(void)                                              \
    {                                                                                              \
        (void)prefix##_get; /* these three name each other, so that none is unused in a program */ \
        return cistern_pool_enlist(&prefix##_pool);                                                \
    }                                                                                              \
    static inline cistern_error_t prefix##_put(type *block)                                        \
    {                                                                                              \
        return cistern_pool_put(&prefix##_pool, block);                                            \
    }                                                                                              \
    static inline type *prefix##_get(void)                                                         \
    {                                                                                              \
        (void)prefix##_init;                                                                       \
        (void)prefix##_put;                                                                        \
        return (type *)cistern_pool_get(&prefix##_pool);                                           \
    }                                                                                              \
    struct prefix##_pool_is_defined /* takes the semicolon */

/* Puts a pool of CISTERN_POOL_DEFINE into the registry; from check level 2 on it poisons the blocks
 * of one that is unused. Does nothing for a pool that is registered. Fails (ERROR_ARGUMENT) if pool
 * is NULL. Linear in the number of pools, and from level 2 on of blocks, with the critical section
 * held. Thread context. */
cistern_error_t cistern_pool_enlist(cistern_pool_t *pool);

/* Index of the lowest bit that is set in a positive int. */
#define CISTERN_POOL_SHIFT(n)                                                                      \
    (CISTERN_POOL_LOW_IS_IN(n, 0xAAAAAAAAU) * 1 + CISTERN_POOL_LOW_IS_IN(n, 0xCCCCCCCCU) * 2 +     \
     CISTERN_POOL_LOW_IS_IN(n, 0xF0F0F0F0U) * 4 + CISTERN_POOL_LOW_IS_IN(n, 0xFF00FF00U) * 8 +     \
     CISTERN_POOL_LOW_IS_IN(n, 0xFFFF0000U) * 16)
#define CISTERN_POOL_LOW_IS_IN(n, mask) ((((n) & -(n)) & (mask)) != 0 ? 1 : 0)

/* Inverse of an odd int modulo the word size, by Newton's iteration: 5 bits are right at its start,
 * then 10, 20, 40, 80. */
#define CISTERN_POOL_INVERSE(odd)      CISTERN_POOL_NEWTON(odd, CISTERN_POOL_INVERSE_40(odd))
#define CISTERN_POOL_INVERSE_40(odd)   CISTERN_POOL_NEWTON(odd, CISTERN_POOL_INVERSE_20(odd))
#define CISTERN_POOL_INVERSE_20(odd)   CISTERN_POOL_NEWTON(odd, CISTERN_POOL_INVERSE_10(odd))
#define CISTERN_POOL_INVERSE_10(odd)   CISTERN_POOL_NEWTON(odd, (((size_t)(odd)*3U) ^ 2U))
#define CISTERN_POOL_NEWTON(odd, near) ((near) * ((size_t)2U - (size_t)(odd) * (near)))

/* CISTERN_POOL_KEYLESS for blocks of so many bytes, their guard not counted, that have no second
 * word for the key; else 0. */
#define CISTERN_POOL_IS_NARROW(bytes)                                                              \
    ((size_t)(bytes) >= 2U * sizeof(uintptr_t) ? 0U : CISTERN_POOL_KEYLESS)

/* The fields that only some builds have. */
#if CISTERN_CHECK >= 1
#    define CISTERN_POOL_STATE_FIELDS(prefix)                                                      \
        0, (uint8_t)CISTERN_POOL_IS_NARROW(prefix##_stride - (int)CISTERN_POOL_GUARD),             \
            CISTERN_POOL_GUARD,
#    define CISTERN_POOL_INVERSE_FIELD(prefix) , CISTERN_POOL_INVERSE(prefix##_odd)
#else
#    define CISTERN_POOL_STATE_FIELDS(prefix)
#    define CISTERN_POOL_INVERSE_FIELD(prefix)
#endif
#if CISTERN_POOL_EXTRAS
#    define CISTERN_POOL_EXTRAS_FIELD , NULL
#else
#    define CISTERN_POOL_EXTRAS_FIELD
#endif

#ifdef __cplusplus
#    define CISTERN_STATIC_ASSERT(condition, text) static_assert(condition, text)
#    define CISTERN_ALIGNOF(type)                  alignof(type)
#else
#    define CISTERN_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#    define CISTERN_ALIGNOF(type)                  _Alignof(type)
#endif

/* --- extras -------------------------------------------------------------------------------------
 * How a pool is shared, and what it does beside handing out blocks. One struct per pool that wants
 * any of it, in the user's memory, filled in before init. A program links the strategies that it
 * names, and waiting only if it calls cistern_pool_get_wait. */
#if CISTERN_POOL_EXTRAS

/* The port's critical section, as without extras, for pools with a reserve, notices or waiting. */
extern const struct cistern_pool_strategy cistern_pool_section;
/* No lock: one context alone uses the pool. */
extern const struct cistern_pool_strategy cistern_pool_unlocked;
/* A mutex of the pool's own: threads that use other pools go on. */
extern const struct cistern_pool_strategy cistern_pool_mutex;
/* No lock and no interrupt is masked: threads, interrupts and signal handlers. */
extern const struct cistern_pool_strategy cistern_pool_lock_free;
/* A cache per thread, for hosts with many threads. A get that finds no block in its own cache, nor
 * in the depot, stops the other threads for a moment and drains their caches. The cache of a thread
 * that ends is drained. */
extern const struct cistern_pool_strategy cistern_pool_cached;

/* The same under the names that a config reads well with. */
#    define CISTERN_POOL_CRITICAL  (&cistern_pool_section)
#    define CISTERN_POOL_UNLOCKED  (&cistern_pool_unlocked)
#    define CISTERN_POOL_MUTEX     (&cistern_pool_mutex)
#    define CISTERN_POOL_LOCK_FREE (&cistern_pool_lock_free)
#    define CISTERN_POOL_CACHED    (&cistern_pool_cached)

/* Bytes of `work` that a strategy needs for `count` blocks and `threads` caches. */
#    define CISTERN_POOL_MUTEX_BYTES            128U
#    define CISTERN_POOL_LOCK_FREE_BYTES(count) (64U + (size_t)(count) * sizeof(void *))
#    define CISTERN_POOL_CACHE_ENTRIES          508U
#    define CISTERN_POOL_CACHE_BYTES            (512U * sizeof(void *))
#    define CISTERN_POOL_CACHED_BYTES(count, threads)                                              \
        (512U + (size_t)(count) * sizeof(void *) + (size_t)(threads)*CISTERN_POOL_CACHE_BYTES)

/* A notice: called when the free blocks have fallen to `low_water` (on_low), or when an empty pool
 * has a free block again (on_available). Runs in the context of the get or put that did it, outside
 * the critical section; it may get and put. */
typedef void cistern_pool_notice_t(cistern_pool_t *pool, void *argument);

/* What a pool does beside handing out blocks. All fields but the last are set before init. A cached
 * pool keeps blocks out of its caches: `reserve`, and one more than `low_water` if on_low is set,
 * else one if on_available is. While no more than those are free its threads share one lock, so
 * that reserve and notices are exact. */
typedef struct cistern_pool_extras {
    cistern_pool_strategy_t strategy; /* the address of one of those above */
    void *work;        /* for mutex, lock_free and cached: memory aligned to 64 bytes */
    size_t work_bytes; /* the macros above */
    size_t threads;    /* cached: caches; threads beyond that number share without one */
    size_t reserve;    /* blocks that only cistern_pool_get_privileged takes: up to `count` */
    size_t low_water;  /* on_low is called when `free` falls to this; from `count` on, never */
    cistern_pool_notice_t *on_low;
    cistern_pool_notice_t *on_available;
    void *argument;
    struct cistern_pool_waiter *waiters; /* the engine's: the one that has waited longest first */
} cistern_pool_extras_t;

/* Takes a block as get does, also one of the reserve. Without extras it is get. Fails as get where
 * every block is in use, and if pool is NULL, at every check level. Time, contexts and ownership as
 * get. */
void *cistern_pool_get_privileged(cistern_pool_t *pool);

#    define CISTERN_POOL_FOREVER UINT32_MAX

/* Takes a block into *block as get does, and waits for one up to `milliseconds`: 0 not at all,
 * CISTERN_POOL_FOREVER for ever. Threads are served in order of arrival: a freed block is handed to
 * the one that has waited longest, and no later get can take it. A damaged block is a fault, after
 * which the wait begins anew. Fails exactly when
 *   - no block was handed over in time (ERROR_TIMEOUT, *block is NULL; counted in `failures`)
 *   - an argument is NULL, the pool has no extras, is lock-free or without a lock, or the port has
 *     neither threads nor events (ERROR_ARGUMENT, *block is unchanged)
 * Thread context. A cached pool is stopped by each call, as by cistern_pool_stats. The caller owns
 * the block. */
cistern_error_t cistern_pool_get_wait(cistern_pool_t *pool, uint32_t milliseconds, void **block);

#endif

#if CISTERN_CHECK >= 3
#    define cistern_pool_get(pool)        cistern_pool_get_at((pool), __FILE__, __LINE__)
#    define cistern_pool_put(pool, block) cistern_pool_put_at((pool), (block), __FILE__, __LINE__)
#endif

#ifdef __cplusplus
}
#endif

#endif
