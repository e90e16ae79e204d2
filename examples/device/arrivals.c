/* SPDX-License-Identifier: BSD-3-Clause */
/* arrivals.c - a ring with one writer and one reader, neither of which waits or masks an interrupt.
 *
 * Invariants:
 *   (I1) the ring has a place more than the pool has frames, so that it is never full
 *   (I2) only the interrupt moves `arrivals_head`, only the reading thread `arrivals_tail` */
#include "arrivals.h"

#include <stdatomic.h>

#define ARRIVALS_PLACES (DEVICE_FRAMES + 1U)

static struct pbuf *arrivals[ARRIVALS_PLACES];
static atomic_uint arrivals_head; /* the next place to write */
static atomic_uint arrivals_tail; /* the next place to read */

static unsigned arrivals_next(unsigned place)
{
    return (place + 1U < ARRIVALS_PLACES) ? place + 1U : 0;
}

/* The last reference is gone: called by pbuf_free, in whatever context that runs. */
static void arrivals_free_frame(struct pbuf *p)
{
    frames_put((frame_t *)(void *)p);
}

void arrivals_put(frame_t *frame, u16_t length)
{
    const unsigned head = atomic_load_explicit(&arrivals_head, memory_order_relaxed);
    frame->custom.custom_free_function = arrivals_free_frame;
    arrivals[head] = pbuf_alloced_custom(PBUF_RAW, length, PBUF_REF, &frame->custom,
                                         (uint8_t *)frame->words + FRAME_PAD, FRAME_BYTES);
    atomic_store_explicit(&arrivals_head, arrivals_next(head), memory_order_release);
}

bool arrivals_any(void)
{
    return atomic_load_explicit(&arrivals_head, memory_order_acquire) !=
           atomic_load_explicit(&arrivals_tail, memory_order_relaxed);
}

struct pbuf *arrivals_take(void)
{
    if (!arrivals_any()) {
        return NULL;
    }
    const unsigned tail = atomic_load_explicit(&arrivals_tail, memory_order_relaxed);
    struct pbuf *const p = arrivals[tail];
    atomic_store_explicit(&arrivals_tail, arrivals_next(tail), memory_order_release);
    return p;
}
