/* SPDX-License-Identifier: BSD-3-Clause */
/* layout_test.c - the size that lwIP documents for struct pbuf with 32-bit pointers. */
#include "support.h"

#include "lwip/pbuf.h"

static void struct_pbuf_has_16_bytes(void **state)
{
    (void)state;
    assert_int_equal(sizeof(void *), 4);
    assert_int_equal(sizeof(struct pbuf), 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(struct_pbuf_has_16_bytes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
