/* chksum.c (posix) - the Internet sum by vectors, with compiler extensions of gcc and clang.
 *
 *   data   | vector | vector | ... | vector | word | word | 4 | 2 | 1 |
 *            16, 32 or 64 bytes each          what is left over, by 64-bit words
 *
 * 2^16 is 1 modulo 2^16 - 1, so that wider sums are folded to 16 bits at the end only.
 *
 * I1  every partial sum is the ones' complement sum of its bytes in 64 bits: 0 iff they are all 0.
 */
#include "arch/cistern_chksum.h"

#include <stdbool.h>
#include <string.h>

/* Shorter pieces are not worth a vector. */
#define SHORT 256U

/* --- words ----------------------------------------------------------------------------------- */

/* Ones' complement addition in 64 bits. */
static uint64_t add(uint64_t a, uint64_t b)
{
    const uint64_t sum = a + b;
    return sum + (sum < a ? 1U : 0U);
}

static uint64_t load64(const uint8_t *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* The last 0 to 7 bytes, as a word padded with zero bytes. */
static uint64_t load_rest(const uint8_t *bytes, size_t length)
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

/* --- words: a chain of additions with carry --------------------------------------------------- */

#if defined __x86_64__
#    define BLOCK 64U

static uint64_t add_block(uint64_t sum, const uint8_t *bytes)
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

static uint64_t add_block(uint64_t sum, const uint8_t *bytes)
{
    return add(add(sum, load64(bytes)), load64(bytes + 8));
}
#endif

__attribute__((always_inline)) static inline uint64_t sum_words(const uint8_t *bytes, size_t length)
{
    uint64_t sum = 0;
    for (; length >= BLOCK; length -= BLOCK, bytes += BLOCK) {
        sum = add_block(sum, bytes);
    }
    for (; length >= 8; length -= 8, bytes += 8) {
        sum = add(sum, load64(bytes));
    }
    return length != 0 ? add(sum, load_rest(bytes, length)) : sum;
}

static uint16_t fold(uint64_t sum)
{
    sum = (sum >> 32) + (sum & 0xffffffffU);
    sum = (sum >> 32) + (sum & 0xffffffffU);
    sum = (sum >> 16) + (sum & 0xffffU);
    return (uint16_t)((sum >> 16) + sum);
}

/* --- vectors ---------------------------------------------------------------------------------- */

#if defined __x86_64__ || defined __i386__
#    define LANES_IN_REGISTER(vector) __asm__("" : "+x"(vector))
#elif defined __aarch64__
#    define LANES_IN_REGISTER(vector) __asm__("" : "+w"(vector))
#else
#    define LANES_IN_REGISTER(vector) ((void)0)
#endif

#if defined __i386__
#    define LANES_TARGET __attribute__((target("sse2")))
#else
#    define LANES_TARGET
#endif
#define LANES_NAME  sum_16
#define LANES_BYTES 16
#include "chksum_lanes.h"

#if defined __x86_64__ || defined __i386__
#    define LANES_NAME   sum_32
#    define LANES_BYTES  32
#    define LANES_TARGET __attribute__((target("avx2")))
#    include "chksum_lanes.h"

#    define LANES_NAME   sum_64
#    define LANES_BYTES  64
#    define LANES_TARGET __attribute__((target("avx512f")))
#    include "chksum_lanes.h"
#endif

/* --- ways ------------------------------------------------------------------------------------- */

static uint16_t by_words(const void *data, size_t length)
{
    return fold(sum_words(data, length));
}

typedef uint64_t sum_vectors_t(const uint8_t *bytes, size_t vectors);

/* Whole vectors first, the rest by words. */
static inline uint16_t by_vectors(sum_vectors_t *sum_vectors, size_t width, const uint8_t *bytes,
                                  size_t length)
{
    const size_t vectors = length / width;
    const size_t done = vectors * width;
    const uint64_t rest = sum_words(bytes + done, length - done);
    return fold(add(rest, sum_vectors(bytes, vectors)));
}

static uint16_t by_16(const void *data, size_t length)
{
    return by_vectors(sum_16, 16, data, length);
}

#if defined __x86_64__ || defined __i386__
static uint16_t by_32(const void *data, size_t length)
{
    return by_vectors(sum_32, 32, data, length);
}

static uint16_t by_64(const void *data, size_t length)
{
    return by_vectors(sum_64, 64, data, length);
}

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

static const cistern_port_chksum_way_t ways[] = {
    {"words", by_words}, {"sse2", by_16}, {"avx2", by_32}, {"avx512", by_64}};
#elif defined __aarch64__
static unsigned count_ways(void)
{
    return 2;
}

static const cistern_port_chksum_way_t ways[] = {{"words", by_words}, {"neon", by_16}};
#else
static unsigned count_ways(void)
{
    return 2;
}

static const cistern_port_chksum_way_t ways[] = {{"words", by_words}, {"vectors", by_16}};
#endif

const cistern_port_chksum_way_t *cistern_port_chksum_way(unsigned index)
{
    return index < count_ways() ? &ways[index] : NULL;
}

/* Found out once; several threads may do so at the same time, and find the same. */
static const cistern_port_chksum_way_t *best_way(void)
{
    static const cistern_port_chksum_way_t *best;
    const cistern_port_chksum_way_t *way = __atomic_load_n(&best, __ATOMIC_RELAXED);
    if (way == NULL) {
        way = &ways[count_ways() - 1];
        __atomic_store_n(&best, way, __ATOMIC_RELAXED);
    }
    return way;
}

/* Apart, so that short pieces do without its registers. */
__attribute__((noinline)) static uint16_t by_best_way(const void *data, size_t length)
{
    return best_way()->sum(data, length);
}

uint16_t cistern_port_chksum(const void *data, size_t length)
{
    return length < SHORT ? by_words(data, length) : by_best_way(data, length);
}
