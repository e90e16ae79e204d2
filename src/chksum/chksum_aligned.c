/* SPDX-License-Identifier: BSD-3-Clause */
/* chksum_aligned.c - algorithm 4 of Cortex-M and RISC-V: the Internet sum by aligned words, for
 * processors that trap on others.
 *
 *   data   b | half | word | word | ... | word | half | b |      what is not there is left out
 *
 * Behind a first byte at an odd address all bytes lie in the other halves: the sum is swapped.
 *
 * I1  sum is the ones' complement sum of what is behind `bytes`, in 32 bits.
 */
#include "cistern/chksum.h"

#ifdef CISTERN_CHKSUM_ALIGNED

#    include <stdbool.h>

#    ifdef __arm__
#        include "chksum_arm.h"
#    else
#        include "chksum_riscv.h"
#    endif

/* A half of memory of any type. */
typedef uint16_t __attribute__((may_alias)) chksum_half_t;

uint16_t cistern_chksum_aligned(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    const bool odd = ((uintptr_t)bytes & 1U) != 0 && length != 0;
    uint32_t sum = 0;
    if (odd) {
        sum = cistern_chksum_pair(0, *bytes);
        bytes += 1;
        length -= 1;
    }
    if (((uintptr_t)bytes & 2U) != 0 && length >= 2) {
        sum += *(const chksum_half_t *)(const void *)bytes;
        bytes += 2;
        length -= 2;
    }
    const size_t words = length / sizeof(chksum_word_t);
    sum = chksum_add_words(sum, (const void *)bytes, words);
    bytes += words * sizeof(chksum_word_t);
    if ((length & 2U) != 0) {
        sum = cistern_chksum_add32(sum, *(const chksum_half_t *)(const void *)bytes);
        bytes += 2;
    }
    if ((length & 1U) != 0) {
        sum = cistern_chksum_add32(sum, cistern_chksum_pair(*bytes, 0));
    }
    const uint16_t folded = cistern_chksum_fold(sum);
    return odd ? cistern_chksum_swap(folded) : folded;
}

#endif
