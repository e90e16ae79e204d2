/* chksum.c (posix) - the Internet sum by vectors, with compiler extensions of gcc and clang.
 *
 *   short   | 64 bytes, one chain of carries | word | word | last word, its first bytes cut off |
 *   long    | head | vector | vector | ... | vector | tail |               see chksum_lanes.h
 *
 * 2^16 is 1 modulo 2^16 - 1, so that wider sums are folded to 16 bits at the end only.
 *
 * I1  every partial sum is the ones' complement sum of its bytes in 64 bits: 0 iff they are all 0.
 */
#include "arch/cistern_chksum.h"

#include <stdbool.h>
#include <string.h>

/* --- words ----------------------------------------------------------------------------------- */

/* Ones' complement addition in 64 bits. */
static inline uint64_t add(uint64_t a, uint64_t b)
{
    const uint64_t sum = a + b;
    return sum + (sum < a ? 1U : 0U);
}

static inline uint64_t load64(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Each step adds the two halves, and the carry between them: rotated, they stand over each other.
 */
static inline uint16_t fold(uint64_t sum)
{
    sum += sum << 32 | sum >> 32;
    uint32_t half = (uint32_t)(sum >> 32);
    half += half << 16 | half >> 16;
    return (uint16_t)(half >> 16);
}

/* The sum of 0 to 7 bytes. */
static uint64_t sum_few(const uint8_t *bytes, size_t length)
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
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
static inline uint64_t load_last(const uint8_t *end, size_t length)
{
    return load64(end - 8) << 1 << (63U - 8U * length);
}
#else
static inline uint64_t load_last(const uint8_t *end, size_t length)
{
    return load64(end - 8) >> 1 >> (63U - 8U * length);
}
#endif

/* --- words: a chain of additions with carry --------------------------------------------------- */

#if defined __x86_64__
#    define BLOCK 64U

static inline uint64_t add_block(uint64_t sum, const uint8_t *bytes)
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
            : "r"(bytes), "m"(*(const uint8_t(*)[BLOCK])bytes)
            : "cc");
    return sum;
}
#else
#    define BLOCK 16U

static inline uint64_t add_block(uint64_t sum, const uint8_t *bytes)
{
    return add(add(sum, load64(bytes)), load64(bytes + 8));
}
#endif

__attribute__((always_inline)) static inline uint16_t sum_words(const uint8_t *bytes, size_t length)
{
    if (length < 8) {
        return fold(sum_few(bytes, length));
    }
    uint64_t sum = load_last(bytes + length, length % 8);
    for (size_t blocks = length / BLOCK; blocks != 0; --blocks, bytes += BLOCK) {
        sum = add_block(sum, bytes);
    }
    for (size_t words = length % BLOCK / 8; words != 0; --words, bytes += 8) {
        sum = add(sum, load64(bytes));
    }
    return fold(sum);
}

/* --- vectors ---------------------------------------------------------------------------------- */

#define WIDEST 64U

/* WIDEST bytes that let through, WIDEST that do not, and WIDEST that do. */
#define ONES_8  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff
#define ONES_64 ONES_8, ONES_8, ONES_8, ONES_8, ONES_8, ONES_8, ONES_8, ONES_8
static const uint8_t masks[3 * WIDEST] = {ONES_64, [2 * WIDEST] = ONES_64};

/* The mask of a vector's first bytes. */
static inline const uint8_t *mask_of_first(size_t bytes)
{
    return masks + WIDEST - bytes;
}

static inline const uint8_t *mask_of_last(size_t bytes, size_t width)
{
    return masks + 2 * WIDEST + bytes - width;
}

/* The sum of lanes, of their sum modulo 2^64 and the sum of their upper halves:
 *   sum of the lower halves = all - upper * 2^32   modulo 2^64, and is less than that */
static inline uint64_t total(uint64_t all, uint64_t upper)
{
    return all - (upper << 32) + upper;
}

#if defined __clang__
#    define SHUFFLE(vector, ...) __builtin_shufflevector(vector, vector, __VA_ARGS__)
#else
#    define SHUFFLE(vector, ...) __builtin_shuffle(vector, (__typeof__(vector)){__VA_ARGS__})
#endif

/* Keeps the compiler from reading memory twice. */
#if defined __x86_64__ || defined __i386__
#    define LANES_IN_REGISTER(vector) __asm__("" : "+x"(vector))
#elif defined __aarch64__
#    define LANES_IN_REGISTER(vector) __asm__("" : "+w"(vector))
#else
#    define LANES_IN_REGISTER(vector) ((void)0)
#endif

/* Adds a vector to sums. NEON adds pairs of 32-bit lanes to 64-bit ones at once: `all` loses
 * nothing there. Elsewhere two additions and a shift, without a carry to carry on. */
#if defined __aarch64__
#    define LANES_ADD(sums, vector) __asm__("uadalp %0.2d, %1.4s" : "+w"((sums).all) : "w"(vector))
#else
#    define LANES_ADD(sums, vector) ((sums).all += (vector), (sums).upper += (vector) >> 32)
#endif

#if defined __i386__
#    define LANES_TARGET __attribute__((target("sse2")))
#else
#    define LANES_TARGET
#endif
#define LANES_BYTES        16
#define LANES_FOLD(vector) ((vector) += SHUFFLE(vector, 1, 0))
#include "chksum_lanes.h"

#if defined __x86_64__ || defined __i386__
#    define LANES_BYTES  32
#    define LANES_TARGET __attribute__((target("avx2")))
#    define LANES_FOLD(vector)                                                                     \
        ((vector) += SHUFFLE(vector, 2, 3, 0, 1), (vector) += SHUFFLE(vector, 1, 0, 3, 2))
#    include "chksum_lanes.h"

#    define LANES_BYTES  64
#    define LANES_TARGET __attribute__((target("avx512f")))
#    define LANES_FOLD(vector)                                                                     \
        ((vector) += SHUFFLE(vector, 4, 5, 6, 7, 0, 1, 2, 3),                                      \
         (vector) += SHUFFLE(vector, 2, 3, 0, 1, 6, 7, 4, 5),                                      \
         (vector) += SHUFFLE(vector, 1, 0, 3, 2, 5, 4, 7, 6))
#    include "chksum_lanes.h"
#endif

/* --- ways ------------------------------------------------------------------------------------- */

/* Shorter pieces are not worth a vector; none is shorter than one. */
#define SHORT 144U

static uint16_t by_words(const void *data, size_t length)
{
    return sum_words(data, length);
}

static uint16_t copy_words(void *target, const void *source, size_t length)
{
    memcpy(target, source, length);
    return sum_words(source, length);
}

/* by_16 and copy_16, or of another width. */
#define DEFINE_WAY(width, attribute)                                                               \
    attribute static uint16_t by_##width(const void *data, size_t length)                          \
    {                                                                                              \
        return length < SHORT ? by_words(data, length) : fold(sum_##width(NULL, data, length));    \
    }                                                                                              \
    attribute static uint16_t copy_##width(void *target, const void *source, size_t length)        \
    {                                                                                              \
        return length < SHORT ? copy_words(target, source, length)                                 \
                              : fold(sum_##width(target, source, length));                         \
    }

#if defined __i386__
DEFINE_WAY(16, __attribute__((target("sse2"))))
#else
DEFINE_WAY(16, )
#endif

#if defined __x86_64__ || defined __i386__
DEFINE_WAY(32, __attribute__((target("avx2"))))
DEFINE_WAY(64, __attribute__((target("avx512f"))))

static unsigned count_ways(void)
{
    if (!__builtin_cpu_supports("sse2")) {
        return 1;
    }
    if (!__builtin_cpu_supports("avx2")) {
        return 2;
    }
    return __builtin_cpu_supports("avx512f") ? 4 : 3;
}

static const cistern_port_chksum_way_t ways[] = {{"words", by_words, copy_words},
                                                 {"sse2", by_16, copy_16},
                                                 {"avx2", by_32, copy_32},
                                                 {"avx512", by_64, copy_64}};
#else
static unsigned count_ways(void)
{
    return 2;
}

#    if defined __aarch64__
#        define VECTORS "neon"
#    else
#        define VECTORS "vectors"
#    endif
static const cistern_port_chksum_way_t ways[] = {{"words", by_words, copy_words},
                                                 {VECTORS, by_16, copy_16}};
#endif

const cistern_port_chksum_way_t *cistern_port_chksum_way(unsigned index)
{
    return index < count_ways() ? &ways[index] : NULL;
}

/* --- the best way ----------------------------------------------------------------------------- */

static uint16_t find_and_sum(const void *data, size_t length);
static uint16_t find_and_copy(void *target, const void *source, size_t length);

/* Until the best is found, a way that finds it. Several threads may do so at the same time, and
 * find the same: no lock. */
static const cistern_port_chksum_way_t find_best = {"find", find_and_sum, find_and_copy};
static const cistern_port_chksum_way_t *best = &find_best;

static const cistern_port_chksum_way_t *found_best(void)
{
    const cistern_port_chksum_way_t *const way = &ways[count_ways() - 1U];
    __atomic_store_n(&best, way, __ATOMIC_RELAXED);
    return way;
}

static uint16_t find_and_sum(const void *data, size_t length)
{
    return found_best()->sum(data, length);
}

static uint16_t find_and_copy(void *target, const void *source, size_t length)
{
    return found_best()->copy(target, source, length);
}

/* At the start of a line of code: a short sum takes ten cycles, and two more from another place. */
__attribute__((aligned(64))) uint16_t cistern_port_chksum(const void *data, size_t length)
{
    return length < SHORT ? sum_words(data, length)
                          : __atomic_load_n(&best, __ATOMIC_RELAXED)->sum(data, length);
}

uint16_t cistern_port_chksum_copy(void *target, const void *source, size_t length)
{
    return __atomic_load_n(&best, __ATOMIC_RELAXED)->copy(target, source, length);
}
