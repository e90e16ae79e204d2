/* SPDX-License-Identifier: BSD-3-Clause */
/* Mynewt's pools: the contract of os/os_mempool.h, and what its originals got wrong. */
#include "support.h"

#include <stdlib.h>

#include "os/mynewt.h"

enum { BLOCKS = 4, BLOCK_SIZE = 40 };

/* Whatever OS_ALIGNMENT is, aligned for a pointer. */
static _Alignas(16) os_membuf_t buffer[OS_MEMPOOL_SIZE(BLOCKS, BLOCK_SIZE)];
static _Alignas(16) os_membuf_t other_buffer[OS_MEMPOOL_SIZE(BLOCKS, BLOCK_SIZE)];
static struct os_mempool pool;
static struct os_mempool other;
static struct os_mempool_ext extended;

static int make_pools(void **state)
{
    os_mempool_module_init();
    assert_int_equal(os_mempool_init(&pool, BLOCKS, BLOCK_SIZE, buffer, "pool"), OS_OK);
    assert_int_equal(os_mempool_ext_init(&extended, BLOCKS, BLOCK_SIZE, other_buffer, "extended"),
                     OS_OK);
    return faults_watch(state);
}

static int forget_pools(void **state)
{
    os_mempool_module_init();
    return sections_balanced(state);
}

#define os_test(function) cmocka_unit_test_setup_teardown(function, make_pools, forget_pools)

static void assert_all_free(struct os_mempool *mp)
{
    assert_true(os_mempool_is_sane(mp));
    assert_int_equal(mp->mp_num_free, mp->mp_num_blocks);
}

/* --- init ------------------------------------------------------------------------------------ */

static void init_fills_the_fields_that_clients_read(void **state)
{
    (void)state;
    assert_int_equal(pool.mp_block_size, BLOCK_SIZE);
    assert_int_equal(pool.mp_num_blocks, BLOCKS);
    assert_int_equal(pool.mp_num_free, BLOCKS);
    assert_int_equal(pool.mp_min_free, BLOCKS);
    assert_int_equal(pool.mp_flags & OS_MEMPOOL_F_EXT, 0);
    assert_int_equal(pool.mp_membuf_addr, (uintptr_t)buffer);
    assert_string_equal(pool.name, "pool");
    assert_int_equal(extended.mpe_mp.mp_flags & OS_MEMPOOL_F_EXT, OS_MEMPOOL_F_EXT);
    assert_null(extended.mpe_put_cb);
    assert_null(extended.mpe_put_arg);
}

static void free_blocks_are_linked_by_plain_pointers_one_block_apart(void **state)
{
    (void)state;
    const struct os_memblock *block = SLIST_FIRST(&pool);
    for (size_t i = 0; i < BLOCKS; ++i) {
        assert_int_equal((uintptr_t)block,
                         pool.mp_membuf_addr + i * OS_MEMPOOL_BLOCK_SZ(BLOCK_SIZE));
        block = SLIST_NEXT(block, mb_next);
    }
    assert_null(block);
}

static void init_refuses_wrong_parameters_and_registers_nothing(void **state)
{
    (void)state;
    char *const odd = (char *)buffer + 1;
    assert_int_equal(os_mempool_init(NULL, 1, 8, buffer, "x"), OS_INVALID_PARM);
    assert_int_equal(os_mempool_ext_init(NULL, 1, 8, buffer, "x"), OS_INVALID_PARM);
    assert_int_equal(os_mempool_init(&other, 1, 0, buffer, "x"), OS_INVALID_PARM);
    assert_int_equal(os_mempool_init(&other, 1, 8, NULL, "x"), OS_INVALID_PARM);
    assert_int_equal(os_mempool_init(&other, 1, 8, odd, "x"), OS_MEM_NOT_ALIGNED);
    assert_int_equal(os_mempool_init(&other, 0, 8, odd, "x"), OS_MEM_NOT_ALIGNED);
    assert_null(os_mempool_get("x", NULL));
}

static void pool_of_no_blocks_is_valid_empty_and_sane(void **state)
{
    (void)state;
    static _Alignas(16) os_membuf_t untouched[2];
    assert_int_equal(os_mempool_init(&other, 0, 8, NULL, NULL), OS_OK);
    assert_null(os_memblock_get(&other));
    assert_int_equal(os_mempool_clear(&other), OS_OK);
    assert_true(os_mempool_is_sane(&other));

    memset(untouched, 0x5A, sizeof untouched);
    assert_int_equal(os_mempool_init(&other, 0, 8, untouched, NULL), OS_OK);
    assert_int_equal(os_mempool_clear(&other), OS_OK);
    assert_true(os_mempool_is_sane(&other));
    assert_null(os_memblock_get(&other));
    assert_int_equal(*(unsigned char *)untouched, 0x5A);
}

/* Above level 0 such a block has no space for a key. */
static void block_of_one_word_is_put_without_a_write_to_its_neighbour(void **state)
{
    (void)state;
    static _Alignas(16) os_membuf_t narrow[OS_MEMPOOL_SIZE(BLOCKS, sizeof(void *))];
    void *block[BLOCKS];
    uintptr_t content[BLOCKS];
    assert_int_equal(os_mempool_init(&other, BLOCKS, sizeof(void *), narrow, "narrow"), OS_OK);
    for (size_t i = 0; i < BLOCKS; ++i) {
        block[i] = os_memblock_get(&other);
        content[i] = UINTPTR_MAX / 3U + i;
        memcpy(block[i], &content[i], sizeof content[i]);
    }
    for (size_t i = 0; i < BLOCKS; ++i) {
        for (size_t j = i; j < BLOCKS; ++j) {
            assert_memory_equal(block[j], &content[j], sizeof content[j]);
        }
        assert_int_equal(os_memblock_put(&other, block[i]), OS_OK);
    }
    assert_all_free(&other);
    assert_no_fault();
}

static void init_again_of_a_registered_pool_is_safe(void **state)
{
    (void)state;
    struct os_mempool *mp;
    (void)os_memblock_get(&pool);
    assert_int_equal(os_mempool_init(&pool, BLOCKS, BLOCK_SIZE, buffer, "again"), OS_OK);
    assert_int_equal(
        os_mempool_ext_init(&extended, BLOCKS, BLOCK_SIZE, other_buffer, "extended again"), OS_OK);
    assert_all_free(&pool);
    mp = os_mempool_info_get_next(NULL, NULL);
    assert_ptr_equal(mp, &pool);
    mp = os_mempool_info_get_next(mp, NULL);
    assert_ptr_equal(mp, &extended.mpe_mp);
    assert_null(os_mempool_info_get_next(mp, NULL));
}

static void ext_init_again_takes_callback_and_argument_away(void **state)
{
    (void)state;
    extended.mpe_put_arg = &pool;
    assert_int_equal(os_mempool_ext_init(&extended, BLOCKS, BLOCK_SIZE, other_buffer, NULL), OS_OK);
    assert_null(extended.mpe_put_cb);
    assert_null(extended.mpe_put_arg);
}

/* --- get and put ----------------------------------------------------------------------------- */

static void blocks_come_last_freed_first_and_counts_follow(void **state)
{
    (void)state;
    void *const a = os_memblock_get(&pool);
    void *const b = os_memblock_get(&pool);
    assert_ptr_equal(a, buffer);
    assert_int_equal(pool.mp_num_free, BLOCKS - 2);
    assert_int_equal(os_memblock_put(&pool, a), OS_OK);
    assert_int_equal(os_memblock_put(&pool, b), OS_OK);
    assert_ptr_equal(os_memblock_get(&pool), b);
    assert_int_equal(pool.mp_num_free, BLOCKS - 1);
    assert_int_equal(pool.mp_min_free, BLOCKS - 2);
}

static void empty_pool_and_null_give_null(void **state)
{
    (void)state;
    for (size_t i = 0; i < BLOCKS; ++i) {
        assert_non_null(os_memblock_get(&pool));
    }
    assert_null(os_memblock_get(&pool));
    assert_null(os_memblock_get(NULL));
    assert_int_equal(pool.mp_min_free, 0);
    assert_no_fault();
}

static void put_refuses_null(void **state)
{
    (void)state;
    assert_int_equal(os_memblock_put(NULL, buffer), OS_INVALID_PARM);
    assert_int_equal(os_memblock_put(&pool, NULL), OS_INVALID_PARM);
    assert_int_equal(os_memblock_put_from_cb(NULL, buffer), OS_INVALID_PARM);
    assert_int_equal(os_memblock_put_from_cb(&pool, NULL), OS_INVALID_PARM);
    assert_no_fault();
}

static void double_free_never_lets_two_gets_return_the_same_block(void **state)
{
    (void)state;
    void *const a = os_memblock_get(&pool);
    assert_int_equal(os_memblock_put(&pool, a), OS_OK);
    assert_int_equal(os_memblock_put(&pool, a), OS_INVALID_PARM);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, a);
    assert_all_free(&pool);
    assert_ptr_not_equal(os_memblock_get(&pool), os_memblock_get(&pool));
}

static void foreign_interior_and_wrong_pool_puts_are_refused(void **state)
{
    (void)state;
    int somewhere = 0;
    char *const a = os_memblock_get(&pool);
    assert_int_equal(os_memblock_put(&pool, &somewhere), OS_INVALID_PARM);
    assert_one_fault(CISTERN_FAULT_FOREIGN_FREE, &somewhere);
    assert_int_equal(os_memblock_put(&pool, a + OS_MEMPOOL_BLOCK_SZ(1)), OS_INVALID_PARM);
    assert_one_fault(CISTERN_FAULT_INTERIOR_FREE, a + OS_MEMPOOL_BLOCK_SZ(1));
    assert_int_equal(os_memblock_put(&extended.mpe_mp, a), OS_INVALID_PARM);
    assert_string_equal(faults.last.owner, "pool");
    assert_one_fault(CISTERN_FAULT_WRONG_POOL, a);
    assert_int_equal(os_memblock_put(&pool, a), OS_OK);
    assert_all_free(&pool);
    assert_all_free(&extended.mpe_mp);
}

static void clear_frees_every_block_in_ascending_order(void **state)
{
    (void)state;
    (void)os_memblock_get(&pool);
    (void)os_memblock_get(&pool);
    assert_int_equal(os_mempool_clear(&pool), OS_OK);
    assert_int_equal(pool.mp_min_free, BLOCKS);
    assert_all_free(&pool);
    free_blocks_are_linked_by_plain_pointers_one_block_apart(state);
    assert_non_null(os_mempool_get("pool", NULL));
    assert_int_equal(os_mempool_clear(NULL), OS_INVALID_PARM);
}

/* --- extended pools -------------------------------------------------------------------------- */

static struct {
    unsigned calls;
    void *block;
    void *arg;
    size_t free_at_call;
    unsigned char first_byte;
    struct os_mempool *borrow_from; /* get and put one block of it inside the callback */
} seen;

static os_error_t give_back(struct os_mempool_ext *ome, void *data, void *arg)
{
    ++seen.calls;
    seen.block = data;
    seen.arg = arg;
    seen.free_at_call = ome->mpe_mp.mp_num_free;
    seen.first_byte = *(unsigned char *)data;
    if (seen.borrow_from != NULL) {
        void *const borrowed = os_memblock_get(seen.borrow_from);
        assert_non_null(borrowed);
        assert_ptr_not_equal(borrowed, data);
        assert_int_equal(os_memblock_put_from_cb(seen.borrow_from, borrowed), OS_OK);
    }
    return os_memblock_put_from_cb(&ome->mpe_mp, data);
}

static os_error_t keep(struct os_mempool_ext *ome, void *data, void *arg)
{
    (void)ome;
    (void)arg;
    seen.block = data;
    return OS_EBUSY;
}

static void callback_sees_the_block_intact_and_still_in_use(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof seen);
    extended.mpe_put_cb = give_back;
    extended.mpe_put_arg = &seen;
    unsigned char *const block = os_memblock_get(&extended.mpe_mp);
    memset(block, 0x77, BLOCK_SIZE);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, block), OS_OK);
    assert_int_equal(seen.calls, 1);
    assert_ptr_equal(seen.block, block);
    assert_ptr_equal(seen.arg, &seen);
    assert_int_equal(seen.free_at_call, BLOCKS - 1);
    assert_int_equal(seen.first_byte, 0x77);
    assert_all_free(&extended.mpe_mp);
}

static void callback_may_get_and_put_itself(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof seen);
    extended.mpe_put_cb = give_back;
    struct os_mempool *const pools[] = {&pool, &extended.mpe_mp};
    for (unsigned i = 0; i < 2; ++i) {
        seen.borrow_from = pools[i];
        assert_int_equal(os_memblock_put(&extended.mpe_mp, os_memblock_get(&extended.mpe_mp)),
                         OS_OK);
        assert_all_free(&extended.mpe_mp);
        assert_all_free(&pool);
    }
}

static void callback_may_keep_the_block_and_its_code_is_returned(void **state)
{
    (void)state;
    extended.mpe_put_cb = keep;
    void *const block = os_memblock_get(&extended.mpe_mp);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, block), OS_EBUSY);
    assert_int_equal(extended.mpe_mp.mp_num_free, BLOCKS - 1);
    assert_int_equal(os_memblock_put_from_cb(&extended.mpe_mp, block), OS_OK);
    assert_all_free(&extended.mpe_mp);
}

static void callback_is_not_called_for_a_block_that_is_not_the_pools(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof seen);
    extended.mpe_put_cb = give_back;
    void *const block = os_memblock_get(&pool);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, block), OS_INVALID_PARM);
    assert_one_fault(CISTERN_FAULT_WRONG_POOL, block);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, NULL), OS_INVALID_PARM);
    assert_int_equal(seen.calls, 0);
}

static void clear_calls_no_callback(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof seen);
    extended.mpe_put_cb = give_back;
    (void)os_memblock_get(&extended.mpe_mp);
    assert_int_equal(os_mempool_clear(&extended.mpe_mp), OS_OK);
    assert_int_equal(seen.calls, 0);
}

/* --- looking --------------------------------------------------------------------------------- */

static void from_is_true_for_the_start_of_each_block_free_or_not(void **state)
{
    (void)state;
    const size_t stride = cistern_pool_stride(&pool.mp_engine);
    char *const a = os_memblock_get(&pool);
    assert_int_equal(os_memblock_from(&pool, a), 1);
    assert_int_equal(os_memblock_from(&pool, a + stride), 1);
    assert_int_equal(os_memblock_from(&pool, a + 1), 0);
    assert_int_equal(os_memblock_from(&pool, a + BLOCKS * stride), 0);
    assert_int_equal(os_memblock_from(&pool, a - stride), 0);
    assert_int_equal(os_memblock_from(&pool, NULL), 0);
    assert_int_equal(os_memblock_from(NULL, a), 0);
    assert_int_equal(os_memblock_from(&extended.mpe_mp, a), 0);
}

static void sanity_check_ends_on_a_cycle_and_compares_the_count(void **state)
{
    (void)state;
    struct os_memblock *const first = SLIST_FIRST(&pool);
    struct os_memblock *const second = SLIST_NEXT(first, mb_next);
    assert_true(os_mempool_is_sane(&pool));
    assert_false(os_mempool_is_sane(NULL));
    SLIST_NEXT(second, mb_next) = first;
    assert_false(os_mempool_is_sane(&pool));
    assert_int_equal(os_mempool_clear(&pool), OS_OK);
    pool.mp_num_free = BLOCKS - 1;
    assert_false(os_mempool_is_sane(&pool));
    assert_int_equal(os_mempool_clear(&pool), OS_OK);
}

static void info_lists_pools_in_order_and_cuts_long_names(void **state)
{
    (void)state;
    struct os_mempool_info info;
    static _Alignas(16) os_membuf_t third[OS_MEMPOOL_SIZE(1, 100)];
    assert_int_equal(os_mempool_init(&other, 1, 100, third, "a name of thirty-two characters."),
                     OS_OK);
    struct os_mempool *mp = os_mempool_info_get_next(NULL, &info);
    assert_ptr_equal(mp, &pool);
    assert_string_equal(info.omi_name, "pool");
    assert_int_equal(info.omi_block_size, BLOCK_SIZE);
    assert_int_equal(info.omi_num_blocks, BLOCKS);
    (void)os_memblock_get(&extended.mpe_mp);
    mp = os_mempool_info_get_next(mp, &info);
    assert_ptr_equal(mp, &extended.mpe_mp);
    assert_int_equal(info.omi_num_free, BLOCKS - 1);
    assert_int_equal(info.omi_min_free, BLOCKS - 1);
    mp = os_mempool_info_get_next(mp, &info);
    assert_ptr_equal(mp, &other);
    assert_string_equal(info.omi_name, "a name of thirty-two characters");
    assert_null(os_mempool_info_get_next(mp, &info));
}

static void pool_is_found_by_name_and_null_is_harmless(void **state)
{
    (void)state;
    struct os_mempool_info info;
    static _Alignas(16) os_membuf_t third[OS_MEMPOOL_SIZE(1, 100)];
    assert_int_equal(os_mempool_init(&other, 1, 100, third, NULL), OS_OK);
    assert_ptr_equal(os_mempool_get("extended", &info), &extended.mpe_mp);
    assert_string_equal(info.omi_name, "extended");
    assert_ptr_equal(os_mempool_get("pool", NULL), &pool);
    assert_null(os_mempool_get("no such pool", &info));
    assert_null(os_mempool_get(NULL, &info));
    assert_ptr_equal(os_mempool_info_get_next(NULL, NULL), &pool);
    assert_ptr_equal(os_mempool_info_get_next(&extended.mpe_mp, &info), &other);
    assert_string_equal(info.omi_name, "");
}

static void first_of_two_pools_of_the_same_name_is_found(void **state)
{
    (void)state;
    assert_int_equal(os_mempool_init(&other, 0, 8, NULL, "pool"), OS_OK);
    assert_ptr_equal(os_mempool_get("pool", NULL), &pool);
}

static void unregistered_pool_is_off_the_list(void **state)
{
    (void)state;
    assert_int_equal(os_mempool_unregister(&pool), OS_OK);
    assert_int_equal(os_mempool_unregister(&pool), OS_INVALID_PARM);
    assert_int_equal(os_mempool_unregister(NULL), OS_INVALID_PARM);
    assert_null(os_mempool_get("pool", NULL));
}

/* As clients do it that know the global list. */
extern STAILQ_HEAD(, os_mempool) g_os_mempool_list;

static void global_list_can_be_walked_with_queue_macros(void **state)
{
    (void)state;
    struct os_mempool *mp;
    unsigned found = 0;
    STAILQ_FOREACH(mp, &g_os_mempool_list, mp_list)
    {
        ++found;
    }
    assert_int_equal(found, 2);
    os_mempool_module_init();
    assert_true(STAILQ_EMPTY(&g_os_mempool_list));
}

static void pools_of_the_engine_are_listed(void **state)
{
    (void)state;
    cistern_pool_t plain;
    const cistern_pool_config_t config = {.name = "plain", .size = 8};
    assert_int_equal(cistern_pool_init(&plain, &config), CISTERN_OK);
    assert_non_null(os_mempool_get("plain", NULL));
    assert_int_equal(cistern_pool_unregister(&plain), CISTERN_OK);
    assert_null(os_mempool_get("plain", NULL));
}

/* --- geometry -------------------------------------------------------------------------------- */

static void membuf_type_and_sizes_follow_the_alignment(void **state)
{
    (void)state;
    assert_int_equal(sizeof(os_membuf_t), OS_ALIGNMENT);
    assert_int_equal(OS_MEMPOOL_BYTES(3, 10), sizeof(os_membuf_t) * OS_MEMPOOL_SIZE(3, 10));
    assert_true(OS_MEMPOOL_BLOCK_SZ(1) >= sizeof(void *));
    assert_int_equal(OS_MEMPOOL_BLOCK_SZ(48), 48 + (OS_MEMPOOL_GUARDED ? CISTERN_POOL_GUARD : 0U));
    assert_int_equal(OS_MEMPOOL_BLOCK_SZ(49) % OS_ALIGNMENT, 0);
}

static void blocks_smaller_than_a_pointer_do_not_overlap(void **state)
{
    (void)state;
    static _Alignas(16) os_membuf_t room[OS_MEMPOOL_SIZE(5, 1)];
    assert_int_equal(os_mempool_init(&other, 5, 1, room, "bytes"), OS_OK);
    assert_true(os_mempool_is_sane(&other));
    for (unsigned i = 0; i < 5; ++i) {
        unsigned char *const block = os_memblock_get(&other);
        assert_non_null(block);
        *block = (unsigned char)i;
    }
    assert_true(os_mempool_is_sane(&other));
}

/* Mynewt's init counts with 16 bits; the engine's makes a larger pool of the same struct. */
static void pool_of_more_than_65535_blocks_is_made_by_the_engine(void **state)
{
    (void)state;
    const size_t stride = CISTERN_POOL_TIGHT_STRIDE(16, OS_ALIGNMENT);
    unsigned char *const memory = malloc(70000U * stride + 16U);
    assert_non_null(memory);
    unsigned char *const room = memory + (16U - (uintptr_t)memory % 16U);
    const cistern_pool_config_t config = {
        .name = "many",
        .count = 70000,
        .size = 16,
        .alignment = OS_ALIGNMENT,
        .memory = room,
        .tight = true,
    };
    struct os_mempool_info info;
    assert_int_equal(cistern_pool_init(&other.mp_engine, &config), CISTERN_OK);
    assert_ptr_equal(os_memblock_get(&other), room);
    assert_ptr_equal(os_mempool_get("many", &info), &other);
    assert_int_equal(info.omi_num_blocks, 70000);
    assert_int_equal(info.omi_num_free, 69999);
    assert_int_equal(os_memblock_from(&other, room + 69999U * stride), 1);
    assert_int_equal(os_memblock_from(&other, room + 70000U * stride), 0);
    assert_int_equal(os_mempool_unregister(&other), OS_OK);
    free(memory);
}

#if OS_MEMPOOL_GUARDED
static void overflow_of_a_block_is_reported_and_repaired(void **state)
{
    (void)state;
    unsigned char *const block = os_memblock_get(&pool);
    block[BLOCK_SIZE] ^= 0xFFU;
    assert_false(os_mempool_is_sane(&pool));
    assert_int_equal(os_memblock_put(&pool, block), OS_OK);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
    assert_all_free(&pool);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        os_test(init_fills_the_fields_that_clients_read),
#if OS_MEMPOOL_GUARDED
        os_test(overflow_of_a_block_is_reported_and_repaired),
#endif
        os_test(free_blocks_are_linked_by_plain_pointers_one_block_apart),
        os_test(init_refuses_wrong_parameters_and_registers_nothing),
        os_test(pool_of_no_blocks_is_valid_empty_and_sane),
        os_test(block_of_one_word_is_put_without_a_write_to_its_neighbour),
        os_test(init_again_of_a_registered_pool_is_safe),
        os_test(ext_init_again_takes_callback_and_argument_away),
        os_test(blocks_come_last_freed_first_and_counts_follow),
        os_test(empty_pool_and_null_give_null),
        os_test(put_refuses_null),
        os_test(double_free_never_lets_two_gets_return_the_same_block),
        os_test(foreign_interior_and_wrong_pool_puts_are_refused),
        os_test(clear_frees_every_block_in_ascending_order),
        os_test(callback_sees_the_block_intact_and_still_in_use),
        os_test(callback_may_get_and_put_itself),
        os_test(callback_may_keep_the_block_and_its_code_is_returned),
        os_test(callback_is_not_called_for_a_block_that_is_not_the_pools),
        os_test(clear_calls_no_callback),
        os_test(from_is_true_for_the_start_of_each_block_free_or_not),
        os_test(sanity_check_ends_on_a_cycle_and_compares_the_count),
        os_test(info_lists_pools_in_order_and_cuts_long_names),
        os_test(pool_is_found_by_name_and_null_is_harmless),
        os_test(first_of_two_pools_of_the_same_name_is_found),
        os_test(unregistered_pool_is_off_the_list),
        os_test(global_list_can_be_walked_with_queue_macros),
        os_test(pools_of_the_engine_are_listed),
        os_test(membuf_type_and_sizes_follow_the_alignment),
        os_test(blocks_smaller_than_a_pointer_do_not_overlap),
        os_test(pool_of_more_than_65535_blocks_is_made_by_the_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
