/* SPDX-License-Identifier: BSD-3-Clause */
/* stdatomic.h - stands for the compiler's where a source of the library is compiled for the memory
 * model checker: every atomic object becomes one of the checker's, with the order that the source
 * asks for. Only what the pool engine uses is here; what it does not have does not compile. */
#ifndef CISTERN_TESTS_VERIFY_STDATOMIC_H
#define CISTERN_TESTS_VERIFY_STDATOMIC_H

#include "state_search.hpp"

#define ATOMIC_LLONG_LOCK_FREE 2
#define ATOMIC_INT_LOCK_FREE   2

#define _Atomic(type) rl::atomic<type>

/* In the checker's macros an order is two arguments: the order and the place in the source. */
#define atomic_load_explicit(object, order)                                                        \
    (state_search::before(object), state_search::after_load((object), (*(object)).load(order)))
#define atomic_store_explicit(object, value, order)                                                \
    (state_search::before(object), (*(object)).store((value), order),                              \
     state_search::after_write((object), true))
#define atomic_compare_exchange_weak_explicit(object, expected, value, success, failure)           \
    (state_search::before(object),                                                                 \
     state_search::after_write(                                                                    \
         (object), (*(object)).compare_exchange_weak(*(expected), (value), success, failure)))
#define atomic_compare_exchange_strong_explicit(object, expected, value, success, failure)         \
    (state_search::before(object),                                                                 \
     state_search::after_write(                                                                    \
         (object), (*(object)).compare_exchange_strong(*(expected), (value), success, failure)))

#define atomic_compare_exchange_strong(object, expected, value)                                    \
    atomic_compare_exchange_strong_explicit(object, expected, value, memory_order_seq_cst,         \
                                            memory_order_seq_cst)
#define atomic_fetch_or_explicit(object, bits, order) (*(object)).fetch_or((bits), order)

typedef rl::atomic<size_t> atomic_size_t;

#endif
