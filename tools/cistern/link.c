/* link.c - Ethernet, LLC and SNAP, tags, MPLS, Linux cooked, BSD loopback, raw IP. */
#include "link.h"

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
    };
    for (size_t i = 0; i < LWIP_ARRAYSIZE(known); ++i) {
        if (known[i].dlt == dlt) {
            return known[i].link;
        }
    }
    return LINK_UNKNOWN;
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
    };
    return names[link];
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
        {0x88cc, PROTOCOL_LLDP},  {0x888e, PROTOCOL_EAPOL},    {0x8863, PROTOCOL_PPPOE},
        {0x8864, PROTOCOL_PPPOE}, {0x9000, PROTOCOL_LOOPBACK},
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
    if (type == ETHERTYPE_NONE || type == ETHERTYPE_IPV4 || type == ETHERTYPE_ARP ||
        type == ETHERTYPE_IPV6) {
        return type;
    }
    count_ethertype(frame, type);
    return ETHERTYPE_NONE;
}
