/* SPDX-License-Identifier: BSD-3-Clause */
/* bits.h - the highest and the lowest bit of a word, by the compiler's own scan where it has one.
 *
 * A port may define in arch/cistern_bits.h, for a compiler that is not known here,
 *   CISTERN_PORT_HIGHEST_BIT(value)   index of the highest bit set; value is not 0
 *   CISTERN_PORT_LOWEST_BIT(value)    index of the lowest bit set; value is not 0
 */
#ifndef CISTERN_HEAP_BITS_H
#define CISTERN_HEAP_BITS_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

/* Holds a number of bytes and a word of a map: size_t has fewer bits than the word where pointers
 * have 16. */
#if SIZE_MAX > UINT32_MAX
typedef size_t heap_bits_t;
#else
typedef uint32_t heap_bits_t;
#endif

#if defined __GNUC__

/* The builtin for the word's width: one instruction, or a short function of the compiler's library.
 */
static inline unsigned heap_highest_bit(heap_bits_t value)
{
    const unsigned zeros = sizeof(value) == sizeof(int) ? (unsigned)__builtin_clz((unsigned)value)
                           : sizeof(value) == sizeof(long)
                               ? (unsigned)__builtin_clzl((unsigned long)value)
                               : (unsigned)__builtin_clzll(value);
    return zeros ^ (unsigned)(sizeof(value) * CHAR_BIT - 1U);
}

#else

#    if defined __has_include
#        if __has_include("arch/cistern_bits.h")
#            include "arch/cistern_bits.h"
#        endif
#    endif

#    ifdef CISTERN_PORT_HIGHEST_BIT
static inline unsigned heap_highest_bit(heap_bits_t value)
{
    return CISTERN_PORT_HIGHEST_BIT(value);
}
#    else
/* Halves the range five or six times: log2 of the word's width. */
static inline unsigned heap_highest_bit(heap_bits_t value)
{
    unsigned bit = 0;
    for (unsigned step = sizeof(value) * CHAR_BIT / 2U; step != 0; step /= 2U) {
        if ((value >> step) != 0) {
            value >>= step;
            bit += step;
        }
    }
    return bit;
}
#    endif

#endif

#if defined CISTERN_PORT_LOWEST_BIT
static inline unsigned heap_lowest_bit(size_t value)
{
    return CISTERN_PORT_LOWEST_BIT(value);
}
#elif defined __GNUC__ && (!defined __arm__ || defined __ARM_FEATURE_CLZ)
static inline unsigned heap_lowest_bit(size_t value)
{
    return sizeof(value) == sizeof(long) ? (unsigned)__builtin_ctzl((unsigned long)value)
                                         : (unsigned)__builtin_ctzll(value);
}
#else
/* The highest bit of the value's lowest bit alone: where there is no instruction, a second function
 * of the compiler's library would be larger. */
static inline unsigned heap_lowest_bit(size_t value)
{
    return heap_highest_bit(value & (0U - value));
}
#endif

#endif
