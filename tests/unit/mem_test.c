/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's heap on an arena: what a user of mem.h can see. Built with good fit, and with first fit,
 * MEM_SANITY_CHECK and LWIP_NOASSERT. */
#include "mem_support.h"

#include "cistern/heap.h"

/* Bytes that a block may take beside its payload: header, tag and guards. */
#define EXTRA 64U

/* What was refused is reported, counted and hooked once each, and the heap is whole. */
static void assert_one_refusal(cistern_fault_kind_t kind, const void *address)
{
    assert_one_fault(kind, address);
    assert_int_equal(lwip_stats.mem.illegal, 1);
    assert_int_equal(refused, 1);
    assert_true(cistern_heap_check(mem_heap()));
}

static void malloc_of_nothing_is_null_and_no_error(void **state)
{
    (void)state;
    assert_null(mem_malloc(0));
    assert_null(mem_calloc(0, 4));
    assert_null(mem_calloc(4, 0));
    assert_int_equal(lwip_stats.mem.err, 0);
}

static void payloads_are_aligned_and_writable(void **state)
{
    (void)state;
    for (mem_size_t size = 1; size < 100; ++size) {
        void *const mem = mem_malloc(size);
        assert_int_equal((mem_ptr_t)mem % MEM_ALIGNMENT, 0);
        memset(mem, 0xff, size);
    }
    assert_true(cistern_heap_check(mem_heap()));
}

static void a_request_is_never_smaller_than_min_size(void **state)
{
    (void)state;
    const mem_size_t before = lwip_stats.mem.used;
    assert_non_null(mem_malloc(1));
    assert_true(lwip_stats.mem.used - before >= 12);
}

static void all_of_mem_size_can_be_used(void **state)
{
    (void)state;
    assert_non_null(mem_malloc(MEM_SIZE - EXTRA));
}

static void requests_that_are_too_large_are_null_and_counted(void **state)
{
    (void)state;
    assert_null(mem_malloc(MEM_SIZE + 100));
    assert_null(mem_malloc(65530));
    assert_null(mem_malloc((mem_size_t)-1));
    assert_int_equal(lwip_stats.mem.err, 3);
    assert_int_equal(lwip_stats.mem.used, 0);
}

static void an_empty_heap_gives_null_and_counts(void **state)
{
    (void)state;
    while (mem_malloc(100) != NULL) {
    }
    assert_int_equal(lwip_stats.mem.err, 1);
    assert_null(mem_malloc(100));
    assert_int_equal(lwip_stats.mem.err, 2);
}

static void calloc_refuses_a_product_that_overflows(void **state)
{
    (void)state;
    const mem_size_t most = (mem_size_t)-1;
    assert_null(mem_calloc((mem_size_t)(most / 2 + 1), 2));
    assert_null(mem_calloc(most, most));
    assert_null(mem_calloc((mem_size_t)(most / 2), 3));
    assert_int_equal(lwip_stats.mem.err, 3);
}

static void calloc_gives_zeros(void **state)
{
    (void)state;
    void *const before = mem_malloc(600);
    memset(before, 0xff, 600);
    mem_free(before);
    const u8_t *const mem = mem_calloc(60, 10);
    for (size_t i = 0; i < 600; ++i) {
        assert_int_equal(mem[i], 0);
    }
}

static void statistics_follow_the_heap_in_bytes(void **state)
{
    (void)state;
    void *const first = mem_malloc(1000);
    assert_true(lwip_stats.mem.avail >= MEM_SIZE);
    assert_in_range(lwip_stats.mem.used, 1000, 1000 + EXTRA);
    void *const second = mem_malloc(2000);
    assert_in_range(lwip_stats.mem.used, 3000, 3000 + 2 * EXTRA);
    mem_free(first);
    assert_in_range(lwip_stats.mem.used, 2000, 2000 + EXTRA);
    assert_in_range(lwip_stats.mem.max, 3000, 3000 + 2 * EXTRA);
    mem_free(second);
    assert_int_equal(lwip_stats.mem.used, 0);
    assert_in_range(lwip_stats.mem.max, 3000, 3000 + 2 * EXTRA);
}

static void error_counters_do_not_wrap_at_16_bits(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 70000; ++i) {
        assert_null(mem_malloc(MEM_SIZE + 100));
    }
    assert_int_equal(lwip_stats.mem.err, 70000);
}

static void free_of_null_does_nothing(void **state)
{
    (void)state;
    mem_free(NULL);
    assert_no_fault();
    assert_int_equal(refused, 0);
}

static void double_free_is_refused_and_counted(void **state)
{
    (void)state;
    void *const mem = mem_malloc(100);
    mem_free(mem);
    mem_free(mem);
    assert_one_refusal(CISTERN_FAULT_DOUBLE_FREE, mem);
    assert_ptr_equal(mem_malloc(100), mem);
    assert_ptr_not_equal(mem_malloc(100), mem);
}

static void free_of_an_interior_address_is_refused_and_counted(void **state)
{
    (void)state;
    u8_t *const mem = mem_calloc(1, 100);
    mem_free(mem + 32);
    assert_one_refusal(CISTERN_FAULT_INTERIOR_FREE, mem + 32);
}

static void free_of_a_foreign_address_is_refused_and_counted(void **state)
{
    (void)state;
    static u64_t elsewhere[4];
    mem_free(elsewhere + 2);
    assert_one_refusal(CISTERN_FAULT_FOREIGN_FREE, elsewhere + 2);
}

static void trim_of_the_last_block_succeeds(void **state)
{
    (void)state;
    void *const mem = mem_malloc((mem_size_t)cistern_heap_largest(mem_heap()));
    assert_non_null(mem);
    assert_null(mem_malloc(100));
    assert_ptr_equal(mem_trim(mem, 1000), mem);
    assert_non_null(mem_malloc(1000));
    assert_in_range(lwip_stats.mem.used, 2000, 2000 + 2 * EXTRA);
    assert_no_fault();
}

static void trim_keeps_content_and_frees_the_tail(void **state)
{
    (void)state;
    u8_t *const mem = mem_malloc(1000);
    void *const next = mem_malloc(100);
    memset(mem, 0x42, 1000);
    assert_ptr_equal(mem_trim(mem, 200), mem);
    assert_ptr_equal(mem_trim(mem, 200), mem);
    u8_t *const tail = mem_malloc(700);
    assert_true(tail > mem && tail < (u8_t *)next);
    memset(tail, 0, 700);
    for (size_t i = 0; i < 200; ++i) {
        assert_int_equal(mem[i], 0x42);
    }
}

static void trim_never_grows(void **state)
{
    (void)state;
    void *const mem = mem_malloc(200);
    const size_t usable = cistern_heap_usable_size(mem_heap(), mem);
    assert_null(mem_trim(mem, 300));
    assert_null(mem_trim(mem, (mem_size_t)-1));
    assert_int_equal(cistern_heap_usable_size(mem_heap(), mem), usable);
    mem_free(mem);
    assert_int_equal(lwip_stats.mem.used, 0);
    assert_no_fault();
}

static void trim_of_what_is_no_block_is_refused_and_counted(void **state)
{
    (void)state;
    void *const mem = mem_malloc(200);
    mem_free(mem);
    assert_null(mem_trim(mem, 100));
    assert_one_refusal(CISTERN_FAULT_DOUBLE_FREE, mem);
}

static void memory_is_in_use_from_malloc_to_free(void **state)
{
    (void)state;
    u8_t *const mem = mem_malloc(20);
    assert_true(mem_is_in_use(mem));
    assert_false(mem_is_in_use(mem + 1));
    assert_false(mem_is_in_use(&mem));
    assert_false(mem_is_in_use(NULL));
    mem_free(mem);
    assert_false(mem_is_in_use(mem));
    assert_no_fault();
}

static void init_again_forgets_every_block(void **state)
{
    (void)state;
    const size_t largest = cistern_heap_largest(mem_heap());
    assert_non_null(mem_malloc(3000));
    mem_init();
    assert_int_equal(lwip_stats.mem.used, 0);
    assert_int_equal(cistern_heap_largest(mem_heap()), largest);
}

#if MEM_SANITY_CHECK
static void any_call_reports_damage_anywhere(void **state)
{
    (void)state;
    u8_t *const mem = mem_malloc(100);
    void *const next = mem_malloc(100);
    assert_non_null(next);
    memset(mem, 0xff, cistern_heap_usable_size(mem_heap(), mem) + 4U);
    (void)mem_calloc(0, 0);
    assert_int_equal(faults.count, 1);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_HEADER);
    assert_ptr_equal(faults.last.object, mem_heap());
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        mem_test(malloc_of_nothing_is_null_and_no_error),
        mem_test(payloads_are_aligned_and_writable),
        mem_test(a_request_is_never_smaller_than_min_size),
        mem_test(all_of_mem_size_can_be_used),
        mem_test(requests_that_are_too_large_are_null_and_counted),
        mem_test(an_empty_heap_gives_null_and_counts),
        mem_test(calloc_refuses_a_product_that_overflows),
        mem_test(calloc_gives_zeros),
        mem_test(statistics_follow_the_heap_in_bytes),
        mem_test(error_counters_do_not_wrap_at_16_bits),
        mem_test(free_of_null_does_nothing),
        mem_test(double_free_is_refused_and_counted),
        mem_test(free_of_an_interior_address_is_refused_and_counted),
        mem_test(free_of_a_foreign_address_is_refused_and_counted),
        mem_test(trim_of_the_last_block_succeeds),
        mem_test(trim_keeps_content_and_frees_the_tail),
        mem_test(trim_never_grows),
        mem_test(trim_of_what_is_no_block_is_refused_and_counted),
        mem_test(memory_is_in_use_from_malloc_to_free),
        mem_test(init_again_forgets_every_block),
#if MEM_SANITY_CHECK
        mem_test(any_call_reports_damage_anywhere),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
