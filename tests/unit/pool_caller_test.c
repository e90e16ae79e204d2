/* Pools at check level 3: faults name the line of the caller of either face. */
#include "lwip_memory.h"

#include "os/os_mempool.h"

LWIP_MEMPOOL_DECLARE(TICKETS, 2, 24, "TICKETS")

/* One fault of this kind, which names a line of this file. */
static void expect_fault(cistern_fault_kind_t kind, const void *address, int line)
{
    assert_non_null(faults.last.file);
    assert_string_equal(faults.last.file, __FILE__);
    assert_int_equal(faults.last.line, line);
    assert_one_fault(kind, address);
}

static void a_double_free_names_who_called_memp_free_first(void **state)
{
    (void)state;
    void *const element = memp_malloc(MEMP_PBUF);
    memp_free(MEMP_PBUF, element);
    const int line = __LINE__ - 1;
    memp_free(MEMP_PBUF, element);
    expect_fault(CISTERN_FAULT_DOUBLE_FREE, element, line);
}

static void an_overflow_names_who_called_memp_malloc(void **state)
{
    (void)state;
    char *const element = memp_malloc(MEMP_PBUF);
    const int line = __LINE__ - 1;
    element[memp_pools[MEMP_PBUF]->size] = 'x';
    memp_free(MEMP_PBUF, element);
    expect_fault(CISTERN_FAULT_OVERFLOW, element, line);
}

static void private_pools_name_their_callers(void **state)
{
    (void)state;
    LWIP_MEMPOOL_INIT(TICKETS);
    char *const element = LWIP_MEMPOOL_ALLOC(TICKETS);
    const int taken = __LINE__ - 1;
    element[24] = 'x';
    LWIP_MEMPOOL_FREE(TICKETS, element);
    const int freed = __LINE__ - 1;
    expect_fault(CISTERN_FAULT_OVERFLOW, element, taken);
    LWIP_MEMPOOL_FREE(TICKETS, element);
    expect_fault(CISTERN_FAULT_DOUBLE_FREE, element, freed);
}

static os_membuf_t memory[OS_MEMPOOL_SIZE(2, 24)];
static struct os_mempool_ext extended;

static void mynewts_pools_name_their_callers(void **state)
{
    (void)state;
    struct os_mempool *const pool = &extended.mpe_mp;
    assert_int_equal(os_mempool_init(pool, 2, 24, memory, "blocks"), OS_OK);
    char *const block = os_memblock_get(pool);
    const int taken = __LINE__ - 1;
    block[24] = 'x';
    assert_int_equal(os_memblock_put(pool, block), OS_OK);
    const int freed = __LINE__ - 1;
    expect_fault(CISTERN_FAULT_OVERFLOW, block, taken);
    assert_int_equal(os_memblock_put(pool, block), OS_INVALID_PARM);
    expect_fault(CISTERN_FAULT_DOUBLE_FREE, block, freed);
}

static os_error_t give_back(struct os_mempool_ext *ome, void *data, void *arg)
{
    (void)arg;
    return os_memblock_put_from_cb(&ome->mpe_mp, data);
}

static void an_extended_pool_has_no_guards_and_no_history(void **state)
{
    (void)state;
    assert_int_equal(os_mempool_ext_init(&extended, 2, 24, memory, "extended"), OS_OK);
    extended.mpe_put_cb = give_back;
    void *const block = os_memblock_get(&extended.mpe_mp);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, block), OS_OK);
    assert_int_equal(os_memblock_put(&extended.mpe_mp, block), OS_INVALID_PARM);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, block);
    assert_null(faults.last.file);
}

static void the_functions_have_addresses_as_ever(void **state)
{
    (void)state;
    void *(*const allocate)(memp_t type) = memp_malloc;
    void (*const give)(memp_t type, void *mem) = memp_free;
    os_error_t (*const put)(struct os_mempool *mp, void *block) = os_memblock_put;
    give(MEMP_PBUF, allocate(MEMP_PBUF));
    assert_int_equal(put(NULL, NULL), OS_INVALID_PARM);
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_double_free_names_who_called_memp_free_first),
        test(an_overflow_names_who_called_memp_malloc),
        test(private_pools_name_their_callers),
        test(mynewts_pools_name_their_callers),
        test(an_extended_pool_has_no_guards_and_no_history),
        test(the_functions_have_addresses_as_ever),
    };
    return cmocka_run_group_tests(tests, memory_start, NULL);
}
