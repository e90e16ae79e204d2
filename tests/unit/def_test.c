/* SPDX-License-Identifier: BSD-3-Clause */
/* Byte order, packing and the string functions: what a user can see of them. */
#include "support.h"

#include <stdio.h>

#include "host.h"
#include "lwip/def.h"

/* --- byte order ------------------------------------------------------------------------------- */

static void network_order_puts_the_highest_byte_first(void **state)
{
    (void)state;
    const u16_t half = lwip_htons(0x1234);
    const u32_t word = lwip_htonl(0x12345678);
    assert_memory_equal(&half, "\x12\x34", 2);
    assert_memory_equal(&word, "\x12\x34\x56\x78", 4);
    assert_int_equal(lwip_ntohs(half), 0x1234);
    assert_int_equal(lwip_ntohl(word), 0x12345678);
}

static void byte_order_of_constants_equals_that_of_the_functions(void **state)
{
    (void)state;
    static const u16_t half = PP_HTONS(0x89ab); /* a constant expression */
    static const u32_t word = PP_HTONL(0x89abcdefU);
    assert_int_equal(half, lwip_htons(0x89ab));
    assert_int_equal(word, lwip_htonl(0x89abcdefU));
    assert_int_equal(PP_NTOHS(half), 0x89ab);
    assert_int_equal(PP_NTOHL(word), 0x89abcdefU);
}

#if BYTE_ORDER == LITTLE_ENDIAN
static void byte_order_is_there_as_functions_too(void **state)
{
    (void)state;
    assert_int_equal((lwip_htons)(0x1234), 0x3412);
    assert_int_equal((lwip_htonl)(0x12345678U), 0x78563412U);
}
#endif

static void an_argument_is_evaluated_once(void **state)
{
    (void)state;
    u16_t half = 1;
    u32_t word = 1;
    assert_int_equal(lwip_ntohs(lwip_htons(half++)), 1);
    assert_int_equal(lwip_ntohl(lwip_htonl(word++)), 1);
    assert_int_equal(half, 2);
    assert_int_equal(word, 2);
}

static void names_of_the_sockets_interface_are_those_of_lwip(void **state)
{
    (void)state;
    assert_int_equal(htons(0x1234), lwip_htons(0x1234));
    assert_int_equal(ntohs(0x1234), lwip_ntohs(0x1234));
    assert_int_equal(htonl(0x12345678U), lwip_htonl(0x12345678U));
    assert_int_equal(ntohl(0x12345678U), lwip_ntohl(0x12345678U));
}

#if BYTE_ORDER == LITTLE_ENDIAN && defined OWN_SWAP
unsigned own_swaps;

/* The short name is swapped by the compiler where it has to be the system's own: see def.h. */
#    ifdef _WIN32
#        define OWN_SHORT_NAMES 0
#    else
#        define OWN_SHORT_NAMES 1
#    endif

static void the_ports_own_byte_swap_replaces_the_compilers(void **state)
{
    (void)state;
    own_swaps = 0;
    assert_int_equal(lwip_htons(0x1234), 0x3412);
    assert_int_equal(lwip_ntohl(0x12345678U), 0x78563412U);
    assert_int_equal(htons(0x1234), 0x3412);
    assert_int_equal((lwip_htonl)(0x12345678U), 0x78563412U);
    assert_int_equal(own_swaps, 3 + OWN_SHORT_NAMES);
}
#endif

static void a_word_is_made_of_four_bytes_and_no_more(void **state)
{
    (void)state;
    assert_int_equal(LWIP_MAKEU32(0x1ff, 0x22, 0x33, -1), 0xff2233ffU);
}

/* --- packing ---------------------------------------------------------------------------------- */

PACK_STRUCT_BEGIN
struct packed_header {
    PACK_STRUCT_FLD_8(u8_t kind);
    PACK_STRUCT_FIELD(u32_t address);
    PACK_STRUCT_FIELD(u16_t length);
} PACK_STRUCT_STRUCT;
PACK_STRUCT_END

static void a_packed_struct_has_no_holes(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct packed_header), 7);
    assert_int_equal(offsetof(struct packed_header, address), 1);
    assert_int_equal(offsetof(struct packed_header, length), 5);
}

/* --- numbers ---------------------------------------------------------------------------------- */

static void every_kind_of_int_is_written_as_printf_writes_it(void **state)
{
    (void)state;
    static const int numbers[] = {0, 1, 9, 10, -1, -10, 1234567, INT_MAX, INT_MIN, INT_MIN + 1};
    for (size_t i = 0; i < LWIP_ARRAYSIZE(numbers); ++i) {
        char expected[16];
        char written[16];
        (void)snprintf(expected, sizeof expected, "%d", numbers[i]);
        lwip_itoa(written, sizeof written, numbers[i]);
        assert_string_equal(written, expected);
    }
}

static void a_number_that_does_not_fit_leaves_an_empty_string(void **state)
{
    (void)state;
    char text[4] = "xyz";
    lwip_itoa(text, 4, -12);
    assert_string_equal(text, "-12");
    lwip_itoa(text, 4, -123);
    assert_string_equal(text, "");
    text[0] = 'x';
    lwip_itoa(text, 0, 1);
    assert_int_equal(text[0], 'x');
}

/* --- strings ---------------------------------------------------------------------------------- */

static void comparing_no_characters_finds_no_difference(void **state)
{
    (void)state;
    assert_int_equal(lwip_strnicmp("a", "b", 0), 0);
}

static void comparing_knows_no_case_and_stops_at_the_end(void **state)
{
    (void)state;
    assert_int_equal(lwip_strnicmp("HoSt", "hOsTs", 4), 0);
    assert_true(lwip_strnicmp("HoSt", "hOsTs", 5) < 0);
    assert_true(lwip_strnicmp("b", "A", 1) > 0);
    assert_int_equal(lwip_strnicmp("same\0x", "SAME\0y", 6), 0);
    assert_int_equal(lwip_stricmp("Content-Length", "content-length"), 0);
    assert_true(lwip_stricmp("abc", "abcd") < 0);
    assert_true(lwip_stricmp("[", "{") < 0); /* neighbours of the letters are no letters */
}

static void searching_reads_nothing_past_the_given_length(void **state)
{
    (void)state;
    const char *const text = host_copy_before_unreadable_memory("GET /x", 6);
    assert_null(lwip_strnstr(text, "y", 6));
    assert_null(lwip_strnstr(text, "xy", 6));
    assert_null(lwip_strnistr(text, "y", 6));
    assert_ptr_equal(lwip_strnstr(text, "x", 6), text + 5);
    assert_ptr_equal(lwip_strnistr(text, "get", 6), text);
}

static void a_token_is_found_only_if_it_ends_within_the_length(void **state)
{
    (void)state;
    const char *const text = "one two";
    assert_ptr_equal(lwip_strnstr(text, "two", 7), text + 4);
    assert_null(lwip_strnstr(text, "two", 6));
    assert_null(lwip_strnstr(text, "TWO", 7));
    assert_ptr_equal(lwip_strnistr(text, "TWO", 7), text + 4);
    assert_null(lwip_strnstr("ab\0cd", "cd", 5)); /* a string ends at its NUL */
    assert_ptr_equal(lwip_strnstr(text, "", 7), text);
}

static void comparing_in_constant_time_distinguishes_equal_from_different(void **state)
{
    (void)state;
    assert_int_equal(lwip_memcmp_consttime("key", "key", 3), 0);
    assert_int_not_equal(lwip_memcmp_consttime("key", "kez", 3), 0);
    assert_int_not_equal(lwip_memcmp_consttime("\x80", "\x00", 1), 0);
    assert_int_equal(lwip_memcmp_consttime("a", "b", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(network_order_puts_the_highest_byte_first),
        test(byte_order_of_constants_equals_that_of_the_functions),
#if BYTE_ORDER == LITTLE_ENDIAN
        test(byte_order_is_there_as_functions_too),
#endif
        test(an_argument_is_evaluated_once),
        test(names_of_the_sockets_interface_are_those_of_lwip),
#if BYTE_ORDER == LITTLE_ENDIAN && defined OWN_SWAP
        test(the_ports_own_byte_swap_replaces_the_compilers),
#endif
        test(a_word_is_made_of_four_bytes_and_no_more),
        test(a_packed_struct_has_no_holes),
        test(every_kind_of_int_is_written_as_printf_writes_it),
        test(a_number_that_does_not_fit_leaves_an_empty_string),
        test(comparing_no_characters_finds_no_difference),
        test(comparing_knows_no_case_and_stops_at_the_end),
        test(searching_reads_nothing_past_the_given_length),
        test(a_token_is_found_only_if_it_ends_within_the_length),
        test(comparing_in_constant_time_distinguishes_equal_from_different),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
