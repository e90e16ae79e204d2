/* SPDX-License-Identifier: BSD-3-Clause */
/* footprint.c - the smallest use of a static pool, or with RUN_TIME of one that is made at run time,
 * to see how much code and memory it brings along. */
#include "cistern/fault.h"
#include "cistern/pool.h"

typedef struct item {
    void *content[8];
} item_t;

void footprint(void *memory);

/* Reporting is not counted: every engine shares it. */
void cistern_fault_raise(const cistern_fault_t *fault)
{
    (void)fault;
}

#ifdef RUN_TIME
static cistern_pool_t items_pool;

void footprint(void *memory)
{
    const cistern_pool_config_t config = {.count = 4, .size = sizeof(item_t), .memory = memory};
    (void)cistern_pool_init(&items_pool, &config);
    (void)cistern_pool_put(&items_pool, cistern_pool_get(&items_pool));
}
#else
CISTERN_POOL_DEFINE(items, item_t, 4, );

void footprint(void *memory)
{
    (void)items_put(memory);
    (void)items_put(items_get());
}
#endif
