/* arch/cistern_bits.h (common) - bit scans by the compiler's builtins: one instruction on most
 * hosts. A port without this header gets the portable ones of src/heap/bits.h. */
#ifndef CISTERN_ARCH_BITS_H
#define CISTERN_ARCH_BITS_H

#include <limits.h>

/* Index of the highest, and of the lowest, bit that is set in value, which is not 0. */
#define CISTERN_PORT_HIGHEST_BIT(value)                                                            \
    ((unsigned)(sizeof(unsigned long long) * CHAR_BIT - 1U) ^                                      \
     (unsigned)__builtin_clzll((unsigned long long)(value)))
#define CISTERN_PORT_LOWEST_BIT(value) ((unsigned)__builtin_ctzll((unsigned long long)(value)))

#endif
