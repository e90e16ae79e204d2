/* SPDX-License-Identifier: BSD-3-Clause */
/* frame.h - a frame on its way through the layers.
 *
 *   data --> | header | ........ payload ........ |     each layer strips its header, so that what
 *              strip -->                                is left always starts at `data`
 *
 * Layers return false when there is nothing more to do with the frame. Reading never goes past the
 * bytes captured: what is missing makes the frame malformed, unless the snap length cut it.
 */
#ifndef CISTERN_TOOL_FRAME_H
#define CISTERN_TOOL_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "lwip/ip_addr.h"
#include "lwip/pbuf.h"

#include "tally.h"

/* Longest link header that is kept for an answer: Ethernet and four tags. */
#define FRAME_LINK_MAX PBUF_LINK_HLEN

struct reassembly;
struct device;

/* Where answers go: called with each one, complete from its link header on; it must not keep it. */
typedef void frame_output_t(void *context, const struct pbuf *answer);

/* The place a frame is handled in; the same for all frames of a capture. */
typedef struct frame_host {
    tally_t *tally;
    struct reassembly *reassembly;
    const struct device *device; /* who answers; NULL: whoever is asked */
    frame_output_t *output;      /* NULL: answers are made and freed */
    void *output_context;
} frame_host_t;

typedef struct frame {
    const frame_host_t *host;
    struct pbuf *data; /* what is not parsed yet; the frame holds its reference; NULL when empty */
    uint64_t number;   /* in the capture, from 1 */
    uint32_t seconds;  /* when it was captured */
    bool cut;          /* the snap length cut it */
    bool malformed;    /* it was counted as malformed */
    bool incomplete;   /* bytes are missing at the end of the IP payload */
    bool rerouted;     /* a routing header hides the destination that the checksum covers */
    bool answerable;   /* its link header is known well enough to answer */
    bool damaged;      /* the checksum of its IP header is bad */
    uint8_t link_length;
    uint8_t link[FRAME_LINK_MAX]; /* its link header with tags */
    ip_addr_t source;             /* of the IP header, if there is one */
    ip_addr_t destination;
} frame_t;

/* Starts on a frame with the header that the receiver gave it (see lwipopts.h); takes it over. */
void frame_begin(frame_t *frame, const frame_host_t *host, struct pbuf *data);

/* Frees what is left of it. */
void frame_end(frame_t *frame);

/* Bytes that are left. */
uint16_t frame_length(const frame_t *frame);

/* Copies the next `length` bytes without taking them off. False, and the frame is counted as
 * malformed unless the snap length cut it, if fewer are left. */
bool frame_peek(frame_t *frame, uint8_t *header, uint16_t length);

/* Takes bytes off the front; at most what is left. */
void frame_strip(frame_t *frame, uint16_t length);

/* Cuts off what follows the next `length` bytes: padding and trailers. When fewer are left, marks
 * the frame incomplete, and counts it as malformed unless the snap length cut it. */
void frame_limit(frame_t *frame, uint16_t length);

/* Counts the frame as malformed; returns false for the layer to return. */
bool frame_malformed(frame_t *frame);

/* Counts a layer. */
void frame_count(frame_t *frame, protocol_t protocol);

/* Counts a checksum. */
void frame_verdict(frame_t *frame, checksum_t checksum, verdict_t verdict);

#endif
