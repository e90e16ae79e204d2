/* SPDX-License-Identifier: BSD-3-Clause */
/* memory.h - the library's pools and heap, with the sizes of the command line. */
#ifndef CISTERN_TOOL_MEMORY_H
#define CISTERN_TOOL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "lwip/memp.h"

#include "options.h"

typedef struct pool_usage {
    const char *name;
    size_t size; /* bytes of an element, with the packet buffer's own header */
    size_t count;
    size_t used;
    size_t max;
    size_t err;
} pool_usage_t;

typedef struct heap_usage {
    size_t size; /* bytes that blocks can take */
    size_t used;
    size_t max;
    size_t largest; /* free block */
    size_t blocks;  /* in use */
    size_t err;
} heap_usage_t;

typedef struct memory_usage {
    pool_usage_t pool[MEMP_MAX];
    heap_usage_t heap;
} memory_usage_t;

/* Allocates the memory and starts the library on it. False, after a message, if the host has too
 * little. Call it once; close it at the end. */
bool memory_open(const options_t *options);
void memory_close(void);

/* Starts high-water marks and failures anew. Nothing may be in use. */
void memory_restart(void);

/* Elements of PBUF_POOL that are free now. */
size_t memory_pool_free(void);

/* Elements that a frame takes; at least one. */
size_t memory_pool_elements(size_t length);

/* What pools and heap look like now. */
void memory_measure(memory_usage_t *usage);

/* Pool elements and heap blocks that are in use. */
size_t memory_held(const memory_usage_t *usage);

#endif
