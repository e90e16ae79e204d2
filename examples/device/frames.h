/* SPDX-License-Identifier: BSD-3-Clause */
/* frames.h - the pool that received frames lie in, and its marks.
 *
 *   frame  | struct pbuf_custom | 2 bytes | frame without preamble ... | checksum |
 *                                         ^ payload, so that the IP header is aligned to 4
 *
 * frames_cistern.c is a lock-free pool of this library; frames_lwip.c is a pool of lwIP's own, which
 * masks interrupts, for the firmware that is compared. */
#ifndef DEVICE_FRAMES_H
#define DEVICE_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lwip/pbuf.h"

#define FRAME_PAD   2U    /* bytes before the payload */
#define FRAME_BYTES 1522U /* the longest: addresses, VLAN tag, type, 1500 bytes, checksum */

typedef struct frame {
    struct pbuf_custom custom; /* the first member */
    uint32_t words[(FRAME_PAD + FRAME_BYTES + 3U) / 4U];
} frame_t;

/* Makes the pool. Once, before interrupts. */
void frames_start(void);

/* Takes a frame; NULL if all are in use, which is counted. Constant time. Interrupt and thread. */
frame_t *frames_get(void);

/* Gives it back. Constant time. Interrupt and thread. */
void frames_put(frame_t *frame);

/* --- marks -------------------------------------------------------------------------------------- */

typedef struct mark {
    const char *name;
    size_t size;     /* bytes of an element; of the heap 1 */
    size_t count;    /* elements; of the heap bytes */
    size_t used;     /* now */
    size_t peak;     /* at most since start */
    size_t failures; /* requests that were not served */
} mark_t;

/* Sets *mark to that of the pool of frames (0), or of another pool that is not lwIP's (1 ...); false
 * behind the last one. Thread. */
bool frames_mark(unsigned index, mark_t *mark);

#endif
