/* chksum_lanes.h - sum of whole vectors, for one width of vectors: no include guard, since chksum.c
 * includes it once per width.
 *
 *   before: LANES_NAME, LANES_BYTES, LANES_TARGET (an attribute, or nothing), and once and for all
 *           LANES_IN_REGISTER(vector): keeps the compiler from reading memory twice
 *   after:  uint64_t LANES_NAME(const uint8_t *bytes, size_t vectors)
 *
 * A lane is 64 bits wide. `all` adds up whole lanes and loses carries; `upper` adds up their upper
 * halves and cannot overflow. What `all` would be without losses follows from both at the end:
 *   lower = all - upper * 2^32   exactly, modulo 2^64
 * Three instructions per vector, and no carry to carry on.
 *
 *   I1  vectors < 2^31, so that lower + upper fits a lane.
 */
#define LANES_JOIN_(a, b) a##b
#define LANES_JOIN(a, b)  LANES_JOIN_(a, b)
#define LANES_VECTOR      LANES_JOIN(LANES_NAME, _vector_t)

typedef uint64_t LANES_VECTOR __attribute__((vector_size(LANES_BYTES)));

/* Not by value: without vector registers that would be an ABI of the compiler's own. */
LANES_TARGET static inline void LANES_JOIN(LANES_NAME, _load)(LANES_VECTOR *vector,
                                                              const uint8_t *bytes)
{
    LANES_VECTOR loaded;
    memcpy(&loaded, bytes, sizeof loaded);
    LANES_IN_REGISTER(loaded);
    *vector = loaded;
}
#define LANES_LOAD LANES_JOIN(LANES_NAME, _load)

LANES_TARGET static uint64_t LANES_NAME(const uint8_t *bytes, size_t vectors)
{
    LANES_VECTOR all = {0}, all_odd = {0};
    LANES_VECTOR upper = {0}, upper_odd = {0};
    for (; vectors >= 2; vectors -= 2, bytes += 2 * LANES_BYTES) {
        LANES_VECTOR even, odd;
        LANES_LOAD(&even, bytes);
        LANES_LOAD(&odd, bytes + LANES_BYTES);
        all += even;
        upper += even >> 32;
        all_odd += odd;
        upper_odd += odd >> 32;
    }
    if (vectors != 0) {
        LANES_VECTOR even;
        LANES_LOAD(&even, bytes);
        all += even;
        upper += even >> 32;
    }
    all += all_odd;
    upper += upper_odd;
    const LANES_VECTOR lanes = all - (upper << 32) + upper;
    uint64_t sum = 0;
    for (unsigned i = 0; i < LANES_BYTES / sizeof(uint64_t); ++i) {
        sum = add(sum, lanes[i]);
    }
    return sum;
}

#undef LANES_JOIN_
#undef LANES_JOIN
#undef LANES_VECTOR
#undef LANES_NAME
#undef LANES_BYTES
#undef LANES_TARGET
#undef LANES_LOAD
