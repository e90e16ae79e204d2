/* SPDX-License-Identifier: BSD-3-Clause */
/* subject_single.h - a bulk call for subjects that have none: one block after the other. */
static bool subject_get_bulk(void **blocks, unsigned n)
{
    for (unsigned i = 0; i < n; ++i) {
        blocks[i] = subject_get();
    }
    return true;
}

static void subject_put_bulk(void *const *blocks, unsigned n)
{
    for (unsigned i = 0; i < n; ++i) {
        subject_put(blocks[i]);
    }
}
