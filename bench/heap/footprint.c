/* SPDX-License-Identifier: BSD-3-Clause */
/* footprint.c - the smallest use of a heap, to see how much code it brings along: init, malloc,
 * free. */
#include "cistern/fault.h"
#include "cistern/heap.h"

cistern_heap_t footprint_heap;
void footprint(void *memory, size_t bytes);

/* The reporter is not counted: every engine shares it. */
void cistern_fault_raise(const cistern_fault_t *fault)
{
    (void)fault;
}

void footprint(void *memory, size_t bytes)
{
    const cistern_heap_config_t config = {.memory = memory, .bytes = bytes};
    (void)cistern_heap_init(&footprint_heap, &config);
    (void)cistern_heap_free(&footprint_heap, cistern_heap_alloc(&footprint_heap, bytes));
}
