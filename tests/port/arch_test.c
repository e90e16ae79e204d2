/* SPDX-License-Identifier: BSD-3-Clause */
/* What arch/cc.h and lwip/arch.h give: types, conversions, byte order, packing, alignment. */
/* before all others: what lwip/arch.h gives must not depend on what was included earlier */
#include "lwip/arch.h"
#include "lwip/opt.h"

#include <stdint.h>
#include <stdio.h>

#include "support.h"

/* `expected` is what printf makes of the value with the conversion. */
#define assert_prints(conversion, value, expected)                                                 \
    do {                                                                                           \
        char text[64];                                                                             \
        (void)snprintf(text, sizeof text, "%" conversion, (value));                                \
        assert_string_equal(text, (expected));                                                     \
    } while (0)

static void types_have_their_widths(void **state)
{
    (void)state;
    assert_int_equal(sizeof(u8_t) + sizeof(s8_t), 2);
    assert_int_equal(sizeof(u16_t) + sizeof(s16_t), 4);
    assert_int_equal(sizeof(u32_t) + sizeof(s32_t), 8);
    assert_int_equal(sizeof(mem_ptr_t), sizeof(void *));
    assert_true((s8_t)-1 < 0 && (s16_t)-1 < 0 && (s32_t)-1 < 0);
    assert_true((u8_t)-1 > 0 && (u16_t)-1 > 0 && (u32_t)-1 > 0);
#if LWIP_HAVE_INT64
    assert_int_equal(sizeof(u64_t) + sizeof(s64_t), 16);
#endif
}

static void conversions_print_the_extremes_of_their_types(void **state)
{
    (void)state;
    assert_prints(X8_F, (u8_t)7, "07");
    assert_prints(U16_F, (u16_t)65535, "65535");
    assert_prints(S16_F, (s16_t)-32768, "-32768");
    assert_prints(X16_F, (u16_t)0xfedc, "fedc");
    assert_prints(U32_F, (u32_t)4294967295U, "4294967295");
    assert_prints(S32_F, (s32_t)(-2147483647 - 1), "-2147483648");
    assert_prints(X32_F, (u32_t)0xfedcba98U, "fedcba98");
    assert_prints(SZT_F, (size_t)40000U, "40000");
}

static void byte_order_is_that_of_memory(void **state)
{
    (void)state;
    const u16_t number = 0x0102;
    u8_t first;
    memcpy(&first, &number, 1);
    assert_int_equal(first, (BYTE_ORDER == BIG_ENDIAN) ? 1 : 2);
}

#ifdef PACK_STRUCT_USE_INCLUDES
#    include "arch/bpstruct.h"
#endif
PACK_STRUCT_BEGIN
struct header {
    PACK_STRUCT_FLD_8(u8_t kind);
    PACK_STRUCT_FIELD(u32_t number);
    PACK_STRUCT_FLD_8(u8_t flag);
    PACK_STRUCT_FIELD(u16_t length);
} PACK_STRUCT_STRUCT;
PACK_STRUCT_END
#ifdef PACK_STRUCT_USE_INCLUDES
#    include "arch/epstruct.h"
#endif

/* Its layout shows that packing ended with the header. */
struct after {
    char first;
    u32_t number;
};

static void packed_struct_has_no_gaps_and_the_next_one_has(void **state)
{
    (void)state;
    assert_int_equal(sizeof(struct header), 8);
    assert_int_equal(offsetof(struct header, number), 1);
    assert_int_equal(offsetof(struct header, length), 6);
    assert_true(offsetof(struct after, number) > 1);
}

static void alignment_is_never_below_a_pointers(void **state)
{
    (void)state;
    LWIP_DECLARE_MEMORY_ALIGNED(memory, 40);
    const mem_ptr_t start = (mem_ptr_t)LWIP_MEM_ALIGN(memory);
    assert_true(LWIP_ALIGNMENT >= MEM_ALIGNMENT);
    assert_int_equal(start % LWIP_ALIGNMENT, 0);
    assert_true(start >= (mem_ptr_t)memory && start + 40 <= (mem_ptr_t)memory + sizeof memory);
    assert_int_equal(LWIP_MEM_ALIGN_SIZE(1), LWIP_ALIGNMENT);
    assert_int_equal(LWIP_MEM_ALIGN_SIZE(LWIP_ALIGNMENT), LWIP_ALIGNMENT);
    assert_int_equal(LWIP_MEM_ALIGN_SIZE(LWIP_ALIGNMENT + 1), 2 * LWIP_ALIGNMENT);
}

struct aligned_pointer {
    char first;
    void *pointer;
};

static void alignment_does_not_depend_on_the_system_headers(void **state)
{
    (void)state;
    assert_true(LWIP_ALIGNMENT >= offsetof(struct aligned_pointer, pointer));
}

#if LWIP_MEM_ALIGN_SIZE(LWIP_ALIGNMENT + 1) != 2 * LWIP_ALIGNMENT
#    error "LWIP_MEM_ALIGN_SIZE is of no use to the preprocessor"
#endif

static void sizes_of_any_width_are_aligned_whole(void **state)
{
    (void)state;
    const size_t largest = SIZE_MAX - SIZE_MAX % LWIP_ALIGNMENT - LWIP_ALIGNMENT;
    assert_true(LWIP_MEM_ALIGN_SIZE(largest) == largest);
    assert_true(LWIP_MEM_ALIGN_SIZE(largest - 1) == largest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(types_have_their_widths),
        test(conversions_print_the_extremes_of_their_types),
        test(byte_order_is_that_of_memory),
        test(packed_struct_has_no_gaps_and_the_next_one_has),
        test(alignment_is_never_below_a_pointers),
        test(alignment_does_not_depend_on_the_system_headers),
        test(sizes_of_any_width_are_aligned_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
