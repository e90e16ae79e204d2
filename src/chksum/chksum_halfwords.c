/* chksum_halfwords.c - algorithm 2: the Internet sum 16 bits at a time.
 *
 *   data   | half | half | half | b |       the last byte is padded with a zero byte
 *
 * I1  between blocks sum < 2^17, and a block adds less than 2^31: 32 bits never overflow.
 */
#include "cistern/chksum.h"
#include "chksum_load.h"

#define BLOCK 0xfffeU /* bytes that are summed before the sum is folded; even */

/* Halves of `length` bytes, at most a block; of an odd length the last byte is left out. */
static uint32_t sum_block(const uint8_t *bytes, size_t length)
{
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < length; i += 2) {
        sum += chksum_load16(bytes + i);
    }
    return sum;
}

uint16_t cistern_chksum_halfwords(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    uint32_t sum = 0;
    while (length > 1) {
        const size_t block = length < BLOCK ? length & ~(size_t)1 : BLOCK;
        sum = cistern_chksum_fold(sum) + sum_block(bytes, block);
        bytes += block;
        length -= block;
    }
    if (length != 0) {
        sum += chksum_load8(bytes);
    }
    return cistern_chksum_fold(sum);
}
