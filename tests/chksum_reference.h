/* SPDX-License-Identifier: BSD-3-Clause */
/* chksum_reference.h - the Internet sum as RFC 1071 has it, byte by byte and in network order: what
 * the tests and the fuzz target compare with. */
#ifndef CISTERN_TESTS_CHKSUM_REFERENCE_H
#define CISTERN_TESTS_CHKSUM_REFERENCE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* RFC 1071 literally, in network order: one more byte at an even or odd offset. */
static inline unsigned reference_step(unsigned sum, uint8_t byte, size_t offset)
{
    sum += (offset & 1U) != 0 ? byte : byte * 256U;
    return sum > 0xffffU ? sum - 0xffffU : sum;
}

static inline unsigned reference(const uint8_t *bytes, size_t length)
{
    unsigned sum = 0;
    for (size_t i = 0; i < length; ++i) {
        sum = reference_step(sum, bytes[i], i);
    }
    return sum;
}

/* A sum in memory order as a number. */
static inline unsigned value_of(uint16_t sum)
{
    uint8_t bytes[2];
    memcpy(bytes, &sum, 2);
    return bytes[0] * 256U + bytes[1];
}

/* The same bytes in every run; others in each call. */
static inline void fill_randomly(uint8_t *bytes, size_t length)
{
    static uint32_t state = 1;
    for (size_t i = 0; i < length; ++i) {
        state = state * 1664525U + 1013904223U;
        bytes[i] = (uint8_t)(state >> 24);
    }
}

#endif
