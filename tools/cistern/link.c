/* SPDX-License-Identifier: BSD-3-Clause */
/* link.c - Ethernet, LLC and SNAP, tags, MPLS, PPP and PPPoE, Linux cooked, BSD loopback, raw IP,
 * SLIP, IEEE 802.11 and 802.15.4, Linux netfilter. */
#include "link.h"

#include <stdio.h>
#include <string.h>

#include <pcap/dlt.h>

#include "lwip/def.h"

#include "bytes.h"

enum {
    ETHERNET_LENGTH = 14,
    TAG_LENGTH = 4,
    LABEL_LENGTH = 4,
    LLC_LENGTH = 3,
    SNAP_LENGTH = 5,
    COOKED_LENGTH = 16,
    COOKED_2_LENGTH = 20,
    FAMILY_LENGTH = 4,
    PPPOE_LENGTH = 6,
    SLIP_LENGTH = 16,
    WIRELESS_LENGTH = 24,
    RADIOTAP_LENGTH = 4, /* up to its length field */
    TAP_LENGTH = 4,
    NFLOG_LENGTH = 4,
    NFLOG_PAYLOAD = 9,
    LOWPAN_IPV6 = 0x41,     /* 6LoWPAN: an IPv6 header follows as it is */
    ETHERTYPE_MIN = 0x0600, /* below, the field is the length of an LLC frame */
    COOKED_LLC = 0x0004,    /* Linux cooked: an LLC frame follows */
    LLC_STP = 0x42,
    LLC_SNAP = 0xaa
};

link_type_t link_from_dlt(int dlt)
{
    static const struct {
        int dlt;
        link_type_t link;
    } known[] = {
        {DLT_EN10MB, LINK_ETHERNET},
        {DLT_RAW, LINK_RAW_IP},
        {14, LINK_RAW_IP},  /* DLT_RAW on OpenBSD */
        {101, LINK_RAW_IP}, /* LINKTYPE_RAW, should a file's number come through unmapped */
        {DLT_IPV4, LINK_RAW_IPV4},
        {DLT_IPV6, LINK_RAW_IPV6},
        {DLT_LINUX_SLL, LINK_LINUX_COOKED},
        {DLT_LINUX_SLL2, LINK_LINUX_COOKED_2},
        {DLT_NULL, LINK_NULL},
        {DLT_LOOP, LINK_LOOP},
        {DLT_PPP, LINK_PPP},
        {DLT_PPP_SERIAL, LINK_PPP},
        {DLT_PPP_WITH_DIRECTION, LINK_PPP_DIRECTION},
        {DLT_PPP_ETHER, LINK_PPPOE},
        {DLT_C_HDLC, LINK_CISCO_HDLC},
        {DLT_SLIP, LINK_SLIP},
        {DLT_IEEE802_11, LINK_WIRELESS},
        {DLT_IEEE802_11_RADIO, LINK_RADIOTAP},
        {DLT_IEEE802_15_4_WITHFCS, LINK_802154},
        {DLT_IEEE802_15_4_NOFCS, LINK_802154},
        {283, LINK_802154_TAP},
        {DLT_NFLOG, LINK_NFLOG},
    };
    for (size_t i = 0; i < LWIP_ARRAYSIZE(known); ++i) {
        if (known[i].dlt == dlt) {
            return known[i].link;
        }
    }
    return LINK_UNKNOWN;
}

link_type_t link_from_hci_dlt(int dlt)
{
    return dlt == DLT_BLUETOOTH_HCI_H4             ? LINK_HCI
           : dlt == DLT_BLUETOOTH_HCI_H4_WITH_PHDR ? LINK_HCI_DIRECTION
                                                   : LINK_UNKNOWN;
}

const char *link_name(link_type_t link)
{
    static const char *const names[] = {
        [LINK_UNKNOWN] = "unknown",
        [LINK_ETHERNET] = "Ethernet",
        [LINK_RAW_IP] = "raw IP",
        [LINK_RAW_IPV4] = "raw IPv4",
        [LINK_RAW_IPV6] = "raw IPv6",
        [LINK_LINUX_COOKED] = "Linux cooked",
        [LINK_LINUX_COOKED_2] = "Linux cooked v2",
        [LINK_NULL] = "BSD loopback",
        [LINK_LOOP] = "OpenBSD loopback",
        [LINK_PPP] = "PPP",
        [LINK_PPP_DIRECTION] = "PPP with direction",
        [LINK_PPPOE] = "PPPoE",
        [LINK_CISCO_HDLC] = "Cisco HDLC",
        [LINK_SLIP] = "SLIP",
        [LINK_WIRELESS] = "IEEE 802.11",
        [LINK_RADIOTAP] = "IEEE 802.11 with radiotap",
        [LINK_802154] = "IEEE 802.15.4",
        [LINK_802154_TAP] = "IEEE 802.15.4 TAP",
        [LINK_NFLOG] = "Linux netfilter log",
        [LINK_HCI] = "Bluetooth HCI",
        [LINK_HCI_DIRECTION] = "Bluetooth HCI with direction",
    };
    return names[link];
}

void link_list(char *text, size_t size)
{
    size_t at = 0;
    for (link_type_t link = LINK_ETHERNET; link <= LINK_NFLOG && at < size; ++link) {
        const int length =
            snprintf(text + at, size - at, "%s%s", at == 0 ? "" : ", ", link_name(link));
        at += length < 0 ? size : (size_t)length;
    }
}

/* Keeps `length` bytes of link header for an answer; too many make the frame unanswerable. */
static void keep_link_header(frame_t *frame, const uint8_t *header, uint8_t length)
{
    if (length > FRAME_LINK_MAX - frame->link_length) {
        frame->answerable = false;
        return;
    }
    memcpy(frame->link + frame->link_length, header, length);
    frame->link_length = (uint8_t)(frame->link_length + length);
}

/* The Ethertype of the IP version in the next byte. */
static uint16_t ip_by_version(frame_t *frame)
{
    uint8_t first = 0;
    if (!frame_peek(frame, &first, 1)) {
        return ETHERTYPE_NONE;
    }
    const int version = first >> 4;
    return version == 4 ? ETHERTYPE_IPV4 : version == 6 ? ETHERTYPE_IPV6 : ETHERTYPE_NONE;
}

static bool is_tag(uint16_t type)
{
    return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200;
}

/* IEEE 802.1Q and 802.1ad: any number of tags, each of 4 bytes, so at most a quarter of the frame's
 * length of them. Returns the Ethertype after the last one. */
static uint16_t tags_parse(frame_t *frame, uint16_t type)
{
    if (is_tag(type)) {
        frame_count(frame, PROTOCOL_VLAN);
    }
    while (is_tag(type)) {
        uint8_t tag[TAG_LENGTH];
        if (!frame_peek(frame, tag, TAG_LENGTH)) {
            return ETHERTYPE_NONE;
        }
        keep_link_header(frame, tag, TAG_LENGTH);
        frame_strip(frame, TAG_LENGTH);
        type = load_u16(tag + 2);
    }
    return type;
}

/* RFC 1042: with the organisation code 0 an Ethertype follows. */
static uint16_t snap_parse(frame_t *frame)
{
    uint8_t snap[SNAP_LENGTH];
    if (!frame_peek(frame, snap, SNAP_LENGTH)) {
        return ETHERTYPE_NONE;
    }
    frame_count(frame, PROTOCOL_SNAP);
    frame_strip(frame, SNAP_LENGTH);
    if (snap[0] != 0 || snap[1] != 0 || snap[2] != 0) {
        frame_count(frame, PROTOCOL_OTHER_LINK);
        return ETHERTYPE_NONE;
    }
    return load_u16(snap + 3);
}

/* IEEE 802.2: destination and source service access point, control. */
static uint16_t llc_parse(frame_t *frame)
{
    uint8_t llc[LLC_LENGTH];
    frame->answerable = false;
    if (!frame_peek(frame, llc, LLC_LENGTH)) {
        return ETHERTYPE_NONE;
    }
    frame_count(frame, PROTOCOL_LLC);
    frame_strip(frame, LLC_LENGTH);
    if (llc[0] == LLC_SNAP && llc[1] == LLC_SNAP) {
        return snap_parse(frame);
    }
    frame_count(frame, llc[0] == LLC_STP && llc[1] == LLC_STP ? PROTOCOL_STP : PROTOCOL_OTHER_LINK);
    return ETHERTYPE_NONE;
}

static uint16_t ethernet_parse(frame_t *frame)
{
    uint8_t header[ETHERNET_LENGTH];
    if (!frame_peek(frame, header, ETHERNET_LENGTH)) {
        return ETHERTYPE_NONE;
    }
    frame->answerable = true;
    keep_link_header(frame, header, ETHERNET_LENGTH);
    frame_strip(frame, ETHERNET_LENGTH);
    const uint16_t type = tags_parse(frame, load_u16(header + 12));
    if (type == ETHERTYPE_NONE || type >= ETHERTYPE_MIN) {
        return type;
    }
    frame_limit(frame, type);
    return llc_parse(frame);
}

/* What follows an MPLS label stack says what it is by its first four bits only: 4 and 6 IP, 0 the
 * control word of a pseudowire (RFC 4385), whose packets are taken to be Ethernet (RFC 4448). */
static uint16_t mpls_payload_parse(frame_t *frame)
{
    uint8_t word[LABEL_LENGTH];
    if (!frame_peek(frame, word, LABEL_LENGTH)) {
        return ETHERTYPE_NONE;
    }
    if (word[0] >> 4 != 0) {
        return ip_by_version(frame);
    }
    frame_strip(frame, LABEL_LENGTH);
    return ethernet_parse(frame);
}

/* RFC 3032: labels of 4 bytes, up to the one with the bottom-of-stack bit. */
static uint16_t mpls_parse(frame_t *frame)
{
    uint8_t label[LABEL_LENGTH] = {0};
    frame_count(frame, PROTOCOL_MPLS);
    while ((label[2] & 1U) == 0) {
        if (!frame_peek(frame, label, LABEL_LENGTH)) {
            return ETHERTYPE_NONE;
        }
        frame_strip(frame, LABEL_LENGTH);
    }
    const uint16_t type = mpls_payload_parse(frame);
    frame->answerable = false;
    return type;
}

/* A header of `length` bytes with an Ethertype, or the kind of frame, at `offset`. */
static uint16_t cooked_parse(frame_t *frame, uint16_t length, uint16_t offset)
{
    uint8_t header[COOKED_2_LENGTH];
    if (!frame_peek(frame, header, length)) {
        return ETHERTYPE_NONE;
    }
    frame_strip(frame, length);
    const uint16_t type = tags_parse(frame, load_u16(header + offset));
    return type == COOKED_LLC ? llc_parse(frame) : type;
}

/* The family numbers of IPv6 differ between systems: 10 Linux, 24 NetBSD and OpenBSD, 28 FreeBSD,
 * 30 Darwin. */
static uint16_t type_of_family(uint32_t family)
{
    if (family == 2) {
        return ETHERTYPE_IPV4;
    }
    return family == 10 || family == 24 || family == 28 || family == 30 ? ETHERTYPE_IPV6
                                                                        : ETHERTYPE_NONE;
}

static uint16_t loopback_parse(frame_t *frame, link_type_t link)
{
    uint8_t header[FAMILY_LENGTH];
    if (!frame_peek(frame, header, FAMILY_LENGTH)) {
        return ETHERTYPE_NONE;
    }
    frame_strip(frame, FAMILY_LENGTH);
    uint32_t family = load_u32(header);
    if (link == LINK_NULL && family > 0xffffU) { /* written by a little-endian host */
        family = (uint32_t)header[1] << 8 | header[0];
    }
    return type_of_family(family);
}

/* --- PPP ----------------------------------------------------------------------------------------
 */

/* RFC 1661: the protocol, of one or two bytes, behind address and control where they are there. */
static uint16_t ppp_parse(frame_t *frame)
{
    uint8_t header[2];
    frame->answerable = false;
    if (!frame_peek(frame, header, 2)) {
        return ETHERTYPE_NONE;
    }
    if (header[0] == 0xff && header[1] == 0x03) {
        frame_strip(frame, 2);
        if (!frame_peek(frame, header, 2)) {
            return ETHERTYPE_NONE;
        }
    }
    const bool one = (header[0] & 1U) != 0;
    const uint16_t protocol = one ? header[0] : load_u16(header);
    frame_strip(frame, one ? 1 : 2);
    if (protocol == 0x21 || protocol == 0x57) {
        return protocol == 0x21 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
    }
    frame_count(frame, PROTOCOL_OTHER_LINK);
    return ETHERTYPE_NONE;
}

/* RFC 2516: a session's packet; its length leaves out what pads the Ethernet frame. */
static uint16_t pppoe_parse(frame_t *frame)
{
    uint8_t header[PPPOE_LENGTH];
    frame_count(frame, PROTOCOL_PPPOE);
    frame->answerable = false;
    if (!frame_peek(frame, header, PPPOE_LENGTH)) {
        return ETHERTYPE_NONE;
    }
    frame_strip(frame, PPPOE_LENGTH);
    frame_limit(frame, load_u16(header + 4));
    return ppp_parse(frame);
}

/* A header of `length` bytes whose last two are the Ethertype. */
static uint16_t typed_parse(frame_t *frame, uint16_t length)
{
    uint8_t header[4];
    if (!frame_peek(frame, header, length)) {
        return ETHERTYPE_NONE;
    }
    frame_strip(frame, length);
    return load_u16(header + length - 2);
}

/* Takes `length` bytes off that say nothing of what follows. False if there are fewer. */
static bool skip(frame_t *frame, uint16_t length)
{
    if (frame_length(frame) < length) {
        return frame_malformed(frame);
    }
    frame_strip(frame, length);
    return true;
}

/* --- radio --------------------------------------------------------------------------------------
 */

/* IEEE 802.11: data frames that are not encrypted, with LLC inside. */
static uint16_t wireless_parse(frame_t *frame)
{
    uint8_t header[2];
    if (!frame_peek(frame, header, 2)) {
        return ETHERTYPE_NONE;
    }
    const bool data = (header[0] & 0x0cU) == 0x08U && (header[0] & 0x40U) == 0;
    const bool encrypted = (header[1] & 0x40U) != 0;
    if (!data || encrypted) {
        frame_count(frame, PROTOCOL_OTHER_LINK);
        return ETHERTYPE_NONE;
    }
    const bool quality = (header[0] & 0x80U) != 0;
    const unsigned length = WIRELESS_LENGTH + ((header[1] & 3U) == 3U ? 6U : 0U) +
                            (quality ? 2U : 0U) + (quality && (header[1] & 0x80U) != 0 ? 4U : 0U);
    return skip(frame, (uint16_t)length) ? llc_parse(frame) : ETHERTYPE_NONE;
}

/* A header that says its own length, little-endian, in its third and fourth byte. */
static bool radio_header_parse(frame_t *frame)
{
    uint8_t header[RADIOTAP_LENGTH];
    if (!frame_peek(frame, header, RADIOTAP_LENGTH)) {
        return false;
    }
    const unsigned length = header[2] | (unsigned)header[3] << 8;
    return length >= RADIOTAP_LENGTH ? skip(frame, (uint16_t)length) : frame_malformed(frame);
}

/* IEEE 802.15.4: data frames in the clear, whose addresses have 0, 2 or 8 bytes; of 6LoWPAN
 * (RFC 4944) the dispatch for an IPv6 header that is not compressed. */
static uint16_t ieee802154_parse(frame_t *frame)
{
    uint8_t header[3];
    frame->answerable = false;
    if (!frame_peek(frame, header, 3)) {
        return ETHERTYPE_NONE;
    }
    static const uint8_t address[4] = {0, 0, 2, 8};
    const unsigned to = header[1] >> 2 & 3U;
    const unsigned from = header[1] >> 6;
    const bool one_network = (header[0] & 0x40U) != 0;
    const unsigned length = 3U + (to != 0 ? 2U : 0U) + address[to] +
                            (from != 0 && !one_network ? 2U : 0U) + address[from];
    uint8_t dispatch = 0;
    if ((header[0] & 0x0fU) == 1U && skip(frame, (uint16_t)length) &&
        frame_peek(frame, &dispatch, 1) && dispatch == LOWPAN_IPV6) {
        frame_strip(frame, 1);
        return ETHERTYPE_IPV6;
    }
    frame_count(frame, PROTOCOL_OTHER_LINK);
    return ETHERTYPE_NONE;
}

/* --- netfilter ----------------------------------------------------------------------------------
 */

/* Attributes of length (little-endian), type, value, each padded to 4 bytes; one is the packet. */
static uint16_t nflog_parse(frame_t *frame)
{
    uint8_t attribute[4];
    if (!skip(frame, NFLOG_LENGTH)) {
        return ETHERTYPE_NONE;
    }
    while (frame_length(frame) >= sizeof attribute) {
        frame_peek(frame, attribute, sizeof attribute);
        const unsigned length = attribute[0] | (unsigned)attribute[1] << 8;
        const unsigned type = (attribute[2] | (unsigned)attribute[3] << 8) & 0x7fffU;
        if (length < sizeof attribute) {
            break;
        }
        if (type == NFLOG_PAYLOAD) {
            frame_strip(frame, sizeof attribute);
            return ip_by_version(frame);
        }
        const unsigned padded = (length + 3U) & ~3U;
        if (padded > frame_length(frame)) {
            break;
        }
        frame_strip(frame, (uint16_t)padded);
    }
    frame_malformed(frame);
    return ETHERTYPE_NONE;
}

/* Takes off the outermost header. */
static uint16_t outermost_parse(frame_t *frame, link_type_t link)
{
    switch (link) {
    case LINK_ETHERNET:
        return ethernet_parse(frame);
    case LINK_RAW_IP:
        return ip_by_version(frame);
    case LINK_RAW_IPV4:
        return ETHERTYPE_IPV4;
    case LINK_RAW_IPV6:
        return ETHERTYPE_IPV6;
    case LINK_LINUX_COOKED:
        return cooked_parse(frame, COOKED_LENGTH, 14);
    case LINK_LINUX_COOKED_2:
        return cooked_parse(frame, COOKED_2_LENGTH, 0);
    case LINK_NULL:
    case LINK_LOOP:
        return loopback_parse(frame, link);
    case LINK_PPP:
        return ppp_parse(frame);
    case LINK_PPP_DIRECTION:
        return skip(frame, 1) ? ppp_parse(frame) : ETHERTYPE_NONE;
    case LINK_PPPOE:
        return pppoe_parse(frame);
    case LINK_CISCO_HDLC:
        return typed_parse(frame, 4);
    case LINK_SLIP:
        return skip(frame, SLIP_LENGTH) ? ip_by_version(frame) : ETHERTYPE_NONE;
    case LINK_WIRELESS:
        return wireless_parse(frame);
    case LINK_RADIOTAP:
        return radio_header_parse(frame) ? wireless_parse(frame) : ETHERTYPE_NONE;
    case LINK_802154:
        return ieee802154_parse(frame);
    case LINK_802154_TAP:
        return radio_header_parse(frame) ? ieee802154_parse(frame) : ETHERTYPE_NONE;
    case LINK_NFLOG:
        return nflog_parse(frame);
    case LINK_HCI:
    case LINK_HCI_DIRECTION:
    case LINK_UNKNOWN:
    default:
        return ETHERTYPE_NONE;
    }
}

/* Counts a protocol that is told apart by its Ethertype and not parsed further. */
static void count_ethertype(frame_t *frame, uint16_t type)
{
    static const struct {
        uint16_t type;
        protocol_t protocol;
    } named[] = {
        {0x88cc, PROTOCOL_LLDP},
        {0x888e, PROTOCOL_EAPOL},
        {0x8863, PROTOCOL_PPPOE},
        {0x9000, PROTOCOL_LOOPBACK},
    };
    protocol_t protocol = PROTOCOL_OTHER_LINK;
    for (size_t i = 0; i < LWIP_ARRAYSIZE(named); ++i) {
        protocol = named[i].type == type ? named[i].protocol : protocol;
    }
    frame_count(frame, protocol);
}

uint16_t link_parse(frame_t *frame, link_type_t link)
{
    uint16_t type = outermost_parse(frame, link);
    while (type == 0x8847 || type == 0x8848) { /* each takes 4 bytes or more off the frame */
        type = mpls_parse(frame);
    }
    if (type == 0x8864) {
        type = pppoe_parse(frame);
    }
    if (type == ETHERTYPE_NONE || type == ETHERTYPE_IPV4 || type == ETHERTYPE_ARP ||
        type == ETHERTYPE_IPV6) {
        return type;
    }
    count_ethertype(frame, type);
    return ETHERTYPE_NONE;
}
