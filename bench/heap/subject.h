/* SPDX-License-Identifier: BSD-3-Clause */
/* subject.h - an allocator under measurement: each program of the benchmark is linked with one. */
#ifndef BENCH_SUBJECT_H
#define BENCH_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>

/* Starts anew, with an arena of `bytes` where the allocator lives in one. False if it has none, so
 * that its packing cannot be measured. */
bool subject_start(size_t bytes);

void *subject_malloc(size_t size);
void subject_free(void *memory);

#endif
