/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - lwIP's heap on more memory than a request of MEM_SIZE's type can ask for. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MEM_ALIGNMENT 8
#define MEM_SIZE      16000

/* The test's. */
extern unsigned char heap_memory[];
#define LWIP_RAM_HEAP_POINTER heap_memory
#define LWIP_RAM_HEAP_SIZE    200000

#endif
