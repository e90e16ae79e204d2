/* SPDX-License-Identifier: BSD-3-Clause */
/* bytes.h - numbers in network byte order at any address. */
#ifndef CISTERN_TOOL_BYTES_H
#define CISTERN_TOOL_BYTES_H

#include <stdint.h>

static inline uint16_t load_u16(const uint8_t *bytes)
{
    return (uint16_t)((unsigned)bytes[0] << 8 | bytes[1]);
}

static inline uint32_t load_u32(const uint8_t *bytes)
{
    return (uint32_t)load_u16(bytes) << 16 | load_u16(bytes + 2);
}

static inline void store_u16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

#endif
