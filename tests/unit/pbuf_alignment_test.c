/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets and sums that start and are cut at any address: where a processor refuses misaligned
 * words, any such access ends the test. The reference goes byte by byte. */
#include "lwip_memory.h"

#include "cistern/chksum.h"
#include "cistern/pbuf.h"
#include "lwip/def.h"
#include "lwip/inet_chksum.h"
#include "lwip/pbuf.h"

#define STARTS 8
#define LENGTH 37

static uint8_t memory[STARTS + LENGTH];
static uint8_t other[STARTS + LENGTH];

/* A packet of two fragments, `cut` bytes and the rest, that starts `start` bytes into memory. */
static struct pbuf *packet_at(unsigned start, unsigned cut)
{
    for (unsigned i = 0; i < sizeof memory; ++i) {
        memory[i] = (uint8_t)(i * 37U + 11U);
        other[i] = 0;
    }
    struct pbuf *const p = pbuf_alloc_reference(memory + start, (pbuf_len_t)cut, PBUF_REF);
    pbuf_cat(p, pbuf_alloc_reference(memory + start + cut, (pbuf_len_t)(LENGTH - cut), PBUF_REF));
    return p;
}

/* RFC 1071 by pairs of bytes; the result is in memory order, as the library's is. */
static u16_t sum_of(const uint8_t *bytes, size_t length)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < length; ++i) {
        sum += (i % 2 == 0) ? (uint32_t)bytes[i] << 8 : bytes[i];
    }
    while (sum > 0xffffU) {
        sum = (sum & 0xffffU) + (sum >> 16);
    }
    return lwip_htons((u16_t)sum);
}

static void for_each_start_and_cut(void (*check)(struct pbuf *p, unsigned start))
{
    for (unsigned start = 0; start < STARTS; ++start) {
        for (unsigned cut = 0; cut <= LENGTH; ++cut) {
            struct pbuf *const p = packet_at(start, cut);
            check(p, start);
            assert_int_equal(pbuf_free(p), 2);
        }
    }
    assert_no_fault();
}

static void check_copies(struct pbuf *p, unsigned start)
{
    uint8_t *const out = other + (start * 3U) % STARTS;
    assert_int_equal(pbuf_copy_partial(p, out, LENGTH, 0), LENGTH);
    assert_memory_equal(out, memory + start, LENGTH);
    assert_int_equal(pbuf_memcmp(p, 0, out, LENGTH), 0);
    assert_int_equal(pbuf_memfind(p, out + 5, LENGTH - 5, 0), 5);
    for (unsigned i = 0; i < LENGTH; ++i) {
        out[i] = (uint8_t)~out[i];
    }
    assert_int_equal(pbuf_take(p, out, LENGTH), ERR_OK);
    assert_memory_equal(memory + start, out, LENGTH);
}

static void bytes_are_copied_and_compared_from_any_start(void **state)
{
    (void)state;
    for_each_start_and_cut(check_copies);
}

static void check_numbers(struct pbuf *p, unsigned start)
{
    uint8_t *const bytes = memory + start;
    for (pbuf_len_t i = 0; i + 4 <= LENGTH; ++i) {
        uint32_t value;
        assert_true(cistern_pbuf_get_be(p, i, 4, &value));
        assert_int_equal(value >> 16, bytes[i] * 256U + bytes[i + 1]);
        assert_true(cistern_pbuf_put_le(p, i, 4, value));
        assert_int_equal(bytes[i], value & 0xffU);
        assert_int_equal(bytes[i + 3], value >> 24);
    }
}

static void numbers_are_read_and_written_at_any_address(void **state)
{
    (void)state;
    for_each_start_and_cut(check_numbers);
}

static void check_sums(struct pbuf *p, unsigned start)
{
    const u16_t sum = sum_of(memory + start, LENGTH);
    uint16_t copied = 0;
    uint8_t *const out = other + (start * 5U) % STARTS;
    assert_int_equal(cistern_chksum_sum(memory + start, LENGTH), sum);
    assert_int_equal((u16_t)~inet_chksum(memory + start, LENGTH), sum);
    assert_int_equal((u16_t)~inet_chksum_pbuf(p), sum);
    assert_int_equal(cistern_pbuf_copy_sum(p, out, LENGTH, 0, &copied), LENGTH);
    assert_int_equal(copied, sum);
    assert_memory_equal(out, memory + start, LENGTH);
}

static void sums_from_any_start_equal_those_by_bytes(void **state)
{
    (void)state;
    for_each_start_and_cut(check_sums);
}

static void check_headers(struct pbuf *p, unsigned start)
{
    const pbuf_len_t front = p->len < 3 ? p->len : 3;
    assert_int_equal(pbuf_remove_header(p, front), 0);
    assert_ptr_equal(p->payload, memory + start + front);
    assert_int_equal(pbuf_add_header_force(p, front), 0);
    assert_int_equal(p->tot_len, LENGTH);
}

static void headers_of_odd_lengths_come_and_go(void **state)
{
    (void)state;
    for_each_start_and_cut(check_headers);
}

static void own_memory_may_be_odd_too(void **state)
{
    (void)state;
    for (unsigned shift = 0; shift < 4; ++shift) {
        struct pbuf *const p = pbuf_alloc(PBUF_LINK, LENGTH, PBUF_RAM);
        uint16_t sum = 0;
        assert_int_equal(pbuf_remove_header(p, shift), 0);
        assert_int_equal(pbuf_fill_chksum(p, 1, memory + 1, 20, &sum), ERR_OK);
        assert_memory_equal((uint8_t *)p->payload + 1, memory + 1, 20);
        assert_int_equal(pbuf_free(p), 1);
    }
}

PACK_STRUCT_BEGIN
struct packed_header {
    PACK_STRUCT_FLD_8(u8_t kind);
    PACK_STRUCT_FIELD(u32_t address);
    PACK_STRUCT_FIELD(u16_t length);
} PACK_STRUCT_STRUCT;
PACK_STRUCT_END

static void check_packed(struct pbuf *p, unsigned start)
{
    struct packed_header *const header = (struct packed_header *)(void *)(memory + start);
    header->address = lwip_htonl(0x01020304);
    header->length = lwip_htons(0x0506);
    assert_memory_equal(memory + start + 1, "\1\2\3\4\5\6", 6);
    assert_int_equal(lwip_ntohl(header->address), 0x01020304);
    assert_int_equal(pbuf_memcmp(p, 1, "\1\2\3\4\5\6", 6), 0);
}

static void a_packed_header_may_lie_at_any_address(void **state)
{
    (void)state;
    for_each_start_and_cut(check_packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(bytes_are_copied_and_compared_from_any_start),
        test(numbers_are_read_and_written_at_any_address),
        test(sums_from_any_start_equal_those_by_bytes),
        test(headers_of_odd_lengths_come_and_go),
        test(own_memory_may_be_odd_too),
        test(a_packed_header_may_lie_at_any_address),
    };
    return cmocka_run_group_tests(tests, memory_start, memory_is_back);
}
