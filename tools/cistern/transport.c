/* SPDX-License-Identifier: BSD-3-Clause */
/* transport.c - TCP (RFC 9293), UDP (RFC 768), ICMP (RFC 792), ICMPv6 (RFC 4443), IGMP (RFC 2236),
 * and others by name. */
#include "transport.h"

#include "lwip/def.h"
#include "lwip/inet_chksum.h"

#include "answer.h"
#include "bytes.h"

enum {
    TCP_LENGTH = 20,
    UDP_LENGTH = 8,
    IGMP_LENGTH = 8,
    ICMP_LENGTH = 4, /* type, code and checksum, in every message */
    UDP_PORT_ECHO = 7,
    ICMP_ECHO_REQUEST = 8,
    ICMPV6_ECHO_REQUEST = 128
};

/* Counts the verdict on a checksum without pseudo header. True unless it is bad. */
static bool verify_plain(frame_t *frame, checksum_t checksum)
{
    verdict_t verdict = VERDICT_ABSENT;
    if (!frame->incomplete) {
        verdict = inet_chksum_pbuf(frame->data) == 0 ? VERDICT_GOOD : VERDICT_BAD;
    }
    frame_verdict(frame, checksum, verdict);
    return verdict != VERDICT_BAD;
}

/* The same with the pseudo header of IPv4 or IPv6. */
static bool verify_pseudo(frame_t *frame, checksum_t checksum, uint8_t protocol)
{
    verdict_t verdict = VERDICT_ABSENT;
    if (!frame->incomplete && !frame->rerouted) {
        const uint16_t rest = ip_chksum_pseudo(frame->data, protocol, frame_length(frame),
                                               &frame->source, &frame->destination);
        verdict = rest == 0 ? VERDICT_GOOD : VERDICT_BAD;
    }
    frame_verdict(frame, checksum, verdict);
    return verdict != VERDICT_BAD;
}

static void tcp_parse(frame_t *frame)
{
    uint8_t header[TCP_LENGTH];
    if (!frame_peek(frame, header, TCP_LENGTH)) {
        frame_verdict(frame, CHECKSUM_TCP, VERDICT_ABSENT);
        return;
    }
    const unsigned header_length = (header[12] >> 4) * 4U;
    if (header_length < TCP_LENGTH || (header_length > frame_length(frame) && !frame->incomplete)) {
        frame_malformed(frame);
    }
    verify_pseudo(frame, CHECKSUM_TCP, IP_TCP);
}

/* A checksum of 0 was not computed. That is allowed in IPv4 only (RFC 8200, 8.1). */
static bool verify_udp(frame_t *frame, const uint8_t header[UDP_LENGTH])
{
    if (load_u16(header + 6) == 0) {
        const bool allowed = frame->destination.type == IPADDR_TYPE_V4;
        frame_verdict(frame, CHECKSUM_UDP, allowed ? VERDICT_ABSENT : VERDICT_BAD);
        return allowed;
    }
    return verify_pseudo(frame, CHECKSUM_UDP, IP_UDP);
}

static void udp_parse(frame_t *frame)
{
    uint8_t header[UDP_LENGTH];
    if (!frame_peek(frame, header, UDP_LENGTH)) {
        frame_verdict(frame, CHECKSUM_UDP, VERDICT_ABSENT);
        return;
    }
    const uint16_t length = load_u16(header + 4);
    if (length < UDP_LENGTH) {
        frame_verdict(frame, CHECKSUM_UDP, VERDICT_ABSENT);
        frame_malformed(frame);
        return;
    }
    frame_limit(frame, length);
    if (verify_udp(frame, header) && load_u16(header + 2) == UDP_PORT_ECHO) {
        answer_udp_echo(frame, header);
    }
}

static void icmp_parse(frame_t *frame)
{
    uint8_t header[ANSWER_ECHO_LENGTH];
    if (!frame_peek(frame, header, ICMP_LENGTH)) {
        frame_verdict(frame, CHECKSUM_ICMP, VERDICT_ABSENT);
        return;
    }
    if (verify_plain(frame, CHECKSUM_ICMP) && header[0] == ICMP_ECHO_REQUEST &&
        frame_peek(frame, header, ANSWER_ECHO_LENGTH)) {
        answer_icmp_echo(frame, header);
    }
}

static void icmpv6_parse(frame_t *frame)
{
    uint8_t header[ANSWER_ECHO_LENGTH];
    if (!frame_peek(frame, header, ICMP_LENGTH)) {
        frame_verdict(frame, CHECKSUM_ICMPV6, VERDICT_ABSENT);
        return;
    }
    if (verify_pseudo(frame, CHECKSUM_ICMPV6, IP_ICMPV6) && header[0] == ICMPV6_ECHO_REQUEST &&
        frame_peek(frame, header, ANSWER_ECHO_LENGTH)) {
        answer_icmpv6_echo(frame, header);
    }
}

static void igmp_parse(frame_t *frame)
{
    uint8_t header[IGMP_LENGTH];
    if (!frame_peek(frame, header, IGMP_LENGTH)) {
        frame_verdict(frame, CHECKSUM_IGMP, VERDICT_ABSENT);
        return;
    }
    verify_plain(frame, CHECKSUM_IGMP);
}

/* One line per protocol that has a name here; `parse` is NULL where counting is all. */
typedef struct transport {
    uint8_t number;
    protocol_t protocol;
    checksum_t checksum; /* CHECKSUMS: none that this program verifies */
    void (*parse)(frame_t *frame);
} transport_t;

static const transport_t transports[] = {
    {IP_ICMP, PROTOCOL_ICMP, CHECKSUM_ICMP, icmp_parse},
    {IP_IGMP, PROTOCOL_IGMP, CHECKSUM_IGMP, igmp_parse},
    {IP_TCP, PROTOCOL_TCP, CHECKSUM_TCP, tcp_parse},
    {IP_UDP, PROTOCOL_UDP, CHECKSUM_UDP, udp_parse},
    {IP_ICMPV6, PROTOCOL_ICMPV6, CHECKSUM_ICMPV6, icmpv6_parse},
    {4, PROTOCOL_IPIP, CHECKSUMS, NULL},
    {41, PROTOCOL_IPIP, CHECKSUMS, NULL},
    {47, PROTOCOL_GRE, CHECKSUMS, NULL},
    {50, PROTOCOL_ESP, CHECKSUMS, NULL},
    {51, PROTOCOL_AH, CHECKSUMS, NULL},
    {88, PROTOCOL_EIGRP, CHECKSUMS, NULL},
    {89, PROTOCOL_OSPF, CHECKSUMS, NULL},
    {103, PROTOCOL_PIM, CHECKSUMS, NULL},
    {112, PROTOCOL_VRRP, CHECKSUMS, NULL},
    {132, PROTOCOL_SCTP, CHECKSUMS, NULL},
};

static const transport_t *transport_find(uint8_t number)
{
    static const transport_t other = {0, PROTOCOL_OTHER_IP, CHECKSUMS, NULL};
    for (size_t i = 0; i < LWIP_ARRAYSIZE(transports); ++i) {
        if (transports[i].number == number) {
            return &transports[i];
        }
    }
    return &other;
}

void transport_parse(frame_t *frame, uint8_t protocol)
{
    const transport_t *const transport = transport_find(protocol);
    frame_count(frame, transport->protocol);
    if (transport->parse != NULL) {
        transport->parse(frame);
    }
}

void transport_give_up(tally_t *tally, uint8_t protocol)
{
    const checksum_t checksum = transport_find(protocol)->checksum;
    if (checksum != CHECKSUMS) {
        ++tally->checksums[checksum][VERDICT_ABSENT];
    }
}
