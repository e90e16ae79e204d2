/* SPDX-License-Identifier: BSD-3-Clause */
/* The engine itself: a pool and a heap, and a handler that hears of misuse. */
#include <stdalign.h>
#include <stdio.h>

#include "cistern/fault.h"
#include "cistern/heap.h"
#include "cistern/pool.h"

static alignas(16) unsigned char blocks[CISTERN_POOL_BYTES(16, 64, 16)];
static alignas(16) unsigned char arena[4096];

static void on_fault(const cistern_fault_t *fault)
{
    printf("%s in %s\n", cistern_fault_text(fault->kind), fault->name);
}

int main(void)
{
    cistern_pool_t pool;
    cistern_heap_t heap;
    cistern_fault_set_handler(on_fault);
    cistern_pool_init(&pool, &(cistern_pool_config_t){.name = "frames",
                                                      .count = 16,
                                                      .size = 64,
                                                      .alignment = 16,
                                                      .memory = blocks,
                                                      .bytes = sizeof blocks});
    cistern_heap_init(
        &heap, &(cistern_heap_config_t){.name = "heap", .memory = arena, .bytes = sizeof arena});

    void *const frame = cistern_pool_get(&pool);
    void *const text = cistern_heap_alloc(&heap, 100);
    cistern_heap_free(&heap, text);
    cistern_heap_free(&heap, text);              /* double free in heap */
    cistern_pool_put(&pool, (char *)frame + 16); /* free of an address inside a block in frames */
    cistern_pool_put(&pool, frame);
    return 0;
}
