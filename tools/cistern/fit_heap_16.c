/* SPDX-License-Identifier: BSD-3-Clause */
/* fit_heap_16.c - the library's heap of up to 64 KiB: indices of 16 bits. */
#define FIT_HEAP_REPLAY     fit_heap_narrow
#define FIT_HEAP_NAME(name) fit16_heap_##name
#define CISTERN_HEAP_BYTES  UINT32_C(0x10000)

#include <stdint.h>

#include "fit_heap.inc"
