/* SPDX-License-Identifier: BSD-3-Clause */
/* A lwippools.h that includes headers of its own. */
#include "lwip_memory.h"

#include "my_app.h"

static void pools_of_types_that_lwippools_includes_have_their_size(void **state)
{
    (void)state;
    assert_int_equal(memp_pools[MEMP_MY_APP]->size, sizeof(struct my_app));
    struct my_app *const first = memp_malloc(MEMP_MY_APP);
    struct my_app *const second = memp_malloc(MEMP_MY_APP);
    assert_true((unsigned char *)second - (unsigned char *)first >= (ptrdiff_t)sizeof *first);
    memp_free(MEMP_MY_APP, first);
    memp_free(MEMP_MY_APP, second);
    assert_no_fault();
    assert_true(memp_pool_check(memp_pools[MEMP_MY_APP]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(pools_of_types_that_lwippools_includes_have_their_size),
    };
    return cmocka_run_group_tests(tests, memory_start, NULL);
}
