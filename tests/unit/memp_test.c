/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's pools: those of lwIP's list, the user's in lwippools.h, and private ones. */
#include "support.h"

#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/stats.h"

static memp_t available[8];
static unsigned availables;

void memp_available(int type)
{
    available[availables++ % 8U] = (memp_t)type;
}

/* Placed by the user: known before LWIP_MEMPOOL_DECLARE, as cc.h would make it. */
extern u8_t memp_memory_SESSIONS_base[];

LWIP_MEMPOOL_PROTOTYPE(SESSIONS);
LWIP_MEMPOOL_DECLARE(SESSIONS, 2, 20, "SESSIONS")

static int start(void **state)
{
    stats_init();
    memp_init();
    LWIP_MEMPOOL_INIT(SESSIONS);
    availables = 0;
    return faults_watch(state);
}

#define memp_test(function) cmocka_unit_test_setup(function, start)

static void custom_pools_hold_what_lwippools_says(void **state)
{
    (void)state;
    assert_int_equal(memp_pools[MEMP_RECORDS]->num, 4);
    assert_int_equal(memp_pools[MEMP_RECORDS]->size, 100);
    assert_string_equal(memp_pools[MEMP_RECORDS]->desc, "RECORDS");
    assert_int_equal(memp_pools[MEMP_FRAMES]->size,
                     LWIP_MEM_ALIGN_SIZE(sizeof(struct pbuf)) + LWIP_MEM_ALIGN_SIZE(64));
    assert_int_equal(memp_pools[MEMP_PBUF]->num, 3);
}

static void pool_hands_out_exactly_its_elements(void **state)
{
    (void)state;
    void *element[4];
    for (unsigned i = 0; i < 4; ++i) {
        element[i] = memp_malloc(MEMP_RECORDS);
        assert_non_null(element[i]);
        assert_int_equal((mem_ptr_t)element[i] % MEM_ALIGNMENT, 0);
        memset(element[i], 0xFF, 100);
    }
    assert_null(memp_malloc(MEMP_RECORDS));
    assert_int_equal(lwip_stats.memp[MEMP_RECORDS]->err, 1);
    assert_int_equal(lwip_stats.memp[MEMP_RECORDS]->used, 4);
    for (unsigned i = 0; i < 4; ++i) {
        memp_free(MEMP_RECORDS, element[i]);
    }
    assert_int_equal(lwip_stats.memp[MEMP_RECORDS]->used, 0);
    assert_int_equal(lwip_stats.memp[MEMP_RECORDS]->max, 4);
    assert_int_equal(lwip_stats.memp[MEMP_RECORDS]->avail, 4);
    assert_no_fault();
}

static void double_free_is_refused_counted_and_never_doubles_an_element(void **state)
{
    (void)state;
    void *const element = memp_malloc(MEMP_RECORDS);
    memp_free(MEMP_RECORDS, element);
    memp_free(MEMP_RECORDS, element);
    assert_string_equal(faults.last.name, "RECORDS");
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, element);
    assert_int_equal(lwip_stats.memp[MEMP_RECORDS]->illegal, 1);
    assert_ptr_not_equal(memp_malloc(MEMP_RECORDS), memp_malloc(MEMP_RECORDS));
}

static void free_into_the_wrong_pool_is_refused_and_names_the_owner(void **state)
{
    (void)state;
    void *const element = memp_malloc(MEMP_RECORDS);
    memp_free(MEMP_FRAMES, element);
    if (CISTERN_MEMP_LOCK_FREE) { /* searches no other pool: that would take the section */
        assert_one_fault(CISTERN_FAULT_FOREIGN_FREE, element);
    } else {
        assert_string_equal(faults.last.owner, "RECORDS");
        assert_one_fault(CISTERN_FAULT_WRONG_POOL, element);
    }
    assert_int_equal(lwip_stats.memp[MEMP_FRAMES]->illegal, 1);
    assert_int_equal(lwip_stats.memp[MEMP_RECORDS]->used, 1);
    memp_free(MEMP_RECORDS, element);
    assert_no_fault();
}

static void null_and_types_that_are_no_pool_do_nothing(void **state)
{
    (void)state;
    memp_free(MEMP_RECORDS, NULL);
    memp_free(MEMP_MAX, &availables);
    assert_null(memp_malloc(MEMP_MAX));
    assert_null(memp_malloc_pool(NULL));
    memp_free_pool(NULL, &availables);
    memp_init_pool(NULL);
    assert_no_fault();
}

static void hook_reports_when_an_empty_pool_has_an_element_again(void **state)
{
    (void)state;
    void *const a = memp_malloc(MEMP_FRAMES);
    void *const b = memp_malloc(MEMP_FRAMES);
    memp_free(MEMP_FRAMES, a);
    assert_int_equal(availables, 1);
    assert_int_equal(available[0], MEMP_FRAMES);
    memp_free(MEMP_FRAMES, b);
    assert_int_equal(availables, 1);
}

static void private_pool_works_as_those_of_the_list(void **state)
{
    (void)state;
    void *const a = LWIP_MEMPOOL_ALLOC(SESSIONS);
    void *const b = LWIP_MEMPOOL_ALLOC(SESSIONS);
    assert_non_null(a);
    assert_non_null(b);
    assert_null(LWIP_MEMPOOL_ALLOC(SESSIONS));
    LWIP_MEMPOOL_FREE(SESSIONS, a);
    assert_ptr_equal(LWIP_MEMPOOL_ALLOC(SESSIONS), a);
    LWIP_MEMPOOL_FREE(SESSIONS, a);
    LWIP_MEMPOOL_FREE(SESSIONS, b);
    LWIP_MEMPOOL_FREE(SESSIONS, b);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, b);
    assert_true((u8_t *)a >= memp_memory_SESSIONS_base);
}

static void every_pool_of_the_list_can_be_inspected(void **state)
{
    (void)state;
    for (unsigned i = 0; i < (unsigned)MEMP_MAX; ++i) {
        cistern_pool_stats_t stats;
        void *const element = memp_malloc((memp_t)i);
        memp_pool_stats(memp_pools[i], &stats);
        assert_string_equal(stats.name, memp_pools[i]->desc);
        assert_int_equal(stats.count, memp_pools[i]->num);
        assert_int_equal(stats.free, stats.count - 1U);
        assert_int_equal(stats.quarantined, 0);
        assert_true(memp_pool_check(memp_pools[i]));
        assert_true(memp_pool_owns(memp_pools[i], element));
        assert_true(memp_pool_uses(memp_pools[i], element));
        assert_ptr_equal(memp_pool_find(element), memp_pools[i]);
        memp_free((memp_t)i, element);
        assert_false(memp_pool_uses(memp_pools[i], element));
    }
    assert_null(memp_pool_find(state));
}

static void statistics_follow_use_high_water_and_failures(void **state)
{
    (void)state;
    const struct stats_mem *const stats = lwip_stats.memp[MEMP_PBUF_POOL];
    void *const a = memp_malloc(MEMP_PBUF_POOL);
    void *const b = memp_malloc(MEMP_PBUF_POOL);
    assert_null(memp_malloc(MEMP_PBUF_POOL));
    memp_free(MEMP_PBUF_POOL, a);
    assert_int_equal(stats->avail, 2);
    assert_int_equal(stats->used, 1);
    assert_int_equal(stats->max, 2);
    assert_int_equal(stats->err, 1);
    memp_free(MEMP_PBUF_POOL, b);
    assert_int_equal(stats->used, 0);
    assert_int_equal(stats->max, 2);
}

static void counters_do_not_wrap_at_16_bits(void **state)
{
    (void)state;
    void *const a = memp_malloc(MEMP_PBUF_POOL);
    void *const b = memp_malloc(MEMP_PBUF_POOL);
    for (unsigned long i = 0; i < 70000UL; ++i) {
        assert_null(memp_malloc(MEMP_PBUF_POOL));
    }
    assert_int_equal(lwip_stats.memp[MEMP_PBUF_POOL]->err, 70000UL);
    memp_free(MEMP_PBUF_POOL, a);
    memp_free(MEMP_PBUF_POOL, b);
}

static void an_element_may_be_larger_than_16_bits_can_say(void **state)
{
    (void)state;
    char *const a = memp_malloc(MEMP_WIDE);
    char *const b = memp_malloc(MEMP_WIDE);
    memset(a, 1, 70000);
    memset(b, 2, 70000);
    assert_int_equal(a[69999], 1);
    assert_true(a + 70000 <= b || b + 70000 <= a);
    memp_free(MEMP_WIDE, a);
    memp_free(MEMP_WIDE, b);
}

/* A lock-free pool has its list elsewhere. */
#if !CISTERN_MEMP_LOCK_FREE && CISTERN_DIAGNOSIS
/* The list leads to the first of two overwritten elements, nothing to the second. */
static void element_that_no_link_leads_to_any_more_is_quarantined_and_counted(void **state)
{
    (void)state;
    cistern_pool_stats_t stats;
    void *element[4];
    for (unsigned i = 0; i < 4; ++i) {
        element[i] = memp_malloc(MEMP_RECORDS);
    }
    for (unsigned i = 0; i < 3; ++i) {
        memp_free(MEMP_RECORDS, element[i]);
    }
    memset(element[2], 0x5A, 2U * sizeof(void *));
    memset(element[1], 0x5A, 2U * sizeof(void *));
    assert_null(memp_malloc(MEMP_RECORDS));
    assert_int_equal(faults.last.kind, CISTERN_FAULT_LINK);
    memp_pool_stats(memp_pools[MEMP_RECORDS], &stats);
    assert_int_equal(stats.quarantined, 1);
    assert_int_equal(stats.free, 2);
    assert_true(memp_pool_check(memp_pools[MEMP_RECORDS]));
    assert_non_null(memp_malloc(MEMP_RECORDS));
    assert_non_null(memp_malloc(MEMP_RECORDS));
    assert_null(memp_malloc(MEMP_RECORDS));
    assert_int_equal(lwip_stats.memp[MEMP_RECORDS]->used, 3);
}
#endif

#if !CISTERN_MEMP_LOCK_FREE
static void the_free_list_can_be_followed_through_the_description(void **state)
{
    (void)state;
    unsigned length = 0;
    for (const struct memp *element = *memp_SESSIONS.tab; element != NULL;
         element = element->next) {
        ++length;
    }
    assert_int_equal(length, 2);
}
#else
static void the_free_list_can_be_followed_through_the_description(void **state)
{
    (void)state;
    skip();
}
#endif

static void packet_buffer_freed_to_an_empty_pool_runs_the_hook(void **state)
{
    (void)state;
    struct pbuf *const one = pbuf_alloc(PBUF_RAW, 1, PBUF_POOL);
    struct pbuf *const other = pbuf_alloc(PBUF_RAW, 1, PBUF_POOL);
    assert_true(one != NULL && other != NULL);
    assert_int_equal(PBUF_POOL_SIZE, 2);
    assert_int_equal(pbuf_free(one), 1);
    assert_int_equal(availables, 1);
    assert_int_equal(available[0], MEMP_PBUF_POOL);
    assert_int_equal(pbuf_free(other), 1);
    assert_int_equal(availables, 1);
}

#if CISTERN_CHECK >= 3
static void a_double_free_names_who_called_memp_free_first(void **state)
{
    (void)state;
    void *const mem = memp_malloc(MEMP_PBUF_POOL);
    memp_free(MEMP_PBUF_POOL, mem);
    const int line = __LINE__ - 1;
    memp_free(MEMP_PBUF_POOL, mem);
    assert_string_equal(faults.last.file, __FILE__);
    assert_int_equal(faults.last.line, line);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, mem);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        memp_test(custom_pools_hold_what_lwippools_says),
        memp_test(pool_hands_out_exactly_its_elements),
        memp_test(double_free_is_refused_counted_and_never_doubles_an_element),
        memp_test(free_into_the_wrong_pool_is_refused_and_names_the_owner),
        memp_test(null_and_types_that_are_no_pool_do_nothing),
        memp_test(hook_reports_when_an_empty_pool_has_an_element_again),
        memp_test(private_pool_works_as_those_of_the_list),
        memp_test(every_pool_of_the_list_can_be_inspected),
        memp_test(statistics_follow_use_high_water_and_failures),
        memp_test(counters_do_not_wrap_at_16_bits),
        memp_test(an_element_may_be_larger_than_16_bits_can_say),
#if !CISTERN_MEMP_LOCK_FREE && CISTERN_DIAGNOSIS
        memp_test(element_that_no_link_leads_to_any_more_is_quarantined_and_counted),
#endif
        memp_test(the_free_list_can_be_followed_through_the_description),
        memp_test(packet_buffer_freed_to_an_empty_pool_runs_the_hook),
#if CISTERN_CHECK >= 3
        memp_test(a_double_free_names_who_called_memp_free_first),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
