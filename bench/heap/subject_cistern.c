/* SPDX-License-Identifier: BSD-3-Clause */
/* subject_cistern.c - ours; the build chooses fit, check level and width of index. */
#define _GNU_SOURCE 1
#include "subject.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "cistern/heap.h"

static cistern_heap_t heap;

bool subject_start(size_t bytes)
{
    static void *arena;
    static size_t arena_bytes;
    if (arena != NULL) {
        (void)munmap(arena, arena_bytes);
    }
    arena = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    arena_bytes = bytes;
    const cistern_heap_config_t config = {.memory = arena, .bytes = bytes, .alignment = 8};
    if (arena == MAP_FAILED || cistern_heap_init(&heap, &config) != CISTERN_OK) {
        abort();
    }
    return true;
}

void *subject_malloc(size_t size)
{
    return cistern_heap_alloc(&heap, size);
}

void subject_free(void *memory)
{
    (void)cistern_heap_free(&heap, memory);
}
