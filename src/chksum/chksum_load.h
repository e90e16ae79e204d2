/* SPDX-License-Identifier: BSD-3-Clause */
/* chksum_load.h - reading memory of any alignment and type as numbers, lowest byte first.
 *
 * Byte by byte, which breaks no rule of alignment or aliasing: compilers make one load of it where
 * the target can do that at any address. In a sum the order of bytes does not matter until the end.
 */
#ifndef CISTERN_CHKSUM_LOAD_H
#define CISTERN_CHKSUM_LOAD_H

#include <stdint.h>

static inline uint16_t chksum_load16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | (uint16_t)(bytes[1] << 8));
}

static inline uint32_t chksum_load32(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

#endif
