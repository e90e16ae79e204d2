/* bits.h - the highest and the lowest bit of a word, by the port's instruction where it has one.
 *
 * A port may define in arch/cistern_bits.h
 *   CISTERN_PORT_HIGHEST_BIT(value)   index of the highest bit set; value is not 0
 *   CISTERN_PORT_LOWEST_BIT(value)    index of the lowest bit set; value is not 0
 */
#ifndef CISTERN_HEAP_BITS_H
#define CISTERN_HEAP_BITS_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#if defined __has_include
#    if __has_include("arch/cistern_bits.h")
#        include "arch/cistern_bits.h"
#    endif
#endif

/* Holds a number of bytes and a word of a map: size_t has fewer bits than the word where pointers
 * have 16. */
#if SIZE_MAX > UINT32_MAX
typedef size_t bits_t;
#else
typedef uint32_t bits_t;
#endif

#ifdef CISTERN_PORT_HIGHEST_BIT
static inline unsigned highest_bit(bits_t value)
{
    return CISTERN_PORT_HIGHEST_BIT(value);
}
#else
/* Halves the range five or six times: log2 of the word's width. */
static inline unsigned highest_bit(bits_t value)
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
#endif

#ifdef CISTERN_PORT_LOWEST_BIT
static inline unsigned lowest_bit(size_t value)
{
    return CISTERN_PORT_LOWEST_BIT(value);
}
#else
/* The highest bit of the value's lowest bit alone. */
static inline unsigned lowest_bit(size_t value)
{
    return highest_bit(value & (0U - value));
}
#endif

#endif
