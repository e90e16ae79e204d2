/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's pools at check level 3: faults name the line of the caller. */
#include "lwip_memory.h"

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

static void the_functions_have_addresses_as_ever(void **state)
{
    (void)state;
    void *(*const allocate)(memp_t type) = memp_malloc;
    void (*const give)(memp_t type, void *mem) = memp_free;
    give(MEMP_PBUF, allocate(MEMP_PBUF));
    assert_no_fault();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_double_free_names_who_called_memp_free_first),
        test(an_overflow_names_who_called_memp_malloc),
        test(private_pools_name_their_callers),
        test(the_functions_have_addresses_as_ever),
    };
    return cmocka_run_group_tests(tests, memory_start, NULL);
}
