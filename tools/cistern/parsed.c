/* SPDX-License-Identifier: BSD-3-Clause */
/* parsed.c - one frame of a capture, as numbers.
 *
 *   | link header | IP header, extensions | TCP, UDP, ICMP header | payload |
 *                 ^ parser.at moves on; what is not there reads as missing
 *
 * Link headers are taken off by link.c, on a packet buffer that refers to the frame's bytes. */
#include "parsed.h"

#include <arpa/inet.h>
#include <string.h>

#include "lwip/pbuf.h"

#include "bytes.h"

enum {
    ETHERNET = 14,
    REFERENCE_MAX = 65535,
    DATA_MAX = 1 << 18,
    PROTOCOL_NUMBER_ICMP = 1,
    PROTOCOL_NUMBER_IGMP = 2,
    PROTOCOL_NUMBER_TCP = 6,
    PROTOCOL_NUMBER_UDP = 17,
    PROTOCOL_NUMBER_ICMPV6 = 58,
    EXTENSIONS_MAX = 16,
    DIGEST_WORDS = 8
};

typedef struct parser {
    parsed_t *parsed;
    const uint8_t *at; /* what is not parsed yet */
    size_t left;       /* bytes captured from there on */
    size_t wire;       /* bytes on the wire from there on */
    bool digests;
} parser_t;

/* --- addresses ----------------------------------------------------------------------------------
 */

bool address_is_group(const address_t *address)
{
    static const uint8_t none[ADDRESS_BYTES];
    if (memcmp(address->bytes, none, ADDRESS_BYTES) == 0) {
        return true;
    }
    return address->family == 4 ? address->bytes[0] >= 224 : address->bytes[0] == 0xff;
}

const char *address_text(const address_t *address, char text[ADDRESS_TEXT])
{
    const int family = address->family == 4 ? AF_INET : AF_INET6;
    if (address->family == 0 || inet_ntop(family, address->bytes, text, ADDRESS_TEXT) == NULL) {
        strcpy(text, "-");
    }
    return text;
}

bool address_read(address_t *address, const char *text)
{
    *address = (address_t){.family = 4};
    if (inet_pton(AF_INET, text, address->bytes) == 1) {
        return true;
    }
    address->family = 6;
    return inet_pton(AF_INET6, text, address->bytes) == 1;
}

static void set_address(address_t *address, uint8_t family, const uint8_t *bytes)
{
    address->family = family;
    memcpy(address->bytes, bytes, family == 4 ? 4 : 16);
}

/* --- walking ------------------------------------------------------------------------------------
 */

static bool has(const parser_t *parser, size_t length)
{
    return parser->left >= length;
}

static void step(parser_t *parser, size_t length)
{
    parser->at += length;
    parser->left -= length;
    parser->wire -= length;
}

/* Nothing behind the next `length` bytes belongs to the packet. */
static void limit(parser_t *parser, size_t length)
{
    parser->wire = length < parser->wire ? length : parser->wire;
    parser->left = length < parser->left ? length : parser->left;
}

/* No host joins more into a frame than this, whatever the capture claims. */
static uint32_t wire_bytes(size_t bytes)
{
    return bytes < DATA_MAX ? (uint32_t)bytes : DATA_MAX;
}

/* --- transport ----------------------------------------------------------------------------------
 */

static void parse_tcp_options(parsed_t *parsed, const uint8_t *option, size_t length)
{
    size_t at = 0;
    while (at < length && option[at] != 0) {
        if (option[at] == 1) {
            ++at;
            continue;
        }
        if (length - at < 2 || option[at + 1] < 2 || option[at + 1] > length - at) {
            return;
        }
        if (option[at] == 2 && option[at + 1] == 4) {
            parsed->mss = load_u16(option + at + 2);
        } else if (option[at] == 3 && option[at + 1] == 3) {
            parsed->scale = option[at + 2] > 14 ? 14 : option[at + 2];
        }
        at += option[at + 1];
    }
}

static void parse_tcp(parser_t *parser)
{
    parsed_t *const parsed = parser->parsed;
    const uint8_t *const header = parser->at;
    if (!has(parser, 20)) {
        return;
    }
    const size_t length = (header[12] >> 4) * 4U;
    if (length < 20 || length > parser->wire) {
        return;
    }
    parsed->transport = true;
    parsed->source_port = load_u16(header);
    parsed->destination_port = load_u16(header + 2);
    parsed->sequence = load_u32(header + 4);
    parsed->acknowledged = load_u32(header + 8);
    parsed->flags = header[13];
    parsed->window = load_u16(header + 14);
    parsed->data = wire_bytes(parser->wire - length);
    parse_tcp_options(parsed, header + 20, (length < parser->left ? length : parser->left) - 20);
}

static void parse_udp(parser_t *parser)
{
    parsed_t *const parsed = parser->parsed;
    if (!has(parser, 8)) {
        return;
    }
    parsed->transport = true;
    parsed->source_port = load_u16(parser->at);
    parsed->destination_port = load_u16(parser->at + 2);
    parsed->data = wire_bytes(parser->wire - 8);
}

static void parse_icmp(parser_t *parser)
{
    parsed_t *const parsed = parser->parsed;
    if (!has(parser, 8)) {
        return;
    }
    parsed->transport = true;
    parsed->icmp_type = parser->at[0];
    parsed->source_port = load_u16(parser->at + 4); /* the identifier of an echo */
    const bool solicits = parsed->protocol == PROTOCOL_NUMBER_ICMPV6 &&
                          (parsed->icmp_type == 135 || parsed->icmp_type == 136);
    if (solicits && has(parser, 24)) {
        set_address(&parsed->target, 6, parser->at + 8);
    } else if (parsed->protocol == PROTOCOL_NUMBER_IGMP) {
        set_address(&parsed->target, 4, parser->at + 4);
    }
}

static void parse_transport(parser_t *parser)
{
    parsed_t *const parsed = parser->parsed;
    parsed->payload = wire_bytes(parser->wire);
    if (parsed->fragment && parsed->fragment_offset != 0) {
        return;
    }
    switch (parsed->protocol) {
    case PROTOCOL_NUMBER_TCP:
        parse_tcp(parser);
        break;
    case PROTOCOL_NUMBER_UDP:
        parse_udp(parser);
        break;
    case PROTOCOL_NUMBER_ICMP:
    case PROTOCOL_NUMBER_ICMPV6:
    case PROTOCOL_NUMBER_IGMP:
        parse_icmp(parser);
        break;
    default:
        break;
    }
}

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
    return hash ^ hash >> 29;
}

/* Of the packet as it is, but for the hop count and the checksum over it: its headers say enough,
 * since the transport's checksum covers the rest. Two sums, which a processor can make at once. */
static uint64_t digest_packet(const parser_t *parser, size_t length, bool v4)
{
    const uint8_t *const bytes = parser->at;
    if (!parser->digests) {
        return 0;
    }
    uint64_t word[DIGEST_WORDS];
    uint64_t even = length;
    uint64_t odd = 0;
    if (length >= sizeof word) {
        memcpy(word, bytes, sizeof word);
    } else {
        memset(word, 0, sizeof word);
        memcpy(word, bytes, length);
    }
    uint8_t *const head = (uint8_t *)word;
    head[v4 ? 8 : 7] = 0;
    head[v4 ? 10 : 7] = 0;
    head[v4 ? 11 : 7] = 0;
    for (size_t i = 0; i < DIGEST_WORDS; i += 2) {
        even = mix(even, word[i]);
        odd = mix(odd, word[i + 1]);
    }
    return mix(even, odd) | 1U;
}

/* --- network ------------------------------------------------------------------------------------
 */

static void parse_ipv4(parser_t *parser)
{
    parsed_t *const parsed = parser->parsed;
    const uint8_t *const header = parser->at;
    if (!has(parser, 20) || header[0] >> 4 != 4) {
        return;
    }
    const size_t length = (header[0] & 15U) * 4U;
    const size_t total = load_u16(header + 2);
    if (length < 20 || !has(parser, length) || (total != 0 && total < length)) {
        return;
    }
    parsed->kind = PARSED_IP;
    set_address(&parsed->source, 4, header + 12);
    set_address(&parsed->destination, 4, header + 16);
    parsed->id = load_u16(header + 4);
    parsed->hops = header[8];
    parsed->protocol = header[9];
    const uint16_t place = load_u16(header + 6);
    parsed->more_fragments = (place & 0x2000U) != 0;
    parsed->fragment_offset = (place & 0x1fffU) * 8U;
    parsed->fragment = parsed->more_fragments || parsed->fragment_offset != 0;
    if (total != 0) { /* 0: what a host with segmentation offload records */
        limit(parser, total);
    }
    parsed->digest = digest_packet(parser, parser->left, true);
    step(parser, length);
    parse_transport(parser);
}

/* Takes one extension header off; false if what follows is no such header, or not there. */
static bool parse_extension(parser_t *parser)
{
    parsed_t *const parsed = parser->parsed;
    const uint8_t next = parsed->protocol;
    const bool plain = next == 0 || next == 43 || next == 60 || next == 135 || next == 139;
    if ((!plain && next != 44 && next != 51) || !has(parser, 8)) {
        return false;
    }
    const uint8_t *const header = parser->at;
    size_t length = (header[1] + 1U) * 8U;
    if (next == 44) {
        const uint16_t place = load_u16(header + 2);
        parsed->more_fragments = (place & 1U) != 0;
        parsed->fragment_offset = place & 0xfff8U;
        parsed->fragment = parsed->more_fragments || parsed->fragment_offset != 0;
        parsed->id = load_u32(header + 4);
        length = 8;
    } else if (next == 51) {
        length = (header[1] + 2U) * 4U;
    }
    if (!has(parser, length)) {
        return false;
    }
    parsed->protocol = header[0];
    step(parser, length);
    return true;
}

static void parse_ipv6(parser_t *parser)
{
    parsed_t *const parsed = parser->parsed;
    const uint8_t *const header = parser->at;
    if (!has(parser, 40) || header[0] >> 4 != 6) {
        return;
    }
    parsed->kind = PARSED_IP;
    set_address(&parsed->source, 6, header + 8);
    set_address(&parsed->destination, 6, header + 24);
    parsed->protocol = header[6];
    parsed->hops = header[7];
    const size_t length = load_u16(header + 4);
    parsed->digest = digest_packet(parser, parser->left, false);
    step(parser, 40);
    if (length != 0) {
        limit(parser, length);
    }
    for (int i = 0; i < EXTENSIONS_MAX && parse_extension(parser); ++i) {
    }
    parse_transport(parser);
}

static void parse_arp(parser_t *parser)
{
    static const uint8_t ethernet_ipv4[6] = {0, 1, 0x08, 0x00, 6, 4};
    parsed_t *const parsed = parser->parsed;
    if (!has(parser, 28) || memcmp(parser->at, ethernet_ipv4, sizeof ethernet_ipv4) != 0) {
        return;
    }
    parsed->kind = PARSED_ARP;
    parsed->operation = load_u16(parser->at + 6);
    set_address(&parsed->source, 4, parser->at + 14);
    set_address(&parsed->destination, 4, parser->at + 24);
    parsed->digest = digest_packet(parser, 28, false);
}

/* Hardware addresses that are alike, or zero, were never on a wire: they tell nothing. */
static bool is_wire_mac(const uint8_t *from, const uint8_t *to)
{
    static const uint8_t zero[MAC_BYTES];
    return memcmp(from, to, MAC_BYTES) != 0 && memcmp(from, zero, MAC_BYTES) != 0;
}

static void set_mac(parsed_t *parsed, const uint8_t *link)
{
    memcpy(parsed->mac_destination, link, MAC_BYTES);
    memcpy(parsed->mac_source, link + MAC_BYTES, MAC_BYTES);
    parsed->has_mac = is_wire_mac(link + MAC_BYTES, link);
}

/* The packet buffer that refers to a frame is on the stack. */
static void keep(struct pbuf *data)
{
    (void)data;
}

/* Most frames by far: Ethernet, and IP or ARP in it. */
static bool is_plain(const capture_frame_t *frame, uint16_t *type)
{
    if (frame->link != LINK_ETHERNET || frame->length < ETHERNET) {
        return false;
    }
    *type = load_u16(frame->bytes + 2 * MAC_BYTES);
    return *type == ETHERTYPE_IPV4 || *type == ETHERTYPE_IPV6 || *type == ETHERTYPE_ARP;
}

static void parse_plain(parser_t *parser, const capture_frame_t *frame)
{
    set_mac(parser->parsed, frame->bytes);
    parser->at = frame->bytes + ETHERNET;
    parser->left = frame->length - ETHERNET;
    parser->wire = frame->wire_length - ETHERNET;
}

/* Takes the link headers off, on a packet buffer that refers to the frame's bytes. Frames longer
 * than a packet buffer can be are parsed as if the rest was not captured. */
static uint16_t parse_link(parser_t *parser, const capture_frame_t *frame)
{
    static tally_t scratch;
    parsed_t *const parsed = parser->parsed;
    const frame_host_t host = {.tally = &scratch};
    const size_t length = frame->length < REFERENCE_MAX ? frame->length : REFERENCE_MAX;
    struct pbuf_custom custom = {.custom_free_function = keep};
    struct pbuf *const data =
        pbuf_alloced_custom(PBUF_RAW, (pbuf_len_t)length, PBUF_REF, &custom,
                            (void *)(uintptr_t)frame->bytes, (pbuf_len_t)length);
    data->wire_length = frame->wire_length;
    data->frame_number = parsed->number;
    data->frame_seconds = frame->seconds;
    frame_t layers;
    frame_begin(&layers, &host, data);
    const uint16_t type = link_parse(&layers, frame->link);
    const size_t left = layers.data == NULL ? 0 : layers.data->tot_len;
    const size_t start = layers.data == NULL
                             ? length
                             : (size_t)((const uint8_t *)layers.data->payload - frame->bytes);
    if (layers.link_length >= 2 * MAC_BYTES) {
        set_mac(parsed, layers.link);
    }
    parser->at = frame->bytes + start;
    parser->left = frame->length > REFERENCE_MAX ? frame->length - start : left;
    parser->wire = frame->wire_length - start;
    frame_end(&layers);
    return type;
}

static bool passes_mac(const uint8_t *to, const uint8_t *from, const uint8_t *mac)
{
    return is_wire_mac(from, to) && memcmp(from, mac, MAC_BYTES) != 0 &&
           memcmp(to, mac, MAC_BYTES) != 0 && (to[0] & 1U) == 0;
}

static bool passes_ipv4(const uint8_t *header, const parsed_filter_t *filter)
{
    address_t source = {.family = 0};
    address_t destination = {.family = 0};
    set_address(&source, 4, header + 12);
    set_address(&destination, 4, header + 16);
    bool passes = !address_is_group(&destination);
    for (int i = 0; i < filter->addresses; ++i) {
        passes = passes && !address_equal(&filter->address[i], &source) &&
                 !address_equal(&filter->address[i], &destination);
    }
    return passes;
}

bool parsed_passes(const capture_frame_t *frame, const parsed_filter_t *filter)
{
    uint16_t type = ETHERTYPE_NONE;
    if (!is_plain(frame, &type)) {
        return false;
    }
    if (filter->mac != NULL) {
        return passes_mac(frame->bytes, frame->bytes + MAC_BYTES, filter->mac);
    }
    return type == ETHERTYPE_IPV4 && frame->length >= ETHERNET + 20U &&
           passes_ipv4(frame->bytes + ETHERNET, filter);
}

void parsed_read(parsed_t *parsed, const capture_frame_t *frame, uint64_t number, bool digests)
{
    memset(parsed, 0, sizeof *parsed);
    parsed->number = number;
    parsed->time = frame->nanoseconds;
    parsed->interface = frame->interface;
    parsed->length = wire_bytes(frame->wire_length);
    parsed->scale = -1;
    parser_t parser = {.parsed = parsed, .digests = digests};
    uint16_t type = ETHERTYPE_NONE;
    if (is_plain(frame, &type)) {
        parse_plain(&parser, frame);
    } else {
        type = parse_link(&parser, frame);
    }
    switch (type) {
    case ETHERTYPE_IPV4:
        parse_ipv4(&parser);
        break;
    case ETHERTYPE_IPV6:
        parse_ipv6(&parser);
        break;
    case ETHERTYPE_ARP:
        parse_arp(&parser);
        break;
    default:
        break;
    }
    parsed->headers = parsed->length > parsed->data ? parsed->length - parsed->data : 0;
}
