/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/pool.h - fixed-size blocks from a pool: the engine under both faces.
 *
 *   memory      | block 0 | block 1 | ... | block n-1 |
 *               ^ base              stride
 *   free_list --> block 2 --> block 0 --> NULL        last in, first out
 *   free block  | link | key | ......... |            link: the next free block, a plain pointer
 *
 * A block is free or in use. A free block's first word is a plain pointer to the next free block
 * and its second word a key, from check level 1 on: put refuses a block that is free because its
 * key is there, get refuses a block whose key is damaged. A block in use belongs to the caller
 * wholly. Words: `size` is what the user asked for, `stride` what a block takes, both in bytes;
 * `count` is the number of blocks.
 *
 * Blocks of one word have no second one, and keep no key. Their put costs a walk of the free list
 * where their content is NULL or the address of a block; a damaged link loses the blocks behind it.
 *
 * This header differs by option:
 * | option                | what it adds                                                      |
 * |-----------------------|-------------------------------------------------------------------|
 * | CISTERN_CHECK 1       | `inverse`, `quarantined`, `slow` and `guard` in a pool            |
 * | CISTERN_CHECK 2       | CISTERN_POOL_GUARD bytes behind each block                        |
 * | CISTERN_CHECK 3       | a record of the last CISTERN_POOL_HISTORY events of each block    |
 * | CISTERN_POOL_EXTRAS 1 | `extras` in a pool, and all that is declared under "extras" below |
 */
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

/* Bytes behind each block that must not be written: the first half tells an overflow of the block,
 * the last half an underflow of the next. */
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

/* A pool. Read its fields as you like; write none of them. `free` and `min_free` are exact when no
 * other context is inside a call; those of a lock-free or cached pool are as old as the last call
 * of cistern_pool_stats. */
typedef struct cistern_pool {
    size_t size;          /* bytes asked for per block */
    size_t count;         /* blocks in all */
    size_t free;          /* blocks free now */
    size_t min_free;      /* low-water mark of `free` since init, clear or reset */
    uint8_t flags;        /* for the faces; the engine keeps it */
    uint8_t stride_shift; /* stride = odd << stride_shift */
    uint16_t failures;    /* gets that found the pool empty; stays at 65535 */
#if CISTERN_CHECK >= 1
    uint16_t quarantined; /* blocks that damage left unknown: never handed out; stays at 65535 */
    uint8_t slow;         /* not 0: CISTERN_POOL_NARROW, ...: no fast path serves this pool */
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

/* What keeps a pool from the fast paths. */
#define CISTERN_POOL_NARROW 1U /* blocks of one word, which have no space for a key */
#define CISTERN_POOL_SHARED 2U /* extras */
#define CISTERN_POOL_HOOKED 4U /* callbacks of a face, which serves them itself */

/* How a pool is shared, a const table: see "extras" below. */
typedef const struct cistern_pool_strategy *cistern_pool_strategy_t;

/* How a pool is to be made. */
typedef struct cistern_pool_config {
    const char *name; /* for listings and faults; stored, not copied; may be NULL */
    size_t count;     /* blocks; 0 makes a pool that is always empty */
    size_t size;      /* bytes per block, at least 1 */
    size_t alignment; /* of the blocks: a power of two, 0 for a pointer's */
    void *memory;     /* CISTERN_POOL_BYTES bytes, aligned; may be NULL iff count is 0 */
    size_t bytes;     /* length of memory, checked against the geometry; 0: taken as sufficient */
    uint8_t flags;    /* initial value of `flags` */
    bool tight;       /* no guard at any level: for users who index the memory by size; then memory
                         is CISTERN_POOL_TIGHT_STRIDE bytes per block, and there is no history */
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

/* Makes every block free again, in ascending order of address, and resets the low-water mark; who
 * waits is served before all others. Blocks in use become invalid. Fails (ERROR_ARGUMENT) iff pool
 * is NULL. Linear in the number of blocks, with the pool's lock held. Contexts as get; of a
 * lock-free or cached pool, nobody else may be inside a call but cistern_pool_get_wait. */
cistern_error_t cistern_pool_clear(cistern_pool_t *pool);

/* --- use -------------------------------------------------------------------------------------- */

/* Takes a block, last freed first. Fails (NULL, counted in `failures`) iff every block is in use,
 * or those that are free are reserved, or pool is NULL (which at level 0 it must not be); and when
 * what should be free is damaged: a link or key (level 1) or a free block's content or guard (level 2).
 * Damage is a fault; it is repaired (a list by building it anew, linear, once per fault), and blocks
 * that it leaves unknown are quarantined. Constant time but for that; at level 2 CISTERN_POOL_POISON
 * bytes are compared, at level 3 the whole block. Any
 * context that the critical section, or else the pool's strategy, covers. The caller owns the block
 * until put; its content is undefined. At level 3 a macro of this name remembers the caller. */
void *cistern_pool_get(cistern_pool_t *pool);

/* Gives a block back. Fails iff, from check level 1 on, an argument is NULL (ERROR_ARGUMENT) or the
 * address is not a block in use of this pool: double, foreign, interior or misaligned, or a block
 * of another pool (ERROR_FAULT, after one call of the fault handler). A free block whose key was
 * written over passes for one in use. A refusal leaves the block as it
 * was. From level 2 on a guard around the block that was written to is a fault too, and repaired, but
 * the block is taken back. Constant time, as get; linear in the free blocks if the block holds the key
 * of a free one, and in the registered pools, outside the critical section, if the address is foreign.
 * Contexts as get. The pool owns the block afterwards. */
cistern_error_t cistern_pool_put(cistern_pool_t *pool, void *block);

/* The same for a caller in a place of its own; level 3 remembers it, the others ignore it. `file`
 * is stored, not copied. */
void *cistern_pool_get_at(cistern_pool_t *pool, const char *file, int line);
cistern_error_t cistern_pool_put_at(cistern_pool_t *pool, void *block, const char *file, int line);

/* The same as put; *was_empty tells whether no block was free before; a cached pool does not know
 * and says no. Undefined on failure. */
cistern_error_t cistern_pool_put_noting(cistern_pool_t *pool, void *block, bool *was_empty);

/* Answers as put would, and reports the same fault, but leaves the block in use; a damaged guard is
 * repaired, so that it is reported once. At check level 0 it fails only on NULL. Time and contexts as
 * put. */
cistern_error_t cistern_pool_verify(const cistern_pool_t *pool, void *block);

/* Takes up to `wanted` blocks into `blocks` and returns how many: all that the pool has if it has
 * fewer, which counts as one failure. One critical section for all of them, and linear in their
 * number. Otherwise as get. */
size_t cistern_pool_get_bulk(cistern_pool_t *pool, void **blocks, size_t wanted);

/* Gives `count` blocks back, in the order given. Returns how many were accepted; each that is
 * refused is a fault of its own, and the others are given back. A NULL is passed over, but from
 * level 1 on only. Linear in their number. Otherwise as put. */
size_t cistern_pool_put_bulk(cistern_pool_t *pool, void *const *blocks, size_t count);

/* --- looking ---------------------------------------------------------------------------------- */

/* Bytes from one block to the next. Constant time, any context. */
size_t cistern_pool_stride(const cistern_pool_t *pool);

/* True iff `address` is where a block of this pool starts, free or in use. False for NULL.
 * Constant time, any context. */
bool cistern_pool_owns(const cistern_pool_t *pool, const void *address);

/* True iff `address` is a block of this pool that is in use. At check level 0: as
 * cistern_pool_owns. Time and contexts as put. */
bool cistern_pool_uses(const cistern_pool_t *pool, const void *address);

/* Calls `visit` for each block in use, in order of address, until it returns false. Needs check
 * level 1; at level 0 it visits none. Returns how many it visited. `visit` runs inside the pool's
 * critical section: it must be short and not call into the pool. Linear in the number of blocks.
 * Contexts as get. */
typedef bool cistern_pool_visit_t(void *block, size_t index, void *argument);
size_t cistern_pool_walk(const cistern_pool_t *pool, cistern_pool_visit_t *visit, void *argument);

/* Copies up to `max` of the last events of a block, latest first, and returns how many. 0 below
 * check level 3 and for what is no block of the pool. Linear in max. Any context. */
size_t cistern_pool_history(const cistern_pool_t *pool, const void *block,
                            cistern_pool_event_t *events, size_t max);

/* Copies the numbers of a pool, all from one moment. Any context. A cached pool is stopped for it:
 * its threads' next gets refill their caches; linear in the numbers of threads and of blocks in
 * caches, and threads only. Its `free` and `failures` are exact; its `min_free` is never more than
 * the truth, and exact for what one thread did alone since the numbers were read last. Less it is
 * by what the caches of others held at most, when several threads were low at different moments. */
void cistern_pool_stats(const cistern_pool_t *pool, cistern_pool_stats_t *stats);

/* Starts the low-water mark anew from the blocks that are free now. Any context. */
void cistern_pool_reset_low_water(cistern_pool_t *pool);

/* Verifies every invariant of a pool: true iff all hold. Never follows a link out of the pool and
 * ends on a cyclic list. Linear in the number of blocks, with the critical section held. Contexts
 * as get. While threads are inside get or put of a cached pool it may be false for their blocks. */
bool cistern_pool_check(const cistern_pool_t *pool);

/* --- registry --------------------------------------------------------------------------------- */

/* All pools of every face, in order of registration. The list itself is the object named
 * CISTERN_POOL_REGISTRY; no header declares it, since Mynewt clients declare it themselves, as
 * STAILQ_HEAD(, os_mempool). */

/* The pool after `pool` in the registry, the first one for NULL; NULL at the end.
 * Constant time, any context. Pools must not be unregistered during a walk. */
cistern_pool_t *cistern_pool_next(const cistern_pool_t *pool);

/* The registered pool that `address` is a block of, or NULL. Linear in the number of pools.
 * Contexts as cistern_pool_next. */
const cistern_pool_t *cistern_pool_find(const void *address);

/* Empties the registry without reading a pool and without a lock: for a system that starts anew, in
 * which the memory of its pools may have another use and no section works yet. Constant time.
 * Nobody else may be inside a call of the registry. */
void cistern_pool_forget_all(void);

/* True iff the pool is registered. Linear in the number of pools. Contexts as cistern_pool_next. */
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
 * Everything is computed when compiling: up to check level 1 such a pool works before frames_init,
 * which then only makes it known to listings and to the diagnosis of blocks put into a wrong pool.
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
    static inline cistern_error_t prefix##_init(void)                                              \
    {                                                                                              \
        return cistern_pool_enlist(&prefix##_pool);                                                \
    }                                                                                              \
    static inline cistern_error_t prefix##_put(type *block)                                        \
    {                                                                                              \
        return cistern_pool_put(&prefix##_pool, block);                                            \
    }                                                                                              \
    static inline type *prefix##_get(void)                                                         \
    {                                                                                              \
        (void)prefix##_init; /* a program need not call every one: no warning about that */        \
        (void)prefix##_put;                                                                        \
        return (type *)cistern_pool_get(&prefix##_pool);                                           \
    }                                                                                              \
    static inline cistern_error_t prefix##_put(type *block)

/* Makes a pool of CISTERN_POOL_DEFINE known to the registry; from check level 2 on it is then ready
 * for use. Nothing for a pool that is registered. Fails (ERROR_ARGUMENT) iff pool is NULL. Linear
 * in the number of pools, and from level 2 on of blocks. Thread context. */
cistern_error_t cistern_pool_enlist(cistern_pool_t *pool);

/* How many bits below the lowest that is set in a positive int. */
#define CISTERN_POOL_SHIFT(n)                                                                      \
    (CISTERN_POOL_LOW_IS_IN(n, 0xAAAAAAAAU) * 1 + CISTERN_POOL_LOW_IS_IN(n, 0xCCCCCCCCU) * 2 +     \
     CISTERN_POOL_LOW_IS_IN(n, 0xF0F0F0F0U) * 4 + CISTERN_POOL_LOW_IS_IN(n, 0xFF00FF00U) * 8 +     \
     CISTERN_POOL_LOW_IS_IN(n, 0xFFFF0000U) * 16)
#define CISTERN_POOL_LOW_IS_IN(n, mask) ((((n) & -(n)) & (mask)) != 0 ? 1 : 0)

/* Inverse of an odd int modulo the word size, by Newton's iteration from 5 right bits on: 10, 20,
 * 40, 80. */
#define CISTERN_POOL_INVERSE(odd)      CISTERN_POOL_NEWTON(odd, CISTERN_POOL_INVERSE_40(odd))
#define CISTERN_POOL_INVERSE_40(odd)   CISTERN_POOL_NEWTON(odd, CISTERN_POOL_INVERSE_20(odd))
#define CISTERN_POOL_INVERSE_20(odd)   CISTERN_POOL_NEWTON(odd, CISTERN_POOL_INVERSE_10(odd))
#define CISTERN_POOL_INVERSE_10(odd)   CISTERN_POOL_NEWTON(odd, (((size_t)(odd)*3U) ^ 2U))
#define CISTERN_POOL_NEWTON(odd, near) ((near) * ((size_t)2U - (size_t)(odd) * (near)))

/* Whether blocks of so many bytes before their guard have a second word, for the key. */
#define CISTERN_POOL_IS_NARROW(bytes)                                                              \
    ((size_t)(bytes) >= 2U * sizeof(uintptr_t) ? 0U : CISTERN_POOL_NARROW)

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
/* A cache per thread, for hosts with many threads. A get that finds no block in its own cache and none
 * that is every thread's stops the others for a moment and takes theirs. The blocks of a thread that
 * ended are every thread's. */
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

/* A pool that is cached keeps `reserve` blocks, and one more than `low_water` if on_low is set, or
 * one if on_available is, out of its caches. While no more than those are free its threads share
 * one lock, so that reserve and notices are exact. Set these fields before init.
 *
 * Called when the free blocks fell to `low_water`, or when an empty pool has one again. Runs in the
 * context of the get or put that did it, outside the critical section; it may get and put. */
typedef void cistern_pool_notice_t(cistern_pool_t *pool, void *argument);

typedef struct cistern_pool_extras {
    cistern_pool_strategy_t strategy; /* the address of one of those above */
    void *work;        /* for mutex, lock_free and cached: memory aligned to 64 bytes */
    size_t work_bytes; /* the macros above */
    size_t threads;    /* cached: caches; threads beyond that number share without one */
    size_t reserve;    /* blocks that only cistern_pool_get_privileged takes */
    size_t low_water;  /* on_low is called when `free` falls to this */
    cistern_pool_notice_t *on_low;
    cistern_pool_notice_t *on_available;
    void *argument;
    struct cistern_pool_waiter *waiters; /* the engine's: longest first */
} cistern_pool_extras_t;

/* As get, and takes the reserved blocks too. */
void *cistern_pool_get_privileged(cistern_pool_t *pool);

#    define CISTERN_POOL_FOREVER UINT32_MAX

/* As get, but waits up to `milliseconds` for a block, 0 not at all. Threads are served in order of
 * arrival: a freed block goes straight to the one that has waited longest, and no later get can
 * take it. Fails (ERROR_TIMEOUT, and *block NULL) iff no block was handed over in time;
 * ERROR_ARGUMENT for NULL, for a pool that has no extras, is lock-free or not locked at all, and
 * where the port has no threads. Not from interrupts. Each call stops a cached pool for a moment,
 * as cistern_pool_stats does. */
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
