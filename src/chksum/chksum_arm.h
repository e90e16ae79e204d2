/* SPDX-License-Identifier: BSD-3-Clause */
/* chksum_arm.h - sums of words: loads in bulk, additions with carry.
 */
#ifndef CISTERN_CHKSUM_ARM_H
#define CISTERN_CHKSUM_ARM_H

#include <stddef.h>
#include <stdint.h>

/* A word of memory of any type. */
typedef uint32_t __attribute__((may_alias)) chksum_word_t;

#if defined __thumb__ && !defined __thumb2__ || defined __ARM_ARCH_8M_BASE__

/* Adds words to a ones' complement sum, eight at a time. A comparison destroys the carry, so it is
 * added in before each; a movs leaves it alone. Loads in bulk and additions with carry know the
 * lower registers only. */
static inline uint32_t chksum_add_words(uint32_t sum, const chksum_word_t *from, size_t count)
{
    const chksum_word_t *const end = from + count;
    __asm__ volatile(".syntax unified\n\t"
                     "b 2f\n"
                     "1: ldmia %1!, {r3-r6}\n\t"
                     "adds %0, %0, r3\n\t"
                     "adcs %0, %0, r4\n\t"
                     "adcs %0, %0, r5\n\t"
                     "adcs %0, %0, r6\n\t"
                     "ldmia %1!, {r3-r6}\n\t"
                     "adcs %0, %0, r3\n\t"
                     "adcs %0, %0, r4\n\t"
                     "adcs %0, %0, r5\n\t"
                     "adcs %0, %0, r6\n\t"
                     "movs r3, #0\n\t"
                     "adcs %0, %0, r3\n"
                     "2: cmp %1, %2\n\t"
                     "bne 1b"
                     : "+l"(sum), "+l"(from)
                     : "l"(from + count / 8U * 8U)
                     : "r3", "r4", "r5", "r6", "cc", "memory");
    __asm__ volatile(".syntax unified\n\t"
                     "b 2f\n"
                     "1: ldmia %1!, {r3}\n\t"
                     "adds %0, %0, r3\n\t"
                     "movs r3, #0\n\t"
                     "adcs %0, %0, r3\n"
                     "2: cmp %1, %2\n\t"
                     "bne 1b"
                     : "+l"(sum), "+l"(from)
                     : "l"(end)
                     : "r3", "cc", "memory");
    return sum;
}

#else

/* Adds words to a ones' complement sum, eight at a time. teq leaves the carry alone, so that one
 * chain of additions goes through all. Not r7 and r9: the frame pointer of some builds, and a
 * register that some platforms keep. */
static inline uint32_t chksum_add_words(uint32_t sum, const chksum_word_t *from, size_t count)
{
    const chksum_word_t *const end = from + count;
    const chksum_word_t *const end_of_blocks = from + count / 8U * 8U;
    __asm__ volatile("adds %0, %0, #0\n\t"
                     "b 2f\n"
                     "1: ldmia %1!, {r3-r6, r8, r10-r12}\n\t"
                     "adcs %0, %0, r3\n\t"
                     "adcs %0, %0, r4\n\t"
                     "adcs %0, %0, r5\n\t"
                     "adcs %0, %0, r6\n\t"
                     "adcs %0, %0, r8\n\t"
                     "adcs %0, %0, r10\n\t"
                     "adcs %0, %0, r11\n\t"
                     "adcs %0, %0, r12\n"
                     "2: teq %1, %2\n\t"
                     "bne 1b\n\t"
                     "b 4f\n"
                     "3: ldr r3, [%1], #4\n\t"
                     "adcs %0, %0, r3\n"
                     "4: teq %1, %3\n\t"
                     "bne 3b\n\t"
                     "adc %0, %0, #0"
                     : "+r"(sum), "+r"(from)
                     : "r"(end_of_blocks), "r"(end)
                     : "r3", "r4", "r5", "r6", "r8", "r10", "r11", "r12", "cc", "memory");
    return sum;
}

#endif

#endif
