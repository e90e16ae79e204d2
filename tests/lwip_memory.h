/* SPDX-License-Identifier: BSD-3-Clause */
/* lwip_memory.h - lwIP's heap and pools, as the tests start them and look at them at the end. */
#ifndef CISTERN_TESTS_LWIP_MEMORY_H
#define CISTERN_TESTS_LWIP_MEMORY_H

#include "support.h"

#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/stats.h"

/* A cmocka setup function, of a test or of a group: heap and pools anew, faults watched. */
static inline int memory_start(void **state)
{
    stats_init();
    mem_init();
    memp_init();
    return faults_watch(state);
}

#if MEM_STATS
static inline void assert_heap_is_back(void)
{
    assert_int_equal(lwip_stats.mem.used, 0);
}
#else
static inline void assert_heap_is_back(void) {}
#endif

/* Elements of a pool that are free now, however it is shared. */
static inline size_t free_elements(memp_t type)
{
    cistern_pool_stats_t stats;
    memp_pool_stats(memp_pools[type], &stats);
    return stats.free;
}

/* A cmocka teardown function: no block of the heap and no pbuf of any pool is in use. */
static inline int memory_is_back(void **state)
{
    (void)state;
    assert_heap_is_back();
    assert_int_equal(free_elements(MEMP_PBUF), MEMP_NUM_PBUF);
    assert_int_equal(free_elements(MEMP_PBUF_POOL), PBUF_POOL_SIZE);
    return 0;
}

#endif
