/* SPDX-License-Identifier: BSD-3-Clause */
/* The parser of `cistern replay`: what it counts, verifies and answers, packet by packet. */
#include "support.h"

#include <stdio.h>

#include "cistern/pool.h"
#include "lwip/mem.h"
#include "lwip/pbuf.h"

#include "memory.h"
#include "network.h"
#include "reassembly.h"
#include "survey.h"
#include "tool/packets.h"

/* --- the place in which packets are handled --------------------------------------------------- */

enum { POOL_COUNT = 96, SMALL_ELEMENT = 16 };

/* An answer as it went out. */
typedef struct sent {
    unsigned count;
    size_t length;
    uint8_t bytes[8192];
    bool payload_in_pool; /* behind its header it is chained, not copied */
    bool header_on_heap;
} sent_t;

typedef struct place {
    tally_t tally;
    reassembly_t reassembly;
    frame_host_t host;
    sent_t sent;
    uint64_t number;
    uint32_t seconds;
    size_t missing; /* bytes that the snap length cuts off */
} place_t;

static void keep_answer(void *context, const struct pbuf *answer)
{
    sent_t *const sent = context;
    ++sent->count;
    sent->length = pbuf_copy_partial(answer, sent->bytes, sizeof sent->bytes, 0);
    sent->header_on_heap = pbuf_match_type(answer, PBUF_RAM);
    sent->payload_in_pool = answer->next != NULL && pbuf_match_type(answer->next, PBUF_POOL);
}

static void open_memory(uint16_t pool_size)
{
    const options_t options = {.pool_count = POOL_COUNT, .pool_size = pool_size, .heap = 4096};
    assert_true(memory_open(&options));
    memory_restart();
}

static void open_place(place_t *place)
{
    memset(place, 0, sizeof *place);
    reassembly_init(&place->reassembly, &place->tally, POOL_COUNT / 2);
    place->host = (frame_host_t){.tally = &place->tally,
                                 .reassembly = &place->reassembly,
                                 .output = keep_answer,
                                 .output_context = &place->sent};
}

static int setup_small(void **state)
{
    static place_t place;
    *state = &place;
    open_memory(SMALL_ELEMENT);
    open_place(&place);
    return faults_watch(state);
}

static size_t held(void)
{
    memory_usage_t usage;
    memory_measure(&usage);
    return memory_held(&usage);
}

/* After each test: nothing is held, nothing was misused. */
static int teardown(void **state)
{
    place_t *const place = *state;
    while (reassembly_give_up_oldest(&place->reassembly)) {
    }
    assert_int_equal(held(), 0);
    assert_no_fault();
    memory_close();
    return sections_balanced(state);
}

static void handle_on(place_t *place, link_type_t link, const packet_t *packet)
{
    struct pbuf *const data = pbuf_alloc(PBUF_RAW, (pbuf_len_t)packet->length, PBUF_POOL);
    assert_non_null(data);
    if (packet->length > 0) {
        assert_int_equal(pbuf_take(data, packet->bytes, (pbuf_len_t)packet->length), ERR_OK);
    }
    data->frame_number = ++place->number;
    data->frame_seconds = place->seconds;
    data->wire_length = (uint32_t)(packet->length + place->missing);
    network_handle(&place->host, link, data);
}

static void handle(place_t *place, const packet_t *packet)
{
    handle_on(place, LINK_ETHERNET, packet);
}

static void assert_checksums(const place_t *place, checksum_t checksum, uint64_t good, uint64_t bad,
                             uint64_t absent)
{
    assert_int_equal(place->tally.checksums[checksum][VERDICT_GOOD], good);
    assert_int_equal(place->tally.checksums[checksum][VERDICT_BAD], bad);
    assert_int_equal(place->tally.checksums[checksum][VERDICT_ABSENT], absent);
}

static void assert_protocol(const place_t *place, protocol_t protocol, uint64_t count)
{
    assert_int_equal(place->tally.protocols[protocol], count);
}

/* --- checksums -------------------------------------------------------------------------------- */

static packet_t tcp_frame(size_t payload)
{
    packet_t packet = packet_payload(payload);
    packet_tcp(&packet, 4);
    packet_ipv4(&packet, PACKET_TCP);
    packet_ethernet(&packet, 0x0800);
    return packet;
}

static packet_t echo_frame(size_t payload)
{
    packet_t packet = packet_payload(payload);
    packet_echo(&packet, 4);
    packet_ipv4(&packet, PACKET_ICMP);
    packet_ethernet(&packet, 0x0800);
    return packet;
}

static packet_t echo6_frame(size_t payload)
{
    packet_t packet = packet_payload(payload);
    packet_echo(&packet, 6);
    packet_ipv6(&packet, PACKET_ICMPV6);
    packet_ethernet(&packet, 0x86dd);
    return packet;
}

static void a_right_checksum_is_good_and_every_changed_byte_makes_it_bad(void **state)
{
    place_t *const place = *state;
    const packet_t good = tcp_frame(33);
    handle(place, &good);
    assert_checksums(place, CHECKSUM_IPV4, 1, 0, 0);
    assert_checksums(place, CHECKSUM_TCP, 1, 0, 0);

    for (size_t at = 14 + 20; at < good.length; ++at) { /* behind the IP header */
        packet_t changed = good;
        changed.bytes[at] ^= 0x20;
        handle(place, &changed);
    }

    assert_checksums(place, CHECKSUM_IPV4, 1 + 20 + 33, 0, 0);
    assert_checksums(place, CHECKSUM_TCP, 1, 20 + 33, 0);
}

static void a_bad_ipv4_header_checksum_is_counted_and_the_packet_parsed_on(void **state)
{
    place_t *const place = *state;
    packet_t packet = packet_udp_frame(5, 99);
    packet.bytes[14 + 8] ^= 1; /* time to live */
    handle(place, &packet);
    assert_checksums(place, CHECKSUM_IPV4, 0, 1, 0);
    assert_checksums(place, CHECKSUM_UDP, 1, 0, 0);
}

static void udp_without_a_checksum_is_absent_in_ipv4_and_bad_in_ipv6(void **state)
{
    place_t *const place = *state;
    packet_t v4 = packet_udp_frame(5, 99);
    packet_set_u16(&v4, 14 + 20 + 6, 0);
    packet_t v6 = packet_payload(5);
    packet_udp(&v6, 6, 99);
    packet_set_u16(&v6, 6, 0);
    packet_ipv6(&v6, PACKET_UDP);
    packet_ethernet(&v6, 0x86dd);

    handle(place, &v4);
    assert_checksums(place, CHECKSUM_UDP, 0, 0, 1);
    handle(place, &v6);
    assert_checksums(place, CHECKSUM_UDP, 0, 1, 1);
}

static void padding_behind_the_ip_packet_is_no_part_of_the_checksum(void **state)
{
    place_t *const place = *state;
    packet_t packet = packet_udp_frame(3, 99);
    packet_put(&packet, "not part of it", 14);
    handle(place, &packet);
    assert_checksums(place, CHECKSUM_UDP, 1, 0, 0);
    assert_int_equal(place->tally.malformed.count, 0);
}

static void a_frame_cut_by_the_snap_length_is_parsed_as_far_as_it_goes(void **state)
{
    place_t *const place = *state;
    packet_t packet = tcp_frame(100);
    place->missing = 60;
    packet.length -= place->missing;
    handle(place, &packet);
    assert_protocol(place, PROTOCOL_TCP, 1);
    assert_checksums(place, CHECKSUM_IPV4, 1, 0, 0);
    assert_checksums(place, CHECKSUM_TCP, 0, 0, 1);
    assert_int_equal(place->tally.cut.count, 1);
    assert_int_equal(place->tally.cut.first, 1);
    assert_int_equal(place->tally.malformed.count, 0);
}

/* --- links and headers ------------------------------------------------------------------------ */

static packet_t ip_packet(void)
{
    packet_t packet = packet_payload(7);
    packet_udp(&packet, 4, 99);
    packet_ipv4(&packet, PACKET_UDP);
    return packet;
}

static void tags_are_taken_off_and_counted_once_per_packet(void **state)
{
    place_t *const place = *state;
    packet_t packet = ip_packet();
    packet_ethernet(&packet, 0x88a8, 7, 0x8100, 42, 0x0800);
    handle(place, &packet);
    assert_protocol(place, PROTOCOL_VLAN, 1);
    assert_checksums(place, CHECKSUM_UDP, 1, 0, 0);
}

static void mpls_labels_are_taken_off_ip_and_pseudowires(void **state)
{
    place_t *const place = *state;
    packet_t packet = ip_packet();
    packet_ethernet(&packet, 0x8847, 0x0001, 0x00ff, 0x0002, 0x01ff);
    handle(place, &packet);
    assert_protocol(place, PROTOCOL_MPLS, 1);
    assert_checksums(place, CHECKSUM_UDP, 1, 0, 0);

    packet_t wire = ip_packet();
    packet_ethernet(&wire, 0x0800);
    packet_ethernet(&wire, 0x8847, 0x0001, 0x01ff, 0, 0); /* a label, a control word */
    handle(place, &wire);
    assert_protocol(place, PROTOCOL_MPLS, 2);
    assert_checksums(place, CHECKSUM_UDP, 2, 0, 0);
}

static void llc_and_snap_are_distinguished_from_ethertypes(void **state)
{
    place_t *const place = *state;
    packet_t stp = {.length = 3, .bytes = {0x42, 0x42, 3}};
    packet_ethernet(&stp, 3);
    packet_t snap = ip_packet();
    packet_words(&snap, 0xaaaa, 0x0300, 0, 0x0800);
    packet_ethernet(&snap, (uint16_t)snap.length);
    handle(place, &stp);
    handle(place, &snap);
    assert_protocol(place, PROTOCOL_LLC, 2);
    assert_protocol(place, PROTOCOL_STP, 1);
    assert_protocol(place, PROTOCOL_SNAP, 1);
    assert_checksums(place, CHECKSUM_UDP, 1, 0, 0);
}

static void every_link_type_leads_to_ip(void **state)
{
    place_t *const place = *state;
    packet_t raw = ip_packet();
    handle_on(place, LINK_RAW_IP, &raw);
    handle_on(place, LINK_RAW_IPV4, &raw);
    packet_t cooked = ip_packet();
    packet_words(&cooked, 0, 1, 6, 0x0200, 0, 2, 0, 0x0800);
    handle_on(place, LINK_LINUX_COOKED, &cooked);
    packet_t cooked2 = ip_packet();
    packet_words(&cooked2, 0x0800, 0, 0, 1, 1, 6, 0x0200, 0, 2, 0);
    handle_on(place, LINK_LINUX_COOKED_2, &cooked2);
    packet_t little = ip_packet();
    packet_words(&little, 0x0200, 0);
    handle_on(place, LINK_NULL, &little);
    packet_t big = ip_packet();
    packet_words(&big, 0, 2);
    handle_on(place, LINK_NULL, &big);
    handle_on(place, LINK_LOOP, &big);
    assert_checksums(place, CHECKSUM_UDP, 7, 0, 0);
    assert_protocol(place, PROTOCOL_IPV4, 7);
}

/* The links of devices without Ethernet, each before the same packet. */
static void links_of_modems_and_radios_lead_to_ip(void **state)
{
    place_t *const place = *state;
    static const struct {
        link_type_t link;
        size_t length;
        uint8_t header[44];
    } links[] = {
        {LINK_PPP, 4, {0xff, 3, 0, 0x21}},
        {LINK_PPP, 2, {0, 0x21}},
        {LINK_PPP, 1, {0x21}},
        {LINK_PPP_DIRECTION, 5, {1, 0xff, 3, 0, 0x21}},
        {LINK_PPPOE, 8, {0x11, 0, 0, 7, 0, 37, 0, 0x21}},
        {LINK_ETHERNET, 22, {2, 0,    0,    0,    0, 1, 2, 0, 0,  0, 0,
                             2, 0x88, 0x64, 0x11, 0, 0, 7, 0, 37, 0, 0x21}},
        {LINK_CISCO_HDLC, 4, {0x0f, 0, 8, 0}},
        {LINK_SLIP, 16, {1}},
        {LINK_WIRELESS, 32, {8, 2, [24] = 0xaa, 0xaa, 3, 0, 0, 0, 8, 0}},
        {LINK_WIRELESS, 34, {0x88, 2, [26] = 0xaa, 0xaa, 3, 0, 0, 0, 8, 0}},
        {LINK_WIRELESS, 38, {8, 3, [30] = 0xaa, 0xaa, 3, 0, 0, 0, 8, 0}},
        {LINK_RADIOTAP, 40, {0, 0, 8, 0, 0, 0, 0, 0, 8, 2, [32] = 0xaa, 0xaa, 3, 0, 0, 0, 8, 0}},
        {LINK_NFLOG, 16, {2, 0, 0, 0, 5, 0, 1, 0, 9, 0, 0, 0, 37, 0, 9, 0}},
    };
    const size_t count = sizeof links / sizeof links[0];
    for (size_t i = 0; i < count; ++i) {
        packet_t header = {0};
        packet_t packet = ip_packet();
        packet_put(&header, links[i].header, links[i].length);
        packet_wrap(&packet, &header);
        handle_on(place, links[i].link, &packet);
        if (place->tally.checksums[CHECKSUM_UDP][VERDICT_GOOD] != i + 1) {
            fail_msg("link %zu: %s", i, link_name(links[i].link));
        }
    }
    packet_t six = packet_payload(5);
    packet_udp(&six, 6, 99);
    packet_ipv6(&six, PACKET_UDP);
    const uint8_t radio[] = {0x41, 0x88, 1, 0xcd, 0xab, 0, 1, 0, 2, 0x41};
    packet_t header = {0};
    packet_put(&header, radio, sizeof radio);
    packet_wrap(&six, &header);
    handle_on(place, LINK_802154, &six);
    assert_checksums(place, CHECKSUM_UDP, count + 1, 0, 0);
}

static void what_links_hide_or_contradict_is_counted_and_ends_there(void **state)
{
    place_t *const place = *state;
    static const struct {
        link_type_t link;
        size_t length;
        uint8_t header[32];
    } links[] = {
        {LINK_WIRELESS, 24, {8, 0x42}},   /* encrypted */
        {LINK_WIRELESS, 24, {0x80, 0}},   /* a beacon */
        {LINK_WIRELESS, 24, {0x48, 0}},   /* no data */
        {LINK_RADIOTAP, 8, {0, 0, 3, 0}}, /* shorter than its own header */
        {LINK_RADIOTAP, 8, {0, 0, 0xff, 0xff}},
        {LINK_NFLOG, 8, {2, 0, 0, 0, 3, 0, 1, 0}},
        {LINK_NFLOG, 8, {2, 0, 0, 0, 0xff, 0xff, 1, 0}},
        {LINK_802154, 3, {0x40, 0x98, 1}}, /* a beacon */
        {LINK_PPP, 2, {0xc0, 0x21}},       /* link control */
        {LINK_PPPOE, 8, {0x11, 0, 0, 7, 0xff, 0xff, 0xc0, 0x21}},
        {LINK_SLIP, 3, {0}},
    };
    for (size_t i = 0; i < sizeof links / sizeof links[0]; ++i) {
        packet_t packet = {0};
        packet_put(&packet, links[i].header, links[i].length);
        handle_on(place, links[i].link, &packet);
    }
    assert_protocol(place, PROTOCOL_IPV4, 0);
    assert_protocol(place, PROTOCOL_IPV6, 0);
}

static void ipv4_options_are_part_of_the_header(void **state)
{
    place_t *const place = *state;
    packet_t packet = ip_packet();
    packet_t with_options = {0};
    packet_put(&with_options, packet.bytes, 20);
    packet_put(&with_options, (const uint8_t[]){0x94, 4, 0, 0}, 4); /* router alert */
    with_options.bytes[0] = 0x46;
    packet_set_u16(&with_options, 2, packet.length + 4);
    packet_set_u16(&with_options, 10, 0);
    packet_finish(&with_options, 10, 0, 0);
    packet_put(&with_options, packet.bytes + 20, packet.length - 20);
    packet_ethernet(&with_options, 0x0800);
    handle(place, &with_options);
    assert_checksums(place, CHECKSUM_IPV4, 1, 0, 0);
    assert_checksums(place, CHECKSUM_UDP, 1, 0, 0);
}

static void ipv6_extension_headers_are_walked(void **state)
{
    place_t *const place = *state;
    packet_t packet = packet_payload(7);
    packet_udp(&packet, 6, 99);
    packet_words(&packet, 0x1101, 0x010c, 0, 0, 0, 0, 0, 0); /* destination options, 16 bytes */
    packet_words(&packet, 0x3c00, 0x0104, 0, 0);             /* hop by hop, 8 bytes */
    packet_ipv6(&packet, 0);
    packet_ethernet(&packet, 0x86dd);
    handle(place, &packet);
    assert_protocol(place, PROTOCOL_IPV6, 1);
    assert_checksums(place, CHECKSUM_UDP, 1, 0, 0);
}

static void a_routing_header_on_its_way_hides_what_the_checksum_covers(void **state)
{
    place_t *const place = *state;
    packet_t packet = packet_payload(7);
    packet_udp(&packet, 6, 99);
    packet_words(&packet, 0x1100, 0x0001, 0, 0); /* one segment left */
    packet_ipv6(&packet, 43);
    packet_ethernet(&packet, 0x86dd);
    handle(place, &packet);
    assert_checksums(place, CHECKSUM_UDP, 0, 0, 1);
}

/* --- wrong lengths ---------------------------------------------------------------------------- */

static void assert_malformed(place_t *place, const packet_t *packet)
{
    const uint64_t before = place->tally.malformed.count;
    handle(place, packet);
    assert_int_equal(place->tally.malformed.count, before + 1);
}

static void lengths_that_contradict_the_frame_are_malformed(void **state)
{
    place_t *const place = *state;
    packet_t packet = packet_udp_frame(9, 99);
    packet_set_u16(&packet, 14 + 2, 20 + 8 + 10); /* IP: one byte more than there is */
    assert_malformed(place, &packet);
    packet = packet_udp_frame(9, 99);
    packet_set_u16(&packet, 14 + 2, 19); /* IP: less than its header */
    assert_malformed(place, &packet);
    packet = packet_udp_frame(9, 99);
    packet.bytes[14] = 0x44; /* IP: a header of 16 bytes */
    assert_malformed(place, &packet);
    packet = packet_udp_frame(9, 99);
    packet_set_u16(&packet, 14 + 20 + 4, 7); /* UDP: less than its header */
    assert_malformed(place, &packet);
    packet = packet_udp_frame(9, 99);
    packet_set_u16(&packet, 14 + 20 + 4, 18); /* UDP: one byte more than there is */
    assert_malformed(place, &packet);
    packet = tcp_frame(9);
    packet.bytes[14 + 20 + 12] = 0x40; /* TCP: a header of 16 bytes */
    assert_malformed(place, &packet);
    packet = (packet_t){.length = 13};
    assert_malformed(place, &packet);
    assert_int_equal(place->tally.malformed.first, 1);
}

static packet_t fragment_frame(size_t id, size_t from, size_t to, bool more);

/* Packets of every kind, to be damaged. */
static packet_t specimen(unsigned kind)
{
    packet_t packet = {0};
    switch (kind) {
    case 0:
        return packet_udp_frame(20, 7);
    case 1:
        return tcp_frame(20);
    case 2:
        return echo_frame(20);
    case 3:
        return echo6_frame(20);
    case 4:
        return fragment_frame(9, 0, 24, true);
    case 5:
        packet = packet_payload(16);
        packet_words(&packet, 0x1100, 0x0001, 0, 9); /* a fragment header */
        packet_words(&packet, 0x2c00, 0x0104, 0, 0);
        packet_ipv6(&packet, 0);
        packet_ethernet(&packet, 0x8100, 3, 0x86dd);
        return packet;
    default:
        packet_words(&packet, 1, 0x0800, 0x0604, 1, 0x0200, 0, 2, 0xc000, 0x0202, 0, 0, 0, 0xc000,
                     0x0201);
        packet_ethernet(&packet, 0x0806);
        return packet;
    }
}

enum { SPECIMENS = 7 };

static void a_packet_that_ends_anywhere_neither_crashes_nor_leaks(void **state)
{
    place_t *const place = *state;
    for (unsigned kind = 0; kind < SPECIMENS; ++kind) {
        const packet_t whole = specimen(kind);
        for (size_t length = 0; length < whole.length; ++length) {
            packet_t part = whole;
            part.length = length;
            place->missing = 0;
            handle(place, &part);
            place->missing = whole.length - length;
            handle(place, &part);
        }
    }
    assert_int_equal(place->tally.handled, place->number);
    assert_true(place->tally.malformed.count > 0);
    assert_true(place->tally.cut.count > 0);
}

static void a_packet_with_any_byte_changed_neither_crashes_nor_leaks(void **state)
{
    place_t *const place = *state;
    static const uint8_t changes[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    for (unsigned kind = 0; kind < SPECIMENS; ++kind) {
        const packet_t whole = specimen(kind);
        for (size_t at = 0; at < whole.length; ++at) {
            for (size_t i = 0; i < sizeof changes; ++i) {
                packet_t changed = whole;
                changed.bytes[at] = changes[i];
                handle(place, &changed);
            }
        }
    }
    assert_int_equal(place->tally.handled, place->number);
}

/* --- fragments -------------------------------------------------------------------------------- */

/* Bytes `from` to `to` of a UDP datagram of 8 + 40 bytes, as a fragment. */
static packet_t fragment_frame(size_t id, size_t from, size_t to, bool more)
{
    packet_t whole = packet_payload(40);
    packet_udp(&whole, 4, 99);
    packet_t part = {0};
    packet_put(&part, whole.bytes + from, to - from);
    packet_ipv4_fragment(&part, PACKET_UDP, id, from / 8 | (more ? 0x2000U : 0));
    packet_ethernet(&part, 0x0800);
    return part;
}

static void handle_fragment(place_t *place, size_t id, size_t from, size_t to)
{
    const packet_t packet = fragment_frame(id, from, to, to < 48);
    handle(place, &packet);
}

static void fragments_in_any_order_make_the_datagram(void **state)
{
    place_t *const place = *state;
    static const size_t starts[6][3] = {{0, 16, 32}, {0, 32, 16}, {16, 0, 32},
                                        {16, 32, 0}, {32, 0, 16}, {32, 16, 0}};
    for (size_t order = 0; order < 6; ++order) {
        for (size_t i = 0; i < 3; ++i) {
            assert_checksums(place, CHECKSUM_UDP, order, 0, 0);
            handle_fragment(place, order, starts[order][i], starts[order][i] + 16);
        }
        assert_checksums(place, CHECKSUM_UDP, order + 1, 0, 0);
    }
    assert_int_equal(place->tally.reassembled, 6);
    assert_int_equal(place->tally.incomplete, 0);
    assert_protocol(place, PROTOCOL_FRAGMENT, 18);
    assert_protocol(place, PROTOCOL_UDP, 6);
    assert_int_equal(held(), 0);
}

static void a_duplicate_fragment_changes_nothing(void **state)
{
    place_t *const place = *state;
    handle_fragment(place, 1, 16, 48);
    const size_t before = held();
    handle_fragment(place, 1, 16, 48);
    assert_int_equal(held(), before);
    handle_fragment(place, 1, 0, 16);
    assert_checksums(place, CHECKSUM_UDP, 1, 0, 0);
}

static void overlapping_fragments_give_the_datagram_up(void **state)
{
    place_t *const place = *state;
    handle_fragment(place, 1, 0, 24);
    handle_fragment(place, 1, 16, 48);
    assert_int_equal(place->tally.incomplete, 1);
    assert_checksums(place, CHECKSUM_UDP, 0, 0, 1);
    assert_int_equal(held(), 0);
}

static void fragments_beyond_the_end_give_the_datagram_up(void **state)
{
    place_t *const place = *state;
    packet_t last = fragment_frame(1, 16, 24, false);
    handle(place, &last);
    handle_fragment(place, 1, 32, 40);
    assert_int_equal(place->tally.incomplete, 1);
    assert_int_equal(held(), 0);
}

static void a_fifth_datagram_gives_up_the_oldest(void **state)
{
    place_t *const place = *state;
    for (size_t id = 1; id <= 5; ++id) {
        handle_fragment(place, id, 0, 16);
    }
    assert_int_equal(place->tally.incomplete, 1);
    handle_fragment(place, 2, 16, 48);
    assert_checksums(place, CHECKSUM_UDP, 1, 0, 1);
    handle_fragment(place, 1, 16, 48); /* its first part is gone */
    assert_checksums(place, CHECKSUM_UDP, 1, 0, 1);
}

static void a_datagram_is_given_up_after_a_minute(void **state)
{
    place_t *const place = *state;
    place->seconds = 1000;
    handle_fragment(place, 1, 0, 16);
    place->seconds = 1061;
    handle_fragment(place, 1, 16, 48);
    assert_int_equal(place->tally.incomplete, 1);
    assert_int_equal(place->tally.reassembled, 0);
}

static void datagrams_hold_half_the_pool_at_most(void **state)
{
    place_t *const place = *state;
    for (size_t id = 1; id <= 4; ++id) { /* each wants 20 elements of 16 bytes, the limit is 48 */
        packet_t part = packet_payload(320);
        packet_ipv4_fragment(&part, PACKET_UDP, id, 0x2000);
        packet_ethernet(&part, 0x0800);
        handle(place, &part);
        assert_true(held() <= POOL_COUNT / 2);
    }
    assert_int_equal(place->tally.incomplete, 2);
}

static void a_cut_fragment_leaves_its_datagram_incomplete(void **state)
{
    place_t *const place = *state;
    packet_t first = fragment_frame(1, 0, 16, true);
    place->missing = 4;
    first.length -= 4;
    handle(place, &first);
    place->missing = 0;
    handle_fragment(place, 1, 16, 48);
    assert_checksums(place, CHECKSUM_UDP, 0, 0, 1);
    assert_int_equal(place->tally.reassembled, 0);
}

static void ipv6_fragments_make_the_datagram(void **state)
{
    place_t *const place = *state;
    packet_t whole = packet_payload(40);
    packet_udp(&whole, 6, 99);
    for (size_t i = 0; i < 3; ++i) {
        packet_t part = {0};
        packet_put(&part, whole.bytes + 16 * i, 16);
        packet_words(&part, 0x1100, (uint16_t)(16 * i + (i < 2 ? 1 : 0)), 0xabcd, 0x1234);
        packet_ipv6(&part, 44);
        packet_ethernet(&part, 0x86dd);
        handle(place, &part);
    }
    assert_checksums(place, CHECKSUM_UDP, 1, 0, 0);
    assert_int_equal(place->tally.reassembled, 1);
}

/* --- answers ---------------------------------------------------------------------------------- */

/* The answer as a packet, to be parsed in turn. */
static packet_t answer_of(const place_t *place)
{
    packet_t packet = {0};
    packet_put(&packet, place->sent.bytes, place->sent.length);
    return packet;
}

static void an_arp_request_is_answered_for_whoever_was_asked(void **state)
{
    place_t *const place = *state;
    const packet_t request = specimen(SPECIMENS - 1);
    handle(place, &request);
    static const uint8_t expected[42] = {
        2, 0, 0, 0, 0, 2, 2,   0, 0, 0, 0, 1, 8, 6,               /* to the asker */
        0, 1, 8, 0, 6, 4, 0,   2, 2, 0, 0, 0, 0, 1, 192, 0, 2, 1, /* from the address asked for */
        2, 0, 0, 0, 0, 2, 192, 0, 2, 2};
    assert_int_equal(place->tally.answers[ANSWER_ARP], 1);
    assert_int_equal(place->sent.length, sizeof expected);
    assert_memory_equal(place->sent.bytes, expected, sizeof expected);
}

static void an_echo_goes_back_with_the_payload_chained_not_copied(void **state)
{
    place_t *const place = *state;
    const packet_t request = echo_frame(100);
    handle(place, &request);
    const packet_t answer = answer_of(place);
    assert_int_equal(place->tally.answers[ANSWER_ICMP_ECHO], 1);
    assert_true(place->sent.header_on_heap);
    assert_true(place->sent.payload_in_pool);
    assert_int_equal(answer.length, request.length);
    assert_memory_equal(answer.bytes, request.bytes + 6, 6);
    assert_memory_equal(answer.bytes + 6, request.bytes, 6);
    assert_memory_equal(answer.bytes + 14 + 12, packet_device4, 4);
    assert_memory_equal(answer.bytes + 14 + 16, packet_host4, 4);
    assert_int_equal(answer.bytes[14 + 20], 0);
    assert_memory_equal(answer.bytes + 14 + 24, request.bytes + 14 + 24, 104);

    handle(place, &answer);
    assert_checksums(place, CHECKSUM_IPV4, 2, 0, 0);
    assert_checksums(place, CHECKSUM_ICMP, 2, 0, 0);
    assert_int_equal(place->sent.count, 1);
}

static void an_echo_over_ipv6_and_over_udp_carries_a_right_checksum(void **state)
{
    place_t *const place = *state;
    const packet_t echo6 = echo6_frame(51);
    handle(place, &echo6);
    packet_t answer = answer_of(place);
    handle(place, &answer);
    assert_int_equal(place->tally.answers[ANSWER_ICMPV6_ECHO], 1);
    assert_checksums(place, CHECKSUM_ICMPV6, 2, 0, 0);

    const packet_t udp = packet_udp_frame(51, 7);
    handle(place, &udp);
    answer = answer_of(place);
    handle(place, &answer);
    assert_int_equal(place->tally.answers[ANSWER_UDP_ECHO], 1);
    assert_checksums(place, CHECKSUM_UDP, 2, 0, 0);
    assert_memory_equal(answer.bytes + 14 + 20 + 8, udp.bytes + 14 + 20 + 8, 51);
}

static void a_broadcast_is_answered_from_the_hosts_own_hardware_address(void **state)
{
    place_t *const place = *state;
    static const uint8_t own[6] = {2, 0, 0, 0, 0, 1};
    packet_t request = specimen(SPECIMENS - 1);
    memset(request.bytes, 0xff, 6);
    handle(place, &request);
    assert_int_equal(place->tally.answers[ANSWER_ARP], 1);
    assert_memory_equal(place->sent.bytes, request.bytes + 6, 6);
    assert_memory_equal(place->sent.bytes + 6, own, 6);
}

/* RFC 768: a checksum that comes out as 0 is sent as all ones. */
static void a_udp_answer_never_says_that_it_has_no_checksum(void **state)
{
    place_t *const place = *state;
    packet_t payload = {.length = 2};
    packet_t probe = payload;
    packet_udp(&probe, 4, 7);
    memcpy(payload.bytes, probe.bytes + 6, 2); /* makes the sum all ones */
    packet_udp(&payload, 4, 7);
    assert_int_equal(payload.bytes[6] | payload.bytes[7], 0);
    packet_set_u16(&payload, 6, 0xffff);
    packet_ipv4(&payload, PACKET_UDP);
    packet_ethernet(&payload, 0x0800);
    handle(place, &payload);
    assert_checksums(place, CHECKSUM_UDP, 1, 0, 0);
    assert_int_equal(place->tally.answers[ANSWER_UDP_ECHO], 1);
    assert_int_equal(place->sent.bytes[14 + 20 + 6], 0xff);
    assert_int_equal(place->sent.bytes[14 + 20 + 7], 0xff);
}

static void an_answer_keeps_the_tags_of_the_request(void **state)
{
    place_t *const place = *state;
    packet_t request = packet_payload(0);
    packet_echo(&request, 4);
    packet_ipv4(&request, PACKET_ICMP);
    packet_ethernet(&request, 0x88a8, 7, 0x8100, 42, 0x0800);
    handle(place, &request);
    assert_int_equal(place->sent.length, request.length);
    assert_memory_equal(place->sent.bytes + 12, request.bytes + 12, 10);
}

static void a_reassembled_echo_is_answered_whole(void **state)
{
    place_t *const place = *state;
    packet_t echo = packet_payload(120);
    packet_echo(&echo, 4);
    for (size_t i = 0; i < 2; ++i) {
        packet_t part = {0};
        packet_put(&part, echo.bytes + 64 * i, 64);
        packet_ipv4_fragment(&part, PACKET_ICMP, 5, i == 0 ? 0x2000U : 8U);
        packet_ethernet(&part, 0x0800);
        handle(place, &part);
    }
    assert_int_equal(place->tally.answers[ANSWER_ICMP_ECHO], 1);
    assert_int_equal(place->sent.length, 14 + 20 + 128);
}

/* Changes an address in the IPv4 header of a frame, at 12 or 16, and mends the checksum. */
static void set_address(packet_t *frame, size_t at, const uint8_t *address)
{
    memcpy(frame->bytes + 14 + at, address, 4);
    packet_set_u16(frame, 14 + 10, 0);
    packet_set_u16(frame, 14 + 10, packet_checksum(packet_sum(0, frame->bytes + 14, 20)));
}

static void bad_multicast_and_incomplete_requests_are_not_answered(void **state)
{
    place_t *const place = *state;
    packet_t bad = echo_frame(9);
    bad.bytes[bad.length - 1] ^= 1;
    handle(place, &bad);
    packet_t damaged = echo_frame(9);
    damaged.bytes[14 + 8] ^= 1; /* hops */
    handle(place, &damaged);
    for (size_t at = 12; at <= 16; at += 4) {
        packet_t group = echo_frame(9);
        set_address(&group, at, (const uint8_t[]){224, 0, 0, 1});
        handle(place, &group);
    }
    assert_checksums(place, CHECKSUM_IPV4, 3, 1, 0);
    packet_t cut = echo_frame(9);
    place->missing = 1;
    --cut.length;
    handle(place, &cut);
    assert_int_equal(place->sent.count, 0);
}

static void a_known_device_answers_for_its_own_addresses_alone(void **state)
{
    place_t *const place = *state;
    device_t device;
    assert_true(device_read(&device, "192.0.2.1"));
    place->host.device = &device;
    const packet_t own = echo_frame(9);
    packet_t other = echo_frame(9);
    set_address(&other, 16, (const uint8_t[]){192, 0, 2, 99});
    handle(place, &own);
    handle(place, &other);
    assert_int_equal(place->sent.count, 1);
    place->host.device = NULL;
    handle(place, &other);
    assert_int_equal(place->sent.count, 2);
}

static void without_heap_an_answer_fails_and_the_request_is_freed(void **state)
{
    place_t *const place = *state;
    void *hold[64];
    size_t count = 0;
    while (count < 64 && (hold[count] = mem_malloc(64)) != NULL) {
        ++count;
    }
    const packet_t request = echo_frame(30);
    handle(place, &request);
    assert_int_equal(place->tally.answers[ANSWER_FAILED], 1);
    assert_int_equal(place->tally.answers[ANSWER_ICMP_ECHO], 0);
    assert_int_equal(held(), count);
    while (count > 0) {
        mem_free(hold[--count]);
    }
}

#define place_test(function) cmocka_unit_test_setup_teardown(function, setup_small, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        place_test(a_right_checksum_is_good_and_every_changed_byte_makes_it_bad),
        place_test(a_bad_ipv4_header_checksum_is_counted_and_the_packet_parsed_on),
        place_test(udp_without_a_checksum_is_absent_in_ipv4_and_bad_in_ipv6),
        place_test(padding_behind_the_ip_packet_is_no_part_of_the_checksum),
        place_test(a_frame_cut_by_the_snap_length_is_parsed_as_far_as_it_goes),
        place_test(tags_are_taken_off_and_counted_once_per_packet),
        place_test(mpls_labels_are_taken_off_ip_and_pseudowires),
        place_test(llc_and_snap_are_distinguished_from_ethertypes),
        place_test(every_link_type_leads_to_ip),
        place_test(links_of_modems_and_radios_lead_to_ip),
        place_test(what_links_hide_or_contradict_is_counted_and_ends_there),
        place_test(ipv4_options_are_part_of_the_header),
        place_test(ipv6_extension_headers_are_walked),
        place_test(a_routing_header_on_its_way_hides_what_the_checksum_covers),
        place_test(lengths_that_contradict_the_frame_are_malformed),
        place_test(a_packet_that_ends_anywhere_neither_crashes_nor_leaks),
        place_test(a_packet_with_any_byte_changed_neither_crashes_nor_leaks),
        place_test(fragments_in_any_order_make_the_datagram),
        place_test(a_duplicate_fragment_changes_nothing),
        place_test(overlapping_fragments_give_the_datagram_up),
        place_test(fragments_beyond_the_end_give_the_datagram_up),
        place_test(a_fifth_datagram_gives_up_the_oldest),
        place_test(a_datagram_is_given_up_after_a_minute),
        place_test(datagrams_hold_half_the_pool_at_most),
        place_test(a_cut_fragment_leaves_its_datagram_incomplete),
        place_test(ipv6_fragments_make_the_datagram),
        place_test(an_arp_request_is_answered_for_whoever_was_asked),
        place_test(an_echo_goes_back_with_the_payload_chained_not_copied),
        place_test(an_echo_over_ipv6_and_over_udp_carries_a_right_checksum),
        place_test(a_broadcast_is_answered_from_the_hosts_own_hardware_address),
        place_test(a_udp_answer_never_says_that_it_has_no_checksum),
        place_test(an_answer_keeps_the_tags_of_the_request),
        place_test(a_reassembled_echo_is_answered_whole),
        place_test(bad_multicast_and_incomplete_requests_are_not_answered),
        place_test(a_known_device_answers_for_its_own_addresses_alone),
        place_test(without_heap_an_answer_fails_and_the_request_is_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
