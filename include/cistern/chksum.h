/* SPDX-License-Identifier: BSD-3-Clause */
/* cistern/chksum.h - the Internet checksum (RFC 1071): the engine under lwip/inet_chksum.h.
 *
 * Words: the *sum* of some bytes is their ones' complement sum as 16-bit halves, the last of which
 * is padded with a zero byte; it is 0 exactly when all bytes are 0. The *checksum* is its
 * complement. Both are in memory order: copied to a packet byte by byte they are right on either
 * byte order.
 *
 * | option                   | effect                                                |
 * |--------------------------|-------------------------------------------------------|
 * | CISTERN_CHKSUM_ALGORITHM | what cistern_chksum_sum is, one of:                   |
 * |                          | 1: byte by byte, the smallest code                    |
 * |                          | 2: 16 bits at a time                                  |
 * |                          | 3: 32 bits at a time, unrolled                        |
 * |                          | 4: the fastest of the target: the port's; else, with  |
 * |                          | gcc and clang, vectors on hosts, aligned words on     |
 * |                          | Cortex-M and RISC-V                                   |
 * |                          | default: LWIP_CHKSUM_ALGORITHM if it is 1 to 4; else 4|
 * |                          | if the target has one, else 3 with pointers of 64     |
 * |                          | bits, else 2                                          |
 *
 * A port with an algorithm of its own, a peripheral's for example, has arch/cistern_chksum.h, which
 * defines CISTERN_PORT_CHKSUM(data, length) and, if it can copy at the same time,
 * CISTERN_PORT_CHKSUM_COPY(target, source, length). */
#ifndef CISTERN_CHKSUM_H
#define CISTERN_CHKSUM_H

#include <stddef.h>
#include <stdint.h>

#include "cistern/config.h"

#if defined __has_include
#    if __has_include("arch/cistern_chksum.h")
#        include "arch/cistern_chksum.h"
#    endif
#endif

#ifdef __GNUC__
#    if defined __unix__ || defined __APPLE__ || defined _WIN64
#        define CISTERN_CHKSUM_VECTORS
#    elif defined __arm__ || defined __riscv
#        define CISTERN_CHKSUM_ALIGNED
#    endif
#endif
#if !defined CISTERN_PORT_CHKSUM && defined CISTERN_CHKSUM_VECTORS
#    define CISTERN_PORT_CHKSUM      cistern_chksum_vectors
#    define CISTERN_PORT_CHKSUM_COPY cistern_chksum_vectors_copy
#elif !defined CISTERN_PORT_CHKSUM && defined CISTERN_CHKSUM_ALIGNED
#    define CISTERN_PORT_CHKSUM cistern_chksum_aligned
#endif

#ifdef __cplusplus
extern "C" {
#endif

#ifndef CISTERN_CHKSUM_ALGORITHM
#    if defined LWIP_CHKSUM_ALGORITHM && LWIP_CHKSUM_ALGORITHM != 0
#        define CISTERN_CHKSUM_ALGORITHM LWIP_CHKSUM_ALGORITHM
#    elif defined CISTERN_PORT_CHKSUM
#        define CISTERN_CHKSUM_ALGORITHM 4
#    elif UINTPTR_MAX > 0xffffffffU
#        define CISTERN_CHKSUM_ALGORITHM 3
#    else
#        define CISTERN_CHKSUM_ALGORITHM 2
#    endif
#endif
#if CISTERN_CHKSUM_ALGORITHM == 1
#    define CISTERN_CHKSUM_SUM cistern_chksum_bytes
#elif CISTERN_CHKSUM_ALGORITHM == 2
#    define CISTERN_CHKSUM_SUM cistern_chksum_halfwords
#elif CISTERN_CHKSUM_ALGORITHM == 3
#    define CISTERN_CHKSUM_SUM cistern_chksum_words
#elif CISTERN_CHKSUM_ALGORITHM == 4 && defined CISTERN_PORT_CHKSUM
#    define CISTERN_CHKSUM_SUM CISTERN_PORT_CHKSUM
#elif CISTERN_CHKSUM_ALGORITHM == 4
#    error                                                                                         \
        "This target has no CISTERN_CHKSUM_ALGORITHM 4: set it, or LWIP_CHKSUM_ALGORITHM, to 1, 2 or 3"
#else
#    error "LWIP_CHKSUM_ALGORITHM must be 0, 1, 2, 3 or 4: see cistern/chksum.h"
#endif

/* --- arithmetic of sums ----------------------------------------------------------------------- */

/* Folds 32 bits of partial sum to 16: adds the word with its halves exchanged, so that the upper
 * half of the result is the sum of both halves and of the carry. As the others of this part:
 * constant time, any context. */
static inline uint16_t cistern_chksum_fold(uint32_t partial)
{
    partial += partial << 16 | partial >> 16;
    return (uint16_t)(partial >> 16);
}

/* The sum of two pieces, the first of even length. */
static inline uint16_t cistern_chksum_add(uint16_t a, uint16_t b)
{
    return cistern_chksum_fold((uint32_t)a + b);
}

/* The sum of two bytes. */
static inline uint16_t cistern_chksum_pair(uint8_t first, uint8_t second)
{
    const union {
        uint8_t bytes[2];
        uint16_t number;
    } memory = {{first, second}};
    return memory.number;
}

/* Adds a word to a partial sum of 32 bits: the carry out is added in again. */
static inline uint32_t cistern_chksum_add32(uint32_t partial, uint32_t word)
{
    partial += word;
    return partial + (partial < word ? 1U : 0U);
}

/* The sum of the same bytes at an odd offset: what a piece adds that starts there. */
static inline uint16_t cistern_chksum_swap(uint16_t sum)
{
    return (uint16_t)((sum << 8) | (sum >> 8));
}

/* --- the algorithms --------------------------------------------------------------------------- */

/* The sum of `length` bytes at any alignment. Never fails; data may be NULL if length is 0. Linear
 * in length. Any context. Only the algorithms that are called are linked. */
uint16_t cistern_chksum_bytes(const void *data, size_t length);     /* algorithm 1 */
uint16_t cistern_chksum_halfwords(const void *data, size_t length); /* algorithm 2 */
uint16_t cistern_chksum_words(const void *data, size_t length);     /* algorithm 3 */

#ifdef CISTERN_CHKSUM_ALIGNED
/* Algorithm 4 of processors that trap on, or are slow with, words that are not aligned. */
uint16_t cistern_chksum_aligned(const void *data, size_t length);
#endif

#ifdef CISTERN_CHKSUM_VECTORS
/* Algorithm 4 of hosts, for fewer than 2^34 bytes, by the widest vectors of this machine, which the
 * first call determines. */
uint16_t cistern_chksum_vectors(const void *data, size_t length);

/* Copies `length` bytes and returns their sum, in one pass. The two pieces must not overlap. */
uint16_t cistern_chksum_vectors_copy(void *target, const void *source, size_t length);

/* One of the strategies that the two choose from. */
typedef struct cistern_chksum_strategy {
    const char *name;
    uint16_t (*sum)(const void *data, size_t length);
    uint16_t (*copy)(void *target, const void *source, size_t length);
} cistern_chksum_strategy_t;

/* Strategy number `index` of those that this machine can run, the best last; NULL if there are
 * fewer. Any context. For tests and benchmarks. */
const cistern_chksum_strategy_t *cistern_chksum_strategy(unsigned index);
#endif

/* --- sums of memory --------------------------------------------------------------------------- */

/* The sum of `length` bytes, by the algorithm chosen. Never fails; data may be NULL if length is 0.
 * Linear in length, any alignment. Any context. */
static inline uint16_t cistern_chksum_sum(const void *data, size_t length)
{
    return CISTERN_CHKSUM_SUM(data, length);
}

/* Copies `length` bytes and returns their sum. The two pieces must not overlap.
 * Linear in length. Any context. */
uint16_t cistern_chksum_copy(void *target, const void *source, size_t length);

/* The new checksum of a packet in which `length` bytes at byte `offset` change from `from` to `to`,
 * computed from the old checksum and these bytes alone (RFC 1624, equation 3). The checksum field
 * must not be among the bytes. If all bytes of the packet become 0 the result is 0, where a
 * checksum of the whole packet would be 0xffff. Linear in length. Any context. */
uint16_t cistern_chksum_update(uint16_t checksum, const void *from, const void *to, size_t length,
                               size_t offset);

/* The same for one 16-bit field at an even offset, in memory order. Constant time. Any context. */
static inline uint16_t cistern_chksum_update16(uint16_t checksum, uint16_t from, uint16_t to)
{
    const uint32_t partial = (uint32_t)(uint16_t)~checksum + (uint16_t)~from + to;
    return (uint16_t)~cistern_chksum_fold(partial);
}

#ifdef __cplusplus
}
#endif

#endif
