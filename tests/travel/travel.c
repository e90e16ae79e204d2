/* SPDX-License-Identifier: BSD-3-Clause */
/* travel.c - one call of each operation that tests/travel/travel.py follows, in the usual case: the
 * pool and the heap were used before, and have more blocks. */
#include "cistern/pool.h"
#include "lwip/mem.h"
#include "lwip/memp.h"
#include "lwip/pbuf.h"

static void *memory[CISTERN_POOL_BYTES(4, 64, 0) / sizeof(void *)];
static cistern_pool_t pool;

static void use_pool(void)
{
    cistern_pool_put(&pool, cistern_pool_get(&pool));
}

static void use_lwip(void)
{
    memp_free(MEMP_PBUF, memp_malloc(MEMP_PBUF));
    mem_free(mem_malloc(100));
    pbuf_free(pbuf_alloc(PBUF_RAW, 100, PBUF_POOL));
}

int main(void)
{
    const cistern_pool_config_t config = {
        .name = "travel", .memory = memory, .bytes = sizeof memory, .count = 4, .size = 64};
    mem_init();
    memp_init();
    if (cistern_pool_init(&pool, &config) != CISTERN_OK) {
        return 1;
    }
    use_pool();
    use_lwip();
    return 0;
}
