/* SPDX-License-Identifier: BSD-3-Clause */
/* One critical section per call, and all numbers right when it ends. The linker sends each enter
 * and leave of the library through here. */
#include "sections.h"
#include "support.h"

#include "cistern/pool.h"
#include "lwip/memp.h"
#include "lwip/stats.h"
#include "os/os_mempool.h"

enum { COUNT = 8 };

typedef struct item {
    void *content[4];
} item_t;

CISTERN_POOL_DEFINE(items, item_t, COUNT, );

static unsigned stale; /* left with statistics that were not the pool's */

void __wrap_cistern_critical_leave(cistern_critical_t state)
{
    const struct memp_desc *const desc = memp_pools[MEMP_PBUF];
    const struct memp_state *const now = (const struct memp_state *)(const void *)desc->tab;
    stale += (desc->stats->used != now->used) ? 1U : 0U;
    __real_cistern_critical_leave(state);
}

static void assert_one_section(void)
{
    assert_int_equal(sections, 1);
    assert_int_equal(stale, 0);
    sections = 0;
}

static int start(void **state)
{
    stats_init();
    memp_init();
    assert_int_equal(cistern_pool_clear(&items_pool), CISTERN_OK);
    sections = 0;
    stale = 0;
    return faults_watch(state);
}

#define section_test(function) cmocka_unit_test_setup(function, start)

static void memp_enters_one_section_per_call(void **state)
{
    (void)state;
    void *const a = memp_malloc(MEMP_PBUF);
    assert_one_section();
    void *const b = memp_malloc(MEMP_PBUF);
    assert_one_section();
    memp_free(MEMP_PBUF, a);
    assert_one_section();
    memp_free(MEMP_PBUF, b);
    assert_one_section();
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->max, 2);
}

static void memp_counts_a_failure_in_the_section_that_finds_it(void **state)
{
    (void)state;
    while (memp_malloc(MEMP_PBUF) != NULL) {
        assert_one_section();
    }
    assert_one_section();
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->err, 1);
}

static void get_and_put_enter_one_section_each(void **state)
{
    (void)state;
    item_t *const item = items_get();
    assert_one_section();
    assert_int_equal(items_put(item), CISTERN_OK);
    assert_one_section();
}

static void mynewt_enters_one_section_per_call(void **state)
{
    (void)state;
    static os_membuf_t buffer[OS_MEMPOOL_SIZE(2, 32)];
    static struct os_mempool_ext mpe;
    static struct os_mempool mp;
    assert_int_equal(os_mempool_init(&mp, 2, 32, buffer, NULL), OS_OK);
    sections = 0;
    void *const block = os_memblock_get(&mp);
    assert_one_section();
    assert_int_equal(os_memblock_put(&mp, block), OS_OK);
    assert_one_section();
    assert_int_equal(os_mempool_unregister(&mp), OS_OK);
    assert_int_equal(os_mempool_ext_init(&mpe, 2, 32, buffer, NULL), OS_OK);
    sections = 0;
    void *const extended = os_memblock_get(&mpe.mpe_mp);
    assert_one_section();
    assert_int_equal(os_memblock_put(&mpe.mpe_mp, extended), OS_OK);
    assert_one_section();
    assert_int_equal(os_mempool_unregister(&mpe.mpe_mp), OS_OK);
}

static void bulk_enters_one_section_for_all_blocks(void **state)
{
    (void)state;
    void *block[COUNT];
    assert_int_equal(cistern_pool_get_bulk(&items_pool, block, COUNT), COUNT);
    assert_one_section();
    assert_int_equal(cistern_pool_put_bulk(&items_pool, block, COUNT), COUNT);
    assert_one_section();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        section_test(memp_enters_one_section_per_call),
        section_test(memp_counts_a_failure_in_the_section_that_finds_it),
        section_test(get_and_put_enter_one_section_each),
        section_test(mynewt_enters_one_section_per_call),
        section_test(bulk_enters_one_section_for_all_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
