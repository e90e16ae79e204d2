/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's heap with an alignment of a cache's line, as drivers ask for it. */
#include "support.h"

#include "cistern/heap.h"
#include "lwip/mem.h"
#include "lwip/stats.h"

void refused_free(const char *message)
{
    fail_msg("%s", message);
}

static int start(void **state)
{
    stats_init();
    (void)faults_watch(state);
    mem_init();
    return 0;
}

static void a_heap_of_a_large_alignment_holds_all_of_mem_size(void **state)
{
    (void)state;
    assert_no_fault();
    assert_true(cistern_heap_largest(mem_heap()) >= MEM_SIZE);
    void *const mem = mem_malloc(MEM_SIZE);
    assert_non_null(mem);
    assert_int_equal((uintptr_t)mem % MEM_ALIGNMENT, 0);
    mem_free(mem);
    assert_true(cistern_heap_check(mem_heap()));
}

static void each_block_is_aligned(void **state)
{
    (void)state;
    void *mem[8];
    for (size_t i = 0; i < 8; ++i) {
        mem[i] = mem_malloc((mem_size_t)(1 + 37 * i));
        assert_non_null(mem[i]);
        assert_int_equal((uintptr_t)mem[i] % MEM_ALIGNMENT, 0);
    }
    for (size_t i = 0; i < 8; ++i) {
        mem_free(mem[i]);
    }
    assert_int_equal(lwip_stats.mem.used, 0);
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_heap_of_a_large_alignment_holds_all_of_mem_size, start),
        cmocka_unit_test_setup(each_block_is_aligned, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
