/* SPDX-License-Identifier: BSD-3-Clause */
/* The Internet sum of memory: every algorithm against a reference that reads byte by byte; copies;
 * incremental update. */
#include "support.h"

#include "chksum_reference.h"
#include "cistern/chksum.h"
#include "lwip/inet_chksum.h"

#ifndef LONGEST
#    define LONGEST 4096U
#endif
#ifndef LONG_PIECE
#    define LONG_PIECE 400001U
#endif
#define STARTS 64U

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
static void assert_right_for_a_long_odd_piece(sum_function_t *sum_of)
{
    static uint8_t data[LONG_PIECE];
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
    assert_right_for_a_long_odd_piece(cistern_chksum_bytes);
}

static void halfword_sum_equals_the_reference(void **state)
{
    (void)state;
    assert_right(cistern_chksum_halfwords);
    assert_right_for_a_long_odd_piece(cistern_chksum_halfwords);
}

static void word_sum_equals_the_reference(void **state)
{
    (void)state;
    assert_right(cistern_chksum_words);
    assert_right_for_a_long_odd_piece(cistern_chksum_words);
}
#endif

static void chosen_sum_equals_the_reference(void **state)
{
    (void)state;
    assert_right(cistern_chksum_sum);
    assert_right_for_a_long_odd_piece(cistern_chksum_sum);
}

#if defined CISTERN_CHKSUM_VECTORS && !defined LWIP_CHKSUM_ALGORITHM
/* The last is the one that is used. */
static void strategies_are_those_that_the_processor_has(void **state)
{
    (void)state;
#    if defined _WIN32 /* whose stack is not aligned for wider vectors */
    assert_non_null(cistern_chksum_strategy(1));
    assert_null(cistern_chksum_strategy(2));
#    elif defined __x86_64__ || defined __i386__
    assert_int_equal(cistern_chksum_strategy(1) != NULL, __builtin_cpu_supports("sse2") != 0);
    assert_int_equal(cistern_chksum_strategy(2) != NULL, __builtin_cpu_supports("avx2") != 0);
    assert_int_equal(cistern_chksum_strategy(3) != NULL, __builtin_cpu_supports("avx512f") != 0);
#    else
    assert_non_null(cistern_chksum_strategy(1));
#    endif
}

static void every_strategy_of_the_host_equals_the_reference(void **state)
{
    (void)state;
    for (unsigned i = 0; cistern_chksum_strategy(i) != NULL; ++i) {
        print_message("%s\n", cistern_chksum_strategy(i)->name);
        assert_right(cistern_chksum_strategy(i)->sum);
        assert_right_for_a_long_odd_piece(cistern_chksum_strategy(i)->sum);
    }
}
#endif

/* --- copies ----------------------------------------------------------------------------------- */

typedef uint16_t copy_function_t(void *target, const void *source, size_t length);

/* To a target of every alignment; not a byte before and behind it is written. What the copy before
 * left there are the same bytes one place off. */
static void assert_copy_right(copy_function_t *copy)
{
    static uint8_t copied[STARTS + LONGEST + 1];
    for (size_t start = 0; start < STARTS; ++start) {
        const uint8_t *const data = aligned_memory() + start;
        unsigned expected = 0;
        for (size_t length = 0; length <= LONGEST; ++length) {
            uint8_t *const target = copied + 1 + (start * 5 + length) % (STARTS - 1);
            target[-1] = target[length] = 0xee;
            if (value_of(copy(target, data, length)) != expected ||
                memcmp(target, data, length) != 0 || target[-1] != 0xee || target[length] != 0xee) {
                fail_msg("start %zu, length %zu", start, length);
            }
            expected = reference_step(expected, data[length], length);
        }
    }
}

static void copying_sum_copies_and_equals_the_reference(void **state)
{
    (void)state;
    fill_randomly(memory, sizeof memory);
    assert_copy_right(cistern_chksum_copy);
}

#if defined CISTERN_CHKSUM_VECTORS && !defined LWIP_CHKSUM_ALGORITHM
static void every_strategy_of_the_host_copies_and_equals_the_reference(void **state)
{
    (void)state;
    fill_randomly(memory, sizeof memory);
    for (unsigned i = 0; cistern_chksum_strategy(i) != NULL; ++i) {
        assert_copy_right(cistern_chksum_strategy(i)->copy);
    }
}
#endif

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

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifndef LWIP_CHKSUM_ALGORITHM
        test(bytewise_sum_equals_the_reference),
        test(halfword_sum_equals_the_reference),
        test(word_sum_equals_the_reference),
#endif
        test(chosen_sum_equals_the_reference),
#if defined CISTERN_CHKSUM_VECTORS && !defined LWIP_CHKSUM_ALGORITHM
        test(strategies_are_those_that_the_processor_has),
        test(every_strategy_of_the_host_equals_the_reference),
#endif
        test(copying_sum_copies_and_equals_the_reference),
#if defined CISTERN_CHKSUM_VECTORS && !defined LWIP_CHKSUM_ALGORITHM
        test(every_strategy_of_the_host_copies_and_equals_the_reference),
#endif
        test(sum_of_the_example_in_rfc_1071_is_right),
        test(an_ip_header_with_its_checksum_in_it_sums_to_nothing),
        test(update_gives_the_checksum_of_the_changed_packet),
        test(update_of_the_example_in_rfc_1624_is_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
