/* SPDX-License-Identifier: BSD-3-Clause */
/* subject_malloc.h - a general allocator: whatever malloc is linked. */
static bool subject_start(void)
{
    return true;
}

static void *subject_get(void)
{
    return malloc(BLOCK_SIZE);
}

static void subject_put(void *block)
{
    free(block);
}

#include "subject_single.h"
