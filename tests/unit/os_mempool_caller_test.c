/* SPDX-License-Identifier: BSD-3-Clause */
/* Mynewt's pools with guards at check level 3: faults name the line of the caller. */
#include "support.h"

#include "os/mynewt.h"

static _Alignas(16) os_membuf_t memory[OS_MEMPOOL_SIZE(2, 24)];
static struct os_mempool_ext extended;

/* One fault of this kind, which names a line of this file. */
static void expect_fault(cistern_fault_kind_t kind, const void *address, int line)
{
    assert_non_null(faults.last.file);
    assert_string_equal(faults.last.file, __FILE__);
    assert_int_equal(faults.last.line, line);
    assert_one_fault(kind, address);
}

static void an_overflow_names_the_last_user_of_the_block(void **state)
{
    (void)state;
    struct os_mempool pool;
    assert_int_equal(os_mempool_init(&pool, 2, 24, memory, "blocks"), OS_OK);
    char *const block = os_memblock_get(&pool);
    block[24] = 'x';
    assert_int_equal(os_memblock_put(&pool, block), OS_OK);
    assert_non_null(faults.last.file);
    assert_string_equal(faults.last.file, __FILE__);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, block);
    assert_int_equal(os_mempool_unregister(&pool), OS_OK);
}

static void a_double_free_names_who_gave_the_block_back_first(void **state)
{
    (void)state;
    struct os_mempool pool;
    assert_int_equal(os_mempool_init(&pool, 2, 24, memory, "blocks"), OS_OK);
    void *const block = os_memblock_get(&pool);
    assert_int_equal(os_memblock_put(&pool, block), OS_OK);
    const int freed = __LINE__ - 1;
    assert_int_equal(os_memblock_put(&pool, block), OS_INVALID_PARM);
    expect_fault(CISTERN_FAULT_DOUBLE_FREE, block, freed);
    assert_int_equal(os_mempool_unregister(&pool), OS_OK);
}

/* Its blocks are as far apart as their size says, and nothing is remembered behind them. */
static void an_extended_pool_refuses_a_double_free_and_names_no_user(void **state)
{
    (void)state;
    assert_int_equal(os_mempool_ext_init(&extended, 2, 24, memory, "extended"), OS_OK);
    void *const block = os_memblock_get(&extended.mpe_mp);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, block), OS_OK);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, block), OS_INVALID_PARM);
    assert_null(faults.last.file);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
}

static void the_functions_have_addresses_as_ever(void **state)
{
    (void)state;
    os_error_t (*const put)(struct os_mempool * mp, void *block) = os_memblock_put;
    void *(*const get)(struct os_mempool * mp) = os_memblock_get;
    assert_int_equal(put(NULL, NULL), OS_INVALID_PARM);
    assert_null(get(NULL));
    assert_no_fault();
    struct os_mempool pool;
    cistern_pool_event_t event[2];
    assert_int_equal(os_mempool_init(&pool, 2, 24, memory, "blocks"), OS_OK);
    void *const block = get(&pool);
    assert_int_equal(put(&pool, block), OS_OK);
    assert_int_equal(cistern_pool_history(&pool.mp_engine, block, event, 2), 2);
    for (unsigned i = 0; i < 2; ++i) {
        assert_null(event[i].file);
        assert_int_equal(event[i].line, 0);
    }
    assert_int_equal(os_mempool_unregister(&pool), OS_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(an_overflow_names_the_last_user_of_the_block),
        test(a_double_free_names_who_gave_the_block_back_first),
        test(an_extended_pool_refuses_a_double_free_and_names_no_user),
        test(the_functions_have_addresses_as_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
