/* SPDX-License-Identifier: BSD-3-Clause */
/* The malloc pools of lwIP's documentation: 256, 512 and 1512 bytes, beside two other pools. */
#include "lwip_memory.h"

#include <stdio.h>

static char said[400];

void remember_diagnostic(const char *format, ...)
{
    va_list arguments;
    const size_t length = strlen(said);
    va_start(arguments, format);
    (void)vsnprintf(said + length, sizeof said - length, format, arguments);
    va_end(arguments);
}

static int start(void **state)
{
    said[0] = '\0';
    return memory_start(state);
}

static size_t in_use(memp_t type)
{
    return memp_pools[type]->num - free_elements(type);
}

static void requests_of_100_400_and_1000_bytes_come_from_the_three_pools(void **state)
{
    (void)state;
    void *const small = mem_malloc(100);
    assert_int_equal(in_use(MEMP_POOL_256), 1);
    void *const medium = mem_malloc(400);
    assert_int_equal(in_use(MEMP_POOL_512), 1);
    void *const large = mem_malloc(1000);
    assert_int_equal(in_use(MEMP_POOL_1512), 1);
    assert_int_equal(in_use(MEMP_POOL_128), 0);
    mem_free(small);
    mem_free(medium);
    mem_free(large);
    assert_int_equal(in_use(MEMP_POOL_256) + in_use(MEMP_POOL_512) + in_use(MEMP_POOL_1512), 0);
}

static void other_pools_of_the_list_work_beside_them(void **state)
{
    (void)state;
    void *const semaphore = memp_malloc(MEMP_SYS_SEM);
    void *const mailbox = memp_malloc(MEMP_SYS_MBOX);
    assert_non_null(semaphore);
    assert_non_null(mailbox);
    memp_free(MEMP_SYS_SEM, semaphore);
    memp_free(MEMP_SYS_MBOX, mailbox);
    assert_no_fault();
}

static void init_names_the_pool_that_can_never_be_used(void **state)
{
    (void)state;
    assert_non_null(strstr(said, "MALLOC_128 is never used"));
    assert_null(strstr(said, "MALLOC_256"));
    assert_null(strstr(said, "MALLOC_512"));
    assert_null(strstr(said, "MALLOC_1512"));
}

static void the_first_pool_that_fits_is_taken_in_the_order_listed(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20; ++i) {
        assert_non_null(mem_malloc(64));
    }
    assert_null(mem_malloc(64));
    assert_int_equal(in_use(MEMP_POOL_128), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(requests_of_100_400_and_1000_bytes_come_from_the_three_pools, start),
        cmocka_unit_test_setup(other_pools_of_the_list_work_beside_them, start),
        cmocka_unit_test_setup(init_names_the_pool_that_can_never_be_used, start),
        cmocka_unit_test_setup(the_first_pool_that_fits_is_taken_in_the_order_listed, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
