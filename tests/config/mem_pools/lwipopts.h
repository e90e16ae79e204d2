/* SPDX-License-Identifier: BSD-3-Clause */
/* lwipopts.h - mem_malloc takes from the first pool that is large enough. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define MEM_ALIGNMENT                 8
#define MEM_USE_POOLS                 1
#define MEM_USE_POOLS_TRY_BIGGER_POOL 0
#define MEMP_USE_CUSTOM_POOLS         1
#define MEM_STATS                     1

/* The test's: remember the message, and the pool. */
void refused_free(const char *message);
void pool_available(int type);
#define LWIP_MEM_ILLEGAL_FREE(message) refused_free(message)
#define LWIP_HOOK_MEMP_AVAILABLE(type) pool_available((int)(type))

#endif
