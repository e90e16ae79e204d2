/* SPDX-License-Identifier: BSD-3-Clause */
/* What client code takes for granted about Mynewt's pools, at each check level: types, distances,
 * the list of pools, and ESP-IDF's additions. */
#include "support.h"

#include "os/mynewt.h"

enum { BLOCKS = 8, BLOCK_SIZE = 48 };

static _Alignas(16) os_membuf_t buffer[OS_MEMPOOL_SIZE(BLOCKS, BLOCK_SIZE)];
static _Alignas(16) os_membuf_t extended_buffer[OS_MEMPOOL_SIZE(BLOCKS, BLOCK_SIZE)];
static struct os_mempool pool;
static struct os_mempool_ext extended;

/* As clients do it that know the global list. */
extern STAILQ_HEAD(, os_mempool) g_os_mempool_list;

static int make_pools(void **state)
{
    os_mempool_module_init();
    assert_int_equal(os_mempool_init(&pool, BLOCKS, BLOCK_SIZE, buffer, "pool"), OS_OK);
    assert_int_equal(
        os_mempool_ext_init(&extended, BLOCKS, BLOCK_SIZE, extended_buffer, "extended"), OS_OK);
    return faults_watch(state);
}

static int forget_pools(void **state)
{
    os_mempool_module_init();
    return sections_balanced(state);
}

/* --- types ----------------------------------------------------------------------------------- */

static void functions_have_the_documented_types(void **state)
{
    (void)state;
    os_error_t (*const init)(struct os_mempool *, uint16_t, uint32_t, void *, char *) =
        os_mempool_init;
    os_error_t (*const ext_init)(struct os_mempool_ext *, uint16_t, uint32_t, void *, char *) =
        os_mempool_ext_init;
    os_error_t (*const unregister)(struct os_mempool *) = os_mempool_unregister;
    os_error_t (*const clear)(struct os_mempool *) = os_mempool_clear;
    bool (*const is_sane)(const struct os_mempool *) = os_mempool_is_sane;
    int (*const from)(const struct os_mempool *, const void *) = os_memblock_from;
    void *(*const get)(struct os_mempool *) = os_memblock_get;
    os_error_t (*const put)(struct os_mempool *, void *) = os_memblock_put;
    os_error_t (*const put_from_cb)(struct os_mempool *, void *) = os_memblock_put_from_cb;
    struct os_mempool *(*const next)(struct os_mempool *, struct os_mempool_info *) =
        os_mempool_info_get_next;
    struct os_mempool *(*const find)(const char *, struct os_mempool_info *) = os_mempool_get;
    int (*const to_sys)(os_error_t) = os_error_to_sys;

    assert_int_equal(init(&pool, BLOCKS, BLOCK_SIZE, buffer, NULL), OS_OK);
    assert_int_equal(ext_init(&extended, BLOCKS, BLOCK_SIZE, extended_buffer, NULL), OS_OK);
    void *const block = get(&pool);
    assert_int_equal(from(&pool, block), 1);
    assert_int_equal(put(&pool, block), OS_OK);
    assert_int_equal(put_from_cb(&pool, get(&pool)), OS_OK);
    assert_int_equal(clear(&pool), OS_OK);
    assert_true(is_sane(&pool));
    assert_ptr_equal(next(NULL, NULL), &pool);
    assert_null(find("no such pool", NULL));
    assert_int_equal(unregister(&pool), OS_OK);
    assert_int_equal(to_sys(OS_OK), 0);
}

static void fields_have_the_documented_types_and_values(void **state)
{
    (void)state;
    const uint32_t *const size = &pool.mp_block_size;
    const uint16_t *const counts[] = {&pool.mp_num_blocks, &pool.mp_num_free, &pool.mp_min_free};
    const uint8_t *const flags = &pool.mp_flags;
    const uintptr_t *const address = &pool.mp_membuf_addr;
    char *const *const name = &pool.name;
    struct os_memblock *const *const first = &SLIST_FIRST(&pool);
    (void)os_memblock_get(&pool);
    (void)os_memblock_get(&pool);
    assert_int_equal(os_memblock_put(&pool, buffer), OS_OK);
    assert_int_equal(*size, BLOCK_SIZE);
    assert_int_equal(*counts[0], BLOCKS);
    assert_int_equal(*counts[1], BLOCKS - 1);
    assert_int_equal(*counts[2], BLOCKS - 2);
    assert_int_equal(*flags, 0);
    assert_int_equal(*address, (uintptr_t)buffer);
    assert_string_equal(*name, "pool");
    assert_ptr_equal(*first, buffer);
}

static void flags_show_what_was_asked_for_and_nothing_else(void **state)
{
    (void)state;
    (void)os_memblock_get(&pool);
    assert_int_equal(pool.mp_flags, 0);
    assert_int_equal(extended.mpe_mp.mp_flags, OS_MEMPOOL_F_EXT);
}

/* --- distances ------------------------------------------------------------------------------- */

/* As host flow control and the mesh of NimBLE do it. */
static void index_of_a_block_follows_from_the_fields(void **state)
{
    (void)state;
    struct os_mempool *const pools[] = {&pool, &extended.mpe_mp};
    for (unsigned p = (OS_MEMPOOL_GUARDED ? 1U : 0U); p < 2; ++p) {
        const struct os_mempool *const mp = pools[p];
        for (unsigned i = 0; i < BLOCKS; ++i) {
            const uintptr_t block = (uintptr_t)os_memblock_get(pools[p]);
            assert_int_equal((block - mp->mp_membuf_addr) / mp->mp_block_size, i);
            assert_int_equal((block - mp->mp_membuf_addr) % mp->mp_block_size, 0);
        }
    }
}

/* As modlog does it: the size of the buffer by the number of blocks. */
static void size_of_the_buffer_by_the_number_of_blocks_is_the_distance(void **state)
{
    (void)state;
    static _Alignas(16) os_membuf_t room[OS_MEMPOOL_SIZE(16, 12)];
    struct os_mempool mappings;
    const size_t distance = sizeof room / 16U;
    assert_int_equal(os_mempool_init(&mappings, 16, 12, room, "mappings"), OS_OK);
    for (unsigned i = 0; i < 16; ++i) {
        const size_t offset = (size_t)((char *)os_memblock_get(&mappings) - (char *)room);
        if (!OS_MEMPOOL_GUARDED || CISTERN_CHECK < 3) {
            assert_int_equal(offset % distance, 0);
            assert_int_equal(offset / distance, i);
        }
    }
    assert_int_equal(os_mempool_unregister(&mappings), OS_OK);
}

static void buffer_is_as_large_as_the_blocks_and_no_larger(void **state)
{
    (void)state;
    if (!OS_MEMPOOL_GUARDED) {
        assert_int_equal(OS_MEMPOOL_BYTES(BLOCKS, BLOCK_SIZE), BLOCKS * BLOCK_SIZE);
        assert_int_equal(sizeof buffer, BLOCKS * BLOCK_SIZE);
    }
    assert_int_equal(OS_MEMPOOL_BYTES(3, 10), sizeof(os_membuf_t) * OS_MEMPOOL_SIZE(3, 10));
}

/* --- the list of pools ----------------------------------------------------------------------- */

static void module_init_reads_no_pool_that_was_registered(void **state)
{
    (void)state;
    memset(&pool, 0xA5, sizeof pool);
    memset(&extended, 0xA5, sizeof extended);
    os_mempool_module_init();
    assert_true(STAILQ_EMPTY(&g_os_mempool_list));
    assert_null(os_mempool_info_get_next(NULL, NULL));
    assert_int_equal(os_mempool_init(&pool, BLOCKS, BLOCK_SIZE, buffer, "pool"), OS_OK);
    assert_ptr_equal(STAILQ_FIRST(&g_os_mempool_list), &pool);
    assert_null(STAILQ_NEXT(&pool, mp_list));
}

static void pools_are_registered_anew_after_module_init(void **state)
{
    (void)state;
    os_mempool_module_init();
    assert_int_equal(os_mempool_unregister(&pool), OS_INVALID_PARM);
    assert_int_equal(
        os_mempool_ext_init(&extended, BLOCKS, BLOCK_SIZE, extended_buffer, "extended"), OS_OK);
    assert_int_equal(os_mempool_init(&pool, BLOCKS, BLOCK_SIZE, buffer, "pool"), OS_OK);
    assert_ptr_equal(os_mempool_info_get_next(NULL, NULL), &extended.mpe_mp);
    assert_ptr_equal(os_mempool_info_get_next(&extended.mpe_mp, NULL), &pool);
    assert_null(os_mempool_info_get_next(&pool, NULL));
}

/* --- ESP-IDF's ------------------------------------------------------------------------------- */

static struct {
    unsigned gets;
    unsigned puts;
    void *get_argument;
    void *put_argument;
    void *block;
} seen;

static void *lend(struct os_mempool_ext *ome, void *argument)
{
    (void)ome;
    ++seen.gets;
    seen.get_argument = argument;
    return seen.block;
}

static os_error_t accept(struct os_mempool_ext *ome, void *data, void *argument)
{
    (void)ome;
    ++seen.puts;
    seen.put_argument = argument;
    seen.block = data;
    return OS_OK;
}

/* ISO C has no conversion between pointers to functions and to objects. */
static void register_callbacks(os_mempool_put_fn *put, os_mempool_get_fn *get)
{
    void *callbacks[2];
    memcpy(&callbacks[0], &put, sizeof put);
    memcpy(&callbacks[1], &get, sizeof get);
    memset(&seen, 0, sizeof seen);
    os_ext_mempool_register_cb(&extended, callbacks[0], &pool, callbacks[1], &buffer);
}

static void get_callback_hands_out_instead_of_the_pool(void **state)
{
    (void)state;
    static int elsewhere;
    register_callbacks(NULL, lend);
    seen.block = &elsewhere;
    assert_ptr_equal(os_memblock_get(&extended.mpe_mp), &elsewhere);
    assert_int_equal(seen.gets, 1);
    assert_ptr_equal(seen.get_argument, &buffer);
    assert_int_equal(extended.mpe_mp.mp_num_free, BLOCKS);
}

static void put_callback_is_given_its_own_argument(void **state)
{
    (void)state;
    register_callbacks(accept, NULL);
    void *const block = os_memblock_get(&extended.mpe_mp);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, block), OS_OK);
    assert_int_equal(seen.puts, 1);
    assert_ptr_equal(seen.block, block);
    assert_ptr_equal(seen.put_argument, &pool);
    assert_int_equal(extended.mpe_mp.mp_num_free, BLOCKS - 1);
}

static void callback_of_a_fragmented_pool_is_given_any_address(void **state)
{
    (void)state;
    int elsewhere = 0;
    register_callbacks(accept, NULL);
    os_mempool_flags_set(&extended.mpe_mp, OS_MEMPOOL_F_FRAG);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, &elsewhere), OS_OK);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, NULL), OS_INVALID_PARM);
    assert_int_equal(seen.puts, 1);
    assert_no_fault();
}

static void ext_clear_frees_all_blocks_and_ends_the_extension(void **state)
{
    (void)state;
    register_callbacks(accept, lend);
    assert_null(os_memblock_get(&extended.mpe_mp));
    assert_int_equal(os_mempool_ext_clear(&extended), OS_OK);
    assert_int_equal(extended.mpe_mp.mp_flags, 0);
    assert_ptr_equal(os_memblock_get(&extended.mpe_mp), extended_buffer);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, extended_buffer), OS_OK);
    assert_int_equal(extended.mpe_mp.mp_num_free, BLOCKS);
    assert_int_equal(seen.puts, 0);
    assert_int_equal(os_mempool_ext_clear(NULL), OS_INVALID_PARM);
}

static void flags_are_set_and_cleared_one_by_one(void **state)
{
    (void)state;
    os_mempool_flags_set(&pool, OS_MEMPOOL_F_CONTROLLER | OS_MEMPOOL_F_LOW_PRIO);
    os_mempool_flags_clear(&pool, OS_MEMPOOL_F_CONTROLLER);
    assert_int_equal(pool.mp_flags, OS_MEMPOOL_F_LOW_PRIO);
    void *const block = os_memblock_get(&pool);
    assert_int_equal(os_memblock_put(&pool, block), OS_OK);
    assert_int_equal(pool.mp_flags, OS_MEMPOOL_F_LOW_PRIO);
}

static void init_internal_sets_the_flags(void **state)
{
    (void)state;
    assert_int_equal(os_mempool_init_internal(&pool, BLOCKS, BLOCK_SIZE, buffer, "controller",
                                              OS_MEMPOOL_F_CONTROLLER),
                     OS_OK);
    assert_int_equal(pool.mp_flags, OS_MEMPOOL_F_CONTROLLER);
    assert_int_equal(os_mempool_init_internal(&pool, BLOCKS, BLOCK_SIZE, NULL, NULL, 0),
                     OS_INVALID_PARM);
}

static void deinit_takes_the_controllers_pools_or_the_hosts(void **state)
{
    (void)state;
    os_mempool_flags_set(&pool, OS_MEMPOOL_F_CONTROLLER);
    os_mempool_deinit(true);
    assert_ptr_equal(os_mempool_info_get_next(NULL, NULL), &extended.mpe_mp);
    assert_null(os_mempool_info_get_next(&extended.mpe_mp, NULL));
    os_mempool_deinit(false);
    assert_null(os_mempool_info_get_next(NULL, NULL));
}

static void second_deinit_takes_nothing_and_pools_work_on(void **state)
{
    (void)state;
    os_mempool_deinit(false);
    os_mempool_deinit(false);
    os_mempool_deinit(true);
    assert_null(os_mempool_info_get_next(NULL, NULL));
    void *const block = os_memblock_get(&pool);
    assert_ptr_equal(block, buffer);
    assert_int_equal(os_memblock_put(&pool, block), OS_OK);
    assert_true(os_mempool_is_sane(&pool));
    assert_int_equal(os_mempool_init(&pool, BLOCKS, BLOCK_SIZE, buffer, "pool"), OS_OK);
    assert_ptr_equal(os_mempool_info_get_next(NULL, NULL), &pool);
}

/* --- what a callback may do ------------------------------------------------------------------ */

static os_error_t end_the_extension(struct os_mempool_ext *ome, void *data, void *argument)
{
    (void)data;
    (void)argument;
    return os_mempool_ext_clear(ome);
}

static os_error_t leave_the_list(struct os_mempool_ext *ome, void *data, void *argument)
{
    (void)argument;
    assert_int_equal(os_mempool_unregister(&ome->mpe_mp), OS_OK);
    return os_memblock_put_from_cb(&ome->mpe_mp, data);
}

static os_error_t put_without_a_callback(struct os_mempool_ext *ome, void *data, void *argument)
{
    (void)argument;
    ome->mpe_put_cb = NULL;
    return os_memblock_put(&ome->mpe_mp, data);
}

static void callback_may_change_the_pool_that_it_is_called_for(void **state)
{
    (void)state;
    os_mempool_put_fn *const callbacks[] = {end_the_extension, leave_the_list,
                                            put_without_a_callback};
    for (size_t i = 0; i < sizeof callbacks / sizeof callbacks[0]; ++i) {
        assert_int_equal(
            os_mempool_ext_init(&extended, BLOCKS, BLOCK_SIZE, extended_buffer, "extended"), OS_OK);
        extended.mpe_put_cb = callbacks[i];
        void *const block = os_memblock_get(&extended.mpe_mp);
        assert_int_equal(os_memblock_put(&extended.mpe_mp, block), OS_OK);
        assert_int_equal(extended.mpe_mp.mp_num_free, BLOCKS);
        assert_true(os_mempool_is_sane(&extended.mpe_mp));
    }
    assert_no_fault();
}

static void callback_set_as_a_field_of_a_plain_pool_is_not_called(void **state)
{
    (void)state;
    register_callbacks(accept, lend);
    os_mempool_flags_clear(&extended.mpe_mp, OS_MEMPOOL_F_EXT);
    void *const block = os_memblock_get(&extended.mpe_mp);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, block), OS_OK);
    assert_int_equal(seen.gets + seen.puts, 0);
    os_mempool_flags_set(&extended.mpe_mp, OS_MEMPOOL_F_EXT);
    (void)os_memblock_get(&extended.mpe_mp);
    assert_int_equal(seen.gets, 1);
}

static void block_of_a_combined_pool_is_known_by_any_address_inside(void **state)
{
    (void)state;
    char *const block = os_memblock_get(&pool);
    assert_int_equal(os_memblock_from(&pool, block + 1), 0);
    os_mempool_flags_set(&pool, OS_MEMPOOL_F_COMBINATION);
    assert_int_equal(os_memblock_from(&pool, block), 1);
    assert_int_equal(os_memblock_from(&pool, block + 1), 1);
    assert_int_equal(os_memblock_from(&pool, block - 1), 0);
    assert_int_equal(os_memblock_from(&pool, block + sizeof buffer), 0);
}

/* --- levels ---------------------------------------------------------------------------------- */

#if CISTERN_CHECK >= 1

static os_error_t put_twice(struct os_mempool_ext *ome, void *data, void *argument)
{
    (void)argument;
    assert_int_equal(os_memblock_put_from_cb(&ome->mpe_mp, data), OS_OK);
    return os_memblock_put_from_cb(&ome->mpe_mp, data);
}

static void second_put_of_a_callback_is_refused(void **state)
{
    (void)state;
    extended.mpe_put_cb = put_twice;
    void *const block = os_memblock_get(&extended.mpe_mp);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, block), OS_INVALID_PARM);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
    assert_int_equal(extended.mpe_mp.mp_num_free, BLOCKS);
}

static void block_that_was_in_use_at_a_clear_is_refused(void **state)
{
    (void)state;
    void *const block = os_memblock_get(&pool);
    void *const other = os_memblock_get(&extended.mpe_mp);
    assert_int_equal(os_mempool_clear(&pool), OS_OK);
    assert_int_equal(os_mempool_ext_clear(&extended), OS_OK);
    assert_int_equal(os_memblock_put(&pool, block), OS_INVALID_PARM);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, other), OS_INVALID_PARM);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, other);
}

#endif

static void double_free_is_reported_from_level_1_on(void **state)
{
    (void)state;
    void *const block = os_memblock_get(&pool);
    assert_int_equal(os_memblock_put(&pool, block), OS_OK);
#if CISTERN_CHECK >= 1
    assert_int_equal(os_memblock_put(&pool, block), OS_INVALID_PARM);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
    assert_ptr_not_equal(os_memblock_get(&pool), os_memblock_get(&pool));
#endif
}

#if CISTERN_CHECK < 2

/* Clients read what they gave back: of an entry that nffs deletes while it lists the folder the
 * listing goes on. They find it but for the link, and from level 1 on the key behind it. */
static void block_that_was_given_back_keeps_what_lies_behind_link_and_key(void **state)
{
    (void)state;
    unsigned char *const block = os_memblock_get(&pool);
    memset(block, 0x5A, BLOCK_SIZE);
    assert_int_equal(os_memblock_put(&pool, block), OS_OK);
    for (size_t i = (CISTERN_CHECK + 1U) * sizeof(void *); i < BLOCK_SIZE; ++i) {
        assert_int_equal(block[i], 0x5A);
    }
    assert_no_fault();
}

#else

/* A clean block, and one that is written to after it was freed. */
static void free_blocks_hold_the_pattern_of_the_tree(void **state)
{
    (void)state;
    const uint32_t pattern = 0xDE7EC7EDU;
    uint32_t *const block = os_memblock_get(&pool);
    memset(block, 0, BLOCK_SIZE);
    assert_int_equal(os_memblock_put(&pool, block), OS_OK);
    for (size_t i = 2U * sizeof(void *) / sizeof *block; i < BLOCK_SIZE / sizeof *block; ++i) {
        assert_int_equal(block[i], pattern);
    }
    assert_true(os_mempool_is_sane(&pool));
    block[BLOCK_SIZE / sizeof *block - 1U] ^= 0x100U;
    assert_false(os_mempool_is_sane(&pool));
}

static void overflow_is_found_by_guards_where_they_are_asked_for(void **state)
{
    (void)state;
    unsigned char *const block = os_memblock_get(&pool);
    if (OS_MEMPOOL_GUARDED) {
        block[BLOCK_SIZE] ^= 0xFFU;
        assert_int_equal(os_memblock_put(&pool, block), OS_OK);
        assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
    }
    unsigned char *const second = os_memblock_get(&extended.mpe_mp);
    second[BLOCK_SIZE - 1] ^= 0xFFU;
    assert_int_equal(os_memblock_put(&extended.mpe_mp, second), OS_OK);
    assert_no_fault();
}

#endif

#define os_test(function) cmocka_unit_test_setup_teardown(function, make_pools, forget_pools)

int main(void)
{
    const struct CMUnitTest tests[] = {
        os_test(functions_have_the_documented_types),
        os_test(fields_have_the_documented_types_and_values),
        os_test(flags_show_what_was_asked_for_and_nothing_else),
        os_test(index_of_a_block_follows_from_the_fields),
        os_test(size_of_the_buffer_by_the_number_of_blocks_is_the_distance),
        os_test(buffer_is_as_large_as_the_blocks_and_no_larger),
        os_test(module_init_reads_no_pool_that_was_registered),
        os_test(pools_are_registered_anew_after_module_init),
        os_test(get_callback_hands_out_instead_of_the_pool),
        os_test(put_callback_is_given_its_own_argument),
        os_test(callback_of_a_fragmented_pool_is_given_any_address),
        os_test(ext_clear_frees_all_blocks_and_ends_the_extension),
        os_test(flags_are_set_and_cleared_one_by_one),
        os_test(init_internal_sets_the_flags),
        os_test(deinit_takes_the_controllers_pools_or_the_hosts),
        os_test(second_deinit_takes_nothing_and_pools_work_on),
        os_test(callback_may_change_the_pool_that_it_is_called_for),
        os_test(callback_set_as_a_field_of_a_plain_pool_is_not_called),
        os_test(block_of_a_combined_pool_is_known_by_any_address_inside),
#if CISTERN_CHECK >= 1
        os_test(second_put_of_a_callback_is_refused),
        os_test(block_that_was_in_use_at_a_clear_is_refused),
#endif
        os_test(double_free_is_reported_from_level_1_on),
#if CISTERN_CHECK < 2
        os_test(block_that_was_given_back_keeps_what_lies_behind_link_and_key),
#else
        os_test(free_blocks_hold_the_pattern_of_the_tree),
        os_test(overflow_is_found_by_guards_where_they_are_asked_for),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
