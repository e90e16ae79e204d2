/* SPDX-License-Identifier: BSD-3-Clause */
/* avr_test.c - what lwIP documents for 16-bit pointers, and what only shows where size_t, int and
 * pointers have 16 bits: through the engines, 32-bit numbers must keep all their bits. */
#include "lwip_memory.h"

#include "cistern/heap.h"
#include "cistern/pool.h"
#include "lwip/inet_chksum.h"
#include "lwip/pbuf.h"
#include "lwip/sys.h"

static void struct_pbuf_has_12_bytes(void **state)
{
    (void)state;
    assert_int_equal(sizeof(void *), 2);
    assert_int_equal(sizeof(size_t), 2);
    assert_int_equal(sizeof(struct pbuf), 12);
}

static void pool_hands_out_each_block_once_and_refuses_the_rest(void **state)
{
    (void)state;
    static unsigned char memory[CISTERN_POOL_BYTES(20, 24, 0)];
    static cistern_pool_t pool;
    const cistern_pool_config_t config = {
        .name = "pool", .count = 20, .size = 24, .memory = memory, .bytes = sizeof memory};
    void *blocks[20];
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_OK);
    for (unsigned i = 0; i < 20; ++i) {
        blocks[i] = cistern_pool_get(&pool);
        assert_ptr_equal(blocks[i], memory + 24U * i);
    }
    assert_null(cistern_pool_get(&pool));
    for (unsigned i = 0; i < sizeof memory; ++i) {
        assert_int_equal(cistern_pool_owns(&pool, memory + i), i % 24 == 0 && i < 480);
    }
    assert_int_equal(cistern_pool_put(&pool, blocks[7]), CISTERN_OK);
    assert_int_equal(cistern_pool_put(&pool, blocks[7]), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, blocks[7]);
    assert_int_equal(cistern_pool_put(&pool, memory + 1), CISTERN_ERROR_FAULT);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_INTERIOR_FREE);
    assert_true(cistern_pool_check(&pool));
}

static void pool_larger_than_the_address_space_is_refused(void **state)
{
    (void)state;
    static unsigned char memory[64];
    static cistern_pool_t pool;
    const cistern_pool_config_t config = {
        .name = "pool", .count = 300, .size = 300, .memory = memory};
    assert_int_equal(cistern_pool_init(&pool, &config), CISTERN_ERROR_SIZE);
}

/* Sizes whose list lies in the upper half of a 32-bit map word as well as in the lower. */
static void heap_finds_blocks_of_every_size(void **state)
{
    (void)state;
    for (mem_size_t size = 1; size < MEM_SIZE; size = (mem_size_t)(size + 1U + size / 8U)) {
        u8_t *const first = mem_malloc(size);
        assert_non_null(first);
        memset(first, 0xA5, size);
        u8_t *const second = mem_malloc(8);
        mem_free(first);
        assert_true(cistern_heap_check(mem_heap()));
        mem_free(second);
        assert_int_equal(lwip_stats.mem.used, 0);
    }
    assert_null(mem_malloc(MEM_SIZE + 100));
    assert_int_equal(lwip_stats.mem.err, 1);
    assert_no_fault();
}

static void calloc_refuses_a_product_beyond_16_bits(void **state)
{
    (void)state;
    assert_null(mem_calloc(256, 256));
    assert_null(mem_calloc(1000, 1000));
}

static void chain_is_as_long_as_its_fragments_and_its_bytes_come_back(void **state)
{
    (void)state;
    static const char text[] = "a line of text that is longer than one element of the pool, which "
                               "has sixty-four bytes: it takes three elements to hold all of it";
    char copy[sizeof text];
    struct pbuf *const p = pbuf_alloc(PBUF_RAW, sizeof text, PBUF_POOL);
    assert_non_null(p);
    assert_int_equal(p->tot_len, sizeof text);
    assert_int_equal(pbuf_clen(p), 3);
    assert_int_equal(pbuf_take(p, text, sizeof text), ERR_OK);
    assert_int_equal(pbuf_copy_partial(p, copy, sizeof copy, 0), sizeof text);
    assert_string_equal(copy, text);
    assert_int_equal(inet_chksum_pbuf(p), inet_chksum(text, sizeof text));
    assert_int_equal(pbuf_free(p), 3);
    assert_int_equal(lwip_stats.memp[MEMP_PBUF_POOL]->used, 0);
}

/* 60000 bytes 0xFF: every carry happens. */
static void checksum_of_a_large_sum_keeps_its_carries(void **state)
{
    (void)state;
    static u8_t data[2000];
    memset(data, 0xFF, sizeof data);
    assert_int_equal(inet_chksum(data, sizeof data), 0);
    data[0] = 0xFE;
    assert_int_not_equal(inet_chksum(data, sizeof data), 0);
}

static void protection_restores_the_interrupt_flag_it_found(void **state)
{
    (void)state;
    const sys_prot_t outer = sys_arch_protect();
    const sys_prot_t inner = sys_arch_protect();
    sys_arch_unprotect(inner);
    assert_int_equal(sys_arch_protect() & 0x80U, 0);
    sys_arch_unprotect(outer);
    assert_int_equal(sys_arch_protect(), outer);
    sys_arch_unprotect(outer);
}

static void clock_counts_ticks_beyond_16_bits(void **state)
{
    (void)state;
    const u32_t before = sys_now();
    for (u32_t i = 0; i < 70000UL; ++i) {
        cistern_bare_tick();
    }
    assert_int_equal(sys_now() - before, 70000UL);
}

#define avr_unit_test(function) cmocka_unit_test_setup(function, memory_start)

int main(void)
{
    const struct CMUnitTest tests[] = {
        avr_unit_test(struct_pbuf_has_12_bytes),
        avr_unit_test(pool_hands_out_each_block_once_and_refuses_the_rest),
        avr_unit_test(pool_larger_than_the_address_space_is_refused),
        avr_unit_test(heap_finds_blocks_of_every_size),
        avr_unit_test(calloc_refuses_a_product_beyond_16_bits),
        avr_unit_test(chain_is_as_long_as_its_fragments_and_its_bytes_come_back),
        avr_unit_test(checksum_of_a_large_sum_keeps_its_carries),
        avr_unit_test(protection_restores_the_interrupt_flag_it_found),
        avr_unit_test(clock_counts_ticks_beyond_16_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
