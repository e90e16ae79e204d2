/* SPDX-License-Identifier: BSD-3-Clause */
/* reassembly.h - IP datagrams out of fragments, by chaining the fragments: nothing is copied. */
#ifndef CISTERN_TOOL_REASSEMBLY_H
#define CISTERN_TOOL_REASSEMBLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"

/* Datagrams under way at once; fragments of one: 64 KiB in pieces of IPv6's smallest MTU. */
#define REASSEMBLY_DATAGRAMS 4
#define REASSEMBLY_FRAGMENTS 56

/* What an IP header says about a fragment. */
typedef struct fragment {
    uint32_t id;
    uint8_t protocol;
    uint16_t offset; /* in bytes */
    bool more;       /* not the last one */
} fragment_t;

typedef struct datagram {
    uint64_t age;     /* number of the frame that began it; 0: not in use */
    uint32_t seconds; /* when that was captured */
    ip_addr_t source;
    ip_addr_t destination;
    uint32_t id;
    uint8_t protocol; /* IPv4: as in each fragment; IPv6: as in the first, once that is there */
    uint16_t count;   /* of fragments */
    size_t elements;  /* packet buffers held */
    uint32_t bytes;   /* of the fragments so far */
    uint32_t length;  /* of the whole, 0 until the last one is there */
    struct pbuf *data[REASSEMBLY_FRAGMENTS];
    uint16_t offset[REASSEMBLY_FRAGMENTS]; /* ascending */
} datagram_t;

typedef struct reassembly {
    tally_t *tally;
    size_t limit; /* packet buffers that may be held in all */
    datagram_t datagram[REASSEMBLY_DATAGRAMS];
} reassembly_t;

/* Starts with no datagram, to hold at most `limit` packet buffers. */
void reassembly_init(reassembly_t *reassembly, tally_t *tally, size_t limit);

/* Takes the frame's data as a fragment. True when that completes a datagram: the frame's data is
 * then its whole payload, and *next (which may be NULL) the protocol that the first fragment named.
 * Otherwise the data is kept, or stays with the frame when it is a duplicate or malformed. A
 * datagram is given up when fragments overlap (RFC 5722), when 60 s have passed, or when room is
 * needed for a newer one. */
bool reassembly_add(reassembly_t *reassembly, frame_t *frame, const fragment_t *fragment,
                    uint8_t *next);

/* Gives up the oldest datagram and frees its fragments; false if there is none. */
bool reassembly_give_up_oldest(reassembly_t *reassembly);

#endif
