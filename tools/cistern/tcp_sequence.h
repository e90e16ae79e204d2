/* SPDX-License-Identifier: BSD-3-Clause */
/* tcp_sequence.h - TCP's sequence numbers, modulo 2^32 (RFC 9293, 3.4). */
#ifndef CISTERN_TOOL_TCP_SEQUENCE_H
#define CISTERN_TOOL_TCP_SEQUENCE_H

#include <stdint.h>

#include "parsed.h"

/* How far `a` is behind `b`; negative when it is before. */
static inline int32_t tcp_diff(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* Sequence numbers that a segment takes: its data, SYN and FIN. */
static inline uint32_t tcp_length(const parsed_t *parsed)
{
    return parsed->data + ((parsed->flags & TCP_SYN) != 0 ? 1U : 0U) +
           ((parsed->flags & TCP_FIN) != 0 ? 1U : 0U);
}

#endif
