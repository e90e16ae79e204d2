/* SPDX-License-Identifier: BSD-3-Clause */
/* answer.c - ARP replies (RFC 826), ICMP echo (RFC 792, RFC 4443), UDP echo (RFC 862). */
#include "answer.h"

#include <string.h>

#include "lwip/inet_chksum.h"

#include "bytes.h"
#include "survey.h"
#include "transport.h"

enum {
    MAC_LENGTH = 6,
    ARP_LENGTH = 28,
    IPV4_LENGTH = 20,
    IPV6_LENGTH = 40,
    PACKET_MAX = 65535,
    HOP_LIMIT = 64,
    ICMP_ECHO_REPLY = 0,
    ICMPV6_ECHO_REPLY = 129
};

/* The host's hardware address: locally administered. */
static const uint8_t own_mac[MAC_LENGTH] = {0x02, 0, 0, 0, 0, 0x01};

/* --- sending ---------------------------------------------------------------------------------- */

static void fail(frame_t *frame, struct pbuf *answer)
{
    ++frame->host->tally->answers[ANSWER_FAILED];
    if (answer != NULL) {
        pbuf_free(answer);
    }
}

/* Puts the request's link header before the answer, turned round, and sends it. */
static void send_frame(frame_t *frame, struct pbuf *answer, answer_t kind)
{
    if (pbuf_add_header(answer, frame->link_length) != 0) {
        fail(frame, answer);
        return;
    }
    if (frame->link_length > 0) {
        uint8_t *const link = answer->payload;
        const bool to_group = (frame->link[0] & 1U) != 0;
        memcpy(link, frame->link + MAC_LENGTH, MAC_LENGTH);
        memcpy(link + MAC_LENGTH, to_group ? own_mac : frame->link, MAC_LENGTH);
        memcpy(link + 2 * MAC_LENGTH, frame->link + 2 * MAC_LENGTH,
               (size_t)frame->link_length - 2 * MAC_LENGTH);
    }
    ++frame->host->tally->answers[kind];
    if (frame->host->output != NULL) {
        frame->host->output(frame->host->output_context, answer);
    }
    pbuf_free(answer);
}

static void write_ipv4(uint8_t *header, const frame_t *frame, uint16_t total, uint8_t protocol)
{
    memset(header, 0, IPV4_LENGTH);
    header[0] = 0x45;
    store_u16(header + 2, total);
    header[8] = HOP_LIMIT;
    header[9] = protocol;
    memcpy(header + 12, &ip_2_ip4(&frame->destination)->addr, 4);
    memcpy(header + 16, &ip_2_ip4(&frame->source)->addr, 4);
    const uint16_t checksum = inet_chksum(header, IPV4_LENGTH);
    memcpy(header + 10, &checksum, sizeof checksum);
}

static void write_ipv6(uint8_t *header, const frame_t *frame, uint16_t length, uint8_t protocol)
{
    memset(header, 0, IPV6_LENGTH);
    header[0] = 0x60;
    store_u16(header + 4, length);
    header[6] = protocol;
    header[7] = HOP_LIMIT;
    memcpy(header + 8, ip_2_ip6(&frame->destination)->addr, 16);
    memcpy(header + 24, ip_2_ip6(&frame->source)->addr, 16);
}

/* Puts an IP header before the answer, from the asked to the asker, and sends it. */
static void send_ip(frame_t *frame, struct pbuf *answer, uint8_t protocol, answer_t kind)
{
    const bool v4 = frame->destination.type == IPADDR_TYPE_V4;
    const uint16_t length = answer->tot_len;
    if (pbuf_add_header(answer, v4 ? IPV4_LENGTH : IPV6_LENGTH) != 0) {
        fail(frame, answer);
        return;
    }
    if (v4) {
        write_ipv4(answer->payload, frame, answer->tot_len, protocol);
    } else {
        write_ipv6(answer->payload, frame, length, protocol);
    }
    send_frame(frame, answer, kind);
}

/* --- echo ------------------------------------------------------------------------------------- */

/* RFC 1122, 3.2.2.6: an echo to a group may be left unanswered. */
static bool is_group(const ip_addr_t *address)
{
    const uint8_t *const bytes = (const uint8_t *)ip_2_ip6(address)->addr;
    return address->type == IPADDR_TYPE_V4 ? bytes[0] >= 224 || bytes[0] == 0 : bytes[0] == 0xff;
}

static bool is_for_device(const frame_t *frame, uint8_t family, const void *bytes)
{
    address_t address = {.family = family};
    memcpy(address.bytes, bytes, family == 4 ? 4 : ADDRESS_BYTES);
    return frame->host->device == NULL || device_has(frame->host->device, &address);
}

/* Whether a request may be answered, as far as its IP header says. */
static bool may_answer(const frame_t *frame)
{
    const ip_addr_t *const to = &frame->destination;
    const bool v4 = to->type == IPADDR_TYPE_V4;
    return !frame->incomplete && !frame->damaged && frame->answerable && !is_group(to) &&
           !is_group(&frame->source) &&
           is_for_device(frame, v4 ? 4 : 6,
                         v4 ? (const void *)&ip_2_ip4(to)->addr : (const void *)ip_2_ip6(to)->addr);
}

/* Chains the request's payload, with its ANSWER_ECHO_LENGTH bytes of header taken off, to a new
 * header that is to be filled in. NULL when there is no answer. */
static struct pbuf *chain_to_header(frame_t *frame)
{
    if (!may_answer(frame)) {
        return NULL;
    }
    struct pbuf *const header = pbuf_alloc(PBUF_IP, ANSWER_ECHO_LENGTH, PBUF_RAM);
    if (header == NULL || frame_length(frame) > PACKET_MAX - IPV6_LENGTH - FRAME_LINK_MAX) {
        fail(frame, header);
        return NULL;
    }
    frame_strip(frame, ANSWER_ECHO_LENGTH);
    if (frame->data != NULL) {
        pbuf_cat(header, frame->data);
        frame->data = NULL;
    }
    return header;
}

void answer_icmp_echo(frame_t *frame, const uint8_t *header)
{
    struct pbuf *const answer = chain_to_header(frame);
    if (answer == NULL) {
        return;
    }
    uint8_t *const reply = answer->payload;
    memcpy(reply, header, ANSWER_ECHO_LENGTH);
    reply[0] = ICMP_ECHO_REPLY;
    store_u16(reply + 2, 0);
    const uint16_t checksum = inet_chksum_pbuf(answer);
    memcpy(reply + 2, &checksum, sizeof checksum);
    send_ip(frame, answer, IP_ICMP, ANSWER_ICMP_ECHO);
}

void answer_icmpv6_echo(frame_t *frame, const uint8_t *header)
{
    struct pbuf *const answer = chain_to_header(frame);
    if (answer == NULL) {
        return;
    }
    uint8_t *const reply = answer->payload;
    memcpy(reply, header, ANSWER_ECHO_LENGTH);
    reply[0] = ICMPV6_ECHO_REPLY;
    store_u16(reply + 2, 0);
    const uint16_t checksum =
        ip_chksum_pseudo(answer, IP_ICMPV6, answer->tot_len, &frame->destination, &frame->source);
    memcpy(reply + 2, &checksum, sizeof checksum);
    send_ip(frame, answer, IP_ICMPV6, ANSWER_ICMPV6_ECHO);
}

void answer_udp_echo(frame_t *frame, const uint8_t *header)
{
    struct pbuf *const answer = chain_to_header(frame);
    if (answer == NULL) {
        return;
    }
    uint8_t *const reply = answer->payload;
    memcpy(reply, header + 2, 2);
    memcpy(reply + 2, header, 2);
    store_u16(reply + 4, answer->tot_len);
    store_u16(reply + 6, 0);
    uint16_t checksum =
        ip_chksum_pseudo(answer, IP_UDP, answer->tot_len, &frame->destination, &frame->source);
    checksum = checksum == 0 ? 0xffffU : checksum; /* 0 would say that there is none */
    memcpy(reply + 6, &checksum, sizeof checksum);
    send_ip(frame, answer, IP_UDP, ANSWER_UDP_ECHO);
}

/* --- ARP -------------------------------------------------------------------------------------- */

void answer_arp(frame_t *frame, const uint8_t *arp)
{
    const bool gratuitous = memcmp(arp + 14, arp + 24, 4) == 0;
    if (!frame->answerable || gratuitous || !is_for_device(frame, 4, arp + 24)) {
        return;
    }
    struct pbuf *const answer = pbuf_alloc(PBUF_LINK, ARP_LENGTH, PBUF_RAM);
    if (answer == NULL) {
        fail(frame, NULL);
        return;
    }
    uint8_t *const reply = answer->payload;
    memcpy(reply, arp, 6);         /* the same kinds and lengths of addresses */
    store_u16(reply + 6, 2);       /* a reply */
    memcpy(reply + 8, own_mac, 6); /* from the address asked for */
    memcpy(reply + 14, arp + 24, 4);
    memcpy(reply + 18, arp + 8, 10); /* to the asker */
    send_frame(frame, answer, ANSWER_ARP);
}
