/* chksum_load.h - reading memory of any alignment and type as numbers, in memory order.
 *
 * memcpy of a constant size: a plain load where the target can do that at any address, and right
 * where it cannot. */
#ifndef CISTERN_CHKSUM_LOAD_H
#define CISTERN_CHKSUM_LOAD_H

#include <stdint.h>
#include <string.h>

static inline uint16_t chksum_load16(const uint8_t *bytes)
{
    uint16_t number;
    memcpy(&number, bytes, sizeof(number));
    return number;
}

static inline uint32_t chksum_load32(const uint8_t *bytes)
{
    uint32_t number;
    memcpy(&number, bytes, sizeof(number));
    return number;
}

/* The last byte of an odd length as its half, padded with a zero byte. */
static inline uint16_t chksum_load8(const uint8_t *bytes)
{
    const uint8_t half[2] = {*bytes, 0};
    return chksum_load16(half);
}

#endif
