/* SPDX-License-Identifier: BSD-3-Clause */
/* memory.c - the library's pools and heap, with the sizes of the command line.
 *
 *   memory_heap_arena --> | heap, --heap bytes |                          LWIP_RAM_HEAP_POINTER
 *   pool_memory       --> | struct pbuf | payload | struct pbuf | payload | ... |
 *                                        <------> --pool-size, rounded up
 *
 * PBUF_POOL is laid out on pool_memory instead of the memory that was fixed when compiling. The library sees no difference but for the payload's size,
 * which it asks for through PBUF_POOL_PAYLOAD_SIZE().
 */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>

#include "cistern/heap.h"
#include "lwip/debug.h"
#include "lwip/mem.h"
#include "lwip/pbuf.h"
#include "lwip/stats.h"
#include "lwip/sys.h"

/* What lwipopts.h names. */
uint8_t *memory_heap_arena;
size_t memory_heap_size;
uint16_t memory_pool_payload;

static void *pool_memory;
static size_t pool_count;

LWIP_MEMPOOL_PROTOTYPE(PBUF_POOL);

bool memory_open(const options_t *options)
{
    const size_t size = PBUF_STRUCT_SIZE + options->pool_size;
    const size_t bytes = MEMP_POOL_BYTES(options->pool_count, size);
    memory_heap_arena = calloc(1, options->heap);
    pool_memory = calloc(1, bytes);
    if (memory_heap_arena == NULL || pool_memory == NULL) {
        fputs("cistern: out of memory: lower --pool-count, --pool-size or --heap\n", stderr);
        memory_close();
        return false;
    }
    memory_heap_size = options->heap;
    memory_pool_payload = options->pool_size;
    pool_count = options->pool_count;
    sys_init();
    stats_init();
    return true;
}

void memory_close(void)
{
    free(pool_memory);
    free(memory_heap_arena);
    pool_memory = NULL;
    memory_heap_arena = NULL;
}

void memory_restart(void)
{
    mem_init();
    memp_lay_out(&memp_PBUF_POOL, pool_count, PBUF_STRUCT_SIZE + memory_pool_payload, pool_memory);
    memp_init();
}

size_t memory_pool_free(void)
{
    cistern_pool_stats_t stats;
    memp_pool_stats(&memp_PBUF_POOL, &stats);
    return stats.free;
}

size_t memory_pool_elements(size_t length)
{
    const size_t elements = (length + memory_pool_payload - 1U) / memory_pool_payload;
    return elements == 0 ? 1 : elements;
}

static void measure_pool(const struct memp_desc *pool, pool_usage_t *usage)
{
    cistern_pool_stats_t stats;
    memp_pool_stats(pool, &stats);
    *usage = (pool_usage_t){.name = stats.name,
                            .size = stats.size,
                            .count = stats.count,
                            .used = stats.count - stats.free,
                            .max = stats.count - stats.min_free,
                            .err = stats.failures};
}

void memory_measure(memory_usage_t *usage)
{
    cistern_heap_stats_t stats;
    for (int i = 0; i < MEMP_MAX; ++i) {
        measure_pool(memp_pools[i], &usage->pool[i]);
    }
    cistern_heap_stats(mem_heap(), &stats);
    usage->heap = (heap_usage_t){.size = stats.bytes,
                                 .used = stats.used,
                                 .max = stats.max_used,
                                 .largest = cistern_heap_largest(mem_heap()),
                                 .blocks = stats.blocks,
                                 .err = stats.failures};
}

size_t memory_held(const memory_usage_t *usage)
{
    size_t held = usage->heap.blocks;
    for (int i = 0; i < MEMP_MAX; ++i) {
        held += usage->pool[i].used;
    }
    return held;
}
