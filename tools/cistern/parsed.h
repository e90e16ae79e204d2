/* SPDX-License-Identifier: BSD-3-Clause */
/* parsed.h - one frame of a capture, as numbers: who sent it to whom, and what its headers say.
 *
 * The accounting of `cistern size` works on these; the frame's bytes are not kept. */
#ifndef CISTERN_TOOL_PARSED_H
#define CISTERN_TOOL_PARSED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "capture.h"

enum { MAC_BYTES = 6, ADDRESS_BYTES = 16, ADDRESS_TEXT = 48 };

/* An IP address; family 0 is none. Of IPv4 the first four bytes count, the rest are 0. */
typedef struct address {
    uint8_t family; /* 4, 6 or 0 */
    uint8_t bytes[ADDRESS_BYTES];
} address_t;

typedef enum parsed_kind { PARSED_OTHER, PARSED_ARP, PARSED_IP } parsed_kind_t;

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

typedef struct parsed {
    uint64_t number; /* in all captures read so far, from 1 */
    uint64_t time;   /* nanoseconds */
    uint32_t interface;
    uint32_t length; /* bytes of the frame on the wire */
    parsed_kind_t kind;
    bool passed; /* it is no business of the device: only what is above counts */
    bool has_mac;
    uint8_t mac_source[MAC_BYTES];
    uint8_t mac_destination[MAC_BYTES];
    address_t source;      /* of IP; of ARP the sender */
    address_t destination; /* of IP; of ARP the target */
    /* IP */
    uint8_t protocol;
    uint8_t hops; /* time to live, or hop limit */
    uint32_t id;  /* of IPv4, or of IPv6's fragment header */
    bool fragment;
    bool more_fragments;
    uint32_t fragment_offset;
    uint32_t payload; /* bytes behind the IP headers */
    /* TCP, UDP and ICMP */
    bool transport; /* the header below was there */
    uint16_t source_port;
    uint16_t destination_port;
    uint32_t sequence;
    uint32_t acknowledged;
    uint8_t flags;
    uint32_t window;
    uint16_t mss;       /* option; 0 without */
    int scale;          /* option; -1 without */
    uint32_t data;      /* bytes of TCP or UDP payload */
    uint32_t headers;   /* bytes of the frame before it */
    uint8_t icmp_type;  /* of ICMP, ICMPv6 and IGMP */
    uint16_t operation; /* of ARP */
    address_t target;   /* of neighbour solicitation, advertisement and IGMP */
    uint64_t digest;    /* of what a bridge does not change; 0 where it is not asked for */
    size_t connection;  /* of TCP, for who numbers them */
    int side;           /* of the source in that connection */
} parsed_t;

/* Parses a frame. Whatever its bytes are, `parsed` is whole afterwards. */
void parsed_read(parsed_t *parsed, const capture_frame_t *frame, uint64_t number, bool digests);

/* Whose frames are wanted: by the hardware address, or with NULL by addresses of IPv4. */
typedef struct parsed_filter {
    const uint8_t *mac;
    const address_t *address;
    int addresses;
} parsed_filter_t;

/* True if a frame is surely neither from nor to that host, nor to a group: most of them without
 * being parsed. */
bool parsed_passes(const capture_frame_t *frame, const parsed_filter_t *filter);

bool address_is_group(const address_t *address); /* multicast, broadcast or unspecified */

static inline uint64_t address_word(const address_t *address, size_t index)
{
    uint64_t word = 0;
    memcpy(&word, address->bytes + 8 * index, sizeof word);
    return word;
}

static inline bool address_equal(const address_t *a, const address_t *b)
{
    return a->family == b->family && address_word(a, 0) == address_word(b, 0) &&
           address_word(a, 1) == address_word(b, 1);
}

static inline uint64_t address_hash(const address_t *address)
{
    const uint64_t low = (address_word(address, 0) ^ address->family) * 0x9e3779b97f4a7c15U;
    return (low ^ low >> 29 ^ address_word(address, 1)) * 0xbf58476d1ce4e5b9U;
}

/* Writes an address as text; returns `text`. */
const char *address_text(const address_t *address, char text[ADDRESS_TEXT]);

/* Reads an IPv4 or IPv6 address; false if it is none. */
bool address_read(address_t *address, const char *text);

#endif
