/* SPDX-License-Identifier: BSD-3-Clause */
/* packets.h - packets for tests, built byte by byte, with a checksum of their own: a sum of 16-bit
 * numbers, as RFC 1071 defines it, that shares nothing with the library's. */
#ifndef CISTERN_TESTS_PACKETS_H
#define CISTERN_TESTS_PACKETS_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct packet {
    size_t length;
    uint8_t bytes[4096];
} packet_t;

enum { PACKET_ICMP = 1, PACKET_TCP = 6, PACKET_UDP = 17, PACKET_ICMPV6 = 58 };

static const uint8_t packet_host4[4] = {192, 0, 2, 2};
static const uint8_t packet_device4[4] = {192, 0, 2, 1};
static const uint8_t packet_host6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0,
                                         0,    0,    0,    0,    0, 0, 0, 2};
static const uint8_t packet_device6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0,
                                           0,    0,    0,    0,    0, 0, 0, 1};

static inline void packet_put(packet_t *packet, const void *bytes, size_t length)
{
    assert(length <= sizeof packet->bytes - packet->length);
    memcpy(packet->bytes + packet->length, bytes, length);
    packet->length += length;
}

static inline void packet_put_u16(packet_t *packet, size_t value)
{
    const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
    packet_put(packet, bytes, 2);
}

static inline void packet_set_u16(packet_t *packet, size_t at, size_t value)
{
    packet->bytes[at] = (uint8_t)(value >> 8);
    packet->bytes[at + 1] = (uint8_t)value;
}

static inline uint32_t packet_sum(uint32_t sum, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; ++i) {
        sum += (uint32_t)bytes[i] << (i % 2 == 0 ? 8 : 0);
    }
    return sum;
}

static inline size_t packet_checksum(uint32_t sum)
{
    while (sum > 0xffff) {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    return ~sum & 0xffff;
}

/* --- layers: each puts its header before what is there already -------------------------------- */

static inline void packet_wrap(packet_t *packet, const packet_t *header)
{
    packet_t whole = *header;
    packet_put(&whole, packet->bytes, packet->length);
    *packet = whole;
}

/* A payload of bytes that count up. */
static inline packet_t packet_payload(size_t length)
{
    packet_t packet = {0};
    for (size_t i = 0; i < length; ++i) {
        const uint8_t byte = (uint8_t)i;
        packet_put(&packet, &byte, 1);
    }
    return packet;
}

/* Writes the checksum at `at`, over the packet and the pseudo header of its version; version 0 has
 * none. */
static inline void packet_finish(packet_t *packet, size_t at, int version, uint8_t protocol)
{
    uint32_t sum = packet_sum(0, packet->bytes, packet->length);
    if (version == 4) {
        sum = packet_sum(packet_sum(sum, packet_host4, 4), packet_device4, 4);
    } else if (version == 6) {
        sum = packet_sum(packet_sum(sum, packet_host6, 16), packet_device6, 16);
    }
    if (version != 0) {
        sum += (uint32_t)packet->length + protocol;
    }
    packet_set_u16(packet, at, packet_checksum(sum));
}

static inline void packet_udp(packet_t *packet, int version, size_t port)
{
    packet_t header = {0};
    packet_put_u16(&header, 4321);
    packet_put_u16(&header, port);
    packet_put_u16(&header, packet->length + 8);
    packet_put_u16(&header, 0);
    packet_wrap(packet, &header);
    packet_finish(packet, 6, version, PACKET_UDP);
}

static inline void packet_tcp(packet_t *packet, int version)
{
    static const uint8_t bytes[20] = {0x10, 0xe1, 0,    80,   0,    0, 0, 1, 0, 0,
                                      0,    0,    0x50, 0x10, 0x10, 0, 0, 0, 0, 0};
    packet_t header = {0};
    packet_put(&header, bytes, sizeof bytes);
    packet_wrap(packet, &header);
    packet_finish(packet, 16, version, PACKET_TCP);
}

/* An echo request; ICMPv6's for version 6. */
static inline void packet_echo(packet_t *packet, int version)
{
    const uint8_t bytes[8] = {version == 4 ? 8 : 128, 0, 0, 0, 0x12, 0x34, 0, 1};
    packet_t header = {0};
    packet_put(&header, bytes, sizeof bytes);
    packet_wrap(packet, &header);
    packet_finish(packet, 2, version == 4 ? 0 : 6, PACKET_ICMPV6);
}

/* An IPv4 header; `place` is flags and fragment offset, as in the header. */
static inline void packet_ipv4_fragment(packet_t *packet, uint8_t protocol, size_t id, size_t place)
{
    packet_t header = {0};
    packet_put_u16(&header, 0x4500);
    packet_put_u16(&header, packet->length + 20);
    packet_put_u16(&header, id);
    packet_put_u16(&header, place);
    packet_put_u16(&header, 0x4000U | protocol);
    packet_put_u16(&header, 0);
    packet_put(&header, packet_host4, 4);
    packet_put(&header, packet_device4, 4);
    packet_finish(&header, 10, 0, 0);
    packet_wrap(packet, &header);
}

static inline void packet_ipv4(packet_t *packet, uint8_t protocol)
{
    packet_ipv4_fragment(packet, protocol, 1, 0);
}

static inline void packet_ipv6(packet_t *packet, uint8_t next)
{
    packet_t header = {0};
    packet_put_u16(&header, 0x6000);
    packet_put_u16(&header, 0);
    packet_put_u16(&header, packet->length);
    packet_put_u16(&header, (size_t)next << 8 | 64U);
    packet_put(&header, packet_host6, 16);
    packet_put(&header, packet_device6, 16);
    packet_wrap(packet, &header);
}

/* Puts 16-bit words, given as a list, before the packet. */
#define packet_words(packet, ...)                                                                  \
    packet_wrap_words((packet), (const uint16_t[]){__VA_ARGS__},                                   \
                      sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t))

static inline void packet_wrap_words(packet_t *packet, const uint16_t *words, size_t count)
{
    packet_t header = {0};
    for (size_t i = 0; i < count; ++i) {
        packet_put_u16(&header, words[i]);
    }
    packet_wrap(packet, &header);
}

/* From the host to the device; `words` continue after the addresses: type, tags. */
#define packet_ethernet(packet, ...) packet_words((packet), 0x0200, 0, 1, 0x0200, 0, 2, __VA_ARGS__)

/* A whole frame: a UDP datagram over IPv4 over Ethernet. */
static inline packet_t packet_udp_frame(size_t payload, size_t port)
{
    packet_t packet = packet_payload(payload);
    packet_udp(&packet, 4, port);
    packet_ipv4(&packet, PACKET_UDP);
    packet_ethernet(&packet, 0x0800);
    return packet;
}

#endif
