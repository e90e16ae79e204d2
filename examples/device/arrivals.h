/* SPDX-License-Identifier: BSD-3-Clause */
/* arrivals.h - received frames on their way from the card's interrupt to the stack. */
#ifndef DEVICE_ARRIVALS_H
#define DEVICE_ARRIVALS_H

#include <stdbool.h>

#include "frames.h"
#include "lwip/pbuf.h"

/* Makes a frame with `length` bytes behind its pad a packet, and appends it. Whoever frees the packet's
 * last reference gives the frame back. Never fails: there are places for all frames. Interrupt. */
void arrivals_put(frame_t *frame, u16_t length);

/* Takes the packet that was put first, with its reference, or returns NULL. Constant time. One thread. */
struct pbuf *arrivals_take(void);

/* True if there is a packet. Any context. */
bool arrivals_any(void);

#endif
