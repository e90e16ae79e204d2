/* SPDX-License-Identifier: BSD-3-Clause */
/* trace_ring.h - how the producers of trace.c's ring share it.
 *
 * | where                                    | a slot is claimed by     | guard       | a place is |
 * |------------------------------------------|--------------------------|-------------|------------|
 * | the port gives load-linked (one core)    | load-linked, store       | none        | an address |
 * | the port has threads, and C11 atomics    | compare and swap         | none        | a ticket   |
 * | neither: interrupts are masked           | reading and writing      | the section | an address |
 *
 * Vocabulary: a place is what `head` and `limit` are: the slot's address, or the number of the event
 * that goes into it. Tickets never come again, so that a swap which finds the head that was read has
 * missed nothing; a store-conditional knows that by itself, and so does the section. With addresses
 * each slot has the address of the next one: the hook computes none.
 *
 * The functions: trace_claim takes the next free slot, false if there is none; trace_publish makes it seen, with all
 * that was written before; trace_published reads that; trace_next_place follows a place. */
#ifndef CISTERN_SRC_TRACE_RING_H
#define CISTERN_SRC_TRACE_RING_H

#include <limits.h>

#include "cistern/critical.h"

#ifdef CISTERN_TRACE_SECTION /* for tests on a host */
#    define TRACE_LINKED  1
#    define TRACE_SECTION 1
#elif CISTERN_CRITICAL && defined CISTERN_PORT_LL
#    define TRACE_LINKED  1
#    define TRACE_SECTION 0
#elif CISTERN_CRITICAL && defined CISTERN_PORT_THREADS && !defined __STDC_NO_ATOMICS__
#    include <stdatomic.h>
#    if ATOMIC_POINTER_LOCK_FREE == 2
#        define TRACE_LINKED 0
#    else
#        define TRACE_LINKED  1
#        define TRACE_SECTION 1
#    endif
#else
#    define TRACE_LINKED  1
#    define TRACE_SECTION 1
#endif

/* An event. `object` is 0 in a slot that is free or not written whole. */
typedef struct trace_slot {
    uintptr_t object;
    uintptr_t block;
    uintptr_t what;
    uintptr_t owner;
    uint32_t time;
#if TRACE_LINKED
    struct trace_slot *next;
#endif
} trace_slot_t;

#if TRACE_LINKED
typedef trace_slot_t *trace_place_t;
#else
typedef uintptr_t trace_place_t;
#endif

/* What the hook needs, then what a reader of the memory needs. */
typedef struct trace_ring {
    trace_place_t head;   /* of the next event */
    trace_place_t limit;  /* not free, nor is what follows; head == limit: the ring is full */
    trace_slot_t *first;  /* slot 0: the hook then adds one offset to one address */
    uint32_t clock;       /* see cistern_trace_tick */
    uint32_t lost;        /* events dropped, since the ring was full */
    uint32_t tail;        /* index of the first slot that is not drained */
    uint32_t slots;       /* CISTERN_TRACE_EVENTS */
    uint32_t slot_bytes;  /* from one to the next */
    uint32_t undescribed; /* descriptions for which there was no entry */
    trace_slot_t slot[CISTERN_TRACE_EVENTS];
} trace_ring_t;

#if !TRACE_LINKED

typedef int trace_guard_t;
typedef _Atomic(uint32_t) trace_word_t;
typedef _Atomic(uintptr_t) trace_long_word_t;

static inline trace_guard_t trace_enter(void)
{
    return 0;
}

static inline void trace_leave(trace_guard_t guard)
{
    (void)guard;
}

static inline uint32_t trace_read(const uint32_t *word)
{
    return atomic_load_explicit((const trace_word_t *)word, memory_order_relaxed);
}

static inline uint32_t trace_read_outside(const uint32_t *word)
{
    return trace_read(word);
}

static inline void trace_write(uint32_t *word, uint32_t value)
{
    atomic_store_explicit((trace_word_t *)word, value, memory_order_relaxed);
}

static inline void trace_count(uint32_t *word)
{
    atomic_fetch_add_explicit((trace_word_t *)word, 1U, memory_order_relaxed);
}

static inline void trace_publish(uintptr_t *object, uintptr_t id)
{
    atomic_store_explicit((trace_long_word_t *)object, id, memory_order_release);
}

static inline uintptr_t trace_published(const uintptr_t *object)
{
    return atomic_load_explicit((const trace_long_word_t *)object, memory_order_acquire);
}

/* The limit is read after the head: it is then at least as far, since who moved the head there had
 * seen it so. */
static inline bool trace_claim(trace_ring_t *ring, trace_slot_t **slot)
{
    trace_long_word_t *const head = (trace_long_word_t *)&ring->head;
    uintptr_t ticket = atomic_load_explicit(head, memory_order_acquire);
    do {
        if (ticket == trace_published(&ring->limit)) {
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(head, &ticket, ticket + 1U,
                                                    memory_order_acq_rel, memory_order_acquire));
    *slot = ring->first + ticket % CISTERN_TRACE_EVENTS;
    return true;
}

static inline void trace_free_slot(trace_ring_t *ring)
{
    trace_publish(&ring->limit, ring->limit + 1U);
}

static inline void trace_reset(trace_ring_t *ring, bool on)
{
    ring->tail = 0;
    ring->head = 0;
    trace_publish(&ring->limit, on ? CISTERN_TRACE_EVENTS : 0);
}

static inline bool trace_is_off(const trace_ring_t *ring)
{
    return trace_published(&ring->limit) == 0;
}

#else

/* Inside the guard. */
static inline uint32_t trace_read(const uint32_t *word)
{
    return *(const volatile uint32_t *)word;
}

#    if TRACE_SECTION

typedef cistern_critical_t trace_guard_t;

static inline trace_guard_t trace_enter(void)
{
    return cistern_critical_enter();
}

static inline void trace_leave(trace_guard_t guard)
{
    cistern_critical_leave(guard);
}

static inline void trace_fence(void) {}

/* Before and after a read outside the guard: a processor of 8 or 16 bits reads in parts. */
static inline trace_guard_t trace_begin_read(void)
{
    return cistern_critical_enter();
}

static inline void trace_end_read(trace_guard_t state)
{
    cistern_critical_leave(state);
}

static inline bool trace_claim(trace_ring_t *ring, trace_slot_t **slot)
{
    *slot = ring->head;
    if (*slot == ring->limit) {
        return false;
    }
    ring->head = (*slot)->next;
    return true;
}

#    else

#        include <stdatomic.h>

typedef int trace_guard_t;

static inline trace_guard_t trace_enter(void)
{
    return 0;
}

static inline void trace_leave(trace_guard_t guard)
{
    (void)guard;
}

/* One core: the order of the instructions is what other contexts see. */
static inline void trace_fence(void)
{
    atomic_signal_fence(memory_order_seq_cst);
}

/* Load-linked is of processors with 32 bits, which read a word at once. */
static inline trace_guard_t trace_begin_read(void)
{
    return 0;
}

static inline void trace_end_read(trace_guard_t state)
{
    (void)state;
}

static inline bool trace_claim(trace_ring_t *ring, trace_slot_t **slot)
{
    volatile uint32_t *const head = (volatile uint32_t *)&ring->head;
    do {
        *slot = (trace_slot_t *)cistern_port_load_linked(head);
        if (*slot == *(trace_slot_t *volatile *)&ring->limit) {
            return false;
        }
    } while (!cistern_port_store_conditional(head, (uint32_t)(*slot)->next));
    return true;
}

#    endif

static inline void trace_write(uint32_t *word, uint32_t value)
{
    const cistern_critical_t state = cistern_critical_enter();
    *word = value;
    cistern_critical_leave(state);
}

static inline void trace_count(uint32_t *word)
{
    const cistern_critical_t state = cistern_critical_enter();
    ++*word;
    cistern_critical_leave(state);
}

static inline void trace_publish(uintptr_t *object, uintptr_t id)
{
    trace_fence();
    *(volatile uintptr_t *)object = id;
}

static inline uintptr_t trace_published(const uintptr_t *object)
{
    const trace_guard_t state = trace_begin_read();
    const uintptr_t id = *(const volatile uintptr_t *)object;
    trace_end_read(state);
    trace_fence();
    return id;
}

static inline uint32_t trace_read_outside(const uint32_t *word)
{
    const trace_guard_t state = trace_begin_read();
    const uint32_t value = trace_read(word);
    trace_end_read(state);
    return value;
}

static inline void trace_free_slot(trace_ring_t *ring)
{
    const cistern_critical_t state = cistern_critical_enter();
    ring->limit = ring->limit->next;
    cistern_critical_leave(state);
}

/* One slot stays free, so that a full ring is not an empty one. */
static inline void trace_reset(trace_ring_t *ring, bool on)
{
    for (size_t i = 0; i < CISTERN_TRACE_EVENTS; ++i) {
        ring->slot[i].next = &ring->slot[(i + 1U) % CISTERN_TRACE_EVENTS];
    }
    const cistern_critical_t state = cistern_critical_enter();
    ring->tail = 0;
    ring->head = on ? &ring->slot[0] : NULL;
    ring->limit = on ? &ring->slot[CISTERN_TRACE_EVENTS - 1U] : NULL;
    cistern_critical_leave(state);
}

static inline bool trace_is_off(const trace_ring_t *ring)
{
    const trace_guard_t state = trace_begin_read();
    const bool is = ring->limit == NULL;
    trace_end_read(state);
    return is;
}

#endif

#endif
