/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - lwIP's heap on memory that is chosen at run time. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#include <stddef.h>

#define MEM_ALIGNMENT 8
#define MEM_SIZE      1000000

/* The test's: where the heap is to be, and its bytes. */
extern unsigned char *heap_memory;
extern size_t heap_bytes;
#define LWIP_RAM_HEAP_POINTER heap_memory
#define LWIP_RAM_HEAP_SIZE    heap_bytes

#endif
