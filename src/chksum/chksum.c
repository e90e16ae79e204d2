/* chksum.c - the Internet sum by the algorithm chosen, copying, and incremental update. */
#include "cistern/chksum.h"

#include <string.h>

#if CISTERN_CHKSUM_ALGORITHM == 1
#    define SUM cistern_chksum_bytes
#elif CISTERN_CHKSUM_ALGORITHM == 2
#    define SUM cistern_chksum_halfwords
#else
#    define SUM cistern_chksum_words
#endif

uint16_t cistern_chksum_sum(const void *data, size_t length)
{
    return SUM(data, length);
}

uint16_t cistern_chksum_copy(void *target, const void *source, size_t length)
{
    memcpy(target, source, length);
    return SUM(target, length);
}

uint16_t cistern_chksum_update(uint16_t checksum, const void *from, const void *to, size_t length,
                               size_t offset)
{
    const uint16_t old_sum = SUM(from, length);
    const uint16_t new_sum = SUM(to, length);
    return (offset & 1U) == 0 ? cistern_chksum_update16(checksum, old_sum, new_sum)
                              : cistern_chksum_update16(checksum, cistern_chksum_swap(old_sum),
                                                        cistern_chksum_swap(new_sum));
}
