/* SPDX-License-Identifier: BSD-3-Clause */
/* pool_atomics.h - words that change in one step, seen by all contexts: `word` for the head of a
 * lock-free pool, `cell` for its links and counters.
 *
 * | where                                        | word    | cell      | a head is replaced by |
 * |----------------------------------------------|---------|-----------|-----------------------|
 * | the port gives load-linked (CISTERN_PORT_LL) | 32 bits | 32 bits   | load-linked, store    |
 * | C11 atomics of 64 bits without a lock        | 64 bits | a pointer | compare and swap      |
 * | C11 atomics of a pointer without a lock      | 32 bits | a pointer | compare and swap      |
 * | none of these                                | none    | none      | POOL_HAS_ATOMICS is 0 |
 *
 * pool_word_open begins and pool_word_close ends a replacement; it fails if the word was written
 * in between. Compare and swap sees that by the version in the word, of POOL_VERSION_BITS at least.
 * What the caller reads between the two is no part of the replacement where it is compare and swap:
 * RISC-V promises progress only for a load-reserved and store-conditional with nothing but register
 * instructions in between (unprivileged architecture, 8.3), which is what compilers make of a
 * compare and swap.
 */
#ifndef CISTERN_SRC_POOL_ATOMICS_H
#define CISTERN_SRC_POOL_ATOMICS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "cistern/critical.h"

#if !CISTERN_POOL_EXTRAS
#    define POOL_HAS_ATOMICS 0

#elif defined CISTERN_PORT_LL

#    define POOL_HAS_ATOMICS  1
#    define POOL_VERSION_BITS 0U

typedef uint32_t pool_word_t;
typedef uint32_t pool_cell_t;
typedef volatile uint32_t pool_word_atomic_t;
typedef volatile uint32_t pool_cell_atomic_t;

static inline pool_word_t pool_word_load(const pool_word_atomic_t *word)
{
    return *word;
}

static inline void pool_word_store(pool_word_atomic_t *word, pool_word_t value)
{
    *word = value;
}

static inline pool_word_t pool_word_open(pool_word_atomic_t *word)
{
    return cistern_port_load_linked(word);
}

static inline bool pool_word_close(pool_word_atomic_t *word, pool_word_t old, pool_word_t desired)
{
    (void)old;
    return cistern_port_store_conditional(word, desired);
}

static inline void pool_word_abandon(pool_word_atomic_t *word)
{
    (void)word;
    cistern_port_clear_link();
}

static inline pool_cell_t pool_cell_load(const pool_cell_atomic_t *cell)
{
    return *cell;
}

static inline void pool_cell_store(pool_cell_atomic_t *cell, pool_cell_t value)
{
    *cell = value;
}

/* Changes `old` to `desired`; false if it is not `old`. Bound: the number of interrupts in between. */
static inline bool pool_cell_replace(pool_cell_atomic_t *cell, pool_cell_t old, pool_cell_t desired)
{
    do {
        if (cistern_port_load_linked(cell) != old) {
            cistern_port_clear_link();
            return false;
        }
    } while (!cistern_port_store_conditional(cell, desired));
    return true;
}

#elif !defined __STDC_NO_ATOMICS__

#    include <stdatomic.h>

#    if ATOMIC_POINTER_LOCK_FREE == 2 && (ATOMIC_LLONG_LOCK_FREE == 2 || ATOMIC_INT_LOCK_FREE == 2)
#        define POOL_HAS_ATOMICS  1
#        define POOL_VERSION_BITS 16U

#        if ATOMIC_LLONG_LOCK_FREE == 2
typedef uint64_t pool_word_t;
typedef _Atomic(uint64_t) pool_word_atomic_t;
#        else
typedef uint32_t pool_word_t;
typedef _Atomic(uint32_t) pool_word_atomic_t;
#        endif
typedef uintptr_t pool_cell_t;
typedef _Atomic(uintptr_t) pool_cell_atomic_t;

static inline pool_word_t pool_word_load(const pool_word_atomic_t *word)
{
    return atomic_load_explicit(word, memory_order_acquire);
}

static inline void pool_word_store(pool_word_atomic_t *word, pool_word_t value)
{
    atomic_store_explicit(word, value, memory_order_release);
}

static inline pool_word_t pool_word_open(pool_word_atomic_t *word)
{
    return pool_word_load(word);
}

static inline bool pool_word_close(pool_word_atomic_t *word, pool_word_t old, pool_word_t desired)
{
    return atomic_compare_exchange_weak_explicit(word, &old, desired, memory_order_acq_rel,
                                                 memory_order_relaxed);
}

static inline void pool_word_abandon(pool_word_atomic_t *word)
{
    (void)word;
}

static inline pool_cell_t pool_cell_load(const pool_cell_atomic_t *cell)
{
    return atomic_load_explicit(cell, memory_order_relaxed);
}

static inline void pool_cell_store(pool_cell_atomic_t *cell, pool_cell_t value)
{
    atomic_store_explicit(cell, value, memory_order_relaxed);
}

static inline bool pool_cell_replace(pool_cell_atomic_t *cell, pool_cell_t old, pool_cell_t desired)
{
    return atomic_compare_exchange_strong_explicit(cell, &old, desired, memory_order_acq_rel,
                                                   memory_order_relaxed);
}

#    else
#        define POOL_HAS_ATOMICS 0
#    endif

#else
#    define POOL_HAS_ATOMICS 0
#endif

#endif
