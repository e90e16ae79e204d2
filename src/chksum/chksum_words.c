/* SPDX-License-Identifier: BSD-3-Clause */
/* chksum_words.c - algorithm 3: the Internet sum 32 bits at a time, unrolled.
 *
 *   data   | word | word | word | word | ... | word | half | b |
 *            a group of 8 words, ...           what is left over
 *
 * 2^16 is 1 modulo 2^16 - 1, so the halves of a word need not be told apart before the end.
 *
 * I1  sum is the exact ones' complement sum in 32 bits: each carry out is added in again.
 */
#include "cistern/chksum.h"
#include "chksum_load.h"

#define GROUP 32U /* bytes that are summed in one round */

static uint32_t add_group(uint32_t sum, const uint8_t *bytes)
{
    sum = cistern_chksum_add32(sum, chksum_load32(bytes));
    sum = cistern_chksum_add32(sum, chksum_load32(bytes + 4));
    sum = cistern_chksum_add32(sum, chksum_load32(bytes + 8));
    sum = cistern_chksum_add32(sum, chksum_load32(bytes + 12));
    sum = cistern_chksum_add32(sum, chksum_load32(bytes + 16));
    sum = cistern_chksum_add32(sum, chksum_load32(bytes + 20));
    sum = cistern_chksum_add32(sum, chksum_load32(bytes + 24));
    return cistern_chksum_add32(sum, chksum_load32(bytes + 28));
}

uint16_t cistern_chksum_words(const void *data, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)data;
    uint32_t sum = 0;
    for (; length >= GROUP; length -= GROUP, bytes += GROUP) {
        sum = add_group(sum, bytes);
    }
    for (; length >= 4; length -= 4, bytes += 4) {
        sum = cistern_chksum_add32(sum, chksum_load32(bytes));
    }
    for (; length >= 2; length -= 2, bytes += 2) {
        sum = cistern_chksum_add32(sum, chksum_load16(bytes));
    }
    if (length != 0) {
        sum = cistern_chksum_add32(sum, *bytes);
    }
    sum = cistern_chksum_fold(sum);
    return cistern_chksum_pair((uint8_t)sum, (uint8_t)(sum >> 8));
}
