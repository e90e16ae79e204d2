/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools from check level 1 on: misuse is seen, named and refused, and the pool works on. */
#include "pools.h"

/* --- misuse ---------------------------------------------------------------------------------- */

/* The put is refused with one fault that names pool, address and owner; the pool works on. */
static void assert_put_is_refused(void *address, cistern_fault_kind_t kind, const char *owner)
{
    assert_int_equal(cistern_pool_put(&pool, address), CISTERN_ERROR_FAULT);
    assert_ptr_equal(faults.last.object, &pool);
    assert_string_equal(faults.last.name, "pool");
    if (owner == NULL) {
        assert_null(faults.last.owner);
    } else {
        assert_string_equal(faults.last.owner, owner);
    }
    assert_one_fault(kind, address);
}

static void pool_refuses_a_double_free(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_put_is_refused(block, CISTERN_FAULT_DOUBLE_FREE, "pool");
    assert_holds_every_block(&pool);
}

static void pool_refuses_a_double_free_when_other_blocks_were_freed_in_between(void **state)
{
    (void)state;
    void *const a = cistern_pool_get(&pool);
    void *const b = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, a), CISTERN_OK);
    assert_int_equal(cistern_pool_put(&pool, b), CISTERN_OK);
    assert_put_is_refused(a, CISTERN_FAULT_DOUBLE_FREE, "pool");
    assert_put_is_refused(b, CISTERN_FAULT_DOUBLE_FREE, "pool");
    assert_holds_every_block(&pool);
}

static void pool_refuses_a_double_free_after_the_block_was_used_again(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_ptr_equal(cistern_pool_get(&pool), block);
    memset(block, 0, SIZE);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_put_is_refused(block, CISTERN_FAULT_DOUBLE_FREE, "pool");
    assert_holds_every_block(&pool);
}

static void pool_refuses_a_block_that_was_never_handed_out(void **state)
{
    (void)state;
    assert_put_is_refused(memory + STRIDE, CISTERN_FAULT_DOUBLE_FREE, "pool");
    assert_holds_every_block(&pool);
}

static void pool_refuses_a_foreign_address(void **state)
{
    (void)state;
    int somewhere = 0;
    unsigned char *const behind =
        memory + COUNT * STRIDE; /* where the linker may have put a pool */
    const cistern_pool_t *const owner = cistern_pool_find(behind);
    assert_put_is_refused(&somewhere, CISTERN_FAULT_FOREIGN_FREE, NULL);
    assert_put_is_refused(behind,
                          (owner != NULL) ? CISTERN_FAULT_WRONG_POOL : CISTERN_FAULT_FOREIGN_FREE,
                          (owner != NULL) ? owner->name : NULL);
    assert_holds_every_block(&pool);
}

static void pool_refuses_a_block_of_another_pool_and_names_its_owner(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&other);
    assert_put_is_refused(block, CISTERN_FAULT_WRONG_POOL, "other");
    assert_int_equal(cistern_pool_put(&other, block), CISTERN_OK);
    assert_holds_every_block(&pool);
    assert_holds_every_block(&other);
}

static void pool_refuses_an_address_inside_a_block(void **state)
{
    (void)state;
    unsigned char *const block = cistern_pool_get(&pool);
    assert_put_is_refused(block + ALIGNMENT, CISTERN_FAULT_INTERIOR_FREE, "pool");
    assert_put_is_refused(block + 1, CISTERN_FAULT_MISALIGNED, "pool");
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_holds_every_block(&pool);
}

static void verify_reports_as_put_does_and_changes_nothing(void **state)
{
    (void)state;
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_verify(&pool, block), CISTERN_OK);
    assert_no_fault();
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    assert_int_equal(cistern_pool_verify(&pool, block), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
    assert_holds_every_block(&pool);
}

/* --- writes after free ----------------------------------------------------------------------- */

/* Overwrites the link of the block that comes out next. */
static unsigned char *damage_next_link(const void *value)
{
    unsigned char *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    memcpy(block, &value, sizeof value);
    return block;
}

static void assert_damage_is_seen_before_it_is_followed(const void *value)
{
    const unsigned char *const block = damage_next_link(value);
    assert_null(cistern_pool_get(&pool));
    assert_one_fault(CISTERN_FAULT_LINK, block);
    assert_holds_every_block(&pool);
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
}

static void damaged_link_is_reported_and_no_block_is_lost(void **state)
{
    (void)state;
    int somewhere = 0;
    assert_damage_is_seen_before_it_is_followed(&somewhere);
    assert_damage_is_seen_before_it_is_followed((void *)(uintptr_t)0x55);
    assert_damage_is_seen_before_it_is_followed(memory + STRIDE + 1);
    assert_damage_is_seen_before_it_is_followed(memory + COUNT * STRIDE);
    assert_damage_is_seen_before_it_is_followed(NULL);
}

/* Every second block of the list: each is one that a sound block, or the pool, leads to. */
static void blocks_that_sound_ones_lead_to_are_not_lost_with_their_links(void **state)
{
    (void)state;
    unsigned char *block[COUNT];
    for (unsigned i = 0; i < COUNT; ++i) {
        block[i] = cistern_pool_get(&pool);
    }
    for (unsigned i = COUNT; i > 0; --i) {
        assert_int_equal(cistern_pool_put(&pool, block[i - 1U]), CISTERN_OK);
    }
    for (unsigned i = 0; i < COUNT; i += 2) {
        memset(block[i], 0x5A, 2 * sizeof(void *));
    }
    assert_false(cistern_pool_check(&pool));
    assert_null(cistern_pool_get(&pool));
    assert_one_fault(CISTERN_FAULT_LINK, block[0]);
    assert_holds_every_block(&pool);
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
}

static void link_of_a_block_to_itself_is_reported(void **state)
{
    (void)state;
    assert_damage_is_seen_before_it_is_followed(memory);
}

static void link_to_a_used_block_is_reported(void **state)
{
    (void)state;
    void *const used = cistern_pool_get(&pool);
    const unsigned char *const block = damage_next_link(used);
    assert_null(cistern_pool_get(&pool));
    assert_one_fault(CISTERN_FAULT_LINK, block);
    assert_int_equal(cistern_pool_put(&pool, used), CISTERN_OK);
    assert_holds_every_block(&pool);
}

static void check_ends_on_a_cyclic_list_and_says_no(void **state)
{
    (void)state;
    void *const first = memory;
    assert_true(cistern_pool_check(&pool));
    memcpy(memory + STRIDE, &first, sizeof first);
    assert_false(cistern_pool_check(&pool));
}

static void check_compares_the_count_with_the_list(void **state)
{
    (void)state;
    pool.free = COUNT - 1;
    assert_false(cistern_pool_check(&pool));
    pool.free = COUNT;
    assert_true(cistern_pool_check(&pool));
    pool.min_free = COUNT + 1;
    assert_false(cistern_pool_check(&pool));
}

/* --- static pools: usable at once up to level 1, with blocks whose links are not written yet ----
 */

typedef struct item {
    void *content[3];
} item_t;

CISTERN_POOL_DEFINE(items, item_t, COUNT, );

static void assert_items_are(item_t *const *expected, unsigned count)
{
    for (unsigned i = 0; i < count; ++i) {
        assert_ptr_equal(items_get(), expected[i]);
    }
}

/* The first test of a static pool: nothing was done to it before. */
static void static_pool_hands_out_each_block_and_takes_it_back(void **state)
{
    (void)state;
    item_t *const first = (item_t *)&items_memory;
    item_t *item[COUNT];
    assert_true(cistern_pool_check(&items_pool));
    assert_int_equal(items_pool.free, COUNT);
    assert_int_equal(cistern_pool_stride(&items_pool), CISTERN_POOL_STRIDE(sizeof(item_t), 1));
    for (unsigned i = 0; i < COUNT; ++i) {
        item[i] = items_get();
        assert_ptr_equal(item[i], (unsigned char *)first + i * cistern_pool_stride(&items_pool));
        memset(item[i], 0x5A, sizeof *item[i]);
        assert_true(cistern_pool_check(&items_pool));
    }
    assert_int_equal(items_init(), CISTERN_OK); /* late: the blocks stay in use */
    assert_true(cistern_pool_is_registered(&items_pool));
    assert_null(items_get());
    assert_int_equal(items_pool.failures, 1);
    assert_int_equal(items_pool.min_free, 0);
    for (unsigned i = 0; i < COUNT; ++i) {
        assert_int_equal(items_put(item[i]), CISTERN_OK);
        assert_true(cistern_pool_check(&items_pool));
    }
    assert_no_fault();
}

/* Makes the pool of items what it is when a program starts; from level 2 on, after items_init. */
static int start_items(void **state)
{
    static cistern_pool_t as_linked;
    if (as_linked.count == 0) {
        (void)cistern_pool_unregister(&items_pool);
        as_linked = items_pool;
        as_linked.free_list = NULL;
        as_linked.free = COUNT;
        as_linked.min_free = COUNT;
        as_linked.failures = 0;
        as_linked.touched = 0;
#if CISTERN_CHECK >= 1
        as_linked.quarantined = 0;
#endif
    }
    items_pool = as_linked;
    memset(&items_memory, 0, sizeof items_memory);
    if (CISTERN_CHECK >= 2) {
        (void)cistern_pool_clear(&items_pool);
    }
    return faults_watch(state);
}

#define items_test(function) cmocka_unit_test_setup(function, start_items)

static void new_blocks_follow_those_that_were_freed(void **state)
{
    (void)state;
    item_t *const a = items_get();
    item_t *const b = items_get();
    item_t *const c = (item_t *)((unsigned char *)b + cistern_pool_stride(&items_pool));
    assert_int_equal(items_put(a), CISTERN_OK);
    assert_int_equal(items_put(b), CISTERN_OK);
    assert_true(cistern_pool_check(&items_pool));
    assert_items_are((item_t *const[]){b, a, c}, 3);
    assert_no_fault();
}

static void new_blocks_are_refused_as_any_free_one(void **state)
{
    (void)state;
    item_t *const a = items_get();
    item_t *const b = (item_t *)((unsigned char *)a + cistern_pool_stride(&items_pool));
    assert_int_equal(items_put(b), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, b);
    assert_int_equal(items_put(a), CISTERN_OK);
    assert_holds_every_block(&items_pool);
}

static void damaged_links_are_seen_before_new_blocks(void **state)
{
    (void)state;
    void *const values[] = {NULL, state, (unsigned char *)&items_memory + 1};
    item_t *item[2];
    for (unsigned i = 0; i < sizeof values / sizeof values[0]; ++i) {
        (void)start_items(state);
        item[0] = items_get();
        item[1] = items_get();
        assert_int_equal(items_put(item[0]), CISTERN_OK);
        assert_int_equal(items_put(item[1]), CISTERN_OK);
        memcpy(item[1], &values[i], sizeof(void *));
        assert_false(cistern_pool_check(&items_pool));
        assert_null(items_get());
        assert_one_fault(CISTERN_FAULT_LINK, item[1]);
        assert_holds_every_block(&items_pool);
    }
}

static void writes_into_new_blocks_do_no_harm(void **state)
{
    (void)state;
    item_t *const a = (item_t *)&items_memory;
    a->content[0] = &items_pool;
    if (CISTERN_CHECK <= 1) {
        assert_holds_every_block(&items_pool);
        assert_no_fault();
    } else {
        assert_null(items_get());
        assert_one_fault(CISTERN_FAULT_LINK, a);
        assert_holds_every_block(&items_pool);
    }
}

static void clearing_and_walking_a_static_pool_work(void **state)
{
    (void)state;
    item_t *const a = items_get();
    assert_non_null(items_get());
    assert_int_equal(cistern_pool_clear(&items_pool), CISTERN_OK);
    assert_int_equal(items_pool.min_free, COUNT);
    assert_ptr_equal(items_get(), a);
    assert_int_equal(items_put(a), CISTERN_OK);
    assert_holds_every_block(&items_pool);
}

/* --- blocks of one word -------------------------------------------------------------------------- */

/* They have no space for a key: their content alone, or the list, says what they are. */
static void pool_of_one_word_blocks_refuses_a_double_free_and_takes_any_content(void **state)
{
    (void)state;
    static void *words[CISTERN_POOL_BYTES(3, sizeof(void *), 0) / sizeof(void *)];
    cistern_pool_t narrow;
    const cistern_pool_config_t config = {
        .count = 3, .size = sizeof(void *), .memory = words, .bytes = sizeof words};
    void **block[3];
    assert_int_equal(cistern_pool_init(&narrow, &config), CISTERN_OK);
    for (unsigned last = 0; last < 3; ++last) {
        for (unsigned i = 0; i < 3; ++i) {
            block[i] = cistern_pool_get(&narrow);
            assert_non_null(block[i]);
        }
        for (unsigned i = 0; i < 3; ++i) {
            const unsigned now = (last + i) % 3U;
            *block[now] = (i == 0) ? NULL : (void *)block[(last + i - 1U) % 3U]; /* as a link is */
            assert_int_equal(cistern_pool_put(&narrow, block[now]), CISTERN_OK);
            for (unsigned again = 0; again <= i; ++again) {
                void *const freed = block[(last + again) % 3U];
                assert_false(cistern_pool_uses(&narrow, freed));
                assert_int_equal(cistern_pool_put(&narrow, freed), CISTERN_ERROR_FAULT);
                assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, freed);
            }
        }
        assert_true(cistern_pool_check(&narrow));
    }
    assert_int_equal(cistern_pool_unregister(&narrow), CISTERN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pools_test(pool_of_one_word_blocks_refuses_a_double_free_and_takes_any_content),
        pools_test(pool_refuses_a_double_free),
        pools_test(pool_refuses_a_double_free_when_other_blocks_were_freed_in_between),
        pools_test(pool_refuses_a_double_free_after_the_block_was_used_again),
        pools_test(pool_refuses_a_block_that_was_never_handed_out),
        pools_test(pool_refuses_a_foreign_address),
        pools_test(pool_refuses_a_block_of_another_pool_and_names_its_owner),
        pools_test(pool_refuses_an_address_inside_a_block),
        pools_test(verify_reports_as_put_does_and_changes_nothing),
        pools_test(damaged_link_is_reported_and_no_block_is_lost),
        pools_test(blocks_that_sound_ones_lead_to_are_not_lost_with_their_links),
        pools_test(link_of_a_block_to_itself_is_reported),
        pools_test(link_to_a_used_block_is_reported),
        pools_test(check_ends_on_a_cyclic_list_and_says_no),
        pools_test(check_compares_the_count_with_the_list),
        test(static_pool_hands_out_each_block_and_takes_it_back),
        items_test(new_blocks_follow_those_that_were_freed),
        items_test(new_blocks_are_refused_as_any_free_one),
        items_test(damaged_links_are_seen_before_new_blocks),
        items_test(writes_into_new_blocks_do_no_harm),
        items_test(clearing_and_walking_a_static_pool_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
