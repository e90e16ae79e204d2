/* SPDX-License-Identifier: BSD-3-Clause */
/* fit_heap_64.c - the library's heap beyond 64 KiB on a target of 64 bits. */
#define FIT_HEAP_REPLAY     fit_heap_of_64_bits
#define FIT_HEAP_NAME(name) fit64_heap_##name
#define CISTERN_HEAP_BYTES  UINT32_C(0xffffffff)

#include <stdint.h>

#include "fit_heap.inc"
