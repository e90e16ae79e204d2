/* SPDX-License-Identifier: BSD-3-Clause */
/* fit_heap_32.c - the library's heap beyond 64 KiB on a target of 32 bits. */
#define FIT_HEAP_REPLAY     fit_heap_of_32_bits
#define FIT_HEAP_NAME(name) fit32_heap_##name
#define CISTERN_HEAP_BYTES  UINT32_C(0xffffffff)
#define CISTERN_HEAP_OF_32_BITS

#include <stdint.h>

#include "fit_heap.inc"
