/* lwIP's pools: those of the list, the user's in lwippools.h, and private ones.
 *
 * Runs with lwIP's elements from pools (config memp_custom) and from the heap (config memp_malloc);
 * what only one of them promises is in a table of its own.
 */
#include "support.h"

#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/stats.h"

LWIP_MEMPOOL_DECLARE(PRIVATE, 3, 30, "PRIVATE")
LWIP_MEMPOOL_PROTOTYPE(PRIVATE);
LWIP_MEMPOOL_DECLARE(OTHER, 2, 30, "OTHER")

static unsigned available_calls;
static int available_type;

void memp_test_available(int type);
void memp_test_available(int type)
{
    ++available_calls;
    available_type = type;
}

static int setup(void **state)
{
    available_calls = 0;
    stats_init();
    mem_init();
    memp_init();
    LWIP_MEMPOOL_INIT(PRIVATE);
    LWIP_MEMPOOL_INIT(OTHER);
    return faults_watch(state);
}

#define memp_test(function) cmocka_unit_test_setup(function, setup)

/* Takes every element of a pool and gives them back; says how many there were. */
static size_t drain(memp_t type)
{
    void *taken[64];
    size_t count = 0;
    while (count < 64 && (taken[count] = memp_malloc(type)) != NULL) {
        ++count;
    }
    for (size_t i = 0; i < count; ++i) {
        memp_free(type, taken[i]);
    }
    return count;
}

/* --- both kinds ------------------------------------------------------------------------------ */

static void a_pool_gives_as_many_elements_as_were_declared(void **state)
{
    (void)state;
    assert_int_equal(drain(MEMP_PBUF), 3);
    assert_int_equal(drain(MEMP_PBUF_POOL), 2);
    assert_int_equal(drain(MEMP_PBUF), 3);
}

static void an_element_is_aligned_and_its_own(void **state)
{
    (void)state;
    unsigned char *const a = LWIP_MEMPOOL_ALLOC(PRIVATE);
    unsigned char *const b = LWIP_MEMPOOL_ALLOC(PRIVATE);
    memset(a, 0xAA, 30);
    memset(b, 0xBB, 30);
    assert_int_equal((uintptr_t)a % 8, 0);
    assert_int_equal((uintptr_t)b % 8, 0);
    for (unsigned i = 0; i < 30; ++i) {
        assert_int_equal(a[i], 0xAA);
    }
    LWIP_MEMPOOL_FREE(PRIVATE, a);
    LWIP_MEMPOOL_FREE(PRIVATE, b);
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

static void freeing_null_does_nothing(void **state)
{
    (void)state;
    memp_free(MEMP_PBUF, NULL);
    LWIP_MEMPOOL_FREE(PRIVATE, NULL);
    assert_no_fault();
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->illegal, 0);
}

static void a_double_free_is_refused_and_no_element_is_given_out_twice(void **state)
{
    (void)state;
    void *const a = memp_malloc(MEMP_PBUF);
    memp_free(MEMP_PBUF, a);
    memp_free(MEMP_PBUF, a);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, a);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF]->illegal, 1);
    void *const b = memp_malloc(MEMP_PBUF);
    void *const c = memp_malloc(MEMP_PBUF);
    assert_ptr_not_equal(b, c);
    memp_free(MEMP_PBUF, b);
    memp_free(MEMP_PBUF, c);
}

#if !MEMP_MEM_MALLOC

/* --- elements from pools --------------------------------------------------------------------- */

static void a_free_into_the_wrong_pool_is_refused_and_names_the_owner(void **state)
{
    (void)state;
    void *const a = LWIP_MEMPOOL_ALLOC(PRIVATE);
    LWIP_MEMPOOL_FREE(OTHER, a);
    assert_string_equal(faults.last.owner, "PRIVATE");
    assert_string_equal(faults.last.name, "OTHER");
    assert_one_fault(CISTERN_FAULT_WRONG_POOL, a);
    assert_int_equal(memp_OTHER.stats->illegal, 1);
    assert_int_equal(memp_OTHER.pool->free, 2);
    LWIP_MEMPOOL_FREE(PRIVATE, a);
    assert_no_fault();
}

static void an_interior_address_is_refused(void **state)
{
    (void)state;
    char *const a = memp_malloc(MEMP_SYS_MBOX);
    memp_free(MEMP_SYS_MBOX, a + 8);
    assert_one_fault(CISTERN_FAULT_INTERIOR_FREE, a + 8);
    memp_free(MEMP_SYS_MBOX, a);
    assert_no_fault();
}

static void the_users_pools_are_in_the_list(void **state)
{
    (void)state;
    assert_int_equal(drain(MEMP_SYS_MBOX), 4);
    assert_int_equal(drain(MEMP_FRAMES), 3);
    assert_int_equal(memp_pools[MEMP_SYS_MBOX]->size, 40);
    assert_int_equal(memp_pools[MEMP_FRAMES]->size, sizeof(struct pbuf) + 104);
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

static void the_hook_hears_of_the_first_element_of_an_empty_pool_only(void **state)
{
    (void)state;
    void *const a = memp_malloc(MEMP_PBUF_POOL);
    void *const b = memp_malloc(MEMP_PBUF_POOL);
    memp_free(MEMP_PBUF_POOL, a);
    assert_int_equal(available_calls, 1);
    assert_int_equal(available_type, MEMP_PBUF_POOL);
    memp_free(MEMP_PBUF_POOL, b);
    assert_int_equal(available_calls, 1);
}

static void every_pool_stands_in_one_registry(void **state)
{
    (void)state;
    unsigned found = 0;
    for (const cistern_pool_t *pool = cistern_pool_next(NULL); pool != NULL;
         pool = cistern_pool_next(pool)) {
        found |= (pool == memp_pools[MEMP_PBUF_POOL]->pool) ? 1U : 0U;
        found |= (pool == memp_pools[MEMP_SYS_MBOX]->pool) ? 2U : 0U;
        found |= (pool == memp_PRIVATE.pool) ? 4U : 0U;
    }
    assert_int_equal(found, 7);
}

static void the_free_list_can_be_followed_through_the_description(void **state)
{
    (void)state;
    unsigned length = 0;
    for (const struct memp *element = *memp_PRIVATE.tab; element != NULL; element = element->next) {
        ++length;
    }
    assert_int_equal(length, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        memp_test(a_pool_gives_as_many_elements_as_were_declared),
        memp_test(an_element_is_aligned_and_its_own),
        memp_test(statistics_follow_use_high_water_and_failures),
        memp_test(counters_do_not_wrap_at_16_bits),
        memp_test(freeing_null_does_nothing),
        memp_test(a_double_free_is_refused_and_no_element_is_given_out_twice),
        memp_test(a_free_into_the_wrong_pool_is_refused_and_names_the_owner),
        memp_test(an_interior_address_is_refused),
        memp_test(the_users_pools_are_in_the_list),
        memp_test(an_element_may_be_larger_than_16_bits_can_say),
        memp_test(the_hook_hears_of_the_first_element_of_an_empty_pool_only),
        memp_test(every_pool_stands_in_one_registry),
        memp_test(the_free_list_can_be_followed_through_the_description),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

/* --- elements from the heap ------------------------------------------------------------------ */

static void elements_come_from_the_heap_and_go_back_to_it(void **state)
{
    (void)state;
    void *const a = memp_malloc(MEMP_PBUF_POOL);
    assert_true(lwip_stats.mem.used > 0);
    memp_free(MEMP_PBUF_POOL, a);
    assert_int_equal(lwip_stats.mem.used, 0);
}

static void a_refused_free_does_not_raise_the_limit(void **state)
{
    (void)state;
    void *const a = memp_malloc(MEMP_PBUF_POOL);
    void *const b = memp_malloc(MEMP_PBUF_POOL);
    memp_free(MEMP_PBUF_POOL, a);
    memp_free(MEMP_PBUF_POOL, a);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, a);
    void *const c = memp_malloc(MEMP_PBUF_POOL);
    assert_non_null(c);
    assert_null(memp_malloc(MEMP_PBUF_POOL));
    memp_free(MEMP_PBUF_POOL, b);
    memp_free(MEMP_PBUF_POOL, c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        memp_test(a_pool_gives_as_many_elements_as_were_declared),
        memp_test(an_element_is_aligned_and_its_own),
        memp_test(statistics_follow_use_high_water_and_failures),
        memp_test(counters_do_not_wrap_at_16_bits),
        memp_test(freeing_null_does_nothing),
        memp_test(a_double_free_is_refused_and_no_element_is_given_out_twice),
        memp_test(elements_come_from_the_heap_and_go_back_to_it),
        memp_test(a_refused_free_does_not_raise_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
