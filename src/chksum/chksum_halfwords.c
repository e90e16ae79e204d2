/* SPDX-License-Identifier: BSD-3-Clause */
/* chksum_halfwords.c - algorithm 2: the Internet sum 16 bits at a time.
 *
 *   data   | half | half | half | b |       the last byte is padded with a zero byte
 *
 * I1  sum is the exact ones' complement sum in 32 bits: each carry out is added in again.
 */
#include "cistern/chksum.h"
#include "chksum_load.h"

uint16_t cistern_chksum_halfwords(const void *data, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)data;
    uint32_t sum = 0;
    for (; length > 1; length -= 2, bytes += 2) {
        sum = cistern_chksum_add32(sum, chksum_load16(bytes));
    }
    if (length != 0) {
        sum = cistern_chksum_add32(sum, *bytes);
    }
    sum = cistern_chksum_fold(sum);
    return cistern_chksum_pair((uint8_t)sum, (uint8_t)(sum >> 8));
}
