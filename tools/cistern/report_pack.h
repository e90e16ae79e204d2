/* SPDX-License-Identifier: BSD-3-Clause */
/* report_pack.h - long rows of numbers as short text: a page may carry a million points.
 *
 * A number takes 7 bits a byte, the lowest first, the top bit of all but the last byte set; one with
 * a sign is doubled, and inverted where it is negative. The bytes are base64. */
#ifndef CISTERN_TOOL_REPORT_PACK_H
#define CISTERN_TOOL_REPORT_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

typedef struct pack {
    uint8_t *byte;
    size_t bytes;
    size_t byte_room;
    bool short_of_memory; /* a number was lost */
} pack_t;

void pack_number(pack_t *pack, uint64_t number);
void pack_signed(pack_t *pack, int64_t number);

/* What was packed as a string, which is the caller's; frees the rest. NULL if memory is short. */
json_t *pack_end(pack_t *pack);

#endif
