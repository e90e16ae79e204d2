/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_guard.h - what check levels 2 and 3 add to a pool: guards, poison, and who had a block.
 *
 *   block   | link | key | poison while free | ... | guard: overflow | guard: underflow of next |
 *           ^ 0          ^ two words, or one       ^ size            ^ stride - guard / 2
 *   records behind the last block (level 3)
 *
 * Vocabulary: the last user of a block is the place of the last get or put of it.
 *
 * Poison covers the first CISTERN_POOL_POISON bytes of a block, so that a get and a put stay
 * bounded; it and the guards are compared by words. A keyless pool has no
 * poison, a tight pool neither guards nor records.
 * Each function is called while nobody else can touch the block; below its level it does nothing.
 */
#ifndef CISTERN_SRC_POOL_GUARD_H
#define CISTERN_SRC_POOL_GUARD_H

#include <string.h>

#include "pool_private.h"

#define POOL_GUARD_BYTE 0xBAU

#if CISTERN_CHECK >= 2

#    define POOL_WORD sizeof(uintptr_t)

/* Mynewt's pattern: 0xDE7EC7ED in each 32 bits. */
#    define POOL_POISON ((uintptr_t)(UINTPTR_MAX / 0xFFFFFFFFU | 1U) * (uintptr_t)0xDE7EC7EDU)

/* A word of which each byte is the same. */
static inline uintptr_t pool_pattern(unsigned byte)
{
    return UINTPTR_MAX / 0xFFU * byte;
}

/* True if every byte from `from` on, up to but without `to`, is `byte`. `to` is aligned: words are
 * compared from there downwards, and what is left by bytes. */
static inline bool pool_is_filled(uintptr_t from, uintptr_t to, unsigned byte)
{
    bool filled = true;
    CISTERN_ASSERT(from <= to && to % CISTERN_POOL_LINK_ALIGNMENT == 0);
    while (filled && to - from >= POOL_WORD) {
        to -= POOL_WORD;
        filled = *(const uintptr_t *)to == pool_pattern(byte);
    }
    while (filled && from < to) {
        filled = *(const unsigned char *)from++ == byte;
    }
    return filled;
}

/* Bytes of a block before its guard: the size asked for, and at least link and key. */
static inline size_t pool_usable(const cistern_pool_t *pool)
{
    const size_t least = sizeof(void *) * (pool_has_keys(pool) ? 2U : 1U);
    return (pool->size < least) ? least : pool->size;
}

static inline bool pool_is_poisoned(uintptr_t from, uintptr_t end)
{
    const uintptr_t pattern = POOL_POISON;
    CISTERN_ASSERT(from <= end);
    while (end - from >= POOL_WORD && *(const uintptr_t *)from == pattern) {
        from += POOL_WORD;
    }
    return end - from < POOL_WORD && memcmp((const void *)from, &pattern, end - from) == 0;
}

/* Where a free block's poison begins: behind its first word, and behind its key where it has one. */
static inline uintptr_t pool_poison_start(const cistern_pool_t *pool, const void *block)
{
    return (uintptr_t)block + (pool_strategy_has_keys(pool) ? 2U : 1U) * POOL_WORD;
}

/* Where a free block's poison ends: before it begins, if the pool is keyless. */
static inline uintptr_t pool_poison_end(const cistern_pool_t *pool, const void *block)
{
    const size_t usable = pool_has_keys(pool) ? pool_usable(pool) : 0;
    return (uintptr_t)block + ((usable < CISTERN_POOL_POISON) ? usable : CISTERN_POOL_POISON);
}

/* Which guard around a block was written to. The first block of a pool has none before it. */
static inline cistern_fault_kind_t pool_check_guards(const cistern_pool_t *pool, const void *block)
{
    const uintptr_t start = (uintptr_t)block;
    const size_t half = pool->guard / 2U;
    CISTERN_ASSERT(pool_usable(pool) + pool->guard <= pool_stride(pool)); /* (I4) */
    if (pool->guard == 0) {
        return CISTERN_FAULT_NONE;
    }
    if (!pool_is_filled(start + pool_usable(pool), start + pool_stride(pool) - half,
                        POOL_GUARD_BYTE)) {
        return CISTERN_FAULT_OVERFLOW;
    }
    if (start != pool->base && !pool_is_filled(start - half, start, POOL_GUARD_BYTE)) {
        return CISTERN_FAULT_UNDERFLOW;
    }
    return CISTERN_FAULT_NONE;
}

/* What a free block's content and guards are, beyond its link and key. */
static inline cistern_fault_kind_t pool_check_poison(const cistern_pool_t *pool, const void *block)
{
    const uintptr_t from = pool_poison_start(pool, block);
    const uintptr_t end = pool_poison_end(pool, block);
    return (from < end && !pool_is_poisoned(from, end)) ? CISTERN_FAULT_POISON
                                                        : pool_check_guards(pool, block);
}

static inline void pool_write_guards(const cistern_pool_t *pool, void *block)
{
    unsigned char *const start = (unsigned char *)block;
    const size_t usable = pool_usable(pool);
    if (pool->guard != 0) {
        memset(start + usable, POOL_GUARD_BYTE, pool_stride(pool) - usable);
        if ((uintptr_t)start != pool->base) {
            memset(start - pool->guard / 2U, POOL_GUARD_BYTE, pool->guard / 2U);
        }
    }
}

static inline void pool_write_poison(const cistern_pool_t *pool, void *block)
{
    const uintptr_t pattern = POOL_POISON;
    const uintptr_t end = pool_poison_end(pool, block);
    uintptr_t from = pool_poison_start(pool, block);
    for (; from < end && end - from >= POOL_WORD; from += POOL_WORD) {
        *(uintptr_t *)from = pattern;
    }
    if (from < end) {
        memcpy((void *)from, &pattern, end - from);
    }
}

#else

static inline cistern_fault_kind_t pool_check_guards(const cistern_pool_t *pool, const void *block)
{
    (void)pool;
    (void)block;
    return CISTERN_FAULT_NONE;
}

static inline cistern_fault_kind_t pool_check_poison(const cistern_pool_t *pool, const void *block)
{
    return pool_check_guards(pool, block);
}

static inline void pool_write_guards(const cistern_pool_t *pool, void *block)
{
    (void)pool;
    (void)block;
}

static inline void pool_write_poison(const cistern_pool_t *pool, void *block)
{
    pool_write_guards(pool, block);
}

#endif

/* --- records ---------------------------------------------------------------------------------- */

#if CISTERN_CHECK >= 3

/* The record of a block; NULL in a tight pool. */
static inline cistern_pool_record_t *pool_record(const cistern_pool_t *pool, const void *block)
{
    cistern_pool_record_t *const records =
        (cistern_pool_record_t *)(pool->base + pool->count * pool_stride(pool));
    CISTERN_ASSERT(pool_index(pool, block) < pool->count); /* (I5) */
    return (pool->guard != 0) ? &records[pool_index(pool, block)] : NULL;
}

/* The event `back` steps before the last one. */
static inline cistern_pool_event_t pool_event(const cistern_pool_t *pool, const void *block,
                                              unsigned back)
{
    const cistern_pool_record_t *const record = pool_record(pool, block);
    if (record == NULL) {
        return (cistern_pool_event_t){.action = CISTERN_POOL_NOTHING};
    }
    return record
        ->event[(record->next + 2U * CISTERN_POOL_HISTORY - 1U - back) % CISTERN_POOL_HISTORY];
}

static inline void pool_forget(const cistern_pool_t *pool, const void *block)
{
    cistern_pool_record_t *const record = pool_record(pool, block);
    if (record != NULL) {
        *record = (cistern_pool_record_t){.next = 0};
    }
}

#else

static inline cistern_pool_event_t pool_event(const cistern_pool_t *pool, const void *block,
                                              unsigned back)
{
    (void)pool;
    (void)block;
    (void)back;
    return (cistern_pool_event_t){.action = CISTERN_POOL_NOTHING};
}

static inline void pool_forget(const cistern_pool_t *pool, const void *block)
{
    (void)pool;
    (void)block;
}

#endif

#endif
