/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_threads.h - a port's threads where a source of the pool engine is compiled for the memory
 * model checker. Both fences are the checker's full one: what an asymmetric pair orders is what two full
 * fences order, and where one of them is missing nothing is. */
#ifndef CISTERN_TESTS_VERIFY_THREADS_H
#define CISTERN_TESTS_VERIFY_THREADS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define CISTERN_PORT_NO_SLOT UINT32_MAX

struct cistern_port_mutex_t {
    rl::mutex mutex;
};

/* Set by who runs the contexts: outside of them no thread has a number. */
extern "C" bool verify_contexts_run;

typedef void cistern_port_thread_ended_t(uint32_t slot);
typedef void cistern_port_before_fork_t(void);
typedef void cistern_port_after_fork_t(bool in_child);

static inline void cistern_port_mutex_init(cistern_port_mutex_t *) {}

static inline void cistern_port_mutex_lock(cistern_port_mutex_t *mutex)
{
    mutex->mutex.lock($);
}

static inline void cistern_port_mutex_unlock(cistern_port_mutex_t *mutex)
{
    mutex->mutex.unlock($);
}

static inline uint32_t cistern_port_thread_slot_if_any(void)
{
    return verify_contexts_run ? (uint32_t)rl::ctx().threadx_->index_ : CISTERN_PORT_NO_SLOT;
}

static inline uint32_t cistern_port_thread_slot(void)
{
    return cistern_port_thread_slot_if_any();
}

static inline void cistern_port_on_thread_end(cistern_port_thread_ended_t *) {}

static inline bool cistern_port_fence_available(void)
{
    return true;
}

static inline void cistern_port_fence_light(void)
{
    rl::atomic_thread_fence(rl::memory_order_seq_cst);
}

static inline void cistern_port_fence_heavy(void)
{
    rl::atomic_thread_fence(rl::memory_order_seq_cst);
}

static inline uintptr_t cistern_port_word_load(const uintptr_t *word)
{
    return *word;
}

static inline void cistern_port_word_store(uintptr_t *word, uintptr_t value)
{
    *word = value;
}

#endif
