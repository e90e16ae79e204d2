/* SPDX-License-Identifier: BSD-3-Clause */
/* LWIP_CHKSUM in place of every sum of memory, with the prototypes that lwIP documents. */
#include "lwip_memory.h"

#include "chksum_reference.h"
#include "cistern/pbuf.h"
#include "lwip/inet_chksum.h"

#define LONG 100001U

static u8_t data[LONG];
static u8_t copy[LONG];
static size_t counted; /* bytes that own_chksum has summed */

unsigned short own_chksum(const void *memory, OWN_LENGTH length)
{
    assert_true((size_t)length <= 0x7fffU);
    counted += (size_t)length;
    return cistern_chksum_bytes(memory, (size_t)length);
}

static int fill(void **state)
{
    fill_randomly(data, sizeof data);
    counted = 0;
    return memory_start(state);
}

static void assert_counted(size_t bytes)
{
    assert_int_equal(counted, bytes);
    counted = 0;
}

static void sum_of_memory_is_the_users(void **state)
{
    (void)state;
    assert_int_equal(value_of(inet_chksum(data, 1001)), 0xffffU ^ reference(data, 1001));
    assert_counted(1001);
    assert_int_equal(value_of(inet_chksum(data, 0xffff)), 0xffffU ^ reference(data, 0xffff));
    assert_counted(0xffff);
}

static void sum_of_a_copy_is_the_users(void **state)
{
    (void)state;
    assert_int_equal(value_of(lwip_chksum_copy(copy, data, 999)), reference(data, 999));
    assert_memory_equal(copy, data, 999);
    assert_counted(999);
    assert_int_equal(value_of(LWIP_CHKSUM_COPY(copy, data, 64)), reference(data, 64));
    assert_counted(64);
}

static void sum_of_what_fills_a_packet_is_the_users(void **state)
{
    (void)state;
    u16_t sum = 0;
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, 200, PBUF_RAM);
    assert_int_equal(pbuf_fill_chksum(p, 0, data, 200, &sum), ERR_OK);
    assert_int_equal(value_of(sum), reference(data, 200));
    assert_counted(200);
    pbuf_free(p);
}

static void sum_of_a_chain_and_its_pseudo_header_is_the_users(void **state)
{
    (void)state;
    static const ip4_addr_t from4 = {1}, to4 = {2};
    static const ip6_addr_t from6 = {{1, 2, 3, 4}}, to6 = {{5, 6, 7, 8}};
    struct pbuf *const p = pbuf_alloc_reference(data, 301, PBUF_REF);
    pbuf_cat(p, pbuf_alloc_reference(data + 301, 200, PBUF_REF));
    assert_int_equal(value_of(inet_chksum_pbuf(p)), 0xffffU ^ reference(data, 501));
    assert_counted(501);
    (void)inet_chksum_pseudo(p, 17, 501, &from4, &to4);
    assert_counted(501);
    (void)inet_chksum_pseudo_partial(p, 17, 501, 302, &from4, &to4);
    assert_counted(302);
    (void)ip6_chksum_pseudo(p, 17, 501, &from6, &to6);
    assert_counted(501 + 32);
    pbuf_free(p);
}

static void sum_of_a_copy_out_of_a_chain_is_the_users(void **state)
{
    (void)state;
    uint16_t sum = 0;
    struct pbuf *const p = pbuf_alloc_reference(data, 301, PBUF_REF);
    pbuf_cat(p, pbuf_alloc_reference(data + 301, 200, PBUF_REF));
    assert_int_equal(cistern_pbuf_copy_sum(p, copy, 400, 100, &sum), 400);
    assert_int_equal(value_of(sum), reference(data + 100, 400));
    assert_memory_equal(copy, data + 100, 400);
    assert_counted(400);
    pbuf_free(p);
}

#if CISTERN_PBUF_LEN_32
static void lengths_above_64_kib_are_summed_in_pieces(void **state)
{
    (void)state;
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, LONG, PBUF_RAM);
    memcpy(p->payload, data, LONG);
    assert_int_equal(value_of(inet_chksum_pbuf(p)), 0xffffU ^ reference(data, LONG));
    assert_counted(LONG);
    assert_int_equal(value_of(lwip_chksum_copy(copy, data, LONG)), reference(data, LONG));
    assert_memory_equal(copy, data, LONG);
    assert_counted(LONG);
    pbuf_free(p);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(sum_of_memory_is_the_users, fill),
        cmocka_unit_test_setup(sum_of_a_copy_is_the_users, fill),
        cmocka_unit_test_setup(sum_of_what_fills_a_packet_is_the_users, fill),
        cmocka_unit_test_setup(sum_of_a_chain_and_its_pseudo_header_is_the_users, fill),
        cmocka_unit_test_setup(sum_of_a_copy_out_of_a_chain_is_the_users, fill),
#if CISTERN_PBUF_LEN_32
        cmocka_unit_test_setup(lengths_above_64_kib_are_summed_in_pieces, fill),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
