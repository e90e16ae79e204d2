/* arch/cistern_bits.h (bare) - bit scans by the processor's instruction, on those that have one;
 * the others get the portable ones of src/heap/bits.h, which are as fast as a call of the
 * compiler's. */
#ifndef CISTERN_ARCH_BITS_H
#define CISTERN_ARCH_BITS_H

#if defined __ARM_FEATURE_CLZ || defined __riscv_zbb

/* Index of the highest, and of the lowest, bit that is set in value, which is not 0. */
#    define CISTERN_PORT_HIGHEST_BIT(value) (31U - (unsigned)__builtin_clzl((unsigned long)(value)))
#    define CISTERN_PORT_LOWEST_BIT(value)  ((unsigned)__builtin_ctzl((unsigned long)(value)))

#endif

#endif
