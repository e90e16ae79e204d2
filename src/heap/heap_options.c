/* SPDX-License-Identifier: BSD-3-Clause */
/* heap_options.c - the options of a heap that this library was built with: see cistern/agree.h.
 *
 * In a source of its own, since a program that includes cistern/heap.h need not have a heap: the linker
 * takes this object alone then, not the heap. */
#include "cistern/heap.h"

#define CISTERN_AGREE_NUMBER CISTERN_AGREE_HEAP_BYTES
#include "cistern/agree_digits.h"
CISTERN_AGREE_DEFINE(CISTERN_HEAP_BYTES, CISTERN_AGREE_DIGITS);
#define CISTERN_AGREE_NUMBER CISTERN_HEAP_CACHE_LINE
#include "cistern/agree_digits.h"
CISTERN_AGREE_DEFINE(CISTERN_HEAP_CACHE_LINE, CISTERN_AGREE_DIGITS);
#define CISTERN_AGREE_NUMBER CISTERN_AGREE_QUARANTINE
#include "cistern/agree_digits.h"
CISTERN_AGREE_DEFINE(CISTERN_HEAP_QUARANTINE, CISTERN_AGREE_DIGITS);
#define CISTERN_AGREE_NUMBER CISTERN_AGREE_HEAP_HISTORY
#include "cistern/agree_digits.h"
CISTERN_AGREE_DEFINE(CISTERN_HEAP_HISTORY, CISTERN_AGREE_DIGITS);
