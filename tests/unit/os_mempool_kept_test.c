/* SPDX-License-Identifier: BSD-3-Clause */
/* Pools of OS_MEMPOOL_KEEPS_CONTENT, at each check level: free blocks keep what is behind their first
 * word, as clients need it that read, and write, entries which they gave back; misuse is found all
 * the same. */
#include "support.h"

#include "os/mynewt.h"

enum { BLOCKS = 8, BLOCK_SIZE = 24, OWN = 0x5A };

static _Alignas(16) os_membuf_t kept_memory[OS_MEMPOOL_SIZE(BLOCKS, BLOCK_SIZE)];
static _Alignas(16) os_membuf_t other_memory[OS_MEMPOOL_SIZE(BLOCKS, BLOCK_SIZE)];
static _Alignas(16) os_membuf_t extended_memory[OS_MEMPOOL_SIZE(BLOCKS, BLOCK_SIZE)];
static struct os_mempool kept;
static struct os_mempool other;
static struct os_mempool_ext extended;

static int make_pools(void **state)
{
    os_mempool_module_init();
    assert_int_equal(os_mempool_init(&kept, BLOCKS, BLOCK_SIZE, kept_memory, "kept"), OS_OK);
    assert_int_equal(os_mempool_init(&other, BLOCKS, BLOCK_SIZE, other_memory, "other"), OS_OK);
    assert_int_equal(
        os_mempool_ext_init(&extended, BLOCKS, BLOCK_SIZE, extended_memory, "kept too"), OS_OK);
    return faults_watch(state);
}

static int forget_pools(void **state)
{
    os_mempool_module_init();
    return sections_balanced(state);
}

static bool is_own_behind_the_link(const unsigned char *block)
{
    bool own = true;
    for (size_t i = sizeof(void *); i < BLOCK_SIZE; ++i) {
        own = own && block[i] == OWN;
    }
    return own;
}

/* Takes a block, fills it and gives it back. */
static unsigned char *use_once(struct os_mempool *mp)
{
    unsigned char *const block = os_memblock_get(mp);
    memset(block, OWN, BLOCK_SIZE);
    assert_int_equal(os_memblock_put(mp, block), OS_OK);
    return block;
}

static void block_that_was_given_back_keeps_its_content(void **state)
{
    (void)state;
    assert_true(is_own_behind_the_link(use_once(&kept)));
    assert_true(is_own_behind_the_link(use_once(&extended.mpe_mp)));
    assert_int_equal(is_own_behind_the_link(use_once(&other)), CISTERN_CHECK == 0);
    assert_no_fault();
}

/* As nffs counts down the users of an entry that it deleted. */
static void write_behind_the_link_of_a_free_block_is_allowed(void **state)
{
    (void)state;
    unsigned char *const block = use_once(&kept);
    block[BLOCK_SIZE - 1] = 1;
    assert_true(os_mempool_is_sane(&kept));
    assert_ptr_equal(os_memblock_get(&kept), block);
    assert_int_equal(block[BLOCK_SIZE - 1], 1);
    assert_no_fault();
}

static void clear_and_init_keep_what_the_name_asks_for(void **state)
{
    (void)state;
    assert_int_equal(os_mempool_clear(&kept), OS_OK);
    assert_true(is_own_behind_the_link(use_once(&kept)));
    assert_int_equal(os_mempool_init(&kept, BLOCKS, BLOCK_SIZE, kept_memory, "now not"), OS_OK);
    assert_int_equal(is_own_behind_the_link(use_once(&kept)), CISTERN_CHECK == 0);
    assert_int_equal(os_mempool_init(&kept, BLOCKS, BLOCK_SIZE, kept_memory, NULL), OS_OK);
    assert_int_equal(is_own_behind_the_link(use_once(&kept)), CISTERN_CHECK == 0);
    assert_no_fault();
}

/* Clients walk the free list, and expect the blocks in order. */
static void free_blocks_are_linked_as_in_the_tree(void **state)
{
    (void)state;
    const struct os_memblock *block = SLIST_FIRST(&kept);
    for (unsigned i = 0; i < BLOCKS; ++i) {
        assert_int_equal(os_memblock_from(&kept, block), 1);
        block = SLIST_NEXT(block, mb_next);
    }
    assert_null(block);
}

#if CISTERN_CHECK >= 1

/* A block in use may hold what a free one does. */
static void misuse_is_found_whatever_blocks_hold(void **state)
{
    (void)state;
    char *const a = os_memblock_get(&kept);
    char *const b = os_memblock_get(&kept);
    void *const contents[] = {NULL, a, b, &kept};
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; ++i) {
        memcpy(b, &contents[i], sizeof contents[i]);
        assert_int_equal(os_memblock_put(&kept, b), OS_OK);
        assert_int_equal(os_memblock_put(&kept, b), OS_INVALID_PARM);
        assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, b);
        assert_ptr_equal(os_memblock_get(&kept), b);
    }
    assert_int_equal(os_memblock_put(&kept, a + sizeof(void *)), OS_INVALID_PARM);
    assert_one_fault(CISTERN_FAULT_INTERIOR_FREE, a + sizeof(void *));
    assert_int_equal(os_memblock_put(&other, a), OS_INVALID_PARM);
    assert_one_fault(CISTERN_FAULT_WRONG_POOL, a);
    assert_int_equal(kept.mp_num_free, BLOCKS - 2);
}

static unsigned calls;

static os_error_t count_put(struct os_mempool_ext *pool, void *block, void *argument)
{
    (void)argument;
    ++calls;
    return os_memblock_put_from_cb(&pool->mpe_mp, block);
}

static void callback_is_not_given_a_free_block(void **state)
{
    (void)state;
    calls = 0;
    extended.mpe_put_cb = count_put;
    unsigned char *const block = use_once(&extended.mpe_mp);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, block), OS_INVALID_PARM);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
    assert_int_equal(calls, 1);
    assert_true(is_own_behind_the_link(block));
}

static void damaged_link_is_found_and_leads_nowhere(void **state)
{
    (void)state;
    static int elsewhere;
    struct os_memblock *const block = (struct os_memblock *)(void *)use_once(&kept);
    SLIST_NEXT(block, mb_next) = (struct os_memblock *)(void *)&elsewhere;
    assert_false(os_mempool_is_sane(&kept));
    assert_null(os_memblock_get(&kept));
    assert_one_fault(CISTERN_FAULT_LINK, block);
    assert_true(os_mempool_is_sane(&kept));
    assert_null(os_memblock_get(&kept));
    assert_int_equal(os_mempool_clear(&kept), OS_OK);
    assert_ptr_equal(os_memblock_get(&kept), kept_memory);
    assert_no_fault();
}

#endif

/* Gets and puts in any order, with contents that are links, or could be. */
static void every_order_of_gets_and_puts_keeps_contents_and_counts(void **state)
{
    (void)state;
    void *held[BLOCKS];
    unsigned n = 0;
    unsigned seed = 1;
    for (unsigned step = 0; step < 5000; ++step) {
        seed = seed * 1103515245U + 12345U;
        const unsigned dice = seed >> 16;
        if ((dice & 1U) != 0 && n < BLOCKS) {
            held[n] = os_memblock_get(&kept);
            assert_non_null(held[n]);
            memset(held[n], OWN, BLOCK_SIZE);
            *(void **)held[n] = (dice & 2U) != 0 ? NULL : held[(dice >> 2) % (n + 1U)];
            ++n;
        } else if (n > 0) {
            const unsigned i = (dice >> 2) % n;
            assert_int_equal(os_memblock_put(&kept, held[i]), OS_OK);
            assert_true(is_own_behind_the_link(held[i]));
            held[i] = held[--n];
        }
        assert_int_equal(kept.mp_num_free, BLOCKS - n);
    }
    assert_true(os_mempool_is_sane(&kept));
    assert_no_fault();
}

#define kept_test(function) cmocka_unit_test_setup_teardown(function, make_pools, forget_pools)

int main(void)
{
    const struct CMUnitTest tests[] = {
        kept_test(block_that_was_given_back_keeps_its_content),
        kept_test(write_behind_the_link_of_a_free_block_is_allowed),
        kept_test(clear_and_init_keep_what_the_name_asks_for),
        kept_test(free_blocks_are_linked_as_in_the_tree),
#if CISTERN_CHECK >= 1
        kept_test(misuse_is_found_whatever_blocks_hold),
        kept_test(callback_is_not_given_a_free_block),
        kept_test(damaged_link_is_found_and_leads_nowhere),
#endif
        kept_test(every_order_of_gets_and_puts_keeps_contents_and_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
