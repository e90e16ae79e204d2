/* chksum_bytes.c - algorithm 1: the Internet sum byte by byte, for the smallest code.
 *
 *   data   | b0 | b1 | b2 | b3 | b4 |       b0, b2, b4 are the first bytes of their halves, weight
 *            *256  *1  *256  *1  *256       256 in network order; b1, b3 the second ones, weight 1
 *
 * I1  before each byte, sum < 2^16; it is folded as it grows, so any length is right.
 */
#include "cistern/chksum.h"

/* A number in network order as it lies in memory. */
static uint16_t to_memory_order(uint16_t number)
{
    const union {
        uint8_t bytes[2];
        uint16_t number;
    } memory = {{(uint8_t)(number >> 8), (uint8_t)number}};
    return memory.number;
}

uint16_t cistern_chksum_bytes(const void *data, size_t length)
{
    const uint8_t *const bytes = data;
    uint32_t sum = 0;
    for (size_t i = 0; i < length; ++i) {
        sum += (i & 1U) != 0 ? bytes[i] : (uint32_t)bytes[i] << 8;
        sum = (sum & 0xffffU) + (sum >> 16);
    }
    return to_memory_order((uint16_t)sum);
}
