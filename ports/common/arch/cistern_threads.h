/* SPDX-License-Identifier: BSD-3-Clause */
/* arch/cistern_threads.h (common) - what the pool engine needs of threads: see cistern/port.h. */
#ifndef CISTERN_ARCH_THREADS_H
#define CISTERN_ARCH_THREADS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "sys_host.h"

/* --- a mutex, and an event that one thread waits for ------------------------------------------ */

typedef host_lock_t cistern_port_mutex_t;

typedef host_parker_t cistern_port_event_t; /* is set once */

static inline void cistern_port_mutex_init(cistern_port_mutex_t *mutex)
{
    host_lock_init(mutex);
}

static inline void cistern_port_mutex_lock(cistern_port_mutex_t *mutex)
{
    host_lock(mutex);
}

static inline void cistern_port_mutex_unlock(cistern_port_mutex_t *mutex)
{
    host_unlock(mutex);
}

static inline void cistern_port_event_init(cistern_port_event_t *event)
{
    host_parker_init(event);
}

static inline void cistern_port_event_set(cistern_port_event_t *event)
{
    host_unpark(event);
}

/* Waits until the event is set, at most `milliseconds`, UINT32_MAX for ever. A thread that is
 * cancelled here calls cancelled(argument) and does not return. */
void cistern_port_event_wait(cistern_port_event_t *event, uint32_t milliseconds,
                             void (*cancelled)(void *argument), void *argument);

static inline void cistern_port_event_destroy(cistern_port_event_t *event)
{
    host_parker_end(event);
}

/* A word that several threads read and write at once, without order among them. */
static inline uintptr_t cistern_port_word_load(const uintptr_t *word)
{
    return __atomic_load_n(word, __ATOMIC_RELAXED);
}

static inline void cistern_port_word_store(uintptr_t *word, uintptr_t value)
{
    __atomic_store_n(word, value, __ATOMIC_RELAXED);
}

/* --- threads by number ----------------------------------------------------------------------- */

#define CISTERN_PORT_NO_SLOT UINT32_MAX

/* The calling thread's number; CISTERN_PORT_NO_SLOT before its first call below. */
extern _Thread_local uint32_t cistern_host_slot;

/* Gives the calling thread the lowest number that no living thread has. */
uint32_t cistern_host_take_slot(void);

/* A small number that no other living thread has; CISTERN_PORT_NO_SLOT when none is left. A thread
 * gives its number back when it ends, after the function of cistern_port_on_thread_end has run.
 * Constant time but for a thread's first call. */
static inline uint32_t cistern_port_thread_slot(void)
{
    const uint32_t slot = cistern_host_slot;
    return (slot != CISTERN_PORT_NO_SLOT) ? slot : cistern_host_take_slot();
}

/* The number of a thread that has one already; CISTERN_PORT_NO_SLOT for any other. Constant time,
 * without a call. */
static inline uint32_t cistern_port_thread_slot_if_any(void)
{
    return cistern_host_slot;
}

/* Sets the function that each thread calls when it ends. */
typedef void cistern_port_thread_ended_t(uint32_t slot);
void cistern_port_on_thread_end(cistern_port_thread_ended_t *function);

/* --- fork --------------------------------------------------------------------------------------
 */

/* Sets the functions that a fork calls inside the critical section: one before it, one after it in
 * both processes. Must be called inside the critical section. */
typedef void cistern_port_before_fork_t(void);
typedef void cistern_port_after_fork_t(bool in_child);
void cistern_port_on_fork(cistern_port_before_fork_t *before, cistern_port_after_fork_t *after);

/* For critical.c, which handles forks: call the functions that were set, and keep the threads'
 * numbers. */
void cistern_host_before_fork(void);
void cistern_host_after_fork(bool in_child);

/* --- a fence that costs its frequent side nothing ------------------------------------------------
 * Between a store and a later load of one thread, and the same of another: if one side uses the
 * light fence and the other the heavy one, at least one of them sees the other's store. */

/* True if the heavy fence works on this system; must be called before either is used. */
static inline bool cistern_port_fence_available(void)
{
    return host_fence_available();
}

static inline void cistern_port_fence_light(void)
{
    atomic_signal_fence(memory_order_seq_cst);
}

static inline void cistern_port_fence_heavy(void)
{
    host_fence_heavy();
}

#endif
