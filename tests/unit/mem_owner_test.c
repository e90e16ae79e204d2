/* SPDX-License-Identifier: BSD-3-Clause */
/* lwIP's heap at check level 3: faults name the line of the caller of mem.h. */
#include "mem_support.h"

#include "lwip/memp.h"

static void an_overflow_names_who_called_mem_malloc(void **state)
{
    (void)state;
    char *const mem = mem_malloc(20);
    const int line = __LINE__ - 1;
    mem[20] = 'x';
    mem_free(mem);
    assert_string_equal(faults.last.file, __FILE__);
    assert_int_equal(faults.last.line, line);
    assert_one_fault(CISTERN_FAULT_OVERFLOW, mem);
    assert_int_equal(refused, 0);
    assert_int_equal(lwip_stats.mem.used, 0);
}

static void a_double_free_names_who_called_mem_free_first(void **state)
{
    (void)state;
    void *const mem = mem_calloc(2, 10);
    mem_free(mem);
    const int line = __LINE__ - 1;
    mem_free(mem);
    assert_string_equal(faults.last.file, __FILE__);
    assert_int_equal(faults.last.line, line);
    assert_one_fault(CISTERN_FAULT_DOUBLE_FREE, mem);
}

/* The fault that the first call raises is no refusal. */
static void a_double_free_names_the_first_also_if_that_found_an_overflow(void **state)
{
    (void)state;
    char *const mem = mem_malloc(20);
    mem[20] = 'x';
    mem_free(mem);
    const int line = __LINE__ - 1;
    assert_one_fault(CISTERN_FAULT_OVERFLOW, mem);
    mem_free(mem);
    assert_string_equal(faults.last.file, __FILE__);
    assert_int_equal(faults.last.line, line);
    assert_int_equal(faults.last.kind, CISTERN_FAULT_DOUBLE_FREE);
}

static void an_element_freed_into_a_wrong_pool_names_who_took_it(void **state)
{
    (void)state;
    memp_init();
    void *const element = memp_malloc(MEMP_PBUF_POOL);
    const int line = __LINE__ - 1;
    memp_free(MEMP_PBUF, element);
    assert_string_equal(faults.last.name, "PBUF_REF/ROM");
    assert_string_equal(faults.last.owner, "PBUF_POOL");
    assert_string_equal(faults.last.file, __FILE__);
    assert_int_equal(faults.last.line, line);
    assert_one_fault(CISTERN_FAULT_WRONG_POOL, element);
    memp_free(MEMP_PBUF_POOL, element);
    assert_no_fault();
}

static void the_functions_have_addresses_as_ever(void **state)
{
    (void)state;
    void *(*const allocate)(mem_size_t size) = mem_malloc;
    void (*const give_back)(void *mem) = mem_free;
    void *const mem = allocate(20);
    assert_non_null(mem);
    give_back(mem);
    assert_no_fault();
    assert_int_equal(lwip_stats.mem.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        mem_test(an_overflow_names_who_called_mem_malloc),
        mem_test(a_double_free_names_who_called_mem_free_first),
        mem_test(a_double_free_names_the_first_also_if_that_found_an_overflow),
        mem_test(an_element_freed_into_a_wrong_pool_names_who_took_it),
        mem_test(the_functions_have_addresses_as_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
