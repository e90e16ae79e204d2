/* SPDX-License-Identifier: BSD-3-Clause */
/* chksum_lanes.h - sum, or copy and sum, by vectors of one width: no include guard, since
 * chksum_vectors.c includes it once per width.
 *
 *   before: LANES_BYTES, the width
 *           LANES_TARGET, an attribute or nothing
 *           LANES_FOLD(vector), which leaves the sum of all lanes in the first one
 *           LANES_ADD(sums, vector) and LANES_IN_REGISTER(vector), once and for all
 *   after:  uint64_t lanes_sum_16(uint8_t *target, const uint8_t *bytes, size_t length), ...
 *
 *   bytes   head | vector | vector | ... | vector | tail      what is between both is aligned;
 *           [head, masked]                [masked, tail]      these two are the ends of vectors
 *
 * Aligned is the target if there is one, else the source. Behind a head of odd length all bytes lie
 * in the other halves. So an end at an odd distance from the vectors is turned by a byte first,
 * which multiplies it by 2^8, and the sum of all is turned back.
 *
 *   I1  head < LANES_BYTES, tail < LANES_BYTES <= length: the ends are loaded from within the data.
 *   I2  length < 2^34: sums of 32-bit halves never overflow a lane.
 */
#define LANES_JOIN_(a, b) a##_##b
#define LANES_JOIN(a, b)  LANES_JOIN_(a, b)
#define LANES(name)       LANES_JOIN(name, LANES_BYTES)
#define LANES_STATIC      LANES_TARGET __attribute__((always_inline)) static inline

typedef uint64_t LANES(lanes_vector_t) __attribute__((vector_size(LANES_BYTES)));

/* Vectors go by pointer: without their registers, by value would be an ABI of the compiler's. */
typedef struct LANES(lanes_sums) {
    LANES(lanes_vector_t) all;   /* of whole lanes, modulo 2^64 */
    LANES(lanes_vector_t) upper; /* of their upper halves */
} LANES(lanes_sums_t);

LANES_STATIC void LANES(lanes_move)(LANES(lanes_vector_t) * vector, uint8_t *target,
                                    const uint8_t *bytes)
{
    LANES(lanes_vector_t) loaded;
    memcpy(&loaded, bytes, sizeof loaded);
    LANES_IN_REGISTER(loaded);
    if (target != NULL) {
        memcpy(target, &loaded, sizeof loaded);
    }
    *vector = loaded;
}

LANES_STATIC void LANES(lanes_add_end)(LANES(lanes_sums_t) * sums,
                                       const LANES(lanes_vector_t) * vector, const uint8_t *mask,
                                       bool odd)
{
    LANES(lanes_vector_t) end;
    memcpy(&end, mask, sizeof end);
    end &= *vector;
    if (odd) {
        end = end << 8 | end >> 56;
    }
    LANES_ADD(*sums, end);
}

LANES_STATIC uint64_t LANES(lanes_total)(LANES(lanes_sums_t) * sums)
{
    LANES_FOLD(sums->all);
    LANES_FOLD(sums->upper);
    return chksum_total(sums->all[0], sums->upper[0]);
}

LANES_STATIC uint64_t LANES(lanes_sum)(uint8_t *target, const uint8_t *bytes, size_t length)
{
    const uintptr_t aligned = target != NULL ? (uintptr_t)target : (uintptr_t)bytes;
    const size_t head = (size_t)(0U - aligned) % LANES_BYTES;
    const size_t tail = (length - head) % LANES_BYTES;
    const uint8_t *const last = bytes + length - LANES_BYTES;
    LANES(lanes_sums_t) sums = {{0}, {0}};
    LANES(lanes_sums_t) more = {{0}, {0}};
    LANES(lanes_vector_t) first, second;

    LANES(lanes_move)(&first, target, bytes);
    LANES(lanes_move)(&second, target != NULL ? target + (last - bytes) : NULL, last);
    LANES(lanes_add_end)(&sums, &first, chksum_mask_of_first(head), head % 2 != 0);
    LANES(lanes_add_end)(&more, &second, chksum_mask_of_last(tail, LANES_BYTES), tail % 2 != 0);

    const uint8_t *from = bytes + head;
    uint8_t *to = target != NULL ? target + head : NULL;
    size_t vectors = (length - head) / LANES_BYTES;
    for (; vectors >= 2; vectors -= 2, from += 2 * LANES_BYTES) {
        LANES(lanes_move)(&first, to, from);
        LANES(lanes_move)(&second, to != NULL ? to + LANES_BYTES : NULL, from + LANES_BYTES);
        LANES_ADD(sums, first);
        LANES_ADD(more, second);
        to = to != NULL ? to + 2 * LANES_BYTES : NULL;
    }
    if (vectors != 0) {
        LANES(lanes_move)(&first, to, from);
        LANES_ADD(sums, first);
    }
    sums.all += more.all;
    sums.upper += more.upper;
    const uint64_t sum = LANES(lanes_total)(&sums);
    return head % 2 != 0 ? sum << 8 | sum >> 56 : sum;
}

#undef LANES_JOIN_
#undef LANES_JOIN
#undef LANES
#undef LANES_STATIC
#undef LANES_BYTES
#undef LANES_TARGET
#undef LANES_FOLD
