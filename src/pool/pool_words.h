/* pool_words.h - words that change in one step, seen by all contexts: `word` for the head of a
 * lock-free pool, `half` (32 bits) for its links and counters.
 *
 * | where                                        | word    | a head is replaced by          |
 * |----------------------------------------------|---------|--------------------------------|
 * | the port gives load-linked (CISTERN_PORT_LL) | 32 bits | load-linked, store-conditional |
 * | C11 atomics of 64 bits without a lock        | 64 bits | compare and swap               |
 * | neither                                      | none    | POOL_WORDS is 0                |
 *
 * word_open begins and word_close ends a replacement; it fails iff the word was written in between,
 * which compare and swap sees by the version in it.
 */
#ifndef CISTERN_SRC_POOL_WORDS_H
#define CISTERN_SRC_POOL_WORDS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "cistern/critical.h"

#if !CISTERN_POOL_EXTRAS
#    define POOL_WORDS 0

#elif defined CISTERN_PORT_LL

#    define POOL_WORDS   1
#    define VERSION_BITS 0U

typedef uint32_t word_t;
typedef volatile uint32_t word_atomic_t;
typedef volatile uint32_t half_atomic_t;

static inline word_t word_load(const word_atomic_t *word)
{
    return *word;
}

static inline void word_store(word_atomic_t *word, word_t value)
{
    *word = value;
}

static inline word_t word_open(word_atomic_t *word)
{
    return cistern_port_load_linked(word);
}

static inline bool word_close(word_atomic_t *word, word_t old, word_t new)
{
    (void)old;
    return cistern_port_store_conditional(word, new);
}

static inline void word_abandon(word_atomic_t *word)
{
    (void)word;
    cistern_port_clear_link();
}

static inline uint32_t half_load(const half_atomic_t *half)
{
    return *half;
}

static inline void half_store(half_atomic_t *half, uint32_t value)
{
    *half = value;
}

/* Changes `old` to `new`; false if it is not `old`. Bound: the number of interrupts in between. */
static inline bool half_replace(half_atomic_t *half, uint32_t old, uint32_t new)
{
    do {
        if (cistern_port_load_linked(half) != old) {
            cistern_port_clear_link();
            return false;
        }
    } while (!cistern_port_store_conditional(half, new));
    return true;
}

#elif !defined __STDC_NO_ATOMICS__

#    include <stdatomic.h>

#    if ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_INT_LOCK_FREE == 2
#        define POOL_WORDS   1
#        define VERSION_BITS 16U

typedef uint64_t word_t;
typedef _Atomic(uint64_t) word_atomic_t;
typedef _Atomic(uint32_t) half_atomic_t;

static inline word_t word_load(const word_atomic_t *word)
{
    return atomic_load_explicit(word, memory_order_acquire);
}

static inline void word_store(word_atomic_t *word, word_t value)
{
    atomic_store_explicit(word, value, memory_order_release);
}

static inline word_t word_open(word_atomic_t *word)
{
    return word_load(word);
}

static inline bool word_close(word_atomic_t *word, word_t old, word_t new)
{
    return atomic_compare_exchange_weak_explicit(word, &old, new, memory_order_acq_rel,
                                                 memory_order_relaxed);
}

static inline void word_abandon(word_atomic_t *word)
{
    (void)word;
}

static inline uint32_t half_load(const half_atomic_t *half)
{
    return atomic_load_explicit(half, memory_order_relaxed);
}

static inline void half_store(half_atomic_t *half, uint32_t value)
{
    atomic_store_explicit(half, value, memory_order_relaxed);
}

static inline bool half_replace(half_atomic_t *half, uint32_t old, uint32_t new)
{
    return atomic_compare_exchange_strong_explicit(half, &old, new, memory_order_acq_rel,
                                                   memory_order_relaxed);
}

#    else
#        define POOL_WORDS 0
#    endif

#else
#    define POOL_WORDS 0
#endif

#endif
