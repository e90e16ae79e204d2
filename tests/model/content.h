/* SPDX-License-Identifier: BSD-3-Clause */
/* content.h - what the models fill blocks with: bytes without any pattern, other ones for each seed.
 * Where a pattern comes again in many blocks, as counting bytes do, some of it will look like a
 * block's header, and like its two neighbours elsewhere (docs/heap.md, "Checks"). */
#ifndef CISTERN_TESTS_CONTENT_H
#define CISTERN_TESTS_CONTENT_H

#include <stddef.h>
#include <stdint.h>

static inline unsigned char content_byte(uint32_t seed, size_t i)
{
    uint32_t mixed = (seed + (uint32_t)i) * UINT32_C(2654435761);
    mixed = (mixed ^ mixed >> 15) * UINT32_C(2246822519);
    return (unsigned char)(mixed >> 24);
}

#endif
