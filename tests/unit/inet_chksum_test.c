/* SPDX-License-Identifier: BSD-3-Clause */
/* The Internet checksum of chains, with and without pseudo headers, and of what fills one. */
#include "lwip_memory.h"

#include "chksum_reference.h"
#include "lwip/inet_chksum.h"

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

static void chain_above_64_kib_is_summed_to_its_end(void **state)
{
    (void)state;
    static uint8_t data[32768];
    const u16_t last = PP_HTONS(0x1234);
    struct pbuf *const chain = pbuf_alloc_reference(data, 32768, PBUF_REF);
    pbuf_cat(chain, pbuf_alloc_reference(data, 32768, PBUF_REF));
    pbuf_cat(chain, pbuf_alloc_reference((void *)(uintptr_t)&last, sizeof last, PBUF_REF));
    assert_int_equal(value_of(inet_chksum_pbuf(chain)), 0xffffU ^ 0x1234U);
    pbuf_free(chain);
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
                          const uint8_t *data, size_t length, size_t claimed)
{
    const uint8_t rest[] = {0, PROTOCOL, (uint8_t)(claimed >> 8), (uint8_t)claimed};
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

#if CISTERN_PBUF_LEN_32
static void filling_with_sum_copies_more_than_64_kib(void **state)
{
    (void)state;
    static uint8_t data[70000];
    static uint8_t filled[sizeof data];
    u16_t sum = 0;
    fill_randomly(data, sizeof data);
    struct pbuf *const p = pbuf_alloc_reference(filled, sizeof filled, PBUF_REF);
    assert_int_equal(pbuf_fill_chksum(p, 0, data, sizeof data, &sum), ERR_OK);
    assert_memory_equal(filled, data, sizeof data);
    assert_int_equal(value_of(sum), reference(data, sizeof data));
    pbuf_free(p);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(cut_of_a_packet_into_fragments_does_not_change_its_checksum),
        test(chain_above_64_kib_is_summed_to_its_end),
        test(pseudo_headers_count_as_if_they_stood_before_the_data),
        test(partial_checksum_covers_just_the_first_bytes),
        test(partial_checksum_of_40000_bytes_is_right),
        test(checksum_by_kind_of_address_takes_the_pseudo_header_of_that_kind),
        test(checksum_of_nothing_is_refused),
        test(filling_with_sum_adds_up_to_the_sum_of_the_packet),
        test(filling_past_the_end_is_refused),
#if CISTERN_PBUF_LEN_32
        test(filling_with_sum_copies_more_than_64_kib),
#endif
    };
    return cmocka_run_group_tests(tests, memory_start, NULL);
}
