/* SPDX-License-Identifier: BSD-3-Clause */
/* subject_none.h - no pool: blocks are taken in turn and never given back. What the ring itself costs. */
static unsigned char subject_memory[BLOCKS][BLOCK_SIZE];
static unsigned subject_next;

static bool subject_start(void)
{
    return true;
}

static void *subject_get(void)
{
    subject_next = (subject_next + 1U) % BLOCKS;
    return subject_memory[subject_next];
}

static void subject_put(void *block)
{
    (void)block;
}

#include "subject_single.h"
