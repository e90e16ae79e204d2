/* SPDX-License-Identifier: BSD-3-Clause */
/* OS_SYSVIEW_TRACE_MEMPOOL: the calls of the tree's tracing, in order. */
#include "support.h"

#include "os/mynewt.h"
#include "os/os_trace_api.h"

typedef struct record {
    unsigned id;
    bool is_end;
    uint32_t value[2]; /* what the call was given, or returned */
} record_t;

static record_t records[8];
static unsigned count;

static void record(unsigned id, bool is_end, uint32_t first, uint32_t second)
{
    assert_true(count < sizeof records / sizeof records[0]);
    records[count++] = (record_t){id, is_end, {first, second}};
}

void os_trace_api_u32(unsigned id, uint32_t p0)
{
    record(id, false, p0, 0);
}

void os_trace_api_u32x2(unsigned id, uint32_t p0, uint32_t p1)
{
    record(id, false, p0, p1);
}

void os_trace_api_ret_u32(unsigned id, uint32_t value)
{
    record(id, true, value, 0);
}

static void assert_record(unsigned index, unsigned id, bool is_end, uintptr_t first,
                          uintptr_t second)
{
    assert_true(index < count);
    assert_int_equal(records[index].id, id);
    assert_int_equal(records[index].is_end, is_end);
    assert_int_equal(records[index].value[0], (uint32_t)first);
    assert_int_equal(records[index].value[1], (uint32_t)second);
}

static os_membuf_t memory[OS_MEMPOOL_SIZE(1, 32)];
static struct os_mempool_ext extended;

static int make_pool(void **state)
{
    (void)state;
    os_mempool_module_init();
    assert_int_equal(os_mempool_ext_init(&extended, 1, 32, memory, "traced"), OS_OK);
    count = 0;
    return 0;
}

static void get_is_traced_with_its_pool_and_its_block(void **state)
{
    (void)state;
    struct os_mempool *const pool = &extended.mpe_mp;
    void *const block = os_memblock_get(pool);
    assert_null(os_memblock_get(pool));
    assert_int_equal(count, 4);
    assert_record(0, OS_TRACE_ID_MEMBLOCK_GET, false, (uintptr_t)pool, 0);
    assert_record(1, OS_TRACE_ID_MEMBLOCK_GET, true, (uintptr_t)block, 0);
    assert_record(2, OS_TRACE_ID_MEMBLOCK_GET, false, (uintptr_t)pool, 0);
    assert_record(3, OS_TRACE_ID_MEMBLOCK_GET, true, 0, 0);
}

static void put_is_traced_around_the_put_that_gives_back(void **state)
{
    (void)state;
    struct os_mempool *const pool = &extended.mpe_mp;
    void *const block = os_memblock_get(pool);
    count = 0;
    assert_int_equal(os_memblock_put(pool, block), OS_OK);
    assert_int_equal(count, 4);
    assert_record(0, OS_TRACE_ID_MEMBLOCK_PUT, false, (uintptr_t)pool, (uintptr_t)block);
    assert_record(1, OS_TRACE_ID_MEMBLOCK_PUT_FROM_CB, false, (uintptr_t)pool, (uintptr_t)block);
    assert_record(2, OS_TRACE_ID_MEMBLOCK_PUT_FROM_CB, true, OS_OK, 0);
    assert_record(3, OS_TRACE_ID_MEMBLOCK_PUT, true, OS_OK, 0);
}

static os_error_t keep(struct os_mempool_ext *ome, void *data, void *arg)
{
    (void)ome;
    (void)data;
    (void)arg;
    return OS_EBUSY;
}

static void put_to_a_callback_is_traced_with_its_result(void **state)
{
    (void)state;
    struct os_mempool *const pool = &extended.mpe_mp;
    void *const block = os_memblock_get(pool);
    extended.mpe_put_cb = keep;
    count = 0;
    assert_int_equal(os_memblock_put(pool, block), OS_EBUSY);
    assert_int_equal(os_memblock_put(NULL, block), OS_INVALID_PARM);
    assert_record(0, OS_TRACE_ID_MEMBLOCK_PUT, false, (uintptr_t)pool, (uintptr_t)block);
    assert_record(1, OS_TRACE_ID_MEMBLOCK_PUT, true, OS_EBUSY, 0);
    assert_record(count - 1U, OS_TRACE_ID_MEMBLOCK_PUT, true, OS_INVALID_PARM, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(get_is_traced_with_its_pool_and_its_block, make_pool),
        cmocka_unit_test_setup(put_is_traced_around_the_put_that_gives_back, make_pool),
        cmocka_unit_test_setup(put_to_a_callback_is_traced_with_its_result, make_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
