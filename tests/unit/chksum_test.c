/* The Internet checksum: every algorithm against a reference that reads byte by byte; chains;
 * pseudo headers; incremental update. */
#include "lwip_memory.h"

#include "cistern/chksum.h"
#include "lwip/inet_chksum.h"

#ifndef LONGEST
#    define LONGEST 4096U
#endif
#define STARTS  64U

/* --- reference -------------------------------------------------------------------------------- */

/* RFC 1071 literally, in network order: one more byte at an even or odd offset. */
static unsigned reference_step(unsigned sum, uint8_t byte, size_t offset)
{
    sum += (offset & 1U) != 0 ? byte : byte * 256U;
    return sum > 0xffffU ? sum - 0xffffU : sum;
}

static unsigned reference(const uint8_t *bytes, size_t length)
{
    unsigned sum = 0;
    for (size_t i = 0; i < length; ++i) {
        sum = reference_step(sum, bytes[i], i);
    }
    return sum;
}

/* A sum in memory order as a number. */
static unsigned value_of(uint16_t sum)
{
    uint8_t bytes[2];
    memcpy(bytes, &sum, 2);
    return bytes[0] * 256U + bytes[1];
}

static uint32_t random_state = 1;

static uint8_t random_byte(void)
{
    random_state = random_state * 1664525U + 1013904223U;
    return (uint8_t)(random_state >> 24);
}

static void fill_randomly(uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; ++i) {
        bytes[i] = random_byte();
    }
}

/* --- algorithms ------------------------------------------------------------------------------- */

typedef uint16_t sum_function_t(const void *data, size_t length);

static uint8_t memory[STARTS + LONGEST + STARTS + 1];

static uint8_t *aligned_memory(void)
{
    return memory + (STARTS - (uintptr_t)memory % STARTS) % STARTS;
}

static void assert_right_at_every_start_and_length(sum_function_t *sum_of)
{
    for (size_t start = 0; start < STARTS; ++start) {
        const uint8_t *const data = aligned_memory() + start;
        unsigned expected = 0;
        for (size_t length = 0; length <= LONGEST; ++length) {
            if (value_of(sum_of(data, length)) != expected) {
                fail_msg("start %zu, length %zu", start, length);
            }
            expected = reference_step(expected, data[length], length);
        }
    }
}

static void assert_right(sum_function_t *sum_of)
{
    fill_randomly(memory, sizeof memory);
    assert_right_at_every_start_and_length(sum_of);
    memset(memory, 0, sizeof memory);
    assert_right_at_every_start_and_length(sum_of);
    memset(memory, 0xff, sizeof memory);
    assert_right_at_every_start_and_length(sum_of);
}

/* All-ones data of any length sums to all ones: carries lost anywhere would show. */
static void assert_right_for_a_long_piece(sum_function_t *sum_of)
{
    static uint8_t data[400001];
    memset(data, 0xff, sizeof data);
    assert_int_equal(value_of(sum_of(data, sizeof data - 1)), 0xffff);
    assert_int_equal(value_of(sum_of(data, sizeof data)), 0xff00);
    fill_randomly(data, sizeof data);
    assert_int_equal(value_of(sum_of(data, sizeof data)), reference(data, sizeof data));
}

#ifndef LWIP_CHKSUM_ALGORITHM /* the build with another algorithm need not test them all again */
static void bytewise_sum_equals_the_reference(void **state)
{
    (void)state;
    assert_right(cistern_chksum_bytes);
    assert_right_for_a_long_piece(cistern_chksum_bytes);
}

static void halfword_sum_equals_the_reference(void **state)
{
    (void)state;
    assert_right(cistern_chksum_halfwords);
    assert_right_for_a_long_piece(cistern_chksum_halfwords);
}

static void word_sum_equals_the_reference(void **state)
{
    (void)state;
    assert_right(cistern_chksum_words);
    assert_right_for_a_long_piece(cistern_chksum_words);
}
#endif

static void chosen_sum_equals_the_reference(void **state)
{
    (void)state;
    assert_right(cistern_chksum_sum);
    assert_right_for_a_long_piece(cistern_chksum_sum);
}

#if defined CISTERN_PORT_CHKSUM && !defined LWIP_CHKSUM_ALGORITHM
static void every_way_of_the_port_equals_the_reference(void **state)
{
    (void)state;
    for (unsigned i = 0; cistern_port_chksum_way(i) != NULL; ++i) {
        print_message("%s\n", cistern_port_chksum_way(i)->name);
        assert_right(cistern_port_chksum_way(i)->sum);
        assert_right_for_a_long_piece(cistern_port_chksum_way(i)->sum);
    }
    assert_right(cistern_port_chksum);
    assert_right_for_a_long_piece(cistern_port_chksum);
}
#endif

static uint16_t sum_of_a_copy(const void *data, size_t length)
{
    static uint8_t copy[LONGEST + STARTS];
    memset(copy, 0xee, length + 1);
    const uint16_t sum = cistern_chksum_copy(copy, data, length);
    assert_true(memcmp(copy, data, length) == 0);
    assert_int_equal(copy[length], 0xee);
    return sum;
}

static void copying_sum_copies_and_equals_the_reference(void **state)
{
    (void)state;
    fill_randomly(memory, sizeof memory);
    assert_right_at_every_start_and_length(sum_of_a_copy);
}

/* --- known answers ---------------------------------------------------------------------------- */

static void sum_of_the_example_in_rfc_1071_is_right(void **state)
{
    (void)state;
    static const uint8_t data[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};
    assert_int_equal(value_of(LWIP_CHKSUM(data, sizeof data)), 0xddf2);
}

static void an_ip_header_with_its_checksum_in_it_sums_to_nothing(void **state)
{
    (void)state;
    uint8_t header[] = {0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                        0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};
    assert_int_equal(inet_chksum(header, sizeof header), 0);
    header[10] = 0;
    header[11] = 0;
    assert_int_equal(value_of(inet_chksum(header, sizeof header)), 0xb861);
}

/* --- chains ----------------------------------------------------------------------------------- */

static struct pbuf *chain_of(uint8_t *data, const size_t *lengths, size_t count)
{
    struct pbuf *chain = NULL;
    for (size_t i = 0; i < count; ++i) {
        struct pbuf *const p = pbuf_alloc_reference(data, (u16_t)lengths[i], PBUF_REF);
        assert_non_null(p);
        data += lengths[i];
        if (chain == NULL) {
            chain = p;
        } else {
            pbuf_cat(chain, p);
        }
    }
    return chain;
}

static void cut_of_a_packet_into_fragments_does_not_change_its_checksum(void **state)
{
    (void)state;
    uint8_t data[24];
    fill_randomly(data, sizeof data);
    for (size_t a = 0; a <= sizeof data; ++a) {
        for (size_t b = 0; a + b <= sizeof data; ++b) {
            const size_t lengths[] = {a, b, sizeof data - a - b};
            struct pbuf *const chain = chain_of(data, lengths, 3);
            assert_int_equal(value_of(inet_chksum_pbuf(chain)),
                             0xffffU ^ reference(data, sizeof data));
            pbuf_free(chain);
        }
    }
}

/* --- pseudo headers --------------------------------------------------------------------------- */

#define PROTOCOL 17

static const ip4_addr_t ip4_source = {PP_HTONL(0xc0a80001U)};
static const ip4_addr_t ip4_target = {PP_HTONL(0xc0a800c7U)};
static const ip6_addr_t ip6_source = {
    {PP_HTONL(0xfe800000U), 0, PP_HTONL(0x02163effU), PP_HTONL(0x12345678U)}};
static const ip6_addr_t ip6_target = {{PP_HTONL(0xff020000U), 0, 0, PP_HTONL(0x000000fbU)}};

/* The pseudo header as bytes, followed by the data; returns their length. */
static size_t flat_packet(uint8_t *flat, const void *source, const void *target, size_t address,
                          const uint8_t *data, size_t length, size_t told)
{
    const uint8_t rest[] = {0, PROTOCOL, (uint8_t)(told >> 8), (uint8_t)told};
    memcpy(flat, source, address);
    memcpy(flat + address, target, address);
    memcpy(flat + 2 * address, rest, sizeof rest);
    memcpy(flat + 2 * address + sizeof rest, data, length);
    return 2 * address + sizeof rest + length;
}

static void pseudo_headers_count_as_if_they_stood_before_the_data(void **state)
{
    (void)state;
    uint8_t data[41];
    uint8_t flat[128];
    fill_randomly(data, sizeof data);
    const size_t lengths[] = {7, 0, 19, 15};
    struct pbuf *const chain = chain_of(data, lengths, 4);

    size_t length = flat_packet(flat, &ip4_source, &ip4_target, 4, data, 41, 41);
    assert_int_equal(value_of(inet_chksum_pseudo(chain, PROTOCOL, 41, &ip4_source, &ip4_target)),
                     0xffffU ^ reference(flat, length));
    length = flat_packet(flat, &ip6_source, &ip6_target, 16, data, 41, 41);
    assert_int_equal(value_of(ip6_chksum_pseudo(chain, PROTOCOL, 41, &ip6_source, &ip6_target)),
                     0xffffU ^ reference(flat, length));
    pbuf_free(chain);
}

static void partial_checksum_covers_just_the_first_bytes(void **state)
{
    (void)state;
    uint8_t data[41];
    uint8_t flat[128];
    fill_randomly(data, sizeof data);
    const size_t lengths[] = {7, 0, 19, 15};
    struct pbuf *const chain = chain_of(data, lengths, 4);
    for (u16_t covered = 0; covered <= 45; ++covered) {
        const size_t there = covered < 41 ? covered : 41;
        size_t length = flat_packet(flat, &ip4_source, &ip4_target, 4, data, there, 41);
        assert_int_equal(value_of(inet_chksum_pseudo_partial(chain, PROTOCOL, 41, covered,
                                                             &ip4_source, &ip4_target)),
                         0xffffU ^ reference(flat, length));
        length = flat_packet(flat, &ip6_source, &ip6_target, 16, data, there, 41);
        assert_int_equal(value_of(ip6_chksum_pseudo_partial(chain, PROTOCOL, 41, covered,
                                                            &ip6_source, &ip6_target)),
                         0xffffU ^ reference(flat, length));
    }
    pbuf_free(chain);
}

static void partial_checksum_of_40000_bytes_is_right(void **state)
{
    (void)state;
    static uint8_t data[50001];
    static uint8_t flat[50100];
    fill_randomly(data, sizeof data);
    const size_t lengths[] = {20001, 30000};
    struct pbuf *const chain = chain_of(data, lengths, 2);
    const size_t length = flat_packet(flat, &ip4_source, &ip4_target, 4, data, 40000, 50001);
    assert_int_equal(value_of(inet_chksum_pseudo_partial(chain, PROTOCOL, 50001, 40000, &ip4_source,
                                                         &ip4_target)),
                     0xffffU ^ reference(flat, length));
    pbuf_free(chain);
}

static void checksum_by_kind_of_address_takes_the_pseudo_header_of_that_kind(void **state)
{
    (void)state;
    uint8_t data[5] = {1, 2, 3, 4, 5};
    const size_t lengths[] = {5};
    struct pbuf *const chain = chain_of(data, lengths, 1);
#if LWIP_IPV6
    const ip_addr_t source4 = {.u_addr.ip4 = ip4_source, .type = IPADDR_TYPE_V4};
    const ip_addr_t target4 = {.u_addr.ip4 = ip4_target, .type = IPADDR_TYPE_V4};
    const ip_addr_t source6 = {.u_addr.ip6 = ip6_source, .type = IPADDR_TYPE_V6};
    const ip_addr_t target6 = {.u_addr.ip6 = ip6_target, .type = IPADDR_TYPE_V6};
    assert_int_equal(ip_chksum_pseudo(chain, PROTOCOL, 5, &source6, &target6),
                     ip6_chksum_pseudo(chain, PROTOCOL, 5, &ip6_source, &ip6_target));
    assert_int_equal(ip_chksum_pseudo_partial(chain, PROTOCOL, 5, 3, &source6, &target6),
                     ip6_chksum_pseudo_partial(chain, PROTOCOL, 5, 3, &ip6_source, &ip6_target));
#else
    const ip_addr_t source4 = ip4_source;
    const ip_addr_t target4 = ip4_target;
#endif
    assert_int_equal(ip_chksum_pseudo(chain, PROTOCOL, 5, &source4, &target4),
                     inet_chksum_pseudo(chain, PROTOCOL, 5, &ip4_source, &ip4_target));
    assert_int_equal(ip_chksum_pseudo_partial(chain, PROTOCOL, 5, 3, &source4, &target4),
                     inet_chksum_pseudo_partial(chain, PROTOCOL, 5, 3, &ip4_source, &ip4_target));
    pbuf_free(chain);
}

static void checksum_of_nothing_is_refused(void **state)
{
    (void)state;
    assert_int_equal(inet_chksum_pbuf(NULL), 0);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, NULL);
    assert_int_equal(inet_chksum_pseudo(NULL, PROTOCOL, 0, &ip4_source, &ip4_target), 0);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, NULL);
    assert_int_equal(ip6_chksum_pseudo(NULL, PROTOCOL, 0, &ip6_source, &ip6_target), 0);
    assert_one_fault(CISTERN_FAULT_ARGUMENT, NULL);
}

/* --- update ----------------------------------------------------------------------------------- */

static void update_gives_the_checksum_of_the_changed_packet(void **state)
{
    (void)state;
    uint8_t packet[40];
    for (size_t offset = 0; offset < sizeof packet; ++offset) {
        for (size_t length = 0; offset + length <= sizeof packet; ++length) {
            uint8_t before[sizeof packet];
            fill_randomly(packet, sizeof packet);
            memcpy(before, packet, sizeof packet);
            const uint16_t old_checksum = inet_chksum(packet, sizeof packet);
            fill_randomly(packet + offset, length);
            assert_int_equal(cistern_chksum_update(old_checksum, before + offset, packet + offset,
                                                   length, offset),
                             inet_chksum(packet, sizeof packet));
        }
    }
}

/* The case in which RFC 1141 went wrong: the new checksum is 0x0000, not 0xffff. */
static void update_of_the_example_in_rfc_1624_is_right(void **state)
{
    (void)state;
    assert_int_equal(cistern_chksum_update16(0xdd2f, 0x5555, 0x3285), 0x0000);
}

/* --- filling ---------------------------------------------------------------------------------- */

static void filling_with_sum_adds_up_to_the_sum_of_the_packet(void **state)
{
    (void)state;
    uint8_t data[50];
    fill_randomly(data, sizeof data);
    for (u16_t cut = 1; cut < sizeof data; ++cut) {
        struct pbuf *const p = pbuf_alloc(PBUF_RAW, sizeof data, PBUF_RAM);
        u16_t sum = 0;
        assert_int_equal(pbuf_fill_chksum(p, 0, data, cut, &sum), ERR_OK);
        assert_int_equal(pbuf_fill_chksum(p, cut, data + cut, (u16_t)(sizeof data - cut), &sum),
                         ERR_OK);
        assert_memory_equal(p->payload, data, sizeof data);
        assert_int_equal(value_of(sum), reference(data, sizeof data));
        pbuf_free(p);
    }
}

static void filling_past_the_end_is_refused(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 10, PBUF_RAM);
    u16_t sum = 7;
    memset(p->payload, 0, 10);
    assert_int_equal(pbuf_fill_chksum(p, 8, "abc", 3, &sum), ERR_ARG);
    assert_int_equal(pbuf_fill_chksum(p, 11, "abc", 1, &sum), ERR_ARG);
    assert_int_equal(pbuf_fill_chksum(p, 0, "abc", 0, &sum), ERR_ARG);
    assert_int_equal(sum, 7);
    assert_memory_equal(p->payload, "\0\0\0\0\0\0\0\0\0\0", 10);
    pbuf_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifndef LWIP_CHKSUM_ALGORITHM
        test(bytewise_sum_equals_the_reference),
        test(halfword_sum_equals_the_reference),
        test(word_sum_equals_the_reference),
#endif
        test(chosen_sum_equals_the_reference),
#if defined CISTERN_PORT_CHKSUM && !defined LWIP_CHKSUM_ALGORITHM
        test(every_way_of_the_port_equals_the_reference),
#endif
        test(copying_sum_copies_and_equals_the_reference),
        test(sum_of_the_example_in_rfc_1071_is_right),
        test(an_ip_header_with_its_checksum_in_it_sums_to_nothing),
        test(cut_of_a_packet_into_fragments_does_not_change_its_checksum),
        test(pseudo_headers_count_as_if_they_stood_before_the_data),
        test(partial_checksum_covers_just_the_first_bytes),
        test(partial_checksum_of_40000_bytes_is_right),
        test(checksum_by_kind_of_address_takes_the_pseudo_header_of_that_kind),
        test(checksum_of_nothing_is_refused),
        test(update_gives_the_checksum_of_the_changed_packet),
        test(update_of_the_example_in_rfc_1624_is_right),
        test(filling_with_sum_adds_up_to_the_sum_of_the_packet),
        test(filling_past_the_end_is_refused),
    };
    return cmocka_run_group_tests(tests, memory_start, NULL);
}
