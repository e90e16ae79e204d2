/* SPDX-License-Identifier: BSD-3-Clause */
/* Mynewt's face: a pool of eight blocks, and the listing of every pool there is. */
#include <stdio.h>

#include "os/mynewt.h"

static os_membuf_t memory[OS_MEMPOOL_SIZE(8, 40)];
static struct os_mempool pool;

int main(void)
{
    if (os_mempool_init(&pool, 8, 40, memory, "events") != OS_OK) {
        return 1;
    }
    void *const event = os_memblock_get(&pool);
    struct os_mempool_info info;
    for (struct os_mempool *mp = os_mempool_info_get_next(NULL, &info); mp != NULL;
         mp = os_mempool_info_get_next(mp, &info)) {
        printf("%s: %d of %d free\n", info.omi_name, info.omi_num_free, info.omi_num_blocks);
    }
    return os_memblock_put(&pool, event) == OS_OK ? 0 : 1;
}
