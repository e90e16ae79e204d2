/* SPDX-License-Identifier: BSD-3-Clause */
/* chksum_riscv.h - sums of words. There is no carry flag: a sum that is
 * less than what was added has carried (sltu). That makes four instructions of four bytes. */
#ifndef CISTERN_CHKSUM_RISCV_H
#define CISTERN_CHKSUM_RISCV_H

#include <stddef.h>
#include <stdint.h>

#include "cistern/chksum.h"

/* A word of memory of any type. */
typedef uint32_t __attribute__((may_alias)) chksum_word_t;

static inline uint32_t chksum_add_block(uint32_t sum, const chksum_word_t *from)
{
    sum = cistern_chksum_add32(sum, from[0]);
    sum = cistern_chksum_add32(sum, from[1]);
    sum = cistern_chksum_add32(sum, from[2]);
    sum = cistern_chksum_add32(sum, from[3]);
    sum = cistern_chksum_add32(sum, from[4]);
    sum = cistern_chksum_add32(sum, from[5]);
    sum = cistern_chksum_add32(sum, from[6]);
    return cistern_chksum_add32(sum, from[7]);
}

/* Adds words to a ones' complement sum, eight at a time. */
static inline uint32_t chksum_add_words(uint32_t sum, const chksum_word_t *from, size_t count)
{
    for (; count >= 8U; count -= 8U, from += 8) {
        sum = chksum_add_block(sum, from);
    }
    for (; count != 0; --count, ++from) {
        sum = cistern_chksum_add32(sum, *from);
    }
    return sum;
}

#endif
