/* SPDX-License-Identifier: BSD-3-Clause */
/* Free blocks that were written to, and live ones that look free: nothing is followed that the engine
 * did not write, and no holder's content is taken for damage. */
#include "cistern/pool_core.h"

#include "pools.h"

#define WORD_BITS (sizeof(uintptr_t) * CHAR_BIT)

/* A free block, as the engine writes it. */
typedef struct words {
    uintptr_t link;
    uintptr_t key;
} words_t;

static words_t words_of(const void *block)
{
    words_t words;
    memcpy(&words, block, sizeof words);
    return words;
}

/* Puts a block whose first two words become these, and expects the next get to see it. */
static void assert_words_are_no_free_block(words_t words)
{
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    memcpy(block, &words, sizeof words);
    assert_null(cistern_pool_get(&pool));
    assert_one_fault(CISTERN_FAULT_LINK, block);
    assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
}

static words_t words_of_next(void)
{
    void *const block = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
    return words_of(block);
}

static void one_bit_of_link_and_one_of_key_leave_no_pair(void **state)
{
    (void)state;
    const words_t was = words_of_next();
    for (size_t i = 0; i < WORD_BITS; ++i) {
        assert_words_are_no_free_block((words_t){was.link ^ (uintptr_t)1 << i, was.key});
        assert_words_are_no_free_block((words_t){was.link, was.key ^ (uintptr_t)1 << i});
        for (size_t j = 0; j < WORD_BITS; ++j) {
            assert_words_are_no_free_block(
                (words_t){was.link ^ (uintptr_t)1 << i, was.key ^ (uintptr_t)1 << j});
        }
    }
}

/* Such as the masking of a payload, the sign of two numbers, and a complement. */
static void mask_over_both_words_leaves_no_pair(void **state)
{
    (void)state;
    const uintptr_t masks[] = {
        UINTPTR_MAX,         UINTPTR_MAX / 0xFFU * 0x80U,     UINTPTR_MAX / 0xFFU * 0x55U,
        ~(UINTPTR_MAX >> 1), UINTPTR_MAX / 0xFFFFU * 0xFF00U, 1};
    const words_t was = words_of_next();
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; ++i) {
        assert_words_are_no_free_block((words_t){was.link ^ masks[i], was.key ^ masks[i]});
    }
}

static void one_word_written_twice_is_no_pair(void **state)
{
    (void)state;
    const uintptr_t fills[] = {
        0, UINTPTR_MAX, UINTPTR_MAX / 0xFFU * 0xAAU, UINTPTR_MAX / 0xFFU * 0xDEU,
        (uintptr_t)(UINTPTR_MAX / 0xFFFFFFFFU | 1U) * (uintptr_t)0xDE7EC7EDU};
    for (size_t i = 0; i < sizeof fills / sizeof fills[0]; ++i) {
        assert_words_are_no_free_block((words_t){fills[i], fills[i]});
    }
}

static void copy_of_another_free_block_is_no_pair(void **state)
{
    (void)state;
    assert_words_are_no_free_block(words_of(memory + STRIDE));
}

/* --- live blocks that look free ----------------------------------------------------------------- */

static void imitate(void *block, const void *link)
{
    const words_t words = {(uintptr_t)link, cistern_pool_key(block, link)};
    memcpy(block, &words, sizeof words);
}

static void live_block_may_hold_what_a_free_one_does(void **state)
{
    (void)state;
    void *const links[] = {NULL, memory + STRIDE, memory + (COUNT - 1) * STRIDE};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; ++i) {
        void *const block = cistern_pool_get(&pool);
        imitate(block, links[i]);
        assert_true(cistern_pool_uses(&pool, block));
        assert_int_equal(cistern_pool_verify(&pool, block), CISTERN_OK);
        assert_true(cistern_pool_check(&pool));
        assert_int_equal(cistern_pool_put(&pool, block), CISTERN_OK);
        assert_no_fault();
        assert_int_equal(cistern_pool_put(&pool, block), CISTERN_ERROR_FAULT);
        assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
    }
    assert_holds_every_block(&pool);
}

/* What the live block holds is no witness then: the pool rather loses blocks than hand out its. */
static void repair_takes_no_live_block_that_looks_free(void **state)
{
    (void)state;
    unsigned char *const live = cistern_pool_get(&pool);
    unsigned char *const other_live = cistern_pool_get(&pool);
    imitate(live, other_live);
    memset(other_live, 0x5A, SIZE);
    void *const next = memory + 2 * STRIDE;
    memset(next, 0xFF, sizeof(words_t));
    assert_null(cistern_pool_get(&pool));
    assert_one_fault(CISTERN_FAULT_LINK, next);
    assert_true(cistern_pool_check(&pool));
    for (size_t i = 0; i < COUNT; ++i) {
        const unsigned char *const block = cistern_pool_get(&pool);
        assert_true(block != live && block != other_live);
    }
    assert_int_equal(other_live[0], 0x5A);
    assert_int_equal(other_live[SIZE - 1], 0x5A);
    assert_int_equal(cistern_pool_put(&pool, other_live), CISTERN_OK);
    assert_int_equal(cistern_pool_put(&pool, live), CISTERN_OK);
}

/* It alone is one more than the pool has listed. */
static void repair_takes_no_live_block_that_looks_like_the_last_free_one(void **state)
{
    (void)state;
    unsigned char *const live = cistern_pool_get(&pool);
    void *const freed = cistern_pool_get(&pool);
    assert_int_equal(cistern_pool_put(&pool, freed), CISTERN_OK);
    imitate(live, NULL);
    memset(freed, 0xFF, sizeof(words_t));
    assert_null(cistern_pool_get(&pool));
    assert_one_fault(CISTERN_FAULT_LINK, freed);
    assert_true(cistern_pool_check(&pool));
    for (size_t i = 0; i < COUNT; ++i) {
        assert_ptr_not_equal(cistern_pool_get(&pool), live);
    }
    assert_int_equal(cistern_pool_put(&pool, live), CISTERN_OK);
    assert_no_fault();
}

/* --- inspection of a damaged pool --------------------------------------------------------------- */

static bool count_block(void *block, size_t index, void *argument)
{
    (void)index;
    assert_true(cistern_pool_owns(&pool, block));
    ++*(size_t *)argument;
    return true;
}

static void inspection_of_a_damaged_pool_ends_and_changes_nothing(void **state)
{
    (void)state;
    static unsigned char before[sizeof memory];
    void *const values[] = {NULL, memory, memory + 1, memory + COUNT * STRIDE, &pool};
    for (size_t damaged = 0; damaged < COUNT; ++damaged) {
        for (size_t i = 0; i < sizeof values / sizeof values[0]; ++i) {
            size_t visited = 0;
            memcpy(memory + damaged * STRIDE, &values[i], sizeof(void *));
            memcpy(before, memory, sizeof memory);
            const bool is_whole = damaged == COUNT - 1 && values[i] == NULL;
            assert_int_equal(cistern_pool_check(&pool), is_whole);
            assert_true(cistern_pool_walk(&pool, count_block, &visited) <= COUNT);
            assert_true(visited <= COUNT);
            (void)cistern_pool_uses(&pool, memory + damaged * STRIDE);
            assert_memory_equal(before, memory, sizeof memory);
            assert_int_equal(cistern_pool_clear(&pool), CISTERN_OK);
        }
    }
    assert_no_fault();
}

/* --- blocks of one word ------------------------------------------------------------------------- */

static void *narrow_memory[CISTERN_POOL_BYTES(COUNT, sizeof(void *), 1) / sizeof(void *)];
static cistern_pool_t narrow;

static int make_narrow(void **state)
{
    const cistern_pool_config_t config = {.name = "narrow",
                                          .count = COUNT,
                                          .size = sizeof(void *),
                                          .memory = narrow_memory,
                                          .bytes = sizeof narrow_memory};
    return cistern_pool_init(&narrow, &config) == CISTERN_OK ? faults_watch(state) : 1;
}

static int forget_narrow(void **state)
{
    return cistern_pool_unregister(&narrow) == CISTERN_OK ? sections_balanced(state) : 1;
}

#define narrow_test(function) cmocka_unit_test_setup_teardown(function, make_narrow, forget_narrow)

/* NULL and addresses of blocks are what links are, too. */
static void block_of_one_word_may_hold_anything(void **state)
{
    (void)state;
    void *block[COUNT];
    for (size_t i = 0; i < COUNT; ++i) {
        block[i] = cistern_pool_get(&narrow);
        assert_non_null(block[i]);
    }
    assert_null(cistern_pool_get(&narrow));
    void *const contents[COUNT] = {NULL, block[0], block[1], (void *)UINTPTR_MAX};
    for (size_t i = 0; i < COUNT; ++i) {
        memcpy(block[i], &contents[i], sizeof(void *));
        assert_true(cistern_pool_uses(&narrow, block[i]));
        assert_int_equal(cistern_pool_put(&narrow, block[i]), CISTERN_OK);
        assert_true(cistern_pool_check(&narrow));
    }
    assert_no_fault();
    assert_holds_every_block(&narrow);
}

static void double_free_of_one_word_is_refused(void **state)
{
    (void)state;
    void *const a = cistern_pool_get(&narrow);
    void *const b = cistern_pool_get(&narrow);
    assert_int_equal(cistern_pool_put(&narrow, a), CISTERN_OK);
    assert_int_equal(cistern_pool_put(&narrow, b), CISTERN_OK);
    assert_int_equal(cistern_pool_put(&narrow, a), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, a);
    assert_int_equal(cistern_pool_put(&narrow, b), CISTERN_ERROR_FAULT);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, b);
    assert_holds_every_block(&narrow);
}

static void damaged_link_of_one_word_loses_the_list_and_nothing_else(void **state)
{
    (void)state;
    cistern_pool_stats_t stats;
    void *const live = cistern_pool_get(&narrow);
    void *const next = cistern_pool_get(&narrow);
    void *const garbage = &narrow;
    assert_int_equal(cistern_pool_put(&narrow, next), CISTERN_OK);
    memcpy(next, &garbage, sizeof garbage);
    assert_false(cistern_pool_check(&narrow));
    assert_null(cistern_pool_get(&narrow));
    assert_one_fault(CISTERN_FAULT_LINK, next);
    cistern_pool_stats(&narrow, &stats);
    assert_int_equal(stats.free, 0);
    assert_int_equal(stats.quarantined, COUNT - 1);
    assert_true(cistern_pool_check(&narrow));
    assert_int_equal(cistern_pool_put(&narrow, live), CISTERN_OK);
    assert_ptr_equal(cistern_pool_get(&narrow), live);
    assert_null(cistern_pool_get(&narrow));
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        pools_test(one_bit_of_link_and_one_of_key_leave_no_pair),
        pools_test(mask_over_both_words_leaves_no_pair),
        pools_test(one_word_written_twice_is_no_pair),
        pools_test(copy_of_another_free_block_is_no_pair),
        pools_test(live_block_may_hold_what_a_free_one_does),
        pools_test(repair_takes_no_live_block_that_looks_free),
        pools_test(repair_takes_no_live_block_that_looks_like_the_last_free_one),
        pools_test(inspection_of_a_damaged_pool_ends_and_changes_nothing),
        narrow_test(block_of_one_word_may_hold_anything),
        narrow_test(double_free_of_one_word_is_refused),
        narrow_test(damaged_link_of_one_word_loses_the_list_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
