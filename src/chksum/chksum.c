/* SPDX-License-Identifier: BSD-3-Clause */
/* chksum.c - the Internet sum of a copy, and incremental update. */
#include "cistern/chksum.h"

#include <string.h>

#if CISTERN_CHKSUM_ALGORITHM == 4 && defined CISTERN_PORT_CHKSUM_COPY
uint16_t cistern_chksum_copy(void *target, const void *source, size_t length)
{
    return CISTERN_PORT_CHKSUM_COPY(target, source, length);
}
#else
uint16_t cistern_chksum_copy(void *target, const void *source, size_t length)
{
    memcpy(target, source, length);
    return cistern_chksum_sum(target, length);
}
#endif

uint16_t cistern_chksum_update(uint16_t checksum, const void *from, const void *to, size_t length,
                               size_t offset)
{
    const uint16_t old_sum = cistern_chksum_sum(from, length);
    const uint16_t new_sum = cistern_chksum_sum(to, length);
    return (offset & 1U) == 0 ? cistern_chksum_update16(checksum, old_sum, new_sum)
                              : cistern_chksum_update16(checksum, cistern_chksum_swap(old_sum),
                                                        cistern_chksum_swap(new_sum));
}
