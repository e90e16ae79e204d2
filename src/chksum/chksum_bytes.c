/* SPDX-License-Identifier: BSD-3-Clause */
/* chksum_bytes.c - algorithm 1: the Internet sum byte by byte, for the smallest code.
 *
 *   data   | b0 | b1 | b2 | b3 | b4 |       b0, b2, b4 are the first bytes of their halves, weight
 *            *256  *1  *256  *1  *256       256 in network order; b1, b3 the second ones, weight 1
 *
 * I1  before each byte, sum < 2^16; it is folded as it grows, so any length is right.
 */
#include "cistern/chksum.h"

uint16_t cistern_chksum_bytes(const void *data, size_t length)
{
    const uint8_t *const bytes = (const uint8_t *)data;
    uint32_t sum = 0;
    for (size_t i = 0; i < length; ++i) {
        sum += (i & 1U) != 0 ? bytes[i] : (uint32_t)bytes[i] << 8;
        sum = (sum & 0xffffU) + (sum >> 16);
    }
    return cistern_chksum_pair((uint8_t)(sum >> 8), (uint8_t)sum);
}
