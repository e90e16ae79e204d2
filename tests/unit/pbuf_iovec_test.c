/* SPDX-License-Identifier: BSD-3-Clause */
/* The pieces of cistern/pbuf.h beside the system's own. */
#include "support.h"

#include <sys/uio.h>

#include "cistern/pbuf.h"

static void pieces_are_laid_out_as_the_systems_iovec(void **state)
{
    (void)state;
    assert_int_equal(sizeof(cistern_piece_t), sizeof(struct iovec));
    assert_int_equal(offsetof(cistern_piece_t, base), offsetof(struct iovec, iov_base));
    assert_int_equal(offsetof(cistern_piece_t, length), offsetof(struct iovec, iov_len));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(pieces_are_laid_out_as_the_systems_iovec),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
