/* SPDX-License-Identifier: BSD-3-Clause */
/* network.c - ARP (RFC 826), IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200). */
#include "network.h"

#include <string.h>

#include "lwip/inet_chksum.h"

#include "answer.h"
#include "bytes.h"
#include "reassembly.h"
#include "transport.h"

enum {
    ARP_LENGTH = 28, /* for Ethernet and IPv4 */
    IPV4_LENGTH = 20,
    IPV4_LENGTH_MAX = 60,
    IPV6_LENGTH = 40,
    EXTENSION_LENGTH = 8 /* the first, or only, 8 bytes of each */
};

/* IPv6 next-header values of extension headers. */
enum {
    NEXT_HOP_BY_HOP = 0,
    NEXT_ROUTING = 43,
    NEXT_FRAGMENT = 44,
    NEXT_AH = 51,
    NEXT_NONE = 59,
    NEXT_DESTINATION = 60,
    NEXT_MOBILITY = 135,
    NEXT_HIP = 139,
    NEXT_SHIM6 = 140
};

static void arp_parse(frame_t *frame)
{
    static const uint8_t request[8] = {0, 1, 0x08, 0x00, 6, 4, 0, 1};
    uint8_t arp[ARP_LENGTH];
    frame_count(frame, PROTOCOL_ARP);
    if (frame_peek(frame, arp, ARP_LENGTH) && memcmp(arp, request, sizeof request) == 0) {
        answer_arp(frame, arp);
    }
}

/* --- IPv4 ------------------------------------------------------------------------------------- */

static void set_ipv4(ip_addr_t *address, const uint8_t *bytes)
{
    memset(address, 0, sizeof *address);
    address->type = IPADDR_TYPE_V4;
    memcpy(&ip_2_ip4(address)->addr, bytes, 4);
}

/* Verifies the header's own checksum, where it lies or from a copy when elements split it. */
static bool ipv4_verify(frame_t *frame, uint16_t header_length)
{
    uint8_t copy[IPV4_LENGTH_MAX];
    const void *const header =
        pbuf_get_contiguous(frame->data, copy, sizeof copy, header_length, 0);
    if (header == NULL) {
        frame_verdict(frame, CHECKSUM_IPV4, VERDICT_ABSENT);
        return frame_malformed(frame);
    }
    const bool good = inet_chksum(header, header_length) == 0;
    frame_verdict(frame, CHECKSUM_IPV4, good ? VERDICT_GOOD : VERDICT_BAD);
    frame->damaged = !good;
    return true;
}

/* Reads the fixed header and leaves the payload. A total length of 0 is what a host with
 * segmentation offload records: the rest of the frame. */
static bool ipv4_header(frame_t *frame, uint8_t header[IPV4_LENGTH])
{
    if (!frame_peek(frame, header, IPV4_LENGTH)) {
        return false;
    }
    const uint16_t header_length = (uint16_t)((header[0] & 0x0fU) * 4U);
    const uint16_t total = load_u16(header + 2);
    if (header[0] >> 4 != 4 || header_length < IPV4_LENGTH ||
        (total != 0 && total < header_length)) {
        return frame_malformed(frame);
    }
    if (!ipv4_verify(frame, header_length)) {
        return false;
    }
    set_ipv4(&frame->source, header + 12);
    set_ipv4(&frame->destination, header + 16);
    if (total != 0) {
        frame_limit(frame, total);
    }
    frame_strip(frame, header_length);
    return true;
}

static void ipv4_parse(frame_t *frame)
{
    uint8_t header[IPV4_LENGTH];
    frame_count(frame, PROTOCOL_IPV4);
    if (!ipv4_header(frame, header)) {
        return;
    }
    const uint16_t place = load_u16(header + 6);
    const fragment_t fragment = {.id = load_u16(header + 4),
                                 .protocol = header[9],
                                 .offset = (uint16_t)((place & 0x1fffU) * 8U),
                                 .more = (place & 0x2000U) != 0};
    if (!fragment.more && fragment.offset == 0) {
        transport_parse(frame, fragment.protocol);
        return;
    }
    frame_count(frame, PROTOCOL_FRAGMENT);
    if (reassembly_add(frame->host->reassembly, frame, &fragment, NULL)) {
        transport_parse(frame, fragment.protocol);
    }
}

/* --- IPv6 ------------------------------------------------------------------------------------- */

static void set_ipv6(ip_addr_t *address, const uint8_t *bytes)
{
    memset(address, 0, sizeof *address);
    address->type = IPADDR_TYPE_V6;
    memcpy(ip_2_ip6(address)->addr, bytes, 16);
}

/* Reads the fixed header and leaves what follows. A payload length of 0 is a jumbogram or what a
 * host with segmentation offload records: the rest of the frame. */
static bool ipv6_header(frame_t *frame, uint8_t *next)
{
    uint8_t header[IPV6_LENGTH];
    if (!frame_peek(frame, header, IPV6_LENGTH)) {
        return false;
    }
    if (header[0] >> 4 != 6) {
        return frame_malformed(frame);
    }
    set_ipv6(&frame->source, header + 8);
    set_ipv6(&frame->destination, header + 24);
    frame_strip(frame, IPV6_LENGTH);
    const uint16_t length = load_u16(header + 4);
    if (length != 0 || header[6] == NEXT_NONE) {
        frame_limit(frame, length);
    }
    *next = header[6];
    return true;
}

static bool is_extension(uint8_t next)
{
    switch (next) {
    case NEXT_HOP_BY_HOP:
    case NEXT_ROUTING:
    case NEXT_FRAGMENT:
    case NEXT_AH:
    case NEXT_DESTINATION:
    case NEXT_MOBILITY:
    case NEXT_HIP:
    case NEXT_SHIM6:
        return true;
    default:
        return false;
    }
}

/* A fragment header: true when this was the last fragment that a datagram lacked. A datagram in a
 * single fragment (RFC 6946) goes the same way. */
static bool ipv6_fragment(frame_t *frame, const uint8_t header[EXTENSION_LENGTH], uint8_t *next)
{
    const uint16_t place = load_u16(header + 2);
    const fragment_t fragment = {.id = load_u32(header + 4),
                                 .protocol = header[0],
                                 .offset = (uint16_t)(place & 0xfff8U),
                                 .more = (place & 1U) != 0};
    frame_count(frame, PROTOCOL_FRAGMENT);
    frame_strip(frame, EXTENSION_LENGTH);
    return reassembly_add(frame->host->reassembly, frame, &fragment, next);
}

/* Takes one extension header off; *next is its type, and then that of what follows. */
static bool ipv6_extension(frame_t *frame, uint8_t *next)
{
    uint8_t header[EXTENSION_LENGTH];
    if (!frame_peek(frame, header, EXTENSION_LENGTH)) {
        return false;
    }
    if (*next == NEXT_FRAGMENT) {
        return ipv6_fragment(frame, header, next);
    }
    const unsigned units = header[1];
    const uint16_t length = (uint16_t)(*next == NEXT_AH ? (units + 2U) * 4U : (units + 1U) * 8U);
    if (frame_length(frame) < length) {
        return frame_malformed(frame);
    }
    frame->rerouted = frame->rerouted || (*next == NEXT_ROUTING && header[3] != 0);
    if (*next == NEXT_AH) {
        frame_count(frame, PROTOCOL_AH);
    }
    frame_strip(frame, length);
    *next = header[0];
    return true;
}

/* Extension headers take 8 bytes at least, so there are at most an eighth of the payload's length
 * of them; a reassembled payload is another one, whose headers were in its first fragment. */
static void ipv6_parse(frame_t *frame)
{
    uint8_t next = NEXT_NONE;
    frame_count(frame, PROTOCOL_IPV6);
    if (!ipv6_header(frame, &next)) {
        return;
    }
    while (is_extension(next)) {
        if (!ipv6_extension(frame, &next)) {
            return;
        }
    }
    if (next != NEXT_NONE) {
        transport_parse(frame, next);
    }
}

void network_handle(const frame_host_t *host, link_type_t link, struct pbuf *data)
{
    frame_t frame;
    frame_begin(&frame, host, data);
    switch (link_parse(&frame, link)) {
    case ETHERTYPE_ARP:
        arp_parse(&frame);
        break;
    case ETHERTYPE_IPV4:
        ipv4_parse(&frame);
        break;
    case ETHERTYPE_IPV6:
        ipv6_parse(&frame);
        break;
    default:
        break;
    }
    frame_end(&frame);
}
