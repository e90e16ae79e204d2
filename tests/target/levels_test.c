/* SPDX-License-Identifier: BSD-3-Clause */
/* levels_test.c - pools, heap and packet buffers at the check level that it is compiled with: what is
 * promised at every level, and from which on misuse is seen. */
#include "support.h"

#include <string.h>

#include "cistern/heap.h"
#include "cistern/pool.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"
#include "lwip/stats.h"

#define BLOCKS 4
#define SIZE   16

static _Alignas(8) unsigned char memory[CISTERN_POOL_BYTES(BLOCKS, SIZE, 8)];
static cistern_pool_t pool;

static int start(void **state)
{
    const cistern_pool_config_t config = {.name = "levels",
                                          .count = BLOCKS,
                                          .size = SIZE,
                                          .alignment = 8,
                                          .memory = memory,
                                          .bytes = sizeof memory};
    (void)cistern_pool_init(&pool, &config);
    mem_init();
    memp_init();
    return faults_watch(state);
}

/* --- at every level --------------------------------------------------------------------------- */

static void pool_hands_out_each_block_once(void **state)
{
    (void)state;
    unsigned char *blocks[BLOCKS];
    for (unsigned i = 0; i < BLOCKS; ++i) {
        blocks[i] = cistern_pool_get(&pool);
        assert_non_null(blocks[i]);
        memset(blocks[i], (int)i, SIZE);
    }
    assert_null(cistern_pool_get(&pool));
    for (unsigned i = 0; i < BLOCKS; ++i) {
        assert_int_equal(blocks[i][0], i);
        assert_int_equal(blocks[i][SIZE - 1], i);
        assert_int_equal(cistern_pool_put(&pool, blocks[i]), CISTERN_OK);
    }
    assert_true(cistern_pool_check(&pool));
    assert_int_equal(pool.free, BLOCKS);
    assert_no_fault();
}

static void a_pool_that_was_never_made_has_no_block(void **state)
{
    (void)state;
    static cistern_pool_t none;
    assert_null(cistern_pool_get(&none));
    assert_false(cistern_pool_owns(&none, memory));
    assert_false(cistern_pool_uses(&none, memory));
    assert_true(cistern_pool_check(&none));
    assert_int_equal(cistern_pool_unregister(&none), CISTERN_ERROR_ARGUMENT);
    assert_no_fault();
}

static void heap_blocks_of_all_sizes_come_back(void **state)
{
    (void)state;
    for (mem_size_t size = 1; size < 200; size = (mem_size_t)(size * 3U)) {
        unsigned char *const first = mem_malloc(size);
        unsigned char *const second = mem_calloc(1, size);
        assert_non_null(first);
        assert_non_null(second);
        memset(first, 0xA5, size);
        assert_int_equal(second[0] + second[size - 1U], 0);
        mem_free(first);
        mem_free(mem_trim(second, (mem_size_t)((size + 1U) / 2U)));
    }
    assert_int_equal(lwip_stats.mem.used, 0);
    assert_true(cistern_heap_check(mem_heap()));
    assert_no_fault();
}

static void chain_comes_back_to_pool_and_heap(void **state)
{
    (void)state;
    struct pbuf *const head = pbuf_alloc(PBUF_RAW, 10, PBUF_POOL);
    struct pbuf *const tail = pbuf_alloc(PBUF_RAW, 20, PBUF_RAM);
    assert_non_null(head);
    assert_non_null(tail);
    pbuf_cat(head, tail);
    assert_int_equal(head->tot_len, 30);
    assert_int_equal(pbuf_free(head), 2);
    assert_int_equal(lwip_stats.mem.used, 0);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF_POOL]->used, 0);
    assert_no_fault();
}

static void pool_knows_its_elements(void **state)
{
    (void)state;
    void *const element = memp_malloc(MEMP_PBUF_POOL);
    assert_true(memp_pool_owns(memp_pools[MEMP_PBUF_POOL], element));
    assert_false(memp_pool_owns(memp_pools[MEMP_PBUF], element));
    assert_false(memp_pool_owns(memp_pools[MEMP_PBUF_POOL], &state));
    memp_free(MEMP_PBUF_POOL, element);
    assert_no_fault();
}

/* --- from a level on -------------------------------------------------------------------------- */

static void double_free_is_refused_from_level_1_on(void **state)
{
    (void)state;
    if (CISTERN_CHECK < 1) {
        skip();
    }
    void *const block = cistern_pool_get(&pool);
    void *const bytes = mem_malloc(24);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
    mem_free(bytes);
    assert_int_equal(cistern_heap_free(mem_heap(), bytes), CISTERN_ERROR_FAULT);
    assert_int_equal(faults.count, 1);
    assert_true(cistern_pool_check(&pool) && cistern_heap_check(mem_heap()));
}

static void write_past_a_block_is_seen_from_level_2_on(void **state)
{
    (void)state;
    if (CISTERN_CHECK < 2) {
        skip();
    }
    unsigned char *volatile block = cistern_pool_get(&pool);
    unsigned char *volatile bytes = mem_malloc(24);
    block[SIZE] = 1;
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
    bytes[24] = 1;
    assert_int_equal(cistern_heap_free(mem_heap(), bytes), CISTERN_OK);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, bytes);
}

static void fault_names_who_had_the_block_at_level_3(void **state)
{
    (void)state;
    if (CISTERN_CHECK < 3) {
        skip();
    }
    void *const block = cistern_pool_get(&pool);
    (void)cistern_pool_put(&pool, block);
    const int line = __LINE__ - 1;
    (void)cistern_pool_put(&pool, block);
    assert_string_equal(faults.last.file, __FILE__);
    assert_int_equal(faults.last.line, line);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
}

#define level_test(function) cmocka_unit_test_setup(function, start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        level_test(pool_hands_out_each_block_once),
        level_test(a_pool_that_was_never_made_has_no_block),
        level_test(heap_blocks_of_all_sizes_come_back),
        level_test(chain_comes_back_to_pool_and_heap),
        level_test(pool_knows_its_elements),
        level_test(double_free_is_refused_from_level_1_on),
        level_test(write_past_a_block_is_seen_from_level_2_on),
        level_test(fault_names_who_had_the_block_at_level_3),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
