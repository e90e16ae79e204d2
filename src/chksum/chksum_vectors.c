/* SPDX-License-Identifier: BSD-3-Clause */
/* chksum_vectors.c - algorithm 4 of hosts: the Internet sum by vectors, with compiler extensions of
 * gcc and clang.
 *
 *   short   | 64 bytes, one chain of carries | word | word | last word, its first bytes cut off |
 *   long    | head | vector | vector | ... | vector | tail |               see chksum_lanes.h
 *
 * 2^16 is 1 modulo 2^16 - 1, so that wider sums are folded to 16 bits at the end only.
 *
 * I1  every partial sum is the ones' complement sum of its bytes in 64 bits: 0 if they are all 0.
 */
#include "cistern/chksum.h"

#ifdef CISTERN_CHKSUM_VECTORS

#    include <stdbool.h>
#    include <string.h>

/* --- words ----------------------------------------------------------------------------------- */

/* Ones' complement addition in 64 bits. */
static inline uint64_t chksum_add64(uint64_t a, uint64_t b)
{
    const uint64_t sum = a + b;
    return sum + (sum < a ? 1U : 0U);
}

static inline uint64_t chksum_load64(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Each step adds the two halves, and the carry between them: rotated, they stand over each other.
 */
static inline uint16_t chksum_fold64(uint64_t sum)
{
    sum += sum << 32 | sum >> 32;
    uint32_t half = (uint32_t)(sum >> 32);
    half += half << 16 | half >> 16;
    return (uint16_t)(half >> 16);
}

/* The sum of 0 to 7 bytes. */
static uint64_t chksum_sum_few(const uint8_t *bytes, size_t length)
{
    uint64_t sum = 0;
    if ((length & 4U) != 0) {
        uint32_t word;
        memcpy(&word, bytes, sizeof word);
        sum += word;
        bytes += sizeof word;
    }
    if ((length & 2U) != 0) {
        uint16_t half;
        memcpy(&half, bytes, sizeof half);
        sum += half;
        bytes += sizeof half;
    }
    if ((length & 1U) != 0) {
        const uint8_t padded[2] = {*bytes, 0};
        uint16_t half;
        memcpy(&half, padded, sizeof half);
        sum += half;
    }
    return sum;
}

/* The `length` bytes before `end`, 0 to 7, of data of 8 or more: padded with zero bytes. */
#    if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
static inline uint64_t chksum_load_last(const uint8_t *end, size_t length)
{
    return chksum_load64(end - 8) << 1 << (63U - 8U * length);
}
#    else
static inline uint64_t chksum_load_last(const uint8_t *end, size_t length)
{
    return chksum_load64(end - 8) >> 1 >> (63U - 8U * length);
}
#    endif

/* --- words: a chain of additions with carry --------------------------------------------------- */

#    if defined __x86_64__
#        define CHKSUM_BLOCK 64U

static inline uint64_t chksum_add_block(uint64_t sum, const uint8_t *bytes)
{
    __asm__("addq (%1), %0\n\t"
            "adcq 8(%1), %0\n\t"
            "adcq 16(%1), %0\n\t"
            "adcq 24(%1), %0\n\t"
            "adcq 32(%1), %0\n\t"
            "adcq 40(%1), %0\n\t"
            "adcq 48(%1), %0\n\t"
            "adcq 56(%1), %0\n\t"
            "adcq $0, %0"
            : "+r"(sum)
            : "r"(bytes), "m"(*(uint8_t(*)[CHKSUM_BLOCK])(uintptr_t)bytes)
            : "cc");
    return sum;
}
#    else
#        define CHKSUM_BLOCK 16U

static inline uint64_t chksum_add_block(uint64_t sum, const uint8_t *bytes)
{
    return chksum_add64(chksum_add64(sum, chksum_load64(bytes)), chksum_load64(bytes + 8));
}
#    endif

__attribute__((always_inline)) static inline uint16_t chksum_sum_words(const uint8_t *bytes,
                                                                       size_t length)
{
    if (length < 8) {
        return chksum_fold64(chksum_sum_few(bytes, length));
    }
    uint64_t sum = chksum_load_last(bytes + length, length % 8);
    for (size_t blocks = length / CHKSUM_BLOCK; blocks != 0; --blocks, bytes += CHKSUM_BLOCK) {
        sum = chksum_add_block(sum, bytes);
    }
    for (size_t words = length % CHKSUM_BLOCK / 8; words != 0; --words, bytes += 8) {
        sum = chksum_add64(sum, chksum_load64(bytes));
    }
    return chksum_fold64(sum);
}

/* --- vectors ---------------------------------------------------------------------------------- */

#    define CHKSUM_WIDEST 64U

/* Not on Windows: gcc keeps the stack aligned to 16 bytes there, whatever a vector needs. */
#    if (defined __x86_64__ || defined __i386__) && !defined _WIN32
#        define CHKSUM_WIDE
#    endif

/* CHKSUM_WIDEST bytes that let through, CHKSUM_WIDEST that do not, and CHKSUM_WIDEST that do. */
#    define CHKSUM_ONES_8 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
#    define CHKSUM_ONES_64                                                                         \
        CHKSUM_ONES_8, CHKSUM_ONES_8, CHKSUM_ONES_8, CHKSUM_ONES_8, CHKSUM_ONES_8, CHKSUM_ONES_8,  \
            CHKSUM_ONES_8, CHKSUM_ONES_8
static const uint8_t chksum_masks[3 * CHKSUM_WIDEST] = {CHKSUM_ONES_64,
                                                        [2 * CHKSUM_WIDEST] = CHKSUM_ONES_64};

/* The mask of a vector's first bytes. */
static inline const uint8_t *chksum_mask_of_first(size_t bytes)
{
    return chksum_masks + CHKSUM_WIDEST - bytes;
}

static inline const uint8_t *chksum_mask_of_last(size_t bytes, size_t width)
{
    return chksum_masks + 2 * CHKSUM_WIDEST + bytes - width;
}

/* The sum of lanes, of their sum modulo 2^64 and the sum of their upper halves:
 *   sum of the lower halves = all - upper * 2^32   modulo 2^64, and is less than that */
static inline uint64_t chksum_total(uint64_t all, uint64_t upper)
{
    return all - (upper << 32) + upper;
}

#    if defined __clang__
#        define LANES_SHUFFLE(vector, ...) __builtin_shufflevector(vector, vector, __VA_ARGS__)
#    else
#        define LANES_SHUFFLE(vector, ...)                                                         \
            __builtin_shuffle(vector, (__typeof__(vector)){__VA_ARGS__})
#    endif

/* Keeps the compiler from reading memory twice. */
#    if defined __x86_64__ || defined __i386__
#        define LANES_IN_REGISTER(vector) __asm__("" : "+x"(vector))
#    elif defined __aarch64__
#        define LANES_IN_REGISTER(vector) __asm__("" : "+w"(vector))
#    else
#        define LANES_IN_REGISTER(vector) ((void)0)
#    endif

/* Adds a vector to sums. NEON adds pairs of 32-bit lanes to 64-bit ones at once: `all` loses
 * nothing there. Elsewhere two additions and a shift, without a carry to carry on. */
#    if defined __aarch64__
#        define LANES_ADD(sums, vector)                                                            \
            __asm__("uadalp %0.2d, %1.4s" : "+w"((sums).all) : "w"(vector))
#    else
#        define LANES_ADD(sums, vector) ((sums).all += (vector), (sums).upper += (vector) >> 32)
#    endif

#    if defined __i386__
#        define LANES_TARGET __attribute__((target("sse2")))
#    else
#        define LANES_TARGET
#    endif
#    define LANES_BYTES        16
#    define LANES_FOLD(vector) ((vector) += LANES_SHUFFLE(vector, 1, 0))
#    include "chksum_lanes.h"

#    ifdef CHKSUM_WIDE
#        define LANES_BYTES  32
#        define LANES_TARGET __attribute__((target("avx2")))
#        define LANES_FOLD(vector)                                                                 \
            ((vector) += LANES_SHUFFLE(vector, 2, 3, 0, 1),                                        \
             (vector) += LANES_SHUFFLE(vector, 1, 0, 3, 2))
#        include "chksum_lanes.h"

#        define LANES_BYTES  64
#        define LANES_TARGET __attribute__((target("avx512f")))
#        define LANES_FOLD(vector)                                                                 \
            ((vector) += LANES_SHUFFLE(vector, 4, 5, 6, 7, 0, 1, 2, 3),                            \
             (vector) += LANES_SHUFFLE(vector, 2, 3, 0, 1, 6, 7, 4, 5),                            \
             (vector) += LANES_SHUFFLE(vector, 1, 0, 3, 2, 5, 4, 7, 6))
#        include "chksum_lanes.h"
#    endif

/* --- strategies ------------------------------------------------------------------------------- */

/* Shorter pieces are not worth a vector; none is shorter than one. */
#    define CHKSUM_SHORT 144U

static uint16_t chksum_by_words(const void *data, size_t length)
{
    return chksum_sum_words((const uint8_t *)data, length);
}

static uint16_t chksum_copy_words(void *target, const void *source, size_t length)
{
    memcpy(target, source, length);
    return chksum_sum_words((const uint8_t *)source, length);
}

/* chksum_by_16 and chksum_copy_16, or of another width. */
#    define CHKSUM_STRATEGY(width, attribute)                                                      \
        attribute static uint16_t chksum_by_##width(const void *data, size_t length)               \
        {                                                                                          \
            return length < CHKSUM_SHORT                                                           \
                       ? chksum_by_words(data, length)                                             \
                       : chksum_fold64(lanes_sum_##width(NULL, (const uint8_t *)data, length));    \
        }                                                                                          \
        attribute static uint16_t chksum_copy_##width(void *target, const void *source,            \
                                                      size_t length)                               \
        {                                                                                          \
            return length < CHKSUM_SHORT                                                           \
                       ? chksum_copy_words(target, source, length)                                 \
                       : chksum_fold64(lanes_sum_##width((uint8_t *)target,                        \
                                                         (const uint8_t *)source, length));        \
        }

#    if defined __i386__
CHKSUM_STRATEGY(16, __attribute__((target("sse2"))))
#    else
CHKSUM_STRATEGY(16, )
#    endif

#    ifdef CHKSUM_WIDE
CHKSUM_STRATEGY(32, __attribute__((target("avx2"))))
CHKSUM_STRATEGY(64, __attribute__((target("avx512f"))))

static unsigned chksum_count_strategies(void)
{
    if (!__builtin_cpu_supports("sse2")) {
        return 1;
    }
    if (!__builtin_cpu_supports("avx2")) {
        return 2;
    }
    return __builtin_cpu_supports("avx512f") ? 4 : 3;
}

static const cistern_chksum_strategy_t chksum_strategies[] = {
    {"words", chksum_by_words, chksum_copy_words},
    {"sse2", chksum_by_16, chksum_copy_16},
    {"avx2", chksum_by_32, chksum_copy_32},
    {"avx512", chksum_by_64, chksum_copy_64}};
#    else
static unsigned chksum_count_strategies(void)
{
    return 2;
}

#        if defined __aarch64__
#            define CHKSUM_VECTORS "neon"
#        else
#            define CHKSUM_VECTORS "vectors"
#        endif
static const cistern_chksum_strategy_t chksum_strategies[] = {
    {"words", chksum_by_words, chksum_copy_words}, {CHKSUM_VECTORS, chksum_by_16, chksum_copy_16}};
#    endif

const cistern_chksum_strategy_t *cistern_chksum_strategy(unsigned index)
{
    return index < chksum_count_strategies() ? &chksum_strategies[index] : NULL;
}

/* --- the best strategy ------------------------------------------------------------------------ */

static uint16_t chksum_find_and_sum(const void *data, size_t length);
static uint16_t chksum_find_and_copy(void *target, const void *source, size_t length);

/* Until the best is known, one that finds it. Several threads may do so at the same time, and
 * find the same: no lock. */
static const cistern_chksum_strategy_t chksum_first = {"find", chksum_find_and_sum,
                                                       chksum_find_and_copy};
static const cistern_chksum_strategy_t *chksum_best = &chksum_first;

static const cistern_chksum_strategy_t *chksum_find_best(void)
{
    const cistern_chksum_strategy_t *const strategy =
        &chksum_strategies[chksum_count_strategies() - 1U];
    __atomic_store_n(&chksum_best, strategy, __ATOMIC_RELAXED);
    return strategy;
}

static uint16_t chksum_find_and_sum(const void *data, size_t length)
{
    return (chksum_find_best()->sum)(data, length);
}

static uint16_t chksum_find_and_copy(void *target, const void *source, size_t length)
{
    return (chksum_find_best()->copy)(target, source, length);
}

/* At the start of a line of code: a short sum takes ten cycles, and two more from another place. */
__attribute__((aligned(64))) uint16_t cistern_chksum_vectors(const void *data, size_t length)
{
    return length < CHKSUM_SHORT
               ? chksum_sum_words((const uint8_t *)data, length)
               : (__atomic_load_n(&chksum_best, __ATOMIC_RELAXED)->sum)(data, length);
}

uint16_t cistern_chksum_vectors_copy(void *target, const void *source, size_t length)
{
    return (__atomic_load_n(&chksum_best, __ATOMIC_RELAXED)->copy)(target, source, length);
}

#endif
