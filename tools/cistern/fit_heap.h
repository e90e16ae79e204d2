/* SPDX-License-Identifier: BSD-3-Clause */
/* fit_heap.h - replays in the library's heap of `bytes`, as MEM_SIZE says them, of each kind of target.
 */
#ifndef CISTERN_TOOL_FIT_HEAP_H
#define CISTERN_TOOL_FIT_HEAP_H

#include "fit.h"

/* Up to 64 KiB: indices of 16 bits, whatever the width of pointers. */
replayed_t fit_heap_narrow(const trace_t *trace, const target_t *target, size_t bytes,
                           size_t min_size);

/* Beyond: indices of 32 bits; with pointers of 64 there are more lists. */
replayed_t fit_heap_of_32_bits(const trace_t *trace, const target_t *target, size_t bytes,
                               size_t min_size);
replayed_t fit_heap_of_64_bits(const trace_t *trace, const target_t *target, size_t bytes,
                               size_t min_size);

#endif
