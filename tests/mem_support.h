/* SPDX-License-Identifier: BSD-3-Clause */
/* mem_support.h - what the tests of lwIP's heap share: a fresh heap, and a record of refused frees and
 * of pools that have an element again. */
#ifndef CISTERN_TESTS_MEM_SUPPORT_H
#define CISTERN_TESTS_MEM_SUPPORT_H

#include "lwip_memory.h"

#include "lwip/opt.h"

static unsigned refused; /* frees since the start that LWIP_MEM_ILLEGAL_FREE was called for */

void refused_free(const char *message);

void refused_free(const char *message)
{
    assert_non_null(message);
    ++refused;
}

static unsigned announced; /* since the start, by LWIP_HOOK_MEMP_AVAILABLE */
static int announced_last;

void pool_available(int type);

void pool_available(int type)
{
    announced_last = type;
    ++announced;
}

#if MEM_STATS
static inline void reset_stats(void)
{
    memset(&lwip_stats.mem, 0, sizeof(lwip_stats.mem));
}
#else
static inline void reset_stats(void) {}
#endif

static inline int mem_start(void **state)
{
    refused = 0;
    announced = 0;
    announced_last = -1;
    reset_stats();
    return memory_start(state);
}

#define mem_test(function) cmocka_unit_test_setup(function, mem_start)

#endif
